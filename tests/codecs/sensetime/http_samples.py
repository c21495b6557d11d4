"""Right requests and answers of all operations, as JSON texts beside the values they stand for."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

import jsonschema

from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import http
from avatarwire.codecs.sensetime.messages.enums import HistoryStatus, NlpDevice, SortValue

LIVE_TEXT: Final = (
    '{"version":"0.0.1","recycle":0,"stream_mode":true,'
    '"sceneList":[{"digital_role":{"id":12},"tts_config":{"qid":"voice-1"}}]}'
)
TAKEOVER_TEXT: Final = '{"tts_query":{"content":"We are closing in ten minutes."}}'
WITH_IMAGE_TEXT: Final = (
    '{"tts_query":{"content":"We are closing in ten minutes."},'
    '"backgrounds":{"url":"https://files.example.com/b.png","rect":[0,0,1080,1920],"start":0,"duration":-1}}'
)
WRAPPED: Final = '{{"code":0,"message":"success","data":{}}}'


def schema_accepts(schema: dict[str, Any], value: object) -> bool:
    """Whether a JSON Schema takes a decoded value."""
    validator: Any = jsonschema.Draft202012Validator(schema)
    return bool(validator.is_valid(value))


def quoted(text: str) -> str:
    """The text as a JSON string."""
    return json.dumps(text)


class Case(NamedTuple):
    operation: Operation[Any, Any]
    request: Message
    sent: str
    """The query, or the body."""
    data: Any
    answered: str
    """The data alone, or the whole body of nlpReply and of a success without data."""

    @property
    def body(self) -> bytes:
        whole = self.operation is http.NLP_REPLY or self.data is None
        return (self.answered if whole else WRAPPED.format(self.answered)).encode()


STREAM: Final = {"rtc_app_id": "app-1", "rtc_channel_id": "channel-1", "rtc_uid": "7", "rtc_token": "tok"}
STREAM_TEXT: Final = '"rtcAppId":"app-1","rtcChannelId":"channel-1","rtcUid":"7","rtcToken":"tok"'

CASES: Final = (
    Case(
        http.CREATE_LIVE,
        http.CreateLiveRequest(param=LIVE_TEXT, user_data="shop 4"),
        f'{{"param":{quoted(LIVE_TEXT)},"userData":"shop 4"}}',
        http.CreateLiveData(session_id="live-1", session_token="st-1", status=35, **STREAM),
        f'{{{STREAM_TEXT},"sessionId":"live-1","sessionToken":"st-1","status":35}}',
    ),
    Case(
        http.CREATE_LIVE,
        http.CreateLiveRequest(
            param=LIVE_TEXT,
            urtc_use_external_app=True,
            urtc_token="own-token",
            urtc_uid="4294967295",
            urtc_app_id="own-app",
            urtc_channel_id="c" * 64,
        ),
        f'{{"param":{quoted(LIVE_TEXT)},"urtcUseExternalApp":true,"urtcToken":"own-token","urtcUid":"4294967295",'
        f'"urtcAppId":"own-app","urtcChannelId":"{"c" * 64}"}}',
        http.CreateLiveData(session_id="live-1", session_token="st-1", status=32),
        '{"sessionId":"live-1","sessionToken":"st-1","status":32}',
    ),
    Case(
        http.HEARTBEAT,
        http.HeartbeatRequest(session_id="live-1"),
        '{"sessionId":"live-1"}',
        None,
        '{"code":0,"message":"success"}',
    ),
    Case(http.START_LIVE, http.StartLiveRequest(session_id="live-1"), '{"sessionId":"live-1"}', True, "true"),
    Case(
        http.TAKEOVER_COMMAND_V1,
        http.TakeoverCommandV1Request(session_id="live-1", param=TAKEOVER_TEXT),
        f'{{"sessionId":"live-1","param":{quoted(TAKEOVER_TEXT)}}}',
        False,
        "false",
    ),
    Case(
        http.TAKEOVER_COMMAND,
        http.TakeoverCommandRequest(session_id="live-1", param=WITH_IMAGE_TEXT),
        f'{{"sessionId":"live-1","param":{quoted(WITH_IMAGE_TEXT)}}}',
        http.TakeoverCommandData(is_success=True, command_trace_id="takeover-1"),
        '{"isSuccess":true,"commandTraceId":"takeover-1"}',
    ),
    Case(
        http.TAKEOVER_QUEUE,
        http.TakeoverQueueRequest(session_id="live-1", param=TAKEOVER_TEXT, priority=2),
        f'{{"sessionId":"live-1","param":{quoted(TAKEOVER_TEXT)},"priority":2}}',
        http.TakeoverQueueData(command_status=34, command_trace_id="takeover-2"),
        '{"commandStatus":34,"commandTraceId":"takeover-2"}',
    ),
    Case(
        http.TAKEOVER_REORDER,
        http.TakeoverReorderRequest(session_id="live-1", command_trace_id="takeover-2", priority=1),
        '{"sessionId":"live-1","commandTraceId":"takeover-2","priority":1}',
        http.TakeoverReorderData(is_success=True),
        '{"isSuccess":true}',
    ),
    Case(
        http.TAKEOVER_CANCEL,
        http.TakeoverCancelRequest.of("live-1", "takeover-1", "takeover-2"),
        '{"sessionId":"live-1","commandTraceId":"takeover-1;takeover-2"}',
        http.TakeoverCancelData(is_success=True, command_finish_time="2031-05-06 07:08:09"),
        '{"isSuccess":true,"commandFinishTime":"2031-05-06 07:08:09"}',
    ),
    Case(
        http.TAKEOVER_CANCEL,
        http.TakeoverCancelRequest.all("live-1"),
        '{"sessionId":"live-1","commandTraceId":"-1"}',
        http.TakeoverCancelData(is_success=False, message="nothing plays"),
        '{"isSuccess":false,"message":"nothing plays"}',
    ),
    Case(
        http.TAKEOVER_QUEUE_LIST,
        http.TakeoverQueueListRequest(session_id="live-1"),
        '{"sessionId":"live-1"}',
        http.TakeoverQueueListData(command_trace_ids=("takeover-1", "takeover-2")),
        '{"commandTraceIds":["takeover-1","takeover-2"]}',
    ),
    Case(
        http.NLP_REPLY,
        http.NlpReplyRequest(
            app_id="library-1", device=NlpDevice.MACOS, language="zh", query="几点开门", session="c-1", trace="q-1"
        ),
        '{"appId":"library-1","device":"macos","language":"zh","query":"几点开门","session":"c-1","trace":"q-1"}',
        http.NlpReplyResponse(
            answer="九点",
            device_id="macos",
            language="zh",
            query="几点开门",
            session="c-1",
            trace="q-1",
            error_message="",
        ),
        '{"answer":"九点","device_id":"macos","language":"zh","query":"几点开门","session":"c-1","trace":"q-1",'
        '"error_message":""}',
    ),
    Case(http.CLOSE_LIVE, http.CloseLiveRequest(session_id="live-1"), '{"sessionId":"live-1"}', True, "true"),
    Case(
        http.QUERY_STAT,
        http.QueryStatRequest(session_id="live 1&2"),
        "sessionId=live%201%262",
        http.QueryStatData(status=2, session_token="st-1", **STREAM),
        f'{{{STREAM_TEXT},"status":2,"sessionToken":"st-1"}}',
    ),
    Case(
        http.RUNNING_LIST,
        http.RunningListRequest(),
        "",
        (
            http.RunningLive(session_id="live-1", status=2, start_time="2031-05-06 07:08:09"),
            http.RunningLive(session_id="live-2", status=32),
        ),
        '[{"sessionId":"live-1","status":2,"startTime":"2031-05-06 07:08:09"},{"sessionId":"live-2","status":32}]',
    ),
    Case(http.RUNNING_LIST, http.RunningListRequest(), "", (), "[]"),
    Case(
        http.HISTORY_LIST,
        http.HistoryListRequest(
            session_id="live-1",
            status=HistoryStatus.LOST,
            page_no=2,
            page_size=20,
            sort_name="endTime",
            sort_value=SortValue.DESC,
        ),
        '{"sessionId":"live-1","status":50,"pageNo":2,"pageSize":20,"sortName":"endTime","sortValue":"desc"}',
        http.HistoryListData(
            pagination=http.Pagination.of(2, 20, 21),
            result=(
                http.HistoryLive(
                    session_id="live-1",
                    status=50,
                    start_time="2031-05-06 07:08:09",
                    end_time="2031-05-06 07:18:09",
                ),
            ),
        ),
        '{"pagination":{"pageNo":2,"numberPages":2,"numberRecords":21,"pageSize":20,"startIndex":20},'
        '"result":[{"sessionId":"live-1","status":50,"startTime":"2031-05-06 07:08:09",'
        '"endTime":"2031-05-06 07:18:09"}]}',
    ),
    Case(
        http.RTC_AUDIENCE_TOKEN,
        http.RtcAudienceTokenRequest(session_id="live-1", rtc_channel_id="channel-1"),
        '{"sessionId":"live-1","rtcChannelId":"channel-1"}',
        "tok-2",
        '"tok-2"',
    ),
)
"""At least one of every operation."""
