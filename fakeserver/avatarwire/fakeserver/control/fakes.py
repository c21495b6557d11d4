"""What the control endpoint needs of a fake server: no more than this, so that it knows no vendor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.commands import Command
from avatarwire.fakeserver.faults import Faults
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.toxics import Toxics

__all__ = ["Fake"]


class Fake(Protocol):
    """A fake server; used in its loop."""

    @property
    def clock(self) -> Clock: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def faults(self) -> Faults: ...
    @property
    def toxics(self) -> Toxics: ...
    @property
    def commands(self) -> Mapping[str, Command]: ...

    def sessions(self) -> Sequence[Mapping[str, Any]]:
        """What is remembered of each session; its id is ``session``."""
        ...

    def send(self, message: str, body: object = None, *, session: str = "") -> None:
        """Pushes a message now."""
        ...

    def snapshot(self) -> Mapping[str, Any]:
        """What it remembers at this moment."""
        ...

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Has it remember what another one did."""
        ...

    def reset(self) -> None:
        """Has it be as it was when it had just started."""
        ...
