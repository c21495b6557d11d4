"""A snapshot of the fake in the middle of a game, which is put in again later: all that plays goes back with it.

Only that lives here; what a snapshot is, and what has to hold afterwards, the fake's documentation says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from avatarwire.codecs.errors import AvatarwireError

from ..engine.case import Differs, NotJudged, Skip
from ..engine.stream import Ended
from ..engine.web_socket import Refused
from .ground import Canary
from .judging import Judge
from .player import Player
from .properties import Broken

__all__ = ["SITUATIONS", "Rewinding"]

SITUATIONS: Final[Mapping[str, str]] = {
    "restored": "A snapshot was put in, some time after it was taken.",
    "restored_session": "Something was sent in a session that a snapshot has brought back.",
    "forgotten_session": "A snapshot was put in that knows nothing of a session that was begun after it.",
}
"""What is to be reached of it with every vendor, each in one sentence."""


class Rewinding:
    """Takes snapshots, and puts the latest one in.

    Args:
        server: the fake.
        player: who forgets what came after a snapshot.
        canary: the other client, which connects once more, and goes on.
        judge: who goes by what the fake remembers.
    """

    def __init__(self, server: Any, player: Player[Any], canary: Canary[Any], judge: Judge) -> None:
        self._server: Final = server
        self._player: Final = player
        self._canary: Final = canary
        self._judge: Final = judge
        self._snapshot = b""
        self._sessions: Mapping[str, bool] = {}
        self._back: list[Callable[[], object]] = []

    @property
    def is_taken(self) -> bool:
        """Whether there is a snapshot to be put in."""
        return bool(self._snapshot)

    async def take(self) -> None:
        """Takes a snapshot.

        Raises:
            Broken: that fails, or it is no JSON.
        """
        async with self._canary.busy:  # what it is in the middle of would be lost
            self._judge.state()
            try:
                self._snapshot = msgspec.json.encode(self._server.snapshot())
            except (AvatarwireError, TypeError, ValueError, RecursionError) as error:
                raise Broken("unhandled", f"a snapshot: {type(error).__name__}: {error}") from error
            self._sessions = self._over()
            self._back = [each.remembered() for each in (self._player, self._canary.bench, self._judge)]
        self._player.tell(f"snapshot, with {len(self._sessions)} sessions")

    async def put_in(self) -> None:
        """Puts the latest snapshot in, if there is one.

        Raises:
            Broken: that fails, the fake does not remember what it did then, or the other client cannot go on.
        """
        if not self._snapshot:
            return
        await self._canary.rest()
        self._judge.state()
        later = self._over().keys() - self._sessions.keys()
        try:
            self._server.restore(msgspec.json.decode(self._snapshot))
        except (AvatarwireError, RuntimeError, TypeError, ValueError, LookupError) as error:
            raise Broken("unhandled", f"a snapshot is put in: {type(error).__name__}: {error}") from error
        found = self._over()
        self._player.tell(f"snapshot put in, with {len(found)} sessions")
        if found != self._sessions:
            raise Broken("restored", f"the sessions are {dict(found)}, and were {dict(self._sessions)}")
        for back in self._back:
            back()
        self._judge.brought_back([id_ for id_, is_over in found.items() if not is_over])
        self._player.reached.update({"restored"} | ({"forgotten_session"} if later else set()))
        await self._player.leave()
        try:
            await self._canary.resume()
        except (Differs, Ended, Refused, NotJudged, Skip) as error:
            raise Broken("restored", f"the other client cannot go on: {error}") from None
        self._canary.lives()

    def forget(self) -> None:
        """Holds no snapshot any more."""
        self._snapshot = b""

    def _over(self) -> Mapping[str, bool]:
        """Of each session that the fake remembers, whether it is over."""
        return {str(each["session"]): bool(each["over"]) for each in self._server.sessions()}
