"""What is declared for a member that a rule is about, and setting it to a value, right or wrong.

Only that lives here; which values break a rule, `rule_breakers.py` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, cast

from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.core.constraint import plain
from avatarwire.codecs.core.constraints import Constraint, Limits
from avatarwire.codecs.core.introspection import declaration
from avatarwire.codecs.core.paths import bare, steps, structs_in
from avatarwire.codecs.core.repairs import is_list, is_object

from .carrying import Carried
from .rule_places import Spot, enter, field_of, not_null, route_to
from .valid_values import Draw, json_values, objects_of

__all__ = [
    "SHAPES",
    "declared_for",
    "declared_in",
    "item_of",
    "listed",
    "member_at",
    "options_of",
    "put",
    "replaced",
    "seen_from",
    "shapes_of",
    "sized",
    "values_of",
]


def put(spot: Spot, value: Any, draw: Draw) -> None:
    """Sets the member that the rule is about, an item of it where the rule is about items."""
    holder, step = member_at(spot, spot.rule.path, draw)
    if not step.is_list:
        holder[step.name] = value
        return
    items = holder.get(step.name)
    if not (is_list(items) and items):
        items = draw(not_null(_list_of(spot)).filter(lambda value: value != []))
    place = _place_in(_list_of(spot), spot.rule)
    holder[step.name] = [*items[:place], value, *items[place + 1 :]]


def _place_in(info: inspect.Type, rule: Constraint) -> int:
    """The item that a rule is about: of a list the first, of a tuple one that has such limits."""
    for option in options_of(info):
        if isinstance(option, inspect.TupleType) and isinstance(rule, Limits):
            return next(place for place, each in enumerate(option.item_types) if _has_limits(each, rule))
    return 0


def _has_limits(info: inspect.Type, rule: Limits) -> bool:
    numbers = [part for part in options_of(info) if isinstance(part, (inspect.IntType, inspect.FloatType))]
    return any(
        (None if part.ge == -(2**63) else part.ge, None if part.le == 2**63 - 1 else part.le) == (rule.ge, rule.le)
        for part in numbers
    )


def _list_of(spot: Spot) -> inspect.Type:
    return declared_for(spot, spot.rule.path.removesuffix("[]"))


def member_at(spot: Spot, path: str, draw: Draw) -> tuple[dict[str, Any], Any]:
    """The object in which a member stands, and the last step of its path; objects on the way are made."""
    *outer, last = steps(path)
    holder, cls = spot.holder, spot.cls
    for index, step in enumerate(outer):
        ahead = [*outer, last][index + 1].name
        options = structs_in(field_of(cls, step.name).type)
        inner = next(each.cls for each in options if each.tag_field == ahead or _has(each, ahead))
        here = holder.get(step.name)
        holder = here if is_object(here) else enter(cls, holder, step, draw, inner)
        cls = inner
    return holder, last


def _has(struct: inspect.StructType, name: str) -> bool:
    return any(member.encode_name == name for member in struct.fields)


def declared_for(spot: Spot, path: str) -> inspect.Type:
    """What is declared for a member, as seen from the object that a rule is about."""
    return declared_in(spot.cls, path)


@cache
def declared_in(cls: Any, path: str) -> inspect.Type:
    """What is declared at a wire path; of a tag, that it is a text."""
    info = declaration(cls)
    for step in steps(path):
        options = structs_in(info)
        if any(option.tag_field == step.name for option in options):
            return inspect.LiteralType(tuple(option.tag for option in options))
        struct = next(option for option in options if _has(option, step.name))
        info = next(member.type for member in struct.fields if member.encode_name == step.name)
        if step.is_list:
            info = item_of(info)
    return info


def item_of(info: inspect.Type) -> inspect.Type:
    """What is declared for the items of a list; of a tuple, for the last."""
    for option in options_of(info):
        if isinstance(option, (inspect.ListType, inspect.VarTupleType)):
            return option.item_type
        if isinstance(option, inspect.TupleType):
            return option.item_types[-1]
    raise AssertionError(info)


def options_of(info: inspect.Type) -> list[inspect.Type]:
    """What a declaration is a choice of."""
    info = bare(info)
    return [bare(part) for part in info.types] if isinstance(info, inspect.UnionType) else [info]


SHAPES: Final[Mapping[str, Any]] = {
    "a text": "?",
    "an integer": 7,
    "a number": 1.5,
    "true": True,
    "a list": [],
    "an object": {},
}
_TAKES: Final[Mapping[type[inspect.Type], tuple[str, ...]]] = {
    inspect.StrType: ("a text",),
    inspect.BytesType: ("a text",),
    inspect.IntType: ("an integer",),
    inspect.FloatType: ("an integer", "a number"),
    inspect.BoolType: ("true",),
    inspect.ListType: ("a list",),
    inspect.VarTupleType: ("a list",),
    inspect.TupleType: ("a list",),
    inspect.StructType: ("an object",),
    inspect.DictType: ("an object",),
    inspect.AnyType: tuple(SHAPES),
}
"""The shapes of JSON that a declaration takes; texts and integers of enumerations apart."""


def shapes_of(info: inspect.Type) -> set[str]:
    """The shapes of JSON that a declaration takes."""
    taken: set[str] = set()
    for option in options_of(info):
        if isinstance(option, (inspect.EnumType, inspect.LiteralType)):
            taken.add("a text" if isinstance(values_of(option)[0], str) else "an integer")
        taken.update(_TAKES.get(type(option), ()))
    return taken


def values_of(info: inspect.EnumType | inspect.LiteralType) -> tuple[Any, ...]:
    """The values of an enumeration, as JSON."""
    return tuple(each.value for each in info.cls) if isinstance(info, inspect.EnumType) else tuple(info.values)


def seen_from(carried: Carried, rule: Any) -> tuple[Any, str]:
    """The class of the object that a rule is about, and the path of the member from there."""
    route = route_to(carried, rule)
    return route.cls, cast("Any", route.rule).path


def replaced(spot: Spot, is_wanted: Callable[[Any], bool], draw: Draw) -> None:
    """Sets the member to a value that is declared; where it is a tag, the object is of that kind then."""
    holder, last = member_at(spot, spot.rule.path, draw)
    outer = ".".join(step.name for step in steps(spot.rule.path)[:-1])
    options = structs_in(declared_in(spot.cls, outer)) if outer else structs_in(_whole_of(spot))
    kinds = [option for option in options if option.tag_field == last.name]
    if kinds:
        others = [option.cls for option in kinds if is_wanted(option.tag)]
        kept = {name: holder[name] for name in _kept(spot, last.name) if name in holder}
        holder.clear()
        holder.update(draw(objects_of(draw(st.sampled_from(others)))) if others else {last.name: "?"})
        holder.update(kept)
        return
    values = [value for option in options_of(declared_for(spot, spot.rule.path)) for value in listed(option)]
    fitting = [value for value in values if is_wanted(value)]
    if fitting:
        put(spot, draw(st.sampled_from(fitting)), draw)
        return
    named = [plain(value) for value in spot.rule.values if is_wanted(plain(value))]
    drawn = not_null(declared_for(spot, spot.rule.path)).filter(is_wanted)
    put(spot, draw(st.sampled_from(named) if named else drawn), draw)


def _kept(spot: Spot, tag: str) -> tuple[str, ...]:
    """What the condition of a rule is about stays as it is."""
    condition = spot.rule.when
    name = condition.path.rpartition(".")[2] if condition else ""
    return (name,) if name and name != tag else ()


def _whole_of(spot: Spot) -> inspect.Type:
    """The declaration of the member that holds the object that the rule is about."""
    *_, last = spot.route.way or (None,)
    return declaration(spot.cls) if last is None else field_of(spot.route.classes[-2], last.name).type


def listed(info: inspect.Type) -> tuple[Any, ...]:
    """All values of a declaration, where those are few."""
    if isinstance(info, inspect.BoolType):
        return (True, False)
    return values_of(info) if isinstance(info, (inspect.EnumType, inspect.LiteralType)) else ()


def sized(spot: Spot, size: int, draw: Draw) -> None:
    """A text or a list of so many characters or items."""
    info = declared_for(spot, spot.rule.path)
    if not spot.rule.is_list:
        text = draw(json_values(info).filter(lambda value: isinstance(value, str)))
        if len(text) < size:
            text += draw(st.sampled_from("xyz")) * (size - len(text))
        put(spot, text[:size], draw)
        return
    items = draw(json_values(info).filter(is_list))[:size]
    while len(items) < size:
        items.append(draw(json_values(item_of(info))))
    put(spot, items, draw)
