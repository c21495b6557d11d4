"""Drawing JSON values that keep every rule: from the types first, then each rule puts right what it finds broken.

Which messages there are, and what is made of the values, `strategies.py` says.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeAlias, cast

from hypothesis import strategies as st
from msgspec import ValidationError, convert, inspect, json

from avatarwire.codecs.core.checking import RULES, SENDER, rules_of
from avatarwire.codecs.core.constraints import (
    Absent,
    Begins,
    Computed,
    Constraint,
    Contains,
    Equal,
    Excluded,
    Limits,
    Matches,
    Needs,
    OneOf,
    Presence,
    Required,
)
from avatarwire.codecs.core.introspection import declaration
from avatarwire.codecs.core.json_string import JsonString
from avatarwire.codecs.core.paths import bare, steps, structs_in
from avatarwire.codecs.core.repairs import is_list, is_object

from .json_paths import annotation_at, chosen, counts, declared_at, places

__all__ = ["ANY_JSON", "Draw", "Json", "json_values", "made_valid", "objects_of", "something"]

Draw: TypeAlias = "st.DrawFn"
Json: TypeAlias = Any

_PASSES: Final = 4
"""Rules that put each other out of order are asked so often at most."""

_TRIES: Final = 12
"""So often a text is drawn that several patterns are about, before it is given up."""

ANY_JSON: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
"""Whatever JSON can say."""


def json_values(info: inspect.Type) -> st.SearchStrategy[Json]:
    """JSON values of a declaration, every rule in it kept."""
    return _STRATEGIES[type(info)](info)


# --- by type ---


def _documented(info: inspect.Metadata) -> st.SearchStrategy[Json]:
    """What a declaration allows; where it is open beyond a list of values, those of the list half of the time."""
    extra = cast("dict[str, Any]", info.extra or {})  # pyright: ignore[reportUnknownMemberType]  # bare dict
    values: tuple[Any, ...] = tuple(getattr(value, "value", value) for value in extra.get("values", ()))
    anything = json_values(info.type)
    return st.sampled_from(values) | anything if values else anything


def _struct(info: inspect.StructType) -> st.SearchStrategy[Json]:
    return objects_of(info.cls)


@cache
def objects_of(cls: Any) -> st.SearchStrategy[Json]:
    """JSON objects of a class, every rule in it kept."""
    info = cast("inspect.StructType", declaration(cls))

    @st.composite
    def made(draw: Draw) -> Json:
        value: dict[str, Any] = {} if info.tag_field is None else {info.tag_field: info.tag}
        for name, required, values in _members(cls):
            if required or draw(st.booleans()):
                value[name] = draw(values)
        return made_valid(cls, value, draw)

    return made()


@cache
def _members(cls: Any) -> tuple[tuple[str, bool, st.SearchStrategy[Json]], ...]:
    """The members of a class: the name of each, whether it is required, and values of it."""
    info = cast("inspect.StructType", declaration(cls))
    return tuple((field.encode_name, field.required, json_values(field.type)) for field in info.fields)


def _text(info: inspect.StrType) -> st.SearchStrategy[Json]:
    shortest, longest = info.min_length or 0, info.max_length
    if info.pattern is None:
        return st.text(min_size=shortest, max_size=shortest + 8 if longest is None else longest)
    fits = _matching(info.pattern)
    if not shortest and longest is None:
        return fits
    return fits.filter(lambda text: shortest <= len(text) and (longest is None or len(text) <= longest))


@cache
def _matching(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern)


def _list(info: inspect.ListType | inspect.VarTupleType) -> st.SearchStrategy[Json]:
    shortest = info.min_length or 0
    longest = shortest + 3 if info.max_length is None else min(info.max_length, shortest + 3)
    return st.lists(json_values(info.item_type), min_size=shortest, max_size=longest)


def _integer(info: inspect.IntType) -> st.SearchStrategy[Json]:
    return st.integers(
        -(2**63) if info.ge is None else info.ge, 2**63 - 1 if info.le is None else min(info.le, 2**63 - 1)
    )


_STRATEGIES: Final[Mapping[type[inspect.Type], Callable[[Any], st.SearchStrategy[Json]]]] = {
    inspect.AnyType: lambda _: ANY_JSON,
    inspect.NoneType: lambda _: st.none(),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.IntType: _integer,
    inspect.FloatType: lambda info: st.floats(info.ge, info.le, allow_nan=False, allow_infinity=False),
    inspect.StrType: _text,
    inspect.BytesType: lambda _: st.binary(max_size=40).map(lambda data: b64encode(data).decode()),
    inspect.LiteralType: lambda info: st.sampled_from(info.values),
    inspect.EnumType: lambda info: st.sampled_from([member.value for member in info.cls]),
    inspect.ListType: _list,
    inspect.VarTupleType: _list,
    inspect.DictType: lambda info: st.dictionaries(st.text(max_size=5), json_values(info.value_type), max_size=3),
    inspect.TupleType: lambda info: st.tuples(*map(json_values, info.item_types)).map(list),
    inspect.UnionType: lambda info: st.one_of(*map(json_values, info.types)),
    inspect.Metadata: _documented,
    inspect.StructType: _struct,
}


# --- by rule ---


def made_valid(
    cls: Any,
    value: dict[str, Any],
    draw: Draw,
    *,
    sets: tuple[str, ...] = (RULES,),
    more: Sequence[Constraint] = (),
    but: Constraint | None = None,
) -> dict[str, Any]:
    """An object in which every rule is kept.

    Args:
        cls: its class.
        value: is changed in place.
        draw: of Hypothesis.
        sets: the sets of rules that are held.
        more: further rules about it, where it stands.
        but: a rule that is let alone, here and in all that is inside.
    """
    held = (*(rule for each in sets for rule in rules_of(cls, each)), *more)
    rules = [rule for rule in held if not (rule == but or _says_as_much(rule, but))]
    for _ in range(_PASSES):
        before = repr(value)
        for rule in rules:
            if rule.when is None or counts(rule.when, value):
                _FIXES[type(rule)](rule, cls, value, draw)
        for part, inner in _parts(cls, value):
            made_valid(part, inner, draw, sets=sets, but=but)
        if repr(value) == before:
            break
    return value


def _says_as_much(rule: Constraint, but: Constraint | None) -> bool:
    """Whether a rule about a text would put right what breaks another."""
    return isinstance(rule, Matches) and isinstance(but, Matches) and rule.path == but.path


def _parts(cls: Any, value: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The objects inside an object, each with its class: a rule may have changed what is in them."""
    for name, structs in _holding(cls):
        here = value.get(name)
        for item in here if is_list(here) else [here]:
            if is_object(item):
                yield chosen(structs, item).cls, item


