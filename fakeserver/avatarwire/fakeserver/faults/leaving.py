"""Rules that act on what goes out: state has changed by then, so that a lost answer is still a started session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.effects import (
    HANDSHAKE,
    Accept,
    CallBack,
    Close,
    Framed,
    HttpAnswer,
    Leaving,
    Publish,
    Send,
)
from avatarwire.fakeserver.faults.acts import Acts, Moving
from avatarwire.fakeserver.faults.changes import altered
from avatarwire.fakeserver.faults.content import Broken, broken, leaving_content, leaving_with
from avatarwire.fakeserver.faults.faults import Armed, Passing
from avatarwire.fakeserver.faults.replies import answered
from avatarwire.fakeserver.faults.rule import Transport
from avatarwire.fakeserver.wire_paths import PathError

__all__ = ["Outgoing"]


_FRAGMENTS: Final = 2
_TWO_BYTES: Final = 0xFFFF
"""The largest length that takes no more."""


class _On(NamedTuple):
    """Something on its way out.

    Attributes:
        effect: what it is.
        place: what it waits on: a connection, a topic, or a session with its callbacks.
        carriers: the connections that it goes out on.
        go: has it, or something else in its place, go on.
    """

    effect: Leaving
    place: str
    carriers: Sequence[Carrier]
    go: Callable[[Any], object]

    def go_on(self) -> None:
        """Has it go on as it is."""
        self.go(self.effect)

    def break_off(self, how: Broken) -> None:
        """Has a callback be posted on a connection that does not last; nothing happens to anything else."""
        if isinstance(self.effect, CallBack):
            self.go(broken(self.effect, how))


class Outgoing:
    """Has rules act on what goes out.

    Args:
        acts: what is the same both ways.
    """

    def __init__(self, acts: Acts) -> None:
        self._acts: Final = acts
        self._hub: Final = acts.hub

    def leaves(self, effect: Leaving, carrier: Carrier) -> bool:
        """Whether something that goes out on a connection is in the hands of a rule; otherwise it goes on as it is."""
        if isinstance(effect, Publish | CallBack):
            return False  # it was looked at before there was a connection
        acts, transport = self._acts, carrier.transport
        if carrier.id in acts.hung:
            return True
        if isinstance(effect, Close | Accept) or transport == "note":
            return acts.lanes.behind("out", carrier.id, partial(self._hub.pass_on, effect, carrier))
        message = effect.message if isinstance(effect, Send) else effect.answer_message
        if message == HANDSHAKE:
            return False  # rules look at the request for it
        passing = Passing(
            message,
            "out",
            transport,
            effect.session if isinstance(effect, HttpAnswer) else carrier.session,
            lambda: leaving_content(effect, carrier.header_bytes, acts.spans),
            failed=isinstance(effect, HttpAnswer) and effect.failed,
        )
        return self._looked_at(passing, _On(effect, carrier.id, [carrier], partial(self._on_its_way, carrier)))

    def hands_over(self, effect: Publish | CallBack) -> bool:
        """The same of a message for a broker, and of a callback."""
        acts = self._acts
        carriers: Sequence[Carrier] = ()
        transport: Transport = "mqtt"
        if isinstance(effect, CallBack):
            place, transport = f"callback {effect.session}", "callback"
        else:
            place = f"topic {effect.topic}"
            carriers = self._hub.receivers(effect.topic)
        if place in acts.silent:
            return True
        passing = Passing(
            effect.message,
            "out",
            transport,
            effect.session,
            lambda: leaving_content(effect, 0, acts.spans),
        )
        return self._looked_at(passing, _On(effect, place, carriers, self._hub.hand_over))

    def _on_its_way(self, carrier: Carrier, effect: Leaving) -> None:
        self._hub.pass_on(effect, carrier)

    def _looked_at(self, passing: Passing, it: _On) -> bool:
        armed = self._acts.acting(passing, it.place)
        if armed is not None:
            own = self._ACTS.get(armed.rule.do)
            if own is not None:
                own(self, armed, passing, it)
            else:
                self._acts.act(armed, passing, Moving(it.place, it.carriers, it.go_on, it.go_on, it.break_off))
            return True
        if not self._acts.lanes:
            return False
        self._acts.move(passing, it.place, it.go_on)
        return True

    # --- actions of what goes out ---

    def _change(self, armed: Armed, passing: Passing, it: _On) -> None:
        effect = it.effect
        try:
            effect = leaving_with(effect, altered(passing.content, armed.rule, self._acts.rng), armed.rule)
        except PathError as error:
            self._acts.in_vain(armed, passing, error)
        self._acts.move(passing, it.place, partial(it.go, effect))

    def _frame(self, armed: Armed, passing: Passing, it: _On) -> None:
        effect, rule = it.effect, armed.rule
        if rule.form == "long_length" and len(passing.content.data) > _TWO_BYTES:
            self._acts.note(armed, passing, unchanged="its length needs eight bytes")
        elif type(effect) is Send and rule.form is not None:
            said = effect.data, effect.message, effect.body, effect.cause, effect.is_text
            effect = Framed(*said, rule.form, rule.frames or _FRAGMENTS)
        self._acts.move(passing, it.place, partial(it.go, effect))

    def _answer(self, armed: Armed, passing: Passing, it: _On) -> None:
        acts, prefix = self._acts, it.carriers[0].header_bytes if it.carriers else 0
        effect = answered(armed.rule, prefix, acts.spans, partial(acts.in_vain, armed, passing))(it.effect)
        if effect is not None:
            self._acts.move(passing, it.place, partial(it.go, effect))

    _ACTS: ClassVar[Mapping[str, Callable[[Any, Armed, Passing, _On], None]]] = {
        "set": _change,
        "remove": _change,
        "corrupt": _change,
        "truncate": _change,
        "replace": _change,
        "frame": _frame,
        "answer": _answer,
    }
