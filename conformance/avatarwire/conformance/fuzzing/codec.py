"""Codecs as something that is searched: any bytes for every decoder, and what the decoders of one thing say of it."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from hypothesis import given, seed, settings

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.carrier import Frame
from avatarwire.codecs.core.entry import Dispatched, Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.codecs.errors import AvatarwireError, FailureError

from ..probing.freedoms import Allowed
from ..probing.levels import permits
from ..report.words import shortened
from ..second_reader import agreement
from .agreement import layout_disagreement, layout_refuses, schema_disagreement, schema_refuses
from .codec_inputs import Input, inputs, simpler_bytes
from .json_changes import NO_JSON, json_of
from .looking_through import look_through
from .properties import Broken
from .target import Log, Tried

__all__ = ["PROPERTIES", "SITUATIONS", "CodecTarget", "target"]

PROPERTIES: Final[Mapping[str, str]] = {
    "typed_errors": "Any bytes are read, or refused with an error of this library.",
    "readable": "All that was read can be shown, and written again or refused with an error of this library.",
    "time": "Reading takes no more time than the size of the input explains.",
    "memory": "Reading takes no more memory than the size of the input explains.",
    "valid": "What is right is read strictly.",
    "round_trip": "What was read strictly and is written again is read as the same.",
    "variant": "A documented variant is reported by lenient reading and refused by strict reading.",
    "mutation": "What breaks a rule is refused by strict reading.",
    "schema": "The schema takes what strict reading takes, but for the rules that it lists as unsaid.",
    "second_reader": "A second reader, written by hand, reads the same.",
    "layout": "The layout declared in construct reads the same as the codec generated from it.",
}

SITUATIONS: Final[Mapping[str, str]] = {
    "read_strictly": "something was read strictly",
    "read_leniently": "something was read leniently only",
    "refused": "something was refused",
    "failure_read": "an answer was read as the vendor's failure",
    "variant_reported": "a documented variant was reported",
    "rule_broken": "a rule was broken, and strict reading refused it",
    "dispatched": "a message of a connection was recognised",
    "written_again": "what was read leniently was written again",
    "second_reader_agreed": "the second reader said the same",
    "deep": "something was nested deeper than a reader recurses",
    "large": "something was larger than 100 kB",
    "no_text": "something was no UTF-8",
}

_SECONDS: Final = 0.5
_SECONDS_A_BYTE: Final = 2e-6
"""Of the processor: what reading takes at most, in all ways together, on a slow machine."""
_BYTES: Final = 8_000_000
_BYTES_A_BYTE: Final = 300
_MEASURED: Final = 64
"""One of so many examples has its memory measured, which makes reading slow."""
_MOST_TEXT: Final = 2000
_FIRST_BYTES: Final = 400
"""Bytes of an example that a story shows."""


class CodecTarget:
    """All decoders of one vendor.

    Args:
        vendor: whose.
        allowed: what they are given.
    """

    properties = PROPERTIES
    step = Input

    def __init__(self, vendor: str, allowed: Allowed) -> None:
        self._vendor: Final = vendor
        self._catalogue: Final = catalogue.vendor(vendor)
        self._inputs: Final = inputs(vendor, allowed)
        has_envelope = any(isinstance(entry.codec, EnvelopeCodec) for entry in self._catalogue.values())
        self.situations: Final = {
            name: text
            for name, text in SITUATIONS.items()
            if _FROM.get(name, "documented") in permits(allowed) and (has_envelope or name != "failure_read")
        }
        self._number = 0

    def explore(self, log: Log, given_settings: settings, number: int) -> None:
        @given_settings
        @seed(number)  # which takes the corpus from the settings that it finds
        @given(self._inputs)
        def example(found: tuple[Input, ...]) -> None:
            log.begin(found)
            self._number += 1
            log.end(found, self._all_judged(found, measured=self._number % _MEASURED == 0))

        example()

    def tried(self, steps: Sequence[Input]) -> Tried:
        return self._all_judged(steps, measured=False if len(steps) > 1 else None)

    def _all_judged(self, steps: Sequence[Input], *, measured: bool | None) -> Tried:
        """What comes of each; `measured` says whether memory is measured, None that time is as well, one by one."""
        reached: set[str] = set()
        clauses: set[str] = set()
        pairs: set[str] = set()
        for each in steps:
            for how in (False, True) if measured is None else (measured,):
                found = self._judged(each, measured=how)
                if found.broken:
                    return found
                reached.update(found.reached)
                clauses.update(found.clauses)
                pairs.add(f"{each.entry} {each.form} {' '.join(found.reached)}")
        return Tried(
            reached=tuple(sorted(reached)), clauses=tuple(sorted(clauses)), pairs=tuple(sorted(pairs)), count=len(steps)
        )

    def obstacle(self, step: Input) -> str:
        if step.entry not in self._catalogue:
            return f"entry: {self._vendor} has no entry {step.entry!r}"
        try:
            bytes.fromhex(step.data)
        except ValueError:
            return "data: expected bytes in hex"
        return ""

    def simpler(self, step: Input) -> Iterator[Input]:
        if step.form not in ("changed", "bytes"):
            return  # others would not be what their label says
        for data in simpler_bytes(step.raw):
            yield msgspec.structs.replace(step, data=data.hex())

    def _judged(self, found: Input, *, measured: bool) -> Tried:
        reached: set[str] = set()
        clauses = (found.clause,) if found.clause else ()
        try:
            self._judge(found, reached, measured=measured)
        except Broken as broken:
            data = found.raw
            shown = f"{data[:_FIRST_BYTES]!r}{'...' if len(data) > _FIRST_BYTES else ''}"
            return Tried(
                broken=broken.name,
                detail=shortened(f"{found.entry}: {broken.detail}", _MOST_TEXT),
                clause=broken.clause or found.clause,
                story=tuple(filter(None, (f"{found.entry}, {found.form}", found.label, f"{len(data)} bytes: {shown}"))),
                clauses=clauses,
            )
        counts = found.form != "mutation" or "rule_broken" in reached
        return Tried(reached=tuple(sorted(reached)), clauses=clauses if counts else ())

    def _judge(self, found: Input, reached: set[str], *, measured: bool) -> None:
        entry, data = self._catalogue[found.entry], found.raw
        if measured:
            tracemalloc.start()
        began = time.process_time()
        try:
            lenient = _read(lambda: entry.decode(data))
            strict = _read(lambda: entry.decode(data, strict=True))
            dispatched = [self._dispatched(data, sender, strict=it) for sender in _SENDERS for it in (False, True)]
            seconds = time.process_time() - began
            peak = tracemalloc.get_traced_memory()[1] if measured else 0
        finally:
            if measured:
                tracemalloc.stop()
        if not measured and seconds > _SECONDS + _SECONDS_A_BYTE * len(data):
            raise Broken("time", f"{seconds:.2f} s for {len(data)} bytes")
        if peak > _BYTES + _BYTES_A_BYTE * len(data):
            raise Broken("memory", f"{peak} bytes for {len(data)} bytes")
        _notice(data, lenient, strict, dispatched, reached)
        for each in (lenient, strict, *dispatched):
            if not isinstance(each, AvatarwireError):
                _look_through(entry, each, reached)
        self._judge_form(found, entry, lenient, strict, reached)
        self._judge_agreement(entry, data, reached, is_read=not _is_refused(strict))

    def _dispatched(self, data: bytes, sender: Literal["client", "server"] | None, *, strict: bool) -> Any:
        return _read(lambda: self._catalogue.dispatched(data, sender, strict=strict))

    def _laid_out_otherwise(self, data: bytes, sender: str) -> Any:
        return _read(lambda: layout_disagreement(self._vendor, data, sender))

    def _judge_form(self, found: Input, entry: Entry, lenient: Any, strict: Any, reached: set[str]) -> None:
        """Whether what was made on purpose is read as that, and what was read is written as the same."""
        if found.form == "valid" and _is_refused(strict):
            raise Broken("valid", str(strict))
        if found.form == "variant":
            findings = () if _is_refused(lenient) else lenient.findings
            if found.clause not in {each.clause for each in findings}:
                raise Broken("variant", f"{found.label}: lenient reading reports {findings or lenient}")
            reached.add("variant_reported")
            if not _is_refused(strict) and not strict.findings:
                raise Broken("variant", f"{found.label}: strict reading takes it as the ruled form")
        if found.form == "mutation":
            if not _is_refused(strict):
                raise Broken("mutation", f"{found.label}: strict reading takes it")
            if self._is_confirmed(found, entry):
                reached.add("rule_broken")
        if not _is_refused(strict) and not isinstance(strict, FailureError) and not strict.findings:
            again = _read(lambda: entry.encode(strict.value))
            if isinstance(again, AvatarwireError):
                if found.form != "valid":
                    return  # some rules bind whoever writes only
                raise Broken("round_trip", f"it cannot be written again: {again}")
            twice = _read(lambda: entry.decode(again, strict=True))
            if _is_refused(twice) or not _same(twice.value, strict.value):
                raise Broken("round_trip", f"written again: {_difference(strict, twice)}")

    def _is_confirmed(self, found: Input, entry: Entry) -> bool:
        """Whether a second judge refuses as well what is said to break a rule: the schema, or the layout."""
        value = NO_JSON if entry.type is None or entry.is_query else json_of(_body(self._catalogue, entry, found.raw))
        told = value is not NO_JSON and schema_refuses(self._vendor, entry, value)
        return bool(told) or (
            isinstance(entry.carrier, Frame) and layout_refuses(self._vendor, found.raw, entry.sender)
        )

    def _judge_agreement(self, entry: Entry, data: bytes, reached: set[str], *, is_read: bool) -> None:
        """Whether the schema, the second reader and the layout say the same."""
        if entry.type is not None and not entry.is_query:
            body = _body(self._catalogue, entry, data)
            value = json_of(body)
            if value is not NO_JSON and (told := _read(lambda: schema_disagreement(self._vendor, entry, value))):
                raise Broken("schema", told)
        looks_otherwise = _is_no_json(entry) and data.lstrip()[:1] in _JSON
        for direction, sender in (("out", "client"), ("in", "server")):
            if isinstance(entry.carrier, Frame) and (told := self._laid_out_otherwise(data, sender)):
                raise Broken("layout", told)
            # Lenient reading skips what it does not know; the second reader knows no such thing.
            if not is_read or looks_otherwise or entry.sender not in (sender, "both"):
                continue
            transport = entry.carrier.transport or "http"
            agreed = agreement(self._vendor, entry.id, transport, direction, data)
            if agreed is False:
                raise Broken("second_reader", f"they differ, {direction}")
            if agreed:
                reached.add("second_reader_agreed")


_FROM: Final[Mapping[str, Allowed]] = {
    "read_leniently": "errata",
    "refused": "hostile",
    "variant_reported": "errata",
    "rule_broken": "hostile",
    "deep": "hostile",
    "large": "hostile",
    "no_text": "hostile",
}
"""From which level on a situation comes about."""
_JSON: Final = (b"{", b"[", b'"')
"""A query, or speech, that begins so, the second reader takes for JSON: bytes are all it is told."""
_SENDERS: Final[tuple[Literal["client", "server"] | None, ...]] = ("client", "server", None)
_DEEP: Final = 1000
_LARGE: Final = 100_000


def _read(read: Callable[[], Any]) -> Any:
    """What a decoder gives, or the error of the tree that it raises."""
    try:
        return read()
    except AvatarwireError as error:
        return error
    except Exception as error:
        raise Broken("typed_errors", f"{type(error).__name__}: {error}") from error


def _is_refused(found: Any) -> bool:
    """Whether it is an error, and no failure of the vendor's that was read."""
    return isinstance(found, AvatarwireError) and not isinstance(found, FailureError)


