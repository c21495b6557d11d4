"""Each toxic on both streams: what a client sees, and what reaches the protocol, byte by byte on virtual time."""

from __future__ import annotations

import asyncio
import random
import ssl

import pytest

from tests.fakeserver.conftest import Tls
from tests.fakeserver.lines import line
from tests.fakeserver.loops import LIMIT

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
