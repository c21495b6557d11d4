"""WebSockets by websockets: opened within a time, with the errors of our own tree. Only the opening lives here."""

from __future__ import annotations

import ssl
from typing import Final

import websockets

from ..errors import ConnectionLostError, RefusedError
from .exchange import is_local

__all__ = ["CLOSE_PATIENCE", "Socket", "open_socket"]

CLOSE_PATIENCE: Final = 5.0
"""Seconds that the service has to answer our close frame."""

Socket = websockets.ClientConnection


async def open_socket(url: str, *, seconds: float, largest: int, trust: ssl.SSLContext | None = None) -> Socket:
    """Opens one.

    Args:
        url: as the service gave it; it may hold a secret.
        seconds: that this may take.
        largest: bytes of a message beyond which it is closed.
        trust: what wss trusts; None for what this machine does.

    Raises:
        RefusedError: the service has answered with another status than 101.
        ConnectionLostError, TimeoutError: it cannot be opened.
    """
    try:
        return await websockets.connect(
            url,
            open_timeout=seconds,
            close_timeout=min(seconds, CLOSE_PATIENCE),
            # Whether the other side is there is found out in the protocol's own way, or by the limits of calls.
            ping_interval=None,
            max_size=largest,
            proxy=None if is_local(url) else True,
            # To a plain socket it must not be given.
            ssl=trust if url.startswith("wss:") else None,
        )
    except websockets.InvalidStatus as error:
        raise RefusedError(f"the WebSocket was refused: HTTP {error.response.status_code}") from None
    except TimeoutError:
        raise TimeoutError(f"the WebSocket: nothing came for {seconds:g} s") from None
    except (OSError, ValueError, websockets.WebSocketException) as error:
        raise ConnectionLostError(f"the WebSocket cannot be opened: {type(error).__name__}") from error
