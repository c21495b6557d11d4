"""The fake SenseTime server as one object: state, HTTP operations, callbacks and WebSockets behind one port.

    with FakeSenseTime(callback_url="http://127.0.0.1:8000/callback") as fake:
        call(fake.http_url, fake.access_token)
        speak(fake.ws_url)

What it does is in `behaviour.py` and the parts of it, what it can be told in `commands.py`.
"""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable
from typing import Final, Unpack

from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.sensetime.messages import callbacks
from avatarwire.codecs.sensetime.wire.microphone_url import PATH as MICROPHONE_PATH
from avatarwire.fakeserver.authority import Authority
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import CallBack, Effects
from avatarwire.fakeserver.replay import ReplaySource
from avatarwire.fakeserver.replay.joining import checked_replay, joined
from avatarwire.fakeserver.replay.report import REPLAY
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.scenario import Source
from avatarwire.fakeserver.scenario.settings import settle, shares_secret
from avatarwire.fakeserver.scenario.table import ClockKind
from avatarwire.fakeserver.sensetime import commands
from avatarwire.fakeserver.sensetime.behaviour import SenseTimeBehaviour
from avatarwire.fakeserver.sensetime.changes import SenseTimeChanges
from avatarwire.fakeserver.sensetime.live import Live
from avatarwire.fakeserver.sensetime.pages import PATH as PAGE_PATH
from avatarwire.fakeserver.sensetime.replay import SenseTimeParts, relaxed
from avatarwire.fakeserver.sensetime.scenario import AnswerFunction, SenseTimeScenario
from avatarwire.fakeserver.server import JOURNAL_BYTES, FakeServer
from avatarwire.fakeserver.snapshot import Resuming, broken, indexed, of
from avatarwire.fakeserver.transports.callback_queue import SavedCallback, SavedCallbacks
from avatarwire.fakeserver.transports.callbacks import Callbacks

__all__ = ["FakeSenseTime"]

VENDOR: Final = "sensetime"

DEFAULT_SCRIPT: Final = (
    '{"version":"0.0.1","sceneList":[{"digital_role":{"id":7,"name":"Lin","position":{"x":0,"y":0},"scale":1.0},'
    '"tts_config":{"qid":"voice-1","speed_ratio":1.0,"volume":100},'
    '"tts_query":{"content":"Welcome, it is good to have you here."}}]}'
)
"""What a live shows whose customer has nothing to say about that."""


