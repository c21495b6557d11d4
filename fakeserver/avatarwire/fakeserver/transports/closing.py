"""Closing a WebSocket so that the peer learns why: after a close frame the time to answer it, and no reset meanwhile.

Only that lives here. A socket that is closed while data arrives is reset, and the peer may lose the last frames with
that.

Source: RFC 6455, 5.5.1 and 7.1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

__all__ = ["CLOSE_PATIENCE", "linger"]

CLOSE_PATIENCE: Final = 1.0
"""Real seconds to wait for the peer's side of a close, after which the connection is cut."""

_QUIET: Final = 0.2
"""Real seconds without data after which a peer is taken to have sent all that was on its way."""


def linger(wire: asyncio.Transport, then: Callable[[], object]) -> None:
    """Reads on and drops what comes, until the peer has ended its side of the connection as well; closes it then.

    Args:
        wire: of the connection, whose protocol hears nothing more but its end.
        then: called once, when it is over.
    """
    if wire.is_closing():
        then()
        return
    rest = _Rest(wire, then)
    wire.set_protocol(rest)
    if wire.can_write_eof():
        with suppress(OSError):  # the peer has reset the connection, of which asyncio has not told yet
            wire.write_eof()
    else:
        # TLS cannot end one side only, and the peer may wait for us.
        rest.end_when_quiet()
    wire.resume_reading()


class _Rest(asyncio.Protocol):
    """Takes the place of a connection's protocol, which hears nothing more but the end."""

    def __init__(self, wire: asyncio.Transport, then: Callable[[], object]) -> None:
        self._wire = wire
        self._protocol = wire.get_protocol()
        self._then: Callable[[], object] | None = then
        self._quiet: asyncio.TimerHandle | None = None
        self._patience = asyncio.get_running_loop().call_later(CLOSE_PATIENCE, self._over)

    def end_when_quiet(self) -> None:
        """It is over once nothing has come for a while."""
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = asyncio.get_running_loop().call_later(_QUIET, self._over)

    def data_received(self, data: bytes) -> None:
        if self._quiet is not None:
            self.end_when_quiet()

    def connection_lost(self, exc: Exception | None) -> None:
        self._over()
        self._protocol.connection_lost(exc)

    def _over(self) -> None:
        then, self._then = self._then, None
        if then is None:
            return
        self._patience.cancel()
        if self._quiet is not None:
            self._quiet.cancel()
        then()
        self._wire.close()
