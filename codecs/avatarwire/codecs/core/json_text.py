"""JSON as far as the typed decoders read it, for whoever looks at all of a text.

A typed decoder of msgspec passes over members that its type does not declare: numbers in them may be too large for
Python, texts need not be UTF-8. Its untyped decoder refuses both. So one text would be read or not by the way that is
taken through it, and a message that was understood could not be looked at afterwards. What is read here is what the
typed decoders take; the parts that Python cannot hold stay JSON text (`msgspec.Raw`), which fits no declaration and is
written as it came.

Only this reading lives here, for any vendor.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, cast

import msgspec

from .error_mapping import UNREADABLE, Crowded

__all__ = ["BOM", "MAX_VALUES", "check_crowd", "is_json", "is_json_like", "is_text", "look", "read"]

_decode: Final = msgspec.json.decode
BOM: Final = b"\xef\xbb\xbf"
"""The byte order mark that some editors and libraries put in front of a text."""
MAX_VALUES: Final = 50_000
"""Values that one JSON text may have. Two bytes make a value, which takes Python up to a hundred, and microseconds."""
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_crowd(data: bytes | memoryview, most: int = MAX_VALUES) -> None:
    """Refuses a JSON text that has more values than `most`, before any is made of them; commas in texts count, too.

    Raises:
        Crowded: it has.
    """
    if len(data) > most and bytes(data).count(b",") >= most:
        raise Crowded(most)


def read(data: bytes, *, strict: bool = False, most: int = MAX_VALUES) -> Any:
    """Decodes a JSON text; numbers beyond Python's and texts that are not UTF-8 are `msgspec.Raw`, names are mended.

    Args:
        data: the text.
        strict: refuse such numbers and texts.
        most: values that it may have.

    Raises:
        msgspec.DecodeError, ValueError, RecursionError: what no decoder of msgspec takes, as msgspec raises it; more
            values than that.
    """
    check_crowd(data, most)
    try:
        return _decode(data)
    except (msgspec.ValidationError, UnicodeDecodeError):
        if strict:
            raise
        return _marked(_parsed(data, "surrogateescape"))


def look(data: bytes) -> Any:
    """The same, to show what was read before: texts that are not UTF-8 have the replacement character in them.

    A byte order mark is passed over. Never raises: None is what cannot be read.
    """
    data = data.removeprefix(BOM)
    try:
        check_crowd(data)
        try:
            return _decode(data)
        except (msgspec.ValidationError, UnicodeDecodeError):
            return _parsed(data, "replace")
    except UNREADABLE:
        return None


def is_json(data: bytes) -> bool:
    """Whether bytes are a JSON text, as msgspec passes over one."""
    try:
        _decode(data, type=msgspec.Raw)
    except UNREADABLE:
        return False
    return True


def is_json_like(data: bytes) -> bool:
    """Whether bytes begin as a JSON object or list does, which no frame and no query does."""
    return data.removeprefix(BOM).lstrip()[:1] in (b"{", b"[")


def is_text(data: bytes) -> bool:
    """Whether bytes are text: UTF-8 without control characters. Speech is not, nor is a frame with a binary header."""
    if _CONTROL.search(data):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parsed(data: bytes, errors: str) -> Any:
    # The other parser takes more than JSON; what msgspec passes over has been looked at.
    _decode(data, type=msgspec.Raw)
    return json.loads(data.decode("utf-8", errors), parse_float=_number, parse_int=_integer)


def _number(text: str) -> float | msgspec.Raw:
    value = float(text)
    return value if math.isfinite(value) else msgspec.Raw(text.encode())


def _integer(text: str) -> int | msgspec.Raw:
    try:
        return int(text)
    except ValueError:  # too many digits
        return msgspec.Raw(text.encode())


def _marked(value: Any) -> Any:
    """What was parsed, texts that are not UTF-8 made `msgspec.Raw`."""
    if isinstance(value, dict):
        return {_mended(name): _marked(item) for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_marked(item) for item in cast("list[object]", value)]
    if isinstance(value, str) and (mended := _mended(value)) != value:
        return msgspec.Raw(msgspec.json.encode(mended))
    return value


def _mended(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
