"""What breaks each kind of rule: one function a kind, which yields the ways there are.

How a rule is reached, `rule_places.py` says, and `value_changes.py` how a member is set; only the ways live here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, TypeAlias, cast

from hypothesis import assume
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.core.checking import rules_of
from avatarwire.codecs.core.constraint import plain
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
from avatarwire.codecs.core.json_string import JsonString
from avatarwire.codecs.core.paths import bare
from avatarwire.codecs.core.repairs import Convert
from avatarwire.codecs.core.type_constraints import Typed

from .carrying import Carried
from .json_paths import places
from .rule_places import Spot, route_to, something_in
from .valid_values import Draw, json_values
from .value_changes import (
    SHAPES,
    declared_for,
    declared_in,
    item_of,
    member_at,
    options_of,
    put,
    replaced,
    seen_from,
    shapes_of,
    sized,
    values_of,
)

__all__ = ["BREAKERS", "Change"]

Change: TypeAlias = Callable[[Spot, Draw], Any]
"""Breaks the rule in place; what is not None stands for the whole message then."""

_FAR: Final = 1000
_INT64: Final = (-(2**63), 2**63 - 1)


def _whole(value: Any) -> Change:
    """Something else for the whole message."""
    return lambda spot, draw: value


def _to(value: Any) -> Change:
    """A value for the member that the rule is about."""
    return lambda spot, draw: put(spot, deepcopy(value), draw)


def _to_drawn(values: st.SearchStrategy[Any]) -> Change:
    return lambda spot, draw: put(spot, draw(values), draw)


def _to_such(is_wanted: Callable[[Any], bool]) -> Change:
    return lambda spot, draw: replaced(spot, is_wanted, draw)


def _to_size(size: int) -> Change:
    return lambda spot, draw: sized(spot, size, draw)


def _typed(rule: Typed, carried: Carried) -> Iterator[tuple[str, Change]]:
    if not rule.path:
        for name in ("a text", "an integer", "a list"):
            yield f"{name} instead", _whole(SHAPES[name])
        return
    cls, path = seen_from(carried, rule)
    taken = shapes_of(declared_in(cls, path))
    shapes = ["a text"] if carried.is_query else [name for name in SHAPES if name not in taken]
    converts = [each.to for each in carried.entry.repairs if isinstance(each, Convert) and each.path == rule.path]
    for name in shapes:
        if any(to(SHAPES[name]) is not None for to in converts):
            continue
        if name not in taken and not (carried.is_query and "a list" in taken):
            yield f"{name} instead", _to(SHAPES[name])


def _required(rule: Required, carried: Carried) -> Iterator[tuple[str, Change]]:
    def left_out(spot: Spot, draw: Draw) -> None:
        for holder, name in places(spot.holder, spot.rule.path):
            holder.pop(name, None)

    def null(spot: Spot, draw: Draw) -> None:
        for holder, name in places(spot.holder, spot.rule.path):
            holder[name] = None

    yield "left out", left_out
    route = route_to(carried, rule)
    info = declared_in(route.cls, cast("Any", route.rule).path)
    is_nullable = any(isinstance(option, (inspect.NoneType, inspect.AnyType)) for option in options_of(info))
    # Elsewhere null is of another type first.
    if not carried.is_query and (route.own is None or is_nullable):
        yield "null", null


def _absent(rule: Absent, carried: Carried) -> Iterator[tuple[str, Change]]:
    yield "there", lambda spot, draw: put(spot, something_in(declared_for(spot, spot.rule.path), draw), draw)


def _one_of(rule: OneOf, carried: Carried) -> Iterator[tuple[str, Change]]:
    cls, path = seen_from(carried, rule)
    values = [plain(value) for value in rule.values]
    if route_to(carried, rule).own is None:
        tags = values_of(info) if isinstance(info := bare(declared_in(cls, path)), inspect.LiteralType) else ()
        known = {*values, *tags}
        if getattr(carried.entry.codec, "open_unions", {}) and tags:
            # Kinds that are not listed are kept as they came.
            yield "an empty one", _to("")
        elif all(isinstance(value, str) for value in values):
            for way, other in (("a longer one", f"{values[0]}?"), ("another one", "?"), ("an empty one", "")):
                if other not in known and (other or not (carried.is_query and path.endswith("[]"))):
                    yield way, _to(other)
        else:
            for way, number in (("above", max(values) + 1), ("below", min(values) - 1), ("far", max(values) + _FAR)):
                yield way, _to(number)
        return

    yield "another value", _to_such(lambda value: value not in values)


def _excluded(rule: Excluded, carried: Carried) -> Iterator[tuple[str, Change]]:
    for value in map(plain, rule.values):
        if value is not None:
            yield f"{value}", _to_such([value].__contains__)


_FORBIDDEN: Final = re.compile(r"\^\(\?!(.+)\)")
"""A pattern that says how a text does not begin."""


def _matches(rule: Matches, carried: Carried) -> Iterator[tuple[str, Change]]:
    pattern = re.compile(rule.pattern)
    route = route_to(carried, rule)
    path = cast("Any", route.rule).path
    info = declared_in(route.cls, path)
    [of_type, *_] = [option for option in options_of(info) if isinstance(option, inspect.StrType)]
    least, most = of_type.min_length or 0, of_type.max_length
    texts: st.SearchStrategy[Any] = st.text(min_size=least, max_size=most or least + 12)
    if route.own is not None:
        # What other patterns have it is tried first: they are kept then.
        others = [each.pattern for each in rules_of(route.cls) if isinstance(each, Matches) and each.path == path]
        texts = st.one_of(*map(st.from_regex, others), json_values(info), texts) if others else texts
    if not least:
        texts |= st.just("")
    if forbidden := _FORBIDDEN.fullmatch(rule.pattern):
        texts = st.from_regex(f"^{forbidden[1]}")

    def is_other(text: Any) -> bool:
        return isinstance(text, str) and pattern.search(text) is None

    yield "another form", _to_drawn(texts.filter(is_other))

    def spoilt(spot: Spot, draw: Draw) -> None:
        text = draw(st.from_regex(pattern))
        spoiled = draw(st.sampled_from([f"{text}?", f"?{text}", f" {text}", f"[{text}", text[:-1], text.swapcase()]))
        assume(pattern.search(spoiled) is None and least <= len(spoiled) and (most is None or len(spoiled) <= most))
        put(spot, spoiled, draw)

    if route.own is None:
        yield "nearly right", spoilt


def _limits(rule: Limits, carried: Carried) -> Iterator[tuple[str, Change]]:
    cls, path = seen_from(carried, rule)
    options = options_of(declared_in(cls, path))
    if not rule.is_size:
        is_whole = not any(isinstance(option, inspect.FloatType) for option in options)
        step, least, most = (1 if is_whole else 0.125), rule.ge, rule.le
        numbers = {
            "just below": None if least is None else least - step,
            "far below": None if least is None else least - _FAR,
            "just above": None if most is None else most + step,
            "far above": None if most is None else most + _FAR,
        }
        for way, number in numbers.items():
            if number is not None and _INT64[0] <= number <= _INT64[1]:
                yield way, _to(int(number) if is_whole else number)
        return
    sizes = {
        "one less": None if not rule.min_length else rule.min_length - 1,
        "none": 0 if rule.min_length and rule.min_length > 1 else None,
        "one more": None if rule.max_length is None else rule.max_length + 1,
        "many more": None if rule.max_length is None else rule.max_length * 2 + 5,
    }
    for way, size in sizes.items():
        if size is not None and not (rule.is_list and carried.is_query and size == 0):
            yield way, _to_size(size)


def _equal(rule: Equal, carried: Carried) -> Iterator[tuple[str, Change]]:
    def differ(spot: Spot, draw: Draw) -> None:
        one, other = (member_at(spot, path, draw) for path in (spot.rule.path, spot.rule.other))
        for (holder, step), path in ((one, spot.rule.path), (other, spot.rule.other)):
            if holder.get(step.name) is None:
                holder[step.name] = something_in(declared_for(spot, path), draw)
        holder, step = other
        same = one[0][one[1].name]
        holder[step.name] = f"{same}?" if isinstance(same, str) else same + 1

    yield "different values", differ


def _presence(rule: Presence, carried: Carried) -> Iterator[tuple[str, Change]]:
    def none(spot: Spot, draw: Draw) -> None:
        for name in spot.rule.names:
            for holder, last in places(spot.holder, name):
                holder.pop(last, None)

    def all_(spot: Spot, draw: Draw) -> None:
        for name in spot.rule.names:
            spot.holder[name] = something_in(declared_for(spot, name), draw)

    if rule.least:
        yield "none of them", none
    if rule.most is not None:
        yield "all of them", all_


def _needs(rule: Needs, carried: Carried) -> Iterator[tuple[str, Change]]:
    for index, each in enumerate(rule.names):

        def lonely(spot: Spot, draw: Draw, index: int = index) -> None:
            for path in (spot.rule.path, *spot.rule.unless):
                for holder, last in places(spot.holder, path):
                    holder.pop(last, None)
            holder, step = member_at(spot, spot.rule.names[index], draw)
            if not holder.get(step.name):
                holder[step.name] = something_in(declared_for(spot, spot.rule.names[index]), draw)

        yield f"{each} without it", lonely


def _contains(rule: Contains, carried: Carried) -> Iterator[tuple[str, Change]]:
    wanted = plain(rule.value)

    def is_such(item: Any) -> bool:
        return any(holder.get(name) == wanted for holder, name in places(item, rule.member))

    def fewer(spot: Spot, draw: Draw) -> None:
        others = json_values(item_of(declared_for(spot, spot.rule.path))).filter(lambda item: not is_such(item))
        holder, step = member_at(spot, spot.rule.path, draw)
        left = [item for item in cast("list[Any]", holder.get(step.name) or []) if not is_such(item)]
        holder[step.name] = left or [draw(others)]

    def more(spot: Spot, draw: Draw) -> None:
        such = json_values(item_of(declared_for(spot, spot.rule.path))).filter(is_such)
        holder, step = member_at(spot, spot.rule.path, draw)
        items = holder.setdefault(step.name, [])
        while sum(map(is_such, items)) <= spot.rule.most:
            items.append(draw(such))

    if rule.least:
        yield "one less", fewer
    if rule.most is not None:
        yield "one more", more


def _begins(rule: Begins, carried: Carried) -> Iterator[tuple[str, Change]]:
    def is_such(item: Any) -> bool:
        return any(holder.get(name) == rule.value for holder, name in places(item, rule.member))

    def behind(spot: Spot, draw: Draw) -> None:
        others = json_values(item_of(declared_for(spot, spot.rule.path))).filter(lambda item: not is_such(item))
        holder, step = member_at(spot, spot.rule.path, draw)
        holder[step.name] = [draw(others), *(holder.get(step.name) or [])]

    yield "another before it", behind


def _computed(rule: Computed, carried: Carried) -> Iterator[tuple[str, Change]]:
    def change(spot: Spot, draw: Draw) -> None:
        for path, value in spot.rule.breaks.items():
            holder, step = member_at(spot, path, draw)
            holder[step.name] = deepcopy(value)

    yield "as its example", change


def _embedded(rule: JsonString, carried: Carried) -> Iterator[tuple[str, Change]]:
    yield "no JSON", _to_drawn(st.sampled_from(["{", "", "{]}", "?"]))
    yield "no object", _to_drawn(st.sampled_from(["[]", "7", '"{}"']))


BREAKERS: Final[Mapping[type[Constraint], Callable[[Any, Carried], Iterator[tuple[str, Change]]]]] = {
    Typed: _typed,
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
