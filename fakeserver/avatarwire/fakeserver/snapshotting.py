"""Snapshots of a fake server: taking one, and putting one in, as a whole or not at all.

Only this lives here, for every vendor; what a snapshot is says `snapshot.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Protocol, cast

import msgspec

from avatarwire.codecs.errors import shown
from avatarwire.codecs.installed import installed_version
from avatarwire.fakeserver.controlled import Controlled
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.faults.plane import Plane
from avatarwire.fakeserver.faults.saved import SavedFaults
from avatarwire.fakeserver.said import SaidLog, SavedSaying
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.snapshot import (
    LARGEST,
    VERSION,
    Moment,
    RandomState,
    Resuming,
    Saved,
    SavedTimer,
    Snapshot,
    SnapshotError,
    SnapshotVersionError,
    random_state,
    read,
    set_random,
)
from avatarwire.fakeserver.toxics import Toxics
from avatarwire.fakeserver.toxics.collection import SavedToxics

__all__ = ["Remembering", "SnapshotBody", "Snapshotting"]


class Remembering(Protocol):
    """Behaviour, as far as snapshots need it."""

    saved_as: ClassVar[type[Saved]]
    """What its state is in a snapshot."""
    timers: ClassVar[tuple[str, ...]]
    """With what the keys of its timers begin."""
    said: SaidLog
    rng: random.Random

    def saved(self) -> Saved:
        """All that it remembers, as if every connection were lost at this moment."""
        ...

    def restored(self, saved: Any, again: Resuming) -> None:
        """Remembers what was saved, which it does not yet act on; called when it has just been made.

        Raises:
            SnapshotError: that does not fit together, or does not fit the scenario.
        """
        ...


class SavedNothing(Saved):
    """What a fake has beside its behaviour whose carriers know nothing that outlives connections."""


class SnapshotBody(Saved):
    """A snapshot of a fake, as the vendors have it in common.

    Attributes:
        version: of this form.
        vendor: whose fake it is.
        avatarwire: version of the package that has written it, for people.
        time: what the clock said.
        random: the generator that ids and tokens come from.
        said: what clients had avatars say.
        timers: what was to happen, in the order in which it was set.
        state: what the vendor's behaviour remembers.
        carriers: what is on its way, or known of clients, beside that.
        faults, toxics: those there were.
    """

    version: int
    vendor: str
    avatarwire: str
    time: Moment
    random: RandomState
    said: list[SavedSaying]
    timers: list[SavedTimer]
    state: Any
    carriers: Any
    faults: SavedFaults
    toxics: SavedToxics


class Snapshotting(Controlled):
    """Base of a fake server: its snapshots."""

    toxics: Toxics
    _plane: Plane
    _surface: Any
    _player: Any
    _carriers_saved_as: ClassVar[type[Saved]] = SavedNothing
    """What its carriers have in a snapshot."""

    def snapshot(self) -> Snapshot:
        """What the server remembers at this moment, in the middle of whatever goes on, as plain JSON values.

        It holds secrets, such as tokens. What belongs to an open connection is in it as if that were lost now; the
        journal is not in it.

        Raises:
            FakeServerError: the server does not run, or the snapshot would be larger than 64 MiB.
        """
        return self._command(self._snapshot)

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Has the server remember what another one did, of this process or not, or itself before; from any thread.

        Open connections are closed, WebSockets with 1012. Clients come back with the tokens and ids that they have.
        What was pending goes on with the time that was left; where the clock shows another time, moments are moved by
        the difference. Tunables, functions, addresses and clock stay those of this server; its journal goes on.

        Args:
            snapshot: what `snapshot` gives; may be used as often as one likes.

        Raises:
            SnapshotVersionError: it has another version.
            SnapshotError: it is none of this vendor's; names the member. Nothing has changed then, nor with the other.
            FakeServerError: the server does not run.
        """
        self._command(lambda: self._restore(snapshot))

    # In the loop

    def _snapshot(self) -> Snapshot:
        behaviour = self._remembering()
        whole = SnapshotBody(
            version=VERSION,
            vendor=self._vendor,
            avatarwire=installed_version(),
            time=self.clock.now(),
            random=random_state(behaviour.rng),
            said=behaviour.said.saved(),
            timers=[SavedTimer(key=key, due=due) for key, due in self._hub.due().items()],
            state=behaviour.saved(),
            carriers=self._carriers_saved(),
            faults=self._plane.saved(),
            toxics=self.toxics.saved(),
        )
        try:
            data = msgspec.json.encode(whole)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise FakeServerError(f"the state cannot be written as JSON: {error}") from None
        if len(data) > LARGEST:
            raise FakeServerError(f"the snapshot would have {len(data)} bytes, more than {LARGEST}")
        return Snapshot(msgspec.json.decode(data))

    def _restore(self, snapshot: Mapping[str, Any]) -> None:
        whole = _read(snapshot, self._vendor)
        state = read(whole.state, self._remembering().saved_as, "state")
        carriers = read(whole.carriers, self._carriers_saved_as, "carriers")
        try:
            arm_faults = self._plane.restored(whole.faults, whole.time)
        except ScenarioError as error:
            raise SnapshotError(error.reason, key=error.path) from None
        arm_toxics = self.toxics.restored(whole.toxics)
        before = {name: getattr(self, name) for name in _REMADE}
        try:
            self._make()
            behaviour = self._remembering()
            now = self.clock.now()
            behaviour.said.restored(whole.said, lambda moment: moment + (now - whole.time))
            again = Resuming(whole.time, now, whole.timers, behaviour.said)
            behaviour.restored(state, again)
            again.check(behaviour.timers)
            # Last: whatever was made until now is none of what the other fake would make next.
            set_random(behaviour.rng, whole.random, "random")
            carry_on = self._carriers_restored(carriers, again)
        except BaseException:
            for name, value in before.items():
                setattr(self, name, value)
            raise
        self._end_all()
        self._made()
        arm_faults()
        arm_toxics()
        self.journal.note(RESTORED, taken_at=whole.time, version=whole.version)
        carry_on()
        self._hub.perform(self._turn.run(now, lambda: again.go(self._turn)))

    def _remembering(self) -> Remembering:
        behaviour: Any = self._behaviour
        if self._player is not None:
            raise FakeServerError(f"the fake {self._vendor} server replays a trace: of that there are no snapshots")
        if getattr(behaviour, "saved_as", None) is None:
            raise FakeServerError(f"the fake {self._vendor} server has no snapshots")
        known: Remembering = behaviour
        return known

    # What a server says

    def _make(self) -> None:
        """Makes the behaviour, and what belongs to it."""
        raise NotImplementedError

    def _made(self) -> None:
        """Another behaviour is there."""
        raise NotImplementedError

    def _end_all(self) -> None:
        """Closes every connection, and gives up what was pending."""
        raise NotImplementedError

    def _carriers_saved(self) -> Saved:
        """What its carriers know that outlives connections."""
        return SavedNothing()

    def _carriers_restored(self, saved: Any, again: Resuming) -> Callable[[], object]:
        """What has its carriers know that; called when the new behaviour has its place.

        Raises:
            SnapshotError: it does not fit.
        """
        del saved, again
        return _nothing


class _Head(msgspec.Struct):
    """What is looked at first: of another version, nothing else is known."""

    version: int


class _Whose(msgspec.Struct):
    """What is looked at next."""

    vendor: str


def _read(snapshot: object, vendor: str) -> SnapshotBody:
    """A snapshot of a vendor's fake.

    Raises:
        SnapshotVersionError, SnapshotError: it is none.
    """
    if not isinstance(snapshot, Mapping):
        raise SnapshotError(f"expected what snapshot() gives, got {type(snapshot).__name__}")
    members = dict(cast("Mapping[str, Any]", snapshot))
    head = read(members, _Head)
    if head.version != VERSION:
        reason = f"this avatarwire reads version {VERSION}, not {head.version}"
        raise SnapshotVersionError(reason, key="version")
    whose = read(members, _Whose).vendor
    if whose != vendor:
        raise SnapshotError(f"expected {vendor}, got {shown(whose)}", key="vendor")
    return read(members, SnapshotBody)


RESTORED: Final = "a snapshot was put in"
_REMADE: Final = ("_behaviour", "_surface", "state")


def _nothing() -> None:
    """There is nothing to do."""
