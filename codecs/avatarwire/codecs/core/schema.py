"""The rules of a message as JSON Schema: members of ``allOf`` where it can say them, ``x-constraints`` where it cannot.

What only a sender is held to is in ``x-sender-constraints``: a schema is about what can be received as well.

Only that translation lives here; the schema of the fields themselves is msgspec's.
"""

from __future__ import annotations

from typing import Any

from .constraints import Condition, Constraint
from .judging import SENDER, rules_of
from .paths import shape_of

__all__ = ["schema_of_data_rules", "schema_of_rules"]


def schema_of_rules(cls: Any) -> dict[str, Any]:
    """What the rules that a class declares add to its definition; empty where it declares none."""
    shape = shape_of(cls)
    always: list[dict[str, Any]] = []
    conditional: dict[Condition, list[dict[str, Any]]] = {}
    unsaid: list[dict[str, Any]] = []
    for rule in rules_of(cls):
        said = rule.schema(shape)
        if said is None:
            unsaid.append(_described(rule))
        elif rule.when is None:
            always.append(said)
        else:
            conditional.setdefault(rule.when, []).append(said)
    members = always + [
        {"if": condition.schema(), "then": rules[0] if len(rules) == 1 else {"allOf": rules}}
        for condition, rules in conditional.items()
    ]
    sent = [_described(rule) for rule in rules_of(cls, SENDER)]
    added = {"allOf": members, "x-constraints": unsaid, "x-sender-constraints": sent}
    return {name: value for name, value in added.items() if value}


def _described(rule: Constraint) -> dict[str, Any]:
    return {"kind": rule.kind, "paths": list(rule.paths), "clause": rule.clause, "text": rule.text}


def schema_of_data_rules(holder: Any) -> dict[str, Any]:
    """The same about the member ``data`` of a class, for the schema of that alone; its rules have no conditions."""
    members = schema_of_rules(holder).get("allOf", ())
    return {"allOf": [member["properties"]["data"] for member in members]} if members else {}
