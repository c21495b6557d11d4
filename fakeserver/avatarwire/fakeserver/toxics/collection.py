"""The toxics of a fake server: which there are, and who is told of a change.

Only that lives here. What acts on connections is on the side of the ports (`transports/port.py`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator
from types import TracebackType
from typing import Final, Protocol, Self, TypeAlias

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.scenario.table import ScenarioError, resolve
from avatarwire.fakeserver.scenario.types import nearest
from avatarwire.fakeserver.snapshot import RandomState, Saved, broken, random_state, set_random
from avatarwire.fakeserver.toxics.toxic import Toxic

__all__ = ["Acted", "Guard", "SavedToxics", "Toxics"]

_TABLE: Final = "toxics"

Reach: TypeAlias = Callable[[Callable[[], None]], None]
"""Runs something in the fake's loop, from any thread, and returns when it is done; raises what that raises."""


class SavedToxics(Saved):
    """What a snapshot has of the toxics of a fake.

    Attributes:
        toxics: in order.
        random: what is by chance.
    """

    toxics: list[Toxic]
    random: RandomState


class Acted(Protocol):
    """Something that toxics act on, such as a port; called in the fake's loop."""

    def armed(self, toxic: Toxic) -> None:
        """A toxic is there."""
        ...

    def disarmed(self, toxic: Toxic) -> None:
        """It is there no more."""
        ...


class Guard:
    """A toxic that was added; as a context manager it is removed at the end.

    Args:
        toxics: the collection.
        toxic: as it was added.

    Attributes:
        toxic: as given.
    """

    def __init__(self, toxics: Toxics, toxic: Toxic) -> None:
        self.toxic: Final = toxic
        self._toxics: Final = toxics

    @property
    def name(self) -> str:
        """Name of the toxic."""
        return self.toxic.name

    def remove(self) -> None:
        """Removes the toxic, unless that was done."""
        self._toxics.discard(self.toxic)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


