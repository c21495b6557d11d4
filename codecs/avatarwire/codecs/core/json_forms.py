"""Forms of JSON that no vendor's document mentions and clients write all the same, understood alike for all vendors.

======================================================  ================  ==================================
form                                                    clause            what is made of it
======================================================  ================  ==================================
null for a member that may be absent                    ``AW-NULL``       it is absent
an integer as a text of digits                          ``AW-DIGITS``     the integer
a whole number with a fraction or exponent, ``1.0``     ``AW-INTEGERS``   the integer; strict reading takes it
Base64 with line breaks                                 ``AW-BASE64``     the same without them
a byte order mark before the text                       ``AW-BOM``        the text without it
======================================================  ================  ==================================

What is not read the fast way is walked through here first, along the declaration. Where a vendor's document says more
about a form of a member, the vendor's own repair counts: its member is spared here (`Spared`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple, cast

from msgspec import inspect

from .conversion import type_info
from .findings import MAX_FINDINGS, Finding, deviation, joined
from .json_text import BOM
from .paths import bare
from .repairs import Convert, Fill, RawRepair, Repair, from_digits, is_list, is_object

__all__ = ["BOM_REPAIR", "DIGITS", "Spared", "null_member", "settle", "settle_texts", "spared_by", "whole"]

NULL: Final = "AW-NULL"
DIGITS: Final = "AW-DIGITS"
INTEGERS: Final = "AW-INTEGERS"
BASE64: Final = "AW-BASE64"

BOM_REPAIR: Final = RawRepair(
    "AW-BOM",
    "the JSON text begins with a byte order mark",
    lambda data: data[len(BOM) :] if data.startswith(BOM) else None,
    lambda data: BOM + data,
    level="warning",
)
"""The mark in front of any JSON; a repair of the vendor's goes before it."""

_WHOLE: Final = re.compile(rb"[0-9][.eE]")
"""What stands in every JSON text with a number that is not written as an integer, and in few others."""
_ANY: Final = re.compile(rb'[0-9][.eE]|null|"-?[0-9]|\\[rnu]')
"""What stands in every JSON text with one of the forms."""

_LIMIT: Final = 2.0**63
_TEXT_OF_NUMBER: Final = re.compile(r"-?[0-9]{1,19}(?=[.eE])(?:\.[0-9]{1,19})?(?:[eE][+-]?[0-9]{1,3})?")
_LINE_BREAKS: Final = str.maketrans("", "", "\r\n")


class Spared(NamedTuple):
    """Members whose forms a vendor's own repairs are about, by wire path with ``[]`` for items of lists."""

    null: frozenset[str] = frozenset()
    digits: frozenset[str] = frozenset()


def spared_by(repairs: Iterable[Repair], *, not_digits: Iterable[str] = ()) -> Spared:
    """What some repairs spare.

    Args:
        repairs: of one message.
        not_digits: integers of which a text of digits is refused.
    """
    known = tuple(repairs)
    null = (repair.path for repair in known if isinstance(repair, Fill) and repair.null_only)
    converted = (repair.path for repair in known if isinstance(repair, Convert) and repair.to(_DIGIT) is not None)
    return Spared(frozenset(null), frozenset((*converted, *not_digits)))


_DIGIT: Final = "1"


_NOTHING_SPARED: Final = Spared()


def whole(type_: Any, value: Any) -> Any:
    """A whole number of 64 bits, such as 1.0, as an `int` where a type declares an integer; in objects likewise."""
    return _Walk(_NOTHING_SPARED, strict=True).read(type_, value, "")


def settle(
    type_: Any,
    value: Any,
    *,
    text: bytes | None = None,
    strict: bool = False,
    spared: Spared = _NOTHING_SPARED,
    path: str = "",
) -> tuple[Any, list[Finding]]:
    """Decoded JSON in the forms that a type declares, and what was not in them.

    Args:
        type_: what the value is to be read as.
        value: is changed in place as far as it can be. What does not fit the type is left alone.
        text: what it was decoded from; a look at it may save the walk.
        strict: whether only what strict reading takes is put right; what is left is refused by its type.
        spared: what is not looked at.
        path: wire path of the value.
    """
    if text is not None and not (_WHOLE if strict else _ANY).search(text):
        return value, []
    walk = _Walk(spared, strict=strict)
    return walk.read(type_, value, path), walk.found


def settle_texts(type_: Any, fields: dict[str, Any]) -> list[Finding]:
    """The same for a query, whose values are texts: there a text of digits is how an integer is written.

    Args:
        type_: what the query is to be read as.
        fields: its members; a whole number with a fraction becomes a text of digits.
    """
    walk, place = _Walk(_NOTHING_SPARED, strict=True), _declared(type_)
    for name, (inner, _) in _members(place.structs, fields).items() if place is not None else ():
        given = fields.get(name)
        if inner is not None and inner.is_integer and isinstance(given, str) and _TEXT_OF_NUMBER.fullmatch(given):
            number = walk.read_place(inner, float(given), name)
            fields[name] = str(number) if isinstance(number, int) else given
    return walk.found


def null_member(path: str) -> Finding:
    """That a member that may be absent is null."""
    return deviation(NULL, path, f"{_name(path)} is null, which stands for absent", level="warning")


# --- what is declared ---


class _Place(NamedTuple):
    """What is declared at one place, as far as one of the forms may be found in it."""

    is_integer: bool
    """Whether a whole number is an integer here: an integer is declared, and no number with decimals."""
    is_text: bool
    """Whether a text is right here."""
    is_bytes: bool
    items: tuple[_Place | None, ...]
    """What is declared of the items of a list, the last for all that follow."""
    structs: tuple[inspect.StructType, ...]
    """What an object may be."""


