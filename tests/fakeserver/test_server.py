"""The life of a fake server: start, stop, commands, clock; over real sockets, in a thread or a loop."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Final

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.sync.client import connect as connect_sync

from avatarwire.fakeserver import controlled, with_block
from avatarwire.fakeserver import server as server_module
from avatarwire.fakeserver.aliyun import FakeAliyun
from avatarwire.fakeserver.clock import ClockError, RealClock, VirtualClock
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.guiji import FakeGuiji
from avatarwire.fakeserver.server import FakeServer
from tests.fakeserver.aliyun.running import AsyncLine, Line, Started, post, start
from tests.fakeserver.conftest import Tls
from tests.fakeserver.echo import EchoServer, Script
from tests.fakeserver.server_help import get, lets_go_of_its_caller
from tests.fakeserver.wire import LIMIT, Wire, frame

NEEDS_PROC: Final = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_it_runs_in_a_thread_of_its_own_while_the_block_lasts() -> None:
    before = threading.active_count()
    with EchoServer() as server:
        assert server.running
        assert threading.active_count() == before + 1
        assert (server.host, server.http_url) == ("127.0.0.1", f"http://127.0.0.1:{server.port}")
        assert get(server) == 200
        port = server.port
    assert not server.running
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=LIMIT):
        pass


async def test_it_runs_in_the_callers_loop_while_the_block_lasts() -> None:
    before = threading.active_count(), asyncio.all_tasks()
    async with EchoServer() as server:
        assert server.running
        assert threading.active_count() == before[0]
        assert await asyncio.to_thread(get, server) == 200
    assert not server.running
    assert asyncio.all_tasks() == before[1]


async def test_starting_and_stopping_by_name() -> None:
    server = EchoServer()
    await server.stop()  # nothing to stop
    await server.start()
    assert await asyncio.to_thread(get, server) == 200
    await server.stop()
    await server.stop()
    assert not server.running


async def test_a_server_has_one_life() -> None:
    server = EchoServer()
    async with server:
        with pytest.raises(FakeServerError, match="has been started already"):
            await server.start()
        with pytest.raises(FakeServerError, match="has been started already"):
            server.__enter__()
        assert await asyncio.to_thread(get, server) == 200
    with pytest.raises(FakeServerError, match="has been started already; make a new one"):
        await server.start()


@pytest.mark.parametrize("name", ["host", "port", "http_url", "ws_url"])
def test_it_has_no_address_before_and_after(name: str) -> None:
    fake = FakeAliyun()
    with pytest.raises(FakeServerError, match="the fake aliyun server is not running: use it in a with statement"):
        getattr(fake, name)
    with fake:
        assert getattr(fake, name)
    with pytest.raises(FakeServerError, match="is not running: its with statement is over; make a new one"):
        getattr(fake, name)


async def test_it_is_stopped_in_the_loop_that_it_was_started_in() -> None:
    fake = FakeGuiji()
    await fake.start()
    expected = "the fake guiji server was started in another event loop, and has to be stopped in that one"
    with pytest.raises(FakeServerError, match=expected):
        await asyncio.to_thread(lambda: asyncio.run(fake.stop()))
    assert fake.running
    await fake.stop()


def test_a_real_clock_says_why_it_cannot_be_advanced() -> None:
    with pytest.raises(ClockError, match=r"goes by real time: give the fake clock=VirtualClock\(\) to advance it"):
        RealClock().advance(1.0)


def test_after_its_end_the_journal_is_still_there_and_commands_are_refused() -> None:
    with FakeAliyun(verify_signatures=False) as fake:
        session = start(fake)
    assert fake.journal.entries("StartAvatarSession.request")
    for command in (fake.force_close, fake.recover, fake.drop):
        with pytest.raises(FakeServerError, match="is not running"):
            command(session.id)


def test_an_error_in_the_block_comes_out_and_the_server_is_stopped() -> None:
    before = threading.active_count()
    with pytest.raises(KeyError, match="of the test"), EchoServer():
        raise KeyError("of the test")
    assert threading.active_count() == before


def test_a_port_that_is_taken_is_told_and_leaves_nothing() -> None:
    before = threading.active_count()
    with EchoServer() as first:
        second = EchoServer(port=first.port)
        reason = f"the fake echo server cannot listen on 127.0.0.1 port {first.port}: .*in use"
        with pytest.raises(FakeServerError, match=reason), second:
            pass
        assert not second.running
        assert threading.active_count() == before + 1
        assert get(first) == 200
    with second:  # it never started, so it may try again
        assert get(second) == 200


async def test_a_port_that_is_taken_is_told_in_a_loop_too() -> None:
    async with EchoServer() as first:
        with pytest.raises(FakeServerError, match="in use"):
            await EchoServer(port=first.port).start()


@pytest.mark.parametrize("options", [{"port": 65536}, {"host": "203.0.113.1"}], ids=["port", "host"])
def test_an_address_that_cannot_be_had_is_told(options: dict[str, Any]) -> None:
    with pytest.raises(FakeServerError, match=r"cannot listen on .* port"), EchoServer(**options):
        pass


def test_a_port_can_be_had_again_at_once() -> None:
    with EchoServer() as first:
        port = first.port
        assert get(first) == 200
    with EchoServer(port=port) as second:
        assert get(second) == 200


def test_ipv6_addresses_are_written_in_brackets() -> None:
    try:
        with EchoServer(host="::1") as server:
            assert server.http_url == f"http://[::1]:{server.port}"
            assert get(server) == 200
    except FakeServerError:
        pytest.skip("no IPv6 here")


@pytest.mark.usefixtures("quiet_log")
def test_what_fails_at_its_end_comes_out_and_leaves_nothing() -> None:
    class Failing(EchoServer):
        def _stopped(self) -> None:
            raise LookupError("at the end")

    before = threading.active_count()
    with pytest.raises(LookupError, match="at the end"), Failing() as server:
        assert get(server) == 200
    assert not server.running
    assert threading.active_count() == before


def test_a_vendor_has_to_say_how_it_answers() -> None:
    with FakeServer("nobody") as server:
        assert get(server) == 500
    assert server.journal.entries(transport="note")[0].meta["fault"] == "NotImplementedError"


@NEEDS_PROC
@pytest.mark.usefixtures("quiet_log")
def test_five_hundred_lives_in_threads_leave_nothing() -> None:
    with EchoServer():
        pass
    gc.collect()
    before = descriptors(), threading.active_count()
    for number in range(500):
        with EchoServer() as server:
            if number % 10 == 0:
                assert get(server) == 200
    assert (descriptors(), threading.active_count()) == before


@NEEDS_PROC
@pytest.mark.usefixtures("quiet_log")
async def test_two_hundred_lives_in_a_loop_leave_nothing() -> None:
    async with EchoServer():
        pass
    gc.collect()
    before = descriptors(), threading.active_count(), len(asyncio.all_tasks())
    for _ in range(200):
        async with EchoServer():
            pass
    assert (descriptors(), threading.active_count(), len(asyncio.all_tasks())) == before


def test_fifty_servers_at_once_have_ports_of_their_own() -> None:
    with ExitStack() as running:
        servers = [running.enter_context(EchoServer()) for _ in range(50)]
        assert len({server.port for server in servers}) == 50
        assert [get(server) for server in servers] == [200] * 50


def strict_loop() -> None:
    """asyncio checks more, but not how long things take."""
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = LIMIT


@NEEDS_PROC
@pytest.mark.usefixtures("quiet_log")
async def test_stopping_is_clean_whatever_clients_are_doing() -> None:
    strict_loop()
    before = descriptors(), asyncio.all_tasks()
    clock = VirtualClock()

    async def thinking(question: object) -> str:
        await asyncio.Event().wait()
        return "never"

    with ExitStack() as clients:
        async with FakeAliyun(verify_signatures=False, polls_until_ready=0, clock=clock, answer=thinking) as fake:

            def wire(data: bytes = b"") -> Wire:
                connection = clients.enter_context(Wire(fake.http_url))
                connection.send(data)
                return connection

            silent = wire()
            half_a_line = wire(b"GET / HT")
            half_a_body = wire(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
            half_a_chunk = wire(b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")
            kept_alive = wire()
            await asyncio.to_thread(kept_alive.request, "GET /x HTTP/1.1\nHost: a")
            half_open = wire()
            half_open.socket.shutdown(socket.SHUT_WR)

            session = await asyncio.to_thread(start, fake)
            talking = clients.enter_context(Wire(session.url))
            await asyncio.to_thread(talking.upgrade)
            talking.send(frame(b"\x0e\x01\xffSERIAL01{}"))
            half_a_frame = clients.enter_context(Wire((await asyncio.to_thread(start, fake, "rq-2")).url))
            await asyncio.to_thread(half_a_frame.upgrade)
            half_a_frame.send(b"\x82\xfe\x10")
            asking = await asyncio.to_thread(start, fake, "rq-3")
            async with connect_async(asking.url, proxy=None) as socket_of_library:
                line = AsyncLine(socket_of_library, asking)
                await line.prepare()
                await line.say("text_drive.request", text="?", askType=1, messageId="m-1")
                await fake.journal.expect("text_drive.request")
                await fake.stop()
                await socket_of_library.wait_closed()
                assert (socket_of_library.close_code, socket_of_library.close_reason) == (1001, "server stops")
        assert not fake.running
        assert clock.pending == 0
        assert await asyncio.to_thread(talking.close_code) == (1001, "server stops")
        for connection in (silent, half_a_line, half_a_body, half_a_chunk, kept_alive, half_open):
            assert await asyncio.to_thread(connection.ends)
    assert (descriptors(), asyncio.all_tasks()) == before


@NEEDS_PROC
@pytest.mark.usefixtures("quiet_log")
async def test_stopping_does_not_wait_for_a_client_that_does_not_read() -> None:
    strict_loop()
    before = descriptors()
    server = EchoServer(Script(lambda data: server_effects(data)))

    def server_effects(data: bytes) -> Iterator[Any]:
        from avatarwire.fakeserver.effects import Send

        for _ in range(100):
            yield Send(bytes(1_000_000), "flood")

    async with server:
        with Wire(server.socket_url) as wire:
            await asyncio.to_thread(wire.upgrade)
            wire.send(frame(b"go"))
            await server.journal.expect("flood", count=8)
            await server.stop()
    assert descriptors() == before


@NEEDS_PROC
@pytest.mark.usefixtures("quiet_log")
def test_stopping_does_not_wait_for_tls_clients(tls: Tls) -> None:
    before = descriptors()
    with ExitStack() as clients:
        with EchoServer(ssl_context=tls.server) as server:
            kept_alive = clients.enter_context(Wire(server.http_url, context=tls.client))
            assert kept_alive.request("GET / HTTP/1.1\nHost: a").status == 200
            no_handshake = clients.enter_context(Wire(server.http_url))
            half_a_handshake = clients.enter_context(Wire(server.http_url))
            half_a_handshake.send(b"\x16\x03\x01\x02\x00")
            # The server has accepted all of them once a later one is served.
            with Wire(server.http_url, context=tls.client) as wire:
                assert wire.request("GET / HTTP/1.1\nHost: a").status == 200
        assert no_handshake.ends()
    assert descriptors() == before


@NEEDS_PROC
@pytest.mark.usefixtures("quiet_log")
async def test_stopping_in_a_loop_ends_tls_handshakes_that_are_under_way(tls: Tls) -> None:
    before = descriptors(), asyncio.all_tasks()
    async with EchoServer(ssl_context=tls.server) as server:
        with Wire(server.http_url) as wire:
            wire.send(b"\x16\x03\x01\x02\x00")
            await asyncio.to_thread(get_over_tls, server, tls)  # so the server has accepted the other one as well
            await server.stop()
    assert (descriptors(), asyncio.all_tasks()) == before


def get_over_tls(server: FakeServer, tls: Tls) -> None:
    with Wire(server.http_url, context=tls.client) as wire:
        assert wire.request("GET / HTTP/1.1\nHost: a").status == 200


@pytest.mark.usefixtures("quiet_log")
def test_tasks_that_an_answering_function_leaves_behind_are_given_up() -> None:
    given_up: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def background() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.append("background")

    async def answer(question: object) -> str:
        tasks.append(asyncio.create_task(background()))
        await asyncio.sleep(0)
        return "done"

    with FakeAliyun(answer=answer, verify_signatures=False, polls_until_ready=0) as fake:
        session = start(fake)
        with connect_sync(session.url, proxy=None) as socket_of_library:
            line = Line(socket_of_library, session)
            line.prepare()
            line.ask("?")
            assert line.answer()[0]["content"] == "done"
            assert given_up == []
    assert given_up == ["background"]


@pytest.mark.usefixtures("quiet_log")
def test_clients_that_connect_while_it_stops_do_no_harm() -> None:
    over = threading.Event()
    ports: list[int] = []

    def knock() -> None:
        while not over.is_set():
            for port in ports[-1:]:
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as client:
                        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                        client.recv(1000)
                except OSError:
                    pass

    knocking = threading.Thread(target=knock)
    knocking.start()
    try:
        for _ in range(100):
            with EchoServer() as server:
                ports.append(server.port)
                server.journal.expect_sync(transport="http", direction="out")
    finally:
        over.set()
        knocking.join(LIMIT)


@NEEDS_PROC
@pytest.mark.usefixtures("quiet_log")
async def test_clients_that_connect_in_the_turn_in_which_it_stops_are_let_go() -> None:
    strict_loop()
    for waits in range(6):
        before = descriptors(), asyncio.all_tasks()
        async with EchoServer() as server:
            port = server.port
            # Not waited for: the server has not even noticed them when it is told to stop, or has just done so.
            with ExitStack() as clients:
                for _ in range(3):
                    clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=LIMIT))
                for _ in range(waits):
                    await asyncio.sleep(0)
                await server.stop()
        assert (descriptors(), asyncio.all_tasks()) == before


async def test_a_connection_that_cannot_be_closed_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    server = EchoServer()
    await server.start()

    async def endless(listener: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(server_module, "PATIENCE", 0.05)
        patched.setattr(server, "_end_connections", endless)
        listener = server._listener  # pyright: ignore[reportPrivateUsage] - to end what the server could not
        with pytest.raises(FakeServerError, match=r"could not close its connections within 0.05 s"):
            await server.stop()
    assert not server.running
    assert listener is not None
    await listener.close()
    await listener.shutdown(0)


def test_a_client_that_is_answered_when_it_stops_gets_its_answer() -> None:
    with EchoServer() as server, Wire(server.http_url) as wire:
        wire.send(b"GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
        server.journal.expect_sync(transport="http", direction="out")
        server.__exit__(None, None, None)
        assert wire.response().json["path"] == "/last"
        assert wire.ends()


def test_a_handler_that_blocks_the_loop_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controlled, "PATIENCE", 0.1)
    monkeypatch.setattr(with_block, "PATIENCE", 0.1)
    blocked, release = threading.Event(), threading.Event()

    async def blocks(question: object) -> str:
        blocked.set()
        release.wait(LIMIT)
        return "late"

    before = threading.active_count()
    fake = FakeAliyun(answer=blocks, verify_signatures=False, polls_until_ready=0)
    fake.__enter__()
    try:
        session = start(fake)
        with Wire(session.url) as wire:
            wire.upgrade()
            named = f'"sessionId":"{session.id}"'.encode()
            wire.send(frame(b"\x00\x01\x83SERIAL01{" + named + b"}"))
            wire.frame()
            wire.send(frame(b"\x00\x01\x80SERIAL01{" + named + b',"text":"?","askType":1,"messageId":"m"}'))
            assert blocked.wait(LIMIT)
            with pytest.raises(FakeServerError, match=r"did not react within 0.1 s: its event loop is blocked"):
                fake.force_close(session.id)
        with pytest.raises(FakeServerError, match=r"did not stop within 0.1 s: something blocks its event loop"):
            fake.__exit__(None, None, None)
    finally:
        release.set()
    assert not fake.running
    for thread in threading.enumerate():
        if thread.name == "fake-aliyun":
            thread.join(LIMIT)
    assert threading.active_count() == before


def test_commands_work_from_any_thread() -> None:
    with FakeAliyun(verify_signatures=False, polls_until_ready=0) as fake:
        sessions = [start(fake, f"rq-{number}") for number in range(20)]
        with ExitStack() as sockets, ThreadPoolExecutor(8) as threads:
            lines = [
                Line(sockets.enter_context(connect_sync(session.url, proxy=None)), session) for session in sessions
            ]
            ids = [session.id for session in sessions]
            list(threads.map(fake.recover, ids))
            for line in lines:
                line.hear("session.recovering")
            list(threads.map(fake.force_close, ids))
            for line in lines:
                line.hear("session.force_close")
                assert line.closed() == (1000, "line expired")


async def test_commands_work_in_its_own_loop_and_in_another_one() -> None:
    async with FakeAliyun(verify_signatures=False) as fake:
        session = await asyncio.to_thread(start, fake)
        async with asyncio.timeout(LIMIT), connect_async(session.url, proxy=None) as socket_of_library:
            line = AsyncLine(socket_of_library, session)
            fake.recover(session.id)
            await line.hear("session.recovering")
            await asyncio.to_thread(fake.recover, session.id)
            await line.hear("session.recovering")
            await asyncio.to_thread(asyncio.run, recover_in_another_loop(fake, session))
            await line.hear("session.recovering")


async def recover_in_another_loop(fake: FakeAliyun, session: Started) -> None:
    fake.recover(session.id)


def test_what_a_command_raises_comes_to_the_thread_that_asked(echo: EchoServer) -> None:
    def fails() -> None:
        raise TimeoutError("of the action")

    with pytest.raises(TimeoutError, match="of the action"):
        echo.run(fails)
    assert lets_go_of_its_caller(lambda: echo.run(fails), TimeoutError)
    assert echo.run(threading.get_ident) != threading.get_ident()


def test_a_server_whose_loop_ended_without_it_refuses_commands(
    echo: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.new_event_loop()
    ended.close()
    with monkeypatch.context() as patched:
        patched.setattr(echo, "_loop", ended)
        with pytest.raises(FakeServerError, match="the event loop of the fake echo server has ended"):
            echo.run(list)


def test_a_virtual_clock_is_advanced_by_the_server() -> None:
    with EchoServer(clock=VirtualClock(1000.0)) as server:
        server.advance(2.5)
        assert server.clock.now() == 1002.5
        server.journal.note("x")
        assert server.journal.entries()[-1].time == 1002.5


def test_a_real_clock_cannot_be_advanced(echo: EchoServer) -> None:
    with pytest.raises(FakeServerError, match="give it clock=VirtualClock"):
        echo.advance(1)


def test_servers_may_share_a_clock() -> None:
    clock = VirtualClock()
    with (
        FakeAliyun(clock=clock, verify_signatures=False, line_seconds=60) as one,
        FakeAliyun(clock=clock, verify_signatures=False, line_seconds=90) as other,
    ):
        first, second = start(one), start(other)
        one.advance(60)
        status = {"projectId": one.project_id, "sessionId": first.id}
        assert post(one, "checkSession", **status)["status"] == "STOPPED"
        assert post(other, "checkSession", **{**status, "sessionId": second.id})["status"] == "FREE"
    clock.advance(1000)
    assert clock.pending == 0


def test_a_timer_that_was_left_behind_does_not_stop_the_clock(echo: EchoServer) -> None:
    clock = VirtualClock()
    fired: list[str] = []
    with EchoServer(clock=clock) as server:
        server.run(lambda: clock.call_later(5, lambda: fired.append("of the server")))
        clock.call_later(5, lambda: fired.append("of the test"))
    try:
        clock.advance(10)
    except (ClockError, ExceptionGroup) as failure:  # pragma: no cover
        pytest.fail(f"the clock waits for a loop that has ended: {failure}")
    assert fired == ["of the test"]


# --- more than one port ---


class TwoDoors(EchoServer):
    """Opens something beside its HTTP port, or fails to."""

    fault: Exception | None = None

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[str] = []

    async def _open(self) -> None:
        self.steps.append(f"open {self.port > 0}")
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault

    async def _close(self) -> None:
        self.steps.append(f"close {self.port > 0}")

    def _stopped(self) -> None:
        self.steps.append("stopped")


def test_what_is_opened_beside_http_is_closed_before_it() -> None:
    with TwoDoors() as server:
        assert server.steps == ["open True"]
        assert get(server) == 200
    assert server.steps == ["open True", "close True", "stopped"]


def test_a_start_that_fails_half_way_leaves_nothing_and_may_be_tried_again() -> None:
    before = threading.active_count()
    server = TwoDoors()
    server.fault = FakeServerError("the second door is stuck")
    with pytest.raises(FakeServerError, match="the second door is stuck"), server:
        pass
    assert (server.running, server.steps) == (False, ["open True", "close True", "stopped"])
    assert threading.active_count() == before
    server.fault = None
    with server:
        assert get(server) == 200