class Toxics:
    """The toxics of one fake, in order; connections that are open are affected by a change like later ones.

    Any thread may use it, before the fake is started, too.

    Args:
        journal, clock: of the fake.
        rng: chance comes from it.
        reach: runs a change where the connections live.
        ports: kinds of ports that the fake has.
        given: what is there from the start, as a scenario says.
        path: where that is said, for errors.

    Attributes:
        journal, clock, rng: as given.

    Raises:
        ScenarioError: two of one name, or a port that the fake lacks.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        rng: random.Random,
        *,
        reach: Reach,
        ports: Collection[str],
        given: Iterable[Toxic] = (),
        path: str = _TABLE,
    ) -> None:
        self.journal: Final = journal
        self.clock: Final = clock
        self.rng: Final = rng
        self._reach: Final = reach
        self._ports: Final = ports
        self._acted: Final[list[tuple[str, Acted]]] = []
        self._toxics: tuple[Toxic, ...] = ()
        for index, toxic in enumerate(given):
            self._check(toxic, f"{path}[{index}]")
            self._toxics += (toxic,)
        self._given: Final = self._toxics

    # For tests

    def add(self, toxic: Toxic | None = None, /, **keys: object) -> Guard:
        """Adds a toxic behind those that are there.

        Args:
            toxic: the toxic; None for one made of `keys`.
            keys: as `Toxic` takes them, in the place of those of `toxic`.

        Returns:
            What removes it again, as a context manager too.

        Raises:
            ScenarioError: it is wrong, there is one of that name, or the fake has no such port.
            FakeServerError: the fake cannot be reached.
        """
        source: dict[str, object] = {_TABLE: keys if toxic is None else toxic}
        added = resolve(source, _TABLE, Toxic, {} if toxic is None else keys)

        def add() -> None:
            self._check(added, _TABLE)
            self._toxics += (added,)
            try:
                for acted in self._acted_by(added):
                    acted.armed(added)
            except BaseException:
                self._take_away(added)
                raise

        self._reach(add)
        return Guard(self, added)

    def remove(self, name: str) -> None:
        """Removes a toxic.

        Raises:
            FakeServerError: there is none of that name, or the fake cannot be reached.
        """

        def remove() -> None:
            found = self.get(name)
            if found is None:
                meant = nearest(name, [toxic.name for toxic in self._toxics])
                hint = f"; did you mean {meant}?" if meant else ""
                raise FakeServerError(f"toxics: there is none of the name {name!r}{hint}")
            self._take_away(found)

        self._reach(remove)

    def clear(self) -> None:
        """Removes every toxic."""
        self._reach(lambda: self._set(()))

    def reset(self) -> None:
        """Goes back to the toxics that were there from the start."""
        self._reach(lambda: self._set(self._given))

    def saved(self) -> SavedToxics:
        """Those that there are, and what is by chance, for a snapshot."""
        return SavedToxics(toxics=list(self._toxics), random=random_state(self.rng))

    def restored(self, saved: SavedToxics) -> Callable[[], None]:
        """What puts toxics in the place of those that there are; one that is there already stays the same object.

        Raises:
            SnapshotError: two of one name, a port that the fake lacks, or a chance that cannot go on.
        """
        chance = random.Random()  # noqa: S311 - a bad network, no secrets
        set_random(chance, saved.random, "toxics.random")
        for index, toxic in enumerate(saved.toxics):
            wrong = self._wrong(toxic, saved.toxics[:index])
            if wrong is not None:
                name, reason = wrong
                raise broken(f"{_TABLE}.toxics[{index}].{name}", reason)
        there = self._toxics
        wanted = tuple(next((same for same in there if same == it), it) for it in saved.toxics)

        def restore() -> None:
            self.rng.setstate(chance.getstate())
            self._set(wanted)

        return restore

    def get(self, name: str) -> Toxic | None:
        """The toxic of a name, if there is one."""
        return next((toxic for toxic in self._toxics if toxic.name == name), None)

    def __iter__(self) -> Iterator[Toxic]:
        return iter(self._toxics)

    def __len__(self) -> int:
        return len(self._toxics)

    def __contains__(self, toxic: object) -> bool:
        """Whether a toxic is there, or one of that name."""
        return any(toxic in (there, there.name) for there in self._toxics)

    def __repr__(self) -> str:
        return f"Toxics({', '.join(toxic.name for toxic in self._toxics)})"

    # For guards and ports

    def discard(self, toxic: Toxic) -> None:
        """Removes the very toxic that was added, if it is there."""
        if any(there is toxic for there in self._toxics):
            self._reach(lambda: self._take_away(toxic))

    def at(self, port: str) -> tuple[Toxic, ...]:
        """The toxics that act on a kind of port."""
        return tuple(toxic for toxic in self._toxics if toxic.port in ("", port))

    def attach(self, port: str, acted: Acted) -> None:
        """Tells something of changes from now on, in the loop.

        Args:
            port: its kind.
            acted: what is told.
        """
        self._acted.append((port, acted))

    def detach(self, acted: Acted) -> None:
        """Tells it nothing more."""
        self._acted[:] = [(port, there) for port, there in self._acted if there is not acted]

    # Changes, in the loop

    def _check(self, toxic: Toxic, path: str) -> None:
        wrong = self._wrong(toxic, self._toxics)
        if wrong is not None:
            name, reason = wrong
            raise ScenarioError("scenario", f"{path}.{name}", reason)

    def _wrong(self, toxic: Toxic, before: Iterable[Toxic]) -> tuple[str, str] | None:
        """The key of a toxic that is wrong, and why, given those before it; None where it may be added."""
        if any(toxic.name == other.name for other in before):
            return "name", f"there is a toxic of the name {toxic.name!r} already"
        if toxic.port and toxic.port not in self._ports:
            return "port", f"toxics cannot act on such a port of this fake, got {toxic.port!r}"
        return None

    def _acted_by(self, toxic: Toxic) -> list[Acted]:
        return [acted for port, acted in self._acted if toxic.port in ("", port)]

    def _take_away(self, toxic: Toxic) -> None:
        if any(there is toxic for there in self._toxics):
            self._toxics = tuple(there for there in self._toxics if there is not toxic)
            for acted in self._acted_by(toxic):
                acted.disarmed(toxic)

    def _set(self, wanted: tuple[Toxic, ...]) -> None:
        for toxic in self._toxics:
            self._take_away(toxic)
        self._toxics = wanted
        for toxic in wanted:
            for acted in self._acted_by(toxic):
                acted.armed(toxic)
