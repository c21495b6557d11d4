"""How the messages of a socket are replayed. Sans-IO: one object serves one connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from avatarwire.fakeserver.effects import Effect, Incoming, Note
from avatarwire.fakeserver.replay.player import REPLAY, Player, asked_of
from avatarwire.fakeserver.replay.running import Found, Run

__all__ = ["Reader", "Talk"]


class Reader(Protocol):
    """Reads the messages of one socket, and refuses them."""

    def read(self, data: bytes | str, now: float) -> Incoming:
        """A message."""
        ...

    def refused(self, received: Incoming, reason: str) -> Sequence[Effect]:
        """The refusal of one that was not recorded, in the form of the vendor."""
        ...


class Talk:
    """What talks on a socket.

    Args:
        player: what was recorded.
        run: whose socket it is.
        handshake: what was recorded of it.
        connection: its id.
        reader: of the vendor.
    """

    def __init__(self, player: Player, run: Run, handshake: Found, connection: str, reader: Reader) -> None:
        self._player: Final = player
        self._run: Final = run
        self._handshake: Final = handshake
        self._connection: Final = connection
        self._reader: Final = reader

    def opened(self, now: float) -> list[Effect]:
        """The connection is open: what was said at once, and what came by itself."""
        del now
        return self._player.follow(self._handshake, None)

    def closed(self, now: float) -> list[Effect]:
        """The connection is gone."""
        del now
        for path in self._run.open.values():
            if self._connection in path:
                path.remove(self._connection)
        return []

    def read(self, data: bytes | str, now: float) -> Incoming:
        """One message of the client."""
        return self._reader.read(data, now)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        """What followed it when it was recorded."""
        del now
        run, player = self._run, self._player
        asked: Any = asked_of(received.body) if received.body is not None else None
        found = player.find(("ws", received.message), asked, run, counts=not received.audio)
        if isinstance(found, str):
            return [*self._reader.refused(received, found), Note(found, REPLAY, run.id)]
        return player.follow(found, received)
