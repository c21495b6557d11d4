"""What somebody speaks who does not speak what a port speaks, and what is wrong with the head of a request."""

from __future__ import annotations

import pytest

from avatarwire.fakeserver.transports.request_head import fault_of
from avatarwire.fakeserver.transports.strangers import is_tls, no_http, no_mqtt, no_tls

TLS = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
MQTT = b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04abcd"
HTTP = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
WS = b"GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "understood"),
    [
        (TLS, "TLS"),
        (MQTT, "MQTT 3.1.1"),
        (MQTT.replace(b"MQTT\x04", b"MQTT\x05"), "MQTT 5"),
        (b"\x10\x10\x00\x06MQIsdp\x03\x02", "MQTT 3.1"),
        (b"\x10\x10\x00\x04MQTT\x09", "MQTT"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2 without TLS"),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n", "the PROXY protocol of a load balancer"),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x11", "the PROXY protocol of a load balancer"),
        (b"SSH-2.0-OpenSSH", "SSH"),
        (b"\x05\x01\x00", "SOCKS"),
        (b"\x04\x01\x00\x50", "SOCKS"),
        (b"OPTIONS rtsp://a RTSP/1.0\r\n", "RTSP"),
        (b"\x03abcd\0\0\0\0", "RTMP"),
        (b"\x81\x82abcd", "a WebSocket frame without a handshake"),
        (HTTP, None),
        (b"", None),
        (b"garbage", None),
    ],
)
def test_what_was_sent_to_a_port_of_http(data: bytes, understood: str | None) -> None:
    found = no_http(data)
    assert (None if found is None else found.understood) == understood
    if found is not None:
        assert found.expected


@pytest.mark.parametrize(
    ("data", "understood"),
    [(HTTP, "HTTP"), (WS, "WebSocket"), (b"POST /", "HTTP"), (TLS, "TLS"), (b"\x05\x01\x00", "SOCKS"), (b"?", None)],
)
def test_what_was_sent_to_the_port_of_a_broker(data: bytes, understood: str | None) -> None:
    found = no_mqtt(data)
    assert (None if found is None else found.understood) == understood


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (HTTP, "HTTP without TLS on a port for TLS, expected wss:// in the URL [RFC8446-4]"),
        (b"GET /", "HTTP without TLS on a port for TLS, expected wss:// in the URL [RFC8446-4]"),
        (MQTT, "MQTT without TLS on a port for TLS, expected wss:// in the URL [RFC8446-4]"),
        (b"SSH-2.0", "SSH was spoken, expected TLS, that is wss:// in the URL [RFC8446-4]"),
        (b"zz", "what came is no TLS: it begins with b'zz', expected TLS, that is wss:// in the URL [RFC8446-4]"),
    ],
)
def test_what_was_sent_to_a_port_for_tls(data: bytes, told: str) -> None:
    assert not is_tls(data)
    assert str(no_tls(data, "wss://")) == told


@pytest.mark.parametrize(
    ("data", "kind", "told"),
    [
        (b"GET /\xe4\xb8\xad HTTP/1.1\r\n", "", "target: the URL has bytes in it that are not ASCII (byte 5), expected "
         "percent escapes of UTF-8, such as %E4%B8%AD [RFC3986-2.1]"),
        (b"GET /a b HTTP/1.1\r\n", "", "target: the URL has a blank in it (byte 6), expected %20 [RFC3986-2.1]"),
        (b"GET /\x01 HTTP/1.1\r\n", "", "target: the URL has a control character in it (byte 5), expected %01 "
         "[RFC3986-2.1]"),
        (b"GET HTTP/1.1\r\n", "", "the request line has no URL, expected a path behind the method [RFC9112-3]"),
        (b"GET /a\r\n", "", "the request line has no version, expected HTTP/1.1 [RFC9112-2.3]"),
        (b"GET / HTTP/9.9\r\n", "", "the request line has 'HTTP/9.9', expected HTTP/1.1 [RFC9112-2.3]"),
        (b"FETCH / HTTP/1.1\r\n", "BadHttpMethod", "the method 'FETCH' is none of HTTP, expected GET or POST "
         "[RFC9110-9.1]"),
        (b"garbage", "", "what came is no HTTP: it begins with b'garbage', expected a request line such as GET /path "
         "HTTP/1.1 [RFC9112-3]"),
        (b"G\x00T / HTTP/1.1\r\n", "", "what came is no HTTP: it begins with b'G\\x00T / HT', expected a request line "
         "such as GET /path HTTP/1.1 [RFC9112-3]"),
        (b"GET / HTTP/1.1\r\nHost\r\n\r\n", "", "line 2 of the head has no colon, expected name: value [RFC9112-5]"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n", "", "line 3 of the head begins with a blank, expected one line for "
         "each header [RFC9112-5.2]"),
        (b"GET / HTTP/1.1\r\nHost : a\r\n", "", "there is a blank between 'Host' and its colon, expected none "
         "[RFC9112-5.1]"),
        (b"GET / HTTP/1.1\r\nHo st: a\r\n", "", "the name of a header in line 2 has other characters than a name, "
         "expected letters, digits, - [RFC9112-5]"),
        (b"GET / HTTP/1.1\r\nToken: se\x00cret\r\n", "", "token: the value has a control character in it, expected "
         "printable text [RFC9110-5.5]"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n", "", "content-length: the value is no number, expected digits "
         "[RFC9110-8.6]"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n", "", "the length of the body is told more "
         "than once, expected Content-Length or Transfer-Encoding, once [RFC9112-6.3]"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n", "", "the length of the body is "
         "told more than once, expected Content-Length or Transfer-Encoding, once [RFC9112-6.3]"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "", "the request cannot be read, expected HTTP/1.1 [RFC9112-2.2]"),
        (b"GET /a", "LineTooLong", "a line of the head is too long, expected at most 1000 bytes [RFC9112-3]"),
        (b"zz", "TransferEncodingError", "the body cannot be read in chunks, expected each with its size in hex "
         "[RFC9112-7.1]"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_head_is_named_and_no_value_is_repeated(data: bytes, kind: str, told: str) -> None:
    assert str(fault_of(data, kind, 1000)) == told
    assert "secret" not in told
