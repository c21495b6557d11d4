"""A platform made by hand at the other end of a live client: what the tests of the client share."""

from __future__ import annotations

import json
from typing import Any, Final

from avatarwire.codecs.sensetime import http
from avatarwire.codecs.sensetime.client.live import LiveClient
from avatarwire.codecs.sensetime.client.pending_requests import LiveCall
from avatarwire.codecs.sensetime.client.states import LiveState
from avatarwire.codecs.sensetime.events import Event, TakeoverAnswered
from avatarwire.codecs.sensetime.messages import callbacks
from avatarwire.codecs.sensetime.options import LiveOptions
from avatarwire.codecs.sensetime.script import LiveScript, TakeoverScript, decode_live, decode_takeover

SESSION: Final = "live-7"
TOKEN: Final = "session-token-7"
LIVE_SCRIPT: Final[LiveScript] = decode_live(
    '{"version":"0.0.1","recycle":0,"stream_mode":true,'
    '"sceneList":[{"digital_role":{"id":12},"tts_config":{"qid":"voice-1"}}]}'
).value
WORDS: Final[TakeoverScript] = decode_takeover('{"tts_query":{"content":"We are closing in ten minutes."}}').value
RTC: Final = {"rtcAppId": "app-1", "rtcChannelId": "channel-1", "rtcUid": "7", "rtcToken": "rtc-token"}


def created(status: int, **more: Any) -> dict[str, Any]:
    """Data of createLive."""
    rtc = RTC if status == 35 else {}
    return {"sessionId": SESSION, "sessionToken": TOKEN, "status": status, **rtc, **more}


def stat(status: int, **more: Any) -> dict[str, Any]:
    """Data of queryStat."""
    return {"status": status, **(RTC if status in (2, 35) else {}), **more}


def new_live(**options: Any) -> LiveClient:
    """A client that has asked for nothing yet."""
    return LiveClient(http.CreateLiveRequest.of(LIVE_SCRIPT), LiveOptions(**options))


def take(live: LiveClient, *names: str) -> list[LiveCall]:
    """The calls to make, which are for these operations."""
    calls = live.calls_to_make()
    assert [call.name for call in calls] == list(names)
    return calls


def give(live: LiveClient, call: LiveCall, data: Any, now: float = 100.0) -> list[Event]:
    """The events of a success with some data; None for one without."""
    body = {"code": 0, "message": "success", **({} if data is None else {"data": data})}
    return live.receive(call, 200, json.dumps(body).encode(), now)


def refuse(live: LiveClient, call: LiveCall, now: float = 100.0, *, status: int = 200) -> list[Event]:
    """The events of a failure."""
    return live.receive(call, status, b'{"code":70001,"message":"no"}', now)


def answer_next(live: LiveClient, name: str, data: Any, now: float = 100.0) -> list[Event]:
    """The events of a success of the one call there is to make."""
    [call] = take(live, name)
    return give(live, call, data, now)


def running_live(now: float = 100.0, **options: Any) -> LiveClient:
    """A client whose live was ready at once and has been started."""
    live = new_live(**options)
    live.create(now)
    answer_next(live, "createLive", created(35), now)
    if not live.options.start_at_once:
        live.start()
    answer_next(live, "startLive", True, now)
    assert_state(live, LiveState.LIVE)
    return live


def called_back(live: LiveClient, status: int, now: float = 100.0, **more: Any) -> list[Event]:
    """The events of a callback, its other members under their wire names."""
    body = json.dumps({"sessionId": SESSION, "status": status, **more}).encode()
    return live.callback(callbacks.decode(body).value, now)


def queued(live: LiveClient, trace_id: str, status: int = 34, position: int | None = None) -> TakeoverAnswered:
    """Queues a takeover, which the platform accepts."""
    live.queue(WORDS, position)
    [event] = answer_next(live, "takeoverQueue", {"commandStatus": status, "commandTraceId": trace_id})
    assert isinstance(event, TakeoverAnswered)
    return event


def assert_state(live: LiveClient, state: LiveState) -> None:
    """Holds now; type checkers would take a bare assertion on the property to hold for good."""
    assert live.state is state


def assert_status(live: LiveClient, status: int | None) -> None:
    """Holds now, likewise."""
    assert live.status == status


def assert_order(live: LiveClient, *trace_ids: str) -> None:
    """The queue as the client has it now."""
    assert live.takeovers.order == trace_ids
