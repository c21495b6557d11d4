"""Callbacks arrive in order and in time, are tried again, go no farther than this machine, and hold nobody up."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import re
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import pytest
from aiohttp import web
from msgspec import structs

from avatarwire.fakeserver.addresses import check_url, is_loopback
from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.clock import Clock, VirtualClock
from avatarwire.fakeserver.effects import CallBack, Leaving, Signed
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal, Transport
from avatarwire.fakeserver.journal.entry import Direction
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.transports.callbacks import Callbacks

Respond = Callable[[int], Awaitable[web.Response]]

FINE: Final = "event.delivered"
FAILED: Final = "event.failed"
GIVEN_UP: Final = "event.given_up"


async def fine(number: int) -> web.Response:
    del number
    return web.Response()


class Receiver:
    """A client's own HTTP server, on a free port of this machine."""

    def __init__(self, respond: Respond) -> None:
        self.got: list[tuple[str, dict[str, str], Any]] = []
        self.url = ""
        self._respond = respond

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.got.append((f"{request.method} {request.raw_path}", dict(request.headers), body))
        return await self._respond(len(self.got))

    @property
    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.got]


@asynccontextmanager
async def receiving(respond: Respond = fine) -> AsyncGenerator[Receiver]:
    receiver = Receiver(respond)
    server = web.Server(receiver.handle)
    runner = web.ServerRunner(server, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


class World:
    """Deliveries on a virtual clock."""

    def __init__(self, between: Callable[[CallBack], Sequence[CallBack]] | None = None, **options: Any) -> None:
        self.clock = VirtualClock()
        self.journal = Journal(self.clock)
        hub = Hub(self.clock, self.journal) if between is None else Between(self.clock, self.journal, between)
        self.callbacks = Callbacks(hub, **options)

    def post(self, url: str, session: str = "s-1", **fields: Any) -> None:
        body = json.dumps(fields).encode()
        self.callbacks.post(CallBack(url, body, "event", fields, session=session))

    def reasons(self) -> list[str]:
        return [str(entry.meta["reason"]) for entry in self.journal.entries() if "reason" in entry.meta]


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    made = World()
    yield made
    await made.callbacks.stop()
    assert made.clock.pending == 0


async def test_a_callback_is_posted_and_its_outcome_kept(world: World) -> None:
    async with receiving() as receiver:
        world.post(receiver.url, status=35)
        entry = await world.journal.expect(FINE)
    [(line, headers, body)] = receiver.got
    assert (line, headers["Content-Type"], body) == ("POST /hook", "application/json", {"status": 35})
    assert "Cookie" not in headers
    sent, kept = world.journal.entries(transport="callback")
    assert kept == entry
    assert (sent.direction, sent.message, sent.session, sent.body) == ("out", "event", "s-1", {"status": 35})
    assert (sent.raw, sent.meta["attempt"], sent.meta["path"]) == (b'{"status": 35}', 1, receiver.url)
    assert (kept.direction, kept.status, kept.reply_to, kept.meta["outcome"]) == ("in", 200, sent.seq, "delivered")


async def test_the_journal_has_the_address_without_what_lets_somebody_in(world: World) -> None:
    async with receiving() as receiver:
        host = receiver.url.removeprefix("http://").partition("/")[0]
        world.post(f"http://user:h1d@d3n@{host}/hook?token=h1dd3n&a=1#h1dd3n", status=35)
        await world.journal.expect(FINE)
    [(line, headers, _)] = receiver.got
    assert line == "POST /hook?token=h1dd3n&a=1"
    assert headers["Authorization"].startswith("Basic ")
    sent, _ = world.journal.entries(transport="callback")
    assert sent.meta["path"] == f"http://user:***@{host}/hook?token=***&a=1"
    exported = io.StringIO()
    world.journal.to_ndjson(exported)
    for text in (exported.getvalue(), str(world.journal.to_har()), repr(world.journal.entries())):
        assert "d3n" not in text


async def test_a_session_is_told_in_order_and_no_session_waits_for_another(world: World) -> None:
    hold = asyncio.Event()

    async def first_waits(number: int) -> web.Response:
        if number == 1:
            await hold.wait()
        return web.Response()

    async with receiving(first_waits) as receiver:
        world.post(receiver.url, "s-1", number=1)
        world.post(receiver.url, "s-1", number=2)
        await world.journal.expect("event", session="s-1")
        world.post(receiver.url, "s-2", number=3)
        await world.journal.expect(FINE, session="s-2")
        assert receiver.bodies == [{"number": 1}, {"number": 3}]
        hold.set()
        await world.journal.expect(FINE, session="s-1", count=2)
        assert receiver.bodies == [{"number": 1}, {"number": 3}, {"number": 2}]


async def test_what_fails_is_tried_again_half_a_second_and_a_second_later(world: World) -> None:
    async def third_is_fine(number: int) -> web.Response:
        return web.Response(status=200 if number == 3 else 503)

    async with receiving(third_is_fine) as receiver:
        began = world.clock.now()
        world.post(receiver.url)
        await world.journal.expect(FAILED)
        world.clock.advance(0.49)
        await asyncio.sleep(0)
        assert len(receiver.got) == 1
        world.clock.advance(0.01)
        await world.journal.expect(FAILED, count=2)
        world.clock.advance(1)
        await world.journal.expect(FINE)
    times = [entry.time - began for entry in world.journal.entries("event")]
    assert times == pytest.approx([0, 0.5, 1.5])
    assert world.reasons() == ["answered with status 503"] * 2


@pytest.mark.parametrize("status", [302, 307, 400, 404, 500])
async def test_after_the_last_try_it_is_given_up_and_the_next_one_goes_on(status: int) -> None:
    world = World(retries=())

    async def first_fails(number: int) -> web.Response:
        return web.Response(status=status if number == 1 else 204, headers={"Location": "/elsewhere"})

    async with receiving(first_fails) as receiver:
        world.post(receiver.url, number=1)
        world.post(receiver.url, number=2)
        given_up = await world.journal.expect(GIVEN_UP)
        assert (given_up.status, given_up.meta["outcome"]) == (status, "given up")
        await world.journal.expect(FINE)
        # A redirect is not followed.
        assert [line for line, _, _ in receiver.got] == ["POST /hook", "POST /hook"]
    await world.callbacks.stop()


async def test_a_receiver_has_five_seconds_on_the_servers_clock(world: World) -> None:
    never = asyncio.Event()

    async def silent(number: int) -> web.Response:
        del number
        await never.wait()
        return web.Response()

    async with receiving(silent) as receiver:
        world.post(receiver.url)
        await world.journal.expect("event")
        world.clock.advance(4.9)
        await asyncio.sleep(0)
        assert not world.journal.entries(FAILED)
        world.clock.advance(0.1)
        failed = await world.journal.expect(FAILED)
        assert (failed.direction, failed.status) == ("note", None)
        assert world.reasons() == ["no answer within 5 s"]
        await world.callbacks.stop()
        never.set()


async def test_a_receiver_that_is_not_there_is_told_without_its_address() -> None:
    world = World(retries=())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    world.post(f"http://127.0.0.1:{port}/hook?token=secret-1")
    await world.journal.expect(GIVEN_UP)
    assert "refused" in world.reasons()[0].lower()
    assert "secret-1" not in "".join(map(str, world.journal.entries()))
    await world.callbacks.stop()


async def test_an_answer_that_is_no_http_or_is_cut_off_is_a_failure() -> None:
    world = World(retries=())

    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"nonsense\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(garbage, "127.0.0.1", 0)
    async with server:
        world.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await world.journal.expect(GIVEN_UP)
    assert world.reasons()
    await world.callbacks.stop()


@pytest.mark.parametrize("size", [0, 10, 200_000])
async def test_answers_of_any_size_are_fine(world: World, size: int) -> None:
    async def long(number: int) -> web.Response:
        del number
        return web.Response(body=b"x" * size)

    async with receiving(long) as receiver:
        world.post(receiver.url)
        answer = await world.journal.expect(FINE)
    kept = min(size, 64 * 1024)
    assert answer.raw == b"x" * kept
    assert answer.meta.get("read") == (None if size == kept else "the first 65536 bytes")


async def test_an_answer_is_kept_as_it_came(world: World) -> None:
    packed = gzip.compress(b'{"code": 0}')

    async def answer(number: int) -> web.Response:
        del number
        headers = {"X-Trace": "t-1", "Content-Encoding": "gzip", "Set-Cookie": "id=secret-3"}
        return web.Response(body=packed, status=201, headers=headers)

    async with receiving(answer) as receiver:
        world.post(receiver.url)
        kept = await world.journal.expect(FINE)
    headers = dict(cast("tuple[tuple[str, str], ...]", kept.meta["headers"]))
    assert (kept.status, kept.raw, headers["X-Trace"], headers["Set-Cookie"]) == (201, packed, "t-1", "***")
    exported = cast("dict[str, Any]", world.journal.to_har())
    assert exported["log"]["entries"][0]["request"]["url"] == receiver.url
    assert "secret-3" not in str(exported)


# --- what the hub makes of it ---


class Between(Hub):
    """A hub that does something to each callback before it is written."""

    def __init__(self, clock: Clock, journal: Journal, change: Callable[[CallBack], Sequence[CallBack]]) -> None:
        super().__init__(clock, journal)
        self._change = change

    def leave(self, effect: Leaving, carrier: Carrier, **about: Any) -> int:
        assert isinstance(effect, CallBack)
        for changed in self._change(effect):
            super().leave(changed, carrier, **about)
        return self.journal.mark()


async def test_what_is_posted_is_what_comes_out_of_the_hub() -> None:
    world = World(between=lambda effect: [structs.replace(effect, data=b'{"status": 99}')])
    async with receiving() as receiver:
        world.post(receiver.url, status=35)
        await world.journal.expect(FINE)
    assert receiver.bodies == [{"status": 99}]
    await world.callbacks.stop()


async def test_what_the_hub_drops_is_not_posted_and_never_answered() -> None:
    dropped = asyncio.Event()

    def drop_the_first(effect: CallBack) -> Sequence[CallBack]:
        if dropped.is_set():
            return [effect]
        dropped.set()
        return []

    world = World(between=drop_the_first, retries=(1,))
    async with receiving() as receiver:
        world.post(receiver.url, status=35)
        await dropped.wait()
        world.clock.advance(5)
        await world.journal.expect(FAILED)
        assert receiver.got == []
        world.clock.advance(1)
        await world.journal.expect(FINE)
    assert (receiver.bodies, world.reasons()) == ([{"status": 35}], ["no answer within 5 s"])
    await world.callbacks.stop()
    assert world.clock.pending == 0


async def test_what_the_hub_writes_twice_is_posted_twice_and_counts_once() -> None:
    both = asyncio.Event()

    async def counted(number: int) -> web.Response:
        if number == 2:
            both.set()
        await both.wait()
        return web.Response()

    world = World(between=lambda effect: [effect, effect])
    async with receiving(counted) as receiver:
        world.post(receiver.url, status=35)
        await world.journal.expect(FINE)
    assert receiver.bodies == [{"status": 35}] * 2
    assert len(world.journal.entries(FINE)) == 1
    await world.callbacks.stop()


# --- no farther than this machine ---


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/hook",
        "http://[2001:db8::1]/hook",
        "http://[::ffff:192.0.2.1]/hook",
        "http://0.0.0.0/hook",
        "http://169.254.169.254/latest",
    ],
)
async def test_another_machine_is_not_called(url: str) -> None:
    world = World(retries=())
    world.post(url)
    await world.journal.expect(GIVEN_UP)
    assert "is not this machine, and callbacks go to this machine only" in world.reasons()[0]
    assert not world.journal.entries(direction="out"), "nothing has left"
    await world.callbacks.stop()


