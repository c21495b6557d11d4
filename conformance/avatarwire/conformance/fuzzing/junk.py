"""Bytes that are nothing, or nearly something: of HTTP, WebSocket and MQTT, and of messages themselves."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from ..engine.mqtt_packets import connect, packet

__all__ = ["http_junk", "invented", "mqtt_junk", "socket_junk"]

_LARGE: Final = 70_000

_METHODS: Final = (b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"DELETE", b"CONNECT", b"get", b"X", b"")
_HEADERS: Final = (
    b"Host: 127.0.0.1",
    b"Host: ",
    b"Content-Length: 0",
    b"Content-Length: 5",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: 5, 5",
    b"Content-Length: x",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: identity",
    b"Content-Type: application/json",
    b"Content-Type: \xff\xfe",
    b"Content-Encoding: gzip",
    b"Content-Encoding: br",
    b"Expect: 100-continue",
    b"Expect: something",
    b"Connection: close",
    b"Connection: keep-alive",
    b"Connection: Upgrade",
    b"Upgrade: websocket",
    b"Upgrade: h2c",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Version: 99",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    b"Sec-WebSocket-Key: x",
    b"Sec-WebSocket-Protocol: mqtt",
    b"Sec-WebSocket-Extensions: permessage-deflate",
    b"Origin: http://127.0.0.1",
    b"Authorization: Bearer x",
    b"Authorization: \xe4\xb8\xad",
    b"token: x",
    b"Cookie: a=b; =; c",
    b" folded",
    b": no name",
    b"no colon",
    b"X-Null: a\x00b",
    b"X-Large: " + b"x" * 9000,
)
_TARGETS: Final = (
    b"/", b"*", b"", b"//", b"/%00", b"/%ff%fe", b"/?%", b"http://[::1", b"http://127.0.0.1:1/x", b"/a#b",
    b"127.0.0.1:80",
    b"/" + b"a" * 9000, b"/\xff", b"/readyz", b"/v1/interaction", b"/avatarwire/interactive?sessionId=1",
    b"/api/live-takeover-cc/v1/material/live/channel/command/microphone?clientType=BROWSER",
    b"/live-manager/open/accessToken", b"/live-manager/openApi/live/createLiveSession",
    b"/yic/yic-console/openService/v1/avatar/project/startAvatarSession",
    b"/api/2dvh/v1/material/live/channel/heartbeat",
)  # fmt: skip
_BODIES: Final = (
    b"", b"{}", b"[]", b"null", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"5\r\nhel", b"zz\r\nhello\r\n0\r\n\r\n",
    b"0\r\n\r\n",
    b"ffffffffffffffff\r\nx", b"-1\r\nx\r\n", b"5;ext=\"\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
    b"\x1f\x8b\x08\x00garbage",
    b'{"a":' * 600, b"{" + b'"a":1,' * 3000 + b'"b":2}', b"\xff\xfe\x00",
)  # fmt: skip
_VERSIONS: Final = (b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9", b"")


@st.composite
def http_junk(draw: Any) -> bytes:
    """A request, one or several, most of them wrong somewhere."""
    if draw(st.integers(0, 7)) == 0:
        return bytes(draw(st.binary(min_size=1, max_size=64)))
    parts: list[bytes] = []
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        line = b" ".join(draw(st.sampled_from(pool)) for pool in (_METHODS, _TARGETS, _VERSIONS))
        headers = draw(st.lists(st.sampled_from(_HEADERS), max_size=6))
        parts.append(b"\r\n".join((line, *headers, b"", draw(st.sampled_from(_BODIES)))))
    data = b"".join(parts)
    return data[: draw(st.integers(1, len(data)))] if draw(st.integers(0, 4)) == 0 else data


@st.composite
def socket_junk(draw: Any) -> bytes:
    """A frame of WebSocket that need not be one (RFC 6455, 5.2)."""
    first = draw(st.sampled_from((0x81, 0x82, 0x01, 0x02, 0x80, 0x00, 0x88, 0x89, 0x8A, 0x09, 0x83, 0x8F, 0xC1, 0xF2)))
    payload: bytes = draw(
        st.sampled_from(
            (
                b"", b"x", b"{}", b"\xff\xfe", b"\x03\xe8", b"\x03\xe8bye", b"\x00\x00", b"\x03\xed", b"\x03",
                b"\xff\xff\xff",
                b"x" * 126, b"\x00" * 200, b"\x00\x01\x8000000000{}", b"\x00\x01\xff" + b"0" * 8 + b"\xff",
            )
        )
        | st.binary(max_size=32)
    )  # fmt: skip
    mask = draw(st.sampled_from((0x80, 0x80, 0x80, 0x00)))
    how = draw(st.sampled_from(("right", "right", "right", "long", "longer", "huge", "short")))
    size = len(payload)
    if how == "right":
        length = bytes([mask | size]) if size < 126 else bytes([mask | 126]) + size.to_bytes(2, "big")
    elif how == "long":
        length = bytes([mask | 126]) + size.to_bytes(2, "big")
    elif how == "longer":
        length = bytes([mask | 127]) + size.to_bytes(8, "big")
    elif how == "huge":
        length = bytes([mask | 127]) + draw(st.sampled_from((2**31, 2**40, 2**63, 2**64 - 1))).to_bytes(8, "big")
    else:
        length = bytes([mask | min(size + 3, 125)])
    key = b"\x01\x02\x03\x04" if mask else b""
    body = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload)) if key else payload
    return bytes([first]) + length + key + body


def _text(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


_TOPICS: Final = (
    b"a", b"", b"#", b"+", b"a/#/b", b"a+", b"$SYS/x", b"live-proxy-0", b"10001/x", b"10002/#", b"10002/+", b"\xff",
    b"a\x00b",
    b"x" * 3000,
)  # fmt: skip


@st.composite
def mqtt_junk(draw: Any) -> bytes:
    """Packets of MQTT that need not be any (MQTT 3.1.1, 2 and 3)."""
    first = draw(_connect()) if draw(st.booleans()) else b""
    return first + b"".join(draw(_packet()) for _ in range(draw(st.sampled_from((1, 1, 1, 2, 4)))))


@st.composite
def _connect(draw: Any) -> bytes:
    """One that lets in whoever sends it first, with a will or without."""
    return connect(
        draw(st.sampled_from(("fuzz", "fuzz-2", ""))),
        user="fuzz-user-1",
        password="fuzz-password-1",  # noqa: S106 - a fixture
        keep_alive=draw(st.sampled_from((0, 1, 60))),
        clean=draw(st.booleans()),
        will=draw(st.sampled_from((None, ("live-proxy-0", b"x"), ("#", b"x"), ("10002/x", b"{}")))),
    )


@st.composite
def _packet(draw: Any) -> bytes:
    topic = draw(st.sampled_from(_TOPICS))
    id_ = draw(st.sampled_from((b"\x00\x01", b"\x00\x02", b"\x00\x00", b"\xff\xff")))
    kind = draw(st.integers(0, 15))
    flags: int = draw(st.sampled_from((0, 0, 2, 2, 1, 3, 4, 5, 6, 8, 13, 15)))
    payload = draw(st.sampled_from((b"", b"{}", b'{"id":1,"method":"HeartBeat"}', b"\xff", b"x" * 300)))
    if kind == 1:
        name = _text(draw(st.sampled_from((b"MQTT", b"MQTT", b"MQTT", b"MQIsdp", b"mqtt", b""))))
        level = draw(st.sampled_from((b"\x04", b"\x04", b"\x04", b"\x05", b"\x03", b"\x00")))
        options = bytes([draw(st.sampled_from((0x02, 0xC2, 0xC6, 0xCE, 0xF6, 0x00, 0x01, 0xC0, 0x1E, 0xFE)))])
        parts = (_text(b"fuzz"), _text(topic), _text(b"will"), _text(b"fuzz-user-1"), _text(b"fuzz-password-1"))
        body = name + level + options + draw(st.sampled_from((b"\x00\x3c", b"\x00\x00", b"\x00\x01")))
        body += b"".join(draw(st.lists(st.sampled_from(parts), max_size=5)))
    elif kind == 3:
        body = _text(topic) + (id_ if flags & 6 else b"") + payload
    elif kind in (8, 10):
        body = id_ + b"".join(
            _text(draw(st.sampled_from(_TOPICS))) + (draw(st.sampled_from((b"\x00", b"\x01", b"\x02", b"\x03", b""))))
            for _ in range(draw(st.integers(0, 3)))
        )
        flags = draw(st.sampled_from((2, 2, 2, flags)))
    elif kind in (4, 5, 6, 7):
        body = draw(st.sampled_from((id_, b"", id_ + b"x")))
        flags = draw(st.sampled_from((flags, 2 if kind == 6 else 0)))
    else:
        body = draw(st.sampled_from((b"", b"x", id_)))
    wrong: bytes = draw(
        st.sampled_from((b"", b"", b"", b"", b"", b"\xff\xff\xff\xff\x01", b"\xff\xff\xff\x7f", b"\x80", b"\x05"))
    )
    first = kind << 4 | flags
    return bytes([first]) + wrong + body if wrong else packet(first, body)


_DEEP: Final = (b"[" * 3000 + b"]" * 3000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"[" * 100_000)
_VALUES: Final = (
    b"", b"null", b"true", b"0", b"1e999", b"-1", b"NaN", b'"x"', b"[]", b"{}", b"[{}]", b'{"":""}', b"9" * 5000,
    b"\xef\xbb\xbf{}",
    b'{"a":1,"a":2}', b'"\\ud800"', b'{"sessionId":null}', b'{"sessionId":{}}', b'{"sessionId":"\\ud800"}', b"{]",
    b"\xff",
    b'{"id":9223372036854775808}', b'{"sessionId":"' + b"x" * _LARGE + b'"}', *_DEEP,
)  # fmt: skip


@st.composite
def invented(draw: Any) -> bytes:
    """A body or payload that is no message: of another type, huge, deep, or no JSON at all."""
    return bytes(draw(st.sampled_from(_VALUES) | st.binary(max_size=48)))
