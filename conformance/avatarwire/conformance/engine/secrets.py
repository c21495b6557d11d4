"""Keeps what is secret out of everything that is reported.

A value is secret when the endpoint's description or a message has it under a telling name. It is then masked wherever
it turns up, in texts and in raw bytes, those recorded earlier too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import parse_qsl, quote, unquote

from avatarwire.codecs.core.json_text import look

__all__ = ["Secrets", "is_telling"]

_TELLING: Final = re.compile(
    r"token|secret|passw|pwd|authorization|authentication|credential|signature|cookie|(?:app|api|auth|private)[-_]?key"
    r"|^(?:x-)?sign$",
    re.IGNORECASE,
)
_HARMLESS: Final = re.compile(r"expire|type$|seconds|^x-acs-signature-nonce$|count|method|version", re.IGNORECASE)
_SHORTEST: Final = 6
"""Characters; anything shorter would mask half of a report."""
_BITS: Final = 63
_USER: Final = re.compile(r"://([^\s/?#]+)@")
_AFTER: Final = re.compile(r"(?i)^bearer\s+|^basic\s+")


class Secrets:
    """What is secret in one run, or in one case of it.

    Args:
        shared: what is secret beside that, such as the credentials of the endpoint.
    """

    def __init__(self, shared: Secrets | None = None) -> None:
        self._shared: Final = shared
        self._values: Final[set[str]] = set()
        self._found_by: tuple[int, Mapping[str, Sequence[str]], re.Pattern[str] | None] = 0, {}, None
        """How many values there were, the values by their beginnings, and what finds a beginning.

        Tokens and signatures begin alike: to compile a pattern of all of them takes long.
        """

    def add(self, value: object) -> None:
        """One more secret; anything but a text of some length is none."""
        if not isinstance(value, str) or len(value) < _SHORTEST:
            return
        bare = _AFTER.sub("", value)
        in_json = json.dumps(bare, ensure_ascii=False)[1:-1]
        self._values.update(
            form
            for form in (value, bare, in_json, quote(bare, safe="", errors="replace"), unquote(bare))
            if len(form) >= _SHORTEST
        )

    def learn(self, found: object, name: str = "") -> None:
        """Finds secrets in plain JSON values, by the names they stand under; also in queries of URLs."""
        if isinstance(found, Mapping):
            for key, value in cast("Mapping[str, object]", found).items():
                # What a telling name stands for may be an object.
                self.learn(value, name if is_telling(name) and not _HARMLESS.search(str(key)) else str(key))
        elif isinstance(found, list | tuple):
            for item in cast("list[object]", found):
                self.learn(item, name)
        elif isinstance(found, str):
            if is_telling(name):
                self.add(found)
            if found.startswith("{"):
                self.learn(look(found.encode("utf-8", "replace")))
            for user in _USER.findall(found):
                self.add(user.partition(":")[2] or user)
            if "?" in found and "=" in found:
                for key, value in parse_qsl(found.partition("?")[2]):
                    if is_telling(key):
                        self.add(value)

    def learn_headers(self, head: bytes) -> None:
        """Finds secrets in the head of an HTTP message, by the names of its headers."""
        for line in head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if is_telling(name.strip()):
                self.add(value.strip())

    def text(self, text: str) -> str:
        """A text, in which every secret is masked."""
        return clean(self._replaced(text, _mask))

    def raw(self, data: bytes, most: int | None = None) -> bytes:
        """Bytes, the first so many of them or all, in which every secret is replaced by as many asterisks."""
        return self._replaced(data.decode("latin-1"), lambda found: "*" * len(found)).encode("latin-1")[:most]

    def _all(self) -> set[str]:
        return self._values if self._shared is None else self._values | self._shared._all()

    def _replaced(self, text: str, mask: Callable[[str], str]) -> str:
        by_beginning, pattern = self._index()
        if pattern is None:
            return text
        parts: list[str] = []
        done = at = 0
        while found := pattern.search(text, at):
            start = found.start()
            value = next((each for each in by_beginning[found[0]] if text.startswith(each, start)), "")
            at = start + (len(value) or 1)
            if value:
                parts += [text[done:start], mask(value)]
                done = at
        return "".join(parts) + text[done:]

    def _index(self) -> tuple[Mapping[str, Sequence[str]], re.Pattern[str] | None]:
        values = self._all()
        if self._found_by[0] != len(values):
            by_beginning: dict[str, list[str]] = {}
            # The longest first: one may be the beginning of another.
            for value in sorted(values, key=len, reverse=True):
                by_beginning.setdefault(value[:_SHORTEST], []).append(value)
            pattern = re.compile("|".join(map(re.escape, sorted(by_beginning))))
            self._found_by = len(values), by_beginning, pattern
        return self._found_by[1:]

    def value(self, value: Any) -> Any:
        """Plain JSON values, in which every secret is masked; what JSON readers do not take is in words."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int) and value.bit_length() > _BITS:
            return f"an integer of {value.bit_length()} bits"
        if isinstance(value, Mapping):
            return {clean(str(key)): self.value(item) for key, item in cast("Mapping[str, Any]", value).items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in cast("list[Any]", value)]
        return value


def clean(text: str) -> str:
    """A text that is UTF-8, too: half a surrogate pair stands as its escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def is_telling(name: str) -> bool:
    """Whether what stands under a name is secret."""
    return bool(_TELLING.search(name)) and not _HARMLESS.search(name)


def _mask(value: str) -> str:
    return f"<{len(value)} characters masked>"
