"""The fake Guiji server as one object: state, HTTP operations and the MQTT conversation behind two ports.

    with FakeGuiji() as fake:
        call(fake.http_url, fake.app_id, fake.app_secret)
        connect(fake.mqtt_host, fake.mqtt_port, fake.mqtt_user, fake.mqtt_password)

What it does is in `behaviour.py` and the parts of it, what it can be told in `commands.py`.
"""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Unpack

import msgspec

from avatarwire.codecs.guiji.http import SceneVO
from avatarwire.fakeserver.authority import Authority
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import Effects
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.guiji import commands
from avatarwire.fakeserver.guiji.behaviour import GuijiBehaviour
from avatarwire.fakeserver.guiji.changes import GuijiChanges
from avatarwire.fakeserver.guiji.replay import GuijiParts, ReplayMqtt
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.sessions import LiveSession
from avatarwire.fakeserver.own_hosts import reachable
from avatarwire.fakeserver.replay import ReplaySource
from avatarwire.fakeserver.replay.joining import checked_replay, joined
from avatarwire.fakeserver.replay.report import REPLAY
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.scenario import Source
from avatarwire.fakeserver.scenario.settings import settle, shares_secret
from avatarwire.fakeserver.scenario.table import ClockKind
from avatarwire.fakeserver.server import JOURNAL_BYTES, FakeServer
from avatarwire.fakeserver.snapshot import Resuming, SnapshotError, indexed
from avatarwire.fakeserver.transports.mqtt.address import BrokerAddress
from avatarwire.fakeserver.transports.mqtt.hooks import Limits
from avatarwire.fakeserver.transports.mqtt.saved import SavedBroker

if TYPE_CHECKING:
    from avatarwire.fakeserver.transports.mqtt.hooks import MqttBehaviour, MqttBroker

__all__ = ["FakeGuiji"]

VENDOR: Final = "guiji"

AMQTT: Final = "amqtt"
"""As `broker`: amqtt in this process."""

_PORTS: Final = ("http", "mqtt")
"""Kinds of ports; that of a broker elsewhere is not ours."""


