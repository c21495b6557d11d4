"""Keeps what is secret out of everything that is reported.

A value is secret when the endpoint's description or a message has it under a telling name. It is then masked wherever
it turns up, in texts and in raw bytes, those recorded earlier too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, value: object) -> None:
        """One more secret; anything but a text of some length is none."""
        if not isinstance(value, str) or len(value) < _SHORTEST:
            return
        bare = _AFTER.sub("", value)
        for form in {value, bare, quote(bare, safe=""), unquote(bare)}:
            if len(form) >= _SHORTEST and form not in self._values:
                self._values.add(form)
                self._pattern = None

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
        pattern = self._compiled()
        return text if pattern is None else pattern.sub(lambda found: _mask(found[0]), text)

    def raw(self, data: bytes) -> bytes:
        """Bytes, in which every secret is replaced by as many asterisks."""
        pattern = self._compiled()
        if pattern is None:
            return data
        return pattern.sub(lambda found: "*" * len(found[0]), data.decode("latin-1")).encode("latin-1")

    def value(self, value: Any) -> Any:
        """Plain JSON values, in which every secret is masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(item) for key, item in cast("Mapping[str, Any]", value).items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in cast("list[Any]", value)]
        return value

    def _compiled(self) -> re.Pattern[str] | None:
        if self._pattern is None and self._values:
            # The longest first: one may be part of another.
            ordered = sorted(self._values, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, ordered)))
        return self._pattern


def is_telling(name: str) -> bool:
    """Whether what stands under a name is secret."""
    return bool(_TELLING.search(name)) and not _HARMLESS.search(name)


def _mask(value: str) -> str:
    return f"<{len(value)} characters masked>"
