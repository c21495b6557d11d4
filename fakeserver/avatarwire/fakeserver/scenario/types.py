"""Reading the type annotations of scenario tables: which part belongs to a value, and a type in words.

Only what answers a question about an annotation may live here; nothing is loaded or converted.
"""

from __future__ import annotations

import collections.abc
import difflib
import enum
import json
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Final, Literal, TypeAlias, Union, cast, get_args, get_origin

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo

__all__ = [
    "Hint",
    "branch",
    "children",
    "choices",
    "fields_of",
    "in_code",
    "joined",
    "mapping",
    "method_of",
    "nearest",
    "struct_of",
    "tag_of",
    "type_text",
    "without_none",
]

Hint: TypeAlias = object
"""A type annotation as it stands in a declaration: a class, a generic, a union, an ``Annotated``."""

_UNIONS: Final = (Union, types.UnionType)
_LISTS: Final = (list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Collection)
_MAPS: Final = (dict, collections.abc.Mapping)
_BOUNDS: Final = (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<="), ("multiple_of", "multiple of"))


_METHOD: Final = "method"


def in_code(description: str, method: str = "__call__") -> Meta:
    """The documentation of a value that code gives, and no file: a function, or an object with a method.

    Args:
        description: what it does.
        method: name of the method; a function by default.
    """
    return Meta(description=description, extra={_METHOD: method})


def method_of(hint: Hint) -> str:
    """The method that a value has to have which code gives; empty for any other value."""
    extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    told: list[dict[str, str]] = [meta.extra or {} for meta in extras if isinstance(meta, Meta)]
    return next((each[_METHOD] for each in told if _METHOD in each), "")


def bare(hint: Hint) -> Hint:
    """The annotation without ``Annotated``."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return hint


def mapping(value: object) -> Mapping[object, object] | None:
    """The value when it is a mapping."""
    return cast("Mapping[object, object]", value) if isinstance(value, Mapping) else None


def struct_of(hint: Hint) -> type[msgspec.Struct] | None:
    """The table that an annotation names, None for anything else."""
    hint = bare(hint)
    return hint if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else None


@cache
def fields_of(table: type[msgspec.Struct]) -> tuple[FieldInfo, ...]:
    """The fields of a table; reading the annotations of a class takes a while, and a fake is made for every test."""
    return msgspec.structs.fields(table)


def tag_of(table: type[msgspec.Struct]) -> dict[str, object]:
    """The key and value that tell this table from others of a union; empty when it has none."""
    config = table.__struct_config__
    return {} if config.tag_field is None else {config.tag_field: config.tag}


def without_none(hint: Hint) -> Hint:
    """The annotation of a value that is there, where it is of one kind or none."""
    hint = bare(hint)
    given = [member for member in get_args(hint) if member is not types.NoneType]
    return given[0] if get_origin(hint) in _UNIONS and len(given) == 1 else hint


def branch(hint: Hint, value: object) -> Hint:
    """The member of a union that a value is meant for; None when that cannot be told."""
    hint = bare(hint)
    if get_origin(hint) not in _UNIONS:
        return hint
    members = [bare(member) for member in get_args(hint)]
    items = mapping(value)
    if items is not None:
        fitting = [member for member in members if struct_of(member) or get_origin(member) in _MAPS]
        if len(fitting) > 1:
            fitting = [member for member in fitting if _has_tag(member, items)]
    else:
        fitting = [member for member in members if get_origin(member) in _LISTS]
    return fitting[0] if len(fitting) == 1 else None


def _has_tag(member: Hint, value: Mapping[object, object]) -> bool:
    table = struct_of(member)
    tag = {} if table is None else tag_of(table)
    return bool(tag) and all(value.get(key) == name for key, name in tag.items())


def children(value: object, hint: Hint, path: str) -> Iterator[tuple[object, Hint, str]]:
    """The values within a value, each with its annotation and its path."""
    hint = branch(hint, value)
    table, arguments = struct_of(hint), get_args(hint)
    if (items := mapping(value)) is not None:
        if table is not None:
            hints = {field.encode_name: field.type for field in fields_of(table)}
            yield from ((item, hints[str(key)], joined(path, key)) for key, item in items.items() if key in hints)
        elif get_origin(hint) in _MAPS:
            yield from ((item, arguments[1], joined(path, key)) for key, item in items.items())
    elif isinstance(value, list) and get_origin(hint) in _LISTS:
        values = cast("list[object]", value)
        fixed = get_origin(hint) is tuple and arguments[-1] is not Ellipsis
        hints_in_order = arguments if fixed else arguments[:1] * len(values)
        for index, (item, item_hint) in enumerate(zip(values, hints_in_order, strict=False)):
            yield item, item_hint, f"{path}[{index}]"


def joined(path: str, key: object) -> str:
    """The path of a key within the value at ``path``; keys that are no plain words are quoted."""
    name = str(key)
    shown = name if name.replace("-", "_").isidentifier() else json.dumps(name, ensure_ascii=False)
    return f"{path}.{shown}" if path else shown


def choices(hint: Hint) -> tuple[object, ...]:
    """The values a ``Literal`` or an enumeration allows; empty for anything else."""
    hint = bare(hint)
    if get_origin(hint) is Literal:
        return get_args(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return tuple(cast("object", member.value) for member in hint)
    return ()


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant; empty when none comes near."""
    flat = {_flat(other): other for other in known}
    close = difflib.get_close_matches(_flat(name), flat, n=1)
    return flat[close[0]] if close else ""


def _flat(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def type_text(hint: Hint) -> tuple[str, str]:
    """An annotation in words, such as ``int >= 0``, and the description it carries."""
    description = ""
    limits: list[str] = []
    while get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        for meta in extras:
            if isinstance(meta, Meta):
                description = meta.description or description
                limits += _limits(meta)
    return " ".join([_name(hint), *limits]), description


def _limits(meta: Meta) -> list[str]:
    found = [f"{sign} {getattr(meta, name)}" for name, sign in _BOUNDS if getattr(meta, name) is not None]
    if meta.min_length is not None or meta.max_length is not None:
        low, high = meta.min_length or 0, "" if meta.max_length is None else meta.max_length
        found.append(f"length {low}..{high}")
    if meta.pattern is not None:
        found.append(f"matching {meta.pattern}")
    return found


def _name(hint: Hint) -> str:
    if hint is None or hint is type(None):
        return "none"
    if allowed := choices(hint):
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in allowed)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in _UNIONS:
        return " | ".join(type_text(member)[0] for member in arguments)
    if getattr(origin, "__name__", "") == "Callable":
        return "function"
    if isinstance(origin, type):
        inner = ", ".join("..." if argument is Ellipsis else type_text(argument)[0] for argument in arguments)
        return f"{origin.__name__}[{inner}]"
    return getattr(hint, "__name__", str(hint))
