"""What somebody speaks who does not speak what a port speaks, by the first bytes. Sans-IO.

A wrong scheme, a wrong port or a proxy that was set up otherwise is what a test meets first, and the bytes tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.mistake import Mistake

__all__ = ["FIRST_BYTES", "is_tls", "no_http", "no_mqtt", "no_tls"]

FIRST_BYTES: Final = 512
"""So many of the first bytes are looked at."""

_TLS: Final = re.compile(rb"\x16\x03[\x00-\x04]")
_HTTP: Final = re.compile(rb"[A-Z]{3,20} [^\r\n]* HTTP/[0-9]")
_HTTP_BEGUN: Final = re.compile(rb"(?:GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|CONNECT) ")
_WEB_SOCKET: Final = re.compile(rb"(?i)\nupgrade:[ \t]*websocket")
_MQTT: Final = re.compile(rb"\x10[\x80-\xff]{0,3}[\x00-\x7f]\x00(?:\x04MQTT|\x06MQIsdp)(.)", re.DOTALL)
_HTTP_2: Final = re.compile(rb"PRI \* HTTP/2\.0")
_PROXY: Final = re.compile(rb"PROXY (?:TCP[46]|UNKNOWN)|\r\n\r\n\0\r\nQUIT\n")
_SOCKS: Final = re.compile(rb"\x05[\x01-\x09][\x00-\x09]|\x04[\x01\x02]..", re.DOTALL)
_SSH: Final = re.compile(rb"SSH-[0-9]")
_RTMP: Final = re.compile(rb"\x03.{4}\0{4}", re.DOTALL)
_RTSP: Final = re.compile(rb"[A-Z_]+ [^\r\n]* RTSP/")
_FRAME: Final = re.compile(rb"[\x81\x82\x88-\x8a][\x80-\xff]")
_LEVELS: Final = {3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5"}


class _Kind(NamedTuple):
    """One protocol that may be spoken by mistake.

    Attributes:
        name: what it is.
        marks: its first bytes.
        expected: what to do instead.
        clause: of a standard.
    """

    name: str
    marks: Callable[[bytes], object]
    expected: str
    clause: str = ""


_ELSEWHERE: Final = (
    _Kind("HTTP/2 without TLS", _HTTP_2.match, "HTTP/1.1", "RFC9113-3.3"),
    _Kind("the PROXY protocol of a load balancer", _PROXY.match, "the connection as the client opened it"),
    _Kind("SSH", _SSH.match, "the port of an SSH server"),
    _Kind("RTSP", _RTSP.match, "a media server; this one has no media"),
    _Kind("SOCKS", _SOCKS.match, "the address itself, not as that of a proxy"),
    _Kind("RTMP", _RTMP.match, "a media server; this one has no media"),
    _Kind("a WebSocket frame without a handshake", _FRAME.match, "a handshake first", "RFC6455-4.1"),
)


def is_tls(data: bytes) -> bool:
    """Whether bytes are the beginning of a TLS connection; one byte suffices to say that they are not."""
    return data[:1] == b"\x16"


def no_http(data: bytes) -> Mistake | None:
    """What was sent to a port of HTTP without being HTTP; None where it may well be HTTP.

    Args:
        data: the first bytes of a connection.
    """
    if _TLS.match(data):
        return _tls("http:// and ws://")
    if (connect := _MQTT.match(data)) is not None:
        version = _LEVELS.get(connect[1][0], "MQTT")
        return Mistake(
            f"{version} on the port for HTTP", "the port of the MQTT broker", "RFC9112-3", understood=version
        )
    return _elsewhere(data)


def no_mqtt(data: bytes) -> Mistake | None:
    """What was sent to the port of an MQTT broker without being MQTT; None where nothing is known of it.

    Args:
        data: the first bytes of a connection.
    """
    if _TLS.match(data):
        return _tls("mqtt://")
    if _HTTP.match(data) or _HTTP_BEGUN.match(data):
        if _WEB_SOCKET.search(data):
            return Mistake(
                "a WebSocket handshake on the port of the MQTT broker",
                "MQTT over TCP; a client of MQTT over WebSockets has to be told so",
                "MQTT-4.2",
                understood="WebSocket",
            )
        return Mistake("HTTP on the port of the MQTT broker", "the port for HTTP", "MQTT-3.1.0-1", understood="HTTP")
    return _elsewhere(data)


def no_tls(data: bytes, scheme: str) -> Mistake:
    """What was sent to a port for TLS without being TLS.

    Args:
        data: the first bytes of a connection.
        scheme: of URLs of the port, such as ``https://``.
    """
    for what, marks in (("HTTP", _HTTP.match), ("HTTP", _HTTP_BEGUN.match), ("MQTT", _MQTT.match)):
        if marks(data):
            return Mistake(
                f"{what} without TLS on a port for TLS", f"{scheme} in the URL", "RFC8446-4", understood=what
            )
    other = _elsewhere(data)
    return Mistake(
        f"what came is no TLS: it begins with {shown(data[:8])}" if other is None else other.reason,
        f"TLS, that is {scheme} in the URL",
        "RFC8446-4",
        understood="" if other is None else other.understood,
    )


def _elsewhere(data: bytes) -> Mistake | None:
    for kind in _ELSEWHERE:
        if kind.marks(data):
            return Mistake(f"{kind.name} was spoken", kind.expected, kind.clause, understood=kind.name)
    return None


def _tls(scheme: str) -> Mistake:
    return Mistake(
        "TLS on a port without TLS", f"{scheme} in the URL, or a fake with a certificate", "RFC8446-4", understood="TLS"
    )
