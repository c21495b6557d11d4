"""Getting to the place in a valid JSON object that a rule is about, whatever else has to be so for the rule to count.

A rule may be about a member of an object that is optional, of one kind among several, or left out unless another member
has some value. Only making such places lives here; what is done there, `breaking.py` and `varying.py` say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from hypothesis import assume
from hypothesis import strategies as st
from msgspec import ValidationError, inspect, json, structs

from avatarwire.codecs.core.checking import rules_of
from avatarwire.codecs.core.constraint import plain
from avatarwire.codecs.core.constraints import Absent, Condition, Constraint
from avatarwire.codecs.core.introspection import declaration
from avatarwire.codecs.core.paths import Step, bare, shape_of, steps, structs_in
from avatarwire.codecs.core.repairs import is_list, is_object
from avatarwire.codecs.core.type_constraints import declared

from .carrying import Carried
from .json_paths import chosen, counts
from .valid_values import Draw, json_values, objects_of

__all__ = ["Route", "Spot", "enter", "field_of", "not_null", "reached", "route_to", "something_in", "suppose"]

_TRIES = 6
"""So often a place is made anew when keeping the rules has taken it away."""


@dataclass(frozen=True)
class Route:
    """The way from the root to the object that a rule is about.

    Attributes:
        way: the steps to it.
        classes: the classes on the way, that of the object last.
        rule: the rule as seen from the object.
        own: the rule as the class declares it that has it; None for what plain types say.
        depth: where on the way that class is.
    """

    way: tuple[Step, ...]
    classes: tuple[Any, ...]
    rule: Constraint
    own: Constraint | None
    depth: int

    @property
    def cls(self) -> Any:
        """The class of the object."""
        return self.classes[-1]


@dataclass
class Spot:
    """A valid JSON object, and the object in it that a rule is about.

    Attributes:
        value: the whole.
        holders: the objects on the way, the one that the rule is about last.
        route: the way.
    """

    value: dict[str, Any]
    route: Route
    holders: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def holder(self) -> dict[str, Any]:
        """The object that the rule is about."""
        return self.holders[-1]

    @property
    def cls(self) -> Any:
        """Its class."""
        return self.route.cls

    @property
    def rule(self) -> Any:
        """The rule, as seen from it."""
        return self.route.rule

    def is_broken(self) -> bool:
        """Whether the rule is broken there; only for rules that a class declares."""
        own, depth = self.route.own, self.route.depth
        rule, holder, cls = (own or self.rule, self.holders[depth], self.route.classes[depth])
        try:
            message = json.decode(json.encode(holder, enc_hook=str), type=cls)
        except ValidationError:
            # The declaration of the field says so, too.
            return True
        is_met = rule.when is None or counts(rule.when, holder)
        return is_met and next(iter(rule.findings(message, shape_of(cls))), None) is not None


# --- the way ---


def route_to(carried: Carried, rule: Constraint) -> Route:
    """The way to what a rule is about.

    Args:
        carried: the entry that has it.
        rule: as seen from the root.
    """
    about = [*rule.paths, *([rule.when.path] if rule.when else [])]
    way = _common([steps(path)[:-1] for path in about])
    classes: list[Any] = [carried.root]
    for index, step in enumerate(way):
        ahead = way[index + 1].name if index + 1 < len(way) else steps(rule.paths[0])[index + 1].name
        options = structs_in(field_of(classes[-1], step.name).type)
        path = ".".join(_text(each) for each in way[: index + 1])
        fitting = [option for option in options if _key(rule) in _keys(option.cls, path)]
        exact = [option for option in fitting if _keys(option.cls, path)[_key(rule)] == rule.clause]
        having = [option for option in options if _has(option, ahead)]
        classes.append((exact or fitting or having)[0].cls)
    seen = [_stripped(rule, ".".join(map(_text, way[:depth]))) for depth in range(len(way) + 1)]
    for depth, cls in enumerate(classes):
        for own in rules_of(cls):
            if _key(own) == _key(seen[depth]):
                return Route(way, tuple(classes), seen[-1], own, depth)
    return Route(way, tuple(classes), seen[-1], None, len(way))


def _common(ways: Sequence[Sequence[Step]]) -> tuple[Step, ...]:
    shared: list[Step] = []
    for each in zip(*ways, strict=False):
        if len(set(each)) > 1:
            break
        shared.append(each[0])
    return tuple(shared)


def _text(step: Step) -> str:
    return f"{step.name}[]" if step.is_list else step.name


def _has(struct: inspect.StructType, name: str) -> bool:
    return struct.tag_field == name or any(member.encode_name == name for member in struct.fields)


def _key(rule: Constraint) -> tuple[Any, ...]:
    """What makes a rule the same wherever it is seen from, whichever clause it has."""
    return (rule.kind, rule.paths, rule.when, rule.text)


@cache
def _keys(cls: Any, path: str) -> Mapping[tuple[Any, ...], str]:
    """The clauses of the rules of a class; empty for what plain types say."""
    return {_key(rule): rule.clause for rule in declared(cls, lambda _: "", path)}


def _stripped(rule: Constraint, path: str) -> Constraint:
    """A rule as seen from what stands at a wire path."""
    if not path:
        return rule

    def inner(whole: str) -> str:
        return whole.removeprefix(f"{path}.")

    changes: dict[str, Any] = {name: inner(getattr(rule, name)) for name in ("path", "other") if hasattr(rule, name)}
    for several in ("names", "unless"):
        if hasattr(rule, several):
            changes[several] = tuple(map(inner, getattr(rule, several)))
    if rule.when is not None:
        changes["when"] = Condition(inner(rule.when.path), rule.when.values, rule.when.negated)
    return structs.replace(rule, **changes)


@cache
def field_of(cls: Any, name: str) -> inspect.Field:
    """The declaration of a member."""
    info = cast("inspect.StructType", declaration(cls))
    return next(member for member in info.fields if member.encode_name == name)


# --- going it ---


def reached(carried: Carried, route: Route, draw: Draw, targets: Sequence[str] = ()) -> Spot:
    """A valid object in which there is what a rule is about, and the rule counts.

    Args:
        carried: the entry.
        route: to the rule.
        draw: of Hypothesis.
        targets: members, as seen from the end of the way, that may be there; what forbids them is made not to count.
    """
    spot = Spot(draw(carried.values()), route)
    for _ in range(_TRIES):
        spot.holders = [spot.value]
        for step, cls, inner in zip(route.way, route.classes, route.classes[1:], strict=False):
            spot.holders.append(enter(cls, spot.holders[-1], step, draw, inner))
        if route.rule.when is not None:
            suppose(route.rule.when, route.cls, spot.holder, draw)
        for target in targets:
            for depth, (cls, holder) in enumerate(zip(route.classes, spot.holders, strict=True)):
                path = ".".join([*map(_text, route.way[depth:]), target])
                _allow(cls, holder, path.removesuffix("[]"), draw)
        carried.make_valid(spot.value, draw)
        if _is_at(spot) and (route.rule.when is None or counts(route.rule.when, spot.holder)):
            return spot
    assume(False)
    raise AssertionError


def _is_at(spot: Spot) -> bool:
    """Whether the way still leads to the object."""
    here: list[Any] = [spot.value]
    for step in spot.route.way:
        found = [holder.get(step.name) for holder in here if is_object(holder)]
        here = [item for each in found for item in (each if is_list(each) else [each])]
    return any(each is spot.holder for each in here)


def enter(cls: Any, holder: dict[str, Any], step: Step, draw: Draw, inner: Any) -> dict[str, Any]:
    """The object of a class at a step from another; made where there is none."""
    _allow(cls, holder, step.name, draw)
    declared_here = field_of(cls, step.name).type
    options = structs_in(declared_here)
    here = holder.get(step.name)
    items = here if is_list(here) else [here]
    for item in items:
        if is_object(item) and chosen(options, item).cls is inner:
            return item
    made = draw(objects_of(inner))
    if not step.is_list:
        holder[step.name] = made
    elif not is_list(here):
        drawn = draw(not_null(declared_here))
        holder[step.name] = [made, *drawn[1:]]
    else:
        holder[step.name] = [made, *here[1:]]
    return cast("dict[str, Any]", made)


def _allow(cls: Any, holder: dict[str, Any], path: str, draw: Draw) -> None:
    """Sees to it that nothing says that a member is left out."""
    for rule in rules_of(cls):
        if isinstance(rule, Absent) and rule.path == path and rule.when is not None and counts(rule.when, holder):
            suppose(structs.replace(rule.when, negated=not rule.when.negated), cls, holder, draw)


def suppose(condition: Condition, cls: Any, holder: dict[str, Any], draw: Draw) -> None:
    """Makes a condition true of an object."""
    if counts(condition, holder):
        return
    first, *further = steps(condition.path)
    wanted = [plain(value) for value in condition.values]
    member = field_of(cls, first.name)
    if further:
        inner = _such(condition, member.type)
        drawn = draw(objects_of(inner)) if inner else holder.get(first.name)
        if not is_object(drawn):
            drawn = draw(not_null(member.type))
        holder[first.name] = drawn
        name = further[-1].name
        if not counts(condition, holder):
            drawn[name] = draw(st.sampled_from(wanted))
        return
    _allow(cls, holder, first.name, draw)
    if wanted and not condition.negated:
        holder[first.name] = draw(st.sampled_from(wanted))
    elif not wanted and not condition.negated:
        holder[first.name] = something_in(member.type, draw)
    elif not member.required and (not wanted or draw(st.booleans())):
        holder.pop(first.name, None)
    else:
        holder[first.name] = draw(json_values(member.type).filter(lambda value: value not in wanted))


def _such(condition: Condition, info: inspect.Type) -> Any:
    """Of a choice of objects one whose tag makes a condition true; None where it is not about the tag."""
    name = steps(condition.path)[-1].name
    for option in structs_in(info):
        if option.tag_field == name and (option.tag in condition.values) is not condition.negated:
            return option.cls
    return None


def something_in(info: inspect.Type, draw: Draw) -> Any:
    """A value of a declaration that is not null, nor empty."""
    return draw(not_null(info).filter(lambda value: value not in ("", [])))


def not_null(info: inspect.Type) -> st.SearchStrategy[Any]:
    """Values of a declaration that are not null."""
    inner = bare(info)
    if isinstance(inner, inspect.UnionType):
        return st.one_of(
            *(json_values(part) for part in inner.types if not isinstance(bare(part), inspect.NoneType))
        ).filter(_is_something)
    return json_values(info).filter(_is_something)


def _is_something(value: Any) -> bool:
    return value is not None