@cache
def _holding(cls: Any) -> tuple[tuple[str, list[inspect.StructType]], ...]:
    """The members of a class that hold objects, and of which classes."""
    info = cast("inspect.StructType", declaration(cls))
    return tuple((field.encode_name, inner) for field in info.fields if (inner := structs_in(field.type)))


def something(cls: Any, path: str, draw: Draw) -> Any:
    """A value of the member at a wire path that is not null."""
    return draw(_not_null(cls, path))


@cache
def _not_null(cls: Any, path: str) -> st.SearchStrategy[Any]:
    return json_values(declared_at(cls, path)).filter(lambda value: value is not None)


def _required(rule: Required, cls: Any, value: Any, draw: Draw) -> None:
    for holder, name in places(value, rule.path):
        if holder.get(name) is None:
            holder[name] = something(cls, rule.path, draw)


def _absent(rule: Absent, cls: Any, value: Any, draw: Draw) -> None:
    for holder, name in places(value, rule.path):
        holder.pop(name, None)


def _one_of(rule: OneOf, cls: Any, value: Any, draw: Draw) -> None:
    values = [getattr(each, "value", each) for each in rule.values]
    for holder, name in places(value, rule.path):
        if holder.get(name) is not None and holder[name] not in values:
            holder[name] = draw(st.sampled_from(values))


