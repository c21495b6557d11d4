"""Hypothesis strategies read from the declarations, for the messages of any vendor.

Only what follows from msgspec's view of a type lives here; strategies for one vendor's bytes live with its tests.
"""

from __future__ import annotations

import enum
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.message import Message

MessageT = TypeVar("MessageT", bound=Message)

ANY_JSON: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
"""Whatever JSON can say."""


def json_of(info: inspect.Type) -> st.SearchStrategy[Any]:
    """Right JSON values of one declaration."""
    return _STRATEGIES[type(info)](info)


def fields_of(cls: type[Message]) -> st.SearchStrategy[dict[str, Any]]:
    """Right JSON objects of a message, the rules between its fields held."""

    def is_ruled(fields: dict[str, Any]) -> bool:
        try:
            return not msgspec.convert(fields, cls).check()
        except ValidationError:
            return False

    return json_of(inspect.type_info(cls)).filter(is_ruled)


def messages_of(cls: type[MessageT]) -> st.SearchStrategy[MessageT]:
    """Messages as a caller could make them."""
    return fields_of(cls).map(lambda fields: msgspec.convert(fields, cls))


@st.composite
def disturbed(draw: st.DrawFn, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object with one member taken away, replaced by anything, or added."""
    changed = dict(fields)
    name = draw(st.sampled_from([*fields, "unheardOf"]))
    if name in changed and draw(st.booleans()):
        del changed[name]
    else:
        changed[name] = draw(ANY_JSON | st.sampled_from(["", "START", "TEXT_STREAM", "startAsrAudio", 1, 2]))
    return changed


def _documented(info: inspect.Metadata) -> st.SearchStrategy[Any]:
    """What a declaration allows; where it is open beyond a list of values, those of the list half of the time."""
    extra = cast("dict[str, Any]", info.extra or {})  # pyright: ignore[reportUnknownMemberType]  # bare dict
    values: tuple[Any, ...] = extra.get("values", ())
    anything = json_of(info.type)
    return st.sampled_from(values) | anything if values else anything


def _struct(info: inspect.StructType) -> st.SearchStrategy[Any]:
    required = {field.encode_name: json_of(field.type) for field in info.fields if field.required}
    optional = {field.encode_name: json_of(field.type) for field in info.fields if not field.required}
    if info.tag_field is not None:
        required[info.tag_field] = st.just(info.tag)
    return st.fixed_dictionaries(required, optional=optional)


def _text(info: inspect.StrType) -> st.SearchStrategy[Any]:
    if info.pattern is not None:
        return st.from_regex(info.pattern)
    shortest = info.min_length or 0
    return st.text(min_size=shortest, max_size=shortest + 8 if info.max_length is None else info.max_length)


def _union(info: inspect.UnionType) -> st.SearchStrategy[Any]:
    return st.one_of(*(json_of(part) for part in info.types))


def _enum(info: inspect.EnumType) -> st.SearchStrategy[Any]:
    members: list[enum.Enum] = list(info.cls)
    return st.sampled_from([member.value for member in members])


def _list(info: inspect.ListType | inspect.VarTupleType) -> st.SearchStrategy[Any]:
    shortest = info.min_length or 0
    longest = shortest + 3 if info.max_length is None else info.max_length
    return st.lists(json_of(info.item_type), min_size=shortest, max_size=longest)


_STRATEGIES: Final[Mapping[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]]] = {
    inspect.AnyType: lambda _: ANY_JSON,
    inspect.NoneType: lambda _: st.none(),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.IntType: lambda info: st.integers(info.ge, info.le),
    inspect.FloatType: lambda info: st.floats(info.ge, info.le, allow_nan=False, allow_infinity=False),
    inspect.StrType: _text,
    inspect.BytesType: lambda _: st.binary(max_size=40).map(lambda data: b64encode(data).decode()),
    inspect.LiteralType: lambda info: st.sampled_from(info.values),
    inspect.EnumType: _enum,
    inspect.ListType: _list,
    inspect.VarTupleType: _list,
    inspect.DictType: lambda info: st.dictionaries(st.text(max_size=5), json_of(info.value_type), max_size=3),
    inspect.TupleType: lambda info: st.tuples(*map(json_of, info.item_types)).map(list),
    inspect.UnionType: _union,
    inspect.Metadata: _documented,
    inspect.StructType: _struct,
}