async def test_a_name_is_judged_by_the_address_that_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if host == "near.example" else "192.0.2.7"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    world = World(retries=())
    async with receiving() as receiver:
        world.post(receiver.url.replace("127.0.0.1", "near.example"))
        await world.journal.expect(FINE)
        world.post(receiver.url.replace("127.0.0.1", "far.example"))
        await world.journal.expect(GIVEN_UP)
    assert asked == ["near.example", "far.example"]
    assert world.reasons()[0].startswith("far.example is not this machine")
    assert len(world.journal.entries(direction="out")) == 1, "what goes too far does not leave"
    await world.callbacks.stop()


async def test_a_scenario_may_allow_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    reached: list[Any] = []

    async def connect(sock: socket.socket, address: Any) -> None:
        del sock
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(loop, "sock_connect", connect)
    world = World(retries=(), beyond_loopback=True)
    world.post("http://192.0.2.1:81/hook")
    await world.journal.expect(GIVEN_UP)
    assert reached == [("192.0.2.1", 81)]
    await world.callbacks.stop()


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::1%lo", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),  # noqa: S104 - not listened to
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_loopback_addresses(address: str, *, near: bool) -> None:
    assert is_loopback(address) is near


@pytest.mark.parametrize("url", ["", "http://localhost/", "https://a.example:8443/x?y=z", "http://[::1]:80/"])
def test_addresses_that_can_be_called(url: str) -> None:
    check_url(url, "table.key")


