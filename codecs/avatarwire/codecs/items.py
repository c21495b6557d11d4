"""What command-line arguments name: frames in hex, JSON texts, queries, files of them, standard input.

Each item is reported with the place it came from. Nothing here knows a vendor, or looks into a message.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, Final, Literal, cast

import msgspec

from .core.error_mapping import UNREADABLE, malformed_json
from .core.json_text import BOM, is_json, is_json_like, is_text
from .errors import DecodeError, shown

__all__ = ["STANDARD_INPUT", "Item", "message_items", "object_items"]

STANDARD_INPUT: Final = "-"
"""The argument that stands for standard input."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message or one JSON object of the input, not looked into yet.

    Attributes:
        place: where it stands, for errors: ``argument 1``, ``line 3`` or ``calls.hex:3``.
        data: the bytes there.
        kind: ``argument`` or ``line`` for the text of it, ``raw`` for the message itself.
        in_hex: whether what is neither JSON nor a query can only be hex.
    """

    place: str
    data: bytes
    kind: Literal["argument", "line", "raw"]
    in_hex: bool = True

    def message(self) -> bytes:
        """The message meant: the bytes that hex stands for, JSON and queries as they are.

        Raises:
            DecodeError: text that can only be hex, and is not.
        """
        if self.kind == "raw":
            return self.data
        # No JSON object and no query consists of hex digits; what is neither is left to the codec.
        if _IS_HEX.fullmatch(self.data):
            return _from_hex(self.data, "")
        if self.in_hex and not _IS_JSON_OR_QUERY.match(self.data.removeprefix(BOM)):
            return _from_hex(self.data, self._or_file("pairs of hex digits"))
        return self.data

    def fields(self) -> dict[str, Any]:
        """The JSON object meant.

        Raises:
            DecodeError: not JSON, or no object.
        """
        expected = self._or_file("a JSON object in UTF-8")
        try:
            decoded = msgspec.json.decode(self.data)
        except UNREADABLE as error:
            fault = malformed_json(error, self.data, vendor="", message="")
            raise DecodeError(fault.reason, offset=fault.offset, expected=expected) from None
        if not isinstance(decoded, dict):
            raise DecodeError(f"got {shown(decoded)}", expected=expected)
        return cast("dict[str, Any]", decoded)

    def _or_file(self, expected: str) -> str:
        return f"{expected}, or the name of a file" if self.kind == "argument" else expected


def message_items(arguments: Iterable[str], stdin: BinaryIO, *, in_hex: bool = True) -> Iterator[Item]:
    """The messages that command-line arguments name: hex, JSON, a query, a file, or ``-``.

    A file has one message on each line, or is one JSON text on many lines; a file that is not text is one message.

    Args:
        arguments: as given.
        stdin: what ``-`` stands for.
        in_hex: whether messages are binary, and so written in hex; in files of those, ``#`` begins a comment.

    Raises:
        OSError: a file cannot be read.
    """
    for place, source in _sources(arguments, stdin):
        if isinstance(source, bytes):
            yield Item(place, source, "argument", in_hex)
            continue
        first = source.readline()
        if in_hex and not is_json_like(first):
            yield from _frames(place, first, source)
        else:
            yield from _texts(place, first.removeprefix(BOM), source, in_hex=in_hex)


def _frames(place: str, first: bytes, source: BinaryIO) -> Iterator[Item]:
    if is_text(first):
        yield from _lines(place, chain([first], source), comment=b"#")
    else:
        yield Item(place or _WHOLE_INPUT, first + source.read(), "raw")


def _texts(place: str, first: bytes, source: BinaryIO, *, in_hex: bool) -> Iterator[Item]:
    if not first.strip() or _is_whole(first):
        yield from _lines(place, chain([first], source), in_hex=in_hex)
        return
    rest = source.read().splitlines(keepends=True)
    if any(_is_whole(line) for line in rest):
        yield from _lines(place, [first, *rest], in_hex=in_hex)
    else:
        yield Item(place or _WHOLE_INPUT, b"".join([first, *rest]), "raw")


def object_items(arguments: Iterable[str], stdin: BinaryIO) -> Iterator[Item]:
    """The JSON objects that command-line arguments name: JSON, a file, or ``-``.

    A file has one object on each line, or is one object on many lines.

    Raises:
        OSError: a file cannot be read.
    """
    for place, source in _sources(arguments, stdin):
        if isinstance(source, bytes):
            yield Item(place, source, "argument")
            continue
        first = source.readline().removeprefix(BOM)
        if not first.strip() or is_json(first):
            yield from _lines(place, chain([first], source))
            continue
        text = first + source.read()
        if is_json(text):
            yield Item(place or _WHOLE_INPUT, text, "line")
        else:
            yield from _lines(place, text.splitlines())


def _sources(arguments: Iterable[str], stdin: BinaryIO) -> Iterator[tuple[str, bytes | BinaryIO]]:
    """What each argument stands for, and what its place is called; lines of standard input only have a number."""
    for number, argument in enumerate(arguments, start=1):
        if argument == STANDARD_INPUT:
            yield "", stdin
        elif os.path.exists(argument):
            with open(argument, "rb") as file:
                yield argument, file
        else:
            yield f"argument {number}", os.fsencode(argument)


def _lines(name: str, lines: Iterable[bytes], comment: bytes = b"", *, in_hex: bool = True) -> Iterator[Item]:
    """The lines that hold something."""
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(BOM)
        text = (text.partition(comment)[0] if comment else text).strip()
        if text:
            yield Item(f"{name}:{number}" if name else f"line {number}", text, "line", in_hex)


_WHOLE_INPUT: Final = "standard input"

_SEPARATOR: Final = re.compile(r"(?<![0-9A-Fa-f])0[xX]|[\s:,]")
_IS_HEX: Final = re.compile(rb"\s*(?:0[xX])?(?:[0-9A-Fa-f]{2}[\s:,]*)+")
_HEX: Final = re.compile(r"(?:(?<![0-9A-Fa-f])0[xX]|[0-9A-Fa-f\s:,])*")
_IS_JSON_OR_QUERY: Final = re.compile(rb"\s*[{\[]|[^\s=&]+=")


def _is_whole(line: bytes) -> bool:
    """Whether a line is a message by itself: JSON members may stand on lines of their own, but no object does."""
    text = line.strip()
    return bool(_IS_HEX.fullmatch(text)) or (text.startswith(b"{") and is_json(text))


def _from_hex(data: bytes, expected: str) -> bytes:
    text = data.decode("utf-8", "replace")
    digits = _SEPARATOR.sub("", text)
    try:
        return bytes.fromhex(digits)
    except ValueError:
        good = len(cast("re.Match[str]", _HEX.match(text))[0])
    complete = len(_SEPARATOR.sub("", text[:good])) // 2
    reason = f"character {good + 1} is {shown(text[good])}" if good < len(text) else f"{len(digits)} hex digits"
    raise DecodeError(reason, offset=complete, expected=expected)
