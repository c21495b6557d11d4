"""Toxics on the wire: what a client sees, and what reaches the protocol, byte by byte and on virtual time."""

from __future__ import annotations

import asyncio
import random
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from avatarwire.fakeserver import VirtualClock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.toxics import Toxics
from avatarwire.fakeserver.transports.port import Port
from tests.fakeserver.conftest import Tls

LIMIT = 10.0
"""Real seconds after which a test that waits has failed."""


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
        self.address = ("", 0)
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
async def line(tls: Tls | None = None, kind: type[Recorder] = Recorder, **scenario: Any) -> AsyncIterator[Line]:
    made = Line(tls, kind, **scenario)
    made.address = await made.port.open("127.0.0.1", 0)
    try:
        await made.connect()
        yield made
    finally:
        await made.close()


def is_direct(made: Line) -> bool:
    """Whether the socket's transport and the protocol call each other."""
    link = made.port.link(made.served)
    assert link is not None
    raw = cast("Any", link)._socket
    return bool(raw.get_protocol() is link.get_protocol() and link.write == raw.write and link.close == raw.close)


# Nothing stands between while there is no toxic


async def test_without_toxics_the_socket_and_the_protocol_call_each_other() -> None:
    async with line() as it:
        assert is_direct(it)
        assert cast("Any", it.port.link(it.served))._socket.get_protocol() is it.served


async def test_so_it_is_below_tls(tls: Tls) -> None:
    async with line(tls) as it:
        assert is_direct(it)
        assert type(cast("Any", it.port.link(it.served))._socket.get_protocol()).__name__ == "SSLProtocol"
        it.served.transport.write(b"hello")
        await it.arrives(b"hello")


async def test_a_link_steps_aside_when_its_last_toxic_is_gone() -> None:
    async with line() as it:
        with it.toxics.add(type="latency", attributes={"latency": 10}):
            assert not is_direct(it)
        assert is_direct(it)
        it.served.transport.write(b"hello")
        await it.arrives(b"hello")
        it.writer.write(b"there")
        await it.served.until(lambda: it.served.received == b"there")


async def test_one_that_misses_a_connection_costs_it_nothing() -> None:
    async with line() as it:
        it.toxics.add(type="latency", toxicity=0.0)
        assert is_direct(it)


# latency


async def test_latency_delays_what_is_sent_on_a_connection_that_is_open() -> None:
    async with line() as it:
        it.toxics.add(type="latency", attributes={"latency": 1000})
        it.served.transport.write(b"hello")
        it.clock.advance(0.999)
        await it.silent()
        it.clock.advance(0.001)
        await it.arrives(b"hello")
        assert it.notes == [("c1", "latency_downstream")]


async def test_latency_delays_what_is_received() -> None:
    async with line() as it:
        it.toxics.add(type="latency", stream="upstream", attributes={"latency": 1000})
        it.writer.write(b"hello")
        await it.acted()
        it.clock.advance(0.999)
        assert it.served.received == b""
        it.clock.advance(0.001)
        assert it.served.received == b"hello"
        assert it.notes == [("c1", "latency_upstream")]


async def test_what_comes_later_waits_from_then_on_and_order_is_kept() -> None:
    async with line() as it:
        it.toxics.add(type="latency", attributes={"latency": 1000, "jitter": 500})
        it.served.transport.write(b"a")
        it.clock.advance(0.4)
        it.served.transport.write(b"b")
        it.clock.advance(2)
        await it.arrives(b"ab")


async def test_when_latency_is_removed_what_waits_comes_at_once() -> None:
    async with line() as it:
        guard = it.toxics.add(type="latency", attributes={"latency": 60_000})
        it.served.transport.writelines([b"a", b"b"])
        it.served.transport.write(b"c")
        assert it.served.transport.get_write_buffer_size() == 3
        guard.remove()
        await it.arrives(b"abc")
        assert it.clock.pending == 0


