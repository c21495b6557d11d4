"""The hub of a fake server: between the carriers, which have the bytes, and behaviour, which has the decisions.

Everything that enters a server passes `Hub.enter`, and everything that leaves it passes `Hub.leave`. There the journal
is kept, and nowhere else is a message handed to behaviour or to a carrier. What is to happen later, or is waited for,
is kept in `schedule.py`; behaviour knows no clock and no task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, ClassVar, Final, TypeVar

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.clock import Clock, VirtualClock
from avatarwire.fakeserver.effects import (
    SERVER,
    Accept,
    Await,
    Behaviour,
    CallBack,
    Cancel,
    Close,
    Effect,
    Effects,
    HttpAnswer,
    Incoming,
    Later,
    Leaving,
    Note,
    On,
    Publish,
    Send,
)
from avatarwire.fakeserver.interception import Arrival, Interceptor, Nobody
from avatarwire.fakeserver.journal import Journal, Transport
from avatarwire.fakeserver.journal.entry import NO_META, Violation
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.journal.store import Bytes
from avatarwire.fakeserver.mistake import Mistake
from avatarwire.fakeserver.recorder import Recorder
from avatarwire.fakeserver.schedule import Schedule

__all__ = ["Hub"]

T = TypeVar("T")
LeavingT = TypeVar("LeavingT", bound=Leaving)

_SWITCHING_PROTOCOLS: Final = 101
_NOTHING: Final[Effects] = ()


class Hub:
    """Brings messages to behaviour, and effects to carriers.

    Args:
        clock, journal: of the server.

    Attributes:
        clock, journal: as given.
        publish: takes what is published; None where there is no broker.
        call_back: takes what is called back; None where nothing is.
        receivers: the connections of those who have subscribed to a topic.
        interceptor: who may do something to messages on their way.
        misread: answers what is not spoken at a port, by the id of the connection; None where nobody does.
    """

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self.clock: Final = clock
        self.journal: Final = journal
        self.publish: Callable[[Publish], None] | None = None
        self.call_back: Callable[[CallBack], None] | None = None
        self.receivers: Callable[[str], Sequence[Carrier]] = lambda topic: ()
        self.interceptor: Interceptor = Nobody()
        self.misread: Callable[[str, Transport, bytes, Mistake], HttpAnswer] | None = None
        self._now: Final = clock.now
        self._frame: Final = journal.frame
        self._recorder: Final = Recorder(journal)
        self._carriers: Final[dict[str, Carrier]] = {}
        self._schedule: Final = Schedule(clock)
        self._numbers = count(1)

    # Connections

    def new_id(self) -> str:
        """An id for one more connection."""
        return f"c{next(self._numbers)}"

    def join(self, carrier: Carrier) -> None:
        """A connection is there: effects may name it from now on."""
        self._carriers[carrier.id] = carrier

    def part(self, carrier: Carrier) -> None:
        """A connection is gone, and with it what was to happen later on it."""
        if self._carriers.get(carrier.id) is carrier:
            del self._carriers[carrier.id]
        self.forget(carrier.id)

    def forget(self, owner: str) -> None:
        """Gives up what was to happen later on a connection, or what of it is waited for."""
        self._schedule.forget(owner)
        self.interceptor.forget(owner)

    def due(self) -> Mapping[str, float]:
        """When what is nobody's but the server's is due, by its key, in the order in which it was set."""
        return self._schedule.due(SERVER)

    def clear(self) -> None:
        """Gives up everything that has not happened."""
        self._schedule.clear()

    async def stop(self) -> None:
        """Gives up everything that has not happened, and waits until nothing of it runs any more."""
        await self._schedule.stop()

    # The one way in

    def enter(
        self,
        carrier: Carrier,
        data: T,
        behaviour: Behaviour[T],
        *,
        raw: Bytes | None,
        meta: Mapping[str, object] = NO_META,
        headers: tuple[tuple[str, str], ...] = (),
        status: int | None = None,
    ) -> None:
        """Hands something that came in to behaviour, keeps it in the journal, and carries out what it leads to.

        Args:
            carrier: the connection it came on.
            data: what came, as `behaviour` reads it.
            behaviour: what reads and takes it.
            raw, meta, headers, status: for the journal.
        """
        now, effects, failure = self._now(), _NOTHING, None
        try:
            received = behaviour.read(data, now)
        except Exception as defect:
            received, failure = Incoming(), defect
        else:
            if self.interceptor.incoming and self.interceptor.enters(
                Arrival(carrier, data, behaviour, received, raw, meta, headers, status)
            ):
                return
            try:
                effects = behaviour.take(received, now)
            except Exception as defect:
                failure = defect
        if received.violations and self.interceptor.withholds(carrier.id, received.session or carrier.session):
            received.violations = _excused(received.violations)
        if carrier.transport == "ws" and not (received.violations or received.deviations or received.audio):
            assert raw is not None  # noqa: S101 - a message has bytes
            received.seq = self._frame("in", received.message, raw, received.body, carrier.session, carrier.id)
        else:
            self._recorder.came(carrier, received, raw, meta, headers, status)
        if failure is not None:
            self._failed(failure, carrier, received)
        elif effects:
            self.perform(effects, carrier)

    def record(self, arrival: Arrival) -> None:
        """Keeps what came in in the journal, whatever becomes of it; for an interceptor."""
        arrival.recorded = True
        it = arrival
        self._recorder.came(it.carrier, it.received, it.raw, it.meta, it.headers, it.status)

    def take(self, arrival: Arrival) -> None:
        """Has behaviour take what came in, of which the journal knows already; for an interceptor.

        What is found out about it only then is a note of its own.
        """
        received, carrier = arrival.received, arrival.carrier
        known = received.violations
        try:
            effects = arrival.behaviour.take(received, self._now())
        except Exception as failure:
            self._failed(failure, carrier, received)
            return
        found = tuple(violation for violation in received.violations if violation not in known)
        if not arrival.blame or (found and self.interceptor.withholds(carrier.id, received.session or carrier.session)):
            found = _excused(found)
        if found:
            self.journal.add(
                "note",
                "note",
                received.message,
                connection=carrier.id,
                session=received.session or carrier.session,
                violations=found,
                reply_to=received.seq,
            )
        self.perform(effects, carrier)

    # The one way out

    def leave(
        self,
        effect: Leaving,
        carrier: Carrier,
        *,
        meta: Mapping[str, object] = NO_META,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> int:
        """Keeps something that goes out in the journal, and has its connection carry it.

        Args:
            effect: what goes out.
            carrier: the connection it goes out on.
            meta, headers: for the journal, what the carrier knows beside it.

        Returns:
            Number of its entry; 0 for what is none of its own.
        """
        if carrier.over:
            return 0
        if type(effect) is Send and not self.interceptor.outgoing:  # nearly all that leaves
            cause = effect.cause
            if cause is None or cause.reply is None:
                return self._send(effect, cause, carrier)
        if not isinstance(effect, Publish):  # that was exchanged before there was a connection
            other = _exchanged(effect)
            if other is None:
                return 0
            effect = other
        if self.interceptor.outgoing and self.interceptor.leaves(effect, carrier):
            return 0
        return self.pass_on(effect, carrier, meta=meta, headers=headers)

    def pass_on(
        self,
        effect: Leaving,
        carrier: Carrier,
        *,
        meta: Mapping[str, object] = NO_META,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> int:
        """The same of what nobody has anything more to do with; for an interceptor."""
        if carrier.over:
            return 0
        if type(effect) is Send:
            return self._send(effect, effect.cause, carrier)
        seq = self._recorder.leaves(effect, carrier, meta, headers)
        carrier.write(effect)
        return seq

    def _send(self, effect: Send, cause: Incoming | None, carrier: Carrier) -> int:
        """The same of a message of a WebSocket, and `cause` is what it answers."""
        data = effect.data
        raw = data if type(data) is bytes else data.encode() if isinstance(data, str) else data
        reply_to = 0 if cause is None else cause.seq
        seq = self._frame("out", effect.message, raw, effect.body, carrier.session, carrier.id, reply_to)
        carrier.write(effect)
        return seq

    # Effects

    def perform(self, effects: Effects, at: Carrier | None = None) -> None:
        """Carries out effects, in the loop's thread. What is to be sent is on its way on return, timers are set.

        Args:
            effects: in order.
            at: the connection at hand, if there is one.
        """
        try:
            for effect in effects:
                if type(effect) is Send and at is not None:
                    self.leave(effect, at)
                else:
                    self._CARRIED_OUT[type(effect)](self, effect, at)
        except Exception as failure:
            self._failed(failure, at)

    def run(self, action: Callable[[float], Effects], at: Carrier | None = None) -> Exception | None:
        """Carries out what an action gives whose time has come; called with the time.

        Returns:
            What the action has raised, of which journal and peer know already.
        """
        try:
            effects = action(self._now())
        except Exception as failure:
            self._failed(failure, at)
            return failure
        self.perform(effects, at)
        return None

    def _leaves(self, effect: Leaving, at: Carrier | None) -> None:
        if at is not None:
            self.leave(effect, at)

    def _on(self, effect: On, at: Carrier | None) -> None:
        carrier = self._carriers.get(effect.connection)
        if carrier is not None:
            self.perform(effect.effects, carrier)

    def _hands_over(self, effect: Publish | CallBack, at: Carrier | None) -> None:
        other = _exchanged(effect)
        if other is not None and not (self.interceptor.outgoing and self.interceptor.hands_over(other)):
            self.hand_over(other)

    def hand_over(self, effect: Publish | CallBack) -> None:
        """Has a message published, or posted, with which nobody has anything more to do; for an interceptor."""
        if isinstance(effect, CallBack):
            if self.call_back is not None:
                self.call_back(effect)
        elif self.publish is not None:
            if effect.left is not None:
                effect.left()
            self.publish(effect)

    def _note(self, note: Note, at: Carrier | None) -> None:
        violations = note.violations
        if violations and self.interceptor.withholds("" if at is None else at.id, note.session):
            violations = _excused(violations)
        self.journal.add(
            "note",
            "note",
            note.message,
            connection="" if at is None else at.id,
            body=note.text,
            session=note.session,
            violations=violations,
            meta=note.about or NO_META,
            secrets=note.secrets,
        )

    def _failed(self, failure: Exception, at: Carrier | None, cause: Incoming | None = None) -> None:
        """A defect of behaviour: the journal says where, the peer is told that it is not the peer's."""
        where = whereabouts(failure)
        session, connection = ("", "") if at is None else (at.session, at.id)
        self.journal.note("the behaviour failed", session=session, connection=connection, failure=where)
        if at is not None:
            at.failed(cause)

    # What happens in time

    def later(self, owner: str, seconds: float, action: Callable[[], object]) -> None:
        """Has something done after a time on the clock, unless a connection is gone by then; for an interceptor."""

        def due() -> None:
            try:
                action()
            except Exception as failure:
                self._failed(failure, self._carriers.get(owner))
                if isinstance(self.clock, VirtualClock):
                    raise

        self._schedule.later(owner, "", seconds, due)

    def _later(self, effect: Later, at: Carrier | None) -> None:
        def due() -> None:
            failure = self.run(effect.action, at)
            # Whoever advances the clock is to learn of a defect; nobody else would be raised to.
            if failure is not None and isinstance(self.clock, VirtualClock):
                raise failure

        self._schedule.later(_owner(effect.to, at), effect.key, effect.delay, due)

    def _await(self, effect: Await, at: Carrier | None) -> None:
        def then(result: object) -> None:
            self.run(lambda now: effect.then(result, now), at)

        self._schedule.wait(_owner(effect.to, at), effect.key, effect.awaitable, then)

    def _cancel(self, effect: Cancel, at: Carrier | None) -> None:
        self._schedule.cancel(_owner(effect.to, at), effect.key)

    # Any is Hub: inside its body the class has no name yet that a type checker accepts.
    _CARRIED_OUT: ClassVar[Mapping[type[Effect], Callable[[Any, Any, Carrier | None], None]]] = {
        Send: _leaves,
        Close: _leaves,
        HttpAnswer: _leaves,
        Accept: _leaves,
        On: _on,
        Publish: _hands_over,
        CallBack: _hands_over,
        Note: _note,
        Later: _later,
        Await: _await,
        Cancel: _cancel,
    }


def _exchanged(effect: LeavingT) -> LeavingT | None:
    """What is sent in the place of an answer, None for nothing; anything else as it is."""
    cause: Incoming | None = getattr(effect, "cause", None)
    return effect if cause is None or cause.reply is None else cause.reply(effect)


def _excused(violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
    """The same as notes: whoever is to blame has not sent it, or could not know."""
    return tuple(violation.replace(level="note") for violation in violations)


def _owner(to: str, at: Carrier | None) -> str:
    """Whose something pending is."""
    return SERVER if to == SERVER or at is None else at.id