class FakeGuiji(FakeServer):
    """A fake Guiji live-manager service: HTTP on one port, an MQTT broker on another.

    Args:
        scenario: a table, a path of a TOML, YAML or JSON file, or a mapping like such a file; the default replays the
            documented flows. Table ``[server]`` of a file counts too.
        host, port, clock, ssl_context, tls, journal_bytes, advertise: as for every fake server; host and certificate
            are the broker's as well.
        mqtt_port: port of the broker; 0 takes a free one.
        broker: another broker than the one of this package: ``amqtt`` for that library in this process (extra
            ``[amqtt]``), or the URL of one elsewhere, with the credentials to log in, such as
            ``mqtt://user:password@127.0.0.1:1883``. Clients are given these credentials too.
        broker_ssl_context: how to trust the broker of an ``mqtts://`` URL; None for what this machine trusts.
        replay: a trace, or the path of one, whose answers it gives in the place of its own.
        seed: of the ids it makes; None for what the scenario says, or else different ones every time.
        changes: tunables of the scenario by name, such as ``heartbeat_seconds=1.0`` or ``strict=True``.

    Attributes:
        scenario, state: what it was told, and what it remembers.

    Raises:
        ScenarioError: the scenario or a change is wrong; the error names the key.
        FakeServerError: `broker` is neither ``amqtt`` nor the URL of a broker, or amqtt is not installed.
    """

    def __init__(
        self,
        scenario: GuijiScenario | Source = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        mqtt_port: int = 0,
        broker: str | None = None,
        broker_ssl_context: ssl.SSLContext | None = None,
        clock: Clock | ClockKind | None = None,
        ssl_context: ssl.SSLContext | None = None,
        tls: bool | Authority | None = None,
        seed: int | None = None,
        journal_bytes: int = JOURNAL_BYTES,
        advertise: str | None = None,
        replay: ReplaySource | None = None,
        **changes: Unpack[GuijiChanges],
    ) -> None:
        settings = settle(
            scenario, VENDOR, GuijiScenario, changes, clock=clock, seed=seed, tls=tls, own_tls=ssl_context
        )
        self.scenario: GuijiScenario = settings.scenario
        if broker == AMQTT:
            _need_amqtt()
        elif broker is not None:
            self.scenario = _with_login(self.scenario, BrokerAddress.parse(broker))
        super().__init__(
            VENDOR,
            host=host,
            port=port,
            clock=settings.clock,
            ssl_context=ssl_context,
            tls=settings.tls,
            journal_bytes=journal_bytes,
            secret_headers=self.scenario.token_headers,
            faults=self.scenario.faults,
            cuts_mqtt=broker is None,
            seed=settings.seed,
            default_credentials=shares_secret(self.scenario, "app_secret"),
            toxics=self.scenario.toxics,
            advertise=advertise,
            ports=_PORTS if broker in (None, AMQTT) else _PORTS[:1],
        )
        self._seed: Final = settings.seed
        self._trace: Final = checked_replay(replay, VENDOR, self.scenario, self.commands)
        self._make()
        self._wanted_broker = broker
        self._broker_ssl_context = broker_ssl_context
        self._broker_id = f"avatarwire-{settings.rng.randbytes(6).hex()}"
        self._mqtt_port = mqtt_port
        self._broker: MqttBroker | None = None

    # Where it is and who may use it

    @property
    def mqtt_url(self) -> str:
        """Where its MQTT broker is, without credentials; by the host that is advertised where it is its own."""
        where = BrokerAddress.parse(self._broker_url())
        if self._wanted_broker not in (None, AMQTT):
            return self._broker_url()
        host = reachable(where.host) if self._advertised is None else self._advertised.host
        return f"{where.scheme}://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{where.port}"

    def _broker_url(self) -> str:
        self._address()
        assert self._broker is not None  # noqa: S101 - it runs
        return self._broker.url

    @property
    def mqtt_host(self) -> str:
        """Address of the broker."""
        return BrokerAddress.parse(self._broker_url()).host

    @property
    def mqtt_port(self) -> int:
        """Port of the broker."""
        return BrokerAddress.parse(self._broker_url()).port

    @property
    def mqtt_user(self) -> str:
        """MQTT user of the first account, as getAccessToken tells it; empty for none (GJ-E04)."""
        return self.scenario.accounts[0].mqtt_user

    @property
    def mqtt_password(self) -> str:
        """Its password."""
        return self.scenario.accounts[0].mqtt_password

    @property
    def app_id(self) -> str:
        """``appId`` of the first account of the scenario."""
        return self.scenario.accounts[0].app_id

    @property
    def app_secret(self) -> str:
        """Its ``appSecret``."""
        return self.scenario.accounts[0].app_secret

    @property
    def live_id(self) -> int:
        """Id of a live room of the first account: its first, which is made when there is none yet."""
        return self._command(self._behaviour.default_room).id

    @property
    def material_ids(self) -> tuple[int, ...]:
        """Ids of the materials of that room; a text and a sound are made when it has none yet."""
        return self._command(self._behaviour.default_materials)

    @property
    def scene_code(self) -> str:
        """Code of the first scene of the first presenter (GJ-R027); empty where there is none."""
        return next((scene.scene_code for scene in self._scenes()), "")

    @property
    def sequence(self) -> tuple[str, ...]:
        """Template videos of that scene, as CreateNewSession wants them (GJ-E71)."""
        return tuple(scene.video_cover_url for scene in self._scenes()[:1] if scene.video_cover_url)

    def _scenes(self) -> list[SceneVO]:
        return [scene for robot in self.state.stock.robots for scene in robot.scene_list or ()]

    # Commands from a test

    destroy = commands.destroy
    play = commands.play
    withhold_heartbeats = commands.withhold_heartbeats
    expire_tokens = commands.expire_tokens

    _own_commands = commands.COMMANDS
    _own_messages = frozenset((REPLAY,))
    _ready = (
        "http_url",
        "mqtt_url",
        "mqtt_user",
        "mqtt_password",
        "app_id",
        "app_secret",
        "live_id",
        "scene_code",
        "sequence",
    )

    @property
    def ready(self) -> Mapping[str, Any]:
        """What a client needs to know, as the ready file has it.

        With more accounts than one: ``other_app_id`` of one that is as good, ``early_app_id`` and ``late_app_id`` of
        key pairs that are not valid yet, and no more, each with its secret.
        """
        state, accounts = self._behaviour.state, self.scenario.accounts[1:]
        found: dict[str, Any] = {}
        for account in accounts:
            kind = state.tokens.validity(account.app_id)
            # The first of each kind counts.
            found.setdefault(f"{kind}_app_id", account.app_id)
            found.setdefault(f"{kind}_app_secret", account.app_secret)
        return {**super().ready, **found}

    def session(self, session_id: str) -> LiveSession:
        """A session as the server knows it, to look at.

        Raises:
            FakeServerError: no such session.
        """
        return self._command(lambda: self._behaviour.session(session_id))

    # The server's side

    def _make(self) -> None:
        rng = random.Random(self._seed)  # noqa: S311 - ids and tokens of a fake, not secrets
        self._behaviour: GuijiBehaviour = GuijiBehaviour(
            self.scenario, self._turn, rng=rng, said=SaidLog(self.clock.now)
        )
        self._surface = self._behaviour.surface
        self.state = self._behaviour.state
        if self._trace is not None:
            self._player, self._surface = joined(
                self._trace, VENDOR, rng, self._behaviour.surface, lambda player: GuijiParts(self.scenario, player)
            )

    @property
    def _mqtt(self) -> MqttBehaviour:
        """What stands behind the broker."""
        own, player = self._behaviour.mqtt, self._player
        return own if player is None else ReplayMqtt(own, self._behaviour.live, player)

    def _made(self) -> None:
        broker = self._broker
        if broker is not None:
            broker.renew(self._mqtt)
            self._connect_conduct(broker)

    _carriers_saved_as = SavedBroker

    def _carriers_saved(self) -> SavedBroker:
        from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker

        # What another broker keeps for its clients is its own business.
        if isinstance(self._broker, EmbeddedBroker):
            return self._broker.saved()
        return SavedBroker(clients=[], subscriptions=[], anonymous=0)

    def _carriers_restored(self, saved: SavedBroker, again: Resuming) -> Callable[[], None]:
        from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker

        for path, it in indexed("carriers.subscriptions", saved.subscriptions):
            if it.client >= len(saved.clients):
                raise SnapshotError(f"there is no client {it.client}", key=f"{path}.client")

        def restore() -> None:
            if isinstance(self._broker, EmbeddedBroker):
                self._broker.restored(saved)

        return restore

    def _connect_conduct(self, broker: MqttBroker) -> None:
        """What clients do wrong over time is judged by what the broker in this process knows of them."""
        from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker

        if isinstance(broker, EmbeddedBroker):
            live = self._behaviour.live
            live.conduct.listeners, broker.left = broker.listeners, live.left

    def _max_body_bytes(self) -> int:
        return self.scenario.max_body_bytes

    async def _open(self) -> None:
        self._broker = self._new_broker()
        await self._broker.start()

    def _concluded(self) -> Effects:
        return self._behaviour.live.stopping(self.clock.now())

    async def _close(self) -> None:
        if self._broker is not None:
            self._hub.perform(self._concluded())
            await self._broker.stop()

    def _stopped(self) -> None:
        self._broker = None

    def _new_broker(self) -> MqttBroker:
        # What is only a little too large is refused with words, and its connection lives.
        limits = Limits(packet_bytes=max(_LEAST_PACKET, 4 * self.scenario.max_message_bytes))
        if self._wanted_broker is None:
            from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker

            broker = EmbeddedBroker(
                self._mqtt,
                self._hub,
                host=self._host,
                port=self._mqtt_port,
                ssl_context=self._ssl_context,
                limits=limits,
                toxics=self.toxics,
            )
            self._connect_conduct(broker)
            return broker
        if self._wanted_broker == AMQTT:
            from avatarwire.fakeserver.transports.mqtt.amqtt_broker import AmqttBroker

            return AmqttBroker(
                self._mqtt,
                self._hub,
                topic_in=self.scenario.topic_pub,
                host=self._host,
                port=self._mqtt_port,
                ssl_context=self._ssl_context,
                limits=limits,
                toxics=self.toxics,
            )
        from avatarwire.fakeserver.transports.mqtt.bridge import Bridge

        return Bridge(
            self._wanted_broker,
            topic_in=self.scenario.topic_pub,
            behaviour=self._mqtt,
            hub=self._hub,
            client_id=self._broker_id,
            ssl_context=self._broker_ssl_context,
            limits=limits,
        )


_LEAST_PACKET: Final = 1024 * 1024
"""Bytes of a packet that the broker in this process reads in any case."""


def _need_amqtt() -> None:
    try:
        found = find_spec("amqtt")
    except ValueError:  # a test has put None in its place
        found = None
    if found is None:
        raise FakeServerError("broker='amqtt' needs amqtt: pip install 'avatarwire[fakeserver,amqtt]'")


def _with_login(scenario: GuijiScenario, address: BrokerAddress) -> GuijiScenario:
    """The scenario with the login of a broker elsewhere: there is one for all, and everybody is given it."""
    accounts = tuple(
        msgspec.structs.replace(account, mqtt_user=address.user or "", mqtt_password=address.password or "")
        for account in scenario.accounts
    )
    return msgspec.structs.replace(scenario, accounts=accounts)
