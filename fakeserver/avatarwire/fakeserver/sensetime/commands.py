"""What a test can tell a fake SenseTime server."""

from __future__ import annotations

from typing import Annotated, Final

from avatarwire.codecs.sensetime.messages.enums import CALLBACK_LIVE_STATUSES, ENDED_STATUSES, LiveStatus
from avatarwire.codecs.sensetime.messages.interactive import SdkMessage
from avatarwire.fakeserver.commands import CloseCode, Expected, command, table
from avatarwire.fakeserver.effects import Close
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.sensetime.behaviour import SenseTimeBehaviour

__all__ = ["COMMANDS", "close_live", "drop", "expire_tokens", "fail_live", "fail_speech", "push", "stop_speech"]

EndStatus = Annotated[
    int,
    Expected(
        f"a status that a live ends with: {', '.join(str(int(it)) for it in sorted(ENDED_STATUSES))}",
        ENDED_STATUSES.__contains__,
    ),
]
"""One that a live does not leave again."""


@command
def close_live(
    sensetime: SenseTimeBehaviour,
    session_id: str,
    status: EndStatus = LiveStatus.LOST,
    result: str = "ended by the server",
) -> None:
    """Ends a live by the server's will, with a callback and the end of its sockets.

    Args:
        session_id: of the live.
        status: one that a live does not leave again: 5, 50, 9, or 99 for one at 32 (ST-CBK-03).
        result: why, for the callback.

    Raises:
        FakeServerError: no such live, it is over, or it cannot end with that status.
    """
    live = sensetime.live(session_id)
    if status not in CALLBACK_LIVE_STATUSES:
        raise FakeServerError(f"status: {status} is answered by createLive alone, no live comes to it [ST-LIVE-14]")
    if status == LiveStatus.FAILED and not live.over and live.status is not LiveStatus.INITIALISING:
        at = f"live {session_id} is at {int(live.status)}"
        raise FakeServerError(f"status: 99 ends a live at 32 only, {at} [ST-CBK-03]")
    _end(sensetime, session_id, status, result)


@command
def fail_live(sensetime: SenseTimeBehaviour, session_id: str, result: str = "the stream broke") -> None:
    """Ends a live whose stream could not be made, at 32, with 99; one whose stream breaks, later, with 9 (ST-CBK-03).

    Args:
        session_id: of the live.
        result: why, for the callback.

    Raises:
        FakeServerError: no such live, or it is over.
    """
    initialising = sensetime.live(session_id).status is LiveStatus.INITIALISING
    _end(sensetime, session_id, LiveStatus.FAILED if initialising else LiveStatus.ABNORMAL, result)


@command
def stop_speech(sensetime: SenseTimeBehaviour, session_id: str) -> None:
    """Sends code 4 to the microphone socket of a live: its client has to stop (ST-MIC-11).

    Args:
        session_id: of the live.

    Raises:
        FakeServerError: no such live, or nobody has a microphone socket.
    """
    peer, microphone = sensetime.speaker(session_id)
    effects = microphone.stop()
    sensetime.turn.do(peer.on(effects))


@command
def fail_speech(sensetime: SenseTimeBehaviour, session_id: str) -> None:
    """Sends code 5 to the microphone socket of a live: its speech has failed (ST-MIC-13).

    Args:
        session_id: of the live.

    Raises:
        FakeServerError: no such live, or nobody has a microphone socket.
    """
    peer, microphone = sensetime.speaker(session_id)
    effects = microphone.fail()
    sensetime.turn.do(peer.on(effects))


@command
def drop(sensetime: SenseTimeBehaviour, session_id: str, code: CloseCode = 1011, reason: str = "") -> None:
    """Closes the microphone socket of a live with a close code and lets the live go on.

    Args:
        session_id: of the live.
        code, reason: of the close frame.

    Raises:
        FakeServerError: no such live, nobody has a microphone socket, or the code may not be sent.
    """
    peer, microphone = sensetime.speaker(session_id)
    microphone.cut()
    sensetime.turn.do(peer.on([Close(code, reason)]))


@command
def push(sensetime: SenseTimeBehaviour, session_id: str, message: SdkMessage) -> None:
    """Pushes a message to the pages of a live: one of the seven, or another, such as an answer that failed (ST-E124).

    Args:
        session_id: of the live.
        message: which; a plain `SdkMessage` for another than the seven.

    Raises:
        FakeServerError: no such live, or no page listens.
    """
    if not sensetime.sockets.push(sensetime.live(session_id), message):
        raise FakeServerError(f"no page listens to live {session_id}")


@command
def expire_tokens(sensetime: SenseTimeBehaviour, app_id: str = "") -> None:
    """Ends all access tokens of an account, of all accounts by default; refresh tokens stay.

    Args:
        app_id: of the account; empty for all.

    Raises:
        FakeServerError: no such account.
    """
    if app_id and app_id not in {account.app_id for account in sensetime.scenario.accounts}:
        raise FakeServerError(f"no account {app_id}")
    sensetime.state.tokens.expire(app_id)


COMMANDS: Final = table(close_live, fail_live, stop_speech, fail_speech, drop, push, expire_tokens)
"""All of them, by name."""


def _end(sensetime: SenseTimeBehaviour, session_id: str, status: int, result: str) -> None:
    if not sensetime.state.lives.end(sensetime.live(session_id), LiveStatus(status), result):
        raise FakeServerError(f"live {session_id} is over")
