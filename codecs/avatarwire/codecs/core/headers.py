"""The headers of an HTTP call by name, for whoever looks several of them up. Only the collecting lives here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

__all__ = ["Collected", "Headers", "collected"]

Headers: TypeAlias = Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str]]
"""Header names and values: pairs, a multidict, or a mapping with lists of values; names in any case."""


class Collected(dict[str, list[str]]):
    """All values of each header, in the order given, by lower-case name."""


def collected(headers: Headers) -> Collected:
    """The headers by name; those that are so already are given back."""
    if isinstance(headers, Collected):
        return headers
    found = Collected()
    pairs: Iterable[tuple[str, str | Sequence[str]]]
    pairs = cast("Mapping[str, str | Sequence[str]]", headers).items() if isinstance(headers, Mapping) else headers
    for name, value in pairs:
        values = [value] if isinstance(value, str) else list(value)
        if (before := found.setdefault(name.lower(), values)) is not values:
            before.extend(values)
    return found
