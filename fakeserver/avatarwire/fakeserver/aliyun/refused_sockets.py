"""A socket that is opened for nobody: it says why it is refused, and is closed (ALI-E51, ALI-E53)."""

from __future__ import annotations

from typing import Final

from avatarwire.codecs.aliyun.messages import ErrorCode
from avatarwire.codecs.aliyun.wire.header import new_serial_number
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.effects import Close, Effect, Incoming

__all__ = ["RefusedSocket"]

_POLICY: Final = 1008


class RefusedSocket:
    """The conversation of a connection whose token is no good: an error 10001, and the end.

    Args:
        scenario: how frames are made.
        reason: what is wrong with the token.
    """

    def __init__(self, scenario: AliyunScenario, reason: str) -> None:
        self._outgoing: Final = Outgoing("", scenario, new_serial_number)
        self._reason: Final = reason

    def opened(self, now: float) -> list[Effect]:
        """Says so, and closes."""
        del now
        refusal = self._outgoing.error(ErrorCode.PERMISSION_DENIED, self._reason, None)
        return [refusal, Close(_POLICY, "insufficient permission")]

    def closed(self, now: float) -> list[Effect]:
        """The connection is gone."""
        del now
        return []

    def read(self, data: bytes | str, now: float) -> Incoming:
        """Nobody listens."""
        del data, now
        return Incoming()

    def take(self, received: Incoming, now: float) -> list[Effect]:
        """Nothing comes of it."""
        del received, now
        return []
