"""Where faults happen: what enters and leaves a fake passes here, and rules may act on it.

Only the way there lives here: what comes in is `entering.py`'s, what goes out `leaving.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.effects import CallBack, Leaving, Publish, Send
from avatarwire.fakeserver.faults.acts import FAULT, Acts, Command
from avatarwire.fakeserver.faults.entering import Entering
from avatarwire.fakeserver.faults.faults import Faults
from avatarwire.fakeserver.faults.leaving import Outgoing
from avatarwire.fakeserver.faults.saved import SavedFaults
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.interception import Arrival

__all__ = ["FAULT", "Plane"]


class Plane:
    """Has the rules of a fake act on its messages; an `Interceptor` of its hub.

    Args:
        hub, faults, seed, spans, command: as of `Acts`.

    Attributes:
        incoming, outgoing: whether anything that comes in, or goes out, may concern a rule, or waits.
    """

    def __init__(
        self, hub: Hub, faults: Faults, *, seed: int, spans: Mapping[str, tuple[int, int]], command: Command
    ) -> None:
        self.incoming = False
        self.outgoing = False
        self._free_in: frozenset[str] = frozenset()
        self._free_out: frozenset[str] = frozenset()
        self._acts: Final = Acts(hub, faults, seed=seed, spans=spans, command=command, changed=self._refresh)
        self._entering: Final = Entering(self._acts)
        self._outgoing: Final = Outgoing(self._acts)
        self._acts.refresh()

    def _refresh(self, held: bool) -> None:
        """There are other rules, or other messages that wait.

        Args:
            held: whether messages wait, or connections are silent, so that each message has to be looked at.
        """
        faults = self._acts.faults
        self.incoming, self.outgoing = held or faults.looks("in"), held or faults.looks("out")
        self._free_in = frozenset() if held else faults.unconcerned("in")
        self._free_out = frozenset() if held else faults.unconcerned("out")

    def start(self) -> None:
        """The fake has just started."""
        self._acts.start()

    def reset(self) -> None:
        """The fake is as it was when it had just started."""
        self._acts.reset()

    def saved(self) -> SavedFaults:
        """The rules, and what goes with them, for a snapshot."""
        return self._acts.saved()

    def restored(self, saved: SavedFaults, now: float) -> Callable[[], None]:
        """What puts in what was saved at a time; the errors are those of `Acts.restored`."""
        return self._acts.restored(saved, now)

    def enters(self, arrival: Arrival) -> bool:
        """Whether a message that came in is in the hands of a rule."""
        return arrival.received.message not in self._free_in and self._entering.enters(arrival)

    def connects(self, carrier: Carrier, go: Callable[[], object], refuse: Callable[[int], object]) -> bool:
        """Whether the CONNECT of an MQTT client is."""
        return self._entering.connects(carrier, go, refuse)

    def leaves(self, effect: Leaving, carrier: Carrier) -> bool:
        """Whether something that goes out on a connection is."""
        if type(effect) is Send and effect.message in self._free_out:
            return False
        return self._outgoing.leaves(effect, carrier)

    def hands_over(self, effect: Publish | CallBack) -> bool:
        """Whether a message for a broker, or a callback, is."""
        return self._outgoing.hands_over(effect)

    def forget(self, place: str) -> None:
        """A connection is gone."""
        acts = self._acts
        if acts.hung or acts.lanes:
            acts.hung.discard(place)
            acts.lanes.forget(place)

    def withholds(self, place: str, session: str) -> bool:
        """Whether something of a connection, or of a session, is held back, or was a moment ago."""
        acts = self._acts
        return place in acts.hung or acts.lanes.withholds(place, session, acts.hub.clock.now())
