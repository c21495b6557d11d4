"""Reading the declarations: what stands at a wire path, and how to say it in words.

Errors, schemas, strategies and the search for unknown fields all look at the same msgspec types through this module.
Nothing here decodes or judges a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from msgspec import inspect

__all__ = ["at_path", "describe", "undeclared", "unwrapped"]

_STEP: Final = re.compile(r"\.([^.\[]+)|\[(?:\d+|\.\.\.)\]")
"""One step of a wire path: a member (group 1), or an item of a list."""


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


def at_path(info: inspect.Type, path: str) -> tuple[inspect.Type | None, str]:
    """The declaration at a wire path such as ``.frames[0].width``, and the clause nearest to it on the way.

    Returns:
        The declaration without its wrapping, None where nothing is declared; the clause, empty where none is named.
    """
    here, clause = unwrapped(info)
    for step in _STEP.finditer(path):
        inner = _member(here, step[1]) if step[1] else _item(here)
        if inner is None:
            return None, clause
        here, found = unwrapped(inner)
        clause = found or clause
    return here, clause


def _member(info: inspect.Type, name: str) -> inspect.Type | None:
    if not isinstance(info, inspect.StructType):
        return None
    return next((field.type for field in info.fields if field.encode_name == name), None)


def _item(info: inspect.Type) -> inspect.Type | None:
    return info.item_type if isinstance(info, (inspect.ListType, inspect.VarTupleType)) else None


def undeclared(info: inspect.Type, value: object, path: str = "") -> dict[str, Any]:
    """Members of decoded JSON that the declaration does not have, by wire path."""
    info, _ = unwrapped(info)
    found: dict[str, Any] = {}
    if isinstance(info, inspect.StructType) and isinstance(value, dict):
        declared = {field.encode_name: field.type for field in info.fields}
        for name, item in cast("dict[str, object]", value).items():
            inner = f"{path}.{name}" if path else name
            if name in declared:
                found.update(undeclared(declared[name], item, inner))
            else:
                found[inner] = item
    elif (item_type := _item(info)) is not None and isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            found.update(undeclared(item_type, item, f"{path}[{index}]"))
    return found


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


def _list(info: inspect.ListType | inspect.VarTupleType) -> str:
    return _range("a list", info.min_length, info.max_length, " items")


_DESCRIPTIONS: Final[Mapping[type[inspect.Type], Callable[[Any], str]]] = {
    inspect.StrType: _text,
    inspect.IntType: lambda info: _range("an integer", info.ge, info.le),
    inspect.FloatType: lambda info: _range("a number", info.ge, info.le),
    inspect.BoolType: lambda _: "true or false",
    inspect.BytesType: lambda _: "Base64 text",
    inspect.LiteralType: lambda info: _one_of(info.values),
    inspect.EnumType: lambda info: _one_of([member.value for member in info.cls]),
    inspect.ListType: _list,
    inspect.VarTupleType: _list,
    inspect.StructType: lambda _: "an object",
    inspect.DictType: lambda _: "an object",
}
