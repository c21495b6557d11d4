"""The interaction sockets of a fake Aliyun server: who may open one, and what is told them from outside.

Only this lives here. What is said on a socket is in `conversation.py`, what a session is in `sessions.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import structs

from avatarwire.codecs.aliyun.messages import AskType, ErrorCode
from avatarwire.codecs.aliyun.tokens import parse_websocket_query
from avatarwire.codecs.aliyun.wire.header import HEADER_SIZE
from avatarwire.codecs.errors import CodecError, TokenError
from avatarwire.fakeserver.aliyun.conduct import deserted, left
from avatarwire.fakeserver.aliyun.conversation import HTTP_TEXT, Interaction
from avatarwire.fakeserver.aliyun.refused_sockets import RefusedSocket
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.session_credentials import SOCKET_PATH
from avatarwire.fakeserver.aliyun.sessions import Expired, Session, SessionEvent, Stopped, TextReceived
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.effects import Accept, Close, Effect, HttpAnswer, HttpCall, Incoming, On
from avatarwire.fakeserver.http.exchange import JSON_TYPE
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.mistake import NO_HEADERS, Mistake
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.turn import Turn
from avatarwire.fakeserver.user_code import Guard

__all__ = ["Line", "Lines", "Sockets"]


class Line:
    """The socket of a session: the conversation of its connection, which is told when that begins and ends.

    Attributes:
        session: as the handshake named it.
        connection: id of the connection.
        conversation: what is said.
        dropped: whether its end has come from outside of the conversation, and not from the client.
    """

    def __init__(self, lines: Lines, session: Session, connection: str, conversation: Interaction) -> None:
        self._lines: Final = lines
        self.session: Final = session
        self.connection: Final = connection
        self.conversation: Final = conversation
        self.dropped = False
        # Every message comes this way, which needs no step in between.
        self.read: Final = conversation.read
        self.take: Final = conversation.take

    def opened(self, now: float) -> list[Effect]:
        """The connection is open; it takes the place of an older one (ALI-E114)."""
        older = self._lines.enter(self)
        return [*older, *self.conversation.opened(now)]

    def closed(self, now: float) -> list[Effect]:
        """The connection is gone."""
        self._lines.leave(self)
        return [*self.conversation.closed(now), *left(self.session, ended=self.conversation.ended or self.dropped)]

    def on(self, effects: Iterable[Effect]) -> On:
        """Effects on this connection, such as its end."""
        on = On(self.connection, tuple(effects))
        self.dropped = self.dropped or any(isinstance(effect, Close) for effect in on.effects)
        return on


class Lines:
    """The open sockets of a server, by session.

    Args:
        turn: where effects go that come from outside of a connection.
        said: keeps what clients have had said.

    Attributes:
        said: as given.
    """

    def __init__(self, turn: Turn, said: SaidLog) -> None:
        self.said: Final = said
        self._turn: Final = turn
        self._newest: Final[dict[str, Line]] = {}

    def of(self, session: Session) -> Line | None:
        """The newest socket of a session, if one is open."""
        return self._newest.get(session.id)

    def stopping(self) -> None:
        """The server is about to close them all."""
        for line in self._newest.values():
            line.dropped = True

    def enter(self, line: Line) -> list[Effect]:
        """A socket is open: the session knows of it, and an older socket is closed."""
        session = line.session
        older = self._newest.get(session.id)
        self._newest[session.id] = line
        session.attached += 1
        session.left = False
        session.talk = line.conversation
        return [] if older is None else [older.on(older.conversation.replaced("replaced by a newer connection"))]

    def leave(self, line: Line) -> None:
        """A socket is gone."""
        session = line.session
        session.attached -= 1
        if self._newest.get(session.id) is line:
            del self._newest[session.id]
            session.last_activity = session.silent_since
            session.talk = None

    def happened(self, session: Session, event: SessionEvent) -> None:
        """Something has happened to a session by another way than its socket, which is told."""
        line = self._newest.get(session.id)
        if line is not None:
            self._turn.do(line.on(_told(line.conversation, event)))
        elif isinstance(event, TextReceived):
            self.said.accept(session.id, event.text, HTTP_TEXT).end()
        elif isinstance(event, Expired) and event.in_time:
            self._turn.do(*deserted(session))


class Sockets:
    """Lets in who asks for a socket.

    Args:
        state: projects and sessions.
        scenario: how to behave.
        lines: the open sockets.
        guard: calls functions of the test.

    Attributes:
        paths: where they are.
    """

    def __init__(self, state: AliyunState, scenario: AliyunScenario, lines: Lines, guard: Guard | None = None) -> None:
        self.paths: Final = (SOCKET_PATH,)
        self._state: Final = state
        self._scenario: Final = scenario
        self._lines: Final = lines
        self._guard: Final = guard

    def admit(self, call: HttpCall, received: Incoming, now: float) -> HttpAnswer | Accept:
        """Who talks on a connection, or why the handshake is refused (ALI-R076, ALI-E53)."""
        if not call.handshake:
            wrong = call.improper or Mistake("not a WebSocket handshake", clause="ALI-R074")
            if not any(name.lower() == "upgrade" for name, _ in call.headers):
                wrong = structs.replace(wrong, clause="ALI-R074")  # an ordinary call, of which the document speaks
            received.note(wrong.finding)
            return _refusal(wrong.status, ErrorCode.SYSTEM_ERROR, str(wrong), headers=wrong.headers)
        try:
            asked = parse_websocket_query(call.query)
            session = self._state.verify_socket(asked.token, asked.session_id, now)
        except (TokenError, CodecError) as error:
            received.note(_wrong(error))
            if self._scenario.socket_refusal == "frame":
                return self._opened_for_nobody(str(error))
            return _refusal(401, ErrorCode.PERMISSION_DENIED, str(error))
        if self._lines.of(session) is not None and self._scenario.second_connection == "refuse":
            received.note(Violation("ALI-E114", "", "a socket is already open for this session", level="warning"))
            return _refusal(
                409, ErrorCode.SYSTEM_ERROR, "a socket is already open for this session [ALI-E114]", session.id
            )
        conversation = Interaction(session, self._scenario, guard=self._guard, said=self._lines.said)
        line = Line(self._lines, session, call.connection, conversation)
        return Accept(line, session.id, self._scenario.max_frame_bytes, HEADER_SIZE)

    def rejected(
        self, call: HttpCall, *, code: int | str | None, status: int | None, reason: str
    ) -> HttpAnswer | Accept:
        """The refusal of a handshake for no fault of its own, with the code of an error message (ALI-R119).

        Args:
            call: the handshake.
            code: 10001 is refused as a token is that is no good (ALI-E51); 10000 if none is given.
            status: of HTTP; None for 401 with the one, and 500 with any other.
            reason: in words.
        """
        del call
        number = code if isinstance(code, int) else ErrorCode.SYSTEM_ERROR
        forbidden = number == ErrorCode.PERMISSION_DENIED
        if forbidden and status is None and self._scenario.socket_refusal == "frame":
            return self._opened_for_nobody(reason)
        return _refusal((401 if forbidden else 500) if status is None else status, number, reason)

    def _opened_for_nobody(self, reason: str) -> Accept:
        return Accept(RefusedSocket(self._scenario, reason), "", self._scenario.max_frame_bytes, HEADER_SIZE)


def _wrong(error: TokenError | CodecError) -> Violation:
    """What is wrong with a query; only a warning where it was right once: tokens expire, and sessions end (ALI-E53)."""
    if isinstance(error, CodecError):
        return Violation(error.clause or "ALI-R074", error.path, error.reason, error.expected)
    return Violation(error.clause, "token", error.reason, level="warning" if error.clause in _OUTDATED else "error")


_OUTDATED: Final = ("ALI-E51", "ALI-E53")
"""Clauses of tokens that have expired and of sessions that are over."""


def _told(conversation: Interaction, event: SessionEvent) -> list[Effect]:
    """What a conversation makes of something that happens to its session."""
    match event:
        case Stopped():
            return conversation.stopped(event.reason)
        case Expired():
            return conversation.force_close(event.reason)
        case TextReceived():
            return conversation.say(event.text, ask=event.ask_type is AskType.ASK, message_id=event.request_id)


def _refusal(
    status: int, code: int, reason: str, session_id: str = "", headers: Mapping[str, str] = NO_HEADERS
) -> HttpAnswer:
    """An answer to a handshake, in the words of the socket's own error messages."""
    body = {"code": int(code), "message": reason}
    return HttpAnswer(
        status,
        msgspec.json.encode(body),
        {"Content-Type": JSON_TYPE, **headers},
        session=session_id,
        answer=body,
    )
