"""One connection, as far as what is between it and behaviour needs to know it. Every transport has such."""

from __future__ import annotations

from typing import Protocol

from avatarwire.fakeserver.effects import Incoming, Leaving
from avatarwire.fakeserver.journal import Transport

__all__ = ["Carrier"]


class Carrier(Protocol):
    """One connection, as far as the hub needs to know it.

    Attributes:
        id: of the connection.
        transport: for the journal.
        session: session id of all its messages; empty where messages say it themselves.
        header_bytes: bytes before the audio in a message that is audio.
        over: whether nothing more is sent on it.
    """

    @property
    def id(self) -> str: ...
    @property
    def transport(self) -> Transport: ...
    @property
    def session(self) -> str: ...
    @property
    def header_bytes(self) -> int: ...
    @property
    def over(self) -> bool: ...

    def write(self, effect: Leaving) -> None:
        """Puts on the wire what leaves."""
        ...

    def failed(self, cause: Incoming | None) -> None:
        """Behaviour has a defect: the peer is told that it is not the peer's.

        Args:
            cause: what came in, where that is known.
        """
        ...

    def cut(self, *, reset: bool) -> None:
        """Ends the connection without a word.

        Args:
            reset: whether the peer sees a reset.
        """
        ...

    def hang(self) -> None:
        """Has nothing come on the connection any more, which stays open."""
        ...
