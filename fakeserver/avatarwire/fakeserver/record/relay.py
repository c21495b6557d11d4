"""What all ports of a recording have in common: the journal, the client that calls the upstream, and addresses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Final

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.record.addresses import Addresses
from avatarwire.fakeserver.record.notebook import Notebook
from avatarwire.fakeserver.record.wire import Heard, Sender, Wire

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Relay"]


class Relay:
    """What ports share.

    Args:
        wire: how the vendor's messages are read.
        journal: where everything is kept.
        clock: what time it is.
        session: calls the upstream.
        addresses: what is exchanged in answers.
        warn: told, in one line, what whoever runs it should know.
    """

    def __init__(
        self,
        wire: Wire,
        journal: Journal,
        clock: Clock,
        session: aiohttp.ClientSession,
        addresses: Addresses,
        warn: Callable[[str], object],
    ) -> None:
        self.wire: Final = wire
        self.journal: Final = journal
        self.clock: Final = clock
        self.session: Final = session
        self.addresses: Final = addresses
        self.notebook: Final = Notebook(wire, journal, clock)
        self._warn: Final = warn
        self._numbers: Final = count(1)
        self._warned: Final[set[str]] = set()

    def new_id(self) -> str:
        """An id for one more connection."""
        return f"c{next(self._numbers)}"

    def troubled(self, note: str, reason: str, connection: str, reply_to: int = 0) -> None:
        """Something does not work that is nobody's violation."""
        self.journal.add(
            "note", "note", "", connection=connection, body=note, meta={"reason": reason}, reply_to=reply_to
        )
        if reason not in self._warned and len(self._warned) < 100:
            self._warned.add(reason)
            self._warn(f"{note}: {reason}")

    @staticmethod
    def deaf(data: bytes | str, sender: Sender) -> Heard:
        """Reads nothing: the vendor has no such connection."""
        del data, sender
        return Heard()
