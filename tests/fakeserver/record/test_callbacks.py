"""Callbacks through a recording: from the upstream to the client's receiver, and its answer back."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from avatarwire.codecs.sensetime.aio import connect
from avatarwire.fakeserver import FakeSenseTime
from avatarwire.fakeserver.record import RecordError, Recording
from avatarwire.fakeserver.record.ports import host_and_port
from avatarwire.fakeserver.trace import read
from tests.fakeserver.record.helpers import noted


class Receiver:
    """A customer's server for callbacks."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.got: list[tuple[str, bytes, str]] = []
        self.came, self.closed = asyncio.Event(), asyncio.Event()

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        self.got.append((request.path_qs, body, request.headers.get("X-Signed", "")))
        self.came.set()
        if json.loads(body).get("status") == 5:
            self.closed.set()
        return web.Response(status=self.status, text="thanks", headers={"X-Back": "1"})


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncGenerator[str]:
    server = web.Server(receiver)
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/hook?mine=1"
    finally:
        listening.close()
        await server.shutdown(0.1)


async def test_callbacks_of_a_live_reach_the_client_and_are_kept(tmp_path: Path) -> None:
    receiver = Receiver()
    async with receiving(receiver) as url:
        probe = Recording("sensetime", upstream="http://127.0.0.1:1", callback_listen="127.0.0.1:0", callback_url=url)
        async with probe:
            listen = probe.callback_listen
        address = listen.removeprefix("http://").rstrip("/")
        async with (
            FakeSenseTime(callback_url=listen + "?signed=x") as fake,
            Recording(
                "sensetime", upstream=fake.http_url, ready=fake.ready, out=tmp_path / "x",
                callback_listen=address, callback_url=url,
            ) as proxy,
        ):  # fmt: skip
            async with connect(proxy, timeout=60) as session:
                await session.say("Where is the library?")
            await asyncio.wait_for(receiver.closed.wait(), 60)
            await fake.journal.expect("CallbackBody.delivered", body=None, timeout=30)
            assert proxy.ready["callback_url"] == url
            theirs = fake.journal.entries("CallbackBody")
            ours = proxy.journal.entries("CallbackBody")
    assert {path for path, _, _ in receiver.got} == {"/hook?mine=1&signed=x"}
    assert [json.loads(body)["sessionId"] for _, body, _ in receiver.got] == [entry.session for entry in ours]
    assert [(it.session, it.body) for it in ours] == [(it.session, it.body) for it in theirs]
    trace = read(tmp_path / "x")
    said = [entry for entry in trace.entries if entry.transport == "callback"]
    assert {(it.direction, it.message, it.status) for it in said} == {
        ("out", "CallbackBody", None),
        ("in", "CallbackBody.delivered", 200),
    }
    assert all(it.reply_to for it in said if it.direction == "in")
    assert trace.meta.addresses[listen] == url


@pytest.mark.parametrize("status", [204, 302, 500])
async def test_what_the_receiver_answers_goes_back(status: int) -> None:
    receiver = Receiver(status)
    async with (
        receiving(receiver) as url,
        Recording("sensetime", upstream="http://h", callback_listen="127.0.0.1:0", callback_url=url) as proxy,
        httpx.AsyncClient(trust_env=False) as vendor,
    ):
        body = b'{"sessionId":"s-7","status":"35"}'
        answer = await vendor.post(proxy.callback_listen, content=body, headers={"X-Signed": "sig"})
        assert (await vendor.get(proxy.callback_listen + "readyz")).status_code == 200
    assert (answer.status_code, answer.headers["x-back"]) == (status, "1")
    assert receiver.got == [("/hook?mine=1", body, "sig")]
    out, back = proxy.journal.entries(transport="callback")
    assert (out.session, out.raw, back.status, back.reply_to) == ("s-7", body, status, out.seq)
    assert back.message == ("CallbackBody.delivered" if status == 204 else "CallbackBody.failed")


