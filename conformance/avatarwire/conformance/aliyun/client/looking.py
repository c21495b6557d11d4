"""How cases about clients of Aliyun look at a talk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from ...clients.bench import ClientBench
from ...clients.cases import client_case
from ...clients.talk import Talk, body_of, value_at
from ...engine.case import Case, Differs

__all__ = [
    "ANSWER",
    "CHANNEL",
    "DRIVES",
    "FRAMES",
    "HANDSHAKE",
    "OPENED",
    "PING",
    "START",
    "STOP",
    "TEXT",
    "case",
    "check_clean",
    "member",
    "opened",
    "quick",
    "serial",
]

START: Final = "StartAvatarSession.request"
STOP: Final = "StopAvatarSession.request"
HANDSHAKE: Final = "handshake.websocket"
CHANNEL: Final = "channel_ready.request"
TEXT: Final = "text_drive.request"
ANSWER: Final = "text_drive.response"
PING: Final = "heartbeat.ping"
OPENED: Final = 101
"""Status of a handshake that was accepted."""

DRIVES: Final = (
    "opening.request",
    TEXT,
    "asr.start.request",
    "asr.data.request",
    "asr.end.request",
    "audio_drive.request",
)
"""What is to be sent to a channel that is READY only (ALI-R078)."""
FRAMES: Final = (*DRIVES, CHANNEL, "interrupt.request", PING)
"""All that a client sends on a socket."""

_SERIAL: Final = slice(3, 11)


async def quick(bench: ClientBench, **how: Any) -> Talk:
    """A talk whose channel is READY at the first question, so that it takes little time."""
    given: dict[str, Any] = {"polls_until_ready": 0, "seconds": 0.5, **how}
    return await bench.talk(**given)


def check_clean(talk: Talk, *clauses: str) -> None:
    """The fake has noted no error of the client about clauses; warnings are not held against anybody.

    Raises:
        Differs: it has.
    """
    for violation in talk.violations:
        if violation.level == "error" and violation.clause in clauses:
            raise Differs("a client that keeps to it", str(violation))


def opened(talk: Talk) -> list[Any]:
    """Answers to handshakes that were accepted."""
    return [it for it in talk.got(HANDSHAKE) if it.status == OPENED]


def member(entry: Any, path: str) -> Any:
    """A member of what an entry says, by its wire path."""
    return value_at(body_of(entry), path)


def serial(entry: Any) -> bytes:
    """The serial number of a frame; shorter where the frame has none."""
    raw: bytes = entry.raw or b""
    return raw[_SERIAL]


def case(name: str, title: str, clauses: str, run: Callable[[ClientBench], Awaitable[None]]) -> Case[ClientBench]:
    """A case about clients of this vendor."""
    return client_case("aliyun", name, title, clauses, run)
