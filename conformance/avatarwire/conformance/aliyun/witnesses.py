"""What shows in the journal of a fake Aliyun that one of its tunables has had an effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ..mutants.mutant import Witness

__all__ = ["any_of", "other_serial", "took"]

_SERIAL: Final = slice(3, 11)


def any_of(*witnesses: Witness) -> Witness:
    """One of some witnesses has seen something."""
    return lambda entries: any(witness(entries) for witness in witnesses)


def other_serial(entries: Sequence[Any]) -> bool:
    """A frame was answered by one with another serial number."""
    asked = {it.seq: it.raw for it in entries if it.direction == "in" and it.transport == "ws"}
    return any(
        it.direction == "out" and it.raw and asked.get(it.reply_to) and it.raw[_SERIAL] != asked[it.reply_to][_SERIAL]
        for it in entries
    )


def took(seconds: float) -> Witness:
    """So much of the fake's time has passed."""
    return lambda entries: bool(entries) and entries[-1].time - entries[0].time >= seconds
