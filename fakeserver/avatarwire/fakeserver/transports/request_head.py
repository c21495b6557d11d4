"""What is wrong with the head of a request that aiohttp cannot read, in our own words. Sans-IO.

No value is repeated: what cannot be read may be a secret.
"""

from __future__ import annotations

import re
from typing import Final

from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.mistake import Mistake

__all__ = ["fault_of"]

_ASKED: Final = re.compile(rb"([^ \r\n]+) +(.*?)(?: +(HTTP/[^ \r\n]*))?[ \t]*\r?(?:\n|\Z)")
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_BARE: Final = re.compile(rb"[^\x21-\x7e]")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TOO_LONG: Final = "LineTooLong"
_CHUNKS: Final = "TransferEncodingError"
_METHOD: Final = "BadHttpMethod"


def fault_of(data: bytes, kind: str, longest: int) -> Mistake:
    """Why a request cannot be read.

    Args:
        data: its first bytes.
        kind: name of aiohttp's error.
        longest: bytes that a line of a head may have.
    """
    if kind == _TOO_LONG:
        return Mistake("a line of the head is too long", f"at most {longest} bytes", "RFC9112-3")
    if kind == _CHUNKS:
        return Mistake("the body cannot be read in chunks", "each with its size in hex", "RFC9112-7.1")
    data = data.lstrip(b"\r\n")
    asked = _ASKED.match(data)
    if asked is None:
        return _no_request(data)
    method, target, version = asked.groups()
    if _TOKEN.match(method) is None:
        return _no_request(data)
    if kind == _METHOD:
        return Mistake(f"the method {shown(method.decode())} is none of HTTP", "GET or POST", "RFC9110-9.1")
    if version is None and target.startswith(b"HTTP/"):
        return Mistake("the request line has no URL", "a path behind the method", "RFC9112-3")
    return _of_target(target, asked.start(2)) or _of_version(version) or _of_headers(data[asked.end() :])


def _no_request(data: bytes) -> Mistake:
    return Mistake(
        f"what came is no HTTP: it begins with {shown(data[:8])}",
        "a request line such as GET /path HTTP/1.1",
        "RFC9112-3",
    )


def _of_target(target: bytes, at: int) -> Mistake | None:
    found = _BARE.search(target)
    if found is None:
        return None
    where = f"byte {at + found.start()}"
    byte = found[0][0]
    if byte == 0x20:
        return Mistake(f"the URL has a blank in it ({where})", "%20", "RFC3986-2.1", "target")
    if byte >= 0x80:
        run = re.match(rb"[\x80-\xff]{1,4}", target[found.start() :])
        escaped = "".join(f"%{each:02X}" for each in run[0]) if run is not None else ""
        expected = f"percent escapes of UTF-8, such as {escaped}"
        return Mistake(f"the URL has bytes in it that are not ASCII ({where})", expected, "RFC3986-2.1", "target")
    return Mistake(f"the URL has a control character in it ({where})", f"%{byte:02X}", "RFC3986-2.1", "target")


def _of_version(version: bytes | None) -> Mistake | None:
    if version in (b"HTTP/1.1", b"HTTP/1.0"):
        return None
    given = "no version" if version is None else shown(version.decode("latin-1"))
    return Mistake(f"the request line has {given}", "HTTP/1.1", "RFC9112-2.3")


def _of_headers(rest: bytes) -> Mistake:
    for number, line in enumerate(rest.partition(b"\r\n\r\n")[0].split(b"\r\n"), 2):
        name, colon, value = line.partition(b":")
        if not line:
            continue
        if line[:1] in (b" ", b"\t"):
            return _header(f"line {number} of the head begins with a blank", "one line for each header", "5.2")
        if not colon:
            return _header(f"line {number} of the head has no colon", "name: value", "5")
        if name.rstrip() != name:
            told = shown(name.rstrip().decode("latin-1"))
            return _header(f"there is a blank between {told} and its colon", "none", "5.1")
        if _TOKEN.match(name) is None:
            return _header(
                f"the name of a header in line {number} has other characters than a name", "letters, digits, -", "5"
            )
        if _CONTROL.search(value):
            told = name.decode("latin-1").lower()
            return Mistake("the value has a control character in it", "printable text", "RFC9110-5.5", told)
        if name.lower() == b"content-length" and not value.strip().isdigit():
            return Mistake("the value is no number", "digits", "RFC9110-8.6", "content-length")
    lengths = len(re.findall(rb"(?im)^content-length:", rest))
    if lengths > 1 or (lengths and re.search(rb"(?im)^transfer-encoding:", rest)):
        return _header(
            "the length of the body is told more than once", "Content-Length or Transfer-Encoding, once", "6.3"
        )
    return _header("the request cannot be read", "HTTP/1.1", "2.2")


def _header(reason: str, expected: str, section: str) -> Mistake:
    return Mistake(reason, expected, f"RFC9112-{section}")
