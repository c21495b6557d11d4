"""What rules look at and change in a message, whatever it travels on: its JSON, the header of a frame, topic, headers.

Plain values only; nothing is sent here. What a message is made of again is the business of `content.py`'s callers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlencode

import msgspec
from msgspec.structs import replace

from avatarwire.codecs.core.json_text import look
from avatarwire.fakeserver.faults.checking import header_bytes
from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.wire_paths import ABSENT, PathError, find, parse, put, take

__all__ = ["Content", "altered", "with_headers"]

_UNREAD: Final = object()


class Content(msgspec.Struct):
    """What a message consists of.

    Attributes:
        data: body, payload, or a whole message of a WebSocket.
        is_text: whether that is a text on a WebSocket.
        prefix: bytes of it before its JSON, which are the header of a frame.
        spans: where the members of that header stand, by name.
        topic: of MQTT.
        query: of an HTTP call whose parameters are there.
        headers: of HTTP, as far as they are known.
        secrets: texts in it that are secret although no name says so.
        renamed: headers that are to be others, by name; None where one is to be missing.
    """

    data: bytes
    is_text: bool = False
    prefix: int = 0
    spans: Mapping[str, tuple[int, int]] = msgspec.field(default_factory=dict[str, tuple[int, int]])
    topic: str = ""
    query: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    renamed: Mapping[str, str | None] = msgspec.field(default_factory=dict[str, str | None])
    _json: Any = _UNREAD

    @property
    def json(self) -> object:
        """The JSON in it, decoded; a query as an object. None where there is none."""
        if self._json is _UNREAD:
            if self.query is not None:
                self._json = dict(parse_qsl(self.query, keep_blank_values=True))
            else:
                self._json = look(self.data[self.prefix :])
        return cast("object", self._json)

    def value(self, path: str) -> object:
        """What stands at a path; `ABSENT` where nothing does."""
        first, _, rest = path.partition(".")
        if first == "headers" and rest:
            name = rest.lower()
            return next((value for known, value in self.headers if known.lower() == name), ABSENT)
        if first == "header" and rest in self.spans:
            return _shown(self.data, self.spans[rest])
        if path == "topic":
            return self.topic or ABSENT
        return find(self.json, parse(path))

    def has(self, where: Mapping[str, Any]) -> bool:
        """Whether all of some values stand at their paths."""
        is_text = self.query is not None
        return all(_same(self.value(path), wanted, is_text) for path, wanted in where.items())

    def with_data(self, data: bytes) -> Content:
        """The same with other bytes behind the header of a frame, or in the place of all."""
        return replace(self, data=self.data[: self.prefix] + data, _json=_UNREAD)

    def with_json(self, value: object) -> Content:
        """The same with other JSON."""
        if self.query is not None:
            members = cast("dict[str, object]", value)
            pairs = {name: item if isinstance(item, str) else _text(item) for name, item in members.items()}
            return replace(self, query=urlencode(pairs), _json=_UNREAD)
        return self.with_data(msgspec.json.encode(value))


def altered(content: Content, rule: Fault, rng: random.Random) -> Content:
    """The message as a rule has it that changes messages.

    Args:
        content: as it is.
        rule: it sets, removes, corrupts, truncates or replaces.
        rng: which bits are flipped.

    Raises:
        PathError: the message has no such place; nothing is changed then.
    """
    fields = rule.fields
    if rule.do == "set":
        assert isinstance(fields, dict)  # noqa: S101 - it was checked
        for path, value in fields.items():
            content = _set(content, path, value)
    elif rule.do == "remove":
        for path in fields or ():
            content = _removed(content, path)
    elif rule.do == "corrupt":
        content = _over_whole(content, lambda data: _corrupted(data, rule.bits or 1, rng))
    elif rule.do == "truncate":
        content = _over_whole(content, lambda data: data[: rule.bytes])
    else:
        content = _over_whole(content, lambda data: bytes.fromhex(rule.data or ""))
    return content


def _set(content: Content, path: str, value: object) -> Content:
    first, _, rest = path.partition(".")
    if first == "headers" and rest:
        return replace(content, renamed={**content.renamed, rest: str(value)})
    if first == "header" and rest in content.spans:
        start, end = content.spans[rest]
        new = header_bytes(value, end - start)
        if new is None or len(content.data) < content.prefix:
            raise PathError("the frame has no whole header")
        return replace(content, data=content.data[:start] + new + content.data[end:])
    if path == "topic" and content.topic:
        return replace(content, topic=str(value))
    if content.json is None:
        raise PathError("the message is no JSON")
    return content.with_json(put(content.json, parse(path), value))


def _removed(content: Content, path: str) -> Content:
    first, _, rest = path.partition(".")
    if first == "headers" and rest:
        return replace(content, renamed={**content.renamed, rest: None})
    if content.json is None:
        raise PathError("the message is no JSON")
    return content.with_json(take(content.json, parse(path)))


def _over_whole(content: Content, change: Callable[[bytes], bytes]) -> Content:
    """Of a call whose parameters are in its query, that is what is changed."""
    if content.query is not None:
        return replace(content, query=change(content.query.encode()).decode("latin-1"), _json=_UNREAD)
    return replace(content, data=change(content.data), _json=_UNREAD)


def _corrupted(data: bytes, bits: int, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for bit in rng.sample(range(8 * len(data)), min(bits, 8 * len(data))):
        changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def with_headers(pairs: Sequence[tuple[str, str]], renamed: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """Headers with those that are to be others."""
    names = {name.lower() for name in renamed}
    kept = tuple((name, value) for name, value in pairs if name.lower() not in names)
    return (*kept, *((name, value) for name, value in renamed.items() if value is not None))


def _shown(data: bytes, span: tuple[int, int]) -> object:
    start, end = span
    part = data[start:end]
    return part[0] if end - start == 1 and part else part.hex()


def _same(value: object, wanted: object, is_text: bool) -> bool:
    """Whether two JSON values are the same; true is no 1, in a query all are texts, of a header either form counts."""
    if is_text and isinstance(value, str) and not isinstance(wanted, str):
        return value == _text(wanted)
    if isinstance(value, bool) is not isinstance(wanted, bool):
        return False
    return value == wanted or (isinstance(value, str) and isinstance(wanted, str) and value == wanted.encode().hex())


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
