"""Texts that are secret in one entry although no name says so, however they are written there.

Only finding them may live here: as they are, as JSON writes them (also in JSON that travels as text), in a URL or form.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from avatarwire.fakeserver.journal.rules import MASK
from avatarwire.fakeserver.journal.walking import Walk

__all__ = ["Literals"]

_LETTERS: Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
"""How JSON writes some characters behind a backslash."""


class Literals:
    """Takes given texts out of whatever holds them.

    Args:
        secrets: the texts; empty ones are passed over.
    """

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._found = _pattern(secrets)
        self._walk = Walk(self.text, self.data, number=self._number)

    def text(self, value: str) -> str:
        """A text without them; the very same object when it holds none."""
        return value if self._found is None or not self._found[0].search(value) else self._found[0].sub(MASK, value)

    def data(self, value: bytes) -> bytes:
        """Bytes without them; the very same object when they hold none."""
        if self._found is None or not self._found[1].search(value):
            return value
        return self._found[1].sub(MASK.encode(), value)

    def value(self, value: object) -> object:
        """A decoded value without them, see :class:`Walk`."""
        return value if self._found is None else self._walk(value)

    def _number(self, value: float) -> object:
        text = repr(value)
        return value if self.text(text) is text else MASK


@lru_cache(maxsize=256)
def _pattern(secrets: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[bytes]] | None:
    known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)  # one may begin another
    if not known:
        return None
    text = "|".join("".join(map(_written, secret)) for secret in known)
    return re.compile(text), re.compile(text.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=1024)
def _written(char: str) -> str:
    """An expression for every way in which a character is written."""
    units = char.encode("utf-16-be", "surrogatepass").hex()
    escaped = "".join(rf"\\+u{units[at : at + 4]}" for at in range(0, len(units), 4))
    percent = quote(char.encode("utf-8", "surrogatepass"), safe="") if not _stays(char) else f"%{ord(char):02x}"
    forms = [re.escape(char), f"(?i:{escaped})", f"(?i:{percent})"]
    if char in _LETTERS:
        forms.append(rf"\\+{_LETTERS[char]}")
    elif char in "\"'/":
        forms[0] = rf"\\*{char}"
    elif char == "\\":
        forms[0] = r"\\+"
    elif char == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"


def _stays(char: str) -> bool:
    """Whether a URL has the character as it is."""
    return quote(char.encode("utf-8", "surrogatepass"), safe="") == char
