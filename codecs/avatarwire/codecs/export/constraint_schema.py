"""The rules of a message as JSON Schema: members of ``allOf`` where it can say them, ``x-constraints`` where it cannot.

What only a sender is held to is in ``x-sender-constraints``: a schema is about what can be received as well. Strict
reading refuses documented variants too; what the types do not say of them is added likewise.

Only that translation lives here; the schema of the fields themselves is msgspec's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..core.checking import SENDER, rules_of
from ..core.constraint import Schema, nested
from ..core.constraints import Condition, Constraint
from ..core.paths import Shape, shape_of, steps
from ..core.repairs import NO_EXAMPLE, Convert, Copy, Drop, Fill, Rename, Repair

__all__ = ["joined_rules", "schema_of_data_rules", "schema_of_repairs", "schema_of_rules"]


def schema_of_rules(cls: Any, rules: Sequence[Constraint] | None = None) -> dict[str, Any]:
    """What rules add to the definition of a class; empty where there are none.

    Args:
        cls: a message.
        rules: rules about it; those that it declares by default.
    """
    shape = shape_of(cls)
    always: list[dict[str, Any]] = []
    conditional: dict[Condition, list[dict[str, Any]]] = {}
    unsaid: list[dict[str, Any]] = []
    for rule in _binding(rules_of(cls) if rules is None else rules):
        said = rule.schema(shape)
        if said is None:
            unsaid.append(_described(rule))
        elif rule.when is None:
            always.append(said)
        else:
            conditional.setdefault(rule.when, []).append(said)
    members = always + [
        {"if": condition.schema(), "then": said[0] if len(said) == 1 else {"allOf": said}}
        for condition, said in conditional.items()
    ]
    sent = [_described(rule) for rule in _binding(rules_of(cls, SENDER))] if rules is None else []
    added = {"allOf": members, "x-constraints": unsaid, "x-sender-constraints": sent}
    return {name: value for name, value in added.items() if value}


def _binding(rules: Sequence[Constraint]) -> list[Constraint]:
    """Those that strict reading holds a message to: it refuses nothing for a note."""
    return [rule for rule in rules if rule.level != "note"]


def _described(rule: Constraint) -> dict[str, Any]:
    return {"kind": rule.kind, "paths": list(rule.paths), "clause": rule.clause, "text": rule.text}


def schema_of_data_rules(holder: Any, rules: Sequence[Constraint]) -> dict[str, Any]:
    """Rules about the member ``data`` of a class, for the schema of that alone; they have no conditions.

    Args:
        holder: the class.
        rules: paths begin at the data.
    """
    added = schema_of_rules(holder)
    members = [member["properties"]["data"] for member in added.get("allOf", ())]
    unsaid = [_described(rule) for rule in rules if rule.schema(shape_of(holder)) is None]
    return {name: value for name, value in {"allOf": members, "x-constraints": unsaid}.items() if value}


def joined_rules(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """What several of these add, in one."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: [item for part in parts for item in part.get(name, ())] for name in names}


# --- documented variants ---


def schema_of_repairs(repairs: Sequence[Repair], shape: Shape) -> dict[str, Any]:
    """That none of some variants is there, as far as the types do not say so already.

    Args:
        repairs: the variants.
        shape: of what they are variants of.
    """
    members: list[dict[str, Any]] = []
    unsaid: list[dict[str, Any]] = []
    for repair in repairs:
        if isinstance(repair, (Rename, Copy, Fill)) and shape.is_sure(repair.path):
            # Without it, or with null, nothing is read anyway.
            continue
        said = _unlike(repair, shape)
        if said is None:
            unsaid.append({"kind": repair.kind, "paths": [repair.path], "clause": repair.erratum, "text": repair.text})
        elif said:
            members.append(said)
    return {name: value for name, value in {"allOf": members, "x-constraints": unsaid}.items() if value}


def _unlike(repair: Repair, shape: Shape) -> Schema | None:
    """That a variant is not there; empty where the types say so, None where JSON Schema cannot."""
    if repair.written is not None:
        return dict(repair.written)
    if isinstance(repair, Rename) and repair.to is not None:
        return None
    if isinstance(repair, Convert) and repair.example is not NO_EXAMPLE:
        return {} if not shape.takes(repair.path, repair.example) else None
    said = _VARIANTS.get(type(repair))
    if said is None:
        return None
    if isinstance(repair, Copy):
        return {"not": said(repair, steps(repair.path)[-1].name)}

    def leaf(name: str) -> Schema:
        return {"not": said(repair, name)}

    way = steps(repair.path)
    if repair.when is None:
        return nested(way, leaf)
    about = way[:-1] if repair.about is None else steps(repair.about) if repair.about else ()
    ruled: Schema = {"if": repair.when.schema(), "then": nested(way[len(about) :], leaf)}
    return nested(about, lambda last: {"properties": {last: ruled}} if last else ruled) if about else ruled


def _there(name: str) -> Schema:
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


def _gone(name: str) -> Schema:
    return {"properties": {name: {"type": "null"}}}


def _filled(repair: Fill, name: str) -> Schema:
    return {"required": [name], **_gone(name)} if repair.null_only else _gone(name)


def _copied(repair: Copy, name: str) -> Schema:
    *outer, last = (step.name for step in steps(repair.source))
    source: Schema = {"required": [last], "properties": {last: {"type": "string"}}}
    for step in reversed(outer):
        source = {"type": "object", "required": [step], "properties": {step: {"type": "object", **source}}}
    *way, _ = (step.name for step in steps(repair.path))
    place: Schema = {"type": "object", **_gone(name)}
    for step in reversed(way):
        place = {"required": [step], "properties": {step: place}}
    return {"allOf": [source, place]}


_VARIANTS: Final[Mapping[type[Repair], Callable[[Any, str], Schema]]] = {
    Drop: lambda _, name: {"required": [name]},
    Rename: lambda repair, name: {"allOf": [_there(repair.other), _gone(name)]},
    Fill: _filled,
    Copy: _copied,
}
"""What an object with a variant of each kind looks like."""
