"""What breaks a fake in one way, and puts it back: a `Mutant`, and the `Patches` that it applies.

Only these live here; which mutants there are, and what they are for, is in `mutants.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final, Protocol

from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal

__all__ = ["MUTANT", "Mutant", "Patched", "Patches", "patched", "unchanged"]

MUTANT: Final = "mutant"
"""What the journal calls it that a mutant has done something else than the fake does."""


class Patched(Protocol):
    """A fake, as far as mutants know it."""

    @property
    def hub(self) -> Hub:
        """What stands between its carriers and its behaviour."""
        ...

    @property
    def journal(self) -> Journal:
        """What it has seen."""
        ...


class Patches:
    """What a mutant changes, until it is undone.

    Args:
        server: the fake that is to be broken.
    """

    def __init__(self, server: Patched) -> None:
        self.server: Final = server
        self._undo: Final = ExitStack()

    def value(self, owner: Any, name: str, value: Any) -> None:
        """Another value in the place of an attribute."""
        from unittest import mock  # which imports asyncio and more

        self._undo.enter_context(mock.patch.object(owner, name, value))

    def instead(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Something else in the place of an attribute, made of what was there."""
        self.value(owner, name, make(getattr(owner, name)))

    def entry(self, table: Any, key: Any, value: Any) -> None:
        """Another value in a table."""
        from unittest import mock

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


def patched(server: Patched, mutant: Mutant | None) -> Callable[[], None]:
    """Breaks a fake in the way of a mutant, if there is one; gives what puts that back."""
    if mutant is None:
        return unchanged
    patches = Patches(server)
    try:
        mutant.apply(patches)
    except BaseException:
        patches.undo()
        raise
    return patches.undo


def unchanged() -> None:
    """Nothing has to be put back."""
