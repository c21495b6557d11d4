"""What shows in the journal of the fake SenseTime that a mutant has had an effect, beside `mutants/witnesses.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..mutants.mutant import Witness

__all__ = ["answered_with", "any_of", "marked", "repeated", "unmarked"]


def marked(message: str) -> Witness:
    """The journal has an entry of this name, whichever way it went; notes have names, too."""
    return lambda entries: any(it.message == message for it in entries)


def unmarked(message: str, *, after: str) -> Witness:
    """The journal has none, although another is there."""

    def seen(entries: Sequence[Any]) -> bool:
        names = {it.message for it in entries}
        return after in names and message not in names

    return seen


def repeated(message: str, times: int = 2) -> Witness:
    """The client has sent such a message so often, at least."""
    return lambda entries: sum(it.direction == "in" and it.message == message for it in entries) >= times


def any_of(*witnesses: Witness) -> Witness:
    """One of some witnesses has seen something."""
    return lambda entries: any(witness(entries) for witness in witnesses)


def answered_with(status: int) -> Witness:
    """Something was answered with this HTTP status, or closed with this code."""
    return lambda entries: any(it.direction == "out" and it.status == status for it in entries)
