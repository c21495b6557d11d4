"""HTTP through a recording: what goes on as it came, what is signed anew, and what an upstream may do."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import httpx
import pytest

from avatarwire.codecs.aliyun import signature
from avatarwire.codecs.aliyun.aio import connect
from avatarwire.codecs.aliyun.http import START_AVATAR_SESSION
from avatarwire.codecs.errors import HttpError
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, Fault
from avatarwire.fakeserver.record import RecordError, Recording, ports
from avatarwire.fakeserver.record.addresses import MOST, Addresses
from avatarwire.fakeserver.record.upstream import Origin
from avatarwire.fakeserver.trace import read
from tests.fakeserver.conftest import Tls
from tests.fakeserver.record.helpers import listening, noted, signed, started

PLACE = {"access_key_id": "key", "access_key_secret": "secret"}


class Upstream:
    """A server made by hand: keeps heads and bodies, answers with fixed bytes."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heads: list[str] = []
        self.bodies: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        size = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
        self.bodies.append(await reader.readexactly(size))
        writer.write(self.answer)
        await writer.drain()


async def test_a_call_goes_on_as_it_came_and_its_answer_comes_back_as_it_was() -> None:
    body = b'{"code":200,"data":1}'
    upstream = Upstream(
        b"HTTP/1.1 299 Strange\r\nX-Some: one\r\nX-Some: two\r\nContent-Type: text/odd\r\n"
        b"Connection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: 21\r\n\r\n" + body
    )
    async with listening(upstream) as url, Recording("guiji", upstream=url) as proxy:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.request(
                "PATCH", proxy.http_url + "/any/%2Fthing?b=2&a=%E4%BD%A0&b=", content=b"\x00\xffbytes",
                headers={"X-Mine": "kept", "User-Agent": "mine/1", "Connection": "X-Gone", "X-Gone": "1"},
            )  # fmt: skip
        asked, told = proxy.journal.entries(transport="http")
    head = upstream.heads[0].split("\r\n")
    assert head[0] == "PATCH /any/%2Fthing?b=2&a=%E4%BD%A0&b= HTTP/1.1"
    assert f"Host: {url.removeprefix('http://')}" in head
    assert {"x-mine: kept", "user-agent: mine/1"} <= {line.lower() for line in head}
    assert not any(line.lower().startswith("x-gone") for line in head)
    assert upstream.bodies == [b"\x00\xffbytes"]
    assert (answer.status_code, answer.reason_phrase, answer.content) == (299, "Strange", body)
    assert answer.headers.get_list("x-some") == ["one", "two"]
    assert (answer.headers["content-type"], "x-hop" in answer.headers) == ("text/odd", False)
    # An operation that nobody knows is kept all the same.
    assert (asked.message, asked.meta["method"], asked.raw) == ("", "PATCH", b"\x00\xffbytes")
    assert (told.message, told.status, told.raw, told.reply_to) == ("", 299, body, asked.seq)


async def test_what_a_vendor_says_amiss_is_noted_and_passes() -> None:
    body = b'{"code":200,"msg":"ok","success":true,"data":{"token":5}}'
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    async with listening(Upstream(head + body)) as url, Recording("guiji", upstream=url) as proxy:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(proxy.http_url + "/live-manager/open/accessToken", content=b'{"appId":7}')
        asked, told = proxy.journal.entries(transport="http")
    assert answer.content == body
    assert (asked.message, told.message) == ("getAccessToken.request", "getAccessToken.response")
    assert {violation.path for violation in asked.violations} >= {"content-type", "appId"}
    assert [violation.path for violation in told.violations] == ["data.token"]


async def test_a_signature_covers_the_host_and_is_made_anew() -> None:
    upstream = Upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    async with listening(upstream) as url, Recording("aliyun", upstream=url, ready=PLACE) as proxy:
        body, headers = signed(proxy.http_url.removeprefix("http://"))
        await started(proxy.http_url, body, headers)
        [asked] = proxy.journal.entries("StartAvatarSession.request")
    assert asked.violations == ()
    lines = [line.partition(": ") for line in upstream.heads[0].split("\r\n")[1:] if line]
    sent = [(name, value) for name, _, value in lines]
    verified = signature.verify(
        "POST", START_AVATAR_SESSION.path, "", sent, body, secret_for={"key": "secret"}.get,
        now=signature.parse_date(headers["x-acs-date"]), nonces=signature.NonceMemory(),
    )  # fmt: skip
    assert (verified.access_key_id, verified.nonce) == ("key", headers["x-acs-signature-nonce"])