class _Member(NamedTuple):
    """What is declared of a member."""

    place: _Place | None
    may_be_absent: bool
    """Whether it may be absent, and not null."""


@cache
def _declared(type_: Any) -> _Place | None:
    return _place(type_info(type_))


def _members(structs: tuple[inspect.StructType, ...], fields: Mapping[str, Any]) -> Mapping[str, _Member]:
    """What is declared of the members of an object; of several structs the one whose tag it has."""
    for struct in structs:
        if len(structs) == 1 or fields.get(struct.tag_field or "") == struct.tag:
            return _members_of(struct.cls)
    return {}


@cache
def _members_of(cls: type[Any]) -> Mapping[str, _Member]:
    """The members of a struct in which one of the forms may be, by wire name."""
    info = cast("inspect.StructType", type_info(cls))
    members = ((field.encode_name, _member(field)) for field in info.fields)
    return {name: member for name, member in members if member.place is not None or member.may_be_absent}


def _member(field: inspect.Field) -> _Member:
    is_nullable = any(isinstance(option, (inspect.NoneType, inspect.AnyType)) for option in _options(field.type))
    return _Member(_place(field.type), not field.required and not is_nullable)


def _place(info: inspect.Type) -> _Place | None:
    options = list(_options(info))
    is_integer = any(map(_is_integer, options)) and not any(isinstance(each, _NUMBERS) for each in options)
    is_bytes = any(isinstance(each, inspect.BytesType) for each in options)
    structs = tuple(each for each in options if isinstance(each, inspect.StructType))
    items: tuple[_Place | None, ...] = ()
    for option in options:
        if isinstance(option, inspect.TupleType):
            items = tuple(map(_place, option.item_types))
        elif isinstance(option, (inspect.ListType, inspect.VarTupleType)):
            items = (_place(option.item_type),)
    if not (is_integer or is_bytes or structs or any(items)):
        return None
    return _Place(is_integer, any(map(_is_text, options)), is_bytes, items, structs)


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
    return isinstance(info, inspect.IntType) or any(isinstance(value, int) for value in _values(info))


def _is_text(info: inspect.Type) -> bool:
    return isinstance(info, inspect.StrType) or any(isinstance(value, str) for value in _values(info))


def _values(info: inspect.Type) -> list[Any]:
    """The values that are listed, where a declaration is a list of them."""
    if isinstance(info, inspect.EnumType):
        return [member.value for member in info.cls]
    return list(info.values) if isinstance(info, inspect.LiteralType) else []


# --- the walk ---


class _Walk:
    """One walk through decoded JSON."""

    def __init__(self, spared: Spared, *, strict: bool) -> None:
        self._spared = spared
        self._strict = strict
        self.found: list[Finding] = []

    def _tell(self, finding: Finding) -> None:
        # All of them are understood, so the first ones say enough.
        if len(self.found) < MAX_FINDINGS:
            self.found.append(finding)

    def read(self, type_: Any, value: Any, path: str) -> Any:
        place = _declared(type_)
        return value if place is None else self.read_place(place, value, path)

    def read_place(self, place: _Place, value: Any, path: str) -> Any:
        if isinstance(value, str):
            return value if self._strict else self._from_text(place, value, path)
        if isinstance(value, float):
            return self._from_number(place, value, path)
        if is_list(value):
            self._walk_items(place.items, value, path)
        elif is_object(value):
            self._walk_members(_members(place.structs, value), value, path)
        return value

    def _walk_items(self, places: tuple[_Place | None, ...], items: list[Any], path: str) -> None:
        for index, item in enumerate(items) if places else ():
            inner = places[min(index, len(places) - 1)]
            if inner is not None:
                items[index] = self.read_place(inner, item, f"{path}[{index}]")

    def _walk_members(self, members: Mapping[str, _Member], fields: dict[str, Any], path: str) -> None:
        for name, (place, may_be_absent) in members.items():
            if name not in fields:
                continue
            given = fields[name]
            if given is None:
                if may_be_absent and not self._strict:
                    self._drop(fields, name, joined(path, name))
            elif place is not None:
                fields[name] = self.read_place(place, given, joined(path, name))

    def _drop(self, fields: dict[str, Any], name: str, path: str) -> None:
        if _general(path) not in self._spared.null:
            del fields[name]
            self._tell(null_member(path))

    def _from_text(self, place: _Place, value: str, path: str) -> Any:
        if place.is_text:
            return value
        if place.is_bytes:
            return self._without_breaks(value, path)
        number = from_digits(value) if place.is_integer else None
        if number is None or _general(path) in self._spared.digits:
            return value
        self._tell(deviation(DIGITS, path, f"{_name(path)} is a text of digits", level="warning"))
        return number

    def _without_breaks(self, value: str, path: str) -> str:
        unbroken = value.translate(_LINE_BREAKS)
        if unbroken != value:
            self._tell(deviation(BASE64, path, f"{_name(path)} is Base64 with line breaks", level="warning"))
        return unbroken

    def _from_number(self, place: _Place, value: float, path: str) -> Any:
        if not (place.is_integer and value.is_integer() and -_LIMIT <= value < _LIMIT):
            return value
        reason = f"{_name(path)} is written with a fraction or an exponent"
        self._tell(deviation(INTEGERS, path, reason, level="note"))
        return int(value)


_INDEX: Final = re.compile(r"\[\d+\]")


def _general(path: str) -> str:
    """A path with ``[]`` for every item of a list."""
    return _INDEX.sub("[]", path)


def _name(path: str) -> str:
    """What stands at a path, for a sentence."""
    return path.rpartition(".")[2] or "it"