async def test_two_delays_add_up() -> None:
    async with line() as it:
        it.toxics.add(type="latency", name="one", attributes={"latency": 1000})
        it.toxics.add(type="latency", name="two", attributes={"latency": 2000})
        it.served.transport.write(b"hello")
        it.clock.advance(2)
        await it.silent()
        it.clock.advance(1)
        await it.arrives(b"hello")
        assert it.notes == [("c1", "one"), ("c1", "two")]


# bandwidth


async def test_a_line_of_1_kb_a_second_gives_100_bytes_each_tenth() -> None:
    async with line() as it:
        it.toxics.add(type="bandwidth", attributes={"rate": 1})
        it.served.transport.write(bytes(250))
        for _ in range(2):
            await it.silent()
            it.clock.advance(0.1)
            await it.arrives(bytes(100))
        it.clock.advance(0.049)
        await it.silent()
        it.clock.advance(0.001)
        await it.arrives(bytes(50))


async def test_a_slow_line_takes_its_time_upstream() -> None:
    async with line() as it:
        it.toxics.add(type="bandwidth", stream="upstream", attributes={"rate": 1})
        it.writer.write(bytes(50))
        await it.acted()
        it.clock.advance(0.049)
        assert it.served.received == b""
        it.clock.advance(0.001)
        assert it.served.received == bytes(50)


async def test_at_rate_0_nothing_passes_until_it_is_removed() -> None:
    async with line() as it:
        with it.toxics.add(type="bandwidth"):
            it.served.transport.write(b"hello")
            it.clock.advance(3600)
            await it.silent()
        await it.arrives(b"hello")


async def test_a_slow_line_makes_its_writer_wait() -> None:
    async with line() as it:
        with it.toxics.add(type="bandwidth"):
            it.served.transport.write(bytes(70_000))
            assert it.served.calls == ["made", "pause"]
        assert it.served.calls[:3] == ["made", "pause", "resume"]
        await it.arrives(bytes(70_000))


# slow_close


async def test_slow_close_delays_the_end_of_what_is_sent() -> None:
    async with line() as it:
        it.toxics.add(type="slow_close", attributes={"delay": 5000})
        it.served.transport.write(b"bye")
        it.served.transport.close()
        assert it.served.transport.is_closing()
        await it.arrives(b"bye")
        it.clock.advance(4.999)
        await it.silent()
        assert "lost" not in it.served.calls
        it.clock.advance(0.001)
        assert await it.rest() == b""
        await it.served.is_lost()


async def test_slow_close_delays_the_end_of_what_is_received() -> None:
    async with line() as it:
        it.toxics.add(type="slow_close", stream="upstream", attributes={"delay": 5000})
        it.writer.write(b"bye")
        it.writer.write_eof()
        await it.acted()
        it.clock.advance(4.999)
        assert it.served.calls == ["made", "data 3"]
        it.clock.advance(0.001)
        await it.served.is_lost()
        assert it.served.calls == ["made", "data 3", "eof", "lost"]


async def test_when_slow_close_is_removed_the_end_comes_at_once() -> None:
    async with line() as it:
        guard = it.toxics.add(type="slow_close", attributes={"delay": 5000})
        it.served.transport.close()
        guard.remove()
        assert await it.rest() == b""


async def test_a_side_that_ends_alone_leaves_the_other_as_it_is() -> None:
    async with line() as it:
        it.toxics.add(type="latency", attributes={"latency": 1000})
        it.served.stays = True
        it.writer.write_eof()
        await it.served.until(lambda: "eof" in it.served.calls)
        it.served.transport.write(b"late")
        it.served.transport.write_eof()
        it.clock.advance(1)
        assert await it.rest() == b"late"
        assert "lost" not in it.served.calls


# timeout


