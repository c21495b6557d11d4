"""What a snapshot of a fake is: its form, how one is read, and what the parts of a vendor's state need to take theirs.

A snapshot is plain JSON. Its members are declared, those of all vendors here, those of one in `<vendor>/snapshot.py`;
each part of a state has `saved()` and `restored()`. Taking and putting in are in `snapshotting.py`.

Moments are epoch seconds on the clock of the fake that was saved. Where they are taken they are moved by as much as the
other clock is ahead, so that what was to happen in ten seconds happens in ten seconds. A timer is saved by its key and
its due time; the part whose it is knows by the key what is to be done then.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from avatarwire.codecs.core.conversion import convert
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.errors import CodecError, shown
from avatarwire.codecs.message import MessageT
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.moment import Moment
from avatarwire.fakeserver.said import SaidLog, Saying
from avatarwire.fakeserver.turn import Turn

__all__ = [
    "LARGEST",
    "LARGEST_COUNT",
    "VERSION",
    "Count",
    "Moment",
    "RandomState",
    "Resuming",
    "Saved",
    "SavedTimer",
    "Snapshot",
    "SnapshotError",
    "SnapshotVersionError",
    "broken",
    "in_common",
    "indexed",
    "message",
    "of",
    "over",
    "random_state",
    "read",
    "set_random",
]

VERSION: Final = 1
"""Of the form; what is written by another one is not read."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of JSON that a snapshot may have."""

T = TypeVar("T")
SavedT = TypeVar("SavedT", bound=msgspec.Struct)

_WORD: Final = 2**32 - 1
LARGEST_COUNT: Final = 2**53

Count: TypeAlias = Annotated[int, Meta(ge=0, le=LARGEST_COUNT)]
"""How many, or a number that was handed out."""
_Words: TypeAlias = Annotated[list[Annotated[int, Meta(ge=0, le=_WORD)]], Meta(min_length=625, max_length=625)]
RandomState: TypeAlias = tuple[Literal[3], _Words, float | None]
"""What `random.Random.getstate` gives."""


class SnapshotError(FakeServerError):
    """A value is no snapshot of this fake; nothing has changed.

    Attributes:
        key: the member that is to blame, such as ``state.sessions[0].project_id``; empty for the value itself.
    """

    def __init__(self, reason: str, *, key: str = "") -> None:
        super().__init__(f"snapshot: {key}: {reason}" if key else f"snapshot: {reason}", key=key)


class SnapshotVersionError(SnapshotError):
    """A snapshot has another version than the one that is read here; nothing has changed."""


class Snapshot(dict[str, Any]):
    """The state of a fake as plain JSON values. It holds secrets, such as tokens, so only its size is shown."""

    def __repr__(self) -> str:
        return f"<snapshot of {self.get('vendor', 'nothing')}, version {self.get('version')}; holds secrets>"


