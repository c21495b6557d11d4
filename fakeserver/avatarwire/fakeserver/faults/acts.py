"""What rules do the same way whether a message comes in or goes out: noting it, having it wait, ending connections.

What is different is in `entering.py` and `leaving.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.effects import Close, Note
from avatarwire.fakeserver.faults.faults import Armed, Faults, Passing
from avatarwire.fakeserver.faults.lanes import Lanes
from avatarwire.fakeserver.faults.paths import PathError
from avatarwire.fakeserver.hub import Hub

__all__ = ["FAULT", "Acts", "Command"]

FAULT: Final = "fault"
"""What the journal calls it that a rule has acted."""
_CLOSED: Final = 1011
"""Close code where a rule names none."""
_ORDER_SECONDS: Final = 1.0
"""After which a message that waits for later ones comes all the same."""

Command = Callable[[str, str, Mapping[str, Any]], object]
"""Gives a command of the fake, by name, session and arguments."""


class Acts:
    """What is the same both ways.

    Args:
        hub: of the fake.
        faults: its rules.
        seed: for what happens by chance; the journal has it.
        spans: where the members of a frame's header stand, by name.
        command: gives a command of the fake.
        changed: called when there are other rules, or something begins or ceases to wait: with whether something waits.

    Attributes:
        hub, faults, seed, spans: as given.
        rng: for what happens by chance.
        lanes: what waits.
        hung: connections on which nothing comes any more.
        silent: of sessions and topics likewise, where there is no connection.
    """

    def __init__(
        self,
        hub: Hub,
        faults: Faults,
        *,
        seed: int,
        spans: Mapping[str, tuple[int, int]],
        command: Command,
        changed: Callable[[bool], object],
    ) -> None:
        self.hub: Final = hub
        self.seed: Final = seed
        self.spans: Final = spans
        self.rng: Final = random.Random(seed)  # noqa: S311 - faults, not secrets
        self.lanes: Final = Lanes(hub.later, self.refresh)
        self.hung: Final[set[str]] = set()
        self.silent: Final[set[str]] = set()
        self.faults: Final = faults
        self._changed: Final = changed
        self._command: Final = command
        self._since = hub.clock.now()
        faults.changed = self.refresh

    def start(self) -> None:
        """The fake has just started: time counts from now on, and chance begins anew."""
        self._since = self.hub.clock.now()
        self.rng.seed(self.seed)
        if len(self.faults):
            self.hub.journal.note("what faults do by chance follows a seed", seed=self.seed)

    def reset(self) -> None:
        """As just started: nothing waits, nothing is silent."""
        self.silent.clear()
        self.hung.clear()
        self.lanes.clear()
        self.start()

    def refresh(self) -> None:
        """Finds out anew whether anything may concern a rule."""
        held = bool(self.lanes or self.hung or self.silent)
        self._changed(held)

    def acting(self, passing: Passing, place: str, before: Callable[[], object] = lambda: None) -> Armed | None:
        """The rule that acts on a message, which is noted in the journal.

        Args:
            passing: the message.
            place: what it waits on, if it has to.
            before: called before that, if there is such a rule.
        """

        def free(armed: Armed) -> bool:
            # What comes next is what a message that was put aside waits for.
            return armed.rule.do != "reorder" or not self.lanes.has_aside(armed.id, passing.side, passing, place)

        armed = self.faults.acting(passing, self.hub.clock.now() - self._since, self.rng, free)
        if armed is not None:
            before()
            self.note(armed, passing)
        return armed

    def note(self, armed: Armed, passing: Passing, **more: object) -> None:
        """Has the journal say that a rule acts, or what has come of it."""
        rule = armed.rule
        about: dict[str, object] = {"rule": armed.id, "do": rule.do, "faulted": passing.id}
        about |= {"carried_by": passing.transport, "going": passing.side, **more}
        secrets: tuple[str, ...] = ()
        if rule.do == "drop" and passing.id:
            content = passing.content
            secrets = content.secrets
            about["lost"] = content.json if content.json is not None else content.data
        if rule.do in _BY_CHANCE or rule.toxicity < 1:
            about["seed"] = self.seed
        text = f"rule {armed.id}: {rule.do} {passing.id or 'a message'}"
        self.hub.perform([Note(text, FAULT, passing.session, about=about, secrets=secrets)])

    def in_vain(self, armed: Armed, passing: Passing, error: PathError) -> None:
        """A rule could not change a message, which goes on as it is."""
        self.note(armed, passing, unchanged=str(error))

    # --- what waits ---

    def delay(self, armed: Armed, passing: Passing, place: str, go: Callable[[], object]) -> None:
        """Has a message go on later."""
        rule = armed.rule
        seconds = rule.seconds or 0.0
        if rule.jitter:
            seconds = max(0.0, seconds + self.rng.uniform(-rule.jitter, rule.jitter))
        self.lanes.delay(passing.side, passing, place, seconds, go, overtake=bool(rule.overtake))

    def duplicate(
        self, armed: Armed, passing: Passing, place: str, go: Callable[[], object], again: Callable[[], object]
    ) -> None:
        """Has a message go on, and copies of it after it."""
        move = partial(self.lanes.move, passing.side, passing, place)
        move(go)
        seconds = armed.rule.seconds or 0.0
        for copy in range(1, (armed.rule.copies or 1) + 1):
            if seconds:
                self.lanes.later(place, copy * seconds, partial(move, again))
            else:
                move(again)

    def put_aside(self, armed: Armed, passing: Passing, place: str, go: Callable[[], object]) -> None:
        """Has a message go on behind later ones."""
        self.lanes.put_aside(armed.id, passing.side, passing, place, armed.rule.by or 1, _ORDER_SECONDS, go)

    # --- connections ---

    def close(self, armed: Armed, carrier: Carrier) -> None:
        """Closes a connection in the place of a message."""
        if carrier.transport != "ws":
            carrier.cut(reset=False)
            return
        code, reason = armed.rule.code, armed.rule.reason or ""
        self.hub.perform([Close(code if isinstance(code, int) else _CLOSED, reason)], carrier)

    def hang(self, carrier: Carrier) -> None:
        """Has nothing come on a connection any more, which stays open."""
        self.hung.add(carrier.id)
        self.lanes.forget(carrier.id)
        carrier.hang()
        self.refresh()

    def command(self, armed: Armed, passing: Passing) -> None:
        """Gives the command that a rule names; the message goes on whatever comes of it."""
        try:
            self._command(armed.rule.command or "", passing.session, armed.rule.arguments or {})
        except Exception as error:  # such as that the session has ended
            self.note(armed, passing, failed=str(error))


_BY_CHANCE: Final = frozenset(("corrupt", "delay"))
"""Actions that may draw."""
