"""The fake Aliyun server as one object: state, HTTP operations and interaction sockets behind one port.

    with FakeAliyun() as fake:
        call(fake.http_url, fake.access_key_id, fake.access_key_secret, fake.project_id)

Only the joining of the parts lives here: what an operation does is in `http.py`, what a socket says in
`interaction.py`, what is remembered in `state.py`.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.aliyun.tokens import parse_websocket_query
from avatarwire.codecs.aliyun.wire.header import HEADER_SIZE
from avatarwire.codecs.errors import CodecError, TokenError
from avatarwire.fakeserver.aliyun.conversation import Interaction
from avatarwire.fakeserver.aliyun.http import AliyunHttp
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, AnswerFunction
from avatarwire.fakeserver.aliyun.state import AliyunState, Expired, Session, SessionEvent, Stopped, TextReceived
from avatarwire.fakeserver.aliyun.tokens import SOCKET_PATH
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import Close, Effect, HttpAnswer
from avatarwire.fakeserver.scenario import Source
from avatarwire.fakeserver.server import JOURNAL_BYTES, FakeServer, FakeServerError
from avatarwire.fakeserver.settings import settle

if TYPE_CHECKING:
    from aiohttp import web

    from avatarwire.fakeserver.transports.websocket import Connection

__all__ = ["FakeAliyun"]

T = TypeVar("T")

VENDOR: Final = "aliyun"

_PUBLISHED: Final = frozenset(account.access_key_secret for account in AliyunScenario().accounts)

HEARTBEAT: Final = "heartbeat.ping"
"""Says nothing: a session that is only kept open is silent (ALI-E104)."""


class _Line:
    """A session's socket: the conversation on it and the connection that carries it."""

    __slots__ = ("connection", "conversation")

    def __init__(self, conversation: Interaction, connection: Connection) -> None:
        self.conversation = conversation
        self.connection = connection


