"""The link of a connection: nothing while there is no toxic, and a proper transport while there is one."""

from __future__ import annotations

import asyncio
import struct
from typing import Any, cast

import pytest

from tests.fakeserver.conftest import Tls
from tests.fakeserver.lines import Buffered, Line, Recorder, line


def is_direct(made: Line) -> bool:
    """Whether the socket's transport calls the protocol, and what the protocol calls goes straight on to it."""
    link = made.port.link(made.served)
    assert link is not None
    return link.is_direct and cast("Any", link)._socket.get_protocol() is link.get_protocol()


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
