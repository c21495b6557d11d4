"""The text form of frames: what a vendor says about it, and how people's hex and JSON lines are read.

A vendor's `text.py` gives a `TextForm`; the commands only look it up. What is on a line, in a file or on standard
input is read here, and nothing here prints or knows a vendor.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from typing import Any, BinaryIO, Final, Literal, NamedTuple, TypeAlias, cast

import msgspec

from .errors import DecodeError, EncodeError, shown
from .faults import UNREADABLE, malformed_json
from .jsontext import is_json

__all__ = [
    "COLOURS",
    "STANDARD_INPUT",
    "FrameText",
    "Item",
    "Notation",
    "Sender",
    "Span",
    "TextForm",
    "asked_for",
    "frame_items",
    "is_text",
    "likely",
    "object_items",
    "payload_items",
    "printable",
]

Sender: TypeAlias = Literal["client", "server"]

Notation: TypeAlias = Literal["hex", "json"]
"""How frames are written for people: as hex, or as the JSON text that they are."""

STANDARD_INPUT: Final = "-"
"""The argument that stands for standard input."""

COLOURS: Final = ("cyan", "green", "magenta", "yellow", "blue")
"""Colours of a frame's spans, in their order: whoever shows a frame uses the same ones."""


class Span(NamedTuple):
    """A named stretch of a frame's bytes.

    Attributes:
        name: wire name, such as ``frameType``.
        start, end: byte offsets; the end is the first byte after it.
        meaning: what the value means, one line.
    """

    name: str
    start: int
    end: int
    meaning: str


@dataclass(frozen=True, slots=True)
class FrameText:
    """A frame in words.

    Attributes:
        title: the message and what it is for, one line.
        sender: who sends it.
        fields: the frame as plain JSON values, which `TextForm.encode` reads back.
        raw: the frame's bytes.
        spans: those taken apart, in order and without a gap; none where they are one JSON text.
    """

    title: str
    sender: Sender
    fields: Mapping[str, Any]
    raw: bytes
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class TextForm:
    """How the frames of one vendor are written as text.

    Attributes:
        vendor: such as ``aliyun``.
        decode: frame, sender (None: told by the frame), strictness, to its text form.
            Raises `DecodeError`.
        encode: what `decode` gave as `FrameText.fields`, and the only sender allowed (None: either), to the frame.
            Raises `EncodeError`.
        notation: how frames are written for people.
    """

    vendor: str
    decode: Callable[[bytes, Sender | None, bool], FrameText]
    encode: Callable[[Mapping[str, Any], Sender | None], bytes]
    notation: Notation = "hex"

    def items(self, arguments: Iterable[str], stdin: BinaryIO) -> Iterator[Item]:
        """The frames that command-line arguments name.

        Raises:
            OSError: a file cannot be read.
        """
        return (payload_items if self.notation == "json" else frame_items)(arguments, stdin)

    def written(self, frame: bytes) -> str:
        """A frame in one line; what is no text, such as speech among JSON, as hex."""
        return frame.decode() if self.notation == "json" and is_text(frame) else frame.hex()


