"""Conditions on what a message says: ``{"status": "ok", "data.sessionId": ...}``, by the names of the wire.

Only how such a condition is read, held against an entry, and told where it fails may live here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import EllipsisType
from typing import Any, Final, NamedTuple, TypeAlias, cast, get_origin

import msgspec

from avatarwire.codecs.core.json_text import is_json_like, look
from avatarwire.fakeserver.journal.entry import Entry, plain_value
from avatarwire.fakeserver.journal.masking import MASK, mask_value, masked
from avatarwire.fakeserver.wire_paths import ABSENT, Path, PathError, find, parse

__all__ = ["BodyCondition", "Miss", "name_of"]

_SHOWN: Final = 96
"""Characters of a value that a failure shows."""

Predicate: TypeAlias = Callable[[Any], object]


class Miss(NamedTuple):
    """One thing in which an entry is not what was looked for.

    Attributes:
        field: name of the criterion, or the wire path in the body.
        expected: what it had to be; empty where `found` says it all.
        found: what it is.
    """

    field: str
    expected: str
    found: str

    def __str__(self) -> str:
        expected = f"expected {self.expected}, found " if self.expected else ""
        return f"{self.field}: {expected}{self.found}"


class BodyCondition:
    """What the members of a message have to be; those that are not named do not matter.

    Args:
        body: by wire path, such as ``data.list[0].name``, the value that stands there: a JSON value, where an object
            names some of the members; a type; a function of the value; ``...`` for whatever is there. None is null, and
            what is not there.

    Raises:
        TypeError: it is no mapping, or a value is a type that nothing can be held against, such as ``list[int]``.
        ValueError: a path is none.
    """

    __slots__ = ("parts",)

    def __init__(self, body: Mapping[str, object]) -> None:
        __tracebackhide__ = True
        given: Any = body  # not to be trusted, whatever a type checker says of it
        kind = type(given).__name__ if body else "an empty one"
        if not isinstance(given, Mapping) or not body:
            raise TypeError(f'body is a mapping such as {{"data.sessionId": "s-1"}}, not {kind}')
        self.parts: Final[tuple[tuple[str, Path, object], ...]] = tuple(
            [(path, _steps(path), expected) for path, expected in body.items()]
        )
        for path, _, expected in self.parts:
            _check_types(path, expected)

    def misses(self, entry: Entry) -> list[Miss]:
        """In which members an entry is something else.

        Args:
            entry: masked: what is secret there can be asked for by ``...`` only.
        """
        documents = _documents(entry)
        found: list[Miss] = []
        for path, steps, expected in self.parts:
            here = next((it for it in (find(one, steps) for one in documents) if it is not ABSENT), ABSENT)
            if not _agrees(expected, here):
                found.append(Miss(f"body {path}", _worded(expected, steps), _told(here, documents, steps)))
        return found

    def __str__(self) -> str:
        return ", ".join([f"body {path}={_worded(expected, steps)}" for path, steps, expected in self.parts])


def _steps(path: object) -> Path:
    __tracebackhide__ = True
    try:
        return parse(path if isinstance(path, str) else "")
    except PathError as error:
        raise ValueError(f"body: {path!r}: {error}") from None


def _check_types(path: str, expected: object) -> None:
    """Refuses a type with parameters: it can be called with anything, and would agree with much that it is not."""
    __tracebackhide__ = True
    if get_origin(expected) is not None:
        raise TypeError(f"body {path}: a type is a class such as list, not {expected}")
    inner: Iterable[object] = ()
    if isinstance(expected, Mapping):
        inner = cast("Mapping[object, object]", expected).values()
    elif isinstance(expected, list | tuple):
        inner = cast("list[object]", expected)
    for value in inner:
        _check_types(path, value)


def _documents(entry: Entry) -> list[object]:
    """What an entry says, as JSON values: the whole of what crossed the wire where that is JSON, and what was decoded.

    The two differ where an envelope is around the message.
    """
    documents: list[object] = []
    if entry.raw is not None and is_json_like(entry.raw) and (document := look(entry.raw)) is not None:
        documents.append(document)
    if entry.body is not None:
        documents.append(plain_value(entry.body))
    return documents


def _agrees(expected: object, found: object) -> bool:
    if isinstance(expected, EllipsisType):
        return found is not ABSENT
    if expected is None:
        return found is None or found is ABSENT
    if found is ABSENT:
        return False
    if isinstance(expected, type):
        return isinstance(found, expected) and isinstance(found, bool) is (expected is bool or expected is object)
    if callable(expected):
        return bool(cast("Predicate", expected)(found))
    if isinstance(expected, Mapping):
        members = cast("Mapping[str, object]", expected)
        return all(_agrees(value, find(found, (name,))) for name, value in members.items())
    if isinstance(expected, list | tuple):
        items = cast("list[object]", expected)
        if not isinstance(found, list):
            return False
        there = cast("list[object]", found)
        return len(items) == len(there) and all(map(_agrees, items, there))
    plain = plain_value(expected)
    return plain == found and isinstance(plain, bool) is isinstance(found, bool)


def _worded(expected: object, path: Path) -> str:
    if isinstance(expected, EllipsisType):
        return "anything"
    if isinstance(expected, type):
        return f"any {expected.__name__}"
    if callable(expected):
        return name_of(expected)
    if isinstance(expected, Mapping | list | tuple):
        expected = _writable(cast("object", expected))
    return _shortened(_named(expected, path))


def name_of(function: Callable[..., object]) -> str:
    """How a function of the test is called."""
    return str(getattr(function, "__name__", type(function).__name__))


def _writable(expected: object) -> object:
    """The same with words for what is no JSON value."""
    if isinstance(expected, Mapping):
        return {name: _writable(value) for name, value in cast("Mapping[str, object]", expected).items()}
    if isinstance(expected, list | tuple):
        return [_writable(value) for value in cast("list[object]", expected)]
    is_json = not callable(expected) and not isinstance(expected, EllipsisType)
    return expected if is_json else _worded(expected, ())


def _told(found: object, documents: list[object], path: Path) -> str:
    if found is not ABSENT:
        told = _shortened(_named(found, path))
        return f"{told}, as the journal masks it" if isinstance(found, str) and MASK in found else told
    if not documents:
        return "no body"
    for depth in range(len(path) - 1, -1, -1):
        for document in documents:
            around = find(document, path[:depth])
            if isinstance(around, dict):
                return "nothing" + _near(path[depth], cast("dict[str, object]", around))
            if isinstance(around, list):
                return f"nothing; the list has {len(cast('list[object]', around))} items"
    return "nothing"


def _near(step: str | int, members: Mapping[str, object]) -> str:
    near = get_close_matches(str(step), list(members), n=1)
    return masked(f"; there is {near[0]}") if near else ""


def _named(value: object, path: Path) -> object:
    """A value without what is secret by the name under which it stands."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    shown: Any = mask_value({name: plain_value(value)})
    return next(iter(shown.values()))


def _shortened(value: object) -> str:
    """A JSON value as text, cut where it is long, without secrets."""
    text = masked(msgspec.json.encode(plain_value(value)).decode())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