async def test_timeout_drops_what_is_sent_and_closes_when_nothing_came_for_so_long() -> None:
    async with line() as it:
        it.toxics.add(type="timeout", attributes={"timeout": 1000})
        it.clock.advance(0.9)
        it.served.transport.write(b"lost")
        it.clock.advance(0.999)
        await it.silent()
        it.clock.advance(0.001)
        assert await it.rest() == b""
        await it.served.is_lost()


async def test_timeout_drops_what_is_received() -> None:
    async with line() as it:
        it.toxics.add(type="timeout", stream="upstream", attributes={"timeout": 1000})
        it.writer.write(b"lost")
        await it.acted()
        it.clock.advance(1)
        assert await it.rest() == b""
        await it.served.is_lost()
        assert it.served.calls == ["made", "eof", "lost"]


async def test_timeout_0_never_closes_and_drops_until_it_is_removed_and_then_closes() -> None:
    async with line() as it:
        with it.toxics.add(type="timeout"):
            it.served.transport.write(b"lost")
            it.clock.advance(86_400)
            await it.silent()
            assert it.served.calls == ["made"]
        assert await it.rest() == b""


# reset_peer


@pytest.mark.parametrize("stream", ["downstream", "upstream"])
async def test_reset_peer_resets_a_connection_with_its_first_data(stream: str) -> None:
    async with line() as it:
        it.toxics.add(type="reset_peer", stream=stream)
        if stream == "downstream":
            it.served.transport.write(b"hello")
        else:
            it.writer.write(b"hello")
        with pytest.raises(ConnectionResetError):
            await it.rest()
        await it.served.is_lost()
        assert it.served.calls == ["made", "lost"]
        assert isinstance(it.served.cause, ConnectionResetError)
        assert it.notes == [("c1", f"reset_peer_{stream}")]


async def test_reset_peer_may_take_its_time() -> None:
    async with line() as it:
        it.toxics.add(type="reset_peer", attributes={"timeout": 1000})
        it.served.transport.write(b"hello")
        it.clock.advance(0.999)
        await it.silent()
        it.clock.advance(0.001)
        with pytest.raises(ConnectionResetError):
            await it.rest()


async def test_a_reset_is_one_under_tls_too(tls: Tls) -> None:
    async with line(tls) as it:
        it.toxics.add(type="reset_peer")
        it.served.transport.write(b"hello")
        with pytest.raises(ConnectionResetError):
            await it.rest()


# slicer


async def test_slicer_cuts_what_is_sent_into_pieces_of_about_a_size() -> None:
    async with line() as it:
        it.toxics.add(type="slicer", attributes={"average_size": 3, "delay": 1000})
        it.served.transport.write(b"0123456789")
        sizes: list[int] = []
        for _ in range(4):
            sizes.append(len(await it.reader.read(100)))
            it.clock.advance(0.001)
        assert sizes == [2, 3, 2, 3]


async def test_slicer_cuts_what_is_received() -> None:
    async with line() as it:
        it.toxics.add(type="slicer", stream="upstream", attributes={"average_size": 3})
        it.writer.write(b"0123456789")
        await it.served.until(lambda: len(it.served.received) == 10)
        assert it.served.calls == ["made", "data 2", "data 3", "data 2", "data 3"]
        assert it.served.received == b"0123456789"


async def test_sizes_vary_by_chance_within_what_is_given() -> None:
    async with line() as it:
        attributes = {"average_size": 100, "size_variation": 20}
        it.toxics.add(type="slicer", stream="upstream", attributes=attributes)
        data = random.Random(1).randbytes(4000)
        it.writer.write(data)
        await it.served.until(lambda: len(it.served.received) == len(data))
        sizes = {int(call.split()[1]) for call in it.served.calls[1:]}
        assert it.served.received == data
        assert len(sizes) > 5
        assert max(sizes) <= 120


async def test_when_slicer_is_removed_the_rest_comes_at_once() -> None:
    async with line() as it:
        guard = it.toxics.add(type="slicer", attributes={"average_size": 1, "delay": 1_000_000})
        it.served.transport.write(b"0123456789")
        await it.arrives(b"0")
        await it.silent()
        guard.remove()
        await it.arrives(b"123456789")


