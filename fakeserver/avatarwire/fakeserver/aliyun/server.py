"""The fake Aliyun server as one object: state, HTTP operations and interaction sockets behind one port.

    with FakeAliyun() as fake:
        call(fake.http_url, fake.access_key_id, fake.access_key_secret, fake.project_id)

What it does is in `behaviour.py` and the parts of it, what it can be told in `commands.py`.
"""

from __future__ import annotations

import random
import ssl
from collections.abc import Mapping
from typing import Any, Final, Unpack

from avatarwire.fakeserver.aliyun import commands
from avatarwire.fakeserver.aliyun.behaviour import AliyunBehaviour
from avatarwire.fakeserver.aliyun.changes import AliyunChanges
from avatarwire.fakeserver.aliyun.replay import AliyunParts
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, AnswerFunction
from avatarwire.fakeserver.aliyun.session_credentials import SOCKET_PATH
from avatarwire.fakeserver.authority import Authority
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import Effects
from avatarwire.fakeserver.replay import ReplaySource
from avatarwire.fakeserver.replay.joining import checked_replay, joined
from avatarwire.fakeserver.replay.report import REPLAY
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.scenario import Source
from avatarwire.fakeserver.scenario.settings import settle, shares_secret
from avatarwire.fakeserver.scenario.table import ClockKind
from avatarwire.fakeserver.server import JOURNAL_BYTES, FakeServer

__all__ = ["FakeAliyun"]

VENDOR: Final = "aliyun"


class FakeAliyun(FakeServer):
    """A fake Aliyun IntelligentCreation service: signed HTTP and the interaction WebSocket on one port.

    Args:
        scenario: a table, a path of a TOML, YAML or JSON file, or a mapping like such a file; the default replays the
            documented flows. Table ``[server]`` of a file counts too.
        answer: function that answers questions, plain or async; goes before the scenario's table.
        host, port, clock, ssl_context, tls, journal_bytes, advertise: as for every fake server.
        replay: a trace, or the path of one, whose answers it gives in the place of its own.
        seed: of the ids it makes; None for what the scenario says, or else different ones every time.
        changes: tunables of the scenario by name, such as ``polls_until_ready=0`` or ``strict=True``.

    Raises:
        ScenarioError: the scenario or a change is wrong; the error names the key.
    """

    def __init__(
        self,
        scenario: AliyunScenario | Source = None,
        *,
        answer: AnswerFunction | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | ClockKind | None = None,
        ssl_context: ssl.SSLContext | None = None,
        tls: bool | Authority | None = None,
        seed: int | None = None,
        journal_bytes: int = JOURNAL_BYTES,
        advertise: str | None = None,
        replay: ReplaySource | None = None,
        **changes: Unpack[AliyunChanges],
    ) -> None:
        given = changes if answer is None else {**changes, "answer": answer}
        settings = settle(scenario, VENDOR, AliyunScenario, given, clock=clock, seed=seed, tls=tls, own_tls=ssl_context)
        self.scenario: AliyunScenario = settings.scenario
        super().__init__(
            VENDOR,
            host=host,
            port=port,
            clock=settings.clock,
            ssl_context=ssl_context,
            tls=settings.tls,
            journal_bytes=journal_bytes,
            faults=self.scenario.faults,
            seed=settings.seed,
            default_credentials=shares_secret(self.scenario, "access_key_secret"),
            toxics=self.scenario.toxics,
            advertise=advertise,
        )
        self._seed: Final = settings.seed
        self._trace: Final = checked_replay(replay, VENDOR, self.scenario, self.commands)
        self._make()

    # Where it is and who may use it

    @property
    def ws_url(self) -> str:
        """URL of the interaction socket, without token and session."""
        return self._url("ws") + SOCKET_PATH

    @property
    def access_key_id(self) -> str:
        """Access key id of the first account of the scenario."""
        return self.scenario.accounts[0].access_key_id

    @property
    def access_key_secret(self) -> str:
        """Its secret."""
        return self.scenario.accounts[0].access_key_secret

    @property
    def project_id(self) -> str:
        """Id of the first deployed project of the scenario.

        Raises:
            FakeServerError: none is deployed from the start; it says which there are.
        """
        return self.state.default_project_id

    @property
    def ready(self) -> Mapping[str, Any]:
        """What a client needs to know, as the ready file has it; ``project_id`` is empty where none is deployed."""
        names = [name for name in self._ready if name != "project_id"]
        known = {name: getattr(self, name) for name in names}
        return {**known, "project_id": self.state.deployed_project_id or "", **self._trusted()}

    # Commands from a test

    force_close = commands.force_close
    recover = commands.recover
    drop = commands.drop
    report_error = commands.report_error

    _own_commands = commands.COMMANDS
    _own_messages = frozenset((REPLAY,))
    _ready = (
        "http_url",
        "ws_url",
        "access_key_id",
        "access_key_secret",
        "project_id",
    )
    _text_codes = True

    # The server's side

    def _make(self) -> None:
        rng = random.Random(self._seed)  # noqa: S311 - ids, not secrets
        self._behaviour: AliyunBehaviour = AliyunBehaviour(
            self.scenario,
            self._turn,
            socket_url=lambda asked: self._url("ws", asked) + SOCKET_PATH,
            rng=rng,
            guard=self._guard,
            said=SaidLog(self.clock.now),
        )
        self._surface = self._behaviour.surface
        self.state = self._behaviour.state
        if self._trace is not None:
            self._player, self._surface = joined(
                self._trace,
                VENDOR,
                rng,
                self._behaviour.surface,
                lambda player: AliyunParts(self.state, self.scenario, player),
                (SOCKET_PATH,),
            )

    def _max_body_bytes(self) -> int:
        return self.scenario.max_body_bytes

    def _concluded(self) -> Effects:
        return self._behaviour.stopping()

    async def _close(self) -> None:
        self._hub.perform(self._concluded())