async def test_a_callback_that_cannot_be_read_passes_and_is_noted() -> None:
    receiver = Receiver()
    async with (
        receiving(receiver) as url,
        Recording("sensetime", upstream="http://h", callback_listen="127.0.0.1:0", callback_url=url) as proxy,
        httpx.AsyncClient(trust_env=False) as vendor,
    ):
        answer = await vendor.post(proxy.callback_listen, content=b'{"status":[]}')
    assert (answer.text, receiver.got[0][1]) == ("thanks", b'{"status":[]}')
    out, _ = proxy.journal.entries(transport="callback")
    assert (out.message, bool(out.violations)) == ("", True)


async def test_a_callback_that_is_no_http_is_answered_and_noted() -> None:
    async with Recording(
        "sensetime", upstream="http://h", callback_listen="127.0.0.1:0", callback_url="http://127.0.0.1:1/x"
    ) as proxy:
        place = proxy.callback_listen.removeprefix("http://").rstrip("/")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(place.rpartition(":")[2]))
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30) == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ZZ\r\n")
        assert (await asyncio.wait_for(reader.readline(), 30)).endswith(b"400 Bad Request\r\n")
        assert b"the body cannot be read" in await asyncio.wait_for(reader.read(), 30)
        writer.close()
    assert noted(proxy.journal, "a callback cannot be read")


async def test_a_coded_callback_passes_as_it_is_and_is_read() -> None:
    receiver = Receiver()
    body = gzip.compress(b'{"sessionId":"s-7","status":35}')
    async with (
        receiving(receiver) as url,
        Recording("sensetime", upstream="http://h", callback_listen="127.0.0.1:0", callback_url=url) as proxy,
        httpx.AsyncClient(trust_env=False) as vendor,
    ):
        answer = await vendor.post(proxy.callback_listen, content=body, headers={"Content-Encoding": "gzip"})
    assert answer.text == "thanks"
    # The receiver has taken the coding off, which it can as long as the header and the bytes belong together.
    assert receiver.got[0][1] == b'{"sessionId":"s-7","status":35}'
    [out] = proxy.journal.entries("CallbackBody")
    assert (out.session, out.raw) == ("s-7", b'{"sessionId":"s-7","status":35}')


async def test_a_receiver_that_is_not_there_is_a_bad_gateway_for_the_vendor() -> None:
    warned: list[str] = []
    async with (
        Recording(
            "sensetime", upstream="http://h", callback_listen="127.0.0.1:0", callback_url="http://127.0.0.1:1/x",
            warn=warned.append,
        ) as proxy,
        httpx.AsyncClient(trust_env=False) as vendor,
    ):  # fmt: skip
        answer = await vendor.post(proxy.callback_listen, content=b'{"sessionId":"s-7","status":35}')
    assert (answer.status_code, "http://127.0.0.1:1 does not answer" in answer.text) == (502, True)
    [note] = noted(proxy.journal, "the receiver of callbacks does not answer")
    assert note.reply_to == proxy.journal.entries("CallbackBody")[0].seq
    assert len(warned) == 1


def test_the_two_ends_belong_together() -> None:
    about = {"upstream": "http://h"}
    with pytest.raises(RecordError, match="--callback-url: it needs --callback-listen as well"):
        Recording("sensetime", callback_url="http://h/x", **about)  # type: ignore[arg-type]
    with pytest.raises(RecordError, match="--callback-listen: it needs --callback-url as well"):
        Recording("sensetime", callback_listen="127.0.0.1:0", **about)  # type: ignore[arg-type]
    with pytest.raises(RecordError, match="guiji has no callbacks"):
        Recording("guiji", callback_listen="127.0.0.1:0", callback_url="http://h/x", **about)  # type: ignore[arg-type]
    with pytest.raises(RecordError, match="--callback-url: got 'x'"):
        Recording("sensetime", callback_listen="127.0.0.1:0", callback_url="x", **about)  # type: ignore[arg-type]


def test_host_and_port_are_read() -> None:
    assert host_and_port("127.0.0.1:80", "--x") == ("127.0.0.1", 80)
    assert host_and_port(":80", "--x") == ("127.0.0.1", 80)
    assert host_and_port("[::1]:80", "--x") == ("::1", 80)
    for wrong in ("", "host", "host:", "host:x", "host:-1", "host:65536"):
        with pytest.raises(RecordError, match=r"--x: got .*expected HOST:PORT"):
            host_and_port(wrong, "--x")