def _excluded(rule: Excluded, cls: Any, value: Any, draw: Draw) -> None:
    values = [getattr(each, "value", each) for each in rule.values]
    for holder, name in places(value, rule.path):
        if holder.get(name) in values:
            holder[name] = draw(json_values(declared_at(cls, rule.path)).filter(lambda each: each not in values))


def _matches(rule: Matches, cls: Any, value: Any, draw: Draw) -> None:
    pattern = re.compile(rule.pattern)
    for holder, name in places(value, rule.path):
        if isinstance(holder.get(name), str) and not pattern.search(holder[name]):
            holder[name] = draw(_texts_like(rule.pattern, cls, rule.path))


@cache
def _texts_like(pattern: str, cls: Any, path: str) -> st.SearchStrategy[str]:
    others = [rule.pattern for rule in rules_of(cls) if isinstance(rule, Matches) and rule.path == path]
    texts = st.one_of(*(_matching(each) for each in dict.fromkeys((pattern, *others))))

    @st.composite
    def made(draw: Draw) -> str:
        for _ in range(_TRIES):
            text: str = draw(texts)
            if re.search(pattern, text) and _fits(cls, path, text):
                return text
        last: str = draw(texts.filter(lambda text: re.search(pattern, text) is not None and _fits(cls, path, text)))
        return last

    return made()


def _fits(cls: Any, path: str, text: str) -> bool:
    """Whether a text is as its type and every rule about it alone have it."""
    try:
        convert(text, annotation_at(cls, path))
    except ValidationError:
        return False
    alone = [rule for rule in rules_of(cls) if isinstance(rule, (Matches, Limits)) and rule.path == path]
    return all(rule.holds(text) for rule in alone)


def _limits(rule: Limits, cls: Any, value: Any, draw: Draw) -> None:
    for holder, name in places(value, rule.path):
        here = holder.get(name)
        if here is None or rule.holds(here):
            continue
        if rule.is_list:
            most = len(here) if rule.max_length is None else rule.max_length
            items = here[:most]
            while len(items) < (rule.min_length or 0):
                items.append(draw(json_values(cast("Any", bare(declared_at(cls, rule.path))).item_type)))
            holder[name] = items
        elif rule.is_size:
            texts = st.text(min_size=rule.min_length or 0, max_size=rule.max_length)
            holder[name] = draw(texts.filter(lambda text: _fits(cls, rule.path, text)))
        else:
            holder[name] = draw(_number(rule, declared_at(cls, rule.path)))


def _number(rule: Limits, info: inspect.Type) -> st.SearchStrategy[Any]:
    """Numbers within the limits of a rule and of the declaration."""
    options = [bare(part) for part in info.types] if isinstance(info := bare(info), inspect.UnionType) else [info]
    own = next(part for part in options if isinstance(part, (inspect.IntType, inspect.FloatType)))
    least = [limit for limit in (rule.ge, own.ge) if limit is not None]
    most = [limit for limit in (rule.le, own.le) if limit is not None]
    numbers: Any = st.floats if isinstance(own, inspect.FloatType) else st.integers
    return cast("st.SearchStrategy[Any]", numbers(max(least, default=None), min(most, default=None)))


def _equal(rule: Equal, cls: Any, value: Any, draw: Draw) -> None:
    one = [holder.get(name) for holder, name in places(value, rule.path)]
    for (holder, name), same in zip(places(value, rule.other), one, strict=False):
        if same is not None and holder.get(name) is not None:
            prefix = rule.prefix if rule.prefix and str(holder[name]).startswith(rule.prefix) else ""
            holder[name] = f"{prefix}{same}" if prefix else same