class FakeSenseTime(FakeServer):
    """A fake SenseTime service: HTTP, the microphone socket and an interactive endpoint of ours on one port.

    Args:
        scenario: a table, a path of a TOML, YAML or JSON file, or a mapping like such a file; the default replays the
            documented flows. Table ``[server]`` of a file counts too.
        callback_url: where callbacks go, as in the scenario; None for what that says.
        answer: function that answers in interactive lives, plain or async; goes before the scenario's table.
        host, port, clock, ssl_context, tls, journal_bytes, advertise: as for every fake server.
        replay: a trace, or the path of one, whose answers it gives in the place of its own.
        seed: of the ids and tokens it makes; None for what the scenario says, or else different ones every time.
        changes: tunables of the scenario by name, such as ``heartbeat_seconds=60.0`` or ``strict=True``.

    Attributes:
        scenario, state: what it was told, and what it remembers.

    Raises:
        ScenarioError: the scenario or a change is wrong; the error names the key.
    """

    def __init__(
        self,
        scenario: SenseTimeScenario | Source = None,
        *,
        callback_url: str | None = None,
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
        **changes: Unpack[SenseTimeChanges],
    ) -> None:
        given: dict[str, object] = {**changes}
        if callback_url is not None:
            given["callback_url"] = callback_url
        if answer is not None:
            given["interactive_answer"] = answer
        settings = settle(
            scenario, VENDOR, SenseTimeScenario, given, clock=clock, seed=seed, tls=tls, own_tls=ssl_context
        )
        self.scenario: SenseTimeScenario = settings.scenario
        super().__init__(
            VENDOR,
            host=host,
            port=port,
            clock=settings.clock,
            ssl_context=ssl_context,
            tls=settings.tls,
            journal_bytes=journal_bytes,
            secret_headers=(self.scenario.token_header,),
            faults=self.scenario.faults,
            seed=settings.seed,
            default_credentials=shares_secret(self.scenario, "app_key"),
            toxics=self.scenario.toxics,
            advertise=advertise,
        )
        self._callbacks = Callbacks(
            self._hub,
            timeout=self.scenario.callback_timeout,
            retries=self.scenario.callback_retries,
            delay=self.scenario.callback_delay,
            beyond_loopback=self.scenario.callback_beyond_loopback,
            guard=self._guard,
            lasts=self._goes_on,
        )
        self._seed: Final = settings.seed
        self._trace: Final = checked_replay(replay, VENDOR, self.scenario, self.commands)
        self._make()

    # Where it is and who may use it

    @property
    def ws_url(self) -> str:
        """URL of the microphone socket, without its query."""
        return self._url("ws") + MICROPHONE_PATH

    @property
    def interactive_url(self) -> str:
        """URL of the endpoint that pushes messages of interactive lives, without its query; ours."""
        return self._url("ws") + PAGE_PATH

    @property
    def callback_url(self) -> str:
        """Where callbacks of the first account go; empty for nowhere."""
        account = self.scenario.accounts[0]
        return self.scenario.callback_url if account.callback_url is None else account.callback_url

    @property
    def app_id(self) -> str:
        """``appId`` of the first account of the scenario."""
        return self.scenario.accounts[0].app_id

    @property
    def app_key(self) -> str:
        """Its ``appKey``, with which a login is signed."""
        return self.scenario.accounts[0].app_key

    @property
    def param(self) -> str:
        """A live script to begin with: the smallest there is, as JSON (ST-LIVE-01)."""
        return DEFAULT_SCRIPT

    @property
    def access_token(self) -> str:
        """An access token of the first account that is valid now."""
        return self._command(self._newest_token)

    def _newest_token(self) -> str:
        tokens: list[str] = []
        self._hub.perform(self._turn.run(self.clock.now(), lambda: tokens.append(self.state.tokens.newest())))
        return tokens[0]

    # Commands from a test

    close_live = commands.close_live
    fail_live = commands.fail_live
    stop_speech = commands.stop_speech
    fail_speech = commands.fail_speech
    drop = commands.drop
    push = commands.push
    expire_tokens = commands.expire_tokens

    _own_commands = commands.COMMANDS
    _ready = (
        "http_url",
        "ws_url",
        "interactive_url",
        "callback_url",
        "app_id",
        "app_key",
        "access_token",
        "param",
    )
    _own_messages = frozenset(
        (
            *(f"CallbackBody.{outcome}" for outcome in ("delivered", "failed", "given_up", "not_sent")),
            "interactive.failed",
            "interactive.typed",
            "live.lost",
            "microphone.speech",
            REPLAY,
            "rtc.expired",
            "rtc.will_expire",
            "webToken.request",
            "webToken.response",
        )
    )

    def live(self, session_id: str) -> Live:
        """A live as the server knows it, to look at.

        Raises:
            FakeServerError: no such live.
        """
        return self._command(lambda: self._behaviour.live(session_id))

    # The server's side

    def _make(self) -> None:
        rng = random.Random(self._seed)  # noqa: S311 - ids and tokens of a fake, not secrets
        self._behaviour: SenseTimeBehaviour = SenseTimeBehaviour(
            self.scenario if self._trace is None else relaxed(self.scenario),
            self._turn,
            rng=rng,
            guard=self._guard,
            said=SaidLog(self.clock.now),
            is_own_host=self._is_own_host,
        )
        self._surface = self._behaviour.surface
        self.state = self._behaviour.state
        if self._trace is not None:
            self._player, self._surface = joined(
                self._trace,
                VENDOR,
                rng,
                self._behaviour.surface,
                lambda player: SenseTimeParts(self._behaviour, player, rng),
                self._behaviour.sockets.paths,
            )

    def _made(self) -> None:
        self._callbacks.clear()

    _carriers_saved_as = SavedCallbacks

    def _carriers_saved(self) -> SavedCallbacks:
        return SavedCallbacks(callbacks=self._callbacks.saved())

    def _carriers_restored(self, saved: SavedCallbacks, again: Resuming) -> Callable[[], None]:
        due: list[tuple[SavedCallback, CallBack, float]] = []
        for path, it in indexed("carriers.callbacks", saved.callbacks):
            account = of(self.state.tokens.accounts, it.account, f"{path}.account", "account")
            try:
                body = callbacks.decode(it.data).value
            except CodecError as error:
                raise broken(f"{path}.data", error.reason) from None
            due.append((it, self.state.report.post(account, it.session, body), again.at(it.due)))
        return lambda: self._callbacks.restored(due)

    def _max_body_bytes(self) -> int:
        return self.scenario.max_body_bytes

    def _goes_on(self, session_id: str) -> bool:
        live = self.state.lives.get(session_id)
        return live is not None and not live.over

    def _concluded(self) -> Effects:
        return self._turn.run(self.clock.now(), self._behaviour.stopping)

    async def _close(self) -> None:
        self._hub.perform(self._concluded())
        await self._callbacks.stop()
