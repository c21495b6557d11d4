"""The rules of a message as JSON Schema: members of ``allOf`` where it can say them, ``x-constraints`` where it cannot.

What only a sender is held to is in ``x-sender-constraints``: a schema is about what can be received as well.

Only that translation lives here; the schema of the fields themselves is msgspec's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .constraints import Condition, Constraint
from .judging import SENDER, rules_of
from .paths import shape_of

__all__ = ["schema_of_data_rules", "schema_of_rules"]


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
    for rule in rules_of(cls) if rules is None else rules:
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
    sent = [_described(rule) for rule in rules_of(cls, SENDER)] if rules is None else []
    added = {"allOf": members, "x-constraints": unsaid, "x-sender-constraints": sent}
    return {name: value for name, value in added.items() if value}


def _described(rule: Constraint) -> dict[str, Any]:
    return {"kind": rule.kind, "paths": list(rule.paths), "clause": rule.clause, "text": rule.text}


def schema_of_data_rules(holder: Any) -> dict[str, Any]:
    """The same about the member ``data`` of a class, for the schema of that alone; its rules have no conditions."""
    members = schema_of_rules(holder).get("allOf", ())
    return {"allOf": [member["properties"]["data"] for member in members]} if members else {}
