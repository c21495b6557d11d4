"""How a decoded value is walked to take something out of it.

Only the walk may live here, and what it copies; what is taken out is the caller's.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import decimal
import enum
import uuid
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any, Final, TypeAlias, cast

import msgspec
from msgspec import structs

__all__ = ["Named", "Walk"]

_DEEPEST: Final = 64
_TOO_DEEP: Final = "*** nested too deeply"

_HARMLESS: Final = (
    bool,
    int,
    float,
    complex,
    enum.Enum,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    decimal.Decimal,
    uuid.UUID,
    msgspec.UnsetType,
    type(None),
    type(...),
)

Named: TypeAlias = Callable[[object, object], object]
"""Given the name of a field and its value: what to show in its place, `Walk.UNDECIDED` to look into it."""


class Walk:
    """One way to take something out of values.

    Mappings, lists, tuples, sets, dataclasses and msgspec structs are walked and copied only where something changes;
    a value in which nothing does is given back as it is. What is nested more than 64 levels deep is left out, and of
    an object of any other type only the name of the type is kept, as nobody knows what it holds.

    Args:
        text: what a text becomes.
        data: what bytes become.
        named: what the value of a named field becomes, before it is looked into.
        number: what a number becomes.
    """

    UNDECIDED: Final = object()

    def __init__(
        self,
        text: Callable[[str], str],
        data: Callable[[bytes], bytes],
        named: Named | None = None,
        number: Callable[[float], object] | None = None,
    ) -> None:
        self._text = text
        self._data = data
        self._named = named
        self._number = number

    def __call__(self, value: object) -> object:
        """The value without what is to be taken out."""
        return self._any(value, _DEEPEST)

    def field(self, name: object, value: object) -> object:
        """The same for the value of a named field."""
        return self._field(name, value, _DEEPEST)

    def _any(self, value: object, depth: int) -> object:
        if isinstance(value, _HARMLESS):
            if self._number is not None and type(value) in (int, float):
                return self._number(cast("float", value))
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bytes):
            return self._data(value)
        if isinstance(value, bytearray | memoryview | msgspec.Raw):
            plain = bytes(cast("bytearray", value))
            shown = self._data(plain)
            if shown == plain:
                return cast("object", value)
            return msgspec.Raw(shown) if isinstance(value, msgspec.Raw) else shown
        if depth == 0:
            return _TOO_DEEP
        return self._container(value, depth - 1)

    def _container(self, value: object, depth: int) -> object:
        if isinstance(value, msgspec.Struct):
            cls = type(value)
            pairs = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
            return self._object(value, pairs, depth, structs.force_setattr)
        if isinstance(value, Mapping):
            return self._mapping(cast("Mapping[object, object]", value), depth)
        if isinstance(value, list | tuple):
            return self._sequence(cast("list[object] | tuple[object, ...]", value), depth)
        if isinstance(value, Set):
            return self._set(cast("Set[object]", value), depth)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = ((field.name, field.name) for field in dataclasses.fields(value))
            return self._object(value, names, depth, object.__setattr__)
        return f"<{value.__name__ if isinstance(value, type) else type(value).__name__}>"

    def _field(self, name: object, value: object, depth: int) -> object:
        if self._named is not None:
            shown = self._named(name, value)
            if shown is not Walk.UNDECIDED:
                return shown
            items = _items(value)
            if items is not None:
                # a parameter that was given more than once: each value is what the name says
                named = [self._named(name, item) for item in items]
                if any(item is not Walk.UNDECIDED for item in named):
                    pairs = zip(items, named, strict=True)
                    shown = [self._any(old, depth) if new is Walk.UNDECIDED else new for old, new in pairs]
                    return self._rebuilt(items, shown)
        return self._any(value, depth)

    def _mapping(self, value: Mapping[object, object], depth: int) -> object:
        shown = {self._any(key, 1): self._field(key, item, depth) for key, item in value.items()}
        same = len(shown) == len(value) and all(
            one is other and shown[one] is value[other] for one, other in zip(shown, value, strict=True)
        )
        return value if same else shown

    def _sequence(self, value: list[object] | tuple[object, ...], depth: int) -> object:
        if isinstance(value, tuple) and len(value) == 2:  # maybe a header: a name and its value
            items = [self._any(value[0], depth), self._field(value[0], value[1], depth)]
        else:
            items = [self._any(item, depth) for item in value]
        return self._rebuilt(value, items)

    @staticmethod
    def _rebuilt(value: list[object] | tuple[object, ...], items: list[object]) -> object:
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return items if isinstance(value, list) else tuple(items)

    def _set(self, value: Set[object], depth: int) -> object:
        items = [(item, self._any(item, depth)) for item in value]
        return value if all(old is new for old, new in items) else {new for _, new in items}

    def _object(
        self,
        value: Any,
        names: Iterable[tuple[str, str]],
        depth: int,
        put: Callable[[Any, str, object], None],
    ) -> object:
        changes: dict[str, object] = {}
        for name, wire_name in names:
            old: object = getattr(value, name, Walk.UNDECIDED)
            if old is Walk.UNDECIDED:
                continue
            new = self._field(wire_name, old, depth)
            if new is not old:
                changes[name] = new
        if not changes:
            return value
        result = copy.copy(value)  # not made anew: what is shown need not keep to the type's own checks
        for name, new in changes.items():
            put(result, name, new)
        return result


def _items(value: object) -> list[object] | tuple[object, ...] | None:
    return cast("list[object] | tuple[object, ...]", value) if isinstance(value, list | tuple) else None
