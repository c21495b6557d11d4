"""Which attributes the state of a fake has: found by looking, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

__all__ = ["attributes", "found"]

_PACKAGE = "avatarwire.fakeserver."


def attributes(value: object) -> dict[str, Any]:
    """The attributes of an object that are set, by name."""
    names = dict.fromkeys(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names.update(dict.fromkeys((slots,) if isinstance(slots, str) else slots))
    return {name: getattr(value, name) for name in names if hasattr(value, name) and not name.startswith("__")}


def found(start: object) -> dict[str, set[str]]:
    """Attributes of every object that can be reached from one and is no value: by the name of its class.

    Messages, tables of scenarios and other structs are values; so are functions, which are not gone into.
    """
    seen: set[int] = set()
    names: dict[str, set[str]] = {}
    waiting = [start]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, msgspec.Struct | type) or (callable(value) and not _is_part(value)):
            continue
        if _is_part(value):
            mine = attributes(value)
            names.setdefault(type(value).__qualname__, set()).update(mine)
            waiting.extend(mine.values())
        else:
            waiting.extend(_items(value))
    return names


def _is_part(value: object) -> bool:
    return type(value).__module__.startswith(_PACKAGE)


def _items(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.keys()
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset) or type(value).__name__ in ("deque",):
        yield from value  # type: ignore[misc]
