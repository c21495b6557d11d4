"""Rules that act on what comes in: it has been let in and decoded, and has changed nothing yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Final

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.effects import HANDSHAKE, Close, HttpCall, Incoming, session_asked_for
from avatarwire.fakeserver.faults.acts import Acts, Moving
from avatarwire.fakeserver.faults.changes import Content, altered
from avatarwire.fakeserver.faults.content import data_with, incoming_content
from avatarwire.fakeserver.faults.faults import Armed, Passing
from avatarwire.fakeserver.faults.replies import answered, rejection
from avatarwire.fakeserver.faults.rule import MQTT_HANDSHAKE
from avatarwire.fakeserver.interception import Arrival
from avatarwire.fakeserver.wire_paths import PathError

__all__ = ["Entering"]

_NOT_UTF8: Final = Close(1007, "not UTF-8")
"""What a text message gets that is none (RFC 6455, 8.1)."""
_UNAVAILABLE: Final = 3
"""Return code of a CONNACK: the server is unavailable."""


class Entering:
    """Has rules act on what comes in.

    Args:
        acts: what is the same both ways.
    """

    def __init__(self, acts: Acts) -> None:
        self._acts: Final = acts
        self._hub: Final = acts.hub

    def enters(self, arrival: Arrival) -> bool:
        """Whether a message that came in is in the hands of a rule; otherwise it goes on as it is."""
        carrier, received, acts = arrival.carrier, arrival.received, self._acts
        transport = carrier.transport
        if transport == "callback" or transport == "note":
            return False
        if carrier.id in acts.hung:
            self._hub.record(arrival)
            return True
        passing = Passing(
            received.message,
            "in",
            "ws" if received.message == HANDSHAKE else transport,
            received.session or carrier.session or _asked_for(arrival),
            lambda: incoming_content(arrival.data, carrier.header_bytes, acts.spans),
        )
        armed = acts.acting(passing, carrier.id, before=lambda: self._hub.record(arrival))
        if armed is not None:
            own = self._ACTS.get(armed.rule.do)
            if own is not None:
                own(self, armed, passing, arrival)
            else:
                again = partial(self._again, arrival, arrival.data)
                acts.act(armed, passing, Moving(carrier.id, [carrier], partial(self._hub.take, arrival), again))
        elif acts.lanes:
            self._hub.record(arrival)
            self._go_on(passing, arrival)
        return armed is not None or arrival.recorded

    def connects(self, carrier: Carrier, go: Callable[[], object], refuse: Callable[[int], object]) -> bool:
        """Whether the CONNECT of an MQTT client is in the hands of a rule.

        Args:
            carrier: its connection.
            go: has it handled.
            refuse: answers with a return code.
        """
        acts = self._acts
        passing = Passing(MQTT_HANDSHAKE, "in", "mqtt", "", lambda: Content(b""))
        armed = acts.acting(passing, carrier.id)
        if armed is None:
            return False
        code = armed.rule.code
        if armed.rule.do == "reject":
            refuse(code if isinstance(code, int) else _UNAVAILABLE)
        else:
            acts.act(armed, passing, Moving(carrier.id, [carrier], go, go))
        return True

    def _go_on(self, passing: Passing, arrival: Arrival) -> None:
        self._acts.move(passing, arrival.carrier.id, partial(self._hub.take, arrival))

    def _again(self, arrival: Arrival, data: Any) -> None:
        """Has something carried out that is read anew, as if the client had sent it."""
        reread: Callable[[Incoming, Any, float], Incoming] | None = getattr(arrival.behaviour, "reread", None)
        now = self._hub.clock.now()
        received = arrival.behaviour.read(data, now) if reread is None else reread(arrival.received, data, now)
        # The client is not to blame for what it has not sent.
        received.violations = tuple(item.replace(level="note") for item in received.violations)
        self._hub.take(arrival.again(data, received))

    # --- actions of what comes in ---

    def _change(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        try:
            data = data_with(arrival.data, altered(passing.content, armed.rule, self._acts.rng))
        except PathError as error:
            self._acts.in_vain(armed, passing, error)
            self._go_on(passing, arrival)
        except UnicodeDecodeError:
            self._hub.perform([_NOT_UTF8], arrival.carrier)
        else:
            self._acts.move(passing, arrival.carrier.id, partial(self._again, arrival, data))

    def _reject(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        effects = rejection(armed.rule, arrival, self._hub.clock.now())
        if not armed.rule.commit:
            self._hub.perform(effects, arrival.carrier)
            return
        rest = iter(effects)
        arrival.received.reply = lambda leaving: next(rest, None)
        self._go_on(passing, arrival)

    def _answer(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        arrival.received.reply = answered(
            armed.rule, arrival.carrier.header_bytes, self._acts.spans, partial(self._acts.in_vain, armed, passing)
        )
        self._go_on(passing, arrival)

    _ACTS: ClassVar[Mapping[str, Callable[[Any, Armed, Passing, Arrival], None]]] = {
        "set": _change,
        "remove": _change,
        "corrupt": _change,
        "truncate": _change,
        "replace": _change,
        "reject": _reject,
        "answer": _answer,
    }


def _asked_for(arrival: Arrival) -> str:
    """The session that a handshake is for; empty for none."""
    data = arrival.data
    if arrival.received.message != HANDSHAKE or not isinstance(data, HttpCall):
        return ""
    return session_asked_for(data.query)
