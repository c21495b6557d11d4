"""Ids of a trace and the ids that stand for them now, wherever they are: in members, URLs, topics, texts in texts.

Only that lives here. Which values are ids, ``trace/comparing.py`` says for traces that are compared, too.

What is unmistakable is replaced anywhere in a text. What is short, or a number, is replaced only as the whole value of
a member of the name under which it was met.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from avatarwire.fakeserver.trace.comparing import UNMISTAKABLE, is_made_up, members, name_of

__all__ = ["Ids", "fresh", "leaves", "parts_of", "plain_json", "segments", "with_secrets"]

_SEGMENT: Final = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(?<![0-9a-zA-Z])[0-9a-fA-F]{8,}(?![0-9a-zA-Z])"
)
"""The part of an id that is like no other: a UUID, or hexadecimal digits."""
_OF_THE_VERSION: Final = (14, 19)
"""Where a UUID has its version and its variant."""
_NO_ID: Final = re.compile(r"(time|date|timestamp|expire\w*|url)$", re.IGNORECASE)
"""Names of values that change from run to run and name nothing."""
_MEMBER: Final = re.compile(
    r'(?<!\\)(?P<escape>\\*)"(?P<name>[^"\\]+)(?P=escape)"\s*:\s*'
    r'(?P<value>(?P=escape)"(?P<text>[^"\\]*)(?P=escape)"|(?P<number>-?[0-9]+)(?![\w.]))'
)
"""A member whose value is a text or a whole number, in JSON, or in JSON that stands in a text."""


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """The values in a body by wire path, also those in texts that are JSON themselves."""
    for path, leaf in members(value, ""):
        inner = _inside(leaf)
        if inner is None:
            yield path, leaf
        else:
            for more, each in members(inner, ""):
                yield f"{path}.{more}" if more else path, each


def _inside(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return None
    try:
        found: Any = json.loads(value)
    except ValueError:
        return None
    return found if found else None


def segments(value: Any) -> Iterator[str]:
    """What a body has of parts of ids that are like no other, in members whose values are made up in each run."""
    for path, leaf in leaves(value):
        if isinstance(leaf, str) and is_made_up(path) and not _NO_ID.search(name_of(path)):
            yield from (found for found in _SEGMENT.findall(leaf) if not found.isdigit())


def parts_of(text: str) -> list[str]:
    """The parts of an id that are like no other."""
    return _SEGMENT.findall(text)


def fresh(segment: str, rng: random.Random) -> str:
    """Another part of an id that looks the same; a UUID stays one of its version."""
    digits = "0123456789ABCDEF" if segment.upper() == segment else "0123456789abcdef"
    kept = _OF_THE_VERSION if "-" in segment else ()
    return "".join(each if each == "-" or at in kept else rng.choice(digits) for at, each in enumerate(segment))


class Ids:
    """Ids of the trace, and those that stand for them in one run.

    Attributes:
        made: parts of ids that the vendor had made, and what is in their place now.
        given: ids that the client has chosen, by name and value.
    """

    def __init__(self) -> None:
        self.made: Final[dict[str, str]] = {}
        self.given: Final[dict[tuple[str, Any], Any]] = {}
        self._pattern: re.Pattern[str] | None = None
        self._anywhere: dict[str, str] = {}

    def make(self, recorded: Iterable[str], rng: random.Random) -> None:
        """Has something fresh stand for each of some parts of ids."""
        for segment in recorded:
            self.made.setdefault(segment, fresh(segment, rng))
        self._pattern = None

    def learn(self, name: str, recorded: Any, now: Any) -> None:
        """The client uses another id than that of the trace."""
        if self.given.setdefault((name, recorded), now) == now:
            self._pattern = None

    def put(self, recorded: str, now: str) -> None:
        """Has something else stand for what the vendor had made."""
        self.made[recorded] = now
        self._pattern = None

    def copy(self) -> Ids:
        """The same, to which more can be added."""
        other = Ids()
        other.made.update(self.made)
        other.given.update(self.given)
        return other

    def mapped(self) -> Mapping[str, str]:
        """What stands for what."""
        given = {str(recorded): str(now) for (_, recorded), now in self.given.items() if recorded != now}
        return {**self.made, **given}

    def now(self, text: str) -> str:
        """A text of the trace with the ids of this run, as far as they are unmistakable."""
        if self._pattern is None:
            given = {
                recorded: str(now)
                for (_, recorded), now in self.given.items()
                if isinstance(recorded, str) and len(recorded) >= UNMISTAKABLE
            }
            self._anywhere = {**given, **self.made}
            longest = sorted(self._anywhere, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest)) or r"(?!)")
        return self._pattern.sub(lambda found: self._anywhere[found[0]], text)

    def rewritten(self, text: str) -> str:
        """JSON of the trace with the ids of this run."""
        text = self.now(text)
        short = {
            key: now for key, now in self.given.items() if not isinstance(key[1], str) or len(key[1]) < UNMISTAKABLE
        }
        if not short:
            return text

        def put(found: re.Match[str]) -> str:
            value = found["text"] if found["number"] is None else int(found["number"])
            now = short.get((found["name"], value), value)
            if now == value:
                return found[0]
            begin = found[0][: found.start("value") - found.start()]
            if isinstance(now, str):
                return f'{begin}{found["escape"]}"{_inner(now)}{found["escape"]}"'
            return begin + json.dumps(now)

        return _MEMBER.sub(put, text)


def _inner(text: str) -> str:
    """A text as it stands in JSON, without its quotation marks."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def with_secrets(text: str, own: Callable[[str, str], str | None]) -> str:
    """JSON of the trace with secrets in the place of masks.

    Args:
        text: of the trace.
        own: what is in the place of the value of a member, by its name and value; None for the value itself.
    """

    def put(found: re.Match[str]) -> str:
        instead = None if found["text"] is None else own(found["name"], found["text"])
        if instead is None:
            return found[0]
        begin = found[0][: found.start("value") - found.start()]
        return f'{begin}{found["escape"]}"{_inner(instead)}{found["escape"]}"'

    return _MEMBER.sub(put, text)


def plain_json(data: bytes | None) -> Any:
    """What JSON says; None for what is none."""
    if data is None or data.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        found: Any = json.loads(data)
    except ValueError:
        return None
    return found
