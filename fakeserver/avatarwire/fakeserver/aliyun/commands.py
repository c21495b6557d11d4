"""What a test can tell a fake Aliyun server."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from avatarwire.fakeserver.aliyun.behaviour import AliyunBehaviour
from avatarwire.fakeserver.commands import CloseCode, Expected, command, table
from avatarwire.fakeserver.effects import Close

__all__ = ["COMMANDS", "drop", "force_close", "recover", "report_error"]


ErrorNumber: TypeAlias = Annotated[int, Expected("an integer of 64 bits", lambda number: -(2**63) <= number < 2**63)]
"""A code of an error message; what is larger travels in no message."""


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
def report_error(
    aliyun: AliyunBehaviour, session_id: str, error_code: ErrorNumber = 10000, reason: str = "system error"
) -> None:
    """Sends an error to the client of a session that nothing of it has led to (ALI-R118).

    Args:
        session_id: of the session.
        error_code: 10000 system error, 10001 insufficient permission, or another (ALI-E51).
        reason: the text of the error.

    Raises:
        FakeServerError: no such session, no socket is open for it, or the code is too large.
    """
    line = aliyun.line(session_id)
    aliyun.turn.do(line.on(line.conversation.report(error_code, reason)))


COMMANDS: Final = table(force_close, recover, drop, report_error)
"""All of them, by name."""
