"""Who is told of each fake server that starts in this process, such as the pytest plugin, which judges them all.

A fake knows nothing of its observers, and they change nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from avatarwire.fakeserver.clock import Clock
    from avatarwire.fakeserver.journal import Journal

__all__ = ["Fake", "Started", "observing", "started"]


class Fake(Protocol):
    """A fake server, as far as an observer needs it."""

    @property
    def journal(self) -> Journal:
        """Everything that crosses its wires."""
        ...

    @property
    def clock(self) -> Clock:
        """Its clock."""
        ...

    def leaks(self) -> list[str]:
        """Sessions that live, a line each."""
        ...

    @property
    def running(self) -> bool:
        """Whether it serves."""
        ...


Started: TypeAlias = Callable[[Fake], object]
"""Called with a fake that has just started, in its loop's thread; must not raise."""

_OBSERVERS: Final[list[Started]] = []


@contextmanager
def observing(observer: Started) -> Generator[None]:
    """Has somebody told of each fake that starts meanwhile."""
    _OBSERVERS.append(observer)
    try:
        yield
    finally:
        _OBSERVERS.remove(observer)


def started(fake: Fake) -> None:
    """A fake has started."""
    for observer in tuple(_OBSERVERS):
        observer(fake)
