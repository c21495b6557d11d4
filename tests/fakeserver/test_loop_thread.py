"""A fake's own thread: whatever happens in it, whoever waits for it learns of it, and soon."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import threading
import warnings
from collections.abc import Callable
from typing import Any, Final

import pytest

from avatarwire.fakeserver import (
    FakeAliyun,
    FakeGuiji,
    FakeSenseTime,
    FakeServer,
    FakeServerError,
    VirtualClock,
    with_block,
)
from tests.fakeserver.echo import EchoServer
from tests.fakeserver.server_help import get
from tests.fakeserver.wire import LIMIT

FAKES: Final = {"aliyun": FakeAliyun, "guiji": FakeGuiji, "sensetime": FakeSenseTime}


def raises(error: type[BaseException]) -> Callable[[], None]:
    def action() -> None:
        raise error("in its thread")

    return action


def later(server: EchoServer, action: Callable[[], None]) -> None:
    """Has something done in the server's loop, and does not wait for it."""
    server.run(lambda: asyncio.get_running_loop().call_soon(action))


def until_over(server: FakeServer) -> None:
    """Returns when its thread has ended by itself."""
    thread = server._thread  # pyright: ignore[reportPrivateUsage]
    assert thread is not None
    thread.over.result(LIMIT)
    while thread.alive:
        os.sched_yield()


# --- a thread that ends by itself ---


@pytest.mark.usefixtures("quiet_log")
@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_a_server_whose_loop_was_ended_is_stopped_in_order(end: type[BaseException]) -> None:
    before = threading.active_count()
    steps: list[str] = []

    class Told(EchoServer):
        def _stopped(self) -> None:
            steps.append("stopped")

    server = Told()
    server.__enter__()
    port = server.port
    later(server, raises(end))
    until_over(server)
    assert (server.running, steps, threading.active_count()) == (False, ["stopped"], before)
    for use in (lambda: server.run(list), lambda: server.http_url):
        with pytest.raises(FakeServerError, match="is not running"):
            use()
    with EchoServer(port=port) as other:  # nothing holds the port
        assert get(other) == 200
    with pytest.raises(end, match="in its thread"):
        server.__exit__(None, None, None)


def test_a_server_whose_loop_was_stopped_is_stopped_in_order() -> None:
    with EchoServer() as server:
        later(server, lambda: asyncio.get_running_loop().stop())
        until_over(server)
        assert not server.running


def test_ends_upon_ends_do_not_keep_it_from_stopping() -> None:
    server = EchoServer()

    def both() -> None:
        asyncio.get_running_loop().call_soon(raises(KeyboardInterrupt))
        raise SystemExit("first")

    server.__enter__()
    later(server, both)
    until_over(server)
    with pytest.raises(SystemExit, match="first"):
        server.__exit__(None, None, None)


def test_a_server_that_is_ended_while_it_starts_is_stopped_in_order() -> None:
    class Hasty(EchoServer):
        async def _open(self) -> None:
            asyncio.get_running_loop().call_soon(raises(KeyboardInterrupt))
            await asyncio.sleep(0)

    server = Hasty()
    server.__enter__()
    until_over(server)
    assert not server.running
    with pytest.raises(KeyboardInterrupt):
        server.__exit__(None, None, None)


def test_what_its_start_raises_itself_comes_out_of_it() -> None:
    class Hasty(EchoServer):
        def _started(self) -> None:
            raise KeyboardInterrupt

    before = threading.active_count()
    server = Hasty()
    with pytest.raises(KeyboardInterrupt):
        server.__enter__()
    assert (server.running, threading.active_count()) == (False, before)


def test_a_command_that_nobody_will_carry_out_is_told_of_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    server = EchoServer()
    server.__enter__()
    loop: asyncio.AbstractEventLoop = server.run(asyncio.get_running_loop)
    soon = loop.call_soon_threadsafe

    def too_late(*_: object) -> None:
        soon(raises(KeyboardInterrupt))

    with monkeypatch.context() as patched:
        patched.setattr(loop, "call_soon_threadsafe", too_late)
        with pytest.raises(FakeServerError, match="the fake echo server ended before it could react"):
            server.run(list)
    with pytest.raises(KeyboardInterrupt):
        server.__exit__(None, None, None)


