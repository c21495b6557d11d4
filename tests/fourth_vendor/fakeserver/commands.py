"""What a test can have the fake do."""

from __future__ import annotations

from typing import Final

from avatarwire.fakeserver.commands import command, table
from avatarwire.fakeserver.effects import Close, On
from tests.fourth_vendor.fakeserver.behaviour import ToyBehaviour
from tests.fourth_vendor.fakeserver.conversation import ending

__all__ = ["COMMANDS", "drop", "finish"]


@command
def finish(toy: ToyBehaviour, session_id: str, *, reason: str = "finished") -> None:
    """Ends a talk by the server's will.

    Args:
        session_id: of the talk.
        reason: why.
    """
    toy.turn.do(*ending(toy.talk(session_id), reason))


@command
def drop(toy: ToyBehaviour, session_id: str, code: int = 1011) -> None:
    """Closes the socket of a talk.

    Args:
        session_id: of the talk.
        code: of the close frame.
    """
    toy.turn.do(On(toy.talk(session_id).connection, (Close(code),)))


COMMANDS: Final = table(finish, drop)