async def test_slicer_cuts_the_records_of_tls(tls: Tls) -> None:
    async with line(tls) as it:
        it.toxics.add(type="slicer", attributes={"average_size": 5, "delay": 1000})
        it.served.transport.write(b"hello")
        # A record of 27 bytes, in pieces of 3, 3, 3, 4, 3, 4, 3 and 4.
        for _ in range(6):
            it.clock.advance(0.001)
        await it.silent()
        it.clock.advance(0.001)
        await it.arrives(b"hello")


# limit_data


@pytest.mark.parametrize("limit", [0, 1, 9])
async def test_limit_data_sends_exactly_so_many_bytes_and_closes(limit: int) -> None:
    async with line() as it:
        it.toxics.add(type="limit_data", attributes={"bytes": limit})
        for _ in range(5):
            it.served.transport.write(b"ab")
        assert await it.rest() == b"ababababab"[:limit]
        await it.served.is_lost()
        assert it.notes == [("c1", "limit_data_downstream")]


async def test_one_that_is_reached_exactly_closes_and_one_that_is_not_does_not() -> None:
    async with line() as it:
        it.toxics.add(type="limit_data", attributes={"bytes": 10})
        it.served.transport.write(b"123456789")
        await it.arrives(b"123456789")
        await it.silent()
        it.served.transport.write(b"0")
        assert await it.rest() == b"0"


async def test_limit_data_lets_in_exactly_so_many_bytes() -> None:
    async with line() as it:
        it.toxics.add(type="limit_data", stream="upstream", attributes={"bytes": 7})
        it.writer.write(b"0123456789")
        await it.served.is_lost()
        assert it.served.received == b"0123456"
        assert it.served.calls == ["made", "data 7", "eof", "lost"]


@pytest.mark.parametrize(("limit", "arrives"), [(26, b""), (27, b"hello")])
async def test_under_tls_bytes_are_those_of_its_records(tls: Tls, limit: int, arrives: bytes) -> None:
    async with line(tls) as it:
        it.toxics.add(type="limit_data", attributes={"bytes": limit})
        it.served.transport.write(b"hello")
        try:
            assert await it.rest() == arrives
        except (ssl.SSLError, ConnectionError):
            assert arrives == b""


async def test_a_handshake_that_a_toxic_cuts_is_noted(tls: Tls) -> None:
    async with line(tls) as it:
        it.toxics.add(type="limit_data", attributes={"bytes": 100})
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await it.connect()
        await it.journal.expect(where=lambda entry: entry.body == "a TLS handshake failed")
        assert it.notes == [("c2", "limit_data_downstream")]


# down


async def test_down_closes_what_is_open_and_refuses_the_rest_while_it_is_there() -> None:
    async with line() as it:
        with it.toxics.add(type="down"):
            assert await it.rest() == b""
            await it.served.is_lost()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(*it.address)
        await it.connect()
        it.served.transport.write(b"again")
        await it.arrives(b"again")
        assert it.notes == [("c1", "down_downstream")]


async def test_down_again_and_again_in_one_turn_of_the_loop() -> None:
    async with line() as it:
        for _ in range(3):
            it.toxics.add(type="down").remove()
        guard = it.toxics.add(type="down")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*it.address)
        guard.remove()
        await it.connect()


async def test_down_by_chance_refuses_some_after_they_have_connected() -> None:
    async with line() as it:
        it.toxics.add(type="down", toxicity=0.5)
        await it.served.is_lost()
        seen = ""
        for number in range(1, 13):
            reader, writer = await asyncio.open_connection(*it.address)
            writer.write(b"hello")
            ended = asyncio.ensure_future(reader.read())
            async with asyncio.timeout(LIMIT):
                taken = asyncio.ensure_future(it.brings(number))
                await asyncio.wait([ended, taken], return_when=asyncio.FIRST_COMPLETED)
            seen += "o" if taken.done() else "x"
            for task in (ended, taken):
                task.cancel()
            await asyncio.gather(ended, taken, return_exceptions=True)
            writer.transport.abort()
        assert seen == "xoxoxxoxxxxx"


