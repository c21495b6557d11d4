"""JSON values that differ from a right one in up to three places: something gone, replaced, added, a little different.

Only plain values are changed here; what is made of them, others judge.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import isfinite
from random import Random
from typing import Any, Final, cast

__all__ = ["NO_JSON", "VALUES", "changed", "json_of"]

VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, 200, 1.0, 200.0, -1.0, -0.0, 2.5, 2**63, -(2**63), 2.0**63, 10**30, 1e300, [], {},
    [1], [[]], {"a": 1}, "", "a", "1", "1.0", "START", "[]", "{}", "stopped", "tEXT", "background", " a", "unlisted",
)  # fmt: skip
"""What stands where something else belongs."""
_CHANGES: Final = 3

NO_JSON: Final = object()
"""What `json_of` gives of what is none."""


def changed(value: Any, names: Sequence[str], random: Random) -> Any:
    """A copy of a JSON value with a few changes anywhere in it.

    Args:
        value: that is copied.
        names: of members that may be added, beside those that stand in it.
        random: what is changed comes from there.
    """
    value = _copied(value)
    for _ in range(random.randint(1, _CHANGES)):
        everywhere = list(_holders(value))
        if not everywhere:
            return _altered(value, random)
        holder = random.choice(everywhere)
        known = [*names, *(name for each in everywhere for name in _names_in(each))]
        places: list[Any] = _names_in(holder) if isinstance(holder, dict) else list(range(len(holder)))
        what = random.choice(["remove", "replace", "alter", "alter", "add"]) if places else "add"
        place = random.choice(places) if places else None
        if what == "remove":
            del holder[place]
        elif what == "replace":
            holder[place] = _anything(everywhere, random)
        elif what == "alter":
            holder[place] = _altered(holder[place], random)
        elif isinstance(holder, dict):
            holder[random.choice(known or ["a"])] = _anything(everywhere, random)
        else:
            holder.append(_anything(everywhere, random))
    return value


def _holders(value: Any) -> Iterator[Any]:
    """Every object and list in a JSON value, itself included."""
    if isinstance(value, (dict, list)):
        yield cast("Any", value)
        for item in _items_of(value):
            yield from _holders(item)


def _items_of(value: Any) -> list[Any]:
    """What stands in a list, or under the names of an object."""
    return [*value.values()] if isinstance(value, dict) else [*value]


def _names_in(value: Any) -> list[Any]:
    return [*value] if isinstance(value, dict) else []


def _anything(everywhere: list[Any], random: Random) -> Any:
    """Any JSON value, or one that stands elsewhere."""
    items = [item for each in everywhere for item in _items_of(each)]
    return _copied(random.choice([*VALUES, *items]))


def _altered(value: Any, random: Random) -> Any:
    """The same value, a little different."""
    options: list[Any] = [None, [value], str(value)]
    match value:
        case bool():
            options = [not value, None, int(value)]
        case int():
            options = [float(value), value + 1, value - 1, -value, str(value)] if abs(value) < 1e300 else [0]
        case float():
            options = [value + 0.5, float(round(value)) if isfinite(value) else 0.0, -value]
        case str():
            options = [f"{value}a", value[:-1], value.swapcase(), f" {value}", "", value * 40]
        case list():
            items = _items_of(value)
            options = [items + items, items[:1], items[1:], [], {}, [None]]
        case _:
            pass
    return _copied(random.choice(options))


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def json_of(data: bytes) -> Any:
    """A JSON value as a schema can look at it; `NO_JSON` where it is none, or one that Python writes otherwise."""
    try:
        value = json.loads(data.decode(), parse_constant=_no_number)
        json.dumps(value).encode()
        return value
    except (ValueError, RecursionError):
        return NO_JSON


def _no_number(text: str) -> Any:
    raise ValueError(text)
