"""From msgspec's words to ours: every kind of fault, as msgspec tells it today."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.error_mapping import (
    UNREADABLE,
    UNWRITABLE,
    kind_of,
    malformed_json,
    unwritable,
    validation_error,
)
from avatarwire.codecs.errors import DecodeError, ValidationError
from avatarwire.codecs.message import Message, doc


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Part(Message):
    wide: Annotated[int, doc("width", "X-1", ge=1, le=9)] = 1
    kind: Literal["box"] = "box"


class Whole(Message):
    name: Annotated[str, doc("its name", "X-2", min_length=1)]
    level: Annotated[Level, doc("how much", "X-3")] = Level.LOW
    code: Annotated[str, doc("a code", pattern="^[a-z]$")] = "a"
    sound: bytes = b""
    loud: bool = False
    ratio: float = 1.0
    parts: Annotated[tuple[Part, ...], doc("its parts", "X-4", max_length=2)] = ()
    either: int | str = 0
    counts: dict[int, int] | UnsetType = UNSET


def fault(text: str) -> ValidationError:
    """What becomes of msgspec's verdict on a JSON text."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(text, type=Whole)
    return validation_error(Whole, str(caught.value), vendor="v", message="m")


@pytest.mark.parametrize(
    ("text", "path", "reason", "expected", "clause"),
    [
        ("{}", "name", "required field is missing", "text that is not empty", "X-2"),
        ('{"name":1}', "name", "got an integer", "text that is not empty", "X-2"),
        ('{"name":null}', "name", "got null", "text that is not empty", "X-2"),
        ('{"name":[]}', "name", "got a list", "text that is not empty", "X-2"),
        ('{"name":{}}', "name", "got an object", "text that is not empty", "X-2"),
        ('{"name":true}', "name", "got true or false", "text that is not empty", "X-2"),
        ('{"name":""}', "name", "value out of range", "text that is not empty", "X-2"),
        ('{"name":"n","level":1.5}', "level", "got a number with decimals", "1 or 2", "X-3"),
        ('{"name":"n","level":3}', "level", "got 3", "1 or 2", "X-3"),
        ('{"name":"n","code":"AB"}', "code", "wrong form", "text matching ^[a-z]$", ""),
        ('{"name":"n","sound":"?"}', "sound", "not Base64 text", "Base64 with the standard alphabet and padding", ""),
        ('{"name":"n","loud":"yes"}', "loud", "got text", "true or false", ""),
        ('{"name":"n","ratio":"1"}', "ratio", "got text", "a number", ""),
        ('{"name":"n","parts":{}}', "parts", "got an object", "a list of at most 2 items", "X-4"),
        ('{"name":"n","parts":[{},{},{}]}', "parts", "value out of range", "a list of at most 2 items", "X-4"),
        (
            '{"name":"n","parts":[{},{"wide":0}]}',
            "parts[1].wide",
            "value out of range",
            "an integer from 1 to 9",
            "X-1",
        ),
        ('{"name":"n","parts":[{"kind":"bag"}]}', "parts[0].kind", "got 'bag'", "box", ""),
        ('{"name":"n","either":[]}', "either", "got a list", "", ""),
        ('{"name":"n","counts":{"a":1}}', "counts", "got text", "an object", ""),
        ("[]", "", "got a list", "an object", ""),
    ],
)
def test_a_broken_rule(text: str, path: str, reason: str, expected: str, clause: str) -> None:
    error = fault(text)
    assert (error.path, error.reason, error.expected, error.clause) == (path, reason, expected, clause)
    assert (error.vendor, error.message, error.offset) == ("v", "m", None)


def test_a_number_of_thousands_of_digits_is_no_integer() -> None:
    assert fault(f'{{"name":"n","either":{"9" * 5000}}}').reason == "Integer value out of range"


def test_a_long_offending_value_is_cut() -> None:
    assert fault(f'{{"name":"n","parts":[{{"kind":"{"x" * 200}"}}]}}').reason == f"got '{'x' * 78}…"


def test_an_offending_value_cannot_name_another_path() -> None:
    error = fault('{"name":"n","parts":[{"kind":"b - at `$.level`"}]}')
    assert (error.path, error.reason) == ("parts[0].kind", "got 'b - at `$.level`'")


@pytest.mark.parametrize(
    ("data", "reason", "offset"),
    [
        (b"", "empty payload", 0),
        (b"?", "not JSON: invalid character", 0),
        (b"{'a':1}", "not JSON: object keys must be strings", 1),
        (b'{"a":1} {}', "not JSON: trailing characters", 8),
        (b'{"a":1,}', "not JSON: trailing comma in object", 7),
        (b'{"a":NaN}', "not JSON: invalid character", 5),
        (b'{"a":1', "the JSON text ends too early", 6),
        (b'{"a":"\xff"}', "not UTF-8 text", 6),
        (b'{"a":"\xed\xa0\x80"}', "not UTF-8 text", 6),
        (b'{"a":"\x01"}', "not JSON: invalid character", 6),
        pytest.param(b"[" * 100_000, "nested too deeply", None, id="nested"),
    ],
)
def test_bytes_that_are_no_json(data: bytes, reason: str, offset: int | None) -> None:
    with pytest.raises(UNREADABLE) as caught:
        msgspec.json.decode(data)

    error = malformed_json(caught.value, data, vendor="v", message="m", offset=100)

    assert type(error) is DecodeError
    assert error.reason == reason
    assert error.offset == (None if offset is None else 100 + offset)
    assert (error.vendor, error.message, error.expected) == ("v", "m", "a JSON object in UTF-8")


def test_a_number_too_long_for_python_has_no_byte() -> None:
    error = malformed_json(msgspec.DecodeError("Number out of range"), b"1e999", vendor="v", message="m")
    assert (error.reason, error.offset) == ("a number is out of range", None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("\ud800", "a text holds half a surrogate pair, which UTF-8 cannot express"),
        pytest.param(10**5000, "a number is too long", id="10**5000"),
        (object(), "Encoding objects of type object is unsupported"),
    ],
)
def test_values_that_json_cannot_hold(value: object, reason: str) -> None:
    with pytest.raises(UNWRITABLE) as caught:
        msgspec.json.encode(value)
    assert unwritable(caught.value) == reason


def test_a_value_may_be_nested_too_deeply() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(UNWRITABLE) as caught:
        msgspec.json.encode(nested)
    assert unwritable(caught.value) == "nested too deeply"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{}", "an object"),
        ("[]", "a list"),
        ('""', "text"),
        ("true", "true or false"),
        ("null", "null"),
        ("1", "a number"),
        ("1.5", "a number"),
    ],
)
def test_what_json_values_are_called(text: str, kind: str) -> None:
    assert kind_of(msgspec.json.decode(text)) == kind
