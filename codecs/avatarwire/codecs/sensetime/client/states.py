"""The states of the two clients, and all that moves them from one to another.

Everything that changes the state of a `LiveClient` is a row of `LIVE_TRANSITIONS`, everything that changes that of a
`MicrophoneClient` one of `MICROPHONE_TRANSITIONS`; the clients only walk them. What they send or report on the way is
in `live.py` and `conversation.py`::

    NEW ──create──▶ CREATING ──32──▶ INITIALISING ──35──▶ READY ──start──▶ STARTING ──2──▶ LIVE
                        └──────────────35───────────────────▲ ◀──refused──────┘
    INITIALISING … LIVE ──close──▶ CLOSING
    CREATING … CLOSING ──5, 9, 50, 97, 98, 99──▶ ENDED

    CONNECTING ──opened──▶ OPEN ──begin──▶ BEGUN ──2──▶ STREAMING ──eof, 4, 5, 6, 7──▶ ENDED ──begin──▶ BEGUN
                            ▲ ◀──4, 5, 6, 7, give up──┘
    CONNECTING … ENDED ──1──▶ REFUSED
    every state ──close──▶ CLOSING, ──lost──▶ CLOSED
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from ..messages.enums import ENDED_STATUSES, LiveStatus

__all__ = [
    "CONNECTED",
    "LIVE_TRANSITIONS",
    "MICROPHONE_TRANSITIONS",
    "REFUSALS",
    "SPEAKING",
    "TRIGGERS_OF_STATUS",
    "UNHEARD",
    "LiveState",
    "LiveTrigger",
    "MicrophoneState",
    "MicrophoneTrigger",
    "Refusal",
]


class Refusal(NamedTuple):
    """Why something cannot be done in a state."""

    reason: str
    clause: str


# --- a live ---


class LiveState(StrEnum):
    """Where a live is, as its client knows it."""

    NEW = "new"
    """Nobody has asked for it yet."""
    CREATING = "creating"
    """createLive has not been answered."""
    INITIALISING = "initialising"
    """State 32: its stream is being made (ST-LIVE-09)."""
    READY = "ready"
    """State 35: it may be started (ST-LIVE-13)."""
    STARTING = "starting"
    """startLive has not been answered."""
    LIVE = "live"
    """State 2: viewers see it, takeovers may be sent."""
    CLOSING = "closing"
    """It is being closed."""
    ENDED = "ended"
    """It is over, or there never was one."""


class LiveTrigger(StrEnum):
    """What can move a live."""

    CREATE = "create"
    INITIALISING = "32"
    READY = "35"
    START = "start"
    START_REFUSED = "start refused"
    RUNNING = "2"
    CLOSE = "close"
    END = "end"


_L = LiveState
_T = LiveTrigger

_GOING: Final = {_T.RUNNING: _L.LIVE, _T.CLOSE: _L.CLOSING, _T.END: _L.ENDED}
"""From wherever a live has been created: it runs, is closed, ends."""

LIVE_TRANSITIONS: Final[Mapping[LiveState, Mapping[LiveTrigger, LiveState]]] = MappingProxyType(
    {
        _L.NEW: {_T.CREATE: _L.CREATING, _T.CLOSE: _L.ENDED},
        _L.CREATING: {
            **_GOING,
            _T.INITIALISING: _L.INITIALISING,
            _T.READY: _L.READY,
            # There is nothing to close by yet; the client does it once it knows the session.
            _T.CLOSE: _L.CREATING,
        },
        _L.INITIALISING: {**_GOING, _T.INITIALISING: _L.INITIALISING, _T.READY: _L.READY},
        # Answers and callbacks may come late, in any order: what is less than is known already is no news (ST-E96).
        _L.READY: {**_GOING, _T.INITIALISING: _L.READY, _T.READY: _L.READY, _T.START: _L.STARTING},
        _L.STARTING: {
            **_GOING,
            _T.INITIALISING: _L.STARTING,
            _T.READY: _L.STARTING,
            _T.START_REFUSED: _L.READY,
        },
        _L.LIVE: {**_GOING, _T.INITIALISING: _L.LIVE, _T.READY: _L.LIVE, _T.START_REFUSED: _L.LIVE},
        _L.CLOSING: {
            _T.INITIALISING: _L.CLOSING,
            _T.READY: _L.CLOSING,
            _T.RUNNING: _L.CLOSING,
            _T.START_REFUSED: _L.CLOSING,
            _T.CLOSE: _L.CLOSING,
            _T.END: _L.ENDED,
        },
        _L.ENDED: {
            _T.INITIALISING: _L.ENDED,
            _T.READY: _L.ENDED,
            _T.RUNNING: _L.ENDED,
            _T.START_REFUSED: _L.ENDED,
            _T.CLOSE: _L.ENDED,
            _T.END: _L.ENDED,
        },
    }
)
"""All there are. A trigger that a state does not list is refused there."""

TRIGGERS_OF_STATUS: Final[Mapping[int, LiveTrigger]] = MappingProxyType(
    {
        LiveStatus.INITIALISING: _T.INITIALISING,
        LiveStatus.READY: _T.READY,
        LiveStatus.LIVE: _T.RUNNING,
        **dict.fromkeys(ENDED_STATUSES, _T.END),
    }
)
"""What a state that the platform reports does; one that is unknown does nothing (ST-E18)."""

CONNECTED: Final = frozenset({_L.INITIALISING, _L.READY, _L.STARTING, _L.LIVE})
"""States in which heartbeats keep a live going (ST-E23)."""

REFUSALS: Final[Mapping[LiveState, Refusal]] = MappingProxyType(
    {
        _L.NEW: Refusal("the live has not been asked for", "ST-LIVE-13"),
        _L.CREATING: Refusal("the live is being created", "ST-LIVE-13"),
        _L.INITIALISING: Refusal("the live is being initialised", "ST-LIVE-13"),
        _L.READY: Refusal("the live has not been started", "ST-LIVE-15"),
        _L.STARTING: Refusal("the live is being started", "ST-LIVE-15"),
        _L.CLOSING: Refusal("the live is being closed", "ST-LIVE-18"),
        _L.ENDED: Refusal("the live is over", "ST-LIVE-18"),
    }
)
"""Why nothing can take a live over: every state but LIVE."""


# --- a microphone ---


class MicrophoneState(StrEnum):
    """Where the conversation on a microphone socket is."""

    CONNECTING = "connecting"
    """The WebSocket is not open yet."""
    OPEN = "open"
    """It is open; a round may begin."""
    BEGUN = "begun"
    """Begin has been sent; speech waits for the server (ST-MIC-10)."""
    STREAMING = "streaming"
    """Speech goes out."""
    ENDED = "ended"
    """The round is over (ST-E62)."""
    REFUSED = "refused"
    """The server has not accepted the token (ST-MIC-08); the WebSocket is to be closed."""
    CLOSING = "closing"
    """Our side has ended; the WebSocket is to be closed."""
    CLOSED = "closed"
    """The WebSocket is gone. Another one needs another client."""


class MicrophoneTrigger(StrEnum):
    """What can move the conversation on a microphone socket."""

    OPENED = "open"
    AUTH_FAILED = "1"
    BEGIN = "begin"
    READY = "2"
    EOF = "eof"
    STOP = "4"
    SEND_FAILED = "5"
    NOT_READY = "6"
    CONFLICT = "7"
    GIVE_UP = "give up"
    CLOSE = "close"
    LOST = "lose"


_M = MicrophoneState
_U = MicrophoneTrigger

_OUT: Final = {_U.AUTH_FAILED: _M.REFUSED, _U.CLOSE: _M.CLOSING, _U.LOST: _M.CLOSED}
_FAILURES: Final = (_U.STOP, _U.SEND_FAILED, _U.NOT_READY, _U.CONFLICT)
_OVER: Final = (_U.AUTH_FAILED, _U.READY, *_FAILURES)

MICROPHONE_TRANSITIONS: Final[Mapping[MicrophoneState, Mapping[MicrophoneTrigger, MicrophoneState]]] = MappingProxyType(
    {
        _M.CONNECTING: {**_OUT, _U.OPENED: _M.OPEN},
        _M.OPEN: {
            **_OUT,
            # A server may be ready before it is asked; the next round then need not wait (ST-E60).
            _U.READY: _M.OPEN,
            _U.BEGIN: _M.BEGUN,
            **dict.fromkeys(_FAILURES, _M.OPEN),
        },
        _M.BEGUN: {
            **_OUT,
            _U.READY: _M.STREAMING,
            # Only 6 and 7 are described here; with 4 and 5 there is no round either.
            **dict.fromkeys(_FAILURES, _M.OPEN),
            _U.GIVE_UP: _M.OPEN,
        },
        _M.STREAMING: {
            **_OUT,
            _U.READY: _M.STREAMING,
            _U.EOF: _M.ENDED,
            **dict.fromkeys(_FAILURES, _M.ENDED),
        },
        _M.ENDED: {
            **_OUT,
            _U.READY: _M.ENDED,
            _U.BEGIN: _M.BEGUN,
            **dict.fromkeys(_FAILURES, _M.ENDED),
        },
        _M.REFUSED: {
            **dict.fromkeys(_OVER, _M.REFUSED),
            _U.CLOSE: _M.CLOSING,
            _U.LOST: _M.CLOSED,
        },
        _M.CLOSING: {_U.CLOSE: _M.CLOSING, _U.LOST: _M.CLOSED},
        _M.CLOSED: {_U.CLOSE: _M.CLOSED, _U.LOST: _M.CLOSED},
    }
)
"""All there are. A trigger that a state does not list is refused there."""

SPEAKING: Final = frozenset({_M.BEGUN, _M.STREAMING})
"""States in which speech is taken."""

UNHEARD: Final = frozenset({_M.REFUSED, _M.CLOSING, _M.CLOSED})
"""States in which nothing is sent any more, and what arrives is dropped."""
