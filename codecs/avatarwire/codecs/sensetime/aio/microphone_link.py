"""A microphone socket and the client that speaks on it, as long as they are needed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import websockets

from ...aio.line import Line
from ...aio.sockets import CLOSE_PATIENCE, Socket, open_socket
from ...aio.waiting import Call, ended, within
from ...errors import ConnectionLostError, RefusedError, RemoteProtocolError
from ..client.conversation import MicrophoneClient
from ..envelope import VENDOR
from ..events import Disconnected, EndReason, Event, MicrophoneReady, MicrophoneRefused, RoundEnded, Unreadable

__all__ = ["MicrophoneLink", "heard", "open_microphone"]


class MicrophoneLink:
    """An open socket.

    Args:
        socket, line: what carries it.
        timeout: seconds that the platform has to take what is sent.
    """

    def __init__(self, socket: Socket, line: Line[str | bytes, str | bytes], timeout: float) -> None:
        self._socket: Final = socket
        self._line: Final = line
        self._timeout: Final = timeout

    async def flush(self) -> None:
        """Waits until all that there is to say is on its way.

        Raises:
            TimeoutError: the platform does not take it.
        """
        await within(self._timeout, "sending", self._line.flush())

    async def answered(self) -> None:
        """Waits until the platform has taken what was sent: what it says to that comes before its answer to a ping.

        Raises:
            TimeoutError: it does not answer.
        """
        await within(self._timeout, "the microphone", self._pinged())

    async def _pinged(self) -> None:
        await (await self._socket.ping())


@asynccontextmanager
async def open_microphone(
    url: str,
    client: MicrophoneClient,
    told: Callable[[list[Event]], None],
    seconds: float,
    *,
    trust: ssl.SSLContext | None = None,
) -> AsyncGenerator[MicrophoneLink]:
    """The socket, as long as the block runs.

    Args:
        url: where it is; it holds a token.
        client: of this socket.
        told: takes the events.
        seconds: of silence.
        trust: what wss trusts; None for what this machine does.

    Raises:
        RefusedError, ConnectionLostError, TimeoutError: it cannot be opened.
    """
    now = asyncio.get_running_loop().time
    socket = await open_socket(url, seconds=seconds, largest=client.options.max_message, trust=trust)

    def take(message: str | bytes) -> None:
        try:
            told(client.receive(message, now()))
        except RemoteProtocolError as error:
            told([Unreadable(error=error)])

    line: Line[str | bytes, str | bytes] = Line(
        receive=socket.recv,
        send=socket.send,
        outgoing=client.data_to_send,
        take=take,
        due=client.next_timeout,
        tick=lambda: told(client.handle_timeout(now())),
    )

    async def run() -> None:
        try:
            await line.run()
        except (websockets.ConnectionClosed, OSError):
            pass
        finally:
            told(client.disconnected(socket.close_code, socket.close_reason or "", now()))

    told(client.connected(now()))
    runner = asyncio.create_task(run(), name=f"avatarwire {VENDOR} microphone")
    try:
        yield MicrophoneLink(socket, line, seconds)
    finally:
        told(client.close())
        with suppress(TimeoutError):
            await within(min(seconds, CLOSE_PATIENCE), "sending", line.flush())
        await socket.close()
        await asyncio.wait({runner}, timeout=CLOSE_PATIENCE)
        await ended(runner)


def heard(event: Event, ready: Call[None], outcome: Call[None]) -> None:
    """What an event means for a round of speech: that it may begin, or that it has ended too early."""
    match event:
        case MicrophoneReady():
            ready.succeed(None)
            return
        case RoundEnded(reason=EndReason.LOST):
            error: Exception = ConnectionLostError("the microphone socket was closed")
        case RoundEnded(reason=EndReason.TIMEOUT):
            error = TimeoutError("the microphone: it is not ready in time")
        case RoundEnded():
            error = RefusedError(f"the round of speech was ended: {event.reason}")
        case MicrophoneRefused():
            error = RefusedError("the microphone socket does not accept the token", clause="ST-MIC-08")
        case Disconnected(announced=False):
            error = ConnectionLostError("the microphone socket was closed", code=event.code)
        case _:
            return
    ready.fail(error)
    outcome.fail(error)