def _is_no_json(entry: Entry) -> bool:
    return entry.is_query or entry.type is None


def _notice(data: bytes, lenient: Any, strict: Any, dispatched: Sequence[Any], reached: set[str]) -> None:
    found = {
        "read_strictly": not _is_refused(strict),
        "read_leniently": _is_refused(strict) and not _is_refused(lenient),
        "refused": _is_refused(lenient),
        "failure_read": isinstance(strict, FailureError),
        "dispatched": any(not isinstance(each, AvatarwireError) and each.received.id for each in dispatched),
        "deep": data.count(b"[" * _DEEP) > 0 or data.count(b'{"a":' * (_DEEP // 2)) > 0,
        "large": len(data) > _LARGE,
    }
    reached.update(name for name, holds in found.items() if holds)
    try:
        data.decode()
    except UnicodeDecodeError:
        reached.add("no_text")


def _look_through(entry: Entry, found: Any, reached: set[str]) -> None:
    """Looks at everything that something tells of itself, and writes it again."""
    try:
        look_through(found)
        if not isinstance(found, Dispatched):
            entry.encode(found.value, strict=False)
            reached.add("written_again")
    except AvatarwireError:
        return
    except Exception as error:
        raise Broken("readable", f"{type(error).__name__}: {error}") from error


def _difference(one: Any, other: Any) -> str:
    """In what two things that were read differ."""
    if _is_refused(other):
        return str(other)
    values = [msgspec.to_builtins(it.value, str_keys=True) for it in (one, other)]
    if not all(isinstance(value, dict) for value in values):
        return f"{values[0]!r:.200} is {values[1]!r:.200}"
    names = [name for name in {**values[0], **values[1]} if values[0].get(name) != values[1].get(name)]
    return "; ".join(f"{name} {values[0].get(name)!r:.100} is {values[1].get(name)!r:.100}" for name in names[:3])


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same; a number that is none is the same as itself."""
    return bool(one == other) or repr(one) == repr(other)


def _body(known: catalogue.Catalogue, entry: Entry, data: bytes) -> bytes:
    if not isinstance(entry.carrier, Frame) or known.header_text is None:
        return data
    try:
        spans = known.header_text.spans(data)
    except AvatarwireError:
        return b""
    return data[spans[-1].start :] if spans else b""


def target(vendor: str, allowed: Allowed) -> CodecTarget:
    """The decoders of a vendor."""
    return CodecTarget(vendor, allowed)
