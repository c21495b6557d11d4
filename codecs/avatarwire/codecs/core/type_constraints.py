"""Every rule of a message as one flat list of data: what its types say, and the rules that it and its parts declare.

What a mutation could break, what the documentation lists, what `Entry.constraints` gives. Checking does not need it:
msgspec holds what types say, `checking.py` the rest. Only this list lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple, cast

from msgspec import inspect, structs

from .checking import rules_of
from .constraints import Condition, Constraint, Limits, Matches, OneOf, Required
from .conversion import type_info
from .findings import Level, joined
from .introspection import describe
from .paths import bare

__all__ = ["Typed", "declared"]

_INT64: tuple[int, int] = (-(2**63), 2**63 - 1)


class Typed(Constraint, frozen=True):
    """A member, where it is there, is of a type.

    Attributes:
        path: its wire path.
        type: the type in words, such as ``an integer``.
    """

    kind: ClassVar[str] = "type"

    path: str
    type: str

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    @property
    def text(self) -> str:
        return f"{self.path or 'it'} is {self.type}"


Clause = Callable[[str], str]
"""The clause of what a type says about a wire path, where its declaration names none."""


def declared(type_: Any, clause: Clause, path: str = "") -> tuple[Constraint, ...]:
    """The rules of a type that msgspec knows.

    Args:
        type_: a message, or any other type.
        clause: gives an id to what is said by a plain type alone.
        path: wire path of what is of the type, for a part of something larger.
    """
    return tuple(_of_type(type_info(type_), path, "", clause, frozenset()))


def _of_type(
    info: inspect.Type, path: str, named: str, clause: Clause, seen: frozenset[type[Any]]
) -> Iterator[Constraint]:
    info, own, tolerance = _documented(info)
    about = own or named
    options = [bare(part) for part in info.types] if isinstance(info, inspect.UnionType) else [info]
    options = [part for part in options if not isinstance(part, inspect.NoneType)]
    words = " or ".join(dict.fromkeys(word for word in map(_word, options) if word))
    if words:
        yield Typed(path, words, clause=about or clause(path))
    for option in options:
        yield from _of_option(option, path, about, tolerance, clause, seen)


class _Tolerance(NamedTuple):
    """By which clause, and how bindingly, values outside some limits are tolerated."""

    clause: str = ""
    level: Level = "error"


def _documented(info: inspect.Type) -> tuple[inspect.Type, str, _Tolerance]:
    """A declaration without its documentation, the clause that names, and how its limits are tolerated."""
    clause, tolerance = "", _Tolerance()
    while isinstance(info, inspect.Metadata):
        extra = cast("dict[str, Any]", info.extra or {})  # pyright: ignore[reportUnknownMemberType]  # bare dict
        clause = clause or extra.get("clause", "")
        if not tolerance.clause and extra.get("tolerated"):
            tolerance = _Tolerance(extra["tolerated"], extra["level"])
        info = info.type
    return info, clause, tolerance


def _word(info: inspect.Type) -> str:
    if isinstance(info, (inspect.EnumType, inspect.LiteralType)):
        values = [each.value for each in info.cls] if isinstance(info, inspect.EnumType) else info.values
        return "text" if all(isinstance(value, str) for value in values) else "an integer"
    plain: dict[type[inspect.Type], str] = {
        inspect.StrType: "text",
        inspect.IntType: "an integer",
        inspect.ListType: "a list",
        inspect.VarTupleType: "a list",
        inspect.TupleType: "a list",
        inspect.FloatType: "a number",
    }
    return plain.get(type(info)) or describe(info)


def _of_option(
    info: inspect.Type, path: str, named: str, tolerance: _Tolerance, clause: Clause, seen: frozenset[type[Any]]
) -> Iterator[Constraint]:
    own = named or clause(path)
    about: dict[str, Any] = {
        "clause": tolerance.clause or own,
        "level": tolerance.level,
        "tolerated": bool(tolerance.clause),
    }
    match info:
        case inspect.EnumType():
            yield OneOf(path, tuple(each.value for each in info.cls), clause=own)
        case inspect.LiteralType():
            yield OneOf(path, tuple(info.values), clause=own)
        case inspect.StrType():
            if info.pattern is not None:
                yield Matches(path, info.pattern, **about)
            low, high = info.min_length, info.max_length
            if low is not None or high is not None:
                yield Limits(path, min_length=low, max_length=high, **about)
        case inspect.IntType() | inspect.FloatType():
            least = None if info.ge == _INT64[0] else info.ge
            most = None if info.le == _INT64[1] else info.le
            if least is not None or most is not None:
                yield Limits(path, ge=least, le=most, **about)
        case inspect.ListType() | inspect.VarTupleType():
            low, high = info.min_length, info.max_length
            if low is not None or high is not None:
                yield Limits(path, min_length=low, max_length=high, is_list=True, **about)
            yield from _of_type(info.item_type, f"{path}[]", named, clause, seen)
        case inspect.TupleType():
            yield from _of_tuple(info, path, named, clause, seen)
        case inspect.StructType() if info.cls not in seen:
            yield from _of_struct(info, path, named, clause, seen | {info.cls})
        case _:
            pass


def _of_tuple(
    info: inspect.TupleType, path: str, named: str, clause: Clause, seen: frozenset[type[Any]]
) -> Iterator[Constraint]:
    size = len(info.item_types)
    yield Limits(path, min_length=size, max_length=size, is_list=True, clause=named or clause(path))
    for item in [item for at, item in enumerate(info.item_types) if item not in info.item_types[:at]]:
        yield from _of_type(item, f"{path}[]", named, clause, seen)


def _of_struct(
    info: inspect.StructType, path: str, named: str, clause: Clause, seen: frozenset[type[Any]]
) -> Iterator[Constraint]:
    if info.tag_field is not None:
        tag_path = joined(path, info.tag_field)
        yield Required(tag_path, clause=named or clause(tag_path))
        yield OneOf(tag_path, (cast("str | int", info.tag),), clause=named or clause(tag_path))
    for field in info.fields:
        inner = joined(path, field.encode_name)
        own = _documented(field.type)[1] or next((_documented(part)[1] for part in _options(field.type)), "")
        if field.required:
            yield Required(inner, clause=own or clause(inner))
        yield from _of_type(field.type, inner, own, clause, seen)
    for rule in rules_of(info.cls):
        seen_from_here = under(rule, path)
        yield structs.replace(seen_from_here, clause=rule.clause or clause(seen_from_here.paths[0]))


def _options(info: inspect.Type) -> tuple[inspect.Type, ...]:
    info = bare(info)
    return tuple(info.types) if isinstance(info, inspect.UnionType) else (info,)


def under(rule: Constraint, path: str) -> Constraint:
    """A rule as seen from what holds its message at a wire path."""
    if not path:
        return rule
    changes: dict[str, Any] = {
        name: joined(path, getattr(rule, name)) for name in ("path", "other") if hasattr(rule, name)
    }
    for several in ("names", "unless"):
        if hasattr(rule, several):
            changes[several] = tuple(joined(path, name) for name in getattr(rule, several))
    if rule.when is not None:
        changes["when"] = Condition(joined(path, rule.when.path), rule.when.values, rule.when.negated)
    return structs.replace(rule, **changes)
