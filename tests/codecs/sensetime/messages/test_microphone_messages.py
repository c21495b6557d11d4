"""The declarations of the microphone socket: what can be made, what is read of what is odd."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime.catalogue import CATALOGUE
from avatarwire.codecs.sensetime.messages.enums import TakeoverStatus
from avatarwire.codecs.sensetime.messages.microphone_messages import (
    TEXTS,
    AuthFailed,
    Begin,
    Conflict,
    Eof,
    MicFrame,
    MicMessage,
    NotReady,
    Ready,
    SendFailed,
    Stop,
    TakeoverFinished,
    TakeoverNotice,
    TakeoverQueued,
    TakeoverStarted,
    Unknown,
)
from avatarwire.codecs.sensetime.wire.microphone import MESSAGES

NOTICE = TakeoverNotice(session_id="live-1", command_trace_id="takeover-1", timestamp=1_900_000_000)


@pytest.mark.parametrize(
    ("message", "code", "text"),
    [
        (Begin(), 0, "begin"),
        (Eof(), 99, "eof"),
        (AuthFailed(), 1, "认证失败"),
        (Ready(), 2, "服务端已准备好接收"),
        (Stop(), 4, "停止发送语音数据"),
        (SendFailed(), 5, "发送语音数据失败"),
        (NotReady(), 6, "服务端未准备好接收"),
        (Conflict(), 7, "算法端接管冲突被拒绝"),
        (TakeoverFinished(data=NOTICE), 18, "接管/取消接管完成"),
        (TakeoverStarted(data=NOTICE), 19, "开始播放接管"),
        (TakeoverQueued(data=NOTICE), 20, "接管入队完成"),
    ],
)
def test_each_message_has_its_code_and_its_text(message: MicMessage, code: int, text: str) -> None:
    assert (message.code, message.message) == (code, text)
    assert (type(message).ruled_code(), TEXTS[code]) == (code, text)
    assert message.check() == ()


def test_the_table_of_texts_has_every_code() -> None:
    assert list(TEXTS) == [0, 99, 1, 2, 4, 5, 6, 7, 18, 19, 20]
    assert sorted(TEXTS) == sorted(row.code for row in MESSAGES if row.code is not None)


@pytest.mark.parametrize(
    ("made", "path", "clause"),
    [
        (lambda: Ready(message="ready"), "message", "ST-E64"),
        (lambda: Begin(code=1), "code", "ST-E57"),  # type: ignore[arg-type]
        (TakeoverStarted, "data", "ST-E65"),
        (lambda: TakeoverStarted(data=NOTICE, message="go"), "message", "ST-E64"),
        (
            lambda: TakeoverNotice(session_id="s", command_trace_id="t", timestamp=1_900_000_000_000),
            "timestamp",
            "ST-E66",
        ),
        (lambda: TakeoverNotice(session_id="s", command_trace_id="t", timestamp=-1), "timestamp", "ST-E66"),
    ],
)
def test_what_is_not_ruled_cannot_be_made(made: Any, path: str, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        made()
    assert (caught.value.path, caught.value.clause) == (path, clause)


@pytest.mark.parametrize(
    ("notice", "status"),
    [
        (TakeoverFinished, TakeoverStatus.FINISHED),
        (TakeoverStarted, TakeoverStatus.STARTED),
        (TakeoverQueued, TakeoverStatus.QUEUED),
    ],
)
def test_a_notice_says_what_a_callback_would(notice: Any, status: TakeoverStatus) -> None:
    assert notice.status is status


def test_a_time_is_in_seconds_whatever_its_unit_was() -> None:
    assert NOTICE.happened_at == 1_900_000_000.0
    odd = TakeoverNotice.trusted(session_id="s", command_trace_id="t", timestamp=1_900_000_000_500)
    assert odd.happened_at == 1_900_000_000.5


def test_what_all_have_in_common() -> None:
    assert MicFrame(code=3, message="later").to_dict() == {"code": 3, "message": "later"}
    assert MicFrame(code=20, message=TEXTS[20], data=NOTICE).to_dict()["data"] == {
        "sessionId": "live-1",
        "commandTraceId": "takeover-1",
        "timestamp": 1_900_000_000,
    }
    assert Unknown(3) == Unknown(3, "", None)


def test_the_schema_tells_the_text_and_what_is_required() -> None:
    ready = CATALOGUE.schema_of("microphone.ready")["schema"]["$defs"]["Ready"]
    assert ready["required"] == ["code", "message"]
    assert ready["allOf"] == [{"properties": {"message": {"const": "服务端已准备好接收"}}}]
    queued = CATALOGUE.schema_of("microphone.takeover_queued")["schema"]["$defs"]
    assert {"required": ["data"], "properties": {"data": {"not": {"type": "null"}}}} in queued["TakeoverQueued"][
        "allOf"
    ]
    assert queued["TakeoverNotice"]["allOf"] == [{"properties": {"timestamp": {"maximum": 99_999_999_999}}}]
