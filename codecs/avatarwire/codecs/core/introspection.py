"""Reading the declarations: what stands at a wire path, and how to say it in words.

Errors, schemas, strategies and the search for unknown fields all look at the same msgspec types through this module.
Nothing here decodes or checks a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

from msgspec import inspect

from .conversion import type_info

__all__ = ["at_path", "declaration", "describe", "plain_members", "undeclared", "unwrapped"]

_LARGEST: Final = 2**63 - 1

_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
"""One step of a wire path: a member (group 1), or an item of a list (its index, where it is known)."""


@cache
def declaration(type_: Any) -> inspect.Type:
    """What msgspec knows of a type: found out once, as that takes longer than to read most messages."""
    return type_info(type_)


def unwrapped(info: inspect.Type) -> tuple[inspect.Type, str]:
    """A declaration without its documentation and without "or absent" or "or null", and the clause it names."""
    clause = ""
    while True:
        if isinstance(info, inspect.Metadata):
            extra = cast("dict[str, Any]", info.extra or {})  # pyright: ignore[reportUnknownMemberType]  # bare dict
            clause = clause or str(extra.get("clause", ""))
            info = info.type
            continue
        if isinstance(info, inspect.UnionType):
            others = [part for part in info.types if not isinstance(part, inspect.NoneType)]
            if len(others) == 1:
                info = others[0]
                continue
        return info, clause


def at_path(info: inspect.Type, path: str, value: object = None) -> tuple[inspect.Type | None, str]:
    """The declaration at a wire path such as ``.frames[0].width``, and the clause that it names.

    Args:
        info: where the path begins.
        path: each step as msgspec writes it.
        value: the decoded JSON there, which distinguishes members of a tagged union; without it the first that has the
            member counts.

    Returns:
        The declaration without its wrapping, None where nothing is declared; the clause, empty where none is named. An
        item of a list is under the clause of the list unless it names one, and a tag under that of what it selects.
    """
    here, clause = unwrapped(info)
    for step in _STEP.finditer(path):
        tags = _tags(here, step[1])
        inner = inspect.LiteralType(tags) if tags else _inner(here, step, value)
        if inner is None:
            return None, clause
        here, found = unwrapped(inner)
        is_member = step[1] and not tags
        clause = found if is_member else found or clause
        value = _within(value, step[1] or step[2])
    return here, clause


def _within(value: object, step: str | None) -> object:
    """What stands in decoded JSON under a name, or at a place in a list; None where nothing does."""
    if isinstance(value, dict):
        return cast("dict[str, object]", value).get(step or "")
    if isinstance(value, list) and step is not None and step.isdigit() and int(step) < len(cast("list[object]", value)):
        return cast("list[object]", value)[int(step)]
    return None


def _structs(info: inspect.Type) -> Sequence[inspect.StructType]:
    """The structs that a declaration is, or is a choice of."""
    parts = info.types if isinstance(info, inspect.UnionType) else (info,)
    return [part for part in (unwrapped(part)[0] for part in parts) if isinstance(part, inspect.StructType)]


def _chosen(structs: Sequence[inspect.StructType], value: object) -> Sequence[inspect.StructType]:
    """Of several structs the one that the tag in `value` names; all of them when it names none."""
    fields = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    named = [
        struct for struct in structs if struct.tag_field is not None and fields.get(struct.tag_field) == struct.tag
    ]
    return named if named else structs


def _tags(info: inspect.Type, name: str | None) -> tuple[str, ...]:
    """The values of a member that is a tag; none for any other step."""
    return () if name is None else tuple(cast("str", each.tag) for each in _structs(info) if each.tag_field == name)


def _inner(info: inspect.Type, step: re.Match[str], value: object) -> inspect.Type | None:
    """What is declared one step further."""
    if step[2] is not None:
        return _item(info, step[2])
    fields = (field for struct in _chosen(_structs(info), value) for field in struct.fields)
    return next((field.type for field in fields if field.encode_name == step[1]), None)


def _item(info: inspect.Type, index: str) -> inspect.Type | None:
    """What is declared for an item of a list, at an index if one is known."""
    if isinstance(info, inspect.TupleType):
        return info.item_types[int(index)] if index.isdigit() and int(index) < len(info.item_types) else None
    return info.item_type if isinstance(info, (inspect.ListType, inspect.VarTupleType)) else None


def undeclared(info: inspect.Type, value: object, path: str = "") -> dict[str, Any]:
    """Members of decoded JSON that the declaration does not have, by wire path.

    What has a tag that no struct of a choice has is undeclared as a whole.
    """
    info, _ = unwrapped(info)
    found: dict[str, Any] = {}
    structs = _structs(info)
    if structs and isinstance(value, dict):
        chosen = structs if len(structs) == 1 else _chosen(structs, cast("object", value))
        if len(chosen) > 1:
            return {path: value}
        [struct] = chosen
        declared = _searched(struct.cls)
        for name, item in cast("dict[str, object]", value).items():
            inside = declared.get(name, _NOWHERE)
            if inside is None:
                continue
            inner = f"{path}.{name}" if path else name
            if isinstance(inside, inspect.Type):
                found.update(undeclared(inside, item, inner))
            else:
                found[inner] = item
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            if (item_type := _item(info, str(index))) is not None:
                found.update(undeclared(item_type, item, f"{path}[{index}]"))
    return found


@cache
def plain_members(type_: Any) -> frozenset[str]:
    """Wire names of the members of a struct that have no members of their own; none of what is no struct.

    Whoever has only such members has nothing undeclared, and need not be searched.
    """
    structs = _structs(unwrapped(declaration(type_))[0])
    if len(structs) != 1:
        return frozenset()
    return frozenset(name for name, inside in _searched(structs[0].cls).items() if inside is None)


_NOWHERE: Final = object()


@cache
def _searched(cls: Any) -> Mapping[str, inspect.Type | None]:
    """The members of a struct: the declaration of those that may have members of their own, None for others."""
    struct = cast("inspect.StructType", declaration(cls))
    members = {field.encode_name: field.type if _has_members(field.type) else None for field in struct.fields}
    return members if struct.tag_field is None else {struct.tag_field: None, **members}


def _has_members(info: inspect.Type) -> bool:
    """Whether something may be undeclared inside of what is declared so."""
    info, _ = unwrapped(info)
    if isinstance(info, inspect.TupleType):
        return any(map(_has_members, info.item_types))
    if isinstance(info, (inspect.ListType, inspect.VarTupleType)):
        return _has_members(info.item_type)
    return bool(_structs(info))


# --- in words ---


def describe(info: inspect.Type) -> str:
    """What a value of this declaration looks like, in words; empty when anything goes."""
    known = _DESCRIPTIONS.get(type(info))
    return known(info) if known else ""


def _range(noun: str, low: float | None, high: float | None, unit: str = "") -> str:
    if low is not None and high is not None:
        return f"{noun} of exactly {low}{unit}" if low == high and unit else f"{noun} from {low} to {high}{unit}"
    if low is not None:
        return f"{noun} of at least {low}{unit}"
    return noun if high is None else f"{noun} of at most {high}{unit}"


def _one_of(values: Sequence[object]) -> str:
    words = [str(value) for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _text(info: inspect.StrType) -> str:
    if info.pattern:
        return f"text matching {info.pattern}"
    if info.min_length == 1 and info.max_length is None:
        return "text that is not empty"
    return _range("text", info.min_length, info.max_length, " characters")


def _integer(info: inspect.IntType) -> str:
    """An integer; that it has 64 bits is worth a word only where nothing else limits it."""
    high = None if info.le == _LARGEST else info.le
    if high is None and info.ge == -_LARGEST - 1:
        return "an integer of 64 bits"
    return _range("an integer", info.ge, high)


def _list(info: inspect.ListType | inspect.VarTupleType) -> str:
    return _range("a list", info.min_length, info.max_length, " items")


_DESCRIPTIONS: Final[Mapping[type[inspect.Type], Callable[[Any], str]]] = {
    inspect.StrType: _text,
    inspect.IntType: _integer,
    inspect.FloatType: lambda info: _range("a number", info.ge, info.le),
    inspect.BoolType: lambda _: "true or false",
    inspect.BytesType: lambda _: "Base64 text",
    inspect.LiteralType: lambda info: _one_of(info.values),
    inspect.EnumType: lambda info: _one_of([member.value for member in info.cls]),
    inspect.ListType: _list,
    inspect.VarTupleType: _list,
    inspect.TupleType: lambda info: f"a list of exactly {len(info.item_types)} items",
    inspect.StructType: lambda _: "an object",
    inspect.DictType: lambda _: "an object",
}
