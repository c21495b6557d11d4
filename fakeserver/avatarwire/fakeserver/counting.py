"""What is handed out one after the other, numbers and items of a scenario: a snapshot can tell how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

__all__ = ["InTurn", "Numbers"]

T = TypeVar("T")


class Numbers:
    """An iterator over all numbers from one on.

    Attributes:
        next: the one that is given next.
    """

    __slots__ = ("next",)

    def __init__(self, first: int) -> None:
        self.next = first

    def __iter__(self) -> Numbers:
        return self

    def __next__(self) -> int:
        given, self.next = self.next, self.next + 1
        return given


class InTurn(Generic[T]):
    """An iterator over some items.

    Attributes:
        used: how many were given.
    """

    __slots__ = ("_items", "used")

    def __init__(self, items: Sequence[T]) -> None:
        self._items: Final = items
        self.used = 0

    def __iter__(self) -> InTurn[T]:
        return self

    def __next__(self) -> T:
        if self.used >= len(self._items):
            raise StopIteration
        self.used += 1
        return self._items[self.used - 1]

    def given(self, otherwise: T) -> T:
        """The next item, or another where none is left."""
        return next(self, otherwise)