def test_a_clock_does_not_wait_for_a_server_that_was_ended() -> None:
    clock, fired = VirtualClock(), list[str]()
    server = EchoServer(clock=clock)
    server.__enter__()
    server.run(lambda: clock.call_later(1, lambda: fired.append("of the server")))
    clock.call_later(1, lambda: fired.append("of the test"))
    later(server, raises(SystemExit))
    until_over(server)
    server.advance(2)
    assert fired == ["of the test"]
    with pytest.raises(SystemExit):
        server.__exit__(None, None, None)


# --- a start that does not come to its end ---


class Slow(EchoServer):
    """Its start waits for ever."""

    given_up = False

    async def _open(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up = True


@pytest.mark.usefixtures("quiet_log")
def test_a_start_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_block, "PATIENCE", 0.3)
    before = threading.active_count()
    server = Slow()
    with pytest.raises(FakeServerError, match=r"the fake echo server did not start within 0\.3 s"), server:
        pass
    for thread in threading.enumerate():
        if thread.name == "fake-echo":
            thread.join(LIMIT)
    assert (server.given_up, server.running, threading.active_count()) == (True, False, before)


def test_a_start_that_is_interrupted_is_given_up() -> None:
    class Interrupted(Slow):
        async def _open(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            await super()._open()

    server = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        server.__enter__()
    assert (server.given_up, server.running) == (True, False)


# --- commands and loops that do not run ---


def test_a_command_to_a_loop_that_stands_still_is_refused() -> None:
    loop = asyncio.new_event_loop()
    server = EchoServer()
    loop.run_until_complete(server.start())
    try:
        with pytest.raises(FakeServerError, match="the event loop of the fake echo server does not run"):
            server.run(list)
    finally:
        loop.run_until_complete(server.stop())
        loop.close()


# --- another process ---


def in_a_child(action: Callable[[], str]) -> str:
    """What an action gives in a forked process, within a few seconds."""
    reads, writes = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which is what this is about
        child = os.fork()
    if not child:  # pragma: no cover - nothing measures the child
        try:
            os.write(writes, action().encode())
        finally:
            os._exit(0)
    os.close(writes)
    try:
        ready, _, _ = select.select([reads], [], [], 5.0)
        if not ready:
            os.kill(child, signal.SIGKILL)
            pytest.fail("the child does not come back")
        return os.read(reads, 10_000).decode()
    finally:
        os.close(reads)
        os.waitpid(child, 0)


def told(*actions: Callable[[], Any]) -> str:
    """What each action raises."""
    texts: list[str] = []
    for action in actions:
        try:
            action()
        except FakeServerError as error:
            texts.append(str(error))
        else:
            texts.append("nothing")
    return "|".join(texts)


@pytest.mark.parametrize(("vendor", "make"), FAKES.items())
def test_a_forked_process_cannot_stop_what_is_not_its_own(vendor: str, make: Callable[..., FakeServer]) -> None:
    with make(clock=VirtualClock()) as fake:
        url = fake.http_url

        def leave() -> str:
            assert (fake.running, fake.http_url) == (False, url)
            return told(lambda: fake.advance(1), lambda: fake.__exit__(None, None, None))

        reason = f"the fake {vendor} server runs in the process from which this one was forked"
        assert in_a_child(leave) == f"{reason}|{reason}, and has to be stopped there"
        assert fake.running
        fake.advance(1)
        assert get(fake) in (400, 404)


def test_a_forked_process_can_give_no_commands() -> None:
    with EchoServer() as server:
        answer = in_a_child(lambda: told(lambda: server.run(list)))
        assert answer == "the fake echo server runs in the process from which this one was forked"
        assert server.run(list) == []


async def test_a_forked_process_leaves_a_server_of_a_loop_alone() -> None:
    async with EchoServer() as server:

        def leave() -> str:
            def stop() -> None:
                server.stop().send(None)

            return told(stop)

        assert in_a_child(leave) == "the fake echo server runs in the process from which this one was forked"
        assert await asyncio.to_thread(get, server) == 200


def test_a_server_that_was_made_before_the_fork_may_run_in_the_child() -> None:
    server = EchoServer()

    def run() -> str:
        with server:
            return str(get(server))

    assert in_a_child(run) == "200"
