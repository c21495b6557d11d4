"""Time that jumps: only when nothing is under way, and whoever never ends is found out."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.jumping import JumpingLoop, Stuck, run


def test_hours_pass_at_once_and_in_order() -> None:
    async def main(loop: JumpingLoop) -> list[tuple[str, float]]:
        began, seen = loop.time(), list[tuple[str, float]]()

        async def wait(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            seen.append((name, loop.time() - began))

        await asyncio.gather(wait("day", 86400.0), wait("hour", 3600.0), wait("moment", 0.001))
        return seen

    seen = [(name, round(seconds, 6)) for name, seconds in run(main)[0]]
    assert seen == [("moment", 0.001), ("hour", 3600.0), ("day", 86400.0)]


def test_sockets_of_libraries_send_at_once_too() -> None:
    async def main(loop: JumpingLoop) -> tuple[int, int]:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as raw:
            before = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            loop.add_writer(raw, lambda: None)
            loop.remove_writer(raw)
            return before, raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    before, after = run(main)[0]
    assert not before
    assert after


def test_what_is_under_way_between_sockets_arrives_before_time_passes() -> None:
    async def main(loop: JumpingLoop) -> tuple[bytes, float]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"you said " + await reader.readline())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, family=socket.AF_INET)
        async with server:
            began = loop.time()
            async with asyncio.timeout(30):
                reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                writer.write(b"hello\n")
                heard = await reader.readline()
            writer.close()
            await writer.wait_closed()
            return heard, loop.time() - began

    assert run(main)[0] == (b"you said hello\n", 0.0)


@pytest.mark.parametrize("own", [False, True])
def test_time_stands_still_while_a_job_is_in_the_hands_of_a_thread(own: bool) -> None:
    async def main(loop: JumpingLoop) -> float:
        began, done = loop.time(), threading.Event()
        threading.Timer(0.05, done.set).start()
        with ThreadPoolExecutor() as pool:
            async with asyncio.timeout(30):
                if own:
                    job = pool.submit(done.wait)
                    loop.count(job)
                    await asyncio.wrap_future(job)
                else:
                    await loop.run_in_executor(pool, done.wait)
        return loop.time() - began

    passed, loop = run(main)
    assert (passed, loop.in_threads) == (0.0, 0)


def test_who_turns_for_ever_is_stuck() -> None:
    async def main(loop: JumpingLoop) -> None:
        while loop.time():  # noqa: ASYNC110 - that is what is wrong with it
            await asyncio.sleep(0)

    with pytest.raises(Stuck, match="no time passes"):
        run(main)


def test_who_waits_for_what_never_comes_is_stuck() -> None:
    async def main(loop: JumpingLoop) -> None:
        await loop.create_future()

    with pytest.raises(Stuck, match="everybody waits"):
        run(main)


def test_what_nobody_catches_is_kept() -> None:
    async def main(loop: JumpingLoop) -> None:
        loop.call_soon(lambda: 1 // 0)
        await asyncio.sleep(1)

    [failure] = run(main)[1].failures
    assert isinstance(failure["exception"], ZeroDivisionError)