def printable(text: str) -> str:
    """A text without what a terminal would obey: control characters and the like are written as escapes."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in text
    )


def is_text(data: bytes) -> bool:
    """Whether bytes are text: UTF-8 without control characters. Speech is not, nor is a frame with a binary header."""
    return not _is_binary(data)


def likely(name: str, known: Collection[str]) -> str:
    """The known names that come near; all of them when none does."""
    near = get_close_matches(name, list(known), n=2)
    if near:
        return " or ".join(near)
    return f"one of {', '.join(known)}" if known else "nothing in it"


_NOTICED: Final = ("deviations", "unknownFields", "raw")
"""What decoding says about a JSON message beside what is in it; encoding has no use for it."""
_NAMES: Final = ("message", "sender", "body", *_NOTICED)


def asked_for(
    fields: Mapping[str, Any], sender: Sender | None, senders: Mapping[str, Sender], vendor: str
) -> tuple[str, dict[str, Any]]:
    """Which message the text form of a JSON message asks for: its id, empty for one that is not documented, and body.

    Args:
        fields: ``message`` and ``body`` are enough.
        sender: the only sender allowed; None for either.
        senders: who sends each message, by id.
        vendor: named in errors.

    Raises:
        EncodeError: no such message, one of the other side, or a member that is missing, unknown or wrong.
    """

    def fault(reason: str, path: str, expected: str, message: str = "") -> EncodeError:
        return EncodeError(reason, vendor=vendor, message=message, path=path, expected=expected)

    for name in fields:
        if name not in _NAMES:
            raise fault("unknown field", name, likely(name, _NAMES))
    body, id_ = fields.get("body"), fields.get("message")
    if not isinstance(body, dict):
        raise fault(f"got {shown(body)}", "body", "a JSON object")
    if not isinstance(id_, str):
        reason = "required field is missing" if "message" not in fields else f"got {shown(id_)}"
        raise fault(reason, "message", f"text such as {next(iter(senders))}")
    if id_ and id_ not in senders:
        raise fault(f"no message {shown(id_)}", "message", likely(id_, senders))
    for asked in (sender, fields.get("sender")) if id_ else ():
        if asked not in (None, senders[id_]):
            raise fault(f"got {shown(asked)}", "sender", f"{senders[id_]}, who sends this message", id_)
    return id_, cast("dict[str, Any]", body)


@dataclass(frozen=True, slots=True)
class Item:
    """One frame or one JSON object of the input, not looked into yet.

    Attributes:
        place: where it stands, for errors: ``argument 1``, ``line 3`` or ``calls.hex:3``.
        data: the bytes there.
        kind: ``argument`` or ``line`` for the text of it, ``raw`` for the frame itself.
        notation: how the text of a frame is to be understood.
    """

    place: str
    data: bytes
    kind: Literal["argument", "line", "raw"]
    notation: Notation = "hex"

    def frame(self) -> bytes:
        """The frame meant. Raises `DecodeError` for text that is not hex, unless it is to be JSON."""
        if self.kind == "raw":
            return self.data
        if self.notation == "hex":
            return _from_hex(self.data, self._or_file("pairs of hex digits"))
        # No JSON object consists of hex digits; what is neither is for the codec to judge.
        return _from_hex(self.data, "") if _IS_HEX.fullmatch(self.data) else self.data

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


def frame_items(arguments: Iterable[str], stdin: BinaryIO) -> Iterator[Item]:
    """The frames that command-line arguments name: hex, a file, or ``-``.

    A file of text has one frame in hex on each line, ``#`` begins a comment; any other file is one frame as it stands.

    Raises:
        OSError: a file cannot be read.
    """
    for place, source in _sources(arguments, stdin):
        if isinstance(source, bytes):
            yield Item(place, source, "argument")
            continue
        first = source.readline()
        if _is_binary(first):
            yield Item(place or _WHOLE_INPUT, first + source.read(), "raw")
        else:
            yield from _lines(place, chain([first], source), comment=b"#")


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
        first = source.readline().removeprefix(_BOM)
        if not first.strip() or is_json(first):
            yield from _lines(place, chain([first], source))
            continue
        text = first + source.read()
        if is_json(text):
            yield Item(place or _WHOLE_INPUT, text, "line")
        else:
            yield from _lines(place, text.splitlines())


def payload_items(arguments: Iterable[str], stdin: BinaryIO) -> Iterator[Item]:
    """The JSON payloads that command-line arguments name: JSON, hex of it, a file, or ``-``.

    A file has one payload on each line, or is one payload on many lines.

    Raises:
        OSError: a file cannot be read.
    """
    for item in _payloads(arguments, stdin):
        yield replace(item, notation="json")


def _payloads(arguments: Iterable[str], stdin: BinaryIO) -> Iterator[Item]:
    for place, source in _sources(arguments, stdin):
        if isinstance(source, bytes):
            yield Item(place, source, "argument")
            continue
        first = source.readline().removeprefix(_BOM)
        if not first.strip() or _is_payload(first):
            yield from _lines(place, chain([first], source))
            continue
        rest = source.read().splitlines(keepends=True)
        if any(_is_payload(line) for line in rest):
            yield from _lines(place, [first, *rest])
        else:
            yield Item(place or _WHOLE_INPUT, b"".join([first, *rest]), "raw")


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


def _lines(name: str, lines: Iterable[bytes], comment: bytes = b"") -> Iterator[Item]:
    """The lines that hold something."""
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(_BOM)
        text = (text.partition(comment)[0] if comment else text).strip()
        if text:
            yield Item(f"{name}:{number}" if name else f"line {number}", text, "line")


_WHOLE_INPUT: Final = "standard input"
_BOM: Final = b"\xef\xbb\xbf"

_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SEPARATOR: Final = re.compile(r"(?<![0-9A-Fa-f])0[xX]|[\s:,]")
_IS_HEX: Final = re.compile(rb"\s*(?:0[xX])?(?:[0-9A-Fa-f]{2}[\s:,]*)+")
_HEX: Final = re.compile(r"(?:(?<![0-9A-Fa-f])0[xX]|[0-9A-Fa-f\s:,])*")


def _is_binary(line: bytes) -> bool:
    """Whether a line is no text: a frame begins with code points, and those are control bytes."""
    if _CONTROL.search(line):
        return True
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False


def _is_payload(line: bytes) -> bool:
    """Whether a line is a payload by itself: JSON members may stand on lines of their own, but no object does."""
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
