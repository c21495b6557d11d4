"""What a search of the codecs asks of them, each shown by a codec that is broken in that way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import construct
import pytest

from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.message import Message
from avatarwire.conformance import second_reader
from avatarwire.conformance.fuzzing import agreement
from avatarwire.conformance.fuzzing.codec import PROPERTIES, CodecTarget
from avatarwire.conformance.fuzzing.codec_inputs import Input
from avatarwire.conformance.fuzzing.failure import kind_of
from avatarwire.conformance.fuzzing.search import Again, Fuzz, boxed_failure, fuzzed, tried_again
from avatarwire.conformance.fuzzing.target import ALIVE
from avatarwire.conformance.probing.freedoms import Allowed
from avatarwire.conformance.second_reader import Reading

DECODE = Entry.decode
ENCODE = Entry.encode


def given(entry: str, data: bytes, form: Any = "bytes", clause: str = "") -> Input:
    return Input(entry=entry, data=data.hex(), form=form, clause=clause)


READY = given("channel_ready.request", bytes([0, 1, 131]) + b'SERIAL01{"sessionId":"7"}', "valid")
CANCEL = given("takeoverCancel.request", b'{"sessionId":"7","commandTraceId":"-1"}', "valid")
WITHOUT_ID = given("takeoverCancel.request", b'{"commandTraceId":"-1"}', "mutation", "ST-TKO-12")
DIGITS = given("closeLive.response", b'{"code":"0","message":"","data":true}', "variant", "ST-E06")


def raises(*_: object, **__: object) -> Any:
    raise KeyError("sessionId")


def refuses(self: Entry, data: Any, *, strict: bool = False) -> Any:
    if strict:
        raise ValidationError("no")
    return DECODE(self, data)


def takes_all(self: Entry, data: Any, *, strict: bool = False) -> Any:
    del data
    return DECODE(self, CANCEL.raw, strict=strict)


def tells_nothing(self: Entry, data: Any, *, strict: bool = False) -> Any:
    from msgspec.structs import replace

    return replace(DECODE(self, data, strict=strict), findings=())


def spins(self: Entry, data: Any, *, strict: bool = False) -> Any:
    sum(number for number in range(15_000_000) if number < 0)
    return DECODE(self, data, strict=strict)


def hoards(self: Entry, data: Any, *, strict: bool = False) -> Any:
    held = bytearray(20_000_000)
    del held
    return DECODE(self, data, strict=strict)


def refuses_more(*_: object) -> list[str]:
    return ["no"]


def reads_otherwise(*_: object) -> Any:
    def read(*_: object) -> Reading:
        return Reading({"sessionId": "8"})

    return read


def parses_otherwise(*_: object, **__: object) -> Any:
    return construct.Container(message="x", body=1)


def forgets(self: Entry, value: Any, *, strict: bool = True) -> bytes:
    return ENCODE(self, value, strict=strict).replace(b'"7"', b'"8"')


@pytest.mark.parametrize(
    ("name", "vendor", "found", "place", "attribute", "other"),
    [
        ("typed_errors", "sensetime", CANCEL, Entry, "decode", raises),
        ("readable", "sensetime", CANCEL, Message, "to_dict", raises),
        ("time", "sensetime", CANCEL, Entry, "decode", spins),
        ("memory", "sensetime", CANCEL, Entry, "decode", hoards),
        ("valid", "sensetime", CANCEL, Entry, "decode", refuses),
        ("round_trip", "sensetime", CANCEL, Entry, "encode", forgets),
        ("variant", "sensetime", DIGITS, Entry, "decode", tells_nothing),
        ("mutation", "sensetime", WITHOUT_ID, Entry, "decode", takes_all),
        ("schema", "sensetime", CANCEL, agreement, "schema_refuses", refuses_more),
        (
            "second_reader",
            "sensetime",
            CANCEL,
            second_reader,
            "reader",
            reads_otherwise,
        ),
        (
            "layout",
            "aliyun",
            READY,
            construct.Construct,
            "parse",
            parses_otherwise,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value in PROPERTIES else "",
)
def test_a_property_that_does_not_hold_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, vendor: str, found: Input, place: Any, attribute: str, other: Any
) -> None:
    target = CodecTarget(vendor, "hostile")
    assert target.tried([found]).broken == ""
    monkeypatch.setattr(place, attribute, other)
    tried = target.tried([found])
    assert (tried.broken, tried.detail.split(":")[0]) == (name, found.entry)


@pytest.mark.parametrize("vendor", ["aliyun", "guiji", "sensetime"])
def test_what_is_there_holds_and_is_seen(vendor: str) -> None:
    order = Fuzz(kind="codec", vendor=vendor, allowed="hostile", seconds=None, examples=40, seed=1, corpus="", box="")
    told: list[int] = []
    found = fuzzed(order, lambda fuzzing: told.append(fuzzing.runs))
    assert [failure.text for failure in found.failures] == []
    assert (found.runs, found.count, told[-1]) == (40, 280, 40)
    assert {"read_strictly", "refused", "rule_broken", "written_again", "second_reader_agreed"} <= set(found.reached)
    assert found.clauses


def test_what_is_found_is_made_simpler_and_shows_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(self: Entry, data: Any, *, strict: bool = False) -> Any:
        if b"unheardOf" in data:
            raise KeyError("unheardOf")
        return DECODE(self, data, strict=strict)

    monkeypatch.setattr(Entry, "decode", breaks)
    order = Fuzz(kind="codec", vendor="guiji", allowed="hostile", seconds=None, examples=100, seed=2, corpus="", box="")
    (failure,) = fuzzed(order).failures
    assert (failure.oracle, kind_of(failure)) == ("typed_errors", "codec")
    (step,) = failure.workload
    assert len(bytes.fromhex(step["data"])) < 30
    assert tried_again(Again(failure)).broken == "typed_errors"
    monkeypatch.undo()
    assert tried_again(Again(failure)).broken == ""


def test_what_kills_its_process_is_what_was_tried_last(tmp_path: Path) -> None:
    box = tmp_path / "box"
    order = Fuzz(
        kind="codec", vendor="guiji", allowed="hostile", seconds=None, examples=1, seed=1, corpus="", box=str(box)
    )
    assert boxed_failure(order, "the process died: signal SIGKILL") is None
    assert fuzzed(order).failures == ()
    failure = boxed_failure(order, "the process died: signal SIGKILL")
    assert failure is not None
    assert (failure.oracle, failure.detail) == (ALIVE, "the process died: signal SIGKILL")
    assert len(failure.workload) == 7
    assert tried_again(Again(failure)).broken == ""


@pytest.mark.parametrize(("allowed", "has_variants"), [("documented", False), ("errata", True)])
def test_what_is_allowed_bounds_what_is_given(allowed: Allowed, has_variants: bool) -> None:
    order = Fuzz(
        kind="codec", vendor="sensetime", allowed=allowed, seconds=None, examples=60, seed=3, corpus="", box=""
    )
    found = fuzzed(order)
    assert "refused" not in found.reached
    assert ("variant_reported" in found.reached) is has_variants
