"""A second reader of each vendor's messages, written by hand, and whether it agrees with the codec about some bytes.

The readers import nothing of ours. Here the two are held against each other: a clause whose evidence both read alike
does not hang on one reading alone.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from json import loads
from typing import Any, Final, TypeAlias, cast

import msgspec

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.enveloped import Opened
from avatarwire.codecs.core.received import Received
from avatarwire.codecs.errors import CodecError, FailureError

from .reading import Reading

__all__ = ["Read", "Reading", "agreement", "reader"]

Read: TypeAlias = Callable[[str, str, bytes], Reading]
"""From transport, direction (``in`` or ``out``) and bytes."""

_ABSENT: Final = object()


@cache
def reader(vendor: str) -> Read | None:
    """The second reader of a vendor, the module of that name; None where there is none."""
    module = f"{__name__}.{vendor}"
    if find_spec(module) is None:
        return None
    found: Read = import_module(module).read
    return found


def agreement(vendor: str, message: str, transport: str, direction: str, data: bytes) -> bool | None:
    """Whether the codec and the second reader say the same of some bytes.

    Args:
        vendor: whose they are.
        message: catalogue id of what they are.
        transport, direction: what carried them, and which way.
        data: the message itself.

    Returns:
        None where there is nothing to hold against each other: the vendor has no second reader, or the codec does not
        read them, or reads a documented variant of the ruled form, which the second reader does not know.
    """
    read = reader(vendor)
    if read is None:
        return None
    known = catalogue.vendor(vendor)
    received: Received[Any] | None
    try:
        received = known.decode(message, data)
    except FailureError as failure:
        # Of an answer that is the vendor's failure, what that says.
        received = getattr(failure, "received", None)
    except (CodecError, KeyError):
        return None
    if received is None or received.findings:
        return None
    try:
        reading = read(transport, direction, data)
    except ValueError:
        return False
    if reading.messages and (received.id or message) not in reading.messages:
        return False
    if reading.header:
        header: Mapping[str, Any] = {} if known.header_text is None else known.header_text.fields(received.raw)
        if any(header.get(name) != value for name, value in reading.header.items()):
            return False
    if isinstance(received, Opened):
        return _opened(received, reading)
    return _alike(received.value, reading.fields, is_query=reading.is_query)


def _opened(received: Opened[Any], reading: Reading) -> bool:
    """An answer in its envelope: the envelope, and what is in it."""
    found: object = reading.fields
    if not isinstance(found, dict):
        return False
    fields = cast("dict[str, Any]", found)
    envelope = {name: value for name, value in fields.items() if name != "data"}
    if "data" not in fields:
        return _struct_alike(received.envelope, envelope, but="data") and not received.value
    return _struct_alike(received.envelope, envelope, but="data") and _alike(
        received.value, fields.get("data"), is_query=False
    )


def _alike(codec: Any, second: Any, *, is_query: bool = False) -> bool:
    """Whether a value of the codec is what the second reader has read.

    Members that the codec does not know are not compared, nor are defaults of those that are not there.
    """
    if isinstance(codec, Enum):
        codec = codec.value
    if isinstance(codec, msgspec.Struct | dict | list | tuple) and isinstance(second, str):
        second, is_query = _inside(second, is_query=is_query, is_list=isinstance(codec, list | tuple)), False
    match codec:
        case msgspec.Struct():
            return isinstance(second, dict) and _struct_alike(codec, cast("dict[str, Any]", second), is_query=is_query)
        case dict():
            members, others = cast("dict[str, Any]", codec), second
            return isinstance(others, dict) and all(
                _alike(value, cast("dict[str, Any]", others).get(name, _ABSENT)) for name, value in members.items()
            )
        case list() | tuple():
            items, found = cast("Sequence[Any]", codec), cast("list[Any]", second)
            return isinstance(second, list) and len(items) == len(found) and all(map(_alike, items, found))
        case bytes():
            return codec == (second if isinstance(second, bytes) else _bytes(second))
        case msgspec.Raw():
            return _alike(loads(bytes(codec)), second)
        case None | msgspec.UNSET:
            return second is None or second is _ABSENT
        case _:
            return _same(codec, second, is_query=is_query)


def _struct_alike(codec: Any, second: Mapping[str, Any], *, is_query: bool = False, but: str = "") -> bool:
    config = codec.__struct_config__
    if config.tag_field is not None and second.get(config.tag_field, config.tag) != config.tag:
        return False
    return all(
        _alike(getattr(codec, field.name), second[field.encode_name], is_query=is_query)
        for field in _fields(codec.__class__)
        if field.encode_name in second and field.encode_name != but
    ) and all(
        field.encode_name in second or not field.required
        for field in _fields(codec.__class__)
        if field.encode_name != but
    )


@cache
def _fields(kind: type[Any]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Fields of a class; to find them takes longer than to compare them."""
    return msgspec.structs.fields(kind)


def _inside(text: str, *, is_query: bool, is_list: bool) -> Any:
    """What a text holds: JSON, or in a query, values with commas between them."""
    if is_query and is_list and not text.startswith("["):
        return [part for part in text.split(",") if text]
    try:
        return loads(text)
    except ValueError:
        return None


def _same(codec: object, second: object, *, is_query: bool) -> bool:
    if is_query and isinstance(second, str) and not isinstance(codec, str):
        if isinstance(codec, int | float) and not isinstance(codec, bool):
            return _is_number(second, codec)
        return second == (str(codec).lower() if isinstance(codec, bool) else str(codec))
    if isinstance(codec, float) and type(second) is int:
        second = float(second)  # an integer that the codec has room for in no other way
    return codec == second and isinstance(codec, bool) == isinstance(second, bool)


def _is_number(text: str, number: float) -> bool:
    """Whether a text is a number, however it is written: 1 and 1.0 are the same."""
    try:
        return text == str(number) or float(text) == number
    except (ValueError, OverflowError):
        return False


def _bytes(second: object) -> bytes | None:
    try:
        return b64decode(second, validate=True) if isinstance(second, str) else None
    except ValueError:
        return None
