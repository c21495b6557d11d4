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
        self._values: Final[set[str]] = set()

    def add(self, value: object) -> None:
        """One more secret; anything but a text of some length is none."""
        if not isinstance(value, str) or len(value) < _SHORTEST:
            return
        bare = _AFTER.sub("", value)
        for form in {value, bare, quote(bare, safe=""), unquote(bare)}:
            if len(form) >= _SHORTEST:
                self._values.add(form)

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
        return _masked(text, self._in(text), _mask)

    def raw(self, data: bytes) -> bytes:
        """Bytes, in which every secret is replaced by as many asterisks."""
        text = data.decode("latin-1")
        found = self._in(text)
        return _masked(text, found, lambda value: "*" * len(value)).encode("latin-1") if found else data

    def value(self, value: Any) -> Any:
        """Plain JSON values, in which every secret is masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(item) for key, item in cast("Mapping[str, Any]", value).items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in cast("list[Any]", value)]
        return value

    def _in(self, text: str) -> list[str]:
        """Secrets that a text has, the longest first: one may be part of another.

        They are looked for one by one: there are hundreds, and more in each case, so that a pattern of all of them
        would take longer to make than to use.
        """
        return sorted((value for value in self._values if value in text), key=len, reverse=True)


def is_telling(name: str) -> bool:
    """Whether what stands under a name is secret."""
    return bool(_TELLING.search(name)) and not _HARMLESS.search(name)


def _masked(text: str, found: list[str], mask: Callable[[str], str]) -> str:
    if not found:
        return text
    first, *others = found
    return mask(first).join(_masked(piece, others, mask) for piece in text.split(first))


def _mask(value: str) -> str:
    return f"<{len(value)} characters masked>"
