"""Inputs that are as hard to read as their size allows, for every decoder: what reading them costs as they grow.

Only inputs, decoders and the measuring live here. The table of figures is `hostile_figures.py`, what is asked of them
`test_hostile_growth.py`.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from typing import Any, Final, NamedTuple, cast
from urllib.parse import quote

import msgspec

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.conformance.carrying import Carried, carried
from tests.conformance.figures import drawn

__all__ = ["FAMILIES", "Cost", "Decoder", "cost", "of_entries", "seconds"]

_MARK: Final = "@ here @"
_QUOTED: Final = b'"@ here @"'
_SERIAL: Final = b"SERIAL01"


class Decoder(NamedTuple):
    """Something that reads, and one family of inputs for it.

    Attributes:
        name: what it is.
        family: how its inputs are hard.
        input: an input of about so many bytes.
        read: reads one; errors of ours are all right.
    """

    name: str
    family: str
    input: Callable[[int], bytes]
    read: Callable[[bytes], object]


class Cost(NamedTuple):
    """What reading one input takes.

    Attributes:
        size: bytes of the input.
        seconds: of the processor.
        peak: bytes of memory at most.
    """

    size: int
    seconds: float
    peak: int


def _repeated(piece: str, before: str = "", after: str = "", between: str = "") -> Callable[[int], bytes]:
    """As many pieces as fit into a size."""
    return lambda size: (before + between.join([piece] * max(1, size // len(piece + between))) + after).encode()


def _numbered(piece: str, before: str, after: str) -> Callable[[int], bytes]:
    """Different pieces; `#` stands for the number of each."""
    step = len(piece) + 5
    return lambda size: (
        before + ",".join(piece.replace("#", str(n)) for n in range(10_000, 10_000 + size // step)) + after
    ).encode()


FAMILIES: Final[Mapping[str, Callable[[int], bytes]]] = {
    "deep lists": lambda size: b"[" * (size // 2) + b"]" * (size // 2),
    "deep lists, open": _repeated("["),
    "deep objects": lambda size: b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6),
    "many keys": _numbered('"k#":1', "{", "}"),
    "many keys, one twice": _numbered('"k#":1', "{", ',"k10000":2}'),
    "one key again": _repeated('"a":1', "{", "}", ","),
    "many keys, open": _numbered('"k#":1', "{", ""),
    "long text": _repeated("x", '"', '"'),
    "long text of escapes": _repeated('\\"', '"', '"'),
    "long text of line breaks": _repeated("\\r\\n", '"', '"'),
    "long text of halves": _repeated("\\ud800", '"', '"'),
    "long text of digits": _repeated("9", '"', '"'),
    "text of JSON": _repeated("[", '"', '"'),
    "open text of escapes": _repeated('\\"', '"'),
    "long integer": _repeated("9"),
    "long fraction": _repeated("9", "0."),
    "long exponent": _repeated("9", "1e"),
    "many zeros": _repeated("0", "[", "]", ","),
    "many floats": _repeated("1.0", "[", "]", ","),
    "many texts": _repeated('"a"', "[", "]", ","),
    "many texts of digits": _repeated('"7"', "[", "]", ","),
    "many nulls": _repeated("null", "[", "]", ","),
    "many objects": _repeated("{}", "[", "]", ","),
    "many lists": _repeated("[]", "[", "]", ","),
    "many blanks": _repeated(" ", "[0,", "0]"),
    "commas": _repeated(",", "[", "]"),
    "colons": _repeated('{"a":[', "", ""),
    "comments": _repeated("/*a", "[", "]"),
    "slashes": _repeated("//", "[", "]"),
    "comma and blanks": _repeated(", ", "[0", "x"),
}
"""JSON, or not quite, by what is hard about it."""


def cost(decoder: Decoder, size: int, *, runs: int = 3) -> Cost:
    """What reading an input of a size takes: the median of some runs, and the memory in one more."""
    data = decoder.input(size)
    took = seconds(lambda: _read(decoder, data), runs)
    gc.collect()
    tracemalloc.start()
    try:
        _read(decoder, data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return Cost(len(data), took, peak)


def seconds(action: Callable[[], object], runs: int = 3) -> float:
    """Seconds of the processor that something takes, the median of some runs."""
    found: list[float] = []
    for _ in range(runs):
        gc.collect()
        began = time.thread_time()
        action()
        found.append(time.thread_time() - began)
    return sorted(found)[len(found) // 2]


def _read(decoder: Decoder, data: bytes) -> None:
    with suppress(AvatarwireError):
        decoder.read(data)


# --- entries of the catalogue ---


def of_entries(vendor: str, *, everywhere: bool = False) -> Iterator[Decoder]:
    """Every entry of a vendor, with every family in several places.

    Args:
        vendor: whose.
        everywhere: in each member of a message; otherwise as a whole, as one more member, and in each list.
    """
    for id_, entry in catalogue.vendor(vendor).items():
        known = carried(vendor, id_)
        read = partial(_read_entry, entry)
        if known.root is None:
            yield Decoder(f"{vendor} {id_}", "bytes", _repeated("\x01"), read)
            continue
        value = _richest(known)
        if known.is_query:
            yield from _of_query(f"{vendor} {id_}", known, value, read)
            continue
        name = f"{vendor} {id_}"
        for family, made in FAMILIES.items():
            yield Decoder(name, family, partial(_framed, known, _QUOTED, made), read)
            for where, text in _texts(known, value, everywhere=everywhere):
                yield Decoder(f"{name} @ {where}", family, partial(_framed, known, text, made), read)
        for where, text, item in _lists(known, value):
            again = _repeated(item.decode(), "[", "]", ",")
            yield Decoder(f"{name} @ {where}", "its item again", partial(_framed, known, text, again), read)
            hollow = _repeated(_hollow(item).decode(), "[", "]", ",")
            yield Decoder(f"{name} @ {where}", "its item, all null", partial(_framed, known, text, hollow), read)


@cache
def _drawn(vendor: str, id_: str) -> Any:
    known = carried(vendor, id_)
    return max((msgspec.json.decode(known.payload(value)) for value in drawn(known.values(), 20)), key=_size)


def _size(value: Any) -> int:
    return len(msgspec.json.encode(value))


def _richest(known: Carried) -> Any:
    return _drawn(known.entry.vendor, known.entry.id)


def _read_entry(entry: Any, data: bytes) -> None:
    for strict in (False, True):
        try:
            received = entry.decode(data, strict=strict)
        except AvatarwireError as error:
            str(error)
        else:
            received.unknown_fields()


def _framed(known: Carried, text: bytes, made: Callable[[int], bytes], size: int) -> bytes:
    return known.framed(text.replace(_QUOTED, made(size), 1), _SERIAL)


def _texts(known: Carried, value: Any, *, everywhere: bool) -> Iterator[tuple[str, bytes]]:
    """The message with a mark in a place, and the name of the place."""
    yield "unheardOf", known.payload({**value, "unheardOf": _MARK})
    for where, holder, key in _places(value, ""):
        if everywhere or isinstance(holder[key], list):
            yield where, _marked(known, value, holder, key)


def _lists(known: Carried, value: Any) -> Iterator[tuple[str, bytes, bytes]]:
    """The message with a mark in place of a list, the name of the place, and an item of the list."""
    for where, holder, key in _places(value, ""):
        given = holder[key]
        if isinstance(given, list) and given:
            yield where, _marked(known, value, holder, key), msgspec.json.encode(given[0])


def _hollow(item: bytes) -> bytes:
    """An object with null for each of its members; anything else as it is."""
    value = msgspec.json.decode(item)
    return msgspec.json.encode(dict.fromkeys(cast("dict[str, Any]", value))) if isinstance(value, dict) else item


def _marked(known: Carried, value: Any, holder: Any, key: Any) -> bytes:
    before = holder[key]
    holder[key] = _MARK
    try:
        return known.payload(value)
    finally:
        holder[key] = before


def _places(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(value, dict):
        for name, item in cast("dict[str, Any]", value).items():
            yield f"{path}.{name}".lstrip("."), value, name
            yield from _places(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list) and value:
        yield from _places(value[0], f"{path}[]")


def _of_query(name: str, known: Carried, value: Any, read: Callable[[bytes], object]) -> Iterator[Decoder]:
    whole = known.bytes_of(value, _SERIAL)
    more: dict[str, Callable[[int], bytes]] = {
        "one name again": lambda size: whole + b"&a=1" * (size // 4),
        "many names": lambda size: whole + b"".join(b"&%d=1" % n for n in range(size // 8)),
        "separators": lambda size: whole + b"&" * size,
        "equals": lambda size: whole + b"&a" + b"=" * size,
        "percents": lambda size: whole + b"&a=" + b"%" * size,
        "escapes": lambda size: whole + b"&a=" + b"%41" * (size // 3),
    }
    for family, made in more.items():
        yield Decoder(name, family, made, read)
    for member in value:
        for family, piece in (("digits", "9"), ("commas", ","), ("escapes", "%41"), ("texts", "a,"), ("names", "&b=")):
            start = b"&" + quote(member, safe="").encode() + b"="
            rest = known.bytes_of({key: item for key, item in value.items() if key != member}, _SERIAL)

            def made_of(size: int, rest: bytes = rest + start, piece: bytes = piece.encode()) -> bytes:
                return rest + piece * (size // len(piece))

            yield Decoder(f"{name} @ {member}", family, made_of, read)
