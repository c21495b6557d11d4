"""What a client does wrong over time, which no single message shows: a session that is left behind.

Only this judging lives here; what it finds goes into the journal. At the end the client stops the session first and
closes the socket afterwards (ALI-R081). Whoever may still come back is not to blame yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from avatarwire.fakeserver.aliyun.sessions import Session
from avatarwire.fakeserver.effects import Effect, Note
from avatarwire.fakeserver.journal.entry import Level, Violation

__all__ = ["abandoned", "left"]


def left(session: Session, *, ended: bool) -> list[Effect]:
    """A socket of a session is gone.

    Args:
        session: whose it was.
        ended: whether the server has ended it, for which nobody is to blame.
    """
    if session.stopped or session.attached or ended:
        return []
    return [_note(session, "its socket is closed", "warning")]


def abandoned(sessions: Iterable[Session]) -> list[Effect]:
    """The server stops, and these sessions live: those of clients that are still there may have been going on."""
    return [
        _note(session, "it lives when the server stops", "warning" if session.attached else "error")
        for session in sessions
        if not session.stopped
    ]


def _note(session: Session, reason: str, level: Level) -> Note:
    violation = Violation(
        "ALI-R081",
        "",
        f"StopAvatarSession has not come: {reason}",
        "StopAvatarSession before the socket is closed",
        level,
    )
    return Note(str(violation), session=session.id, violations=(violation,))
