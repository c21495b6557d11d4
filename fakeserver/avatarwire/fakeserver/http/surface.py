"""What a server's HTTP calls are handed to: operations to the pipeline, handshakes to whoever knows the sockets."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Protocol

from avatarwire.fakeserver.effects import HANDSHAKE, Accept, Await, Effect, HttpAnswer, HttpCall, Incoming
from avatarwire.fakeserver.http.exchange import Exchange, Pending
from avatarwire.fakeserver.http.pipeline import Pipeline
from avatarwire.fakeserver.http.refusal import Code
from avatarwire.fakeserver.mistake import Mistake
from avatarwire.fakeserver.turn import Turn

__all__ = ["Admission", "Surface"]


class Admission(Protocol):
    """Lets in whoever asks for a WebSocket."""

    @property
    def paths(self) -> Collection[str]:
        """Where there are sockets."""
        ...

    def admit(self, call: HttpCall, received: Incoming, now: float) -> HttpAnswer | Accept:
        """The refusal of a call to one of the paths, or who talks.

        What the call breaks is put where the journal has it: `received` is the call's own entry.
        """
        ...

    def rejected(self, call: HttpCall, *, code: Code | None, status: int | None, reason: str) -> HttpAnswer | Accept:
        """The refusal of a call to one of the paths for no fault of its own.

        Args:
            call: the handshake.
            code: the vendor's; None for the one of whatever fails inside.
            status: of HTTP; None for what the vendor does at this code.
            reason: in words.
        """
        ...


class Surface:
    """Behaviour of all that comes by HTTP.

    Args:
        pipeline: answers calls of operations.
        turn: where the effects of a call are found.
        admission: lets sockets in; None where there are none.
    """

    def __init__(self, pipeline: Pipeline[Any], turn: Turn, admission: Admission | None = None) -> None:
        self._pipeline: Final = pipeline
        self._turn: Final = turn
        self._admission: Final = admission
        self._paths: Final = frozenset(() if admission is None else admission.paths)

    def read(self, call: HttpCall, now: float) -> Incoming:
        """A call, as far as it can be understood before it is carried out."""
        if call.path in self._paths:
            return Incoming(HANDSHAKE, packet=call)
        if call.limit:
            return Incoming(packet=call)
        exchange, _ = self._turn.given(now, self._read, call)
        return _incoming(exchange)

    def _read(self, call: HttpCall) -> Exchange[Any]:
        return self._pipeline.read(call, self._turn.now)

    def let_in(self, exchange: Exchange[Any]) -> None:
        """Has happen what it brings about that a call is let in; for whoever carries it out in another way."""
        self._pipeline.let_in(exchange)

    def reread(self, received: Incoming, call: HttpCall, now: float) -> Incoming:
        """A call that was let in and has other content now, which nobody asks a signature of."""
        packet: HttpCall | Exchange[Any] = received.packet
        if not isinstance(packet, Exchange):
            return self.read(call, now)
        return _incoming(self._pipeline.reread(packet, call))

    def rejected(
        self, received: Incoming, now: float, *, code: Code | None, status: int | None, reason: str
    ) -> list[Effect]:
        """The refusal of a call whatever it asks for, in the form of the vendor.

        Args:
            received: the call.
            now: epoch seconds.
            code: the vendor's; None for the one of whatever fails inside.
            status: of HTTP; None for the one that the code has.
            reason: in words.
        """
        packet: HttpCall | Exchange[Any] = received.packet
        if self._admission is not None and isinstance(packet, HttpCall) and packet.path in self._paths:
            refusal = self._admission.rejected(packet, code=code, status=status, reason=reason)
            return [_handed_over(received, _of_handshake(refusal, received))]
        answer = self._pipeline.rejected(packet, now, code=code, status=status, reason=reason)
        return [_told(received, answer)]

    def misread(self, mistake: Mistake) -> HttpAnswer:
        """The answer to what is no request, or none that can be read, in the form of the vendor."""
        return self._pipeline.misread(mistake)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        """The answer, and what else a call leads to."""
        answer, effects = self._turn.given(now, self._answer, received)
        if isinstance(answer, Pending):
            waited = answer
            return [*effects, Await(waited.awaitable, lambda given, _: [_told(received, waited.answer(given))])]
        return [_handed_over(received, answer), *effects]

    def _answer(self, received: Incoming) -> HttpAnswer | Pending | Accept:
        packet: HttpCall | Exchange[Any] = received.packet
        if isinstance(packet, Exchange):
            return self._pipeline.take(packet)
        if packet.path in self._paths:
            assert self._admission is not None  # noqa: S101 - otherwise there are no paths
            received.violations = (*received.violations, *packet.remarks)
            return _of_handshake(self._admission.admit(packet, received, self._turn.now), received)
        return self._pipeline.too_large(packet.limit)


def _incoming(exchange: Exchange[Any]) -> Incoming:
    """A call as it was read."""
    return Incoming(
        exchange.operation.request.message,
        exchange.request,
        exchange.deviations,
        tuple(exchange.violations),
        session=exchange.session,
        packet=exchange,
    )


def _of_handshake(answer: HttpAnswer | Accept, received: Incoming) -> HttpAnswer | Accept:
    """The answer to a handshake; a refusal is called like the acceptance."""
    if isinstance(answer, HttpAnswer):
        answer.request_message = answer.answer_message = HANDSHAKE
        answer.deviations, answer.violations = received.deviations, received.violations
    return answer


def _handed_over(received: Incoming, answer: HttpAnswer | Accept) -> HttpAnswer | Accept:
    if isinstance(answer, HttpAnswer):
        return _told(received, answer)
    answer.cause = received
    received.session = answer.session
    return answer


def _told(received: Incoming, answer: HttpAnswer) -> HttpAnswer:
    """The answer to a call, of which the journal has what is known now."""
    answer.cause = received
    received.session = answer.session
    received.deviations = answer.deviations
    received.violations = answer.violations
    return answer
