"""The rules of a message as JSON Schema: members of ``allOf`` where it can say them, ``x-constraints`` where it cannot.

Only that translation lives here; the schema of the fields themselves is msgspec's.
"""

from __future__ import annotations

from typing import Any

from .constraints import Condition
from .judging import rules_of
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
            unsaid.append({"kind": rule.kind, "paths": list(rule.paths), "clause": rule.clause, "text": rule.text})
        elif rule.when is None:
            always.append(said)
        else:
            conditional.setdefault(rule.when, []).append(said)
    members = always + [
        {"if": condition.schema(), "then": rules[0] if len(rules) == 1 else {"allOf": rules}}
        for condition, rules in conditional.items()
    ]
    added: dict[str, Any] = {"allOf": members} if members else {}
    return {**added, "x-constraints": unsaid} if unsaid else added


def schema_of_data_rules(holder: Any) -> dict[str, Any]:
    """The same about the member ``data`` of a class, for the schema of that alone; its rules have no conditions."""
    members = schema_of_rules(holder).get("allOf", ())
    return {"allOf": [member["properties"]["data"] for member in members]} if members else {}