@pytest.mark.parametrize(
    "url",
    [
        "/hook",
        "ftp://a/",
        "http://",
        "http://a:0/",
        "http://a:99999/",
        "http://[::1/",
        "http://á/",
        "http://a..example/",
        f"http://{'a' * 64}.example/",
    ],
)
def test_addresses_that_cannot(url: str) -> None:
    with pytest.raises(ScenarioError, match=r"table\.key: expected an absolute http or https URL"):
        check_url(url, "table.key")


# --- signatures, and what is never sent ---


async def test_each_try_is_signed_anew(world: World) -> None:
    async def second_is_fine(number: int) -> web.Response:
        return web.Response(status=200 if number == 2 else 500)

    def sign(body: bytes, now: float) -> Signed:
        return Signed({"X-At": f"{now:.1f}"}, {"signature": f"{len(body)}&"})

    async with receiving(second_is_fine) as receiver:
        start = world.clock.now()
        world.callbacks.post(CallBack(f"{receiver.url}?a=%2F#part", b"{}", "event", sign=sign))
        await world.journal.expect(FAILED)
        world.clock.advance(0.5)
        await world.journal.expect(FINE)
    assert [line for line, _, _ in receiver.got] == ["POST /hook?a=%2F&signature=2%26"] * 2
    assert [headers["X-At"] for _, headers, _ in receiver.got] == [f"{start:.1f}", f"{start + 0.5:.1f}"]
    assert "signature=***" in str(world.journal.entries("event")[0].meta)


