"""Mutants: fakes that are broken in one documented way each, by which the cases of conformance are judged.

A vendor's are in `<vendor>/mutants.py`, by name, with `accepted`, which makes a success of a refusal. Beside those
there is one for each clause that a client can break, ``unchecked:ALI-R022``: what breaks this clause, and is refused
for it, is answered as if nothing were wrong.

Most of them put other functions in the place of those of classes, so while one runs there may be no other fake of its
vendor in the process. Nothing of the fakes knows of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from unittest import mock

from avatarwire.codecs import catalogue
from avatarwire.fakeserver.effects import HttpAnswer, Leaving, Publish, Send
from avatarwire.fakeserver.errors import FakeServerError

if TYPE_CHECKING:
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["MUTANT", "UNCHECKED", "Accepted", "Mutant", "Patches", "mutant_of", "mutants_of"]

MUTANT: Final = "mutant"
"""What the journal calls it that a mutant has done something else than the fake does."""
UNCHECKED: Final = "unchecked:"
"""What names of mutants begin with that do not hold a client to a clause."""

Accepted: TypeAlias = Callable[[Leaving], Leaving | None]
"""From a refusal to a success in its place; None for silence. What is no refusal is given back."""


class Patches:
    """What a mutant changes, until it is undone.

    Args:
        server: the fake that is to be broken.
    """

    def __init__(self, server: FakeServer) -> None:
        self.server: Final = server
        self._undo: Final = ExitStack()

    def value(self, owner: Any, name: str, value: Any) -> None:
        """Another value in the place of an attribute."""
        self._undo.enter_context(mock.patch.object(owner, name, value))

    def instead(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Something else in the place of an attribute, made of what was there."""
        self.value(owner, name, make(getattr(owner, name)))

    def entry(self, table: Any, key: Any, value: Any) -> None:
        """Another value in a table."""
        self._undo.enter_context(mock.patch.dict(table, {key: value}))

    def note(self, text: str) -> None:
        """Has the journal say that the mutant does something now that the fake would not do."""
        self.server.journal.note(text, message=MUTANT)

    def undo(self) -> None:
        """Puts everything back."""
        self._undo.close()


@dataclass(frozen=True)
class Mutant:
    """One way in which a fake is broken.

    Attributes:
        title: what it does, in a sentence.
        apply: breaks it.
    """

    title: str
    apply: Callable[[Patches], object]


def mutants_of(vendor: str) -> Mapping[str, Mutant]:
    """Those that have names of their own, by name."""
    found: Mapping[str, Mutant] = _module(vendor).MUTANTS
    return found


def mutant_of(vendor: str, name: str) -> Mutant:
    """A mutant of a vendor's fake.

    Raises:
        FakeServerError: there is none of that name.
    """
    known = mutants_of(vendor)
    if name in known:
        return known[name]
    clause = name.removeprefix(UNCHECKED)
    clauses = catalogue.vendor(vendor).clauses
    if clause != name and clause in clauses:
        return Mutant(f"What breaks {clause} is not refused.", lambda patches: _unchecked(patches, vendor, clause))
    near = get_close_matches(name, [*known, *(UNCHECKED + it for it in clauses)], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise FakeServerError(f"the fake {vendor} server has no mutant {name!r}{hint}")


def _module(vendor: str) -> Any:
    from avatarwire.fakeserver.vendors import VENDORS

    return import_module(f"{VENDORS[vendor].package}.mutants")


def _unchecked(patches: Patches, vendor: str, clause: str) -> None:
    """Everything that a fake says passes `Hub.leave`: there a refusal becomes a success, or is lost."""
    accepted: Accepted = _module(vendor).accepted
    hub = patches.server.hub

    def make(leave: Callable[..., int]) -> Callable[..., int]:
        def left(effect: Leaving, *arguments: Any, **more: Any) -> int:
            cause = effect.cause if isinstance(effect, HttpAnswer | Publish | Send) else None
            if cause is not None and any(it.clause == clause and it.level == "error" for it in cause.violations):
                other = accepted(effect)
                if other is not effect:
                    patches.note(f"what breaks {clause} is not refused")
                if other is None:
                    return 0
                effect = other
            return leave(effect, *arguments, **more)

        return left

    patches.instead(hub, "leave", make)
