"""How calls by HTTP are replayed: checked as the fake does, answered as recorded.

Whoever calls has to be known to the fake, by signature or token; what is wrong with that is answered by the fake. All
else that it would find fault with does not count: what crossed the wire is what is answered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from avatarwire.codecs.errors import AvatarwireError, CodecError, HttpError
from avatarwire.fakeserver.effects import HANDSHAKE, Accept, Effect, HttpAnswer, HttpCall, Incoming, Later, Note
from avatarwire.fakeserver.http.exchange import JSON_TYPE, Exchange
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.journal.masking import MASK
from avatarwire.fakeserver.mistake import Mistake
from avatarwire.fakeserver.replay import recording as recorded
from avatarwire.fakeserver.replay.ids import Ids, leaves, plain_json
from avatarwire.fakeserver.replay.player import REPLAY, Player, asked_of
from avatarwire.fakeserver.replay.running import Found, Run
from avatarwire.fakeserver.replay.talk import Reader, Talk
from avatarwire.fakeserver.trace.comparing import name_of

__all__ = ["Doors", "ReplaySurface"]

_SWITCHING_PROTOCOLS: Final = 101
_PATIENT: Final = 0.05
"""Seconds up to which an answer of HTTP comes at once: the work of whoever was recorded."""
_OF_THE_TRANSPORT: Final = frozenset(
    ("connection", "content-encoding", "content-length", "date", "keep-alive", "server", "trailer", "transfer-encoding")
)


class Doors(Protocol):
    """What a vendor does in its own way when somebody calls.

    Attributes:
        largest: bytes of a message of a socket.
        header_bytes: before the sound in one.
    """

    @property
    def largest(self) -> int: ...
    @property
    def header_bytes(self) -> int: ...

    def is_stranger(self, refusal: Refusal) -> bool:
        """Whether a call is refused because of who calls."""
        ...

    def token(self, exchange: Exchange[Any]) -> str:
        """The token by which a caller is known; empty for none."""
        ...

    def corrects(self, exchange: Exchange[Any], headers: Mapping[str, str]) -> Mapping[str, str]:
        """Ids that are another for each answer, and stand for those of the trace.

        Args:
            exchange: the call.
            headers: of the recorded answer, by names in lower case.
        """
        ...

    def admit(self, call: HttpCall, received: Incoming, now: float) -> Run | HttpAnswer | Accept | None:
        """Whose socket somebody asks for, or the refusal; None to have the fake refuse it."""
        ...

    def reader(self, path: str) -> Reader:
        """What reads the messages of a socket."""
        ...


class ReplaySurface:
    """Behaviour of all that comes by HTTP, in the place of the fake's own.

    Args:
        inner: the fake's own.
        player: what was recorded.
        doors: what the vendor does in its own way.
        sockets: where there are sockets.
    """

    def __init__(self, inner: Surface, player: Player, doors: Doors, sockets: Collection[str]) -> None:
        self._inner: Final = inner
        self._player: Final = player
        self._doors: Final = doors
        self._sockets: Final = sockets

    def read(self, call: HttpCall, now: float) -> Incoming:
        """A call, as far as it can be understood before it is carried out."""
        return self._inner.read(call, now)

    def reread(self, received: Incoming, call: HttpCall, now: float) -> Incoming:
        """A call that was let in and has other content now."""
        return self._inner.reread(received, call, now)

    def rejected(self, received: Incoming, now: float, *, code: Any, status: int | None, reason: str) -> list[Effect]:
        """The refusal of a call whatever it asks for, in the form of the vendor."""
        return self._inner.rejected(received, now, code=code, status=status, reason=reason)

    def misread(self, mistake: Mistake) -> HttpAnswer:
        """The answer to what is no request."""
        return self._inner.misread(mistake)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        """The recorded answer, and what followed it."""
        packet: HttpCall | Exchange[Any] = received.packet
        if isinstance(packet, HttpCall):
            is_handshake = packet.path in self._sockets and packet.handshake
            return self._handshake(packet, received, now) if is_handshake else self._inner.take(received, now)
        refusal = packet.refusal
        if packet.ready is not None or (refusal is not None and self._doors.is_stranger(refusal)):
            return self._inner.take(received, now)
        key = ("http", received.message or f"{packet.call.method} {packet.call.path}")
        if packet.operation.id in self._player.parts.tokens:
            return self._issued(key, packet, received, now)
        asked = _asked(received, packet)
        if not packet.operation.id and not self._player.recording.of(key):
            return self._inner.take(received, now)
        self._inner.let_in(packet)
        found = self._player.find(
            key,
            asked,
            self._player.about(asked),
            account=packet.account,
            only=_is_answered,
            flow=self._player.flow_of(self._doors.token(packet)),
        )
        if isinstance(found, str):
            return self._missing(received, now, found)
        exchange, run = found.exchange, found.run
        is_new = run is not None and exchange.starts and run.used == {exchange.number: 1}
        began = [self._player.began(run)] if run is not None and is_new else []
        answer = self._answer(found, packet, received)
        following = self._player.follow(found, received)
        wait = 0.0 if exchange.answer is None else exchange.answer.delay
        if wait > _PATIENT:
            return [*began, Later(wait, lambda _: [answer]), *following]
        return [answer, *began, *following]

    def _missing(self, received: Incoming, now: float, reason: str) -> list[Effect]:
        refusal = self._inner.rejected(received, now, code=None, status=None, reason=reason)
        return [*refusal, Note(reason, REPLAY, received.session)]

    # --- answers ---

    def _answer(self, found: Found, packet: Exchange[Any], received: Incoming) -> HttpAnswer:
        said, run = found.exchange.answer, found.run
        assert said is not None  # noqa: S101 - it was looked for
        entry = said.entry
        headers = {str(name).lower(): str(value) for name, value in entry.meta.get("headers", ())}
        ids = self._player.ids(found, self._doors.corrects(packet, headers))
        host = packet.headers.get("host", "")
        text = None if said.data is None else self._player.text(said.data, run, ids, asked_by=host)
        body = (said.data or b"") if text is None else text.encode()
        kept = {
            name: ids.now(value)
            for name, value in headers.items()
            if name not in _OF_THE_TRANSPORT and MASK not in value
        }
        if body:
            kept.setdefault("content-type", JSON_TYPE)
        session = "" if run is None else run.id
        answer = HttpAnswer(
            entry.status or 200,
            body,
            {**kept, **packet.answer_headers},
            packet.operation.request.message,
            entry.message or packet.operation.response.message,
            session,
            packet.request,
            self._decoded(packet, entry.status or 200, body, entry.body, ids),
            packet.deviations,
            tuple(packet.violations),
            secrets=self._player.secrets(),
            cause=received,
        )
        received.session = session
        return answer

    def _decoded(self, packet: Exchange[Any], status: int, body: bytes, said: Any, ids: Ids) -> object:
        if packet.operation.id:
            try:
                return packet.operation.decode_response(status, body).value
            except (AvatarwireError, ValueError):
                pass
        return self._player.value(said, ids)

    def _issued(self, key: recorded.Key, packet: Exchange[Any], received: Incoming, now: float) -> list[Effect]:
        """Tokens of the fake's own, in the answer that was recorded."""
        effects = self._inner.take(received, now)
        answer = next((effect for effect in effects if isinstance(effect, HttpAnswer)), None)
        if answer is None or answer.failed:
            return effects
        asked = asked_of(packet.request)
        found = self._player.find(key, asked, None, counts=False, only=lambda each: _succeeded(each, packet))
        if isinstance(found, str):
            return effects
        said = found.exchange.answer
        assert said is not None  # noqa: S101 - it has succeeded
        ids = self._player.ids(found)
        own = {name: text for name, text in _texts(plain_json(answer.body)).items() if name in self._player.parts.own}
        text = self._player.text(said.data or b"", None, ids, own=own)
        for token in own.values():
            self._player.issued(token, found)
        if text:
            answer.body = text.encode()
            answer.answer = self._decoded(packet, answer.status, answer.body, None, ids)
        return effects

    # --- sockets ---

    def _handshake(self, call: HttpCall, received: Incoming, now: float) -> list[Effect]:
        admitted = self._doors.admit(call, received, now)
        if admitted is None:
            return self._inner.take(received, now)
        if not isinstance(admitted, Run):
            if isinstance(admitted, HttpAnswer):
                admitted.request_message = admitted.answer_message = HANDSHAKE
                admitted.violations = received.violations
            admitted.cause = received
            return [admitted]
        run, player = admitted, self._player
        asked = dict(parse_qsl(call.query, keep_blank_values=True))
        received.session = run.id
        received.violations = (*received.violations, *call.remarks)
        found = player.find(("handshake", call.path), asked, run, only=lambda each: each.session == run.recorded)
        if isinstance(found, str):
            return self._missing(received, now, found)
        said = found.exchange.answer
        if said is not None and said.entry.status not in (None, _SWITCHING_PROTOCOLS):
            text = None if said.data is None else player.text(said.data, run, player.ids(found))
            headers = {"content-type": JSON_TYPE}
            answer = HttpAnswer(said.entry.status or 200, (text or "").encode(), headers, HANDSHAKE, HANDSHAKE, run.id)
            answer.cause, answer.answer, answer.violations = received, plain_json(answer.body), received.violations
            return [answer]
        player.connects(run, found.exchange, call.connection)
        talk = Talk(player, run, found, call.connection, self._doors.reader(call.path))
        return [Accept(talk, run.id, self._doors.largest, self._doors.header_bytes, received)]


def _asked(received: Incoming, packet: Exchange[Any]) -> Any:
    """What a call says, as JSON values."""
    if not received.message:
        return recorded.unknown_call(packet.call.query, packet.call.body)
    return dict(packet.parameters) if packet.request is None else asked_of(packet.request)


def _is_answered(exchange: recorded.Exchange) -> bool:
    return exchange.answer is not None


def _succeeded(exchange: recorded.Exchange, packet: Exchange[Any]) -> bool:
    """Whether the recorded answer says so, whatever else is wrong with it."""
    said = exchange.answer
    if said is None or not isinstance(plain_json(said.data), dict):
        return False
    try:
        packet.operation.decode_response(said.entry.status or 200, said.data or b"")
    except HttpError:
        return False
    except CodecError:
        pass
    return True


def _texts(value: Any) -> Mapping[str, str]:
    """The texts in an answer by the name of their member."""
    return {name_of(path): leaf for path, leaf in leaves(value) if isinstance(leaf, str)}
