"""Keeps what is secret out of everything that is reported.

A value is secret when the endpoint's description or a message has it under a telling name. It is then masked wherever
it turns up, in texts and in raw bytes, those recorded earlier too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast
from urllib.parse import parse_qsl, quote, unquote

__all__ = ["Secrets"]

_TELLING: Final = re.compile(r"token|secret|password|passwd|authorization|credential|signature|^sign$", re.IGNORECASE)
_HARMLESS: Final = re.compile(r"expire|type$|seconds|^x-acs-signature-nonce$|count|method|version", re.IGNORECASE)
_SHORTEST: Final = 6
"""Characters; anything shorter would mask half of a report."""
_AFTER: Final = re.compile(r"(?i)^bearer\s+|^basic\s+")


class Secrets:
    """What is secret in one run."""

    def __init__(self) -> None:
        # By their first characters: a run learns thousands, of which no text has more than a few.
        self._by_start: Final[dict[str, list[str]]] = {}
        self._longest = 0

    def add(self, value: object) -> None:
        """One more secret; anything but a text of some length is none."""
        if not isinstance(value, str) or len(value) < _SHORTEST:
            return
        bare = _AFTER.sub("", value)
        for form in {value, bare, quote(bare, safe=""), unquote(bare)}:
            if len(form) >= _SHORTEST:
                self._add(form)

    def _add(self, form: str) -> None:
        alike = self._by_start.setdefault(form[:_SHORTEST], [])
        if form not in alike:
            alike.append(form)
            # The longest first: one may be the beginning of another.
            alike.sort(key=len, reverse=True)
            self._longest = max(self._longest, len(form))

    def learn(self, found: object, name: str = "") -> None:
        """Finds secrets in plain JSON values, by the names they stand under; also in queries of URLs."""
        if isinstance(found, Mapping):
            for key, value in cast("Mapping[str, object]", found).items():
                self.learn(value, str(key))
        elif isinstance(found, list | tuple):
            for item in cast("list[object]", found):
                self.learn(item, name)
        elif isinstance(found, str):
            if is_telling(name):
                self.add(found)
            if "?" in found and "=" in found:
                for key, value in parse_qsl(found.partition("?")[2]):
                    if is_telling(key):
                        self.add(value)

    def text(self, text: str) -> str:
        """A text, in which every secret is masked."""
        return self._masked(text, _mask)

    def raw(self, data: bytes, most: int | None = None) -> bytes:
        """Bytes, the first so many of them or all, in which every secret is replaced by as many asterisks."""
        text = data[: None if most is None else most + self._longest].decode("latin-1")
        return self._masked(text, lambda secret: "*" * len(secret)).encode("latin-1")[:most]

    def _masked(self, text: str, mask: Callable[[str], str]) -> str:
        parts: list[str] = []
        done = at = 0
        last = len(text) - _SHORTEST
        known = self._by_start
        while at <= last:
            alike = known.get(text[at : at + _SHORTEST])
            secret = next((each for each in alike if text.startswith(each, at)), "") if alike else ""
            if secret:
                parts += (text[done:at], mask(secret))
                done = at = at + len(secret)
            else:
                at += 1
        return "".join((*parts, text[done:])) if done else text

    def value(self, value: Any) -> Any:
        """Plain JSON values, in which every secret is masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(item) for key, item in cast("Mapping[str, Any]", value).items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in cast("list[Any]", value)]
        return value


def is_telling(name: str) -> bool:
    """Whether what stands under a name is secret."""
    return bool(_TELLING.search(name)) and not _HARMLESS.search(name)


def _mask(value: str) -> str:
    return f"<{len(value)} characters masked>"