async def test_a_wrong_signature_stays_wrong() -> None:
    async with (
        FakeAliyun() as fake,
        Recording("aliyun", upstream=fake.http_url, ready=fake.ready) as proxy,
    ):
        with pytest.raises(HttpError, match="signature is not that of"):
            async with connect(proxy, timeout=60, access_key_secret="another"):
                raise AssertionError("it was let in")
        [asked] = proxy.journal.entries("StartAvatarSession.request")
        [told] = proxy.journal.entries("StartAvatarSession.response")
        with pytest.raises(HttpError, match="not known"):
            async with connect(proxy, timeout=60, access_key_id="somebody"):
                raise AssertionError("it was let in")
        other = proxy.journal.entries("StartAvatarSession.request")[-1]
    assert [(found.clause, found.path, found.level) for found in asked.violations] == [
        ("ALI-E67", "Authorization", "error")
    ]
    assert (told.status, told.body.code) == (400, "SignatureDoesNotMatch")
    # Of another key only the upstream knows whether it is good.
    assert [(found.level, "--ready" in found.reason) for found in other.violations] == [("note", True)]


async def test_without_credentials_a_signed_call_is_told_what_is_missing() -> None:
    upstream, warned = Upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), list[str]()
    async with listening(upstream) as url, Recording("aliyun", upstream=url, warn=warned.append) as proxy:
        host = proxy.http_url.removeprefix("http://")
        answer = await started(proxy.http_url, *signed(host))
        assert answer.status_code == 502
        assert "access_key_id and access_key_secret in --ready" in answer.json()["error"]["reason"]
        assert proxy.lacking
        assert "access_key_secret" in warned[0]
        # What is signed for the upstream already needs nothing.
        body, headers = signed(url.removeprefix("http://"))
        assert (await started(proxy.http_url, body, headers)).status_code == 200
    assert len(upstream.heads) == 1


async def test_an_upstream_that_is_not_there_is_a_bad_gateway_and_the_recording_lives_on(tmp_path: Path) -> None:
    warned: list[str] = []
    async with listening(Upstream(b"")) as url:
        pass
    async with (
        Recording("guiji", upstream=url, out=tmp_path / "x", warn=warned.append) as proxy,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        for _ in range(2):
            answer = await client.post(proxy.http_url + "/live-manager/open/accessToken", json={})
            assert answer.status_code == 502
            assert answer.json()["error"]["reason"].startswith(f"{url} does not answer: ")
        assert (await client.get(proxy.http_url + "/readyz")).json() == {"status": "ok"}
    trace = read(tmp_path / "x")
    assert [entry.status for entry in trace.entries if entry.direction == "out"] == [502, 502]
    assert len([entry for entry in trace.entries if entry.body == "the upstream does not answer"]) == 2
    assert len(warned) == 1


async def test_an_upstream_that_closes_or_resets_does_so_to_the_client() -> None:
    async with (
        FakeGuiji() as fake,
        Recording("guiji", upstream=fake.http_url, ready=fake.ready) as proxy,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        for do in ("drop", "reset"):
            fault = Fault(message="getAccessToken.response", do=do, times=1)
            with fake.faults.add(fault), pytest.raises(httpx.HTTPError):
                await client.post(proxy.http_url + "/live-manager/open/accessToken", json={})
        notes = noted(proxy.journal, "the upstream has closed the connection without an answer")
        calls = proxy.journal.entries("getAccessToken.request")
        assert [note.reply_to for note in notes] == [call.seq for call in calls]
        # It is asked once however safe it were to ask again.
        assert len(fake.journal.entries("getAccessToken.request")) == len(calls) == 2


async def test_a_client_that_goes_away_ends_the_call_at_the_upstream() -> None:
    gone, asked = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        while await reader.read(100):
            pass
        gone.set()

    async with listening(silent) as url, Recording("guiji", upstream=url) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.http_url.rpartition(":")[2]))
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(asked.wait(), 30)
        writer.close()
        await asyncio.wait_for(gone.wait(), 30)
        await proxy.journal.expect(where=lambda entry: "is gone before" in str(entry.body), timeout=30)
    assert noted(proxy.journal, "the client is gone before it was answered")
    assert await reader.read() == b""


async def test_a_recording_stops_while_calls_wait() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        while await reader.read(100):
            pass

    async with listening(silent) as url:
        async with Recording("guiji", upstream=url) as proxy:
            client = asyncio.ensure_future(asyncio.to_thread(httpx.get, proxy.http_url + "/slow", timeout=60))
            await proxy.journal.expect(transport="http", direction="in", timeout=30)
        with pytest.raises(httpx.HTTPError):
            await asyncio.wait_for(client, 30)


