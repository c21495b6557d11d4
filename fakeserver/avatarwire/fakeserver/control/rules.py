"""What the control endpoint does about what goes wrong: rules of message faults, and toxics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from avatarwire.fakeserver.control.problems import unknown
from avatarwire.fakeserver.control.site import Call
from avatarwire.fakeserver.faults import Armed
from avatarwire.fakeserver.toxics import Toxic

__all__ = [
    "add_fault",
    "add_toxic",
    "clear_faults",
    "clear_toxics",
    "faults",
    "remove_fault",
    "remove_toxic",
    "shown_rule",
    "shown_toxic",
    "toxics",
]


def shown_rule(armed: Armed) -> dict[str, Any]:
    """A rule: what it says, what it goes by, and what it has done."""
    rule = armed.rule
    named = {"id": armed.id, "do": rule.do, "message": rule.message}
    return {**named, **rule.said(), "matched": armed.matched, "acted": armed.acted}


def shown_toxic(toxic: Toxic) -> Any:
    """A toxic, with all that it says."""
    return msgspec.to_builtins(toxic)


def faults(call: Call) -> Mapping[str, Any]:
    """The rules, in order."""
    return {"faults": [shown_rule(armed) for armed in call.fake.faults]}


def add_fault(call: Call) -> Mapping[str, Any]:
    """One more rule."""
    return shown_rule(call.fake.faults.add(**call.body))


def remove_fault(call: Call) -> Mapping[str, Any]:
    """Takes a rule back; gives the others."""
    there, id_ = call.fake.faults, call.params["id"]
    if not there.discard(id_):
        raise unknown("not-found", "rule", id_, [armed.id for armed in there], key="id")
    return faults(call)


def clear_faults(call: Call) -> Mapping[str, Any]:
    """Takes all rules back."""
    call.fake.faults.clear()
    return faults(call)


def toxics(call: Call) -> Mapping[str, Any]:
    """The toxics, in order."""
    return {"toxics": [shown_toxic(toxic) for toxic in call.fake.toxics]}


def add_toxic(call: Call) -> Any:
    """One more toxic."""
    return shown_toxic(call.fake.toxics.add(**call.body).toxic)


def remove_toxic(call: Call) -> Mapping[str, Any]:
    """Removes a toxic; gives the others."""
    there, name = call.fake.toxics, call.params["name"]
    if there.get(name) is None:
        raise unknown("not-found", "toxic", name, [toxic.name for toxic in there], key="name")
    there.remove(name)
    return toxics(call)


def clear_toxics(call: Call) -> Mapping[str, Any]:
    """Removes all toxics."""
    call.fake.toxics.clear()
    return toxics(call)
