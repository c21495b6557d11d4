"""One connection through a port, both its ends, and the toxics between them.

Only what tests of links and toxics share may live here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from avatarwire.fakeserver import VirtualClock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.toxics import Toxics
from avatarwire.fakeserver.transports.port import Port
from tests.fakeserver.conftest import Tls
from tests.fakeserver.loops import LIMIT


class Recorder(asyncio.Protocol):
    """What is spoken: nothing. It keeps what it is told, and writes what a test says."""

    def __init__(self, port: Port, connection_id: str) -> None:
        self.connection_id = connection_id
        self.was_open = False
        self.received = b""
        self.calls: list[str] = []
        self.cause: Exception | None = None
        self.stays = False
        self.transport: asyncio.Transport
        self._port = port
        self._news = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.was_open = True
        self.transport = cast("asyncio.Transport", transport)
        self._port.opened(self, self.transport)
        self._tell("made")

    def data_received(self, data: bytes) -> None:
        self.received += data
        self._tell(f"data {len(data)}")

    def eof_received(self) -> bool:
        self._tell("eof")
        return self.stays

    def connection_lost(self, exc: Exception | None) -> None:
        self.cause = exc
        self._port.lost(self)
        self._tell("lost")

    def pause_writing(self) -> None:
        self._tell("pause")

    def resume_writing(self) -> None:
        self._tell("resume")

    def _tell(self, call: str) -> None:
        self.calls.append(call)
        self._news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def is_lost(self) -> None:
        await self.until(lambda: "lost" in self.calls)


class Buffered(Recorder, asyncio.BufferedProtocol):
    """The same, by a buffer of three bytes."""

    def __init__(self, port: Port, connection_id: str) -> None:
        super().__init__(port, connection_id)
        self._buffer = bytearray(3)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.data_received(bytes(self._buffer[:nbytes]))


class Line:
    """One connection, both its ends, and the toxics of the port between them.

    Attributes:
        toxics, clock, journal, port: of the server's side.
        reader, writer: the client's side.
        served: the server's side.
    """

    def __init__(self, tls: Tls | None = None, kind: type[Recorder] = Recorder, **scenario: Any) -> None:
        self.clock = VirtualClock()
        self.journal = Journal(self.clock)
        self.toxics = Toxics(
            self.journal, self.clock, random.Random(7), reach=lambda action: action(), ports=("http",), **scenario
        )
        self.made: list[Recorder] = []
        self._accepted = asyncio.Event()
        self._kind = kind
        self._tls = tls
        self.port = Port(self._make, self.journal, toxics=self.toxics, ssl_context=None if tls is None else tls.server)
        self.address: tuple[str, int] = ("", 0)
        self._writers: list[asyncio.StreamWriter] = []
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    def _make(self) -> Recorder:
        self.made.append(self._kind(self.port, f"c{len(self.made) + 1}"))
        self._accepted.set()
        return self.made[-1]

    @property
    def served(self) -> Recorder:
        return self.made[-1]

    @property
    def notes(self) -> list[tuple[str, object]]:
        """Connection and toxic of each note that one has acted."""
        return [(note.connection, note.meta["toxic"]) for note in self.journal.entries() if "toxic" in note.meta]

    async def acted(self) -> None:
        """Returns when a toxic has acted."""
        await self.journal.expect(transport="note")

    async def connect(self) -> None:
        context = None if self._tls is None else self._tls.client
        known = len(self.made)
        self.reader, self.writer = await asyncio.open_connection(*self.address, ssl=context)
        self._writers.append(self.writer)
        async with asyncio.timeout(LIMIT):
            while len(self.made) == known:
                self._accepted.clear()
                await self._accepted.wait()
        await self.served.until(lambda: self.served.was_open)

    async def brings(self, number: int) -> None:
        """Returns when the connection of a number has brought something."""
        while len(self.made) <= number:
            self._accepted.clear()
            await self._accepted.wait()
        await self.made[number].until(lambda: self.made[number].received != b"")

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
        await self.port.close()
        await self.port.settle()
        await self.port.shutdown()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)

    async def arrives(self, data: bytes) -> None:
        """The client's next bytes are these."""
        async with asyncio.timeout(LIMIT):
            assert await self.reader.readexactly(len(data)) == data

    async def rest(self) -> bytes:
        """What the client still gets."""
        async with asyncio.timeout(LIMIT):
            return await self.reader.read()

    async def silent(self) -> None:
        """The client has nothing to read; whatever has been sent had many turns of the loop to come."""
        reading = asyncio.ensure_future(self.reader.read(1))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not reading.done()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


@asynccontextmanager
async def line(tls: Tls | None = None, kind: type[Recorder] = Recorder, **scenario: Any) -> AsyncGenerator[Line]:
    made = Line(tls, kind, **scenario)
    made.address = await made.port.open("127.0.0.1", 0)
    try:
        await made.connect()
        yield made
    finally:
        await made.close()
