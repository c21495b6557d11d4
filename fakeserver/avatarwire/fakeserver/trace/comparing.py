"""Two traces compared: aligned by message and session, their differences by member and by clause.

Ids that whoever answers makes up differ from run to run. They are told apart from differences by standing for each
other everywhere: the first time that two meet under the same name they are a pair, from then on they have to stay one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias, cast

from avatarwire.codecs import catalogue, registry
from avatarwire.fakeserver.faults.declared import header_names
from avatarwire.fakeserver.trace.format import TraceEntry
from avatarwire.fakeserver.trace.reading import Trace
from avatarwire.fakeserver.trace.sessions import sessions_by_answer

__all__ = ["UNMISTAKABLE", "Comparison", "compared", "is_made_up", "members", "name_of"]

_MADE_UP: Final = re.compile(
    r"(id|ids|token|nonce|url|topic\w*|sender|requestid|timestamp|time|date|trace|uid|channel\w*|expire\w*|signature"
    r"|authorization)$",
    re.IGNORECASE,
)
"""Names of members whose values are made up anew in each run."""
_LONGEST: Final = 80
UNMISTAKABLE: Final = 8
"""Characters from which on an id may be looked for inside of texts."""

Place: TypeAlias = tuple[str, int, str, str, int]
"""Vendor, number of the session, direction, message, and which of that kind."""


@dataclass
class Comparison:
    """What came of it.

    Attributes:
        lines: a line for each difference.
        same: pairs of entries that say the same.
        mapped: pairs of ids that stand for each other.
    """

    lines: list[str] = field(default_factory=list[str])
    same: int = 0
    mapped: dict[str, str] = field(default_factory=dict[str, str])


def compared(one: Trace, other: Trace) -> Comparison:
    """Compares two traces.

    Args:
        one, other: what happened, and what happened another time.
    """
    result = Comparison()
    first, second = _placed(one), _placed(other)
    for place in first.keys() | second.keys():
        if place in first and place in second:
            continue
        entry, where = (first[place], one) if place in first else (second[place], other)
        result.lines.append(f"only in {where.path}: {_named(entry)}")
    result.lines.sort()
    for place, entry in first.items():
        if place in second:
            said = _said(one, entry), _said(other, second[place])
            found = list(_differences(entry, second[place], *said, result.mapped))
            result.lines += [f"{_named(entry)} / #{second[place].seq}: {line}" for line in found]
            result.same += not found
    return result


def _placed(trace: Trace) -> dict[Place, TraceEntry]:
    """The entries that crossed a wire, by where they stand."""
    sessions: dict[tuple[str, str], int] = {}
    counts: dict[tuple[str, int, str, str], int] = {}
    placed: dict[Place, TraceEntry] = {}
    answered = sessions_by_answer(trace.entries)
    for entry in trace.entries:
        if "note" in (entry.transport, entry.direction):
            continue
        session = entry.session or answered.get(entry.seq, "")
        number = sessions.setdefault((entry.vendor, session), len(sessions)) if session else -1
        name = entry.message or f"{entry.transport} {entry.meta.get('path', '')}".strip()
        kind = (entry.vendor, number, entry.direction, name)
        counts[kind] = counts.get(kind, 0) + 1
        placed[(*kind, counts[kind])] = entry
    return placed


def _named(entry: TraceEntry) -> str:
    session = f" session {entry.session}" if entry.session else ""
    return f"#{entry.seq} {entry.direction} {entry.message or entry.transport}{session}"


def _differences(
    one: TraceEntry, other: TraceEntry, one_says: Any, other_says: Any, mapped: dict[str, str]
) -> Iterator[str]:
    if one.status != other.status:
        yield f"status {one.status} -> {other.status}"
    before, after = (dict(members(said, "")) for said in (one_says, other_says))
    for path in [*before, *(path for path in after if path not in before)]:
        if path not in after:
            yield f"{path}: {_short(before[path])} -> missing"
        elif path not in before:
            yield f"{path}: missing -> {_short(after[path])}"
        elif before[path] != after[path] and not _stands_for(path, before[path], after[path], mapped):
            yield f"{path}: {_short(before[path])} -> {_short(after[path])}"
    for name, found in (("deviations", (one.deviations, other.deviations)), ("breaks", (_broken(one), _broken(other)))):
        if sorted(found[0]) != sorted(found[1]):
            yield f"{name} {' '.join(found[0]) or 'nothing'} -> {' '.join(found[1]) or 'nothing'}"


def _said(trace: Trace, entry: TraceEntry) -> Any:
    """What is compared of an entry: its body; without one its bytes, of sound those behind the header."""
    if entry.body is not None:
        return entry.body
    header = _header_of(entry.vendor) if entry.transport == "ws" and entry.message else 0
    data = trace.data(entry) if header else None
    if data is None or len(data) < header:
        return entry.text or entry.blob or entry.raw
    return hashlib.sha256(data[header:], usedforsecurity=False).hexdigest()


@cache
def _header_of(vendor: str) -> int:
    """Bytes of the header of a vendor's frames, in which a serial number is made up anew for each; 0 without one."""
    if vendor not in registry.VENDORS:
        return 0
    return max((end for _, end in header_names(catalogue.vendor(vendor)).values()), default=0)


def _broken(entry: TraceEntry) -> Sequence[str]:
    return [str(violation.get("clause", "")) for violation in entry.violations]


def is_made_up(path: str) -> bool:
    """Whether the value at a wire path is made up anew in each run."""
    return _MADE_UP.search(name_of(path)) is not None


def name_of(path: str) -> str:
    """The name of the member at the end of a wire path."""
    return re.sub(r"(\[\d+\])+$", "", path).rpartition(".")[2]


def members(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The values of a body by wire path, which is the one of the body itself and what follows.

    Args:
        value: JSON values.
        path: of the body; empty at the top.
    """
    if isinstance(value, Mapping) and value:
        for name, member in cast("Mapping[str, Any]", value).items():
            yield from members(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for number, member in enumerate(cast("Sequence[Any]", value)):
            yield from members(member, f"{path}[{number}]")
    else:
        yield path, value


def _stands_for(path: str, one: Any, other: Any, mapped: dict[str, str]) -> bool:
    """Whether two values are the same but for what is made up in each run."""
    if isinstance(one, str) and isinstance(other, str) and _renamed(one, mapped) == other:
        return True
    if type(one) is not type(other) or not is_made_up(path):
        return False
    return mapped.setdefault(str(one), str(other)) == str(other)


def _renamed(text: str, mapped: Mapping[str, str]) -> str:
    """A text, such as a URL, with the ids of the other trace in it."""
    for one, other in mapped.items():
        if len(one) >= UNMISTAKABLE and one in text:
            text = text.replace(one, other)
    return text


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
