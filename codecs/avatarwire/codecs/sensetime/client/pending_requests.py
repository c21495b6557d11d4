"""The HTTP calls of a live: which are to be made, and which have not been answered.

Only the book-keeping lives here; what is asked when, and what an answer means, is in `live.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ...errors import LocalProtocolError
from ...message import Message
from ...operation import HttpRequest, Operation

__all__ = ["Calls", "LiveCall"]


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call to make. Its request lacks the header with the token, which is the caller's to add (`tokens.bearer`).

    Attributes:
        number: counts the calls of one client, from 1.
        operation: what it asks for.
        parameters: what it asks with.
        request: what to hand to an HTTP client.
    """

    number: int
    operation: Operation[Any, Any] = field(repr=False, compare=False)
    parameters: Message = field(repr=False, compare=False)
    request: HttpRequest = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The vendor's name of the operation, such as ``createLive``."""
        return self.operation.id

    def __str__(self) -> str:
        return f"{self.name} (call {self.number})"


class Calls:
    """The calls of one client."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._outgoing: list[LiveCall] = []
        self._pending: dict[int, LiveCall] = {}

    def add(self, operation: Operation[Any, Any], parameters: Message) -> LiveCall:
        """Puts a call among those to be made."""
        call = LiveCall(next(self._numbers), operation, parameters, operation.encode_request(parameters))
        self._outgoing.append(call)
        self._pending[call.number] = call
        return call

    def take(self) -> list[LiveCall]:
        """Takes out the calls to be made, in order."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def waiting(self, operation: Operation[Any, Any]) -> bool:
        """Whether a call for an operation has not been answered, or not even been made."""
        return any(call.operation is operation for call in self._pending.values())

    def answered(self, call: LiveCall) -> None:
        """A call has got its answer, or will get none.

        Raises:
            LocalProtocolError: it is none of ours, or had one before.
        """
        if self._pending.get(call.number) is not call:
            raise LocalProtocolError(f"{call} does not wait for an answer", clause="ST-NET-05")
        del self._pending[call.number]

    def drop(self) -> None:
        """Forgets what has not been made."""
        for call in self.take():
            del self._pending[call.number]
