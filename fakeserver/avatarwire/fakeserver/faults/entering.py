"""Rules that act on what comes in: it has been let in and decoded, and has changed nothing yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.effects import HANDSHAKE, Close, HttpCall, Incoming
from avatarwire.fakeserver.faults.acts import Acts
from avatarwire.fakeserver.faults.changes import Content, altered
from avatarwire.fakeserver.faults.content import data_with, incoming_content
from avatarwire.fakeserver.faults.faults import Armed, Passing
from avatarwire.fakeserver.faults.paths import PathError
from avatarwire.fakeserver.faults.replies import answered, rejection
from avatarwire.fakeserver.faults.rule import MQTT_HANDSHAKE
from avatarwire.fakeserver.interception import Arrival

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
            self._ACTS[armed.rule.do](self, armed, passing, arrival)
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
        do, code = armed.rule.do, armed.rule.code
        if do == "reject":
            refuse(code if isinstance(code, int) else _UNAVAILABLE)
        elif do == "delay":
            acts.delay(armed, passing, carrier.id, go)
        elif do == "hang":
            acts.hang(carrier)
        elif do != "drop":
            carrier.cut(reset=do == "reset")
        return True

    def _go_on(self, passing: Passing, arrival: Arrival) -> None:
        self._acts.lanes.move("in", passing, arrival.carrier.id, partial(self._hub.take, arrival))

    def _again(self, arrival: Arrival, data: Any) -> None:
        """Has something carried out that is read anew, as if the client had sent it."""
        reread: Callable[[Incoming, Any, float], Incoming] | None = getattr(arrival.behaviour, "reread", None)
        now = self._hub.clock.now()
        received = arrival.behaviour.read(data, now) if reread is None else reread(arrival.received, data, now)
        # The client is not to blame for what it has not sent.
        received.violations = tuple(item.replace(level="note") for item in received.violations)
        self._hub.take(arrival.again(data, received))

    # --- actions ---

    def _drop(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        if arrival.carrier.transport == "http":
            arrival.carrier.cut(reset=False)

    def _delay(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        self._acts.delay(armed, passing, arrival.carrier.id, partial(self._hub.take, arrival))

    def _duplicate(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        again = partial(self._again, arrival, arrival.data)
        self._acts.duplicate(armed, passing, arrival.carrier.id, partial(self._hub.take, arrival), again)

    def _reorder(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        self._acts.put_aside(armed, passing, arrival.carrier.id, partial(self._hub.take, arrival))

    def _change(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        try:
            data = data_with(arrival.data, altered(passing.content, armed.rule, self._acts.rng))
        except PathError as error:
            self._acts.in_vain(armed, passing, error)
            self._go_on(passing, arrival)
        except UnicodeDecodeError:
            self._hub.perform([_NOT_UTF8], arrival.carrier)
        else:
            self._acts.lanes.move("in", passing, arrival.carrier.id, partial(self._again, arrival, data))

    def _close(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        self._acts.close(armed, arrival.carrier)

    def _reset(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        arrival.carrier.cut(reset=True)

    def _hang(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        self._acts.hang(arrival.carrier)

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

    def _command(self, armed: Armed, passing: Passing, arrival: Arrival) -> None:
        self._go_on(passing, arrival)
        self._acts.command(armed, passing)

    _ACTS: ClassVar[Mapping[str, Callable[[Any, Armed, Passing, Arrival], None]]] = {
        "drop": _drop,
        "delay": _delay,
        "duplicate": _duplicate,
        "reorder": _reorder,
        "set": _change,
        "remove": _change,
        "corrupt": _change,
        "truncate": _change,
        "close": _close,
        "reset": _reset,
        "hang": _hang,
        "reject": _reject,
        "answer": _answer,
        "command": _command,
    }


def _asked_for(arrival: Arrival) -> str:
    """The session that a handshake is for, which every vendor's names in the same way; empty for none."""
    data = arrival.data
    if arrival.received.message != HANDSHAKE or not isinstance(data, HttpCall):
        return ""
    return dict(parse_qsl(data.query)).get("sessionId", "")
