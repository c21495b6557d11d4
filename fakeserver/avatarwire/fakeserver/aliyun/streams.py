"""Streams of fragments: START, CONTENT, END under one message id (ALI-R103, ALI-R104).

Sans-IO. Only the putting together of fragments lives here; what a complete stream starts is decided in
`conversation.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType

from avatarwire.codecs.aliyun.messages import DataFlag
from avatarwire.fakeserver.effects import Incoming
from avatarwire.fakeserver.journal.entry import Level, Violation

__all__ = ["Complete", "Step", "Streams"]


@dataclass(frozen=True, slots=True)
class Complete:
    """A stream that has ended.

    Attributes:
        message_id: its id.
        text: of all its fragments; of audio nothing is kept.
        request: its last fragment.
    """

    message_id: str
    text: str
    request: Incoming | None


@dataclass(slots=True)
class Step:
    """What one fragment did.

    Attributes:
        complete: streams it ended, in order.
        violation: what was out of order, if anything.
        refused: whether the fragment was not taken for that.
    """

    complete: list[Complete] = field(default_factory=list[Complete])
    violation: Violation | None = None
    refused: bool = False


class Streams:
    """The stream that is open on a connection, at most one.

    Fragments out of order are refused in strict mode; otherwise they open or end a stream by implication (ALI-E26).

    Args:
        strict: whether to refuse them.
        max_size: characters that a stream may have.
    """

    def __init__(self, *, strict: bool, max_size: int) -> None:
        self._strict = strict
        self._max_size = max_size
        self._open = ""
        self._request: Incoming | None = None
        self._parts: list[str] = []
        self._size = 0
        self._cut = ""
        """The stream that was cut short: what still comes of it is dropped."""

    @property
    def open(self) -> str:
        """Id of the open stream; empty for none."""
        return self._open

    def interrupt(self) -> Complete | None:
        """Cuts the open stream short, if there is one: the rest of it is dropped as it comes, its END too (ALI-E32)."""
        if not self._open:
            return None
        self._cut = self._open
        return self._ended()

    def take(self, message_id: str, flag: DataFlag | UnsetType, text: str, request: Incoming | None) -> Step:
        """Takes one fragment; a fragment without a flag is a whole stream."""
        if message_id == self._cut:
            if flag in (DataFlag.CONTENT, DataFlag.END):
                return self._drop(flag)
            self._cut = ""
        fault = self._fault(message_id, flag)
        level: Level = "error" if self._strict else "warning"
        step = Step(violation=Violation("ALI-E26", "dataFlag", fault, level=level) if fault else None)
        if fault and self._strict:
            step.refused = True
            return step
        if self._open and (self._open != message_id or flag is DataFlag.START):
            step.complete.append(self._ended())
        if self._size + len(text) > self._max_size:
            return self._burst(message_id, flag, step)
        self._open = message_id
        self._request = request
        if text:
            self._parts.append(text)
            self._size += len(text)
        if flag is DataFlag.END or flag is UNSET:
            step.complete.append(self._ended())
        return step

    def _fault(self, message_id: str, flag: DataFlag | UnsetType) -> str:
        if not self._open:
            return "" if flag is DataFlag.START or flag is UNSET else "a fragment before START"
        if self._open != message_id:
            return "a fragment of another stream before END"
        return "a second START before END" if flag is DataFlag.START else ""

    def _drop(self, flag: DataFlag | UnsetType) -> Step:
        if flag is DataFlag.END:
            self._cut = ""
        return Step(violation=Violation("ALI-E32", "dataFlag", "its stream was interrupted; dropped", level="warning"))

    def _burst(self, message_id: str, flag: DataFlag | UnsetType, step: Step) -> Step:
        """Nobody may make the server keep a text without end (ALI-E30)."""
        self._reset()
        self._cut = "" if flag is DataFlag.END else message_id
        step.violation = Violation("ALI-E30", "text", f"the stream has more than {self._max_size} characters; dropped")
        step.refused = True
        return step

    def _ended(self) -> Complete:
        complete = Complete(self._open, "".join(self._parts), self._request)
        self._reset()
        return complete

    def _reset(self) -> None:
        self._open = ""
        self._request = None
        self._parts = []
        self._size = 0
