"""What a test can tell a fake Guiji server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from avatarwire.fakeserver.commands import command, table
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.guiji.behaviour import GuijiBehaviour
from avatarwire.fakeserver.guiji.playback import PlaybackRefusal

__all__ = ["COMMANDS", "destroy", "expire_tokens", "play", "withhold_heartbeats"]


@command
def destroy(guiji: GuijiBehaviour, session_id: str, cause: str = "destroyed by the server") -> None:
    """Ends a session by the server's will and tells its client (GJ-R118).

    Args:
        session_id: of the session.
        cause: why, for the client.

    Raises:
        FakeServerError: no such session.
    """
    guiji.live.destroy(guiji.session(session_id), cause)


@command
def play(guiji: GuijiBehaviour, session_id: str, material_ids: Sequence[int], *, cut_in: bool = False) -> None:
    """Appends materials to the playlist of a session, or has them cut in, as if somebody else had asked for it.

    Args:
        session_id: of the session.
        material_ids: of its room.
        cut_in: whether they cut in.

    Raises:
        FakeServerError: no such session, it does not run, or its room has no such material.
    """
    try:
        guiji.live.play(guiji.session(session_id), material_ids, cut_in=cut_in)
    except PlaybackRefusal as refusal:
        raise FakeServerError(str(refusal)) from None


@command
def withhold_heartbeats(guiji: GuijiBehaviour, session_id: str, *, on: bool = True) -> None:
    """Sends no heartbeats to a session any more, or sends them again.

    Args:
        session_id: of the session.
        on: whether they are withheld.

    Raises:
        FakeServerError: no such session.
    """
    guiji.live.withhold_heartbeats(guiji.session(session_id), on=on)


@command
def expire_tokens(guiji: GuijiBehaviour, app_id: str = "") -> None:
    """Ends all tokens of an account, of all accounts by default (GJ-R010).

    Args:
        app_id: of the account; empty for all.

    Raises:
        FakeServerError: no such account.
    """
    if app_id and app_id not in {account.app_id for account in guiji.scenario.accounts}:
        raise FakeServerError(f"no account {app_id}")
    guiji.state.tokens.expire(app_id)


COMMANDS: Final = table(destroy, play, withhold_heartbeats, expire_tokens)
"""All of them, by name."""
