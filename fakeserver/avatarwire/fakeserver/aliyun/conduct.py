"""What a client does wrong over time, which no single message shows: a session that is left behind.

Only this judging lives here; what it finds goes into the journal. At the end the client stops the session first and
closes the socket afterwards (ALI-R081). Whoever may still come back is not to blame yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from avatarwire.fakeserver.aliyun.sessions import Session
from avatarwire.fakeserver.effects import Effect, Note
from avatarwire.fakeserver.journal.entry import Level, Violation

__all__ = ["abandoned", "deserted", "left"]


def left(session: Session, *, ended: bool) -> list[Effect]:
    """A socket of a session is gone.

    Args:
        session: whose it was.
        ended: whether the server has ended it, for which nobody is to blame.
    """
    if session.stopped or session.attached or ended:
        return []
    session.left = True
    return [_note(session, "its socket is closed", "warning")]


def deserted(session: Session) -> list[Effect]:
    """The time of a session is over; whoever has closed its socket has not come back."""
    return [_note(session, "its client was gone until the session ended")] if session.left else []


def abandoned(sessions: Iterable[Session]) -> list[Effect]:
    """The server stops, and these sessions live."""
    return [_note(session, "it lives when the server stops") for session in sessions]


def _note(session: Session, reason: str, level: Level = "error") -> Note:
    violation = Violation(
        "ALI-R081",
        "",
        f"StopAvatarSession has not come: {reason}",
        "StopAvatarSession before the socket is closed",
        level,
    )
    return Note(str(violation), session=session.id, violations=(violation,))
