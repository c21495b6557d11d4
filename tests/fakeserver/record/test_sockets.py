"""WebSockets through a recording: bytes pass as they are, messages are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from avatarwire.codecs import aliyun
from avatarwire.codecs.aliyun import messages as bodies
from avatarwire.fakeserver import FakeAliyun, FakeSenseTime
from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.record import Recording
from avatarwire.fakeserver.record.notebook import Conversation, Notebook, Questions
from avatarwire.fakeserver.record.relay import Relay
from avatarwire.fakeserver.record.socket_frames import Broken, Closing, Event, FrameReader, Passed, Wrong
from avatarwire.fakeserver.record.socket_relay import Pipe
from avatarwire.fakeserver.vendors import ALIYUN
from tests.fakeserver.record.helpers import noted, signed, started

PING = bytes.fromhex("0e01ff") + b"SERIAL01{}"
FRAME = aliyun.encode(bodies.ChannelReadyRequest(session_id="s-7"), b"serial-1")


def port_of(server: Any) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


async def test_text_binary_fragments_pings_subprotocol_and_the_close_pass_both_ways() -> None:
    heard: list[Any] = []

    async def talk(socket: ServerConnection) -> None:
        assert socket.request is not None
        heard.append((socket.request.path, socket.request.headers["X-Mine"], socket.subprotocol))
        heard.extend([await socket.recv(), await socket.recv()])
        await socket.send(FRAME, text=False)
        await socket.send(["frag", "men", "ted"])
        await (await socket.ping(b"up?"))
        await socket.close(4001, "so it is")

    async with (
        serve(talk, "127.0.0.1", 0, subprotocols=["mine"]) as server,  # type: ignore[list-item]
        Recording("aliyun", upstream=f"http://127.0.0.1:{port_of(server)}") as proxy,
    ):
        url = proxy.ws_url.replace("/v1/interaction", "/other?sessionId=s-7")
        async with connect(url, subprotocols=["mine"], additional_headers={"X-Mine": "1"}) as socket:  # type: ignore[list-item]
            assert socket.subprotocol == "mine"
            assert socket.response is not None
            assert "Sec-WebSocket-Extensions" not in socket.response.headers
            await (await socket.ping(b"there?"))
            await socket.send([FRAME[:5], FRAME[5:]])
            await socket.send("a text")
            assert [await socket.recv(), await socket.recv()] == [FRAME, "fragmented"]
            with pytest.raises(websockets.ConnectionClosed):
                await socket.recv()
            assert (socket.close_code, socket.close_reason) == (4001, "so it is")
        gone = await proxy.journal.expect(where=lambda entry: entry.body == "disconnected", timeout=30)
    assert heard == [("/other?sessionId=s-7", "1", "mine"), FRAME, "a text"]
    frame, text, there, back = proxy.journal.entries(transport="ws")
    assert (frame.message, frame.raw, frame.meta, frame.session) == (
        "channel_ready.request", FRAME, {"frames": 3}, "s-7",
    )  # fmt: skip
    assert [found.clause for found in text.violations] == ["ALI-R085"]
    # A frame of a client, which a server would not send, but with another type.
    assert (there.direction, there.message, bool(there.violations)) == ("out", "channel_ready.response", True)
    assert (back.raw, back.meta) == (b"fragmented", {"frames": 4})
    [closing] = noted(proxy.journal, "closing")
    assert (closing.meta, gone.meta) == ({"code": 4001, "reason": "so it is"}, {"code": 4001, "fault": ""})


@pytest.mark.parametrize(("vendor", "path"), [("aliyun", "/v1/interaction"), ("sensetime", "/any")])
async def test_the_answer_to_a_close_of_the_client_is_no_close_of_the_server(vendor: str, path: str) -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with (
        serve(talk, "127.0.0.1", 0) as server,
        Recording(vendor, upstream=f"http://127.0.0.1:{port_of(server)}") as proxy,
    ):
        socket = await connect(proxy.http_url.replace("http:", "ws:") + path)
        await socket.close(4001, "bye")
        gone = await proxy.journal.expect(where=lambda entry: entry.body == "disconnected", timeout=30)
    assert (gone.meta, noted(proxy.journal, "closing")) == ({"code": 4001, "fault": ""}, [])


@pytest.mark.parametrize("who", ["client", "server"])
async def test_a_connection_that_is_cut_is_closed_by_nobody(who: str) -> None:
    async def talk(socket: ServerConnection) -> None:
        if who == "server":
            await socket.recv()
            socket.transport.abort()
        await socket.wait_closed()

    async with (
        serve(talk, "127.0.0.1", 0) as server,
        Recording("aliyun", upstream=f"http://127.0.0.1:{port_of(server)}") as proxy,
    ):
        async with connect(proxy.ws_url) as socket:
            await socket.send(FRAME)
            if who == "client":
                socket.transport.abort()
            await socket.wait_closed()
        gone = await proxy.journal.expect(where=lambda entry: entry.body == "disconnected", timeout=30)
    assert (gone.meta, noted(proxy.journal, "closing")) == ({"code": 1006, "fault": ""}, [])


def closes(*sent: tuple[str, bytes]) -> list[tuple[object, object]]:
    """The notes of what both sides send, each with its code."""
    journal = Journal(RealClock(), vendor="aliyun")
    notebook = Notebook(ALIYUN.recorded({}), journal, RealClock())
    conversation = Conversation(notebook, Relay.deaf, "ws", "c1", "", Questions())
    up = Pipe("client", conversation)
    ways = {"client": up, "server": Pipe("server", conversation, up)}
    for sender, data in sent:
        if data:
            ways[sender].feed_data(data)
        else:
            ways[sender].feed_eof()
    return [(entry.body, entry.meta.get("code")) for entry in journal.entries()]


def test_who_has_closed_first_is_told_by_the_order_of_what_passes() -> None:
    close, other, mine = b"\x88\2\x03\xe8", b"\x88\2\x0f\xa1", b"\x88\x82\0\0\0\0\x03\xe8"
    assert closes(("server", close), ("client", mine)) == [("closing", 1000)]
    assert closes(("client", mine), ("server", close)) == []
    assert closes(("client", mine), ("server", other)) == []
    assert closes(("server", close), ("server", other)) == [("closing", 1000)]
    assert closes(("client", b""), ("server", close)) == []  # the client is gone, and that is answered
    assert closes(("client", mine[:3]), ("server", close), ("client", mine[3:])) == [("closing", 1000)]


def test_behind_a_client_that_cannot_be_read_nobody_knows_who_has_closed_first() -> None:
    assert closes(("client", b"\xf2\x80\0\0\0\0"), ("server", b"\x88\0")) == [
        ("what follows is passed on, and not read", None),
        ("a close that may answer the client's", 1005),
    ]


async def test_a_handshake_that_is_refused_is_refused_with_the_same_words() -> None:
    async with FakeAliyun() as fake, Recording("aliyun", upstream=fake.http_url, ready=fake.ready) as proxy:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await connect(f"{proxy.ws_url}?token=wrong&sessionId=s-7")
        asked, told = proxy.journal.entries("handshake.websocket")
        [_, theirs] = fake.journal.entries("handshake.websocket")
    assert (refused.value.response.status_code, refused.value.response.body) == (401, told.raw)
    assert (told.raw, told.status, told.reply_to) == (theirs.raw, 401, asked.seq)
    assert (asked.session, "wrong" in repr(asked)) == ("s-7", False)


async def test_an_upstream_that_is_not_there_refuses_the_handshake() -> None:
    async with Recording("sensetime", upstream="http://127.0.0.1:1") as proxy:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await connect(proxy.ws_url)
    assert refused.value.response.status_code == 502


async def test_what_is_no_frame_of_the_vendor_passes_and_is_noted() -> None:
    junk: list[bytes | str] = [b"", b"\1", b"\0\1\x80serial-1{}", FRAME[:-2], "a text"]
    async with (
        FakeAliyun(polls_until_ready=0) as fake,
        Recording("aliyun", upstream=fake.http_url, ready=fake.ready) as proxy,
    ):
        key, secret, project = fake.access_key_id, fake.access_key_secret, fake.project_id
        answer = await started(proxy.http_url, *signed(proxy.http_url.removeprefix("http://"), key, secret, project))
        async with connect(answer.json()["webSocketUrl"]) as socket:
            for data in junk:
                await socket.send(data)
            for _ in junk:
                await asyncio.wait_for(socket.recv(), 30)
        ours = proxy.journal.entries(transport="ws", direction="in")
        theirs = fake.journal.entries(transport="ws", direction="in")
    assert [(it.message, it.raw, it.violations) for it in ours] == [
        (it.message, it.raw, it.violations) for it in theirs
    ]
    assert [bool(entry.violations) for entry in ours] == [True] * len(junk)


async def test_a_slow_reader_holds_the_sender_up_and_nothing_is_lost() -> None:
    size, count = 64 * 1024, 400
    sent = asyncio.Event()

    async def talk(socket: ServerConnection) -> None:
        for _ in range(count):
            await socket.send(b"\1" * size)
        sent.set()

    async with (
        serve(talk, "127.0.0.1", 0, compression=None) as server,
        Recording("sensetime", upstream=f"http://127.0.0.1:{port_of(server)}") as proxy,
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.http_url.rpartition(":")[2]), limit=4096)
        writer.write(
            b"GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        with pytest.raises(TimeoutError):  # what is in between is full
            await asyncio.wait_for(sent.wait(), 1)
        frames, got = FrameReader(1 << 20), 0
        while got < count:
            got += sum(isinstance(it, Passed) for it in frames.feed(await reader.read(1 << 16)))
        await asyncio.wait_for(sent.wait(), 30)
        writer.close()
    assert (got, len(proxy.journal.entries(transport="ws", direction="out")) > 0) == (count, True)


@pytest.mark.parametrize("side", ["client", "server"])
async def test_whoever_breaks_off_ends_the_other_side(side: str) -> None:
    over = asyncio.Event()

    async def talk(socket: ServerConnection) -> None:
        if side == "server":
            socket.transport.abort()
        await socket.wait_closed()
        over.set()

    async with (
        serve(talk, "127.0.0.1", 0) as server,
        Recording("sensetime", upstream=f"http://127.0.0.1:{port_of(server)}") as proxy,
    ):
        socket = await connect(proxy.ws_url)
        if side == "client":
            socket.transport.abort()
        await asyncio.wait_for(over.wait(), 30)
        await asyncio.wait_for(socket.wait_closed(), 30)
        gone = await proxy.journal.expect(where=lambda entry: entry.body == "disconnected", timeout=30)
    assert (gone.meta, socket.close_code) == ({"code": 1006, "fault": ""}, 1006)


async def test_a_recording_stops_while_a_socket_is_open() -> None:
    async with FakeSenseTime() as fake, Recording("sensetime", upstream=fake.http_url, ready=fake.ready) as proxy:
        socket = await connect(proxy.ws_url + "?clientType=BROWSER&sessionId=x&Authorization=Bearer%20y")
        await socket.send('{"code":0,"message":"begin"}')
        assert '"code":6' in str(await socket.recv())
        [asked] = proxy.journal.entries("microphone.begin")
        [told] = proxy.journal.entries("microphone.not_ready")
    assert (told.session, told.reply_to) == ("x", asked.seq)
    await asyncio.wait_for(socket.wait_closed(), 30)


# --- frames ---


def frame(first: int, data: bytes, mask: bytes = b"") -> bytes:
    size = len(data)
    if size < 126:
        head = bytes((first, size | (0x80 if mask else 0)))
    elif size < 1 << 16:
        head = bytes((first, 126 | (0x80 if mask else 0))) + size.to_bytes(2, "big")
    else:
        head = bytes((first, 127 | (0x80 if mask else 0))) + size.to_bytes(8, "big")
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)) if mask else head + data


def fed(reader: FrameReader, data: bytes, step: int) -> list[Event]:
    return [it for at in range(0, len(data), step) for it in reader.feed(data[at : at + step])]


def test_frames_are_read_however_they_are_cut() -> None:
    wire = (
        frame(0x02, b"ab", b"\1\2\3\4") + frame(0x89, b"ping") + frame(0x80, b"cd", b"\5\6\7\x08")
        + frame(0x81, "你".encode()) + frame(0x81, b"\xff") + frame(0x82, b"x" * 300) + frame(0x82, b"y" * 70_000)
        + frame(0x82, b"") + frame(0x88, b"\x03\xe8bye") + frame(0x88, b"")
    )  # fmt: skip
    expected = [
        Passed(b"abcd", 2), Passed("你", 1), Passed("\udcff", 1), Passed(b"x" * 300, 1), Passed(b"y" * 70_000, 1),
        Passed(b"", 1), Closing(1000, "bye"), Closing(1005, ""),
    ]  # fmt: skip
    for step in (1, 7, len(wire)):
        assert fed(FrameReader(100_000), wire, step) == expected


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        (frame(0xC2, b"x"), "a reserved bit"),
        (frame(0x83, b"x"), "kind 3"),
        (frame(0x82, b"x" * 11), "a frame of 11 bytes"),
        (frame(0x02, b"x" * 6) + frame(0x80, b"x" * 6), "more than the 10 bytes"),
    ],
)
def test_what_cannot_be_read_is_told_once(wire: bytes, reason: str) -> None:
    reader = FrameReader(10)
    [broken] = reader.feed(wire)
    assert isinstance(broken, Broken)
    assert reason in broken.reason
    assert reader.feed(frame(0x82, b"more")) == []


KEY = b"\1\2\3\4"


@pytest.mark.parametrize(
    ("sender", "wire", "read", "clause", "reason"),
    [
        (
            "server",
            frame(0x02, b"one") + frame(0x82, b"two") + frame(0x80, b"end"),
            [b"two"],
            ("RFC6455-5.4", "RFC6455-5.4"),
            "a new message within a fragmented one",
        ),
        ("server", frame(0x80, b"x") + frame(0x82, b"y"), [b"y"], ("RFC6455-5.4",), "no message was begun"),
        ("server", frame(0x82, b"x", KEY) * 2, [b"x"] * 2, ("RFC6455-5.1",), "a frame of the server is masked"),
        ("client", frame(0x82, b"x") * 2, [b"x"] * 2, ("RFC6455-5.1",), "a frame of the client is not masked"),
        ("server", b"\x82\x7e\0\1x", [b"x"], ("RFC6455-5.2",), "more bytes than it needs"),
        ("server", b"\x82\x7f\0\0\0\0\0\0\0\1x", [b"x"], ("RFC6455-5.2",), "more bytes than it needs"),
        ("server", frame(0x82, b"x" * 70_000), [b"x" * 70_000], (), ""),
        ("client", frame(0x82, b"x", KEY), [b"x"], (), ""),
    ],
)
def test_what_breaks_a_rule_is_told_with_its_clause_and_read_on(
    sender: Any, wire: bytes, read: list[bytes], clause: tuple[str, ...], reason: str
) -> None:
    events = fed(FrameReader(100_000, sender), wire, 3)
    assert [it.data for it in events if isinstance(it, Passed)] == read
    wrong = [it.finding for it in events if isinstance(it, Wrong)]
    assert tuple(finding.clause for finding in wrong) == clause
    assert not clause or reason in wrong[0].reason


@pytest.mark.parametrize(
    ("form", "clause"),
    [
        ("unfinished", "RFC6455-5.4"),
        ("masked", "RFC6455-5.1"),
        ("reserved_bit", "RFC6455-5.2"),
        ("long_length", "RFC6455-5.2"),
    ],
)
async def test_broken_frames_of_a_server_are_noted(form: Any, clause: str) -> None:
    async with FakeAliyun(verify_signatures=False) as fake:
        fake.faults.add(message="heartbeat.pong", do="frame", form=form, times=1)
        async with Recording("aliyun", upstream=fake.http_url, ready=fake.ready) as proxy:
            call = signed(proxy.http_url.removeprefix("http://"), project=fake.project_id)
            answer = await started(proxy.http_url, *call)
            socket = await connect(answer.json()["webSocketUrl"])
            await socket.send(PING)
            await socket.send(PING)
            told = await proxy.journal.expect(where=lambda entry: "clause" in entry.meta, timeout=30)
            await socket.close()
    assert (told.meta["sender"], told.meta["clause"], told.violations) == ("server", clause, ())


@given(st.lists(st.binary(max_size=200), max_size=8), st.binary(min_size=4, max_size=4), st.integers(1, 50))
def test_any_messages_are_read_as_they_were_written(sent: Iterable[bytes], mask: bytes, step: int) -> None:
    sent = list(sent)
    wire = b"".join(frame(0x82, data, mask) for data in sent)
    assert fed(FrameReader(1000), wire, step) == [Passed(data, 1) for data in sent]
