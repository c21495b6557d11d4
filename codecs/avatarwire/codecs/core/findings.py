"""One thing that was found about a message: the same record from the codec to the journal and to every report.

Only the record lives here. This module imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, Self, TypeAlias

import msgspec
from msgspec import structs

__all__ = [
    "MAX_FINDINGS",
    "TOO_MANY",
    "Finding",
    "Level",
    "below",
    "clauses_of",
    "deviation",
    "joined",
    "refused",
]

Level: TypeAlias = Literal["error", "warning", "note"]
"""What the document demands, what it recommends, what is worth saying and refused by nobody."""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One rule that a message breaks, or one way in which it differs from the ruled form.

    Attributes:
        clause: id of the rule or erratum, such as ``ALI-R099``; empty when none applies.
        path: the field in wire names, such as ``frames[0].layers[1].width``; empty for the whole message.
        reason: one sentence without position or clause.
        expected: what would have been right; empty when the reason already says so.
        level: ``error`` for what the document demands, ``warning`` for what it recommends, ``note`` for what strict
            reading accepts as well.
        tolerated: whether lenient decoding understands the message all the same. Strict decoding and encoding refuse
            it unless it is a note.
        members: paths of the fields that could be added to put it right, where something is missing.
    """

    clause: str
    path: str
    reason: str
    expected: str = ""
    level: Level = "error"
    tolerated: bool = False
    members: tuple[str, ...] = ()

    def __str__(self) -> str:
        head = f"{self.path}: {self.reason}" if self.path else self.reason
        tail = f", expected {self.expected}" if self.expected else ""
        return f"{head}{tail}" + (f" [{self.clause}]" if self.clause else "")

    @property
    def sentence(self) -> str:
        """What is wrong and what was expected, without position and clause."""
        return f"{self.reason}, expected {self.expected}" if self.expected else self.reason

    def replace(self, **changes: object) -> Self:
        """A copy with some attributes changed."""
        return structs.replace(self, **changes)


MAX_FINDINGS: Final = 1000
"""Findings of one message that are told, so that one with something wrong in each of its parts is read in good time."""

TOO_MANY: Final = Finding("", "", f"more than {MAX_FINDINGS} findings, the rest was not looked at")
"""Stands behind that many; nobody knows whether the rest could be understood, so the message is refused."""


def deviation(clause: str, path: str, reason: str, expected: str = "", level: Level = "error") -> Finding:
    """A finding about something that lenient decoding understands."""
    return Finding(clause, path, reason, expected, level, tolerated=True)


def refused(findings: Sequence[Finding]) -> list[Finding]:
    """Of some findings those that strict reading and writing refuse: all but notes."""
    return [item for item in findings if item.level != "note"]


def clauses_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The clauses of findings, each once, in order."""
    return tuple(dict.fromkeys(item.clause for item in findings))


def below(path: str, finding: Finding) -> Finding:
    """A finding about an object, as seen from the object that holds it at a wire path."""
    members = tuple(joined(path, member) for member in finding.members)
    return finding.replace(path=joined(path, finding.path), members=members)


def joined(path: str, inner: str) -> str:
    """The wire path of what stands at a path inside of what stands at another; either may be empty."""
    return f"{path}{inner}" if not inner or not path or inner.startswith("[") else f"{path}.{inner}"
