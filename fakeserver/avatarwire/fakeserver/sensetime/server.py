"""The fake SenseTime server as one object: state, HTTP operations, callbacks and WebSockets behind one port.

    with FakeSenseTime(callback_url="http://127.0.0.1:8000/callback") as fake:
        call(fake.http_url, fake.access_token)
        speak(fake.ws_url)

Only the joining of the parts lives here: what an operation does is in `http.py`, what a socket says in
`microphone.py` and `pages.py`, what is remembered in `state.py`.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from avatarwire.codecs.sensetime.messages.enums import ENDED_STATUSES, LiveStatus
from avatarwire.codecs.sensetime.messages.interactive import SdkMessage
from avatarwire.codecs.sensetime.wire.microphone_url import PATH as MICROPHONE_PATH
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import Effect, HttpAnswer
from avatarwire.fakeserver.scenario import Source
from avatarwire.fakeserver.sensetime.callbacks import Reporter
from avatarwire.fakeserver.sensetime.events import TakeoverObserver
from avatarwire.fakeserver.sensetime.http import SenseTimeHttp
from avatarwire.fakeserver.sensetime.lives import Live
from avatarwire.fakeserver.sensetime.microphone import Microphone
from avatarwire.fakeserver.sensetime.pages import PATH as PAGE_PATH
from avatarwire.fakeserver.sensetime.scenario import AnswerFunction, SenseTimeScenario
from avatarwire.fakeserver.sensetime.sockets import Guest, Sockets
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.sensetime.takeovers import TakeoverQueue
from avatarwire.fakeserver.server import JOURNAL_BYTES, FakeServer, FakeServerError
from avatarwire.fakeserver.settings import settle
from avatarwire.fakeserver.transports.callbacks import Callbacks

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["FakeSenseTime"]

T = TypeVar("T")

VENDOR: Final = "sensetime"

_PUBLISHED: Final = frozenset(account.app_key for account in SenseTimeScenario().accounts)


class FakeSenseTime(FakeServer):
    """A fake SenseTime service: HTTP, the microphone socket and an interactive endpoint of ours on one port.

    Args:
        scenario: a table, a path of a TOML, YAML or JSON file, or a mapping like such a file; the default replays the
            documented flows. Table ``[server]`` of a file counts too.
        callback_url: where callbacks go, as in the scenario; None for what that says.
        answer: function that answers in interactive lives, plain or async; goes before the scenario's table.
        host, port, clock, ssl_context, journal_bytes: as for every fake server.
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
        clock: Clock | None = None,
        ssl_context: ssl.SSLContext | None = None,
        seed: int | None = None,
        journal_bytes: int = JOURNAL_BYTES,
        **changes: Any,
    ) -> None:
        if callback_url is not None:
            changes["callback_url"] = callback_url
        if answer is not None:
            changes["interactive_answer"] = answer
        settings = settle(scenario, VENDOR, SenseTimeScenario, changes, clock=clock, seed=seed)
        self.scenario: SenseTimeScenario = settings.scenario
        super().__init__(
            VENDOR, host=host, port=port, clock=settings.clock, ssl_context=ssl_context, journal_bytes=journal_bytes
        )
        self._callbacks = Callbacks(
            self.clock,
            self.journal,
            timeout=self.scenario.callback_timeout,
            retries=self.scenario.callback_retries,
            delay=self.scenario.callback_delay,
            beyond_loopback=self.scenario.callback_beyond_loopback,
            guard=self._guard,
        )
        self.state = SenseTimeState(
            self.scenario,
            self.clock,
            rng=settings.rng,
            queues=self._queue,
            notify=Reporter(self.scenario, self._callbacks, lambda moment: self.state.date(moment)),
            note=self._note,
        )
        self._http = SenseTimeHttp(self.state, self.scenario, self._guard)
        self._sockets = Sockets(self.state, self.scenario, self.clock, self.journal, settings.rng, self._guard)

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
    def app_id(self) -> str:
        """``appId`` of the first account of the scenario."""
        return self.scenario.accounts[0].app_id

    @property
    def app_key(self) -> str:
        """Its ``appKey``, with which a login is signed."""
        return self.scenario.accounts[0].app_key

    @property
    def default_credentials(self) -> bool:
        """Whether an account has the ``appKey`` that every copy of this package has."""
        return not {account.app_key for account in self.scenario.accounts}.isdisjoint(_PUBLISHED)

    @property
    def access_token(self) -> str:
        """An access token of the first account that is valid now."""
        return self._command(self.state.tokens.newest)

    # Commands from a test

    def close_live(self, session_id: str, status: int = LiveStatus.LOST, result: str = "ended by the server") -> None:
        """Ends a live by the server's will, with a callback and the end of its sockets.

        Args:
            session_id: of the live.
            status: one that a live does not leave again, such as 50 or 9.
            result: why, for the callback.

        Raises:
            FakeServerError: no such live, it is over, or no such status.
        """
        if status not in ENDED_STATUSES:
            raise FakeServerError(f"a live does not end with status {status}")

        def act() -> None:
            if not self.state.lives.end(self._live(session_id), LiveStatus(status), result):
                raise FakeServerError(f"live {session_id} is over")

        self._command(act)

    def fail_live(self, session_id: str, result: str = "the stream broke") -> None:
        """Ends a live with 99, as if its stream could not be made or broke.

        Raises:
            FakeServerError: no such live, or it is over.
        """
        self.close_live(session_id, LiveStatus.FAILED, result)

    def stop_speech(self, session_id: str) -> None:
        """Sends code 4 to the microphone socket of a live: its client has to stop (ST-MIC-11).

        Raises:
            FakeServerError: no such live, or nobody has a microphone socket.
        """
        self._tell(session_id, Microphone.stop)

    def fail_speech(self, session_id: str) -> None:
        """Sends code 5 to the microphone socket of a live: its speech has failed (ST-MIC-13).

        Raises:
            FakeServerError: no such live, or nobody has a microphone socket.
        """
        self._tell(session_id, Microphone.fail)

    def push(self, session_id: str, message: SdkMessage) -> None:
        """Pushes one of the seven messages to the pages of a live.

        Raises:
            FakeServerError: no such live, or no page listens.
        """

        def act() -> None:
            if not self._sockets.push(self._live(session_id), message):
                raise FakeServerError(f"no page listens to live {session_id}")

        self._command(act)

    def expire_tokens(self, app_id: str = "") -> None:
        """Ends all access tokens of an account, of all accounts by default; refresh tokens stay.

        Raises:
            FakeServerError: no such account.
        """

        def act() -> None:
            if app_id and app_id not in {account.app_id for account in self.scenario.accounts}:
                raise FakeServerError(f"no account {app_id}")
            self.state.tokens.expire(app_id)

        self._command(act)

    def live(self, session_id: str) -> Live:
        """A live as the server knows it, to look at.

        Raises:
            FakeServerError: no such live.
        """
        return self._command(lambda: self._live(session_id))

    def _tell(self, session_id: str, say: Callable[[Microphone], list[Effect]]) -> None:
        def tell() -> None:
            found = self._sockets.speaker(self._live(session_id))
            if found is None:
                raise FakeServerError(f"nobody has a microphone socket for live {session_id}")
            guest, microphone = found
            guest.perform(say(microphone))

        self._command(tell)

    def _live(self, session_id: str) -> Live:
        live = self.state.lives.get(session_id)
        if live is None:
            raise FakeServerError(f"no live {session_id}")
        return live

    # The server's side

    def _max_body_bytes(self) -> int:
        return self.scenario.max_body_bytes

    async def _close(self) -> None:
        self._sockets.close()
        await self._callbacks.stop()

    def _stopped(self) -> None:
        self.state.close()

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        from avatarwire.fakeserver.transports.http import answer, target

        path, query = target(request)
        kind = self._sockets.PATHS.get(path)
        if kind is None:
            return await answer(
                request,
                lambda call: self._http.handle(call, self.clock.now()),
                self.journal,
                too_large=self._http.too_large,
            )
        guest = self._invited(request, kind, query)
        if isinstance(guest, Guest):
            return await self._talk(request, guest)
        return await answer(request, lambda _: guest, self.journal, too_large=lambda _: guest)

    def _invited(self, request: web.BaseRequest, kind: str, query: str) -> Guest | HttpAnswer:
        from avatarwire.fakeserver.transports.websocket import is_handshake

        if not is_handshake(request):
            return self._sockets.no_handshake()
        return self._sockets.judge(kind, query)

    async def _talk(self, request: web.BaseRequest, guest: Guest) -> web.StreamResponse:
        from avatarwire.fakeserver.transports.websocket import Connection

        connection = Connection(
            self._sockets.begin(guest),
            self.journal,
            self.clock,
            session=guest.session_id,
            max_message_bytes=self.scenario.max_frame_bytes,
        )
        self._sockets.enter(guest, connection)
        self._connections.add(connection)
        try:
            return await connection.run(request)
        finally:
            self._connections.discard(connection)
            self._sockets.leave(guest)

    def _queue(self, live: Live, tell: TakeoverObserver) -> TakeoverQueue:
        del live
        return TakeoverQueue(self.scenario, self.clock, tell, self.state.new_uuid)

    def _note(self, message: str, session_id: str, text: str) -> None:
        self.journal.note(text, message=message, session=session_id)
