"""JSON texts that differ from a right one in one place, where anything at all stands instead.

What reads them may refuse them with an error of ours, or understand them; it must do nothing else, neither at once nor
when the rest of what was read is looked at later.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlencode

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.conformance.fuzzing.looking_through import look_through

__all__ = [
    "SLOW",
    "TOKENS",
    "assert_answer_refused_or_readable",
    "assert_refused_or_readable",
    "assert_request_refused_or_readable",
    "hostile_queries",
    "variations",
]

TOKENS: Final = (
    b"null",
    b"true",
    b"false",
    b"0",
    b"-1",
    b"7",
    b"9223372036854775808",
    b"18446744073709551616",
    b"-" + b"9" * 400,
    b"1" * 5000,
    b"0.5",
    b"-0.0",
    b"1e308",
    b"1e999",
    b"-1e999",
    b'""',
    b'"7"',
    b'"true"',
    b'"' + b"9" * 30 + b'"',
    b'"' + b"x" * 5_000 + b'"',
    '"\N{FULLWIDTH DIGIT SEVEN}\N{SUPERSCRIPT TWO}"'.encode(),
    b'"\\u0000"',
    b'"\\ud800"',
    b'"\xff"',
    b"[]",
    b"[[]]",
    b"[null]",
    b"{}",
    b"[{}]",
    b'{"a":[1]}',
    b'[1,"a",{}]',
    b"[" * 1500 + b"]" * 1500,
    b"NaN",
    b"",
)
"""What stands where something else belongs; not all of it is JSON."""

SLOW: Final = int(os.environ.get("AVATARWIRE_HOSTILE_EVERY", "11"))
"""Of the variations of a text that takes long to read, every so many are tried: prime to the number of `TOKENS`."""

_MARK: Final = "@ here @"
_QUOTED: Final = json.dumps(_MARK).encode()


def variations(text: str | bytes, *, every: int = 1) -> Iterator[bytes]:
    """The text with each of its members, and a further one of each of its objects, as each of `TOKENS`.

    Args:
        text: JSON.
        every: of all these, every so many, so that other places have other tokens; where reading takes long.
    """
    everything = ((marked, token) for marked in _marked(json.loads(text)) for token in TOKENS)
    for marked, token in islice(everything, 0, None, every):
        yield marked.replace(_QUOTED, token)


def _marked(whole: Any) -> Iterator[bytes]:
    """The text with a mark in each place in turn."""
    yield _QUOTED
    for holder, key in _places(whole):
        missing = object()
        before: object = cast("dict[str, object]", holder).get(key, missing) if type(holder) is dict else holder[key]
        holder[key] = _MARK
        yield json.dumps(whole, ensure_ascii=False).encode()
        if before is missing:
            del holder[key]
        else:
            holder[key] = before


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Where something stands, or could: each place as what holds it, and the name or number of it there."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        for name in [*members]:
            yield members, name
            yield from _places(members[name])
        yield members, "unheardOf"
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield value, index
            yield from _places(item)


def hostile_queries(query: str) -> Iterator[str]:
    """A query string with each of its parameters, and a further one, as anything."""
    known = dict(parse_qsl(query))
    for name in (*known, "unheardOf"):
        others = urlencode({other: text for other, text in known.items() if other != name})
        yield from (f"{others}&{name}={value}" for value in _PARAMETERS)
        yield f"{query}&{name}=again"


_PARAMETERS: Final = (
    "", "7", "-1", "9" * 400, "0.5", "1e999", "true", "null", "%5B%5D", "%7B%7D", "%00", "x" * 5_000, "%ff",
    "%ed%a0%80", "%", "%zz", "\ud800", "\u4e2d", "a=b", "%EF%BC%97",
)  # fmt: skip


def assert_refused_or_readable(decode: Callable[..., object], data: str | bytes) -> object:
    """What was decoded, read through; None where it was refused by an error of ours."""
    try:
        decoded = decode(data)
    except AvatarwireError:
        return None
    look_through(decoded)
    return decoded


def assert_answer_refused_or_readable(operation: Any, answered: str | bytes) -> None:
    """An answer to an operation with anything in each of its places, as a success, strictly too, and as a failure."""
    for data in variations(answered):
        for strict in (False, True):
            assert_refused_or_readable(partial(operation.decode_response, 200, strict=strict), data)
        assert_refused_or_readable(partial(operation.decode_response, 500), data)


def assert_request_refused_or_readable(operation: Any, sent: Any) -> None:
    """A request for an operation with anything in each of its places, wherever its parameters travel."""
    for strict in (False, True):
        read: Any = partial(operation.decode_request, strict=strict)
        if operation.parameters_in == "query":
            for query in hostile_queries(sent):
                assert_refused_or_readable(read, query)
        else:
            for data in variations(sent):
                assert_refused_or_readable(partial(read, ""), data)