# The transport that a protocol is given


@pytest.mark.parametrize("kind", [Recorder, Buffered])
async def test_a_protocol_that_does_not_read_gets_what_waits_when_it_does(kind: type[Recorder]) -> None:
    async with line(kind=kind) as it:
        it.toxics.add(type="latency", stream="upstream", attributes={"latency": 1000})
        it.writer.write(b"hello")
        await it.acted()
        it.served.transport.pause_reading()
        assert not it.served.transport.is_reading()
        it.clock.advance(1)
        assert it.served.received == b""
        it.served.transport.resume_reading()
        assert it.served.received == b"hello"


async def test_a_protocol_that_has_paused_before_a_toxic_came_stays_so() -> None:
    async with line() as it:
        it.served.transport.pause_reading()
        guard = it.toxics.add(type="latency", stream="upstream")
        assert not it.served.transport.is_reading()
        guard.remove()
        assert not it.served.transport.is_reading()
        assert is_direct(it)


async def test_a_writer_that_waits_for_the_socket_goes_on_after_a_toxic_came_and_went() -> None:
    async with line() as it:
        transport = it.served.transport
        cast("Any", it.writer.transport).pause_reading()
        while "pause" not in it.served.calls:
            transport.write(bytes(1_000_000))
        with it.toxics.add(type="latency"):
            assert it.served.calls.count("pause") == 1
        cast("Any", it.writer.transport).resume_reading()
        reading = asyncio.ensure_future(it.rest())
        await it.served.until(lambda: "resume" in it.served.calls)
        assert it.served.calls == ["made", "pause", "resume"]
        transport.abort()
        await asyncio.gather(reading, return_exceptions=True)


async def test_an_abort_drops_what_waits() -> None:
    async with line() as it:
        it.toxics.add(type="latency", attributes={"latency": 1000})
        it.served.transport.write(b"hello")
        it.served.transport.abort()
        assert await it.rest() == b""
        await it.served.is_lost()
        assert it.clock.pending == 0
        assert it.served.transport.get_write_buffer_size() == 0


async def test_a_protocol_that_takes_over_gets_the_rest() -> None:
    async with line() as it:
        it.toxics.add(type="slicer", stream="upstream", attributes={"average_size": 3})
        other = Recorder(it.port, "c9")
        it.served.transport.set_protocol(other)
        it.writer.write(b"hello")
        await other.until(lambda: other.received == b"hello")
        assert it.served.transport.get_protocol() is other
        it.served.transport.set_protocol(it.served)


async def test_what_is_known_of_a_connection_is_known_through_a_link(tls: Tls) -> None:
    async with line(tls) as it:
        it.toxics.add(type="latency")
        transport = it.served.transport
        assert transport.get_extra_info("peername") == it.writer.get_extra_info("sockname")
        assert transport.get_extra_info("ssl_object") is not None
        link = it.port.link(it.served)
        assert link is not None
        assert link.get_extra_info("nothing", "default") == "default"
        link.set_write_buffer_limits(high=100)
        assert link.get_write_buffer_limits() == (25, 100)
        assert link.can_write_eof()


async def test_a_client_that_resets_is_lost_though_a_toxic_holds_its_data() -> None:
    async with line() as it:
        it.toxics.add(type="latency", stream="upstream", attributes={"latency": 1000})
        it.writer.write(b"hello")
        await it.acted()
        peer = it.writer.get_extra_info("socket")
        peer.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER: a close is a reset
        it.writer.transport.abort()
        await it.served.is_lost()
        assert it.served.received == b""
        assert it.clock.pending == 0
