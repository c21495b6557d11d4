"""The life of a fake server, and what it does whatever its clients do: over real sockets, in a thread or a loop."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.sync.client import connect as connect_sync

from avatarwire.codecs.aliyun.signature import sign
from avatarwire.fakeserver import server as server_module
from avatarwire.fakeserver.aliyun import FakeAliyun
from avatarwire.fakeserver.clock import ClockError, VirtualClock
from avatarwire.fakeserver.server import FakeServer, FakeServerError
from tests.fakeserver.aliyun.running import AsyncLine, Line, Started, packet, post, start
from tests.fakeserver.conftest import Tls
from tests.fakeserver.echo import EchoServer, Script
from tests.fakeserver.wire import LIMIT, Wire, close_frame, frame

NEEDS_PROC: Final = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


@pytest.fixture
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged by asyncio, aiohttp or anybody else, and nothing is left for the garbage collector to close."""
    caplog.set_level(logging.WARNING)
    yield
    gc.collect()
    assert caplog.record_tuples == []


def get(server: FakeServer, target: str = "/") -> int:
    """Status of a GET on a connection of its own."""
    with Wire(server.http_url) as wire:
        return wire.request(f"GET {target} HTTP/1.1\nHost: a").status


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


# --- start and stop ---


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
    with pytest.raises(FakeServerError, match="is not running"):
        getattr(fake, name)


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


# --- stopping while clients are there ---


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
        from avatarwire.fakeserver.exchange import Send

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


def test_a_client_that_is_answered_when_it_stops_gets_its_answer() -> None:
    with EchoServer() as server, Wire(server.http_url) as wire:
        wire.send(b"GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
        server.journal.expect_sync(transport="http", direction="out")
        server.__exit__(None, None, None)
        assert wire.response().json["path"] == "/last"
        assert wire.ends()


def test_a_handler_that_blocks_the_loop_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_PATIENCE", 0.1)
    blocked, release = threading.Event(), threading.Event()

    def blocks(question: object) -> str:
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


# --- commands and the clock ---


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
        assert server.journal.note("x").time == 1002.5


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


# --- HTTP, whatever it looks like ---


def test_a_request_arrives_as_it_was_sent(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        answer = wire.request(
            "PUT /a%2Fb%20c//d;e=f?x=%E4%BD%A0+%2B&x=&y HTTP/1.1\nHost: a\nX-Twice: 1\nx-twice: 2\nContent-Length: 3",
            b"\x00\xff\n",
        )
    assert answer.status == 200
    assert answer.json == {
        "method": "PUT",
        "path": "/a%2Fb%20c//d;e=f",
        "query": "x=%E4%BD%A0+%2B&x=&y",
        "headers": [["Host", "a"], ["X-Twice", "1"], ["x-twice", "2"], ["Content-Length", "3"]],
        "body": "\x00\xff\n",
    }


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("http://127.0.0.1:80/a/b?c=d", "/a/b", "c=d"),
        ("http://fake.example", "/", ""),
        ("http://fake.example?c=/d", "/", "c=/d"),
        ("HTTPS://fake.example/?", "/", ""),
        ("/redirect?to=http://other.example/a?b", "/redirect", "to=http://other.example/a?b"),
        ("/a?b=c#d", "/a", "b=c"),
    ],
)
def test_a_target_may_be_a_whole_url(echo: EchoServer, target: str, path: str, query: str) -> None:
    with Wire(echo.http_url) as wire:
        understood = wire.request(f"GET {target} HTTP/1.1\nHost: a").json
    assert (understood["path"], understood["query"]) == (path, query)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_every_method_is_handed_on(echo: EchoServer, method: str) -> None:
    with Wire(echo.http_url) as wire:
        for target in ("/a", "*") if method == "OPTIONS" else ("/a",):
            assert wire.request(f"{method} {target} HTTP/1.1\nHost: a").json["method"] == method


