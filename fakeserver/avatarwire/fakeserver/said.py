"""What clients had the avatars of a fake say, and what has become of it.

Only the keeping of it lives here: a vendor's behaviour says when a text is accepted, begins and is over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from avatarwire.fakeserver.moment import Moment

__all__ = ["Said", "SaidLog", "SavedSaying", "Saying"]

State: TypeAlias = Literal["waiting", "speaking", "said", "cut"]

_KEPT: Final = 10_000
_CHARACTERS: Final = 4_000_000
"""Of all texts that are kept."""


class Said(msgspec.Struct, frozen=True):
    """Something that a client had the avatar say.

    Attributes:
        session: id of the session.
        text: what was to be said; empty for what has no text, such as a sound or the customer's own voice.
        message: catalogue id of what brought it; empty for a command of the test.
        accepted: when it was, epoch seconds on the fake's clock.
        ended: when it was over; None before.
        state: ``waiting`` until it begins, ``speaking``, and then ``said``, spoken to its end, whether or not a fault
            has lost that on its way to the client; or ``cut``, over before its end.
    """

    session: str
    text: str
    message: str
    accepted: float
    ended: float | None
    state: State


def _no_time() -> float:
    return 0.0


class Saying(msgspec.Struct, eq=False, gc=False):
    """The same while it goes on, for behaviour; what is over stays as it is.

    Attributes:
        session, text, message, accepted, ended, state: as of a `Said`.
        now: gives the time.
        refused: whether it turned out to be nothing that is said: the client got an error in its place.
        number: by which the log knows it; 0 for one that it never had.
    """

    session: str = ""
    text: str = ""
    message: str = ""
    now: Callable[[], float] = _no_time
    accepted: float = 0.0
    number: int = 0
    ended: float | None = None
    state: State = "waiting"
    refused: bool = False

    def begin(self) -> None:
        """The avatar begins to say it."""
        if self.ended is None:
            self.state = "speaking"

    def end(self) -> None:
        """The avatar has said it."""
        self._over("said")

    def cut(self) -> None:
        """It is over before its end."""
        self._over("cut")

    def refuse(self) -> None:
        """The client gets an error in its place."""
        self.refused = True

    def told(self) -> Said:
        """What is known of it now."""
        return Said(self.session, self.text, self.message, self.accepted, self.ended, self.state)

    def saved(self) -> SavedSaying:
        """The same, for a snapshot."""
        told = self.told()
        return SavedSaying(
            number=self.number,
            session=told.session,
            text=told.text,
            message=told.message,
            accepted=told.accepted,
            ended=told.ended,
            state=told.state,
            refused=self.refused,
        )

    def restored(self, saved: SavedSaying, at: Callable[[float], float]) -> Saying:
        """Becomes what was saved; `at` gives a moment on the clock of this fake."""
        self.number, self.refused, self.state = saved.number, saved.refused, saved.state
        self.accepted = at(saved.accepted)
        self.ended = None if saved.ended is None else at(saved.ended)
        return self

    def _over(self, state: State) -> None:
        if self.ended is None:
            self.ended, self.state = self.now(), state


class SavedSaying(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a snapshot has of one: the members of a `Said`, its number, and whether it turned out to be an error."""

    number: Annotated[int, Meta(ge=1)]
    session: str
    text: str
    message: str
    accepted: Moment
    ended: Moment | None
    state: State
    refused: bool


class SaidLog:
    """All of it, in the order in which it was accepted; beyond a size the oldest is forgotten.

    Args:
        now: gives the time, epoch seconds.
        kept, characters: how many there may be, and how many characters all texts may have.
    """

    def __init__(self, now: Callable[[], float], *, kept: int = _KEPT, characters: int = _CHARACTERS) -> None:
        self._now: Final = now
        self._kept: Final = kept
        self._characters: Final = characters
        self._sayings: Final[deque[Saying]] = deque()
        self._size = 0
        self._last = 0

    def accept(self, session: str, text: str, message: str) -> Saying:
        """One more, that waits; its arguments are those of a `Said`."""
        now = self._now
        self._last = number = self._last + 1
        saying = Saying(session, text, message, now, now(), number)
        self._keep(saying)
        return saying

    def said(self, session: str, text: str, message: str) -> None:
        """One more, that is over as soon as it is accepted."""
        now = self._now
        self._last = number = self._last + 1
        at = now()
        self._keep(Saying(session, text, message, now, at, number, at, "said"))

    def _keep(self, saying: Saying) -> None:
        sayings = self._sayings
        sayings.append(saying)
        self._size = size = self._size + len(saying.text)
        if len(sayings) > self._kept or size > self._characters:
            self._forget()

    def _forget(self) -> None:
        sayings = self._sayings
        while len(sayings) > self._kept or (self._size > self._characters and len(sayings) > 1):
            self._size -= len(sayings.popleft().text)

    def entries(self) -> tuple[Said, ...]:
        """All that are known, as they are now."""
        return tuple(saying.told() for saying in self._sayings if not saying.refused)

    # For snapshots

    def saved(self) -> list[SavedSaying]:
        """All that are known, for a snapshot."""
        return [saying.saved() for saying in self._sayings]

    def restored(self, saved: Sequence[SavedSaying], at: Callable[[float], float]) -> None:
        """Knows what was saved in the place of all that it knew; `at` gives a moment on the clock of this fake."""
        self._sayings.clear()
        self._size = self._last = 0
        for it in saved:
            self._keep(Saying(it.session, it.text, it.message, self._now).restored(it, at))
            self._last = max(self._last, it.number)

    def numbered(self) -> dict[int, Saying]:
        """Those that are not forgotten, by their numbers."""
        return {saying.number: saying for saying in self._sayings}

    def cut_all(self, *, but: Collection[int]) -> None:
        """What is not over is, but for those of some numbers: what it was said on is gone."""
        for saying in self._sayings:
            if saying.number not in but:
                saying.cut()
