"""Traces made by hand. Only what these tests share lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from avatarwire.fakeserver.trace import Trace, TraceMeta, TraceWriter, read

__all__ = ["CALL", "talk", "trace"]

CALL = {"method": "POST", "path": "/start", "headers": [["Host", "127.0.0.1"], ["Content-Type", "application/json"]]}


def trace(path: Path, *entries: dict[str, Any], title: str = "", vendors: tuple[str, ...] = ("aliyun",)) -> Trace:
    """A trace of some entries; each has ``data``, or none, and members of `TraceEntry`."""
    writer = TraceWriter(path, TraceMeta(avatarwire="0.1", vendors=vendors, source="code", started=0.0, title=title))
    for number, entry in enumerate(entries):
        data = entry.pop("data", None)
        fields: dict[str, Any] = {"time": 100.0 + number, "vendor": vendors[0], **entry}
        writer.add(data, **fields)
    writer.close()
    return read(path)


def talk(path: Path, session: str = "s-1111111", text: str = "hello", **more: Any) -> Trace:
    """A call, a handshake, a question and its answer."""
    answer = {"sessionId": session, "content": f"you said {text}", **more}
    return trace(
        path,
        {"transport": "http", "direction": "in", "connection": "c1", "message": "start.request", "meta": CALL,
         "session": session, "data": b'{"a":1}', "body": {"a": 1}},
        {"transport": "http", "direction": "out", "connection": "c1", "message": "start.response", "status": 200,
         "session": session, "data": b'{"sessionId":"x"}', "body": {"sessionId": session}, "reply_to": 1},
        {"transport": "http", "direction": "in", "connection": "c2", "message": "handshake.websocket",
         "session": session, "meta": {"method": "GET", "path": f"/ws?sessionId={session}"}},
        {"transport": "ws", "direction": "in", "connection": "c2", "message": "text_drive.request",
         "session": session, "data": b'{"text":"hello"}', "body": {"sessionId": session, "text": text}},
        {"transport": "ws", "direction": "out", "connection": "c2", "message": "text_drive.response",
         "session": session, "data": b"\x00\x01", "body": answer, "reply_to": 4},
        {"transport": "note", "direction": "note", "connection": "c2", "body": "closed"},
    )  # fmt: skip
