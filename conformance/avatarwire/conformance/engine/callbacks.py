"""Where a vendor's callbacks are heard: one port for a whole run; each case takes those that are about its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import h11

from .json_object import json_object

__all__ = ["Callback", "CallbackPort", "Hearing", "free_port"]

_LARGEST: Final = 1024 * 1024
_TURNS: Final = 4
"""Turns of the loop until a connection that was accepted is served, or one that was aborted is gone."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback.

    Attributes:
        headers: by name in lower case.
        body: as it came.
        fields: the same as a JSON object; empty where it is none.
    """

    headers: dict[str, str]
    body: bytes
    fields: dict[str, Any]


Answer: TypeAlias = Callable[[Callback], tuple[int, bytes]]


class Hearing:
    """What one case hears.

    Args:
        is_ours: whether a callback is about what the case does.
        answer: how each is answered: status and body; 200 and nothing where it is left out.
    """

    def __init__(self, is_ours: Callable[[Callback], bool], answer: Answer | None = None) -> None:
        self.is_ours: Final = is_ours
        self.answer: Final[Answer] = answer or (lambda _: (200, b""))
        self.heard: Final[list[Callback]] = []
        self._arrived: Final = asyncio.Event()

    def take(self, callback: Callback) -> tuple[int, bytes]:
        """One has come; how it is answered."""
        self.heard.append(callback)
        self._arrived.set()
        return self.answer(callback)

    async def until(self, is_it: Callable[[Callback], bool], patience: float) -> Callback | None:
        """The first that was or is heard and is the one; None when it does not come for so many real seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    found = next((each for each in self.heard if is_it(each)), None)
                    if found is not None:
                        return found
                    self._arrived.clear()
                    await self._arrived.wait()
        return None


class CallbackPort:
    """Listens for callbacks."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._hearings: Final[list[Hearing]] = []
        self._strays: Final[list[Callback]] = []
        self._writers: Final[set[asyncio.StreamWriter]] = set()

    async def open(self, host: str, port: int) -> None:
        """Listens.

        Raises:
            OSError: the address cannot be had.
        """
        self._server = await asyncio.start_server(self._serve, host, port)

    @property
    def port(self) -> int:
        """Where it listens; 0 as long as it does not."""
        return 0 if self._server is None else int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Listens no more."""
        if self._server is None:
            return
        # No more is accepted; what is being accepted still gets there, as a server that is closed cannot take it.
        for listener in self._server.sockets:
            asyncio.get_running_loop().remove_reader(listener.fileno())
        for _ in range(_TURNS):
            await asyncio.sleep(0)
            for writer in tuple(self._writers):
                writer.transport.abort()
        self._server.close()
        await self._server.wait_closed()

    def attend(self, hearing: Hearing) -> None:
        """A case wants to hear; callbacks that nobody took so far count too."""
        self._hearings.append(hearing)
        for stray in [each for each in self._strays if hearing.is_ours(each)]:
            self._strays.remove(stray)
            hearing.take(stray)

    def leave(self, hearing: Hearing) -> None:
        """A case has heard enough."""
        self._hearings.remove(hearing)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        connection = h11.Connection(h11.SERVER)
        try:
            while True:
                callback = await self._next(connection, reader)
                if callback is None:
                    return
                status, body = self._taken(callback)
                headers = [("Content-Length", str(len(body)))]
                writer.write(
                    (connection.send(h11.Response(status_code=status, headers=headers, reason=b"")) or b"")
                    + (connection.send(h11.Data(data=body)) or b"")
                    + (connection.send(h11.EndOfMessage()) or b"")
                )
                await writer.drain()
                if connection.our_state is h11.MUST_CLOSE:
                    return
                connection.start_next_cycle()
        except (ConnectionError, h11.ProtocolError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _next(self, connection: h11.Connection, reader: asyncio.StreamReader) -> Callback | None:
        headers: dict[str, str] = {}
        body = bytearray()
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Request):
                headers = {name.decode().lower(): value.decode("latin-1") for name, value in event.headers}
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > _LARGEST:
                    return None
            elif isinstance(event, h11.EndOfMessage):
                return Callback(headers, bytes(body), json_object(bytes(body)))
            else:
                return None

    def _taken(self, callback: Callback) -> tuple[int, bytes]:
        for hearing in self._hearings:
            if hearing.is_ours(callback):
                return hearing.take(callback)
        self._strays.append(callback)
        return 200, b""


def free_port() -> int:
    """A port of this machine that nobody has now, for whoever is to be called back there later."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
