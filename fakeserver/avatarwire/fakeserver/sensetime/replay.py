"""How SenseTime is replayed: tokens, who may open a socket, microphone and pages, callbacks.

Only what is SenseTime's own lives here; all else is every vendor's (``fakeserver/replay``).
"""

from __future__ import annotations

import hmac
import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, cast

import msgspec
from msgspec import structs

from avatarwire.codecs.errors import CodecError, ValidationError
from avatarwire.codecs.sensetime.messages import callbacks, interactive
from avatarwire.codecs.sensetime.wire import microphone
from avatarwire.codecs.sensetime.wire.microphone_url import BROWSER, parse_query
from avatarwire.codecs.sensetime.wire.microphone_url import PATH as MICROPHONE_PATH
from avatarwire.fakeserver.effects import Accept, CallBack, Effect, HttpAnswer, HttpCall, Incoming, Send
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.replay.ids import plain_json
from avatarwire.fakeserver.replay.player import Player
from avatarwire.fakeserver.replay.running import Run, Utterance
from avatarwire.fakeserver.replay.talk import Reader
from avatarwire.fakeserver.sensetime.behaviour import SenseTimeBehaviour
from avatarwire.fakeserver.sensetime.centre import CENTRE
from avatarwire.fakeserver.sensetime.errors import Failure
from avatarwire.fakeserver.sensetime.microphone import Microphone
from avatarwire.fakeserver.sensetime.pages import Page
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario

__all__ = ["SenseTimeParts", "relaxed"]

_SESSION_TOKEN: Final = "sessionToken"  # noqa: S105 - the name of a member
_NO_TRACE: Final = "replay_0"
"""Trace of an answer to what no round was recorded of."""
_TOKENS: Final = 10_000
_STRANGERS: Final = frozenset({Failure.TOKEN, Failure.ORIGIN})


def relaxed(scenario: SenseTimeScenario) -> SenseTimeScenario:
    """A scenario without what would stand in the way of a client that runs what was recorded again, or beside others.

    An account has as many access tokens as are asked for, and a refresh is never too early.
    """
    return structs.replace(scenario, tokens_valid=max(scenario.tokens_valid, _TOKENS), early_refresh="repeat")


class SenseTimeParts:
    """What SenseTime does in its own way.

    Args:
        behaviour: of the fake: its tokens, its refusals.
        player: knows which sessions run.
        rng: where tokens come from.
    """

    tokens: frozenset[str] = frozenset(operation.id for operation in CENTRE)
    own: frozenset[str] = frozenset({"accessToken", "refreshToken", _SESSION_TOKEN})
    repeats: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    header_bytes: int = 0

    def __init__(self, behaviour: SenseTimeBehaviour, player: Player, rng: random.Random) -> None:
        self._behaviour: Final = behaviour
        self._player: Final = player
        self._rng: Final = rng
        self.largest: Final = behaviour.scenario.max_frame_bytes

    def value(self, name: str, value: str, run: Run | None, asked_by: str) -> str | None:
        """The token of a live: one for each."""
        del value, asked_by
        if name != _SESSION_TOKEN or run is None:
            return None
        return run.secrets.get(name) or self._rng.randbytes(32).hex()

    def is_stranger(self, refusal: Refusal) -> bool:
        """Whether the token is no good, or the page comes from elsewhere."""
        return refusal.code in _STRANGERS

    def token(self, exchange: Exchange[Any]) -> str:
        """The access token (ST-NET-02)."""
        return exchange.headers.get(self._behaviour.scenario.token_header.lower(), "").split(" ")[-1]

    def corrects(self, exchange: Exchange[Any], headers: Mapping[str, str]) -> Mapping[str, str]:
        """Nothing: calls have no id."""
        del exchange, headers
        return {}

    def admit(self, call: HttpCall, received: Incoming, now: float) -> Run | HttpAnswer | Accept | None:
        """The live that the token is for (ST-E02)."""
        del now
        sockets, scenario = self._behaviour.sockets, self._behaviour.scenario
        if (refusal := sockets.foreign(call, received)) is not None:
            return refusal
        is_page = call.path != MICROPHONE_PATH
        query = f"clientType={BROWSER}&{call.query}" if is_page and "clientType=" not in call.query else call.query
        try:
            asked = parse_query(query, any_client_type=scenario.any_client_type).value
        except ValidationError:
            return None
        run = self._player.runs.get(asked.session_id)
        if run is None or self._is_good(asked.token, run):
            return run
        reason = "Authorization: not the sessionToken of the live [ST-E02]"
        return sockets.rejected(call, code=scenario.code_base + Failure.TOKEN, status=None, reason=reason)

    def _is_good(self, token: str, run: Run) -> bool:
        known = run.secrets.get(_SESSION_TOKEN, "")
        if known and hmac.compare_digest(token.encode("utf-8", "replace"), known.encode()):
            return True
        if self._behaviour.scenario.microphone_token != "either":  # noqa: S105 - a choice
            return False
        return self._behaviour.state.tokens.account_of(token) is run.account

    def reader(self, path: str) -> Reader:
        """What reads the messages of a microphone, or of a page."""
        return _Speaker(self._behaviour) if path == MICROPHONE_PATH else _Pages()

    def sends(self, said: Utterance, asked: bytes | None) -> Send | CallBack:
        """A message on a socket, or a callback to the receiver of the customer."""
        del asked
        entry = said.said.entry
        if entry.transport == "callback":
            return self._called_back(said)
        text = said.data.decode("utf-8", "replace") if said.text is None else said.text
        return Send(text, entry.message, _decoded(text) or said.body, said.cause)

    def _called_back(self, said: Utterance) -> CallBack:
        entry, run = said.said.entry, said.run
        try:
            body = callbacks.decode(said.data).value
        except CodecError:
            url = self._behaviour.scenario.callback_url
            return CallBack(url, said.data, entry.message, plain_json(said.data), run.id)
        effect = self._behaviour.state.report.post(run.account, run.id, body)
        return structs.replace(effect, data=said.data, message=entry.message or effect.message)


def _decoded(text: str) -> Any:
    """What a message says; None for what is none."""
    try:
        return interactive.decode(text).value
    except CodecError:
        pass
    try:
        return microphone.decode(text, "server").body
    except CodecError:
        return None


class _Speaker:
    """Reads the messages of a microphone, and refuses them."""

    def __init__(self, behaviour: SenseTimeBehaviour) -> None:
        self._microphone: Final = Microphone(None, behaviour.scenario, behaviour.turn)

    def read(self, data: bytes | str, now: float) -> Incoming:
        """Speech, begin or eof."""
        del now
        return self._microphone.read(data)

    def refused(self, received: Incoming, reason: str) -> Sequence[Effect]:
        """Code 5, which says why (ST-MIC-13)."""
        # Trusted, for the text of a code is always the same one.
        body = microphone.SendFailed.trusted(message=reason)
        return [Send(msgspec.json.encode(body).decode(), microphone.BY_BODY[microphone.SendFailed].id, body, received)]


class _Pages:
    """Reads the messages of a page, and refuses them."""

    def __init__(self) -> None:
        # A page needs no talk to read.
        self._page: Final = Page(cast("Any", None))

    def read(self, data: bytes | str, now: float) -> Incoming:
        """Something typed."""
        del now
        return self._page.read(data)

    def refused(self, received: Incoming, reason: str) -> Sequence[Effect]:
        """The one message that tells of a failure (ST-MSG-06)."""
        body = interactive.AsrFail(trace=_NO_TRACE, query="", error=reason, index=0)
        return [Send(interactive.encode(body, strict=False), interactive.id_of(body), body, received)]
