"""What a server's HTTP calls are handed to: operations to the pipeline, handshakes to whoever knows the sockets."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Protocol, cast

from avatarwire.fakeserver.effects import Accept, Await, Effect, HttpAnswer, HttpCall, Received, Turn
from avatarwire.fakeserver.hub import HANDSHAKE
from avatarwire.fakeserver.journal.failures import whereabouts

__all__ = ["Admission", "Calls", "Surface"]


class Calls(Protocol):
    """Answers calls of operations."""

    def handle(self, call: HttpCall) -> HttpAnswer:
        """The answer to a call; never raises."""
        ...

    def too_large(self, limit: int) -> HttpAnswer:
        """The answer to a call whose body was not read."""
        ...


class Admission(Protocol):
    """Lets in whoever asks for a WebSocket."""

    @property
    def paths(self) -> Collection[str]:
        """Where there are sockets."""
        ...

    def admit(self, call: HttpCall, now: float) -> HttpAnswer | Accept:
        """The refusal of a call to one of the paths, or who talks."""
        ...


class Surface:
    """Behaviour of all that comes by HTTP.

    Args:
        calls: answers operations.
        turn: where the effects of a call are found.
        admission: lets sockets in; None where there are none.
    """

    def __init__(self, calls: Calls, turn: Turn, admission: Admission | None = None) -> None:
        self._calls: Final = calls
        self._turn: Final = turn
        self._admission: Final = admission
        self._paths: Final = frozenset(() if admission is None else admission.paths)

    def read(self, call: HttpCall, now: float) -> Received:
        """A call, as far as it can be understood before it is carried out."""
        return Received(HANDSHAKE if call.path in self._paths else "", packet=call)

    def take(self, received: Received, now: float) -> list[Effect]:
        """The answer, and what else a call leads to."""
        answers: list[HttpAnswer | Accept] = []
        effects = self._turn.run(now, lambda: answers.append(self._answer(received.packet, now)))
        answer = answers[0]
        answer.cause = received
        if isinstance(answer, Accept):
            received.session = answer.session
        else:
            self._describe(received, answer)
            if answer.pending is not None:
                return [*effects, Await(answer.pending, lambda given, _: [self._came(received, given)])]
        return [answer, *effects]

    def _answer(self, call: HttpCall, now: float) -> HttpAnswer | Accept:
        if call.path in self._paths:
            assert self._admission is not None  # noqa: S101 - otherwise there are no paths
            return self._admission.admit(call, now)
        return self._calls.too_large(call.limit) if call.limit else self._calls.handle(call)

    @staticmethod
    def _describe(received: Received, answer: HttpAnswer) -> None:
        """What the journal has of the call is known once it is carried out."""
        received.message = answer.request_message or received.message
        received.body = answer.request
        received.session = answer.session
        received.deviations = answer.deviations
        received.violations = answer.violations

    @staticmethod
    def _came(received: Received, given: object) -> HttpAnswer:
        """An answer that was waited for."""
        if isinstance(given, BaseException):  # pragma: no cover - the pipeline answers failures itself
            return HttpAnswer(500, whereabouts(given).encode(), cause=received)
        answer = cast("HttpAnswer", given)
        answer.cause = received
        return answer
