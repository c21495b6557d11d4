"""The states of a session client, and all that moves it from one to another.

Everything that changes the state of a `SessionClient` is a row of `TRANSITIONS`; the client only walks them. What it
sends or reports on the way is in `session.py`::

    OFFLINE ──subscribed──▶ IDLE ──create──▶ CREATING ──success──▶ RUNNING
                             ▲                  │                     │
                             └──refused, late───┘                  destroy
                                                                      ▼
    IDLE, CREATING ────────────────destroy──────────────────────▶ CLOSING

    IDLE … CLOSING ──Destroy, success of DestroySession, silence──▶ ENDED
    every state ──lost──▶ ENDED
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

__all__ = ["LIVE", "REFUSALS", "TRANSITIONS", "ClientState", "Refusal", "Trigger"]


class ClientState(StrEnum):
    """Where a session client is."""

    OFFLINE = "offline"
    """Nobody listens to topicSub yet (GJ-R072)."""
    IDLE = "idle"
    """The session exists, nothing is rendered: CreateNewSession may be sent."""
    CREATING = "creating"
    """CreateNewSession waits for its answer, which comes once resources are prepared (GJ-R083)."""
    RUNNING = "running"
    """The session is rendered and takes commands."""
    CLOSING = "closing"
    """DestroySession waits for its answer (GJ-R104)."""
    ENDED = "ended"
    """The session is gone, or the connection is. Another one needs another client (GJ-R118)."""


class Trigger(StrEnum):
    """What can move a client."""

    SUBSCRIBED = "subscribe"
    CREATE = "create the session"
    CREATED = "be created"
    REFUSED = "be refused"
    DESTROY = "destroy the session"
    DESTROYED = "be destroyed"
    LOST = "lose the connection"


_S = ClientState
_T = Trigger

_ENDS: Final = {_T.DESTROYED: _S.ENDED, _T.LOST: _S.ENDED}

TRANSITIONS: Final[Mapping[ClientState, Mapping[Trigger, ClientState]]] = {
    _S.OFFLINE: {_T.SUBSCRIBED: _S.IDLE, _T.LOST: _S.ENDED},
    _S.IDLE: {**_ENDS, _T.CREATE: _S.CREATING, _T.DESTROY: _S.CLOSING},
    _S.CREATING: {**_ENDS, _T.CREATED: _S.RUNNING, _T.REFUSED: _S.IDLE, _T.DESTROY: _S.CLOSING},
    _S.RUNNING: {**_ENDS, _T.DESTROY: _S.CLOSING},
    # An answer to CreateNewSession that still comes changes nothing, and a DestroySession may be sent again.
    _S.CLOSING: {**_ENDS, _T.CREATED: _S.CLOSING, _T.REFUSED: _S.CLOSING, _T.DESTROY: _S.CLOSING},
    _S.ENDED: {_T.LOST: _S.ENDED},
}
"""All there are. A trigger that a state does not list is refused there."""

LIVE: Final = frozenset({_S.IDLE, _S.CREATING, _S.RUNNING, _S.CLOSING})
"""States in which messages are heard and heartbeats answered."""


class Refusal(NamedTuple):
    """Why a session takes no commands in a state."""

    reason: str
    clause: str


REFUSALS: Final[Mapping[ClientState, Refusal]] = {
    _S.OFFLINE: Refusal("topicSub is not subscribed to", "GJ-R072"),
    _S.IDLE: Refusal("the session has not been created", "GJ-R070"),
    _S.CREATING: Refusal("the session is being created", "GJ-R083"),
    _S.CLOSING: Refusal("the session is being destroyed", "GJ-R104"),
    _S.ENDED: Refusal("the session has ended", "GJ-R118"),
}
"""Every state but RUNNING."""
