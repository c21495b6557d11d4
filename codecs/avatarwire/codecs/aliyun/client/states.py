"""The states of an interaction client, and all that moves it from one to another.

Everything that changes the state of an `InteractionClient` is a row of `TRANSITIONS`; the client only walks them. What
it sends or reports on the way is in `interaction.py`::

    CONNECTING ──opened──▶ CONNECTED ──prepare──▶ PREPARING ───READY───▶ READY
                                                   │     ▲               │  ▲
                                             FAIL, │     │ prepare    recover │
                                           give up ▼     │        or INIT│  │ READY
                                                   FAILED ◀──FAIL,       ▼  │
                                                           give up── RECOVERING

    CONNECTED … FAILED ──force close──▶ FORCE_CLOSED ──close──▶ CLOSING ──lost──▶ CLOSED
    CONNECTING … FAILED ──close──▶ CLOSING
    every state ──lost──▶ CLOSED

Rarer rows: FAIL moves READY to FAILED as well, recover moves PREPARING and FAILED to RECOVERING, and READY is believed
wherever it comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

__all__ = ["ENDED", "LIVE", "POLLING", "REFUSALS", "TRANSITIONS", "ClientState", "Refusal", "Trigger"]


class ClientState(StrEnum):
    """Where an interaction client is."""

    CONNECTING = "connecting"
    """The WebSocket is not open yet."""
    CONNECTED = "connected"
    """It is open; nobody has asked for the channel."""
    PREPARING = "preparing"
    """The channel-ready loop runs (ALI-R077)."""
    READY = "ready"
    """Drives may be sent (ALI-R078)."""
    RECOVERING = "recovering"
    """The line broke: the channel-ready loop runs again, drives pause (ALI-E48)."""
    FAILED = "failed"
    """The channel did not become ready (ALI-E16, ALI-E17); the loop may be started again."""
    FORCE_CLOSED = "force closed"
    """The server ended the session (ALI-R122)."""
    CLOSING = "closing"
    """Our side has ended; the WebSocket is to be closed."""
    CLOSED = "closed"
    """The WebSocket is gone. Another one needs another client (ALI-E114)."""


class Trigger(StrEnum):
    """What can move a client."""

    OPENED = "open"
    PREPARE = "prepare"
    INIT = "INIT"
    READY = "READY"
    FAIL = "FAIL"
    GIVE_UP = "give up"
    RECOVER = "recover"
    FORCE_CLOSE = "force close"
    CLOSE = "close"
    LOST = "lose"


_S = ClientState
_T = Trigger

_ENDS: Final = {_T.FORCE_CLOSE: _S.FORCE_CLOSED, _T.CLOSE: _S.CLOSING, _T.LOST: _S.CLOSED}

TRANSITIONS: Final[Mapping[ClientState, Mapping[Trigger, ClientState]]] = {
    _S.CONNECTING: {_T.OPENED: _S.CONNECTED, _T.CLOSE: _S.CLOSING, _T.LOST: _S.CLOSED},
    _S.CONNECTED: {
        **_ENDS,
        _T.PREPARE: _S.PREPARING,
        _T.INIT: _S.CONNECTED,
        _T.READY: _S.READY,
        _T.FAIL: _S.FAILED,
        _T.RECOVER: _S.RECOVERING,
    },
    _S.PREPARING: {
        **_ENDS,
        _T.INIT: _S.PREPARING,
        _T.READY: _S.READY,
        _T.FAIL: _S.FAILED,
        _T.GIVE_UP: _S.FAILED,
        _T.RECOVER: _S.RECOVERING,
    },
    _S.READY: {
        **_ENDS,
        # No longer ready: what is sent now would be lost, so this is a recovery that nobody announced.
        _T.INIT: _S.RECOVERING,
        _T.READY: _S.READY,
        _T.FAIL: _S.FAILED,
        _T.RECOVER: _S.RECOVERING,
    },
    _S.RECOVERING: {
        **_ENDS,
        _T.INIT: _S.RECOVERING,
        _T.READY: _S.READY,
        _T.FAIL: _S.FAILED,
        _T.GIVE_UP: _S.FAILED,
        _T.RECOVER: _S.RECOVERING,
    },
    _S.FAILED: {
        **_ENDS,
        _T.PREPARE: _S.PREPARING,
        _T.INIT: _S.FAILED,
        # Whether FAIL is final is not documented, and a late answer is better than none.
        _T.READY: _S.READY,
        _T.FAIL: _S.FAILED,
        _T.RECOVER: _S.RECOVERING,
    },
    _S.FORCE_CLOSED: {_T.CLOSE: _S.CLOSING, _T.LOST: _S.CLOSED},
    _S.CLOSING: {_T.CLOSE: _S.CLOSING, _T.LOST: _S.CLOSED},
    _S.CLOSED: {_T.CLOSE: _S.CLOSED, _T.LOST: _S.CLOSED},
}
"""All there are. A trigger that a state does not list is refused there."""

LIVE: Final = frozenset({_S.CONNECTED, _S.PREPARING, _S.READY, _S.RECOVERING, _S.FAILED})
"""States in which frames go both ways."""

ENDED: Final = frozenset({_S.FORCE_CLOSED, _S.CLOSING, _S.CLOSED})
"""States in which nothing may be sent any more (ALI-E49)."""

POLLING: Final = frozenset({_S.PREPARING, _S.RECOVERING})
"""States in which the channel-ready loop runs."""


class Refusal(NamedTuple):
    """Why nothing can be driven in a state."""

    reason: str
    clause: str


REFUSALS: Final[Mapping[ClientState, Refusal]] = {
    _S.CONNECTING: Refusal("the WebSocket is not open", "ALI-R078"),
    _S.CONNECTED: Refusal("the channel has not been asked for", "ALI-R078"),
    _S.PREPARING: Refusal("the channel is not ready", "ALI-R078"),
    _S.RECOVERING: Refusal("the session is being recovered", "ALI-E48"),
    _S.FAILED: Refusal("the channel has failed", "ALI-E17"),
    _S.FORCE_CLOSED: Refusal("the server has closed the session", "ALI-E49"),
    _S.CLOSING: Refusal("the client has been closed", "ALI-E49"),
    _S.CLOSED: Refusal("the WebSocket is closed", "ALI-E49"),
}
"""Every state but READY."""