async def test_a_function_that_signs_and_fails_is_told_without_its_words() -> None:
    world = World(retries=())

    def sign(body: bytes, now: float) -> Signed:
        raise RuntimeError("secret-2")

    world.callbacks.post(CallBack("http://127.0.0.1:1/", b"{}", "event", sign=sign))
    await world.journal.expect(GIVEN_UP)
    assert world.reasons()[0].startswith("the function that signs failed: RuntimeError in")
    await world.callbacks.stop()


@pytest.mark.parametrize(
    "signed", [Signed(headers={"X-Signature": cast("str", 5)}), Signed(query={"s": cast("str", None)})]
)
async def test_a_signature_that_is_no_text_is_told(signed: Signed) -> None:
    world = World(retries=())

    def sign(body: bytes, now: float) -> Signed:
        return signed

    world.callbacks.post(CallBack("http://127.0.0.1:1/", b"{}", "event", sign=sign))
    await world.journal.expect(GIVEN_UP)
    assert world.reasons() == ["the function that signs gave something that is no text"]
    await world.callbacks.stop()


@pytest.mark.parametrize(
    "signed",
    [
        Signed(query={"signature": "\ud800"}),
        Signed(headers={"X-Signature": "\ud800"}),
        Signed(headers={"X-Signature": "a\r\nX-Other: b"}),
        cast("Signed", None),
    ],
)
async def test_a_signature_that_cannot_be_sent_is_told_and_the_next_callback_goes_out(signed: Signed) -> None:
    world = World(retries=())

    def sign(body: bytes, now: float) -> Signed:
        return signed

    async with receiving() as receiver:
        world.callbacks.post(CallBack(receiver.url, b'{"status": 35}', "event", sign=sign, session="s-1"))
        world.post(receiver.url, status=5)
        await world.journal.expect(FINE)
    assert [entry.message for entry in world.journal.entries()] == [GIVEN_UP, "event", FINE]
    assert receiver.bodies == [{"status": 5}]
    assert re.search("cannot be sent: .*Error|the delivery failed: AttributeError in", world.reasons()[0])
    await world.callbacks.stop()