class FakeAliyun(FakeServer):
    """A fake Aliyun IntelligentCreation service: signed HTTP and the interaction WebSocket on one port.

    Args:
        scenario: a table, a path of a TOML, YAML or JSON file, or a mapping like such a file; the default replays the
            documented flows. Table ``[server]`` of a file counts too.
        answer: function that answers questions, plain or async; goes before the scenario's table.
        host, port, clock, ssl_context, journal_bytes: as for every fake server.
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
        clock: Clock | None = None,
        ssl_context: ssl.SSLContext | None = None,
        seed: int | None = None,
        journal_bytes: int = JOURNAL_BYTES,
        **changes: Any,
    ) -> None:
        if answer is not None:
            changes["answer"] = answer
        settings = settle(scenario, VENDOR, AliyunScenario, changes, clock=clock, seed=seed)
        self.scenario: AliyunScenario = settings.scenario
        super().__init__(
            VENDOR, host=host, port=port, clock=settings.clock, ssl_context=ssl_context, journal_bytes=journal_bytes
        )
        self.state = AliyunState(
            self.scenario,
            self.clock,
            socket_url=lambda: self.ws_url,
            rng=settings.rng,
        )
        self._http = AliyunHttp(self.state, self.scenario)
        self._lines: dict[str, _Line] = {}

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
    def default_credentials(self) -> bool:
        """Whether an account has the secret that every copy of this package has."""
        return not {account.access_key_secret for account in self.scenario.accounts}.isdisjoint(_PUBLISHED)

    @property
    def project_id(self) -> str:
        """Id of the first deployed project of the scenario."""
        return self.state.default_project_id

    # Commands from a test

    def force_close(self, session_id: str, reason: str = "line expired") -> None:
        """Ends a session by the server's will: pushes force-close (ALI-R122) and closes its socket.

        Raises:
            FakeServerError: no such session.
        """

        def act() -> None:
            session = self._session(session_id)
            line = self._lines.get(session.id)
            session.observer = None
            self.state.stop(session, reason)
            if line is not None:
                line.connection.perform(line.conversation.force_close(reason))

        self._command(act)

    def recover(self, session_id: str) -> None:
        """Breaks the line of a session: pushes recovering (ALI-R123); the channel has to be prepared again.

        Raises:
            FakeServerError: no such session, or no socket is open for it.
        """
        self._tell(session_id, Interaction.recover)

    def drop(self, session_id: str, code: int = 1011, reason: str = "") -> None:
        """Closes the socket of a session with a close code and lets the session live.

        Raises:
            FakeServerError: no such session, or no socket is open for it.
        """
        self._tell(session_id, lambda _: [Close(code, reason)])

    def _tell(self, session_id: str, say: Callable[[Interaction], list[Effect]]) -> None:
        def tell() -> None:
            line = self._lines.get(self._session(session_id).id)
            if line is None:
                raise FakeServerError(f"no socket is open for session {session_id}")
            line.connection.perform(say(line.conversation))

        self._command(tell)

    def _session(self, session_id: str) -> Session:
        session = self.state.session(session_id)
        if session is None:
            raise FakeServerError(f"no session {session_id}")
        return session

    # The server's side

    def _max_body_bytes(self) -> int:
        return self.scenario.max_body_bytes

    def _stopped(self) -> None:
        self.state.close()

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        from avatarwire.fakeserver.transports.http import answer, target

        path, query = target(request)
        if path != SOCKET_PATH:
            return await answer(
                request,
                lambda call: self._http.handle(call, self.clock.now()),
                self.journal,
                too_large=self._http.too_large,
            )
        refusal = await self._refused(request, query)
        if refusal is None:
            return await self._talk(request, query)
        return await answer(request, lambda _: refusal, self.journal, too_large=lambda _: refusal)

    async def _refused(self, request: web.BaseRequest, query: str) -> HttpAnswer | None:
        """Why a handshake is refused, if it is (ALI-R076, ALI-E53)."""
        from avatarwire.fakeserver.transports.websocket import is_handshake

        if not is_handshake(request):
            return _refusal(400, 10000, "not a WebSocket handshake")
        try:
            session = self._invited(query)
        except (TokenError, CodecError) as error:
            return _refusal(401, 10001, str(error))
        if session.id in self._lines and self.scenario.second_connection == "refuse":
            return _refusal(409, 10000, "a socket is already open for this session [ALI-E114]")
        return None

    def _invited(self, query: str) -> Session:
        """The session that the query of a handshake is good for. Raises `TokenError`."""
        asked = parse_websocket_query(query)
        return self.state.verify_socket(asked.token, asked.session_id, self.clock.now())

    async def _talk(self, request: web.BaseRequest, query: str) -> web.StreamResponse:
        from avatarwire.fakeserver.transports.websocket import Connection as Socket

        session = self._invited(query)
        conversation = Interaction(session, self.scenario, guard=self._guard)
        connection = Socket(
            conversation,
            self.journal,
            self.clock,
            session=session.id,
            max_message_bytes=self.scenario.max_frame_bytes,
            header_bytes=HEADER_SIZE,
            changed=self._changes(session, conversation),
        )
        line = _Line(conversation, connection)
        older = self._lines.get(session.id)
        self._lines[session.id] = line
        if older is not None:
            older.connection.perform(older.conversation.force_close("replaced by a newer connection"))
        session.attached += 1
        session.observer = lambda event: self._on_event(line, event)
        self._connections.add(connection)
        try:
            return await connection.run(request)
        finally:
            self._connections.discard(connection)
            session.attached -= 1
            if self._lines.get(session.id) is line:
                del self._lines[session.id]
                session.observer = None
                session.busy = False

    def _changes(self, session: Session, conversation: Interaction) -> Callable[[str], None]:
        """What a connection calls after every message, with its catalogue id."""
        lines, session_id = self._lines, session.id

        def changed(message: str) -> None:
            line = lines.get(session_id)
            if line is None or line.conversation is not conversation:
                return  # a newer connection speaks for the session
            session.busy = conversation.busy
            if message != HEARTBEAT:
                session.touch()

        return changed

    @staticmethod
    def _on_event(line: _Line, event: SessionEvent) -> None:
        match event:
            case Stopped():
                effects = line.conversation.stopped(event.reason)
            case Expired():
                effects = line.conversation.force_close(event.reason)
            case TextReceived():
                ask = event.ask_type is AskType.ASK
                effects = line.conversation.say(event.text, ask=ask, message_id=event.request_id)
        line.connection.perform(effects)


def _refusal(status: int, code: int, reason: str) -> HttpAnswer:
    """An answer to a handshake, in the words of the socket's own error messages."""
    body = {"code": code, "message": reason}
    return HttpAnswer(
        status, msgspec.json.encode(body), {"Content-Type": "application/json;charset=utf-8"}, answer=body
    )
