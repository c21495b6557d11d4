"""Every way out of the journal: whatever is asked of it and of what it hands out, no secret comes with the answer.

Each place of an entry has a secret of its own, on each transport and in each direction. A public name that is new has
to be listed here, as a way out or as none.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import dataclasses
import io
import json
import pickle  # noqa: TID251 - nothing is read
import re
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast, get_args

import msgspec
import pytest
from msgspec import structs

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.journal import (
    Entry,
    EvidenceLostError,
    ExpectationError,
    Finding,
    Journal,
    Violation,
    rendering,
    step,
)
from avatarwire.fakeserver.journal.entry import Direction, Transport, told
from avatarwire.fakeserver.journal.query import Search
from avatarwire.fakeserver.journal.record import PLAIN

# --- what is hidden ---


class Hidden:
    """Makes secrets, each another one."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self.odd: list[str] = []
        """Those of another form."""

    def __call__(self) -> str:
        self.all.append(f"h1dd3n{len(self.all):05}q")
        return self.all[-1]

    def jwt(self) -> str:
        return f"eyJhbGciOiJIUzI1NiJ9.eyJ{self()}.{self()}"

    def found_in(self, value: object) -> list[str]:
        """The secrets that a value holds: as they are, as hex, as Base64."""
        text = "\n".join(leaves(value, set()))
        found = set(PLAIN_FORM.findall(text))
        found |= {bytes.fromhex(secret).decode() for secret in HEX_FORM.findall(text)}
        found |= {part for part in BASE64_FORM if part in text}
        return sorted(found | {secret for secret in self.odd if secret in text})


PLAIN_FORM: Final = re.compile(r"h1dd3n\d{5}q")
HEX_FORM: Final = re.compile(b"h1dd3n".hex() + "(?:3[0-9]){5}71")
BASE64_FORM: Final = [base64.b64encode(part).decode() for part in (b"h1dd3n", b"1dd", b"dd3")]
"""The beginning of each secret, wherever among three bytes it begins."""


def leaves(value: object, seen: set[int]) -> Iterator[str]:
    """Every text and all bytes that can be reached from a value, and how it is written."""
    if isinstance(value, str):
        yield str(value)
    elif isinstance(value, bytes | bytearray | memoryview | msgspec.Raw):
        yield bytes(cast("bytearray", value)).decode("latin-1")
    elif id(value) not in seen:
        seen.add(id(value))
        yield repr(value)
        yield str(value)
        parts: list[object] = []
        if isinstance(value, Mapping):
            parts += [*value, *value.values()]
        elif isinstance(value, list | tuple | set | frozenset):
            parts += value
        elif isinstance(value, msgspec.Struct):
            parts += structs.astuple(value)
        elif not isinstance(value, type) and not callable(value):
            parts += getattr(value, "__dict__", {}).values()
            parts += getattr(value, "args", ())
        for part in parts:
            yield from leaves(part, seen)


class Login(msgspec.Struct, rename="camel"):
    user: str
    app_secret: str
    inner: object = None


@dataclasses.dataclass
class Plain:
    password: str
    text: str


