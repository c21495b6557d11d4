"""How Guiji is replayed: tokens, who may listen at which topic, and messages over MQTT.

Only what is Guiji's own lives here; all else is every vendor's (``fakeserver/replay``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.guiji.http import GET_ACCESS_TOKEN, ErrorCode
from avatarwire.codecs.guiji.messages.replies import RpcErrorCode
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.topics import plain_session_id
from avatarwire.fakeserver.effects import Accept, Delivery, Effect, HttpAnswer, HttpCall, Incoming, Note, Publish
from avatarwire.fakeserver.guiji.access import Access
from avatarwire.fakeserver.guiji.mqtt import Live
from avatarwire.fakeserver.guiji.outgoing import error
from avatarwire.fakeserver.guiji.rpc_errors import echo, envelope
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.replay.ids import plain_json
from avatarwire.fakeserver.replay.player import REPLAY, Player, asked_of
from avatarwire.fakeserver.replay.running import Run, Utterance
from avatarwire.fakeserver.replay.talk import Reader

__all__ = ["GuijiParts", "ReplayMqtt"]

_INTERNAL_ERROR: Final = -32603
_STRANGERS: Final = frozenset({ErrorCode.TOKEN_MISSING, ErrorCode.TOKEN_INVALID})
_TOPIC_SUB: Final = "topicSub"


class GuijiParts:
    """What Guiji does in its own way.

    Args:
        scenario: the accounts, and the topic that clients publish to.
        player: knows which sessions run.
    """

    tokens: frozenset[str] = frozenset({GET_ACCESS_TOKEN.id})
    own: frozenset[str] = frozenset({"token", "mqttUser", "mqttPassword", "topicPub", _TOPIC_SUB})
    repeats: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    header_bytes: int = 0
    largest: int = 0

    def __init__(self, scenario: GuijiScenario, player: Player) -> None:
        self._scenario: Final = scenario
        self._player: Final = player

    def value(self, name: str, value: str, run: Run | None, asked_by: str) -> str | None:
        """The topic that clients publish to; a session's own is kept by the name of its member."""
        del asked_by
        if name == "topicPub":
            return self._scenario.topic_pub
        if name != _TOPIC_SUB or run is None:
            return None
        taken = self._player.runs.values()
        if not any(other is not run and other.secrets.get(_TOPIC_SUB) == value for other in taken):
            return value
        run.ids.put(value, f"{value}-{run.id}")
        return f"{value}-{run.id}"

    def is_stranger(self, refusal: Refusal) -> bool:
        """Whether the token is no good."""
        return refusal.code in _STRANGERS

    def token(self, exchange: Exchange[Any]) -> str:
        """The access token, wherever it is looked for (GJ-E01)."""
        found = (exchange.headers.get(name.lower(), "").strip() for name in self._scenario.token_headers)
        return next(filter(None, found), "") or exchange.headers.get("authorization", "").split(" ")[-1]

    def corrects(self, exchange: Exchange[Any], headers: Mapping[str, str]) -> Mapping[str, str]:
        """Nothing: calls have no id."""
        del exchange, headers
        return {}

    def admit(self, call: HttpCall, received: Incoming, now: float) -> Run | HttpAnswer | Accept | None:
        """There is no socket."""
        raise NotImplementedError

    def reader(self, path: str) -> Reader:
        """There is no socket."""
        raise NotImplementedError

    def sends(self, said: Utterance, asked: bytes | None) -> Publish:
        """A message for whoever listens at the topic of the session."""
        del asked
        entry, run = said.said.entry, said.run
        try:
            body: Any = rpc.decode(said.data, "server").body
        except CodecError:
            body = said.body
        topic = run.secrets.get(_TOPIC_SUB) or run.ids.now(str(entry.meta.get("topic", "")))
        return Publish(topic, said.data, int(entry.meta.get("qos", 1)), entry.message, body, run.id, said.cause)


class ReplayMqtt:
    """What stands behind the broker.

    Args:
        access: who may log in, and publish.
        live: reads messages.
        player: what was recorded.
    """

    def __init__(self, access: Access, live: Live, player: Player) -> None:
        self._player: Final = player
        self._live: Final = live
        self.authenticate: Final = access.authenticate
        self.may_publish: Final = access.may_publish
        self.rejected: Final = live.rejected

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        """Clients listen to topicSub of sessions of their account, each by its exact name."""
        run = self._listening(topic_filter)
        return run is not None and run.account.mqtt_user == user

    def read(self, delivery: Delivery, now: float) -> Incoming:
        """One message of a client."""
        received = self._live.read(delivery, now)
        run = self._run(delivery)
        received.session = "" if run is None else run.id
        return received

    def take(self, received: Incoming, now: float) -> Sequence[Effect]:
        """What followed it when it was recorded."""
        del now
        delivery: Delivery = received.packet.delivery
        run, player = self._run(delivery), self._player
        asked = asked_of(received.body) if received.message else plain_json(delivery.data)
        found = player.find(("mqtt", received.message), asked, run)
        if isinstance(found, str):
            return [*self._refused(delivery, run, received, found), Note(found, REPLAY, received.session)]
        return player.follow(found, received)

    def _run(self, delivery: Delivery) -> Run | None:
        head = envelope(delivery.data)
        run = self._player.runs.get(plain_session_id(head.session_id))
        if run is None or (delivery.client_id and delivery.user != run.account.mqtt_user):
            return None
        return run

    def _listening(self, topic: str) -> Run | None:
        runs = reversed(self._player.runs.values())
        return next((run for run in runs if topic and run.secrets.get(_TOPIC_SUB) == topic), None)

    def _refused(self, delivery: Delivery, run: Run | None, received: Incoming, reason: str) -> Sequence[Effect]:
        """An error, where somebody is there to be told."""
        head = envelope(delivery.data)
        listener = run or self._listening(head.sender)
        if head.kind in ("result", "error") or listener is None:
            return []
        code = RpcErrorCode.NO_SUCH_SESSION if run is None else _INTERNAL_ERROR
        topic = listener.secrets[_TOPIC_SUB]
        request_id = echo(delivery.data, head)
        return [error(topic, head.session_id, request_id, code, reason, delivery.qos, received)]
