"""What rules do the same way whether a message comes in or goes out: noting it, having it wait, ending connections.

What is different, changing a message and answering it, is in `entering.py` and `leaving.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.effects import Close, Note
from avatarwire.fakeserver.faults.content import Broken
from avatarwire.fakeserver.faults.faults import CHOOSER, Armed, Faults, Passing
from avatarwire.fakeserver.faults.lanes import Lanes
from avatarwire.fakeserver.faults.saved import SavedFaults
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.snapshot import random_state, set_random
from avatarwire.fakeserver.user_code import MESSAGE
from avatarwire.fakeserver.wire_paths import PathError

__all__ = ["FAULT", "Acts", "Command", "Moving"]

FAULT: Final = "fault"
"""What the journal calls it that a rule has acted."""
_CLOSED: Final = 1011
"""Close code where a rule names none."""
_ORDER_SECONDS: Final = 1.0
"""After which a message that waits for later ones comes all the same."""

Command = Callable[[str, str, Mapping[str, Any]], object]
"""Gives a command of the fake, by name, session and arguments."""


def _nothing_to_break(how: Broken) -> None:
    """What is no callback is on connections that are there already."""


class Moving(NamedTuple):
    """A message on its way, as far as an action needs to know it.

    Attributes:
        place: what it waits on: a connection, a topic, or a session with its callbacks.
        carriers: the connections that it travels on.
        go: has it go on as it is.
        again: has a copy of it go on.
        break_off: has a callback be posted on a connection that does not last.
    """

    place: str
    carriers: Sequence[Carrier]
    go: Callable[[], object]
    again: Callable[[], object]
    break_off: Callable[[Broken], object] = _nothing_to_break


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
        self.lanes: Final = Lanes(hub.later, self.refresh, hub.clock.now)
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

    def saved(self) -> SavedFaults:
        """Rules, time, chance and silence, for a snapshot; what waits is lost with what it waits on."""
        last, rules = self.faults.saved()
        state = random_state(self.rng)
        return SavedFaults(rules=rules, last=last, since=self._since, random=state, silent=sorted(self.silent))

    def restored(self, saved: SavedFaults, now: float) -> Callable[[], None]:
        """What puts what was saved in the place of what is there; `now` is the time of the snapshot.

        Raises:
            ScenarioError: a rule can never act as it stands; names the member.
            SnapshotError: what is by chance cannot go on.
        """
        chance = random.Random()  # noqa: S311 - faults, not secrets
        set_random(chance, saved.random, "faults.random")
        put = self.faults.restored(saved.last, saved.rules, "faults.rules")

        def restore() -> None:
            self.hung.clear()
            self.lanes.clear()
            self.silent.clear()
            self.silent.update(saved.silent)
            self.rng.setstate(chance.getstate())
            self._since = self.hub.clock.now() + (saved.since - now)
            put()

        return restore

    def refresh(self) -> None:
        """Finds out anew whether anything may concern a rule."""
        held = bool(self.lanes or self.hung or self.silent)
        self._changed(held)

    def acting(self, passing: Passing, place: str, before: Callable[[], object] = lambda: None) -> Armed | None:
        """The rule that acts on a message, or what was chosen for it, which is noted in the journal.

        Args:
            passing: the message.
            place: what it waits on, if it has to.
            before: called before that, if there is such a rule.
        """

        def free(armed: Armed) -> bool:
            # What comes next is what a message that was put aside waits for.
            return armed.rule.do != "reorder" or not self.lanes.has_aside(armed.id, passing.side, passing, place)

        armed = self.faults.acting(passing, self.hub.clock.now() - self._since, self.rng, free)
        if armed is None:
            armed = self._chosen(passing)
        if armed is not None:
            before()
            self.note(armed, passing)
        return armed

    def _chosen(self, passing: Passing) -> Armed | None:
        """What the function that chooses in the place of rules has chosen; its failure is noted and does nothing."""
        try:
            return self.faults.chosen(passing)
        except ScenarioError as error:
            text, failure = str(error), str(error)
        except Exception as error:
            failure = whereabouts(error)
            text = f"the function {CHOOSER} has raised {failure}"
        about = {"function": CHOOSER, "failure": failure, "faulted": passing.id, "going": passing.side}
        self.hub.perform([Note(text, MESSAGE, passing.session, about=about)])
        return None

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
        if rule.form is not None:
            about["form"] = rule.form
        if rule.do in _BY_CHANCE or rule.toxicity < 1:
            about["seed"] = self.seed
        text = f"rule {armed.id}: {rule.do} {passing.id or 'a message'}"
        self.hub.perform([Note(text, FAULT, passing.session, about=about, secrets=secrets)])

    def in_vain(self, armed: Armed, passing: Passing, error: PathError) -> None:
        """A rule could not change a message, which goes on as it is."""
        self.note(armed, passing, unchanged=str(error))

    # --- actions that are the same both ways ---

    def act(self, armed: Armed, passing: Passing, it: Moving) -> None:
        """Has a rule do what it does whichever way the message goes."""
        self._ACTS[armed.rule.do](self, armed, passing, it)

    def move(self, passing: Passing, place: str, go: Callable[[], object]) -> None:
        """Has a message go on, behind what waits."""
        self.lanes.move(passing.side, passing, place, go)

    def _drop(self, armed: Armed, passing: Passing, it: Moving) -> None:
        for carrier in it.carriers:
            if carrier.transport == "http":
                carrier.cut(reset=False)

    def _delay(self, armed: Armed, passing: Passing, it: Moving) -> None:
        rule = armed.rule
        seconds = rule.seconds or 0.0
        if rule.jitter:
            seconds = max(0.0, seconds + self.rng.uniform(-rule.jitter, rule.jitter))
        self.lanes.delay(passing.side, passing, it.place, seconds, it.go, overtake=bool(rule.overtake))

    def _duplicate(self, armed: Armed, passing: Passing, it: Moving) -> None:
        self.move(passing, it.place, it.go)
        seconds = armed.rule.seconds or 0.0
        for copy in range(1, (armed.rule.copies or 1) + 1):
            if seconds:
                self.lanes.later(it.place, copy * seconds, partial(self.move, passing, it.place, it.again))
            else:
                self.move(passing, it.place, it.again)

    def _reorder(self, armed: Armed, passing: Passing, it: Moving) -> None:
        self.lanes.put_aside(armed.id, passing.side, passing, it.place, armed.rule.by or 1, _ORDER_SECONDS, it.go)

    def _close(self, armed: Armed, passing: Passing, it: Moving) -> None:
        it.break_off("close")
        code, reason = armed.rule.code, armed.rule.reason or ""
        close = Close(code if isinstance(code, int) else _CLOSED, reason)
        for carrier in it.carriers:
            if carrier.transport == "ws":
                self.hub.perform([close], carrier)
            else:
                carrier.cut(reset=False)

    def _reset(self, armed: Armed, passing: Passing, it: Moving) -> None:
        it.break_off("reset")
        for carrier in it.carriers:
            carrier.cut(reset=True)

    def _hang(self, armed: Armed, passing: Passing, it: Moving) -> None:
        it.break_off("hang")
        if not it.carriers:
            self.silent.add(it.place)
        for carrier in it.carriers:
            self.hung.add(carrier.id)
            self.lanes.forget(carrier.id)
            carrier.hang()
        self.refresh()

    def _give_command(self, armed: Armed, passing: Passing, it: Moving) -> None:
        """The message goes on whatever comes of the command."""
        self.move(passing, it.place, it.go)
        try:
            self._command(armed.rule.command or "", passing.session, armed.rule.arguments or {})
        except Exception as error:  # such as that the session has ended
            self.note(armed, passing, failed=str(error))

    _ACTS: ClassVar[Mapping[str, Callable[[Any, Armed, Passing, Moving], None]]] = {
        "drop": _drop,
        "delay": _delay,
        "duplicate": _duplicate,
        "reorder": _reorder,
        "close": _close,
        "reset": _reset,
        "hang": _hang,
        "command": _give_command,
    }


_BY_CHANCE: Final = frozenset(("corrupt", "delay"))
"""Actions that may draw."""
