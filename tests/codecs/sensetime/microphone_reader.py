"""A second reader and writer of the microphone socket, written by hand from the vendor's document.

It shares no line with the package under test, so that the two can be held against each other: what one writes the
other reads, and what one refuses the other refuses. It knows the ruled form only, no documented variant of it.
"""

from __future__ import annotations

import json
from typing import Any, Literal, NamedTuple, NoReturn, cast

Sender = Literal["client", "server"]

BEGIN, END = 0, 99

WORDS: dict[Sender, dict[int, str]] = {
    "client": {BEGIN: "begin", END: "eof"},
    "server": {
        1: "认证失败",
        2: "服务端已准备好接收",
        4: "停止发送语音数据",
        5: "发送语音数据失败",
        6: "服务端未准备好接收",
        7: "算法端接管冲突被拒绝",
        18: "接管/取消接管完成",
        19: "开始播放接管",
        20: "接管入队完成",
    },
}
ABOUT_TAKEOVERS = (18, 19, 20)


class Reading(NamedTuple):
    """What a text message says: its code, and for some the takeover as session, trace and time."""

    code: int
    takeover: tuple[str, str, int] | None


def write(sender: Sender, reading: Reading) -> str:
    """The text message."""
    fields: dict[str, Any] = {"code": reading.code, "message": WORDS[sender][reading.code]}
    if reading.takeover is not None:
        session, trace, time = reading.takeover
        fields["data"] = {"sessionId": session, "commandTraceId": trace, "timestamp": time}
    return json.dumps(fields, ensure_ascii=False)


def read(text: str, sender: Sender) -> Reading:
    """What a text message in the ruled form says. Raises `ValueError` for any other."""
    text.encode("utf-8")  # half a surrogate pair, as UnicodeEncodeError
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    fields = cast("dict[str, Any]", value)
    code, words = fields.get("code"), fields.get("message")
    if type(code) is not int or code not in WORDS[sender]:
        raise ValueError(f"code {code!r} from the {sender}")
    if words != WORDS[sender][code]:
        raise ValueError(f"{words!r} with code {code}")
    return Reading(code, _takeover(fields.get("data")) if code in ABOUT_TAKEOVERS else None)


def _takeover(data: Any) -> tuple[str, str, int]:
    if not isinstance(data, dict):
        raise ValueError("no data")
    members = cast("dict[str, Any]", data)
    session, trace, time = (members.get(name) for name in ("sessionId", "commandTraceId", "timestamp"))
    if not isinstance(session, str) or not isinstance(trace, str):
        raise ValueError("ids are texts")
    if type(time) is not int or not 0 <= time < 10**11:
        raise ValueError("the time is in seconds")
    return session, trace, time


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