def _presence(rule: Presence, cls: Any, value: Any, draw: Draw) -> None:
    there = [name for name in rule.names if value.get(name) not in ((None, "", []) if rule.filled else (None,))]
    if len(there) < rule.least:
        name = draw(st.sampled_from(rule.names))
        value[name] = draw(json_values(declared_at(cls, name)).filter(lambda each: each not in (None, "", [])))
    elif rule.most is not None:
        for name in there[rule.most :]:
            del value[name]


def _needs(rule: Needs, cls: Any, value: Any, draw: Draw) -> None:
    def is_there(path: str) -> bool:
        found = (holder.get(name) for holder, name in places(value, path))
        return any(bool(each) if rule.filled else each is not None for each in found)

    if any(map(is_there, rule.names)) and not any(map(is_there, rule.unless)):
        for holder, name in places(value, rule.path):
            if holder.get(name) is None:
                holder[name] = something(cls, rule.path, draw)


def _contains(rule: Contains, cls: Any, value: Any, draw: Draw) -> None:
    wanted = getattr(rule.value, "value", rule.value)

    def is_such(item: Any) -> bool:
        return any(holder.get(name) == wanted for holder, name in places(item, rule.member))

    item_type = cast("Any", bare(declared_at(cls, rule.path))).item_type
    for holder, name in places(value, rule.path):
        items = holder.get(name)
        if not is_list(items):
            continue
        such = [item for item in items if is_such(item)]
        for _ in range(rule.least - len(such)):
            items.append(_such(item_type, rule.member, wanted, draw))
        if rule.most is not None:
            for item in such[rule.most :]:
                items.remove(item)


def _begins(rule: Begins, cls: Any, value: Any, draw: Draw) -> None:
    item_type = cast("Any", bare(declared_at(cls, rule.path))).item_type
    for holder, name in places(value, rule.path):
        items = holder.get(name)
        if not is_list(items) or not items:
            continue
        if all(inner.get(last) != rule.value for inner, last in places(items[0], rule.member)):
            # In front: what stands there already may be what a rule is broken by.
            items.insert(0, _such(item_type, rule.member, rule.value, draw))


def _such(item_type: inspect.Type, path: str, wanted: Any, draw: Draw) -> Any:
    """An item in which the member at a wire path has a value."""
    struct = structs_in(item_type)[0]
    item = draw(objects_of(struct.cls))
    first, *further = steps(path)
    if further:
        options = structs_in(declared_at(struct.cls, first.name))
        kind = next(option for option in options if option.tag_field == further[0].name and option.tag == wanted)
        item[first.name] = draw(objects_of(kind.cls))
    else:
        item[first.name] = wanted
    return made_valid(struct.cls, item, draw)


def _computed(rule: Computed, cls: Any, value: Any, draw: Draw) -> None:
    rule.mend(value)


def _embedded(rule: JsonString, cls: Any, value: Any, draw: Draw) -> None:
    inner: Any = rule.codec.type
    sets = (RULES, SENDER) if rule.as_sent else (RULES,)
    for holder, name in places(value, rule.path):
        if not isinstance(holder.get(name), _Text):
            made = made_valid(inner, draw(objects_of(inner)), draw, sets=sets, more=rule.rules)
            holder[name] = _Text(json.encode(made).decode())


class _Text(str):
    """A text that was made by a rule, and needs to be made only once."""

    __slots__ = ()


_FIXES: Final[Mapping[type[Constraint], Callable[[Any, Any, Any, Draw], None]]] = {
    Required: _required,
    Absent: _absent,
    OneOf: _one_of,
    Excluded: _excluded,
    Matches: _matches,
    Limits: _limits,
    Equal: _equal,
    Presence: _presence,
    Needs: _needs,
    Contains: _contains,
    Begins: _begins,
    Computed: _computed,
    JsonString: _embedded,
}