async def test_addresses_in_answers_are_the_proxys_and_all_else_stays() -> None:
    said = (
        '{"socket":"wss:\\/\\/far.example:444\\/ws?token=a%2Fb","same":"https://other.example/x.mp4",'
        '"own":"UPSTREAM/doc","rtmp":"rtmp://127.0.0.1/live"}'
    )
    upstream = Upstream(b"")
    async with listening(upstream) as url, Recording("aliyun", upstream=url, ready=PLACE) as proxy:
        body = gzip.compress(said.replace("UPSTREAM", url).encode())
        upstream.answer = (
            f"HTTP/1.1 302 Found\r\nLocation: {url}/next\r\nContent-Encoding: gzip\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(proxy.http_url + "/x")
        away = {other: local for local, other in proxy.addresses.items()}
        [told] = proxy.journal.entries(transport="http", direction="out")
    socket = away["https://far.example:444"].removeprefix("http://").replace("/", "\\/")
    expected = said.replace("UPSTREAM", proxy_url := away[url]).replace(
        "wss:\\/\\/far.example:444", f"ws:\\/\\/{socket}"
    )
    assert answer.text == expected
    assert ("content-encoding" in answer.headers, answer.headers["location"]) == (False, f"{proxy_url}/next")
    assert told.raw == expected.replace("a%2Fb", "***").encode()


async def test_coded_bodies_pass_as_they_are_and_are_kept_without_their_coding(tmp_path: Path) -> None:
    body = gzip.compress(b'{"appId":"a","appSecret":"never-shown-1"}')
    token = gzip.compress(b'{"code":200,"data":{"token":"never-shown-2","expirationTime":1}}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(token)}\r\n\r\n"
    upstream = Upstream(head.encode() + token)
    async with (
        listening(upstream) as url,
        Recording("guiji", upstream=url, out=tmp_path / "x") as proxy,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        coded = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        answer = await client.post(
            proxy.http_url + "/live-manager/open/accessToken", content=body, headers=coded
        )  # fmt: skip
    assert upstream.bodies == [body]
    assert "content-encoding: gzip" in upstream.heads[0].lower().split("\r\n")
    assert answer.json()["data"]["token"] == "never-shown-2"
    asked, told = (entry for entry in read(tmp_path / "x").entries if entry.transport == "http")
    assert asked.text == '{"appId":"a","appSecret":"***"}'
    assert [violation["level"] for violation in asked.violations] == ["note"]
    assert told.text == '{"code":200,"data":{"token":"***","expirationTime":1}}'


async def test_a_client_that_waits_to_be_asked_for_its_body_is_asked() -> None:
    upstream = Upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    async with listening(upstream) as url, Recording("guiji", upstream=url) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.http_url.rpartition(":")[2]))
        writer.write(b"POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30) == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        assert await asyncio.wait_for(reader.readline(), 30) == b"HTTP/1.1 200 OK\r\n"
        writer.close()
    assert upstream.bodies == [b"abc"]
    assert "expect" not in upstream.heads[0].lower()


def test_secrets_are_masked_unless_they_are_asked_for(tmp_path: Path) -> None:
    files = {secrets: tmp_path / f"{secrets}" for secrets in (False, True)}
    tokens: list[str] = []
    with FakeSenseTime() as fake:
        for secrets, file in files.items():
            with Recording(
                "sensetime", upstream=fake.http_url, ready=fake.ready, out=file, with_secrets=secrets
            ) as proxy:
                tokens.append(fake.access_token)
                httpx.post(
                    proxy.http_url + "/api/2dvh/v1/material/live/historyList", json={"pageNo": 1},
                    headers={"Authorization": f"Bearer {tokens[-1]}"}, trust_env=False,
                )  # fmt: skip
    told = {secrets: repr(read(file).entries) for secrets, file in files.items()}
    assert (tokens[0] in told[False], tokens[1] in told[True]) == (False, True)


def test_the_upstream_is_called_by_tls_whose_authority_is_trusted(tls: Tls) -> None:
    login = {"appId": "fake-app-id", "appSecret": "fake-app-secret"}
    with FakeGuiji(ssl_context=tls.server) as fake:
        assert fake.http_url.startswith("https://")
        ready = {**fake.ready, "ca_file": str(tls.ca_file)}
        with Recording("guiji", upstream=fake.http_url, ready=ready) as proxy:
            answer = httpx.post(proxy.http_url + "/live-manager/open/accessToken", json=login, trust_env=False)
            assert answer.json()["data"]["token"]
            assert (proxy.mqtt_url[:7], "ca_file" in proxy.ready) == ("mqtt://", False)
        # Without that, nothing passes, and it is told why.
        with Recording("guiji", upstream=fake.http_url) as proxy:
            answer = httpx.post(proxy.http_url + "/live-manager/open/accessToken", json=login, trust_env=False)
    assert (answer.status_code, "certificate is not trusted" in answer.text) == (502, True)


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://host", "http://", "http://a@b/", "http://host:0", "http://host:99999", "//h"]
)
def test_an_upstream_that_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(RecordError, match=r"--upstream: got .*, expected a URL such as"):
        Recording("guiji", upstream=url)


@pytest.mark.parametrize("url", ["http://host/path", "http://host?x=1", "http://host/#f"])
def test_an_upstream_has_no_path(url: str) -> None:
    with pytest.raises(RecordError, match="expected a URL without a path"):
        Recording("guiji", upstream=url)


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no vendor 'x'"):
        Recording("x", upstream="http://127.0.0.1")
    with pytest.raises(RecordError, match="mqtt_url of --ready"):
        Recording("guiji", upstream="http://127.0.0.1", ready={"mqtt_url": "http://x"})
    for content in (None, "no certificate"):
        file = tmp_path / f"{content}.pem"
        if content:
            file.write_text(content, "utf-8")
        with pytest.raises(RecordError, match="ca_file of --ready"):
            Recording("guiji", upstream="http://127.0.0.1", ready={"ca_file": str(file)})
    with Recording("guiji", upstream="http://127.0.0.1:1") as proxy:
        port = int(proxy.http_url.rpartition(":")[2])
        with (
            pytest.raises(RecordError, match=f"cannot listen on 127.0.0.1:{port}"),
            Recording("guiji", upstream="http://127.0.0.1:1", port=port),
        ):
            pass
    with pytest.raises(RecordError, match="runs once"), proxy:
        pass
    with pytest.raises(RecordError, match="does not run"):
        _ = proxy.http_url
    assert not hasattr(proxy, "nothing")
    assert json.dumps(dict(proxy.addresses)).count("http://127.0.0.1:1") == 1


async def test_what_is_too_large_to_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "LARGEST", 10)
    upstream = Upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b"x" * 11)
    async with (
        listening(upstream) as url,
        Recording("guiji", upstream=url) as proxy,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.post(proxy.http_url + "/x", content=b"y" * 11)
        assert (answer.status_code, "larger than the 10 bytes" in answer.text) == (413, True)
        assert upstream.heads == []
        answer = await client.get(proxy.http_url + "/x")
        assert (answer.status_code, "larger than the 10 bytes" in answer.text) == (502, True)
    assert noted(proxy.journal, "a body is too large to be read")


async def test_an_answer_that_breaks_off_is_broken_off() -> None:
    upstream = Upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    async with (
        listening(upstream) as url,
        Recording("guiji", upstream=url) as proxy,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(proxy.http_url + "/x")
        upstream.answer = b"no HTTP at all\r\n\r\n"
        assert (await client.get(proxy.http_url + "/x")).status_code == 502
    assert noted(proxy.journal, "the upstream has closed the connection without an answer")


async def test_a_body_that_is_no_http_is_answered_and_noted() -> None:
    async with Recording("guiji", upstream="http://127.0.0.1:1") as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.http_url.rpartition(":")[2]))
        writer.write(b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")
        assert (await asyncio.wait_for(reader.readline(), 30)).endswith(b"400 Bad Request\r\n")
        writer.close()


async def test_head_and_empty_answers_stay_what_they_are() -> None:
    upstream = Upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\nContent-Type: text/x\r\n\r\n")
    async with (
        listening(upstream) as url,
        Recording("guiji", upstream=url) as proxy,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.head(proxy.http_url + "/x")
        assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "77", b"")
        upstream.answer = b"HTTP/1.1 204 No Content\r\n\r\n"
        answer = await client.delete(proxy.http_url + "/x")
        assert (answer.status_code, answer.content) == (204, b"")


async def test_a_defect_in_reading_does_not_hold_up_what_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    async with FakeGuiji() as fake, Recording("guiji", upstream=fake.http_url, ready=fake.ready) as proxy:
        monkeypatch.setattr("avatarwire.fakeserver.record.notebook.Notebook._read", fail)
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                proxy.http_url + "/live-manager/open/accessToken",
                json={"appId": fake.app_id, "appSecret": fake.app_secret},
            )
    assert answer.json()["code"] == 200
    [note] = noted(proxy.journal, "a call could not be read")
    assert "RuntimeError" in str(note.meta["failure"])


def test_no_more_ports_are_opened_than_anybody_needs() -> None:
    body = " ".join(f"ws://h{number}.example/x" for number in range(50)).encode()
    upstream = Origin.parse("http://127.0.0.1:1", "")
    opened: list[Origin] = []

    async def listen(origin: Origin) -> str:
        opened.append(origin)
        return f"127.0.0.1:{len(opened)}"

    addresses = Addresses(upstream, listen, lambda local, other: (local, other))
    rewritten = asyncio.run(addresses.rewritten(body)).decode().split()
    assert len(opened) == MOST
    assert rewritten[0] == "ws://127.0.0.1:1/x"
    assert rewritten[-1] == "ws://h49.example/x"
    assert asyncio.run(addresses.rewritten(b"ws://[bad/ http://h0.example/x")) == b"ws://[bad/ http://h0.example/x"
    assert addresses.pairs["http://127.0.0.1:1"] == "http://h0.example"
