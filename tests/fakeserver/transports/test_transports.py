"""Transports carry whatever a behaviour says: effects in order and in time, closes that the peer sees, defects told."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, Final

import pytest

from avatarwire.fakeserver import schedule
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import Accept, Await, Cancel, Close, Effect, Later, Send
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.transports import closing, websocket
from tests.fakeserver.conftest import Tls
from tests.fakeserver.echo import EchoServer, Script
from tests.fakeserver.wire import BINARY, CLOSE, LIMIT, TEXT, Wire, close_frame, frame

ROOM: Final = 2**26
"""Bytes for a journal that has to hold a flood."""


def send(text: str) -> Send:
    return Send(text.encode(), "told")


def later(delay: float, text: str, key: str = "") -> Later:
    return Later(delay, lambda _: [send(text)], key)


@contextmanager
def socket_of(server: EchoServer) -> Generator[Wire]:
    """A WebSocket of a running server; at its end the server has noticed that it is gone."""
    mark = server.journal.mark()
    with Wire(server.socket_url) as wire:
        assert wire.upgrade().status == 101
        yield wire
    server.journal.expect_sync(where=is_disconnected, since=mark)


@contextmanager
def talking(script: Script, **options: Any) -> Generator[tuple[EchoServer, Wire]]:
    """A server with a conversation, on a virtual clock, and a WebSocket to it."""
    with (
        EchoServer(script, **{"clock": VirtualClock(), "journal_bytes": ROOM, **options}) as server,
        socket_of(server) as wire,
    ):
        yield server, wire


def is_disconnected(entry: Entry) -> bool:
    return bool(entry.body == "disconnected")


def is_note(text: str) -> Callable[[Entry], bool]:
    return lambda entry: entry.body == text


def heard(wire: Wire, count: int) -> list[str]:
    """The next messages."""
    return [wire.frame()[1].decode() for _ in range(count)]


def nothing_more(wire: Wire) -> None:
    wire.send(frame(b"still there", TEXT))
    assert wire.frame() == (BINARY, b"still there")


# --- effects ---


def test_what_is_to_be_sent_goes_out_in_order() -> None:
    numbers = [str(number) for number in range(50)]
    with talking(Script(lambda _: [send(number) for number in numbers], send("welcome"))) as (server, wire):
        assert heard(wire, 1) == ["welcome"]
        wire.send(frame(b"a") + frame(b"b"))
        assert heard(wire, 100) == numbers * 2
        server.perform(*map(send, numbers))
        server.perform(send("last"))
        assert heard(wire, 51) == [*numbers, "last"]


def test_timers_fire_in_their_order_within_one_step_of_the_clock() -> None:
    def again(left: int) -> list[Effect]:
        said: list[Effect] = [send(f"{left} left")]
        return [*said, Later(1, lambda _: again(left - 1))] if left else said

    with talking(Script(lambda _: [later(2.5, "between"), Later(1, lambda _: again(3))])) as (server, wire):
        wire.send(frame(b"go"))
        nothing_more(wire)
        server.advance(10)
        assert heard(wire, 5) == ["3 left", "2 left", "between", "1 left", "0 left"]


def test_a_newer_timer_replaces_the_one_of_its_key_and_cancel_forgets_it() -> None:
    effects: dict[bytes, list[Effect]] = {
        b"set": [later(1, "old", "key"), later(2, "new", "key"), later(3, "other", "another key")],
        b"cancel": [Cancel("key"), Cancel("unknown"), Cancel("")],
    }
    with talking(Script(lambda data: effects[data])) as (server, wire):
        wire.send(frame(b"set"))
        nothing_more(wire)
        server.advance(2)
        assert heard(wire, 1) == ["new"]
        wire.send(frame(b"set") + frame(b"cancel"))
        nothing_more(wire)
        server.advance(10)
        assert heard(wire, 1) == ["other"]
        nothing_more(wire)


def test_what_is_waited_for_comes_when_it_is_there() -> None:
    release = asyncio.Event()

    async def result() -> str:
        await release.wait()
        return "result"

    with talking(Script(lambda _: [Await(result(), lambda found, _: [send(str(found))]), send("waiting")])) as (
        server,
        wire,
    ):
        wire.send(frame(b"go"))
        assert heard(wire, 1) == ["waiting"]
        server.run(release.set)
        assert heard(wire, 1) == ["result"]


def test_a_wait_that_fails_gives_its_exception_and_one_of_the_same_key_replaces_it() -> None:
    async def fails(text: str) -> str:
        raise LookupError(text)

    def told(found: object, now: float) -> list[Effect]:
        return [send(f"{type(found).__name__}: {found}")]

    with talking(Script(lambda data: [Await(fails("old"), told, "key"), Await(fails("new"), told, "key")])) as (
        _,
        wire,
    ):
        wire.send(frame(b"go"))
        assert heard(wire, 1) == ["LookupError: new"]
        nothing_more(wire)
        gc.collect()  # nobody asks for what the replaced one raised, and nobody has to


def test_a_wait_is_given_up_with_its_key_or_its_connection() -> None:
    begun: SimpleQueue[str] = SimpleQueue()
    given_up: SimpleQueue[str] = SimpleQueue()

    async def endless(name: str) -> None:
        begun.put(name)
        try:
            await asyncio.Event().wait()
        finally:
            given_up.put(name)

    def receive(data: bytes) -> list[Effect]:
        if data == b"cancel":
            return [Cancel("key")]
        name = data.decode()
        return [
            Await(endless(name), lambda given, now: [send("never")], "key"),
            Await(endless(f"{name} beside"), broken),
        ]

    with talking(Script(receive)) as (_, wire):
        wire.send(frame(b"first"))
        assert [begun.get(timeout=LIMIT) for _ in range(2)] == ["first", "first beside"]
        wire.send(frame(b"second"))  # of the same key
        assert given_up.get(timeout=LIMIT) == "first"
        assert [begun.get(timeout=LIMIT) for _ in range(2)] == ["second", "second beside"]
        wire.send(frame(b"cancel"))
        assert given_up.get(timeout=LIMIT) == "second"
        nothing_more(wire)
        assert given_up.empty()
    assert {given_up.get(timeout=LIMIT) for _ in range(2)} == {"first beside", "second beside"}


def test_stopping_waits_for_what_is_given_up_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_PATIENCE", 0.05)
    tidied: list[str] = []

    async def tidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append("up")

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if tidied:
                    raise

    def waiting(wait: Callable[[], Awaitable[None]]) -> Script:
        return Script(lambda _: [Await(wait(), lambda given, now: [])])

    for wait in (tidy, stubborn):
        with talking(waiting(wait)) as (_, wire):
            wire.send(frame(b"go"))
            nothing_more(wire)
    assert tidied == ["up"]


def test_the_conversation_is_told_of_the_end_and_nothing_happens_after_it() -> None:
    script = Script(lambda _: [later(5, "too late"), Later(6, lambda _: [], "key")])
    clock = VirtualClock()
    with EchoServer(script, clock=clock) as server:
        with socket_of(server) as wire:
            wire.send(frame(b"go"))
            nothing_more(wire)
            assert (script.has_ended, clock.pending) == (False, 2)
        assert (script.has_ended, clock.pending) == (True, 0)
        mark = server.journal.mark()
        server.perform(send("too late"), later(1, "too late"))
        assert clock.pending == 0
        server.journal.expect_none("told", since=mark)


# --- a peer that is slow, or gone ---


def flood(count: int) -> list[Send]:
    """More than any socket buffers."""
    return [Send(struct.pack(">I", number) + bytes(250_000), "flood") for number in range(count)]


def test_a_slow_peer_gets_everything_in_order_and_is_not_read_faster() -> None:
    taken: list[bytes] = []

    def receive(data: bytes) -> list[Effect]:
        taken.append(data)
        return [*flood(40)]

    with talking(Script(receive)) as (server, wire):
        wire.send(frame(b"1") + frame(b"2"))
        server.journal.expect_sync("flood", count=10)
        server.perform(Send(struct.pack(">I", 40), "told"))
        assert taken == [b"1"]
        assert [int.from_bytes(wire.frame()[1][:4], "big") for _ in range(41)] == list(range(41))
        assert [int.from_bytes(wire.frame()[1][:4], "big") for _ in range(40)] == list(range(40))
        assert taken == [b"1", b"2"]


def test_a_peer_that_goes_away_meanwhile_does_no_harm() -> None:
    with EchoServer(Script(lambda _: flood(40)), journal_bytes=ROOM) as server:
        with socket_of(server) as wire:
            wire.send(frame(b"go") + frame(b"ping", 0x9))
            server.journal.expect_sync("flood", count=10)
        with socket_of(server) as wire:
            nothing_more(wire)
        server.perform(*flood(2))


def test_pings_of_a_peer_that_is_gone_do_no_harm() -> None:
    with EchoServer(Script(lambda _: flood(4)), journal_bytes=ROOM) as server, socket_of(server) as wire:
        # Reset, with much to be answered.
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.send(frame(b"go") + frame(bytes(100), 0x9) * 2000)
    assert server.journal.entries(where=is_disconnected)[0].meta["code"] == 1006


# --- closing ---


def test_a_close_frame_comes_after_what_was_sent_before_and_nothing_after_it() -> None:
    effects: list[Effect] = [send("before"), Close(4000, "enough"), send("after"), later(1, "later"), Close(4001)]
    with talking(Script(lambda _: effects)) as (server, wire):
        wire.send(frame(b"go"))
        assert wire.frame() == (BINARY, b"before")
        assert wire.frame() == (CLOSE, struct.pack(">H", 4000) + b"enough")
        server.perform(send("after"))
        server.advance(1)
        wire.send(frame(b"late") + frame(b"late", TEXT) + close_frame(4000))
        assert wire.ends()
        noted = server.journal.expect_sync(where=is_disconnected)
        assert (noted.meta["code"], noted.meta["fault"]) == (4000, "")
        assert [entry.meta["code"] for entry in server.journal.entries(where=is_note("closing"))] == [4000]
        assert len(server.journal.entries("told")) == 1


def test_a_peer_that_does_not_answer_a_close_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_PATIENCE", 0.05)
    with talking(Script(lambda _: [Close(1000)])) as (server, wire):
        wire.send(frame(b"go"))
        assert wire.frame() == (CLOSE, struct.pack(">H", 1000))
        assert wire.ends()
        assert server.journal.expect_sync(where=is_disconnected).meta["code"] == 1006


def test_a_peer_that_does_not_read_is_cut_when_the_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_PATIENCE", 0.05)
    with talking(Script(lambda _: [*flood(40), Close(1000)])) as (server, wire):
        wire.send(frame(b"go"))
        server.journal.expect_sync(where=is_disconnected)


def test_a_peer_that_sends_on_and_on_is_cut_after_a_message_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "CLOSE_PATIENCE", 0.05)
    over = threading.Event()

    with EchoServer() as server, Wire(server.socket_url) as wire:
        assert wire.upgrade().status == 101

        def babble() -> None:
            try:
                wire.send(frame(bytes(2**20 + 1)))
                while not over.is_set():
                    wire.send(frame(bytes(1000)))
            except OSError:
                over.set()

        babbling = threading.Thread(target=babble)
        babbling.start()
        assert wire.close_code()[0] == 1009
        assert over.wait(LIMIT)
        babbling.join(LIMIT)
        assert server.journal.expect_sync(where=is_disconnected).meta["code"] == 1009


def test_a_message_too_large_from_a_peer_that_is_gone_does_no_harm() -> None:
    with EchoServer() as server, socket_of(server) as wire:
        wire.send(frame(bytes(2**20 + 1)))


def test_leaving_while_the_handshake_is_under_way_does_no_harm() -> None:
    with EchoServer() as server:
        connection = server.run(
            lambda: websocket.Connection(Hub(server.clock, server.journal), Accept(Script(), "s", 1), "c1")
        )
        server.run(connection.leave)
        assert [entry.meta["code"] for entry in server.journal.entries(where=is_note("closing"))] == [1001]


@pytest.mark.parametrize("reason", ["x" * 200, "é" * 100, "语" * 60, "😀" * 40])
def test_a_long_reason_is_cut_between_two_characters(reason: str) -> None:
    with talking(Script(lambda _: [Close(1000, reason)])) as (_, wire):
        wire.send(frame(b"go"))
        code, told = wire.close_code()
        assert code == 1000
        assert reason.startswith(told)
        assert 120 <= len(told.encode()) <= 123


# --- defects of a conversation ---


def broken(*_: object) -> list[Effect]:
    raise ZeroDivisionError("secret of the conversation")


async def found() -> str:
    return "found"


class Broken(Script):
    def opened(self, now: float) -> list[Effect]:
        return broken()


DEFECTS: Final[dict[str, Script]] = {
    "opening": Broken(),
    "a message": Script(broken),
    "a timer": Script(lambda _: [Later(0, broken)]),
    "a wait": Script(lambda _: [Await(found(), broken)]),
    "a close code that is none": Script(lambda _: [Close(99_999)]),
    "a close code that may not be sent": Script(lambda _: [Close(1005)]),
    "a reason that cannot be written": Script(lambda _: [Close(1000, "secret \ud800")]),
    "an awaitable that is none": Script(lambda _: [Await(5, broken)]),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_closes_with_1011_and_the_journal_says_where(defect: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with talking(DEFECTS[defect]) as (server, wire):
        wire.send(frame(b"go"))
        if defect == "a timer":
            server.journal.expect_sync(transport="ws")
            with pytest.raises(ExceptionGroup):  # a test that advances the clock learns of it
                server.advance(0)
        assert wire.close_code() == (1011, "the fake server failed")
        [noted] = server.journal.entries(where=is_note("the behaviour failed"))
        assert "Error in " in str(noted.meta["failure"])
        assert "secret" not in str(noted)
    assert caplog.record_tuples == []


def test_a_message_that_could_not_be_taken_is_in_the_journal_all_the_same() -> None:
    with talking(Script(broken)) as (server, wire):
        wire.send(frame(b"go"))
        wire.close_code()
        [taken] = server.journal.entries(transport="ws", direction="in")
        assert taken.raw == b"go"


def test_whereabouts_tell_type_and_place_of_an_error_but_not_its_text() -> None:
    with pytest.raises(ZeroDivisionError) as failed:
        broken()
    told = whereabouts(failed.value)
    assert told.startswith("ZeroDivisionError in broken, line ")
    assert whereabouts(ValueError("never raised, secret")) == "ValueError"


# --- TLS ---


def test_effects_and_closes_over_tls(tls: Tls) -> None:
    with EchoServer(Script(lambda _: [send("told"), Close(4000, "enough")]), ssl_context=tls.server) as server:
        with Wire(server.socket_url, context=tls.client) as wire:
            assert wire.upgrade().status == 101
            wire.send(frame(b"go"))
            assert wire.frame() == (BINARY, b"told")
            assert wire.close_code() == (4000, "enough")
            wire.send(close_frame(4000))
            assert wire.ends()
        with Wire(server.socket_url, context=tls.client) as wire:
            assert wire.upgrade().status == 101
            wire.send(frame(bytes(2**20 + 1)))
            assert wire.close_code()[0] == 1009
