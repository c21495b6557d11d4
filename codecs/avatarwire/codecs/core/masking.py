"""Representations of messages, and of other structs, that carry secrets.

Only the masking lives here; which fields are secret is said in the class concerned.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

import msgspec

from ..message import Message

__all__ = ["Discreet", "Masked"]


class Discreet(msgspec.Struct, frozen=True):
    """A struct whose representation, also the one for rich, leaves fields out.

    Attributes:
        unshown: those fields.
    """

    unshown: ClassVar[frozenset[str]] = frozenset()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in self.unshown]

    def __repr__(self) -> str:
        return _written(self)


class Masked(Message):
    """A message that leaves its secrets out of its representation.

    Attributes:
        secrets: fields of which only the length is shown.
        urls: fields that are URLs, or lists of them: where they lead is worth seeing, what follows the question mark is
            not.
    """

    secrets: ClassVar[frozenset[str]] = frozenset()
    urls: ClassVar[frozenset[str]] = frozenset()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, self._shown(name, getattr(self, name))) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        return _written(self)

    def _shown(self, name: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._shown(name, item) for item in cast("Iterable[Any]", value))
        if not isinstance(value, str):
            return value
        if name in self.secrets:
            return f"<{len(value)} characters masked>"
        head, mark, query = value.partition("?")
        return f"{head}?<{len(query)} characters masked>" if name in self.urls and mark else value


def _written(struct: Discreet | Masked) -> str:
    """As what it shows to rich."""
    fields = ", ".join(f"{name}={value!r}" for name, value in struct.__rich_repr__())
    return f"{type(struct).__name__}({fields})"
