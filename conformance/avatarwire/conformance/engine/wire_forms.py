"""Forms of the wire that must not matter: the same message, written in another way.

Which there are, which of them concern a transport, and which sets of them a run tries; carrying one out is for the
connections. Of pairs, a covering array has every two forms in all four combinations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import Any, Final, cast

__all__ = ["FORMS", "PAIRWISE", "changed", "pairwise", "sets_of", "unpadded"]

FORMS: Final[Mapping[str, frozenset[str]]] = {
    "fragmented": frozenset({"ws"}),
    "byte_at_a_time": frozenset({"http", "ws", "mqtt"}),
    "key_order": frozenset({"http", "ws", "mqtt"}),
    "unknown_members": frozenset({"http", "ws", "mqtt"}),
    "header_case": frozenset({"http", "ws"}),
    "chunked": frozenset({"http"}),
    "unpadded": frozenset({"ws"}),
}
"""By name, the transports they concern. fragmented: one WebSocket message in several frames (RFC 6455, 5.4).
byte_at_a_time: one write a byte. key_order: members of JSON objects the other way round. unknown_members: one more
member. header_case: HTTP header names in capitals (RFC 9110, 5.1). chunked: a body of unknown length (RFC 9112, 7.1).
unpadded: Base64 without padding, where the documents leave it open."""

PAIRWISE: Final = "pairwise"

EXTRA: Final = "xAvatarwireUnknown"
"""Name of the member that nobody knows."""


def sets_of(options: Sequence[str], transports: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """The sets of forms that a case is carried out in beside the plain one.

    Args:
        options: of the run: names of forms, all at once, or `PAIRWISE`.
        transports: that the case uses.
    """
    here = [name for name, where in FORMS.items() if where & frozenset(transports)]
    if PAIRWISE not in options:
        asked = tuple(name for name in here if name in options)
        return (asked,) if asked else ()
    return tuple(row for row in pairwise(here) if row)


def pairwise(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Sets of names such that of every two names there are sets with both, with either alone, and with neither.

    The rows of a covering array of strength 2: each name has another set of more than half of the rows behind the
    first, so that every two meet and neither contains the other (Kleitman and Spencer, 1973).
    """
    rows = 3
    while comb(rows, rows // 2 + 1) < len(names):
        rows += 1
    columns = dict(zip(names, combinations(range(rows), rows // 2 + 1), strict=False))
    found = [(), *(tuple(name for name in names if row in columns[name]) for row in range(rows))]
    return tuple(dict.fromkeys(found))


def changed(value: Any, forms: Iterable[str]) -> Any:
    """Plain JSON values as the forms have them written."""
    forms = frozenset(forms)
    if "unknown_members" in forms and isinstance(value, dict):
        value = {**cast("dict[str, Any]", value), EXTRA: {"of": ["nobody"]}}
    return _reversed(value) if "key_order" in forms else value


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        items = list(cast("dict[str, Any]", value).items())
        return {key: _reversed(item) for key, item in reversed(items)}
    if isinstance(value, list):
        return [_reversed(item) for item in cast("list[object]", value)]
    return value


def unpadded(text: str, forms: Collection[str]) -> str:
    """Base64 as the forms have it written."""
    return text.rstrip("=") if "unpadded" in forms else text
