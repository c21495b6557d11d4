"""Whole numbers written with a fraction or an exponent, such as ``1.0``: integers, as JSON Schema has it.

msgspec distinguishes ``1`` from ``1.0`` where an integer is declared. What is not read the fast way is walked through
here first, along the declaration. Only that walk lives here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple, cast

from msgspec import inspect

from .paths import bare
from .repairs import is_list, is_object

__all__ = ["FRACTION", "whole"]

FRACTION: Final = re.compile(rb"[0-9][.eE]")
"""What stands in every JSON text with a number that is not written as an integer, and in few others."""

_LIMIT: Final = 2.0**63


class _Place(NamedTuple):
    """What is declared at one place, as far as integers may be found in it."""

    is_integer: bool
    """Whether a whole number is an integer here: an integer is declared, and no number with decimals."""
    items: tuple[_Place | None, ...]
    """What is declared of the items of a list, the last for all that follow."""
    structs: tuple[inspect.StructType, ...]
    """What an object may be."""


@cache
def _declared(type_: Any) -> _Place | None:
    return _place(inspect.type_info(type_))


def whole(type_: Any, value: Any) -> Any:
    """Decoded JSON in which every whole number of 64 bits is an `int` where a type declares an integer.

    Args:
        type_: what the value is to be read as.
        value: is changed in place as far as it can be. What does not fit the type is left alone.
    """
    if isinstance(value, (int, str)):
        return value
    place = _declared(type_)
    return value if place is None else _whole(place, value)


def _whole(place: _Place, value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if place.is_integer and value.is_integer() and -_LIMIT <= value < _LIMIT else value
    if is_list(value):
        _walk_items(place.items, value)
    elif is_object(value):
        for name, inner in _members(place.structs, value).items():
            if name in value:
                value[name] = _whole(inner, value[name])
    return value


def _walk_items(places: tuple[_Place | None, ...], items: list[Any]) -> None:
    for index, item in enumerate(items) if places else ():
        inner = places[min(index, len(places) - 1)]
        if inner is not None:
            items[index] = _whole(inner, item)


def _members(structs: tuple[inspect.StructType, ...], fields: Mapping[str, Any]) -> Mapping[str, _Place]:
    """What is declared of the members of an object; of several structs the one whose tag it has."""
    for struct in structs:
        if len(structs) == 1 or fields.get(struct.tag_field or "") == struct.tag:
            return _members_of(struct.cls)
    return {}


@cache
def _members_of(cls: type[Any]) -> Mapping[str, _Place]:
    """The members of a struct in which integers may be, by wire name."""
    info = cast("inspect.StructType", inspect.type_info(cls))
    places = ((field.encode_name, _place(field.type)) for field in info.fields)
    return {name: place for name, place in places if place is not None}


def _place(info: inspect.Type) -> _Place | None:
    options = list(_options(info))
    is_integer = any(map(_is_integer, options)) and not any(isinstance(each, _NUMBERS) for each in options)
    structs = tuple(each for each in options if isinstance(each, inspect.StructType))
    items: tuple[_Place | None, ...] = ()
    for option in options:
        if isinstance(option, inspect.TupleType):
            items = tuple(map(_place, option.item_types))
        elif isinstance(option, (inspect.ListType, inspect.VarTupleType)):
            items = (_place(option.item_type),)
    return _Place(is_integer, items, structs) if is_integer or structs or any(items) else None


def _options(info: inspect.Type) -> Iterator[inspect.Type]:
    """What a declaration is a choice of; choices may stand in one another."""
    info = bare(info)
    if isinstance(info, inspect.UnionType):
        for part in info.types:
            yield from _options(part)
    else:
        yield info


_NUMBERS: Final = (inspect.FloatType, inspect.AnyType)


def _is_integer(info: inspect.Type) -> bool:
    if isinstance(info, inspect.EnumType):
        return any(isinstance(member.value, int) for member in info.cls)
    if isinstance(info, inspect.LiteralType):
        return any(isinstance(value, int) for value in info.values)
    return isinstance(info, inspect.IntType)
