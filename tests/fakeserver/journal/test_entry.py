"""Journal entries: as JSON, as one line, and that neither ever fails or shows what it should not."""

from __future__ import annotations

import enum
from collections import UserDict
from typing import Any

import msgspec
import pytest
from msgspec import structs

from avatarwire.fakeserver.journal.entry import Digest, Entry, Finding, Violation

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class Ask(msgspec.Struct, rename="camel", tag_field="type", tag="ask"):
    request_id: str
    samples: bytes = b""
    note: str | msgspec.UnsetType = msgspec.UNSET


class Kind(enum.IntEnum):
    ASK = 10


def test_an_entry_as_json_leaves_out_what_there_is_none_of() -> None:
    assert Entry(7, 1.5, "ws", "in").to_dict() == {"seq": 7, "time": 1.5, "transport": "ws", "direction": "in"}


def test_an_entry_as_json_says_everything_there_is() -> None:
    entry = Entry(
        7,
        1.5,
        "ws",
        "in",
        connection="ws-2",
        vendor="aliyun",
        session="s-1",
        message="ask.request",
        raw=b'{"a":1}',
        body=Ask("rq-1"),
        audio=Digest(EMPTY_SHA256, 0),
        omitted=Digest(EMPTY_SHA256, 9),
        deviations=("ALI-E15",),
        violations=(Violation("ALI-R099", "a", "not a string"),),
        status=0,
        reply_to=3,
        meta={"opcode": 1},
    )
    assert entry.to_dict() == {
        "seq": 7,
        "time": 1.5,
        "transport": "ws",
        "direction": "in",
        "connection": "ws-2",
        "vendor": "aliyun",
        "session": "s-1",
        "message": "ask.request",
        "status": 0,
        "reply_to": 3,
        "raw": "7b2261223a317d",
        "text": '{"a":1}',
        "body": {"type": "ask", "requestId": "rq-1", "samples": ""},
        "audio": {"sha256": EMPTY_SHA256, "length": 0},
        "omitted": {"sha256": EMPTY_SHA256, "length": 9},
        "deviations": ["ALI-E15"],
        "violations": [{"clause": "ALI-R099", "path": "a", "reason": "not a string", "level": "error"}],
        "meta": {"opcode": 1},
    }


@pytest.mark.parametrize("raw", [b"\x01\x02", b'{"a":\xff}', b"", b'"text"'])
def test_bytes_that_are_no_json_are_hex_only(raw: bytes) -> None:
    shown = Entry(1, 0.0, "ws", "in", raw=raw).to_dict()
    assert shown["raw"] == raw.hex()
    assert "text" not in shown


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


class Broken(UserDict[str, Any]):
    def keys(self) -> Any:
        raise LookupError("no keys today")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"\x01\x02", "0102"),
        ({"pcm": memoryview(b"\x00" * 65)}, {"pcm": {"sha256": Digest.of(b"\x00" * 65).sha256, "length": 65}}),
        ((1, "é", None, True), [1, "é", None, True]),
        ("half a pair \ud800", "half a pair \\ud800"),
        ({5: Kind.ASK}, {"5": 10}),
        (UserDict({"a": 1}), {"a": 1}),
        (object(), "<object>"),
        (ValueError("may hold a secret"), "<ValueError>"),
        (Broken({"a": 1}), "cannot be shown: LookupError"),
        (nested(100_000), "nested too deeply to show"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_any_body_can_be_shown(body: object, shown: object) -> None:
    entry = Entry(1, 0.0, "http", "in", body=body)
    assert entry.to_dict()["body"] == shown
    assert msgspec.json.decode(msgspec.json.encode(entry.to_dict()))["seq"] == 1
    assert entry.line().startswith("#1 1970-01-01T00:00:00.000Z http in ")


def test_one_line_tells_an_entry() -> None:
    entry = Entry(
        12,
        103.25,
        "http",
        "in",
        connection="http-1",
        session="s-1",
        message="StartAvatarSession.request",
        raw=b'{"projectId":"p-1"}',
        status=404,
        violations=(Violation("ALI-R001", "requestId", "is missing", level="warning"),),
        meta={"method": "POST", "path": "/start?token=abc", "headers": {"host": "h"}},
    )
    assert entry.line(100.0) == (
        '#12 +3.250s http in StartAvatarSession.request 404 {"projectId":"p-1"} '
        "[ALI-R001 warning: requestId: is missing] session=s-1 @http-1"
    )
    assert structs.replace(entry, message="").line(100.0) == (
        '#12 +3.250s http in 404 method=POST path=/start?token=*** {"projectId":"p-1"} '
        "[ALI-R001 warning: requestId: is missing] session=s-1 @http-1"
    )
    assert str(entry) == entry.line()
    assert repr(entry) == f"<Entry {entry.line()}>"
    assert str(Entry(1, 1_795_891_750.887, "note", "note")) == "#1 2026-11-28T18:49:10.887Z note note"
    assert str(Entry(1, 1e15, "note", "note")) == "#1 1000000000000000.000s note note"


def test_one_line_stays_short() -> None:
    long = Entry(1, 0.0, "ws", "in", raw=b'{"a":"' + b"x" * 500 + b'"}')
    assert long.line(0) == '#1 +0.000s ws in {"a":"' + "x" * 89 + "…"
    binary = Entry(2, 0.0, "ws", "in", raw=b"\x01" * 100)
    assert binary.line(0) == "#2 +0.000s ws in 100 B " + "01" * 24
    audio = Entry(3, 0.0, "ws", "in", raw=b"\x03", audio=Digest(EMPTY_SHA256, 3200))
    assert audio.line(0) == "#3 +0.000s ws in 3200 B audio e3b0c442… 1 B 03"


def test_a_finding_reads_as_a_sentence() -> None:
    entry = Entry(4, 1.0, "ws", "in", "ws-1", "aliyun", "s-1", "ask.request")
    finding = Finding.of(Violation("ALI-R099", "", "is too long"), entry)
    assert (finding.seq, finding.connection, finding.session, finding.level) == (4, "ws-1", "s-1", "error")
    assert str(finding) == "#4 ws ask.request: ALI-R099 error: is too long"
