"""Other forms of a message that is on its way: each documented variant of it, and each rule of it broken.

What is made is held against reading: a variant is what lenient reading reports by its erratum, and a broken message
what it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any, Final, cast

from msgspec import json

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.carrier import Frame
from avatarwire.codecs.core.json_text import look
from avatarwire.codecs.core.repairs import (
    Convert,
    Copy,
    Drop,
    Fill,
    FrameRepair,
    RawRepair,
    Rename,
    Repair,
    Reshape,
    is_object,
)
from avatarwire.codecs.errors import AvatarwireError

from ..engine.derived import breakages
from ..json_paths import places

__all__ = ["mutations", "variants"]

Bytes = Mapping[str, bytes]


def variants(vendor: str, message: str, data: bytes) -> Bytes:
    """Documented variants of a message that keeps to the ruled form, by erratum; each says what the message says.

    Args:
        vendor, message: which message.
        data: what travels.
    """
    entry = catalogue.vendor(vendor).get(message)
    if entry is None:
        return {}
    meant = _read(vendor, message, data)
    if meant is None or meant.deviations:
        return {}
    prefix, payload = _split(entry, data)
    found: dict[str, bytes] = {}
    for repair in entry.repairs:
        erratum = getattr(repair, "erratum", "")
        if not erratum or erratum in found:
            continue
        for other in _made(repair, data, prefix, payload):
            read = _read(vendor, message, other)
            if other != data and read is not None and erratum in read.deviations and read.value == meant.value:
                found[erratum] = other
                break
    return found


def mutations(vendor: str, message: str, data: bytes) -> Bytes:
    """A message with one of its rules broken, by the clause, or ``CLAUSE:KIND:PATH`` where a clause has several ways.

    Args:
        vendor, message: which message.
        data: what travels.
    """
    entry = catalogue.vendor(vendor).get(message)
    if entry is None:
        return {}
    prefix, payload = _split(entry, data)
    sample = look(payload)
    if sample is None:
        return {}

    def encode(value: Any) -> bytes:
        return prefix + json.encode(value)

    found: dict[str, bytes] = {}
    try:
        broken = breakages(vendor, message, sample, encode)
    except (AvatarwireError, ValueError):  # as above
        return {}
    for breakage in broken:
        name = breakage.clause
        if name in found:
            name = f"{breakage.clause}:{breakage.kind}:{breakage.path}"
        found[name] = encode(breakage.change(sample))
    return found


def _split(entry: Any, data: bytes) -> tuple[bytes, bytes]:
    """The header of a frame, and what is behind it."""
    size = entry.carrier.size if isinstance(entry.carrier, Frame) else 0
    return data[:size], data[size:]


def _read(vendor: str, message: str, data: bytes) -> Any:
    """A message as lenient reading has it; None where it cannot be read, or is a failure."""
    try:
        return catalogue.vendor(vendor).decode(message, data)
    except AvatarwireError:
        return None


# --- the inverse of a repair ---


def _made(repair: Any, data: bytes, prefix: bytes, payload: bytes) -> Iterator[bytes]:
    """Messages that may be the variant that a repair puts right."""
    with suppress(AttributeError, IndexError, KeyError, TypeError, ValueError):
        if isinstance(repair, FrameRepair):
            yield repair.variant(data)
        elif isinstance(repair, RawRepair):
            yield prefix + repair.variant(payload)
        elif isinstance(repair, Repair):
            value = look(payload)
            for change in _CHANGES[type(repair)](repair):
                other = deepcopy(value)
                if is_object(other) and _changed(repair, other, change):
                    yield prefix + json.encode(other)


Change = Callable[[dict[str, Any], str], object]


def _changed(repair: Repair, value: dict[str, Any], change: Change) -> bool:
    """Has a change made at every place that a repair is about; whether there was any."""
    if isinstance(repair, Reshape):
        if repair.variant is None:
            return False
        repair.variant(value)
        return True
    found = list(places(value, repair.path.replace("[]", "")))
    for holder, name in found:
        change(holder, name)
    return bool(found)


def _renamed(repair: Rename) -> Iterator[Change]:
    def moved(holder: dict[str, Any], name: str) -> None:
        if name in holder:
            holder[repair.other] = holder.pop(name)

    def another(holder: dict[str, Any], name: str) -> None:
        holder.pop(name, None)
        holder[repair.other] = deepcopy(repair.example)

    yield moved
    if repair.to is not None:
        yield another


def _converted(repair: Convert) -> Iterator[Change]:
    """The value itself in the other form, where that can be found by trying; else a value that shows the form."""

    def itself(holder: dict[str, Any], name: str) -> None:
        value = holder.get(name)
        for form in _FORMS:
            with suppress(TypeError, ValueError):
                other = form(value)
                if repair.to(other) == value:
                    holder[name] = other
                    return

    def another(holder: dict[str, Any], name: str) -> None:
        holder[name] = deepcopy(repair.example)

    yield itself
    yield another


def _filled(repair: Fill) -> Iterator[Change]:
    if not repair.null_only:
        yield lambda holder, name: holder.pop(name, None)
    yield lambda holder, name: holder.update({name: None})


def _dropped(repair: Drop) -> Iterator[Change]:
    yield lambda holder, name: holder.update({name: deepcopy(repair.example)})
    yield lambda holder, name: holder.update({name: "extra"})


def _copied(repair: Copy) -> Iterator[Change]:
    del repair
    yield lambda holder, name: holder.pop(name, None)


def _reshaped(repair: Reshape) -> Iterator[Change]:
    del repair
    yield lambda holder, name: None


_FORMS: Final[tuple[Callable[[Any], Any], ...]] = (
    str,
    lambda value: json.encode(value).decode(),
    lambda value: [value],
    float,
    lambda value: 1 if value is True else 0 if value is False else None,
    lambda value: "true" if value is True else "false" if value is False else None,
)
"""Forms that documents have for a value: text for number, JSON in text, a list of one, and the like."""

_CHANGES: Final[Mapping[type[Repair], Callable[[Any], Iterator[Change]]]] = {
    Rename: cast("Any", _renamed),
    Convert: cast("Any", _converted),
    Fill: cast("Any", _filled),
    Drop: cast("Any", _dropped),
    Copy: cast("Any", _copied),
    Reshape: cast("Any", _reshaped),
}
