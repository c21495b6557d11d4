"""Which rules cannot be broken alone, and why. Only that lives here; how the others are, `rule_breakers.py` says."""

from __future__ import annotations

from typing import Any

from avatarwire.codecs.core.checking import rules_of
from avatarwire.codecs.core.constraints import Condition, Constraint, Excluded, Limits, Matches, Needs, OneOf, Required
from avatarwire.codecs.core.json_codec import Partial
from avatarwire.codecs.core.repairs import Convert, Copy, Drop, Fill, FrameRepair, Reshape
from avatarwire.codecs.core.type_constraints import Typed

from .carrying import Carried
from .rule_places import route_to
from .value_changes import declared_in, listed, options_of, seen_from, shapes_of

__all__ = ["obstacle"]


def obstacle(rule: Constraint, carried: Carried) -> str:
    """Why no message breaks a rule alone; empty where one can."""
    if rule.level == "note":
        return "nobody refuses a note"
    if loose := _any_payload(carried):
        return f"a payload of any form is understood: {loose}"
    if carried.is_query and isinstance(rule, Typed) and _shapes_at(rule, carried) & {"a text", "a list"}:
        return "whatever a query has is a text"
    if carried.is_query and isinstance(rule, Limits) and rule.is_list and rule.max_length is None:
        return "a query has no empty list: it is absent, or has an empty item"
    if rule.when is not None and _never(rule.when, carried):
        return f"{rule.when.text} in no such message"
    if isinstance(rule, (Required, Needs)) and (other := _same(rule, carried)):
        return f"{other} asks for the same"
    if isinstance(rule, (Typed, OneOf, Limits, Matches)) and (ignored := _ignored(rule.path, carried)):
        return f"whatever stands there is ignored: {ignored}"
    if isinstance(rule, (Required, OneOf, Limits)) and (variant := _variant_instead(rule, carried)):
        return f"what breaks it is a documented variant: {variant}"
    return ""


def _ignored(path: str, carried: Carried) -> str:
    """The erratum by which a member is always left out; empty where it is not."""
    found = (repair for repair in carried.entry.repairs if isinstance(repair, Drop) and repair.when is None)
    return next((repair.erratum for repair in found if repair.path == path), "")


def _same(rule: Required | Needs, carried: Carried) -> str:
    """The clause of another rule that asks for the same member under the same condition."""
    kind = Needs if isinstance(rule, Required) else Required
    others = (other for other in carried.rules if isinstance(other, kind))
    return next((other.clause for other in others if (other.path, other.when) == (rule.path, rule.when)), "")


def _never(condition: Condition, carried: Carried) -> bool:
    """Whether a condition is about a member whose values are all others."""
    about = [rule for rule in rules_of(carried.root) if rule.when is None and rule.paths == (condition.path,)]
    fixed = [rule for rule in about if isinstance(rule, OneOf)]
    excluded = {value for rule in about if isinstance(rule, Excluded) for value in rule.values}
    return any(not any(condition.is_met((value,)) for value in rule.values) for rule in fixed) or bool(
        condition.values and not condition.negated and excluded.issuperset(condition.values)
    )


def _any_payload(carried: Carried) -> str:
    """By which erratum a frame may carry anything; empty where it may not."""
    found = (repair for repair in carried.entry.repairs if isinstance(repair, FrameRepair))
    return next((repair.erratum for repair in found if repair.path == "dataType"), "")


def _shapes_at(rule: Typed, carried: Carried) -> set[str]:
    if not rule.path:
        return {"a text"}
    return shapes_of(declared_in(*seen_from(carried, rule)))


def _variant_instead(rule: Required | OneOf | Limits, carried: Carried) -> str:
    """The erratum of the variant that every message is that breaks a rule; empty where there is none."""
    for repair in carried.entry.repairs:
        if repair.path != rule.path:
            continue
        if isinstance(rule, Required):
            is_it = isinstance(repair, (Partial, Copy, Reshape)) or (isinstance(repair, Fill) and not repair.null_only)
            if is_it and getattr(repair, "when", None) is None:
                return repair.erratum
        elif isinstance(rule, Limits):
            if rule.min_length == 1 and rule.max_length is None and isinstance(repair, Reshape):
                fields: dict[str, Any] = {rule.path: ""}
                repair.to(fields)
                if fields != {rule.path: ""}:
                    return repair.erratum
        elif isinstance(repair, Convert) and route_to(carried, rule).own is not None:
            values = [
                value for option in options_of(declared_in(*seen_from(carried, rule))) for value in listed(option)
            ]
            others = [value for value in values if value not in rule.values]
            if others and all(repair.to(value) is not None for value in others):
                return repair.erratum
    return ""
