"""What a fake server does whatever its HTTP clients do, and what its journal says of it; over real sockets."""

from __future__ import annotations

import io
import json
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.sync.client import connect as connect_sync

from avatarwire.codecs.aliyun.signature import sign
from avatarwire.fakeserver.aliyun import FakeAliyun
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.guiji import FakeGuiji
from avatarwire.fakeserver.sensetime import FakeSenseTime
from avatarwire.fakeserver.server import FakeServer
from tests.fakeserver.aliyun.running import Line, packet, start
from tests.fakeserver.conftest import Tls
from tests.fakeserver.echo import EchoServer
from tests.fakeserver.server_help import get
from tests.fakeserver.wire import Wire, close_frame


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


def test_names_of_headers_are_kept_as_they_were_sent(echo: EchoServer) -> None:
    long = "X-" + "Long-" * 20
    with Wire(echo.http_url) as wire:
        for _ in range(2):
            answer = wire.request(f"GET / HTTP/1.1\nHost: a\n{long}: 1\n{long.lower()}: 2\nx-SMALL: 3\nX-Small: 4")
            assert answer.json["headers"] == [
                ["Host", "a"],
                [long, "1"],
                [long.lower(), "2"],
                ["x-SMALL", "3"],
                ["X-Small", "4"],
            ]


def test_a_request_without_a_target_is_answered(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        wire.send(b"CONNECT  \r\n\r\n")
        assert wire.socket.recv(100).startswith(b"HTTP/")
    with Wire(echo.http_url) as wire:
        assert wire.request("GET / HTTP/1.1\nHost: a").status == 200


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
        wire.send(b"POST /a HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        wire.send(b"{}")
        answer = wire.response()
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
    came, answer = echo.journal.entries()
    assert (came.transport, came.direction, answer.direction, answer.reply_to) == ("http", "in", "out", came.seq)
    assert came.meta["reason"] == str(came.violations[0])
    assert came.violations[0].clause.startswith("RFC")
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
    came, noted, answered = echo.journal.entries()
    assert (came.meta["method"], came.meta["path"]) == ("POST", "/a?token=***")
    assert came.meta["fault"]
    assert (noted.body, noted.connection) == ("the body cannot be read", came.connection)
    assert (answered.status, answered.reply_to) == (400, came.seq)


def test_a_client_that_goes_away_within_its_request_is_noted(echo: EchoServer) -> None:
    with Wire(echo.http_url) as wire:
        wire.send(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert wire.response().status == 100
        wire.send(b"hel")
    came = echo.journal.expect_sync(direction="in")
    assert (came.meta["reason"], came.meta["path"]) == ("the client is gone", "/a")
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
    came, noted, answered = echo.journal.entries()[:3]
    assert str(noted.meta["failure"]).startswith("ValueError in ")
    assert "secret" not in str(noted)
    assert (answered.direction, answered.status, answered.reply_to) == ("out", 500, came.seq)


@pytest.mark.usefixtures("quiet_log")
def test_a_fake_that_fails_inside_answers_500_as_its_sdk_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeAliyun(verify_signatures=False) as fake:

        def fails(project_id: str, main_id: str) -> None:
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


def test_a_client_that_does_not_trust_the_certificate_is_noted(tls: Tls) -> None:
    with EchoServer(ssl_context=tls.server) as server:
        with pytest.raises(ssl.SSLCertVerificationError), Wire(server.http_url, context=ssl.create_default_context()):
            pass
        assert server.journal.expect_sync(transport="note").body == "a TLS handshake failed"
        with Wire(server.http_url, context=tls.client) as wire:
            assert wire.request("GET /a HTTP/1.1\nHost: a").json["path"] == "/a"
        assert server.http_url.startswith("https://")


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
        (entry.transport, entry.direction, entry.message or str(entry.body).partition(":")[0])
        for entry in entries
        if entry.raw != b"bad"
    ] == [
        ("http", "in", "handshake.websocket"),
        ("http", "out", "handshake.websocket"),
        ("note", "note", "connected"),
        ("ws", "in", "channel_ready.request"),
        ("ws", "out", "channel_ready.response"),
        ("ws", "in", "text_drive.request"),
        ("ws", "out", "text_drive.response"),
        ("ws", "in", "asr.start.request"),
        ("ws", "out", "asr.start.response"),
        ("ws", "in", "asr.data.request"),
        ("ws", "out", "general.message"),
        ("note", "note", "StopAvatarSession has not come"),
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


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: FakeGuiji(token_headers=("X-Live-Key", "X-Other")), "/opengw/live-manager-api/live/page"),
        (lambda: FakeSenseTime(token_header="X-Live-Key"), "/api/2dvh/v1/material/live/channel/heartbeat"),
    ],
    ids=["guiji", "sensetime"],
)
def test_a_token_is_secret_in_whatever_header_the_scenario_puts_it(make: Callable[[], FakeServer], path: str) -> None:
    with make() as fake:
        for value in ("Bearer hidden-1", "hidden-1"):
            with Wire(fake.http_url) as wire:
                wire.request(f"POST {path} HTTP/1.1\nHost: a\nx-live-KEY: {value}\nContent-Length: 2", b"{}")
        lines = io.StringIO()
        assert fake.journal.to_ndjson(lines) >= 4
        assert "x-live-KEY" in lines.getvalue()
        shown = [lines.getvalue(), str(fake.journal.to_har()), *map(str, fake.journal.violations())]
    assert "hidden-1" not in "".join(shown)