def test_head_is_answered_without_a_body(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        answer = wire.request("HEAD /a HTTP/1.1\nHost: a")
        assert (answer.status, answer.body) == (200, b"")
        assert int(answer.headers["content-length"]) > 0
        assert wire.request("GET /b HTTP/1.1\nHost: a").json["path"] == "/b"


def test_unsupported_methods_of_a_fake_are_told_apart_from_unknown_paths() -> None:
    with FakeAliyun() as fake, Wire(fake.http_url) as wire:
        path = "/yic/yic-console/openService/v1/avatar/project/queryAvatarProject"
        for method in ("POST", "OPTIONS", "DELETE"):
            refused = wire.request(f"{method} {path} HTTP/1.1\nHost: a\nContent-Length: 0")
            assert (refused.status, refused.json["Code"]) == (400, "UnsupportedHTTPMethod")
        assert wire.request(f"HEAD {path} HTTP/1.1\nHost: a").status == 400
        for unknown in ("/", f"{path}/", path.replace("query", "%71uery"), "/%", "/%00", "/../v1/interaction"):
            refused = wire.request(f"GET {unknown} HTTP/1.1\nHost: a")
            assert (refused.status, refused.json["Code"]) == (404, "InvalidApi.NotFound"), unknown


def test_one_connection_serves_many_requests(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        for number in range(20):
            assert wire.request(f"GET /{number} HTTP/1.1\nHost: a").json["path"] == f"/{number}"
        wire.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(20)))
        assert [wire.response().json["path"] for _ in range(20)] == [f"/{number}" for number in range(20)]