class Opaque:
    """Something nobody knows: neither its text nor what it holds may come out."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return f"Opaque({self.secret})"


def raws(hidden: Hidden) -> list[bytes]:
    """Bytes with secrets, in all forms in which they come."""
    inner = json.dumps({"token": hidden(), "n": f'"{hidden.jwt()}'})
    return [
        json.dumps({"token": hidden(), "accessKeySecret": f'a"\\{hidden()}', "n": 1}).encode(),
        json.dumps({"channelToken": inner, "deeper": json.dumps({"x": json.dumps({"sign": hidden()})})}).encode(),
        json.dumps({"password": [hidden(), hidden()], "list": [{"rtcToken": hidden()}]}, indent=2).encode(),
        f"password={hidden()}&token={hidden()}%26{hidden()}&sign=a,{hidden()};{hidden()}".encode(),
        f'{{"token":"\ud800{hidden()}"'.encode("utf-8", "surrogatepass") + b'\xff\xfe","a":"\xff"}',
        rf'{{"\u0074oken":"{hidden()}"}}'.encode(),
        bytes(11) + json.dumps({"type": "x", "Secret": hidden()}).encode(),
        f'{{"token": "{hidden()}'.encode(),
        f"Authorization: Bearer {hidden()}\r\nCookie: {hidden()}\r\n".encode(),
        f"wss://h/x?Authorization={hidden()}&token={hidden()}".encode(),
        json.dumps({"appSecret": [[hidden()], {"a": [hidden(), 5]}], "token": {"value": hidden()}}).encode(),
        f'{{appSecret:"{hidden()}", sign: {hidden()}, token: ["{hidden()}"]}}'.encode(),
        json.dumps({"x": json.dumps({"customerSecret": [hidden()], "mqtt-password": {"a": hidden()}})}).encode(),
        f"token[]={hidden()}&to%256ben={hidden()}&x_api_key={hidden()}".encode(),
        f'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n{hidden()}\r\n--b--\r\n'.encode(),
        b"{}",
    ]


def bodies(hidden: Hidden) -> list[object]:
    """Decoded messages with secrets, of all types that can be told from each other."""
    return [
        Login("u", hidden(), Login("v", hidden(), {"token": hidden()})),
        {"token": hidden(), "sign": hidden().encode(), "channelToken": hidden(), "Authorization": f"Basic {hidden()}"},
        {"password": [hidden(), hidden()], f"token={hidden()}": 1, "a": (("Cookie", hidden()),)},
        Plain(hidden(), f"/x?token={hidden()}"),
        [bytearray(f"token={hidden()}".encode()), memoryview(f"sign={hidden()}".encode())],
        {"raw": msgspec.Raw(json.dumps({"token": hidden()}).encode()), "set": {f"password={hidden()}"}},
        json.dumps({"x": json.dumps({"token": hidden()})}),
        Opaque(hidden()),
        [ValueError(hidden()), Opaque],
        f"the journal notes token={hidden()} and {hidden.jwt()}",
        {"appSecret": [[hidden()], {"a": [hidden()]}], "token": {"value": hidden()}},
        {"X-Api-Key": hidden(), "customerSecret": (hidden(), [hidden().encode()])},
        {"privateKey": Login("u", hidden(), hidden()), "mqtt-password": Plain(hidden(), hidden())},
        [("x-auth-token", hidden()), f"{{token: '{hidden()}'}}"],
        f"callback to https://{hidden()}@h/x and http://u:{hidden()}@{hidden()}@h/x",
        None,
    ]


def findings(hidden: Hidden) -> tuple[Violation, ...]:
    """What is found about fields with secrets, and elsewhere about texts that hold them."""
    return (
        Violation("X-1", "token", f"got '{hidden()}'"),
        Violation("X-2", "data.rtcToken[0]", f"got {hidden()}", f'"{hidden()}" or {{"token": "{hidden()}"}}'),
        Violation("X-3", "headers.Authorization", f'got "Bearer {hidden()}\'s" [X]'),
        Violation("X-4", "", f"got {{'token': '{hidden()}', 'password': b'{hidden()}', 'x': …"),
        Violation("X-5", "url", f"got '/x?token={hidden()}'", members=(f"x?token={hidden()}",)),
        Violation("X-6", f"query[token={hidden()}]", "is unknown", level="warning"),
        Violation("X-7", "appSecret", f"got '{hidden()}…", level="note"),
    )


def headers(hidden: Hidden) -> tuple[tuple[str, str], ...]:
    return (
        ("Host", "127.0.0.1"),
        ("Token", hidden()),
        ("Cookie", f"a={hidden()}; b={hidden()}"),
        ("X-Api-Key", hidden()),
        ("x-auth-token", hidden()),
        ("X-Authorization", f"Custom {hidden()}"),
        ("Referer", f"https://{hidden()}@h/x?to%256ben={hidden()}#access_token={hidden()}"),
        ("Authorization", f"ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host,Signature={hidden()}"),
        ("authorization", hidden()),
        ("X-Next", f"/x?%74oken={hidden()}"),
        ("Location", f"wss://u:{hidden()}@h/x?token={hidden()}"),
    )


def meta(hidden: Hidden) -> dict[str, Any]:
    return {
        "method": "POST",
        "path": f"/x?token={hidden()}&p=%7B%22sign%22%3A%22{hidden()}%22%7D&a=1",
        "topic": f"a/password={hidden()}",
        "broker": f"mqtt://user:{hidden()}@127.0.0.1",
        "password": hidden().encode(),
        "reason": f"refused {hidden.jwt()}",
        "query": {"token": [hidden()]},
    }


def filled(hidden: Hidden) -> Journal:
    """A journal that has a secret in every place, on each transport and in each direction."""
    journal = Journal(VirtualClock(), vendor="test", budget_bytes=2**27)
    for transport in get_args(Transport):
        for direction in get_args(Direction):
            for raw, body in zip(raws(hidden), bodies(hidden), strict=True):
                unnamed, more = f'{hidden()}"\\/é\n', hidden()
                journal.add(
                    transport,
                    direction,
                    f"m.token={hidden()}",
                    connection=f"c-{more}",
                    raw=raw + json.dumps([unnamed, json.dumps(unnamed)]).encode(),
                    body=[body, unnamed, {unnamed: more.encode()}],
                    session=f"s-{hidden.jwt()}",
                    status=200,
                    deviations=(f"token={hidden()}",),
                    violations=(*findings(hidden), Violation("X-8", unnamed, f"got {unnamed!r}, {more}")),
                    reply_to=journal.mark() if direction == "out" else 0,
                    meta={**meta(hidden), "more": unnamed},
                    headers=(*headers(hidden), ("x-more", more)),
                    secrets=(unnamed, more),
                )
                journal.add("http", "in", raw=raw, meta={**meta(hidden), "headers": dict(headers(hidden))})
                journal.frame(direction, "frame", raw, body, "s-1", "ws-1")
    journal.add("ws", "in", raw=b'{"token":"%s"}' % hidden().encode() + bytes(9), body=b"x", audio=True, prefix=30)
    number = 7_310_010_013
    hidden.odd.append(str(number))
    journal.add("http", "in", "number", raw=b'{"a":%d}' % number, body={"a": number}, secrets=(str(number),))
    journal.note(f"token={hidden()}", session="s-1", connection="c", violations=findings(hidden), **meta(hidden))
    return journal


# --- the ways out ---


def failures(journal: Journal) -> list[ExpectationError]:
    """Every kind of failure, about entries with secrets."""
    asked = f"x?token={'h1dd3n'}00000q"
    attempts: list[Callable[[], object]] = [
        lambda: asyncio.run(journal.expect("other", session=asked, timeout=0)),
        lambda: asyncio.run(journal.expect("frame", count=9999, timeout=0)),
        lambda: journal.expect_sync(asked, timeout=0),
        lambda: journal.expect_none(),
        lambda: journal.expect_never_sync(since=0, for_=0),
        lambda: asyncio.run(journal.expect_never(since=0, for_=0)),
        lambda: journal.expect_count("frame", exactly=9999),
        lambda: journal.expect_sync("frame", session=asked, body={"token": asked, "a.token": {"b": asked}}, timeout=0),
        lambda: journal.expect_sync("frame", where=lambda entry: False, timeout=0),
        lambda: journal.expect_sequence_sync("frame", step("frame", session=asked), same_session=True, timeout=0),
        *(lambda at=at: journal.expect_none(since=at) for at in range(1, journal.mark(), 10)),
    ]
    caught: list[ExpectationError] = []
    for attempt in attempts:
        with pytest.raises(ExpectationError) as failure:
            attempt()
        caught.append(failure.value)
    return caught


def summary(journal: Journal) -> object:
    with pytest.raises(EvidenceLostError) as failure:  # each of a thousand has a clause of its own
        journal.violation_summary()
    return failure.value, str(failure.value)


def ndjson(journal: Journal) -> str:
    file = io.StringIO()
    journal.to_ndjson(file)
    return file.getvalue()


def found_by_a_condition(journal: Journal) -> list[Entry]:
    seen: list[Entry] = []
    journal.entries(where=seen.append)
    return seen


def tapped(journal: Journal) -> list[object]:
    seen: list[object] = []
    other = Journal(VirtualClock())
    with other.tapped(lambda entry, data: seen.append([entry.to_dict(), data])):
        recorded_anew(journal, other)
    return seen


def recorded_anew(journal: Journal, other: Journal | None = None) -> list[Entry]:
    other = Journal(VirtualClock()) if other is None else other
    return [
        other.record(
            record.transport,
            record.direction,
            record.message,
            connection=record.connection,
            raw=record.raw,
            body=record.body,
            session=record.session,
            violations=record.more.violations,
            deviations=record.more.deviations,
            meta=record.more.meta,
            headers=record.more.headers,
            secrets=record.more.secrets,
        )
        for record in vars(journal)["_records"]
    ]


WAYS: Final[dict[str, Callable[[Journal], object]]] = {
    "entries": lambda journal: [journal.entries(), found_by_a_condition(journal)],
    "after": lambda journal: journal.after(0),
    "expect": lambda journal: asyncio.run(journal.expect(count=len(journal), timeout=0)),
    "expect_sync": lambda journal: journal.expect_sync(count=len(journal), timeout=0),
    "expect_none": failures,
    "expect_sequence": lambda journal: asyncio.run(journal.expect_sequence(*[step()] * len(journal), timeout=0)),
    "expect_sequence_sync": lambda journal: journal.expect_sequence_sync(step(), within=9.0, timeout=0),
    "expect_count": lambda journal: journal.expect_count(exactly=len(journal)),
    "expect_never": failures,
    "expect_never_sync": failures,
    "began": lambda journal: [journal.began(entry.session) for entry in journal.entries()],
    "violation_page": lambda journal: [journal.violation_page(), *map(str, journal.violation_page().summary)],
    "violation_summary": summary,
    "told": lambda journal: journal.told(len(journal)),
    "violations": lambda journal: [journal.violations(), journal.violations(level="note")],
    "to_ndjson": ndjson,
    "ndjson_header": lambda journal: journal.ndjson_header(),
    "to_har": lambda journal: journal.to_har(),
    "record": recorded_anew,
    "tapped": tapped,
}
"""What gives something out, by name."""

WRITING: Final = {"add", "clear", "dropped", "frame", "mark", "note", "violation_count", "waiting"}
"""What gives out nothing but numbers."""


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


@pytest.fixture(scope="module")
def hidden() -> Hidden:
    return Hidden()


@pytest.fixture(scope="module")
def journal(hidden: Hidden) -> Journal:
    return filled(hidden)


def test_every_public_name_of_the_journal_is_known_to_be_a_way_out_or_none() -> None:
    assert public(Journal) == WAYS.keys() | WRITING | {"known_messages", "vendor"}


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_comes_out(way: str, hidden: Hidden, journal: Journal) -> None:
    given = WAYS[way](journal)
    assert given
    assert hidden.found_in(given) == []


def test_what_is_searched_for_is_there(hidden: Hidden, journal: Journal) -> None:
    """The search finds every secret where nothing is masked: in the records themselves."""
    kept = [
        [getattr(record, name) for name in ("raw", "body", "message", "connection", "session")]
        + [structs.astuple(record.more)]
        for record in vars(journal)["_records"]
    ]
    assert hidden.found_in(kept) == sorted([*hidden.all, *hidden.odd])
    assert hidden.found_in(hidden.all[5].encode().hex()) == [hidden.all[5]]
    for before in range(3):
        assert hidden.found_in(base64.b64encode(b"x" * before + hidden.all[5].encode()))


DUMPS: Final[dict[str, Callable[[Any], object]]] = {
    "str": str,
    "repr": repr,
    "ascii": ascii,
    "format": format,
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "asdict": structs.asdict,
    "astuple": structs.astuple,
    "replace": lambda it: structs.replace(it, time=0.0),
    "to_builtins": lambda it: msgspec.to_builtins(it, enc_hook=repr, str_keys=True),
    "json": lambda it: msgspec.json.encode(it, enc_hook=repr),
    "msgpack": lambda it: msgspec.msgpack.encode(it, enc_hook=repr),
    "rich": lambda it: list(it.__rich_repr__()),
    "line": lambda it: it.line() if isinstance(it, Entry) else told(it),
    "to_dict": lambda it: it.to_dict() if isinstance(it, Entry) else str(it),
    "sentence": lambda it: it.sentence if isinstance(it, Finding) else str(it),
}


@pytest.mark.parametrize("dump", DUMPS)
def test_no_way_of_writing_an_entry_or_a_finding_has_a_secret(dump: str, hidden: Hidden, journal: Journal) -> None:
    given: list[object] = []
    for one in [*journal.entries(), *journal.violations()]:
        try:
            given.append(DUMPS[dump](one))
        except (TypeError, UnicodeEncodeError, pickle.PicklingError) as failure:
            given.append(str(failure))
    assert hidden.found_in(given) == []


def test_every_public_name_of_what_is_handed_out_is_looked_at() -> None:
    assert public(Entry) - set(Entry.__struct_fields__) == {"line", "to_dict"}
    assert public(Finding) - set(Finding.__struct_fields__) == {"of", "replace", "sentence"}
    assert public(ExpectationError) - public(AssertionError) == set()


def test_no_failure_shows_a_secret_in_its_text_its_parts_or_its_trace(hidden: Hidden, journal: Journal) -> None:
    for failure in failures(journal):
        parts = (vars(failure), failure.args, repr(failure), "".join(traceback.format_exception(failure)))
        assert hidden.found_in(parts) == []


def test_a_test_that_looks_at_the_journal_itself_prints_no_secret(hidden: Hidden, journal: Journal) -> None:
    """As pytest does with the local variables of a test that fails."""
    inside = vars(journal)
    sightings = getattr(inside["_sightings"], "_kept")  # noqa: B009 - what is private
    records = list(inside["_records"])
    shown = [
        repr(journal),
        str(journal),
        repr(inside),
        repr(inside["_sightings"]),
        *map(str, records),
        *map(repr, sightings),
    ]
    shown += [str(record.__rich_repr__()) for record in (*records, *sightings, PLAIN)]
    assert hidden.found_in(shown) == []
    for private in (records[0], sightings[0], records[0].more):
        with pytest.raises(TypeError, match="holds secrets: pickle its entry"):
            pickle.dumps(private)


def test_what_a_waiter_is_told_has_no_secret(hidden: Hidden) -> None:
    journal = Journal(VirtualClock())
    with journal.waiting(Search(None, {}), lambda: None) as waiter:
        journal.add("ws", "in", raw=b"token=" + hidden().encode())
        assert waiter.woken
        assert hidden.found_in([waiter, waiter.search, str(waiter.search)]) == []


# --- once, and not in the thread that writes ---


def test_masking_happens_once_an_entry_in_the_thread_that_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []

    def counted(data: bytes) -> bytes:
        threads.append(threading.current_thread().name)
        return data

    monkeypatch.setattr(rendering, "mask_bytes", counted)
    journal = Journal(VirtualClock())

    def write() -> None:
        for _ in range(3):
            journal.add("http", "in", "call", raw=b"token=a", violations=(Violation("X", "token", "got 'a'"),))
            journal.frame("in", "frame", b"token=a", None, "s-1")

    with journal.waiting(Search("frame", {}), lambda: None):
        writer = threading.Thread(target=write, name="writer")
        writer.start()
        writer.join()
    assert threads == []
    first = journal.entries("call")
    assert threads == [threading.current_thread().name] * 3  # and only what was asked for
    assert journal.violations()[0] is journal.violations()[0]
    assert journal.violations()[0].reason == first[0].violations[0].reason == "got '***'"
    ndjson(journal)
    assert [journal.entries()[at] is entry for at, entry in zip((0, 2, 4), first, strict=True)] == [True] * 3
    assert len(threads) == 6