async def test_whatever_goes_wrong_with_one_the_next_goes_out() -> None:
    def breaks(effect: CallBack) -> Sequence[CallBack]:
        if b"35" in effect.data:
            raise LookupError("secret-4")
        return [effect]

    world = World(between=breaks, retries=())
    async with receiving() as receiver:
        world.post(receiver.url, status=35)
        world.post(receiver.url, status=5)
        await world.journal.expect(FINE)
    assert receiver.bodies == [{"status": 5}]
    [reason] = world.reasons()
    assert reason.startswith("the delivery failed: LookupError in")
    await world.callbacks.stop()


async def test_what_the_journal_refuses_does_not_stop_a_session() -> None:
    refused = iter([True])

    class Refuses(Journal):
        def add(self, transport: Transport, direction: Direction, message: str = "", **about: Any) -> int:
            if message == FINE and next(refused, False):
                raise LookupError("secret-5")
            return super().add(transport, direction, message, **about)

    world = World()
    world.journal = Refuses(world.clock)
    world.callbacks = Callbacks(Hub(world.clock, world.journal))
    async with receiving() as receiver:
        world.post(receiver.url, status=35)
        world.post(receiver.url, status=5)
        await world.journal.expect(FINE)
    assert receiver.bodies == [{"status": 35}, {"status": 5}]
    [note] = world.journal.entries(transport="note")
    assert (note.body, note.session) == ("the delivery of a callback failed", "s-1")
    assert "secret-5" not in str(note)
    await world.callbacks.stop()


async def test_a_session_that_is_over_is_forgotten_once_its_callbacks_are_out() -> None:
    going_on = {"s-1"}
    world = World(lasts=going_on.__contains__)
    async with receiving() as receiver:
        for status in (35, 5):
            world.post(receiver.url, status=status)
            await world.journal.expect(FINE, count=1 if status == 35 else 2)
            assert list(vars(world.callbacks)["_connections"]) == (["s-1"] if status == 35 else [])
            going_on.clear()
        posted = world.journal.entries("event")
    assert len({entry.connection for entry in posted}) == 1
    await world.callbacks.stop()


async def test_without_an_address_the_journal_has_it_all_the_same(world: World) -> None:
    world.post("", status=5)
    [entry] = world.journal.entries()
    assert (entry.message, entry.transport, entry.direction) == ("event.not_sent", "callback", "note")
    assert (entry.body, entry.raw, entry.meta["outcome"]) == ({"status": 5}, None, "not sent")


async def test_a_delay_is_on_the_servers_clock() -> None:
    world = World(delay=2)
    async with receiving() as receiver:
        world.post(receiver.url)
        await asyncio.sleep(0)
        world.clock.advance(1.9)
        await asyncio.sleep(0)
        assert not world.journal.entries()
        world.clock.advance(0.1)
        await world.journal.expect(FINE)
    await world.callbacks.stop()


async def test_a_flood_is_given_up_beyond_a_thousand(world: World) -> None:
    hold = asyncio.Event()

    async def wait(number: int) -> web.Response:
        del number
        await hold.wait()
        return web.Response()

    async with receiving(wait) as receiver:
        for number in range(1002):
            world.post(receiver.url, number=number)
        assert len(world.journal.entries(GIVEN_UP)) == 2
        await world.callbacks.stop()
        hold.set()
    assert len(world.journal.entries(GIVEN_UP)) == 1002
    world.post("http://127.0.0.1:1/")
    assert world.reasons()[-1] == "the server has stopped"


@pytest.mark.usefixtures("quiet_log")
async def test_a_stop_leaves_nothing() -> None:
    world = World()
    never = asyncio.Event()

    async def silent(number: int) -> web.Response:
        del number
        await never.wait()
        return web.Response()

    async with receiving(silent) as receiver:
        world.post(receiver.url, "under way")
        world.post(f"{receiver.url[:-5]}0/", "fails")  # there is no port so large, or nobody at it
        await world.journal.expect("event", session="under way")
        await world.callbacks.stop()
        await world.callbacks.stop()
        assert world.clock.pending == 0
        never.set()
    assert len(asyncio.all_tasks()) == 1
