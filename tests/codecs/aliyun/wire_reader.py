"""A second reader and writer of interaction frames, written by hand from the vendor's document.

It shares no line with the package under test, so that the two can be held against each other: what one writes the
other reads, and what one refuses the other refuses. It knows the ruled form only, no documented variant of it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, NoReturn, cast

Sender = Literal["client", "server"]
Content = dict[str, Any] | bytes
"""The members of the JSON object, audio in it decoded; or, for speech, the bytes as they are."""


class Row(NamedTuple):
    """One message: who sends it, its three header bytes, the members of its JSON object."""

    sender: Sender
    frame: int
    data: int
    business: int
    members: dict[str, str] | None = None
    """Kind by name, ``?`` in front where the member may be absent; None for raw audio."""


class Reading(NamedTuple):
    """What a frame says."""

    message: str
    serial: bytes
    content: Content


SESSION = {"sessionId": "name"}
REPLY = {
    "success": "flag", "sessionId": "text", "content": "text", "finish": "flag",
    "relatedImages": "?texts", "relatedVideos": "?texts", "messageId": "text",
}  # fmt: skip

TABLE = {
    "opening.request": Row("client", 0, 1, 0, SESSION),
    "opening.response": Row("server", 1, 1, 0, REPLY),
    "interrupt.request": Row("client", 0, 1, 2, SESSION),
    "session.force_close": Row("server", 1, 1, 3, {"sessionId": "?text"}),
    "session.recovering": Row("server", 1, 1, 4, {"sessionId": "?text"}),
    "text_drive.request": Row("client", 0, 1, 128, {
        "sessionId": "name", "text": "text", "askType": "ask", "messageId": "name",
        "type": "?TEXT|TEXT_STREAM", "dataFlag": "?START|CONTENT|END",
    }),
    "text_drive.response": Row("server", 1, 1, 128, REPLY),
    "asr.start.request": Row("client", 0, 1, 130, {
        "sessionId": "name", "type": "startAsrAudio", "askType": "ask",
    }),
    "asr.start.response": Row("server", 1, 1, 130, {"sessionId": "text", "success": "flag"}),
    "asr.data.request": Row("client", 0, 0, 129),
    "asr.result": Row("server", 1, 1, 129, {
        "success": "?flag", "sessionId": "?text", "content": "?text", "finish": "?flag", "messageId": "?text",
    }),
    "asr.end.request": Row("client", 0, 1, 130, {"sessionId": "name", "type": "endAsrAudio"}),
    "channel_ready.request": Row("client", 0, 1, 131, SESSION),
    "channel_ready.response": Row("server", 1, 1, 131, {"sessionId": "text", "status": "text"}),
    "audio_drive.request": Row("client", 0, 1, 134, {
        "sessionId": "name", "messageId": "name", "audio": "audio",
        "type": "?AUDIO_STREAM", "dataFlag": "START|CONTENT|END",
    }),
    "heartbeat.ping": Row("client", 14, 1, 255, {}),
    "heartbeat.pong": Row("server", 15, 1, 255, {}),
    "general.message": Row("server", 2, 1, 255, {"code": "number", "message": "text"}),
}  # fmt: skip
"""All but the answer to recognised speech, whose bytes are those of a text_drive.response."""

KINDS: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str) and value != "",
    "text": lambda value: isinstance(value, str),
    "flag": lambda value: isinstance(value, bool),
    "number": lambda value: type(value) is int,
    "ask": lambda value: type(value) is int and value in (1, 2),
    "texts": lambda value: isinstance(value, list) and {type(item) for item in cast("list[object]", value)} <= {str},
    "audio": lambda value: isinstance(value, bytes),
}


def write(message: str, content: Content, serial: bytes) -> bytes:
    """The frame of a message."""
    row = TABLE[message]
    payload = content
    if isinstance(payload, dict):
        members = {
            name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
            for name, value in payload.items()
        }
        payload = json.dumps(members, ensure_ascii=False).encode()
    return bytes([row.frame, row.data, row.business]) + serial + payload


def read(frame: bytes, sender: Sender) -> Reading:
    """What a frame in the ruled form says. Raises `ValueError` for any other."""
    if len(frame) < 11:
        raise ValueError("shorter than a header")
    head, serial, payload = (frame[0], frame[1], frame[2]), frame[3:11], frame[11:]
    rows = {
        name: row for name, row in TABLE.items() if (row.sender, row.frame, row.data, row.business) == (sender, *head)
    }
    if not rows:
        raise ValueError(f"{head} from the {sender}")
    if "asr.data.request" in rows:
        return Reading("asr.data.request", serial, payload)
    members = _object(payload)
    if len(rows) > 1:
        rows = {message: row for message, row in rows.items() if _is_marked(row, members)}
        if not rows:
            raise ValueError("neither start nor end")
    [(message, row)] = rows.items()
    assert row.members is not None
    known = {name: _judged(members, name, kind) for name, kind in row.members.items() if _present(members, name, kind)}
    _between(message, members)
    return Reading(message, serial, known)


def _is_marked(row: Row, members: dict[str, Any]) -> bool:
    return row.members is not None and row.members["type"] == members.get("type")


def _object(payload: bytes) -> dict[str, Any]:
    text = payload.decode("utf-8")
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    json.dumps(value, ensure_ascii=False).encode("utf-8")  # refuses half a surrogate pair, as UnicodeEncodeError
    return cast("dict[str, Any]", value)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _present(members: dict[str, Any], name: str, kind: str) -> bool:
    if name in members:
        return True
    if kind.startswith("?"):
        return False
    raise ValueError(f"{name} is missing")


def _judged(members: dict[str, Any], name: str, kind: str) -> Any:
    kind = kind.removeprefix("?")
    value = members[name]
    if kind == "audio" and isinstance(value, str):
        value = base64.b64decode(value, validate=True)
    right = KINDS[kind](value) if kind in KINDS else isinstance(value, str) and value in kind.split("|")
    if not right:
        raise ValueError(f"{name} is {value!r}, not {kind}")
    return value


def _between(message: str, members: dict[str, Any]) -> None:
    """What the tables say in their remarks."""
    if message == "text_drive.request":
        is_stream = members.get("type") == "TEXT_STREAM"
        if is_stream != ("dataFlag" in members):
            raise ValueError("dataFlag goes with TEXT_STREAM")
        if is_stream and members["askType"] != 2:
            raise ValueError("streamed text is broadcast")
    if message in ("text_drive.request", "audio_drive.request") and members.get("dataFlag") not in ("START", "END"):
        said = members["text" if message == "text_drive.request" else "audio"]
        if not said:
            raise ValueError("only the ends of a stream may be empty")
    if message == "asr.end.request" and "askType" in members:
        raise ValueError("the end has no askType")
