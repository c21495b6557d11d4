"""Whether a request asks for a WebSocket as RFC 6455, 4.2.1, has it, and the proof that it was understood. Sans-IO.

aiohttp takes handshakes by POST, of HTTP/1.0 and of drafts; a service need not, and a client should learn of it here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.mistake import Mistake

__all__ = ["asks_for_socket", "improper", "proof", "remarks"]

_RULES: Final = "RFC6455-4.2.1"
_VERSION: Final = "13"
_KEY_BYTES: Final = 16
_HTTP_11: Final = (1, 1)
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What the key of a handshake is hashed with (RFC 6455, 1.3)."""


def asks_for_socket(headers: Mapping[str, list[str]]) -> bool:
    """Whether the header Upgrade names the WebSocket.

    Args:
        headers: values by name in lower case.
    """
    return "websocket" in _tokens(headers.get("upgrade", ()))


def improper(method: str, version: tuple[int, int], headers: Mapping[str, list[str]]) -> Mistake | None:
    """Why a request is no proper handshake; None for one that is.

    Args:
        method, version: of the request line; the version as two numbers.
        headers: values by name in lower case.
    """
    if method != "GET":
        return _by(method)
    given = headers.get("upgrade", [])
    if [value.strip().lower() for value in given] != ["websocket"]:
        reason = "not a WebSocket handshake: the header Upgrade is missing"
        if given:
            reason = f"not a WebSocket handshake: Upgrade is {shown(', '.join(given))}"
        return _wrong(reason, "Upgrade: websocket", "upgrade")
    if version < _HTTP_11:
        return _wrong(f"a WebSocket handshake in HTTP/{version[0]}.{version[1]}", "HTTP/1.1")
    if "upgrade" not in _tokens(headers.get("connection", ())):
        return _wrong("a proxy has taken the word away, or the client left it out", "Connection: Upgrade", "connection")
    if not any(value.strip() for value in headers.get("host", ())):
        return _wrong("the header is missing or empty", "the host that was called", "host")
    versions = headers.get("sec-websocket-version", [])
    if [value.strip() for value in versions] != [_VERSION]:
        reason = f"got {shown(', '.join(versions))}" if versions else "the header is missing"
        told = {"Sec-WebSocket-Version": _VERSION}
        return _wrong(reason, _VERSION, "sec-websocket-version", status=426, headers=told)
    keys = headers.get("sec-websocket-key", [])
    if len(keys) != 1 or not _is_key(keys[0].strip()):
        reason = f"got {shown(', '.join(keys))}" if keys else "the header is missing"
        return _wrong(reason, "16 bytes in Base64, once", "sec-websocket-key")
    return None


def proof(key: str) -> str:
    """The header Sec-WebSocket-Accept of the answer, which proves that the key was read (RFC 6455, 4.2.2)."""
    sent = key.encode(errors="surrogateescape")  # as aiohttp has read it
    return base64.b64encode(hashlib.sha1(sent + _GUID, usedforsecurity=False).digest()).decode()


def remarks(headers: Mapping[str, list[str]]) -> Iterable[Finding]:
    """What is noticed about a proper handshake that is taken."""
    asked = headers.get("sec-websocket-protocol")
    if asked is not None:
        reason = (
            f"asks for the subprotocol {shown(', '.join(asked))}; there is none, and browsers then close the socket"
        )
        yield Finding("RFC6455-4.1", "sec-websocket-protocol", reason, "no such header", level="warning")


@lru_cache(maxsize=16)
def _by(method: str) -> Mistake:
    """The mistake of whoever calls by another method, which nearly all calls are that want no WebSocket."""
    return _wrong(f"a WebSocket handshake by {shown(method)}", "GET", status=405, headers={"Allow": "GET"})


def _wrong(
    reason: str, expected: str, path: str = "", *, status: int = 400, headers: Mapping[str, str] | None = None
) -> Mistake:
    return Mistake(reason, expected, _RULES, path, status, headers or {})


def _tokens(values: Iterable[str]) -> list[str]:
    return [token.strip().lower() for value in values for token in value.split(",")]


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False
