"""What a test can tell a fake Aliyun server."""

from __future__ import annotations

from typing import Final

from avatarwire.fakeserver.aliyun.behaviour import AliyunBehaviour
from avatarwire.fakeserver.commands import CloseCode, command, table
from avatarwire.fakeserver.effects import Close

__all__ = ["COMMANDS", "drop", "force_close", "recover"]


@command
def force_close(aliyun: AliyunBehaviour, session_id: str, reason: str = "line expired") -> None:
    """Ends a session by the server's will: pushes force-close (ALI-R122) and closes its socket.

    Args:
        session_id: of the session.
        reason: why, for the close frame.

    Raises:
        FakeServerError: no such session.
    """
    aliyun.state.sessions.expire(aliyun.session(session_id), reason)


@command
def recover(aliyun: AliyunBehaviour, session_id: str) -> None:
    """Breaks the line of a session: pushes recovering (ALI-R123); the channel has to be prepared again.

    Args:
        session_id: of the session.

    Raises:
        FakeServerError: no such session, or no socket is open for it.
    """
    line = aliyun.line(session_id)
    aliyun.turn.do(line.on(line.conversation.recover()))


@command
def drop(aliyun: AliyunBehaviour, session_id: str, code: CloseCode = 1011, reason: str = "") -> None:
    """Closes the socket of a session with a close code and lets the session live.

    Args:
        session_id: of the session.
        code, reason: of the close frame.

    Raises:
        FakeServerError: no such session, no socket is open for it, or the code may not be sent.
    """
    aliyun.turn.do(aliyun.line(session_id).on([Close(code, reason)]))


@command
def report_error(aliyun: AliyunBehaviour, session_id: str, code: int = 10000, message: str = "system error") -> None:
    """Sends an error to the client of a session that nothing of it has led to (ALI-R118).

    Args:
        session_id: of the session.
        code, message: of the error.

    Raises:
        FakeServerError: no such session, or no socket is open for it.
    """
    line = aliyun.line(session_id)
    aliyun.turn.do(line.on(line.conversation.report(code, message)))


COMMANDS: Final = table(force_close, recover, drop, report_error)
"""All of them, by name."""
