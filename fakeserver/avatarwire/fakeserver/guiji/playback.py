"""The playlist of one session, played in time: what is begun, what ends, what the playlist actions change.

A state machine without a message in it: it is told material ids and tells of begins and ends. Only playing lives here;
how an action arrives and how its outcome is told is in `methods.py`.

What the document leaves open is decided here, as ours: the list holds what has not been played to its end, and an
``index`` counts in it from 0 (GJ-E80). An item leaves it when it ends; then the first one left begins. Deleting the
item that plays ends it. What is inserted before it plays next. A cut-in waits behind the playing item until the next
silent point of that item, plays, and then the item goes on where it was; one cut-in list after the other is played as
one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal, TypeAlias

from avatarwire.fakeserver.guiji.snapshot import SavedItem, SavedPlayback
from avatarwire.fakeserver.moment import MOMENT
from avatarwire.fakeserver.said import Saying
from avatarwire.fakeserver.snapshot import Resuming, broken
from avatarwire.fakeserver.turn import Turn

__all__ = ["Playback", "PlaybackRefusal", "Played"]

_SHORTEST: Final = 0.001
"""Seconds that any item plays at least: a repeated list must not stand still in time."""


class PlaybackRefusal(Exception):
    """An action cannot be carried out on this list; its text says why, for the client."""


@dataclass(frozen=True, slots=True)
class Played:
    """An item began or ended (GJ-R121).

    Attributes:
        status: which of both.
        pcm_id: material id.
        cut_in: whether it belongs to the cut-in list.
        to_play: what is still to be played of its list, itself left out.
    """

    status: Literal["begin", "end"]
    pcm_id: int
    cut_in: bool
    to_play: tuple[int, ...]


Length: TypeAlias = Callable[[int], "float | None"]
"""Seconds that a material plays; None for one there is not."""
Accept: TypeAlias = Callable[[int, str], Saying]
"""Keeps that a material is to be played, and the catalogue id of what has brought that."""


@dataclass(slots=True, eq=False)
class _Item:
    """One entry of a list; `begun` and `played` (seconds) tell how far it is, `by` what has brought it."""

    pcm_id: int
    length: float
    cut_in: bool = False
    begun: bool = False
    played: float = 0.0
    by: str = ""
    saying: Saying = field(default_factory=Saying)


class Playback:
    """Plays one session's list.

    Args:
        turn: the time, and what is to happen later.
        key: what its timer goes by.
        length: how long a material plays.
        tell: called with every begin and end, in order.
        silent_seconds: every so many seconds an item has a silent point, where it can be cut into.
        loop: an item that was played to its end goes to the end of the list again.
        longest: items that the list may hold.
        accept: keeps what is to be played, each time anew.
    """

    def __init__(
        self,
        turn: Turn,
        key: str,
        length: Length,
        tell: Callable[[Played], None],
        *,
        silent_seconds: float = 1.0,
        loop: bool = False,
        longest: int = 10_000,
        accept: Accept = lambda pcm_id, by: Saying(),
    ) -> None:
        self._accept: Final = accept
        self._turn: Final = turn
        self._key: Final = key
        self._length: Final = length
        self._tell: Final = tell
        self._silent_seconds: Final = silent_seconds
        self._loop: Final = loop
        self._longest: Final = longest
        self._playlist: list[_Item] = []
        self._cut_ins: list[_Item] = []
        self._playing: _Item | None = None
        self._since = 0.0
        self._started = False
        self._pausing = False

    # What there is

    @property
    def playing(self) -> int | None:
        """Material id of what plays."""
        return None if self._playing is None else self._playing.pcm_id

    @property
    def cutting_in(self) -> bool:
        """Whether what plays is a cut-in."""
        return self._playing is not None and self._playing.cut_in

    def listing(self) -> tuple[int, ...]:
        """Everything that has not been played to its end, in the order it stands in; waiting cut-ins included."""
        return _ids(self._whole())

    def unknown(self, pcm_ids: Iterable[int]) -> list[int]:
        """Those of `pcm_ids` that are no material."""
        return [pcm_id for pcm_id in pcm_ids if self._length(pcm_id) is None]

    # The five actions (GJ-R109); `by` is the catalogue id of what asks for one

    def add(self, pcm_ids: Sequence[int], *, by: str = "") -> None:
        """Appends to the list.

        Raises:
            PlaybackRefusal: no such material, or too many.
        """
        self._playlist += self._accepted(self._items(pcm_ids), by)
        self._go_on()

    def insert(self, index: int, pcm_ids: Sequence[int], old_pcm_id: int | None = None, *, by: str = "") -> None:
        """Inserts before the item at `index`; the length of the list as index appends.

        Between cut-ins nothing is inserted: they stay together, and what was meant for there comes right behind them.

        Raises:
            PlaybackRefusal: no such index or material, too many, or another item than `old_pcm_id` stands there.
        """
        items = self._items(pcm_ids)
        whole = self._whole()
        if not (index == len(whole) and old_pcm_id is None):
            self._at(index, old_pcm_id)
        position = sum(not item.cut_in for item in whole[:index])
        self._playlist[position:position] = self._accepted(items, by)
        self._go_on()

    def delete(self, index: int, old_pcm_id: int | None = None) -> None:
        """Removes the item at `index`; if it plays, it ends and the next begins.

        Raises:
            PlaybackRefusal: no such index, or another item than `old_pcm_id` stands there.
        """
        item = self._at(index, old_pcm_id)
        if item is self._playing:
            self._halt()
        (self._cut_ins if item.cut_in else self._playlist).remove(item)
        item.saying.cut()
        if item.begun:
            self._told("end", item)
        self._go_on()

    def cut_in(self, pcm_ids: Sequence[int], *, by: str = "") -> None:
        """Plays at the next silent point of what plays now; at once when nothing plays.

        Raises:
            PlaybackRefusal: no such material, or too many.
        """
        self._cut_ins += self._accepted(self._items(pcm_ids, cut_in=True), by)
        if self._playing is not None and not self._playing.cut_in:
            self._wait(self._playing)  # its timer has to be set anew: a silent point may come before its end
        self._go_on()

    # Life

    def start(self) -> None:
        """From now on it plays; before, the list is only kept."""
        self._started = True
        self._go_on()

    def close(self) -> None:
        """Ends without a word: the session is gone."""
        self._started = False
        self._halt()
        for item in (*self._playlist, *self._cut_ins):
            item.saying.cut()
        self._playlist.clear()
        self._cut_ins.clear()

    def saved(self) -> SavedPlayback:
        """What is to be played, and how far it is, for a snapshot."""
        whole = [*self._cut_ins, *self._playlist]
        return SavedPlayback(
            playlist=[_saved(item) for item in self._playlist],
            cut_ins=[_saved(item) for item in self._cut_ins],
            playing=None if self._playing is None else whole.index(self._playing),
            since=self._since,
            started=self._started,
            pausing=self._pausing,
        )

    def restored(self, saved: SavedPlayback, again: Resuming, path: str) -> None:
        """Goes on with what a snapshot has, where it was.

        Raises:
            SnapshotError: there is nothing at the position that plays.
        """
        self._playlist = [_restored(it, again, cut_in=False) for it in saved.playlist]
        self._cut_ins = [_restored(it, again, cut_in=True) for it in saved.cut_ins]
        self._since, self._started, self._pausing = again.at(saved.since), saved.started, saved.pausing
        if saved.playing is None:
            again.timer(self._key, None)
            return
        whole = [*self._cut_ins, *self._playlist]
        if saved.playing >= len(whole):
            raise broken(f"{path}.playing", f"there is nothing at {saved.playing}")
        self._playing = item = whole[saved.playing]
        again.timer(self._key, self._pause if self._pausing else partial(self._end, item))

    # How it goes on

    def _go_on(self) -> None:
        """Begins, or resumes, what is due when nothing plays."""
        if self._playing is not None or not self._started:
            return
        item = self._due()
        if item is None:
            return
        self._playing = item
        self._since = self._turn.now
        is_new, item.begun = not item.begun, True
        item.saying.begin()
        self._wait(item)
        if is_new:
            self._told("begin", item)

    def _due(self) -> _Item | None:
        if self._cut_ins:
            return self._cut_ins[0]
        cut = next((item for item in self._playlist if item.begun), None)
        return cut or next(iter(self._playlist), None)

    def _wait(self, item: _Item) -> None:
        """Sets the timer to the end of `item`, or to its next silent point when a cut-in waits for that."""
        position = self._position(item)
        left = item.length - position
        if self._cut_ins and not item.cut_in:
            pause = self._until_silence(position)
            if pause < left - MOMENT:
                self._pausing = True
                self._turn.later(pause, self._key, self._pause)
                return
        self._pausing = False
        self._turn.later(left, self._key, partial(self._end, item))

    def _until_silence(self, position: float) -> float:
        """Seconds from a position in an item to its next silent point; the position itself is none."""
        every = self._silent_seconds
        return every * (math.floor(position / every + MOMENT) + 1) - position if every else 0.0

    def _pause(self) -> None:
        """A silent point: the cut-ins play."""
        self._halt()
        self._go_on()

    def _end(self, item: _Item) -> None:
        """What plays has come to its end."""
        self._halt()
        (self._cut_ins if item.cut_in else self._playlist).remove(item)
        item.saying.end()
        if self._loop and not item.cut_in:
            self._playlist += self._accepted([_Item(item.pcm_id, item.length)], item.by)
        self._told("end", item)
        self._go_on()

    def _halt(self) -> None:
        """Nothing plays any more; how far it was is remembered."""
        self._turn.cancel(self._key)
        if self._playing is not None:
            self._playing.played = self._position(self._playing)
            self._playing = None

    def _position(self, item: _Item) -> float:
        return item.played + (self._turn.now - self._since if item is self._playing else 0.0)

    # Pieces

    def _whole(self) -> list[_Item]:
        """Both lists as one: the cut-ins stand behind the item that they wait for, or first when one of them plays."""
        playing = self._playing
        front = 0 if playing is None or playing.cut_in else self._playlist.index(playing) + 1
        return [*self._playlist[:front], *self._cut_ins, *self._playlist[front:]]

    def _items(self, pcm_ids: Sequence[int], *, cut_in: bool = False) -> list[_Item]:
        items: list[_Item] = []
        for pcm_id in pcm_ids:
            length = self._length(pcm_id)
            if length is None:
                raise PlaybackRefusal(f"pcmIds: no material {pcm_id} in this live room [GJ-R052]")
            items.append(_Item(pcm_id, max(length, _SHORTEST), cut_in))
        if len(self._playlist) + len(self._cut_ins) + len(items) > self._longest:
            raise PlaybackRefusal(f"pcmIds: the playlist would hold more than {self._longest} items")
        return items

    def _accepted(self, items: list[_Item], by: str) -> list[_Item]:
        """Items that come into a list now."""
        for item in items:
            item.by, item.saying = by, self._accept(item.pcm_id, by)
        return items

    def _at(self, index: int, old_pcm_id: int | None) -> _Item:
        whole = self._whole()
        if not 0 <= index < len(whole):
            raise PlaybackRefusal(f"index: {index} is out of range, the playlist holds {len(whole)} items [GJ-E80]")
        if old_pcm_id is not None and whole[index].pcm_id != old_pcm_id:
            raise PlaybackRefusal(f"oldPcmId: {whole[index].pcm_id} stands at index {index}, not {old_pcm_id} [GJ-E80]")
        return whole[index]

    def _told(self, status: Literal["begin", "end"], item: _Item) -> None:
        """What is to be played is what is left once nothing else is added: without the item itself."""
        rest = (other for other in (self._cut_ins if item.cut_in else self._playlist) if other is not item)
        self._tell(Played(status, item.pcm_id, item.cut_in, _ids(rest)))


def _saved(item: _Item) -> SavedItem:
    return SavedItem(
        pcm_id=item.pcm_id,
        length=item.length,
        begun=item.begun,
        played=item.played,
        by=item.by,
        saying=item.saying.number,
    )


def _restored(saved: SavedItem, again: Resuming, *, cut_in: bool) -> _Item:
    saying = again.saying(saved.saying)
    return _Item(saved.pcm_id, saved.length, cut_in, saved.begun, saved.played, saved.by, saying)


def _ids(items: Iterable[_Item]) -> tuple[int, ...]:
    return tuple(item.pcm_id for item in items)
