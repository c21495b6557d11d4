"""How Aliyun is replayed: frames, the URL of the socket with a token of the fake's own, and who is a stranger.

Only what is Aliyun's own lives here; all else is every vendor's (``fakeserver/replay``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from avatarwire.codecs.aliyun.messages import ErrorCode
from avatarwire.codecs.aliyun.tokens import parse_websocket_query
from avatarwire.codecs.aliyun.wire.frame import decode
from avatarwire.codecs.aliyun.wire.header import HEADER_SIZE, SERIAL_NUMBER_SIZE, new_serial_number
from avatarwire.codecs.aliyun.wire.table import BY_ID
from avatarwire.codecs.errors import CodecError, TokenError
from avatarwire.fakeserver.aliyun.frame_errors import Unreadable, received_frame, unreadable
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.effects import Accept, Effect, HttpAnswer, HttpCall, Incoming, Send
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.replay.player import Player
from avatarwire.fakeserver.replay.running import Run, Utterance
from avatarwire.fakeserver.replay.talk import Reader

__all__ = ["AliyunParts"]

_REQUEST_ID: Final = "x-acs-request-id"
_UNSUPPORTED: Final = 1003
_INVALID: Final = 1007


class AliyunParts:
    """What Aliyun does in its own way.

    Args:
        state: issues and checks tokens.
        scenario: how strict to be.
        player: knows which sessions run.
    """

    tokens: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset({"webSocketUrl"})
    repeats: Mapping[str, tuple[str, ...]] = MappingProxyType(
        {"StartAvatarSession.request": ("projectId", "requestId")}
    )
    header_bytes: int = HEADER_SIZE

    def __init__(self, state: AliyunState, scenario: AliyunScenario, player: Player) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._player: Final = player
        self.largest: Final = scenario.max_frame_bytes

    def value(self, name: str, value: str, run: Run | None, asked_by: str) -> str | None:
        """A URL with a token that opens the socket of the session."""
        del name, value
        return None if run is None else self._state.replayed_socket_url(run.id, str(run.account), asked_by)

    def is_stranger(self, refusal: Refusal) -> bool:
        """Whether the signature is wrong."""
        return any(violation.path == "Authorization" for violation in refusal.violations)

    def token(self, exchange: Exchange[Any]) -> str:
        """There is none: calls are signed."""
        del exchange
        return ""

    def corrects(self, exchange: Exchange[Any], headers: Mapping[str, str]) -> Mapping[str, str]:
        """The id of the call."""
        recorded = headers.get(_REQUEST_ID)
        return {recorded: exchange.request_id} if recorded else {}

    def admit(self, call: HttpCall, received: Incoming, now: float) -> Run | HttpAnswer | Accept | None:
        """The session that the token is for (ALI-R076)."""
        del received
        try:
            asked = parse_websocket_query(call.query)
            self._state.check_socket_token(asked.token, asked.session_id, now)
        except (TokenError, CodecError):
            return None
        return self._player.runs.get(asked.session_id)

    def reader(self, path: str) -> Reader:
        """What reads frames."""
        del path
        return _Frames(self._scenario)

    def sends(self, said: Utterance, asked: bytes | None) -> Send:
        """A frame; what answers one has its serial number (ALI-E04)."""
        data, cause = said.data, said.cause
        at = HEADER_SIZE - SERIAL_NUMBER_SIZE
        if cause is not None and asked is not None and asked[at:HEADER_SIZE] == data[at:HEADER_SIZE]:
            data = data[:at] + (cause.packet.serial_number or data[at:HEADER_SIZE]) + data[HEADER_SIZE:]
        try:
            body: Any = decode(data, "server").body
        except CodecError:
            body = said.body
        return Send(data, said.said.entry.message, body, cause)


class _Frames:
    """Reads the frames of a client, and refuses them.

    Args:
        scenario: how strict to be.
    """

    def __init__(self, scenario: AliyunScenario) -> None:
        self._scenario: Final = scenario
        self._outgoing: Final = Outgoing("", scenario, new_serial_number)

    def read(self, data: bytes | str, now: float) -> Incoming:
        """One message of the client."""
        del now
        if isinstance(data, str):
            violation = Violation(
                "ALI-R085", "", f"a text message of {len(data)} characters; frames are binary messages"
            )
            return Incoming(violations=(violation,), packet=Unreadable(violation, close=_UNSUPPORTED))
        try:
            frame = decode(data, "client", max_size=self._scenario.max_frame_bytes)
        except CodecError as error:
            violation = unreadable(error)
            packet = Unreadable(violation, data, error.message, _INVALID)
            return Incoming(error.message if error.message in BY_ID else "", violations=(violation,), packet=packet)
        return received_frame(frame, strict=self._scenario.strict)

    def refused(self, received: Incoming, reason: str) -> Sequence[Effect]:
        """An error message (ALI-R118)."""
        return [self._outgoing.error(ErrorCode.SYSTEM_ERROR, reason, received)]
