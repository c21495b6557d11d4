"""Error codes of the fake."""

from __future__ import annotations

from typing import Any, Final

from avatarwire.codecs.errors import CodecError
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.refusal import Common, Refusal

__all__ = ["COMMON", "no_talk", "unfit"]

COMMON: Final = Common(("NoCall", 404), ("NoCall", 405), ("TooLarge", 413), ("Internal", 500))


def no_talk(session_id: str) -> Refusal:
    """There is no such talk."""
    return Refusal(f"no talk {session_id}", "NoTalk", status=404)


def unfit(exchange: Exchange[Any], error: CodecError) -> Refusal:
    """The parameters break a rule."""
    return Refusal(str(error), "BadParameter", status=400)
