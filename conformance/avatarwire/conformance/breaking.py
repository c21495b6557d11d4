"""Breaking one rule of a valid message, all others kept.

What breaks each kind of rule, `rule_breakers.py` says; that the others are kept, `valid_values.py` sees to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from hypothesis import assume
from hypothesis import strategies as st
from msgspec import json

from avatarwire.codecs.core.constraints import Absent, Constraint, Needs, Presence, Required
from avatarwire.codecs.core.repairs import Repair, apply

from .carrying import Carried
from .rule_breakers import BREAKERS, Change
from .rule_places import reached, route_to
from .unbreakable_rules import obstacle
from .valid_values import Draw

__all__ = ["Break", "breaks", "obstacles"]


@dataclass(frozen=True)
class Break:
    """One way to break one rule.

    Attributes:
        rule: as seen from the root.
        way: what is done, in words.
        change: does it.
    """

    rule: Constraint
    way: str
    change: Change

    @property
    def label(self) -> str:
        """The rule and what is done to it, in words."""
        return f"{self.rule.text}: {self.way}"

    def broken(self, carried: Carried) -> st.SearchStrategy[Any]:
        """JSON in which the rule is broken."""

        @st.composite
        def made(draw: Draw) -> Any:
            if self.rule.paths == ("",):
                return self.change(cast("Any", None), draw)
            route = route_to(carried, self.rule)
            targets = () if isinstance(self.rule, (Absent, Required)) else _targets(route.rule)
            spot = reached(carried, route, draw, targets)
            self.change(spot, draw)
            if route.own is not None or self.rule in carried.further:
                carried.make_valid(spot.value, draw, but=route.own or self.rule)
                assume(spot.is_broken())
            # In a query, an item that is empty is none, and one with a comma is two.
            items = [item for name in carried.joined for item in cast("list[Any]", spot.value.get(name) or [])]
            assume(not any(item == "" or "," in str(item) for item in items))
            # What is a documented variant breaks another clause: that of the variant.
            assume(isinstance(self.rule, Absent) or not understood(carried, spot.value))
            return spot.value

        return made()


def _targets(rule: Constraint) -> tuple[str, ...]:
    return rule.paths[:1] if isinstance(rule, (Needs, Presence)) else rule.paths


def understood(carried: Carried, value: Any) -> bool:
    """Whether a repair of the entry understands something in it."""
    fields = json.decode(json.encode(value, enc_hook=str))
    partial = getattr(carried.entry.codec, "partial", None)
    if partial is not None and partial.path not in fields:
        return True
    before = json.encode(fields)
    found = apply([repair for repair in carried.entry.repairs if isinstance(repair, Repair)], fields)
    return bool(found) or json.encode(fields) != before


@cache
def breaks(carried: Carried) -> tuple[Break, ...]:
    """Every way to break every rule of an entry that can be broken alone."""
    return tuple(
        Break(rule, way, change)
        for rule in carried.rules
        if not obstacle(rule, carried)
        for way, change in BREAKERS[type(rule)](rule, carried)
    )


@cache
def obstacles(carried: Carried) -> tuple[tuple[Constraint, str], ...]:
    """The rules that cannot be broken alone, each with the reason."""
    return tuple((rule, why) for rule in carried.rules if (why := obstacle(rule, carried)))