class Saved(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of what a snapshot consists of."""


class SavedTimer(Saved):
    """Something that is to happen.

    Attributes:
        key: what it goes by, such as ``line of <session>``.
        due: when.
    """

    key: str
    due: Moment


def broken(key: str, reason: str) -> SnapshotError:
    """The error of a member that does not fit the others, or the fake."""
    return SnapshotError(reason, key=key)


def read(value: object, type_: type[SavedT], path: str = "") -> SavedT:
    """A part of a snapshot.

    Args:
        value: plain values.
        type_: what it has to be.
        path: where it stands.

    Raises:
        SnapshotError: it is something else; names the member.
    """
    try:
        return convert(value, type_)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        inside = place.rstrip("`")
        if _UNKNOWN in reason or _MISSING in reason:
            inside += "." + reason.rpartition(" `")[2].rstrip("`")
        raise SnapshotError(reason, key=f"{path}{inside}".removeprefix(".")) from None
    except RecursionError:
        raise SnapshotError("nested too deeply", key=path) from None


_UNKNOWN: Final = "unknown field"
_MISSING: Final = "missing required field"


def set_random(rng: random.Random, state: RandomState, key: str) -> None:
    """Has a generator go on where another one was.

    Raises:
        SnapshotError: the state is none.
    """
    version, words, gauss = state
    try:
        rng.setstate((version, tuple(words), gauss))
    except (TypeError, ValueError, OverflowError) as error:
        raise broken(key, f"no state of a random generator: {error}") from None


def random_state(rng: random.Random) -> RandomState:
    """Where a generator is, so that another one can go on from there."""
    _, words, gauss = rng.getstate()
    return 3, list(words), gauss


def message(codec: JsonCodec[MessageT], fields: Mapping[str, Any], key: str) -> MessageT:
    """A message that is in a snapshot as its JSON.

    Raises:
        SnapshotError: it is none; names its member.
    """
    try:
        return codec.convert(dict(fields)).value
    except CodecError as error:
        path = getattr(error, "path", "") or ""
        raise broken(f"{key}.{path}" if path else key, error.reason) from None


class Resuming:
    """What the parts of a state need while they take what was saved.

    Nothing happens before all of them have: what is pending is set at the end, in the order in which it was set once,
    because what is due at one moment happens in that order.

    Args:
        saved_at: when the snapshot was taken, epoch seconds.
        now: epoch seconds on the clock of the fake that takes it.
        timers: what was pending.
        said: keeps what clients have had said; taken already.
    """

    def __init__(self, saved_at: float, now: float, timers: list[SavedTimer], said: SaidLog) -> None:
        self.now: Final = now
        self.shift: Final = now - saved_at
        self._due: Final = {timer.key: self.at(timer.due) for timer in timers}
        self._actions: Final[dict[str, Callable[[], object]]] = {}
        self._known: Final[set[str]] = set()
        self._then: Final[list[Callable[[], object]]] = []
        self._said: Final = said
        self._sayings: Final = said.numbered()
        self._going_on: Final[set[int]] = set()

    def at(self, moment: float) -> float:
        """A moment on the clock of this fake."""
        return moment + self.shift if self.shift else moment

    def maybe(self, moment: float | None) -> float | None:
        """The same, where there may be none."""
        return None if moment is None else self.at(moment)

    def due(self, key: str) -> float | None:
        """When something is due that was pending; None where it was not."""
        return self._due.get(key)

    def timer(self, key: str, action: Callable[[], object] | None) -> None:
        """What is to be done when something is due, if it was pending; None for nothing in a fake as this one is."""
        if key in self._due:
            self._known.add(key)
            if action is not None:
                self._actions[key] = action

    def then(self, action: Callable[[], object]) -> None:
        """Has something done once everything was taken, in a turn."""
        self._then.append(action)

    def saying(self, number: int) -> Saying:
        """What is being said, or waits for it; one that is forgotten already has no number."""
        self._going_on.add(number)
        return self._sayings.get(number) or Saying()

    def check(self, purposes: Collection[str]) -> None:
        """Holds that everything that was pending is somebody's.

        Args:
            purposes: with what the keys of timers begin that there may be.

        Raises:
            SnapshotError: something is nobody's.
        """
        for index, key in enumerate(self._due):
            # What has ended in the turn in which it was set may have left one behind, at which nothing happens.
            if key not in self._known and key.partition(" ")[0] not in purposes:
                raise broken(f"timers[{index}].key", f"nothing here has a timer {shown(key)}")

    def go(self, turn: Turn) -> None:
        """Sets what is pending, and does what is left to do; in a turn."""
        self._said.cut_all(but=self._going_on)
        for key, due in self._due.items():
            if key in self._actions:
                turn.later(max(due - self.now, 0.0), key, self._actions[key])
        for action in self._then:
            action()


def indexed(name: str, items: list[T]) -> list[tuple[str, T]]:
    """Items with their paths, for errors."""
    return [(f"{name}[{index}]", item) for index, item in enumerate(items)]


def in_common(saved_as: type[Saved], but: Collection[str] = ()) -> Callable[[object], dict[str, Any]]:
    """What gives the attributes that something and its form in a snapshot have alike, by name: either is made of them.

    Args:
        saved_as: the form.
        but: members of it that the other does not have, or has otherwise.
    """
    names = tuple(name for name in saved_as.__struct_fields__ if name not in but)
    return lambda it: {name: getattr(it, name) for name in names}


def over(ids: list[str], known: Mapping[str, T], is_over: Callable[[T], bool], key: str, what: str) -> list[T]:
    """Those that are over, in the order in which they have ended, from their ids.

    Args:
        ids: of all of them.
        known: all that there are, over or not, by id.
        is_over: tells which are.
        key: the member that has the ids.
        what: what one is called, for errors.

    Raises:
        SnapshotError: an id is of none that is over, or is there twice; or one is missing.
    """
    found: dict[str, T] = {}
    for path, id_ in indexed(key, ids):
        it = of(known, id_, path, what)
        if not is_over(it) or id_ in found:
            raise broken(path, f"{what} {shown(id_)} is not over, or is listed twice")
        found[id_] = it
    if len(found) != sum(map(is_over, known.values())):
        raise broken(key, f"a {what} that is over is missing")
    return list(found.values())


def of(known: Mapping[Any, T], name: object, key: str, what: str) -> T:
    """What goes by a name that a member gives.

    Raises:
        SnapshotError: there is nothing of that name.
    """
    try:
        return known[name]
    except KeyError:
        raise broken(key, f"there is no {what} {shown(str(name))}") from None
