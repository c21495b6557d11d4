"""How far a session is, and what ends one. Only these words live here."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["End", "SessionStage"]


class SessionStage(StrEnum):
    """How far a session is."""

    CREATED = "created"
    """createLiveSession has made it; CreateNewSession has not come yet."""
    PREPARING = "preparing"
    """CreateNewSession has come and is not answered yet."""
    RUNNING = "running"
    """make sess complete!"""
    DESTROYED = "destroyed"


class End(StrEnum):
    """What ends a session."""

    CLIENT = "client"
    """DestroySession."""
    SILENCE = "silence"
    """Nothing was said about it for ``expirationTime``."""
    HEARTBEATS = "heartbeats"
    """Too many heartbeats in a row were not answered."""
    SERVER = "server"
    """The server wanted it."""
