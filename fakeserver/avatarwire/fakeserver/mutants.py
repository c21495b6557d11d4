"""Mutants: fakes that are broken in one documented way each, by which the cases of conformance are judged.

A vendor's are in `<vendor>/mutants.py`, by name, with `accepted`, which makes a success of a refusal. Beside those
there is one for each clause that a client can break, ``unchecked:ALI-R022``: what breaks this clause, and is refused
for it, is answered as if nothing were wrong.

Most of them put other functions in the place of those of classes, so while one runs there may be no other fake of its
vendor in the process. Nothing of the fakes knows of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeAlias

from avatarwire.codecs import catalogue
from avatarwire.fakeserver.effects import HttpAnswer, Leaving, Publish, Send
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.mutant import MUTANT, Mutant, Patches

__all__ = ["MUTANT", "UNCHECKED", "Accepted", "Mutant", "Patches", "mutant_of"]

UNCHECKED: Final = "unchecked:"
"""What names of mutants begin with that do not hold a client to a clause."""

Accepted: TypeAlias = Callable[[Leaving], Leaving | None]
"""From a refusal to a success in its place; None for silence. What is no refusal is given back."""


def mutant_of(vendor: str, module: Any, name: str) -> Mutant:
    """A mutant of a vendor's fake.

    Args:
        vendor: whose.
        module: its `mutants`.
        name: of the mutant.

    Raises:
        FakeServerError: there is none of that name.
    """
    known: Mapping[str, Mutant] = module.MUTANTS
    if name in known:
        return known[name]
    clause = name.removeprefix(UNCHECKED)
    clauses = catalogue.vendor(vendor).clauses
    if clause != name and clause in clauses:
        accepted: Accepted = module.accepted
        return Mutant(f"What breaks {clause} is not refused.", lambda patches: _unchecked(patches, accepted, clause))
    near = get_close_matches(name, [*known, *(UNCHECKED + it for it in clauses)], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise FakeServerError(f"the fake {vendor} server has no mutant {name!r}{hint}")


def _unchecked(patches: Patches, accepted: Accepted, clause: str) -> None:
    """Everything that a fake says passes `Hub.leave`, or is handed over: a refusal becomes a success, or is lost."""
    hub = patches.server.hub

    def exchanged(effect: Leaving) -> Leaving | None:
        cause = effect.cause if isinstance(effect, HttpAnswer | Publish | Send) else None
        if cause is None or not any(it.clause == clause and it.level == "error" for it in cause.violations):
            return effect
        other = accepted(effect)
        if other is not effect:
            patches.note(f"what breaks {clause} is not refused")
        return other

    def leaving(leave: Callable[..., int]) -> Callable[..., int]:
        def left(effect: Leaving, *arguments: Any, **more: Any) -> int:
            other = exchanged(effect)
            return 0 if other is None else leave(other, *arguments, **more)

        return left

    def handing_over(hand_over: Callable[..., None]) -> Callable[..., None]:
        # What is published has become a packet by the time it leaves.
        def handed(effect: Leaving) -> None:
            other = exchanged(effect)
            if other is not None:
                hand_over(other)

        return handed

    patches.instead(hub, "leave", leaving)
    patches.instead(hub, "hand_over", handing_over)
