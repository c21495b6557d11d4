"""A callback that waits for its delivery, and what a snapshot has of it. What delivers them is `callbacks.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from msgspec import Meta, structs

from avatarwire.fakeserver.effects import CallBack
from avatarwire.fakeserver.snapshot import LARGEST_COUNT, Moment, Saved

__all__ = ["Queued", "SavedCallback", "SavedCallbacks"]


class SavedCallback(Saved):
    """A callback in a snapshot.

    Attributes:
        session, account: concerned, and whose signature it has.
        data: the JSON that is signed.
        due, attempt: when it is next tried, and the number of that try.
        renamed, posted, broken: what faults have made of it, as in a `CallBack`.
    """

    session: str
    account: str
    data: bytes
    due: Moment
    attempt: Annotated[int, Meta(ge=1, le=LARGEST_COUNT)]
    renamed: dict[str, str | None]
    posted: bytes | None
    broken: Literal["", "close", "reset", "hang"]


class SavedCallbacks(Saved):
    """Callbacks that are not delivered, the oldest of each session first."""

    callbacks: list[SavedCallback]


@dataclass(slots=True)
class Queued:
    """A callback that is to be delivered: when it is next tried, epoch seconds, and the number of that try."""

    due: float
    callback: CallBack
    attempt: int = 1

    def saved(self) -> SavedCallback:
        """The same, for a snapshot; one that is under way is tried once more."""
        callback = self.callback
        return SavedCallback(
            session=callback.session,
            account=callback.account,
            data=callback.data,
            due=self.due,
            attempt=self.attempt,
            renamed=dict(callback.renamed),
            posted=callback.posted,
            broken=cast("Any", callback.broken),
        )

    @classmethod
    def restored(cls, saved: SavedCallback, callback: CallBack, due: float) -> Queued:
        """The one of a snapshot: a callback as it is made here, from a moment on."""
        altered = structs.replace(callback, renamed=saved.renamed, posted=saved.posted, broken=saved.broken)
        return cls(due, altered, saved.attempt)
