"""Headers and targets that parsers stumble over: each fake answers, never by a defect of its own, and lives on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.server import FakeServer
from tests.fakeserver.wire import Response, Wire

READ_BY_FAKES: Final = (
    "Host", "Origin", "Authorization", "Content-Type", "token", "source", "x-acs-date", "x-acs-signature-nonce",
    "x-acs-content-sha256", "Access-Control-Request-Method",
)  # fmt: skip
"""Headers that mean something to a vendor: what becomes of them depends on the scenario."""
READ_BY_TRANSPORTS: Final = (
    "Content-Length", "Content-Encoding", "Transfer-Encoding", "Date", "Expect", "Connection", "Upgrade",
    "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol",
)  # fmt: skip

VALUES: Final = (
    b"",
    b"[",
    b"http://[",
    b"http://[::1",
    b"http://[v1.a]",
    b"http://a:99999",
    b"http://a:b@c:d@e",
    b"//",
    b"\xff\xfe",
    "\N{FULLWIDTH SOLIDUS}\N{FULLWIDTH DIGIT ONE}".encode(),
    b"http://a\xe2\x84\x80b",  # its compatibility form is a/cb, at which urlsplit raises
    b"\xed\xa0\x80",
    b"%",
    b"%zz%ff%00",
    b"null",
    b"*",
    b"Bearer",
    b"Bearer \xff",
    b"bearer ACS3-HMAC-SHA256 Credential=,SignedHeaders=,Signature=",
    b"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host;\xff;host,Signature=\xff",
    b"ACS3-HMAC-SHA256 Credential==,,=",
    b"application/json; charset=\xff",
    b"application/json; charset=no-such-charset",
    b"application/json; charset=undefined",
    b'multipart/form-data; boundary="',
    b";;;=;",
    b"9" * 400,
    b"-1",
    b"1e999",
    b"0x10",
    "\N{SUPERSCRIPT TWO}".encode(),
    b"Thu, 99 Foo 99999 99:99:99 GMT",
    b"9999999-01-01T00:00:00Z",
    b"2026-02-30T00:00:00Z",
    b"100-continue",
    b"close, keep-alive, upgrade",
    b"websocket",
    b"permessage-deflate; client_max_window_bits=99; server_max_window_bits=x",
    b"gzip;q=nan",
    b"x" * 7000,
)

TARGETS: Final = (
    b"",
    b"?",
    b"?%",
    b"?%ff=%ff&%00=%zz",
    b"?\xff=\xfe",
    b"?a=%ed%a0%80",
    b"?" + b"&" * 500,
    b"?" + b"a=1&" * 500,
    b"?token=%ff&sessionId=%ff&clientType=%ff&Authorization=%ff",
    b"?token=..&sessionId=&Authorization=Bearer%20%ed%a0%80",
    b"?projectIdList=%5B%22&projectId=%00&pageNo=1e999&page=%EF%BC%91&pageSize=" + b"9" * 400,
    b"/%",
    b"/%ff\xff",
    b"/../..",
    b";a=b#c",
)

ALIYUN: Final = b"/yic/yic-console/openService/v1/avatar/project"
GUIJI: Final = b"/live-manager"
SENSETIME: Final = b"/api/2dvh"
MICROPHONE: Final = b"/api/live-takeover-cc/v1/material/live/channel/command/microphone"

ROUTES: Final[dict[type[FakeServer], tuple[tuple[bytes, bytes], ...]]] = {
    FakeAliyun: (
        (b"GET", ALIYUN + b"/listAvatarProject"),
        (b"POST", ALIYUN + b"/startAvatarSession"),
        (b"GET", b"/v1/interaction"),
    ),
    FakeGuiji: (
        (b"POST", GUIJI + b"/open/accessToken"),
        (b"GET", GUIJI + b"/openApi/liveInfo/queryByPage"),
        (b"POST", GUIJI + b"/openApi/liveInfo/create"),
    ),
    FakeSenseTime: (
        (b"GET", SENSETIME + b"/v1/material/live/channel/running/list"),
        (b"POST", SENSETIME + b"/v2/material/live/channel/create"),
        (b"OPTIONS", SENSETIME + b"/v2/material/live/channel/create"),
        (b"GET", b"/avatarwire/user-centre/token"),
        (b"GET", b"/avatarwire/interactive"),
        (b"GET", MICROPHONE + b"?clientType=BROWSER&sessionId=s&Authorization=Bearer%20t"),
    ),
}
FAKES: Final[tuple[tuple[type[FakeServer], dict[str, Any]], ...]] = (
    (FakeAliyun, {}),
    (FakeAliyun, {"verify_signatures": False}),
    (FakeGuiji, {}),
    (FakeGuiji, {"strict": True, "token_headers": ("token", "Origin")}),
    (FakeSenseTime, {}),
    (FakeSenseTime, {"strict": True, "cors_origins": ("*",)}),
)


@pytest.fixture(scope="module", params=FAKES, ids=lambda given: " ".join((given[0].__name__, *given[1])))
def fake(request: pytest.FixtureRequest) -> Iterator[FakeServer]:
    kind, tunables = request.param
    with kind(**tunables) as running:
        yield running


@pytest.fixture(scope="module", params=ROUTES, ids=lambda kind: kind.__name__)
def plain(request: pytest.FixtureRequest) -> Iterator[FakeServer]:
    with request.param() as running:
        yield running


class Caller:
    """Sends requests over one connection, or over a new one whenever the server has closed the last."""

    def __init__(self, fake: FakeServer) -> None:
        self._fake = fake
        self._wire: Wire | None = None

    def send(self, data: bytes) -> Response | None:
        """What a request is answered by; None for a connection that was closed without a word, as of no HTTP."""
        if self._wire is None:
            self._wire = Wire(self._fake.http_url)
        try:
            self._wire.send(data)
            # A body that never comes would be waited for.
            self._wire.socket.shutdown(1)
            return self._wire.response()
        except (AssertionError, ConnectionError):
            return None
        finally:
            self._wire.socket.close()
            self._wire = None


def answered(fake: FakeServer, requests: Iterator[tuple[object, bytes]]) -> None:
    """Sends all of them: none is answered by a defect, and the fake lives on."""
    caller = Caller(fake)
    for about, data in requests:
        response = caller.send(data)
        assert response is None or response.status < 500, about
        assert response is None or b"fake server failed" not in response.body, about
    assert [entry for entry in fake.journal.entries() if "failure" in entry.meta] == []
    healthy = caller.send(b"GET /no/such/path HTTP/1.1\r\nHost: a\r\n\r\n")
    assert healthy is not None
    assert healthy.status == 404


@pytest.mark.parametrize("header", READ_BY_FAKES)
def test_a_header_may_hold_anything(fake: FakeServer, header: str) -> None:
    answered(fake, with_header(fake, header.encode()))


@pytest.mark.parametrize("header", READ_BY_TRANSPORTS)
def test_a_header_of_the_transport_may_hold_anything(plain: FakeServer, header: str) -> None:
    answered(plain, with_header(plain, header.encode()))


def with_header(fake: FakeServer, header: bytes) -> Iterator[tuple[object, bytes]]:
    """Requests of each kind, and handshakes, whose header has each of the values."""
    for method, path in ROUTES[type(fake)]:
        for value in VALUES:
            lines = [b"%s %s HTTP/1.1" % (method, path), b"%s: %s" % (header, value)]
            lines += [b"%s: %s" % pair for pair in HANDSHAKE.items() if pair[0] != header]
            yield (path, value), b"\r\n".join(lines) + b"\r\n\r\n"


HANDSHAKE: Final = {
    b"Host": b"a",
    b"Upgrade": b"websocket",
    b"Connection": b"Upgrade",
    b"Sec-WebSocket-Version": b"13",
    b"Sec-WebSocket-Key": b"AAAAAAAAAAAAAAAAAAAAAA==",
}


def test_a_target_may_be_anything(fake: FakeServer) -> None:
    def requests() -> Iterator[tuple[object, bytes]]:
        for method, path in ROUTES[type(fake)]:
            for more in TARGETS:
                for target in (path + more, b"http://[" + path + more, b"http://a:99999" + path + more, more):
                    yield target, b"%s %s HTTP/1.1\r\nHost: a\r\ntoken: t\r\nsource: sdk\r\n\r\n" % (method, target)

    answered(fake, requests())


def test_a_body_may_be_anything(fake: FakeServer) -> None:
    """ST-NET-04, GJ-R023, ALI-E67: with a length or without, of any type."""
    bodies = (
        b"",
        b"\xff",
        b"\x00",
        b"[" * 5000,
        b'{"a":1e999}',
        b'{"\xff":"\xff"}',
        b'"\\ud800"',
        b"null",
        b"1e999",
        b"{}",
    )

    def requests() -> Iterator[tuple[object, bytes]]:
        for method, path in ROUTES[type(fake)]:
            for body in bodies:
                head = b"%s %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" % (method, path)
                yield (path, body), head + b"Content-Length: %d\r\n\r\n" % len(body) + body
                chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
                yield (path, body), head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk

    answered(fake, requests())
