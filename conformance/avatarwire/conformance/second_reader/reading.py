"""What a second reader reads, and JSON and queries read with the standard library alone.

Nothing in the readers of this package imports the codecs, so that what both say of the same bytes is said twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, cast
from urllib.parse import parse_qsl

__all__ = ["Reading", "http_fields", "json_value", "object_of"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What some bytes say.

    Attributes:
        fields: the JSON value of the message; of one that is audio, an object whose one member is its bytes.
        messages: catalogue ids that it can be; empty where the bytes do not tell.
        header: what stands before the message, by name.
        is_query: whether every value is a text, as in the query of a URL.
    """

    fields: Any
    messages: frozenset[str] = frozenset()
    header: Mapping[str, object] = field(default_factory=dict[str, object])
    is_query: bool = False


_JSON: Final = (b"{", b"[", b'"')


def json_value(data: bytes) -> Any:
    """The JSON value of a text.

    Raises:
        ValueError: it is none.
    """
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse, parse_int=_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def object_of(data: bytes) -> dict[str, Any]:
    """The same, which has to be an object.

    Raises:
        ValueError: it is none.
    """
    found: object = json_value(data)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return cast("dict[str, Any]", found)


def http_fields(data: bytes, direction: str) -> Reading:
    """The body of a call or of an answer; of a call without one, its query.

    Raises:
        ValueError: it is neither.
    """
    if direction == "out" and not data.lstrip().startswith(_JSON):
        pairs = parse_qsl(data.decode("utf-8"), keep_blank_values=True, errors="strict")
        return Reading(dict(pairs), is_query=True)
    return Reading(json_value(data))


def _number(digits: str) -> int | float:
    """An integer; Python makes none of more digits, which are a number of JSON all the same."""
    return int(digits) if len(digits) <= _DIGITS else float(digits)


_DIGITS: Final = 4300


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
