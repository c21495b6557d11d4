"""Turns msgspec's words into this project's errors: wire path, what was expected, clause id.

Only the translation of errors may live here. Clauses and expectations are read from the declarations
(`message.doc`), so an error can never say something else than the schema does.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from ..errors import SHOWN, DecodeError, ValidationError
from ..ledger import type_clause
from .beyond import number_beyond
from .introspection import at_path, declaration, describe

__all__ = ["UNREADABLE", "UNWRITABLE", "Crowded", "kind_of", "malformed_json", "unwritable", "validation_error"]


class Crowded(ValueError):
    """A JSON text has more values than are read.

    Attributes:
        most: how many are.
    """

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} values")
        self.most = most


UNREADABLE: Final = (msgspec.DecodeError, ValueError, RecursionError)
"""What msgspec raises on bytes it cannot turn into the asked type: ValueError (and UnicodeError under it) for bad
UTF-8 or absurdly long numbers, RecursionError for absurdly nested JSON."""

UNWRITABLE: Final = (TypeError, ValueError, RecursionError)
"""What msgspec raises on values that JSON cannot hold: foreign objects, half a surrogate pair, absurdly long numbers,
absurd nesting."""

_AT: Final = re.compile(r"(?P<body>.*) - at (?:`key` in )?`\$(?P<path>[^`]*)`\Z", re.DOTALL)
_BYTE: Final = re.compile(r" \(byte (\d+)\)$")
_MISSING: Final = re.compile(r"Object missing required field `(.+?)`")
_GOT: Final = re.compile(r"Expected .*, got `?([^`]+)`?$")
_INVALID: Final = re.compile(r"Invalid (?:enum )?value (.+)$", re.DOTALL)

_WIRE_WORDS: Final = {
    "str": "text",
    "int": "an integer",
    "float": "a number with decimals",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
"""What JSON values are called in errors, by msgspec's names."""

_KINDS: Final[tuple[tuple[type[Any], str], ...]] = (
    (dict, "an object"),
    (list, "a list"),
    (str, "text"),
    (bool, "true or false"),
    (type(None), "null"),
)
"""The same by Python type; whatever else JSON yields is a number."""

_BROKEN_LIMITS: Final = ((" matching regex", "wrong form"), ("Expected ", "value out of range"))
"""Reasons by what msgspec says of a value that has the right type; the first that fits counts."""


def kind_of(value: object) -> str:
    """What a decoded JSON value is called in errors."""
    return next((word for kind, word in _KINDS if isinstance(value, kind)), "a number")


def malformed_json(
    error: Exception, data: bytes, *, vendor: str, message: str, offset: int = 0, clause: str = ""
) -> DecodeError:
    """The error for bytes that are not JSON at all; its offset is the first bad byte where that is known.

    A number that nothing can hold is JSON, but not for us; then the error has the path of the member.
    """
    position: int | None = None
    expected, path = "a JSON object in UTF-8", ""
    if isinstance(error, Crowded):
        reason, expected = str(error), f"at most {error.most} in one message"
    elif isinstance(error, RecursionError):
        reason = "nested too deeply"
    elif isinstance(error, UnicodeError):
        reason = "not UTF-8 text"
        try:
            # The error at hand counts from the start of one JSON text, not of the data.
            data.decode()
        except UnicodeDecodeError as first:
            position = first.start
    elif not data:
        reason, position = "empty payload", 0
    elif "truncated" in str(error):
        reason, position = "the JSON text ends too early", len(data)
    elif "out of range" in str(error):
        reason, expected, path = "a number is out of range", "numbers up to 1.8e308", number_beyond(data)
    else:
        found = _BYTE.search(str(error))
        # msgspec has already stepped over the first trailing byte when it complains about it.
        position = int(found[1]) - ("trailing characters" in str(error)) if found else None
        reason = f"not JSON: {_BYTE.sub('', str(error)).removeprefix('JSON is malformed: ')}"
    return DecodeError(
        reason,
        vendor=vendor,
        message=message,
        path=path,
        offset=None if position is None else offset + position,
        expected=expected,
        clause=clause,
    )


def validation_error(
    type_: Any, text: str, *, vendor: str = "", message: str = "", entry: str = "", value: object = None
) -> ValidationError:
    """The error for one of msgspec's validation messages about `type_`.

    Args:
        type_: what was to be read.
        text: msgspec's message.
        vendor, message: named in the error.
        entry: catalogue id of what is of the type; with it the error has a clause also where a plain type is all that
            is broken (`type_clause`).
        value: the decoded JSON, which distinguishes what a tag distinguishes.
    """
    at = _AT.match(text)
    body, path = (at["body"], at["path"]) if at else (text, "")
    missing = _MISSING.search(body)
    if missing:
        path = f"{path}.{missing[1]}"
    info, clause = at_path(declaration(type_), path, value)
    expected = "" if info is None else describe(info)
    if "base64" in body:
        expected = "Base64 with the standard alphabet and padding"
    return ValidationError(
        "required field is missing" if missing else _reason(body),
        vendor=vendor,
        message=message,
        path=path.removeprefix("."),
        expected=expected,
        clause=clause or type_clause(vendor, entry, path.removeprefix(".")),
    )


def _reason(body: str) -> str:
    """What is wrong with a value that is there, from msgspec's words about it."""
    if got := _GOT.search(body):
        return f"got {_WIRE_WORDS.get(got[1], got[1])}"
    if invalid := _INVALID.search(body):
        return f"got {invalid[1] if len(invalid[1]) <= SHOWN else invalid[1][: SHOWN - 1] + '…'}"
    if "base64" in body:
        return "not Base64 text"
    return next((reason for words, reason in _BROKEN_LIMITS if words in body), body)


def unwritable(error: Exception) -> str:
    """Why JSON cannot hold a value, from an error of `UNWRITABLE`."""
    if isinstance(error, UnicodeError):
        return "a text holds half a surrogate pair, which UTF-8 cannot express"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return "a number is too long" if "digits" in str(error) else str(error)
