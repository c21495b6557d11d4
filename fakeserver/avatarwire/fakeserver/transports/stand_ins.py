"""Who stands in for a WebSocket's conversation, or its home, where there is none."""

from __future__ import annotations

from typing import Final

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.effects import Effects, Incoming

__all__ = ["MISFRAMED", "NOBODY", "NOWHERE"]


class Nowhere:
    """Where a connection is at home before it is one."""

    received = 0

    def lost(self, connection: object) -> None:
        del connection


NOWHERE: Final = Nowhere()


class Nobody:
    """Talks on a connection that is over."""

    def opened(self, now: float) -> Effects:
        del now
        return ()

    def closed(self, now: float) -> Effects:
        del now
        return ()

    def read(self, data: bytes | str, now: float) -> Incoming:
        del data, now
        return Incoming()

    def take(self, received: Incoming, now: float) -> Effects:
        del received, now
        return ()


NOBODY: Final = Nobody()


class Misframed:
    """Notes what breaks the framing: there is no message in it."""

    def read(self, data: Finding, now: float) -> Incoming:
        del now
        return Incoming(violations=(data,))

    def take(self, received: Incoming, now: float) -> Effects:
        del received, now
        return ()


MISFRAMED: Final = Misframed()
