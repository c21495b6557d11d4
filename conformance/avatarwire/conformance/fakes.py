"""Fake servers, as far as conformance knows them: made by factories that are found by the vendor's name.

A factory is an entry point of the group ``avatarwire.fakes``. Conformance imports no fake: whatever keeps to `Fake`
will do, and without any the package judges endpoints all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

from avatarwire.codecs.errors import AvatarwireError

__all__ = ["EXTRA", "FAKE_MODULES", "GROUP", "Fake", "Journal", "NoFakeError", "fake", "lost_of", "prepare"]

GROUP: Final = "avatarwire.fakes"
EXTRA: Final = "fakeserver"
"""The extra with what the fakes of this project need."""
FAKE_MODULES: Final = ("aiohttp", "yaml", "jwt")
"""Of that extra, for commands that cannot do without."""
_DROPPED: Final = "journal.dropped"
"""Id of the entry of a journal that stands for those that made room."""


class NoFakeError(AvatarwireError):
    """There is no fake of a vendor here, or it cannot be loaded; the text says what to install."""


class Journal(Protocol):
    """What a fake has seen."""

    def entries(self, message: str | None = None, /) -> Sequence[Any]:
        """What crossed its wires, in order; of one catalogue id where that is given."""
        ...

    def violations(self, *, level: Any = None) -> Sequence[object]:
        """Rules that its client has broken; those of one level where that is given."""
        ...


class Fake(Protocol):
    """A fake server; it runs inside ``async with``.

    Attributes:
        ready: where it is and who may use it: the vendor's part of a ready file.
        journal: what it has seen.
        faults: what goes wrong on its wires.
        commands: what it can be told, by name.
    """

    @property
    def ready(self) -> Mapping[str, Any]: ...

    @property
    def journal(self) -> Journal: ...

    @property
    def faults(self) -> Any: ...

    @property
    def commands(self) -> Mapping[str, Callable[..., object]]: ...

    def tracing(self, path: Path, /, *, title: str, source: str, option: str) -> AbstractContextManager[object]:
        """Writes everything into a trace that crosses its wires while a block lasts."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None: ...


def fake(vendor: str, **arguments: Any) -> Fake:
    """A fake of a vendor, which does not run yet.

    Args:
        vendor: such as ``aliyun``.
        arguments: of its factory: ``scenario``; ``clock``, or ``loop`` by whose time it is to live; ``mutant``, the
            name of a documented way in which it is broken; ``observed``, whether the pytest plugin shows its journal;
            ``host``; tunables of the scenario.

    Raises:
        NoFakeError: there is none, or something that it needs is not installed.
        AvatarwireError: an argument is wrong.
    """
    install = f'pip install "avatarwire[{EXTRA}]"'
    point = _found(GROUP, vendor)
    if point is None:
        raise NoFakeError(f"no fake {vendor} is installed: {install}")
    try:
        made: Fake = point.load()(**arguments)
    except ModuleNotFoundError as error:
        raise NoFakeError(f"the fake {vendor} needs {error.name}: {install}") from error
    return made


def prepare(vendor: str) -> None:
    """Imports the fake of a vendor, if there is one, which takes long when it is done for the first time."""
    with suppress(ImportError):
        if (point := _found(GROUP, vendor)) is not None:
            point.load()


@cache
def _found(group: str, vendor: str) -> EntryPoint | None:
    """Whoever makes one fake after the other does not want every installed package to be searched each time."""
    return next(iter(entry_points(group=group, name=vendor)), None)


def lost_of(entries: Iterable[Any]) -> str:
    """What to say where a fake's journal had to drop some of these entries; empty where it has them all."""
    dropped = next((entry for entry in entries if entry.message == _DROPPED), None)
    return "" if dropped is None else f"evidence was lost: {dropped.body} from the fake's journal"