def test_a_client_of_http_1_0_is_answered_and_let_go(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        answer = wire.request("POST /a HTTP/1.0\nContent-Length: 2\nExpect: 100-continue", b"{}")
        assert (answer.version, answer.status, answer.json["body"]) == ("HTTP/1.0", 200, "{}")
        assert wire.ends()
    with Wire(echo.http_url) as wire:
        assert wire.request("GET /a HTTP/1.0\nConnection: keep-alive").status == 200
        assert wire.request("GET /b HTTP/1.0\nConnection: keep-alive").status == 200


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(echo: EchoServer) -> None:
    head = "POST /a HTTP/1.1\nHost: a\nContent-Length: 5\nExpect: 100-Continue"
    with Wire(echo.http_url) as wire:
        assert wire.request(head).status == 100
        wire.send(b"hello")
        assert wire.response().json["body"] == "hello"
        # It need not wait, and then the body is there already.
        both = wire.request(head, b"hello")
        assert both.status in (100, 200)
        assert (wire.response() if both.status == 100 else both).json["body"] == "hello"
        assert wire.request("GET /b HTTP/1.1\nHost: a").status == 200


@pytest.mark.parametrize("expect", ["", "\nExpect: 100-continue"], ids=["sent", "asked for"])
def test_a_body_that_says_it_is_too_large_is_not_read(echo: EchoServer, expect: str) -> None:
    with Wire(echo.http_url) as wire:
        answer = wire.request(f"POST /a HTTP/1.1\nHost: a\nContent-Length: 4097{expect}")
        assert (answer.status, answer.json) == (413, {"limit": 4096})
        assert answer.headers["connection"] == "close"
    [sent] = echo.journal.entries(transport="http", direction="in")
    assert (sent.raw, sent.meta["path"]) == (b"", "/a")


def test_a_body_that_turns_out_too_large_is_refused(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        chunks = (b"400\r\n" + bytes(1024) + b"\r\n") * 5
        answer = wire.request("POST /a HTTP/1.1\nHost: a\nTransfer-Encoding: chunked", chunks)
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        wire.send(b"0\r\n\r\n")
        assert wire.ends()
    with Wire(echo.http_url) as wire:
        full = wire.request("POST /a HTTP/1.1\nHost: a\nContent-Length: 4096", b"x" * 4096)
        assert (full.status, len(full.json["body"])) == (200, 4096)


def test_a_fake_says_how_large_a_body_may_be() -> None:
    with FakeAliyun(max_body_bytes=1024) as fake, Wire(fake.http_url) as wire:
        answer = wire.request("POST /a HTTP/1.1\nHost: a\nContent-Length: 1025", bytes(1025))
        assert (answer.status, answer.json["Code"]) == (413, "RequestBodyTooLarge")


def test_a_compressed_body_stays_as_it_was_signed(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        answer = wire.request(
            "POST /a HTTP/1.1\nHost: a\nContent-Encoding: gzip\nContent-Length: 4", b"\x1f\x8b\x08\x00"
        )
        assert (answer.status, answer.json["body"]) == (200, "\x1f\x8b\x08\x00")


def test_an_offer_to_upgrade_is_passed_over(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        head = "POST /a HTTP/1.1\nHost: a\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMA"
        assert wire.request(f"{head}\nContent-Length: 2", b"{}").json["body"] == "{}"
        assert wire.request("GET /b HTTP/1.1\nHost: a").status == 200


MALFORMED: Final = {
    "zeros": bytes(1000),
    "a TLS handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no method": b" / HTTP/1.1\r\n\r\n",
    "an unknown method": b"FETCH / HTTP/1.1\r\nHost: a\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no URL": b"GET HTTP/1.1\r\n\r\n",
    "a URL that is not ASCII": "GET /\u00e9 HTTP/1.1\r\n\r\n".encode(),
    "a header without colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "a header with a space": b"GET / HTTP/1.1\r\nHo st: a\r\n\r\n",
    "a header with a zero": b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a line without end": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    "a header without end": b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000 + b"\r\n\r\n",
    "a chunk without size": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_http_is_answered_with_400_and_noted(echo: EchoServer, data: bytes) -> None:
    with Wire(echo.http_url) as wire:
        wire.send(data)
        assert wire.response().status == 400
        assert wire.ends()
    [noted] = echo.journal.entries(transport="note")
    assert noted.meta["fault"]
    assert noted.meta["reason"]
    assert get(echo) == 200


def test_a_chunk_without_size_that_comes_later_is_answered_and_noted(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        wire.send(
            b"POST /a?token=abc HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
        )
        assert wire.response().status == 100
        wire.send(b"5\r\nhello\r\nzz\r\n")
        answer = wire.response()
        assert (answer.status, answer.headers["connection"]) == (400, "close")
        assert wire.ends()
    [noted] = echo.journal.entries(transport="note")
    assert (noted.body, noted.meta["method"], noted.meta["path"]) == (
        "the body cannot be read",
        "POST",
        "/a?token=***",
    )


def test_a_client_that_goes_away_within_its_request_is_noted(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        wire.send(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert wire.response().status == 100
        wire.send(b"hel")
    noted = echo.journal.expect_sync(transport="note")
    assert (noted.body, noted.meta["reason"], noted.meta["path"]) == (
        "the body cannot be read",
        "the client is gone",
        "/a",
    )
    assert get(echo) == 200


def test_a_client_that_ends_its_side_is_still_answered(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        wire.send(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.response().json["body"] == "{}"
        assert wire.ends()


@pytest.mark.usefixtures("quiet_log")
def test_a_handler_that_fails_kills_nothing_and_is_noted(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        failed = wire.request("GET /fails HTTP/1.1\nHost: a")
        assert failed.status == 500
        assert b"secret" not in failed.body
        assert wire.ends()
    assert get(echo) == 200
    noted = echo.journal.entries(transport="note")[0]
    assert noted.meta["fault"] == "ValueError"
    assert "secret" not in str(noted)


@pytest.mark.usefixtures("quiet_log")
def test_a_fake_that_fails_inside_answers_500_as_its_sdk_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeAliyun(verify_signatures=False) as fake:

        def fails(project_id: str) -> None:
            raise ZeroDivisionError("secret of the handler")

        monkeypatch.setattr(fake.state.projects, "require", fails)
        with Wire(fake.http_url) as wire:
            target = "/yic/yic-console/openService/v1/avatar/project/queryAvatarProject?projectId=1"
            failed = wire.request(f"GET {target} HTTP/1.1\nHost: a")
            assert (failed.status, failed.json["Code"]) == (500, "InternalError")
            assert wire.request("GET /a HTTP/1.1\nHost: a").status == 404
    [answer] = fake.journal.entries("QueryAvatarProject.response")
    assert "ZeroDivisionError in" in str(answer.meta["failure"])
    assert "secret" not in str(answer.to_dict())


# --- TLS ---


def test_a_client_that_does_not_trust_the_certificate_is_noted(tls: Tls) -> None:
    with EchoServer(ssl_context=tls.server) as server:
        with pytest.raises(ssl.SSLCertVerificationError), Wire(server.http_url, context=ssl.create_default_context()):
            pass
        assert server.journal.expect_sync(transport="note").body == "a TLS handshake failed"
        with Wire(server.http_url, context=tls.client) as wire:
            assert wire.request("GET /a HTTP/1.1\nHost: a").json["path"] == "/a"
        assert server.http_url.startswith("https://")


# --- the journal ---


def test_the_journal_of_an_http_call() -> None:
    with FakeAliyun(clock=VirtualClock(1000.0), verify_signatures=False) as fake:
        session = start(fake)
        asked, answered = fake.journal.entries(transport="http")
    assert (asked.seq, asked.direction, asked.message, asked.time) == (1, "in", "StartAvatarSession.request", 1000.0)
    assert (answered.seq, answered.direction, answered.message) == (2, "out", "StartAvatarSession.response")
    assert (answered.reply_to, answered.status) == (asked.seq, 200)
    assert asked.session == answered.session == session.id
    assert asked.meta["method"] == "POST"
    assert asked.meta["path"] == "/yic/yic-console/openService/v1/avatar/project/startAvatarSession"
    assert json.loads(asked.raw or b"") == {"projectId": fake.project_id, "requestId": "rq-1"}
    har = fake.journal.to_har()
    assert json.dumps(har).count("startAvatarSession") == 1


def test_the_journal_of_a_conversation() -> None:
    with FakeAliyun(verify_signatures=False, polls_until_ready=0, chunk_characters=0) as fake:
        session = start(fake)
        mark = fake.journal.mark()
        with connect_sync(session.url, proxy=None) as socket_of_library:
            line = Line(socket_of_library, session)
            line.prepare()
            line.ask("hi")
            line.hear("text_drive.response")
            line.say("asr.start.request", type="startAsrAudio", askType=1)
            line.hear("asr.start.response")
            socket_of_library.send(b"\x00\x00\x81SERIAL01" + bytes(1024))
            socket_of_library.send(b"bad")
            assert packet(line.hear())["code"] == 10000
        fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
        entries = fake.journal.entries(since=mark)
    assert [
        (entry.transport, entry.direction, entry.message or entry.body) for entry in entries if entry.raw != b"bad"
    ] == [
        ("note", "note", "connected"),
        ("ws", "in", "channel_ready.request"),
        ("ws", "out", "channel_ready.response"),
        ("ws", "in", "text_drive.request"),
        ("ws", "out", "text_drive.response"),
        ("ws", "in", "asr.start.request"),
        ("ws", "out", "asr.start.response"),
        ("ws", "in", "asr.data.request"),
        ("ws", "out", "general.message"),
        ("note", "note", "disconnected"),
    ]
    assert {entry.session for entry in entries} == {session.id}
    speech = next(entry for entry in entries if entry.message == "asr.data.request")
    assert speech.raw == b"\x00\x00\x81SERIAL01"  # the header; of audio a hash is enough
    assert speech.audio is not None
    assert speech.audio.length == 1024
    [bad] = [entry for entry in entries if entry.raw == b"bad"]
    assert [violation.clause for violation in bad.violations] == ["ALI-R082"]


def test_no_secret_gets_into_the_journal() -> None:
    with FakeAliyun() as fake:
        netloc = urlsplit(fake.http_url).netloc
        secrets = [fake.access_key_secret]

        def signed(path: str, action: str, fields: dict[str, Any], secret: str) -> dict[str, Any]:
            body = json.dumps(fields).encode()
            target = f"/yic/yic-console/openService/v1/avatar/project/{path}"
            headers = sign(
                "POST",
                target,
                "",
                [("content-type", "application/json"), ("x-acs-security-token", "sts-secret-token")],
                body,
                access_key_id=fake.access_key_id,
                access_key_secret=secret,
                action=action,
                host=netloc,
                date=fake.clock.now(),
                nonce=f"nonce-{len(secrets)}",
            )
            authorization = next(value for name, value in headers.items() if name.lower() == "authorization")
            secrets.append(authorization.rpartition("Signature=")[2])
            lines = "\n".join(f"{name}: {value}" for name, value in headers.items() if name.lower() != "content-length")
            with Wire(fake.http_url) as wire:
                return wire.request(f"POST {target} HTTP/1.1\n{lines}\nContent-Length: {len(body)}", body).json

        project = {"projectId": fake.project_id}
        started = signed("startAvatarSession", "StartAvatarSession", project, fake.access_key_secret)
        url = str(started["webSocketUrl"])
        secrets += [
            parse_qs(urlsplit(url).query)["token"][0],
            json.loads(started["channelToken"])["token"],
        ]
        refused = signed("checkSession", "CheckSession", {"projectId": "1"}, "not-the-secret")
        assert refused["Code"] == "SignatureDoesNotMatch"
        with Wire(url) as wire:
            assert wire.upgrade().status == 101
            wire.send(close_frame(1000))
            wire.close_code()
        with Wire(f"{url}x") as wire:
            assert wire.upgrade().status == 401
        with Wire(url) as wire:
            wire.send(f"GET {urlsplit(url).query} HTTP/1.1\r\n\r\n".encode())
            assert wire.response().status == 400
        exported = io.StringIO()
        lines = fake.journal.to_ndjson(exported)
        shown = "\n".join(str(entry) for entry in fake.journal.entries())
    assert lines >= 8
    text = exported.getvalue()
    assert "StartAvatarSession.response" in text
    for secret in (*secrets, "sts-secret-token", "not-the-secret"):
        assert len(secret) > 8
        assert secret not in text
        assert secret.encode().hex() not in text
        assert secret not in shown
