"""Keeps in a journal what passes a recording, decoded, with what answers what. Sans-IO.

A call, and each message of a socket, is kept before it is passed on, so that the order is that of what happened. What
is kept is what the client has sent and got: addresses are those of the proxy.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from avatarwire.codecs.core.findings import clauses_of
from avatarwire.codecs.errors import CodecError, HttpError
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import HANDSHAKE, HttpCall
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.journal import Journal, Transport
from avatarwire.fakeserver.journal.entry import NO_META, Violation
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.record.wire import Hear, Heard, Sender, Wire

__all__ = ["Asked", "Conversation", "Notebook", "Questions"]

Pairs = tuple[tuple[str, str], ...]

_FINE: Final = range(200, 300)
_REMEMBERED: Final = 4096
"""Messages of one connection that a later one may answer."""


class Asked:
    """A call that is kept, and waits for its answer.

    Attributes:
        exchange: what is known of it.
        seq: number of its entry.
        message: catalogue id of it; empty where it is none.
        answered: whether its answer is kept.
    """

    __slots__ = ("answered", "exchange", "message", "seq")

    def __init__(self, exchange: Exchange[None], seq: int, message: str) -> None:
        self.exchange: Final = exchange
        self.seq: Final = seq
        self.message: Final = message
        self.answered = False


class Notebook:
    """Reads calls and their answers, and keeps them.

    Args:
        wire: how the vendor's messages are read.
        journal: where they are kept.
        clock: what time it is.
    """

    def __init__(self, wire: Wire, journal: Journal, clock: Clock) -> None:
        self.wire: Final = wire
        self.journal: Final = journal
        self.clock: Final = clock
        self._by_path: Final = {operation.path: operation for operation in wire.operations}

    def call(self, call: HttpCall, found: tuple[Violation, ...], *, handshake: bool) -> Asked:
        """Keeps a call.

        Args:
            call: as the client has made it.
            found: what is wrong with it beside its content.
            handshake: whether it asks for a WebSocket.
        """
        exchange: Exchange[None] = Exchange(
            call, self.clock.now(), None, headers={name: values[-1] for name, values in call.by_name.items()}
        )
        exchange.violations += found
        message = HANDSHAKE if handshake else self._guarded(exchange)
        if handshake and (socket := self.wire.sockets.get(call.path)) is not None:
            exchange.session = socket.session(call.query)
        seq = self.journal.add(
            "http",
            "in",
            message,
            connection=call.connection,
            raw=call.body,
            body=exchange.request,
            session=exchange.session,
            deviations=exchange.deviations,
            violations=tuple(exchange.violations),
            meta={"method": call.method, "path": f"{call.path}?{call.query}" if call.query else call.path},
            headers=call.headers,
        )
        return Asked(exchange, seq, message)

    def _guarded(self, exchange: Exchange[None]) -> str:
        try:
            return self._read(exchange)
        except Exception as defect:  # what is not understood passes all the same
            self.journal.note("a call could not be read", failure=whereabouts(defect))
            return ""

    def _read(self, exchange: Exchange[None]) -> str:
        call = exchange.call
        operation = self._by_path.get(call.path)
        if operation is None or operation.method != call.method:
            return ""
        exchange.operation = operation
        for check in self.wire.checks:
            try:
                check(exchange)
            except Refusal as refusal:
                exchange.violations += refusal.violations
        try:
            self.wire.validation.validate(exchange)
        except Refusal as refusal:
            exchange.violations += [each for each in refusal.violations if each not in exchange.violations]
        return operation.request.message

    def answer(
        self, asked: Asked, status: int, headers: Pairs, body: bytes, meta: Mapping[str, object] = NO_META
    ) -> int:
        """Keeps the answer to a call.

        Args:
            asked: the call.
            status, headers: of the answer, as the client gets it.
            body: the same, without its content coding, in which nobody would find a secret.
            meta: what else is to be said.
        """
        asked.answered = True
        exchange = asked.exchange
        operation = exchange.operation
        value: Any = None
        deviations: tuple[str, ...] = ()
        violations: tuple[Violation, ...] = ()
        message, secrets = "", tuple[str, ...]()
        if asked.message == HANDSHAKE:
            message = HANDSHAKE
        elif operation.id and not meta:
            message = operation.response.message
            try:
                received = operation.decode_response(status, body)
                value, deviations, violations = received.value, clauses_of(received.findings), received.findings
            except HttpError as failure:
                value = None if failure.received is None else failure.received.value
            except CodecError as error:
                violations = (Violation(error.clause, error.path or "", error.reason, error.expected),)
            if operation.id in self.wire.secrets:
                secrets = self.wire.secrets[operation.id](value)
        named: object = getattr(value, "session_id", "")
        if isinstance(named, str) and named:
            exchange.session = named
        return self.journal.add(
            "http",
            "out",
            message,
            connection=exchange.call.connection,
            raw=body if message != HANDSHAKE or body else None,
            body=value,
            session=exchange.session,
            status=status,
            deviations=deviations,
            violations=violations,
            reply_to=asked.seq,
            meta=meta,
            headers=headers,
            secrets=secrets,
        )

    def callback(self, known: Heard, connection: str, body: bytes, headers: Pairs, meta: Mapping[str, object]) -> int:
        """Keeps a callback; arguments as of `Journal.add`."""
        return self.journal.add(
            "callback",
            "out",
            known.message,
            connection=connection,
            raw=body,
            body=known.body,
            session=known.session,
            deviations=known.deviations,
            violations=known.violations,
            meta=meta,
            headers=headers,
        )

    def callback_answer(
        self, known: Heard, connection: str, seq: int, status: int, headers: Pairs, body: bytes
    ) -> None:
        """Keeps what a receiver has answered to a callback, whose entry is number `seq`."""
        meta = {"outcome": "delivered"}
        if status not in _FINE:
            meta = {"outcome": "failed", "reason": f"answered with status {status}"}
        self.journal.add(
            "callback",
            "in",
            f"{known.message}.{meta['outcome']}" if known.message else "",
            connection=connection,
            raw=body,
            session=known.session,
            status=status,
            reply_to=seq,
            meta=meta,
            headers=headers,
        )

    def conversation(
        self, hear: Hear, transport: Transport, connection: str, session: str = "", asked: Questions | None = None
    ) -> Conversation:
        """Keeps the messages of one connection; arguments as of `Conversation`."""
        return Conversation(self, hear, transport, connection, session, Questions() if asked is None else asked)


class Questions(OrderedDict[str, int]):
    """Numbers of the entries that a later one may answer, by what it is known by."""

    def ask(self, key: str, seq: int) -> None:
        """Remembers one."""
        self[key] = seq
        while len(self) > _REMEMBERED:
            self.popitem(last=False)


class Conversation:
    """Reads the messages of one connection, and keeps them.

    Args:
        notebook: that keeps them.
        hear: reads one.
        transport: ``ws`` or ``mqtt``.
        connection: its id.
        session: id of the session, as far as the connection says.
        asked: what a message may answer; connections may share it.
    """

    def __init__(
        self,
        notebook: Notebook,
        hear: Hear,
        transport: Transport,
        connection: str,
        session: str,
        asked: Questions,
    ) -> None:
        self._wire: Final = notebook.wire
        self._journal: Final = notebook.journal
        self._hear: Final = hear
        self._transport: Final[Transport] = transport
        self._connection: Final = connection
        self._session: Final = session
        self._asked: Final = asked

    def passes(self, data: bytes | str, sender: Sender, meta: Mapping[str, object] = NO_META) -> int:
        """Keeps a message.

        Args:
            data: bytes of a binary one, text of the other kind.
            sender: who has sent it.
            meta: what the transport knows beside it.
        """
        try:
            known = self._hear(data, sender)
        except Exception as defect:  # what is not understood passes all the same
            known = Heard()
            self.note("a message could not be read", failure=whereabouts(defect))
        seq = self._journal.add(
            self._transport,
            "in" if sender == "client" else "out",
            known.message,
            connection=self._connection,
            raw=data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape"),
            body=known.body,
            session=known.session or self._session,
            deviations=known.deviations,
            violations=known.violations,
            reply_to=self._asked.get(known.answers, 0) if known.answers else 0,
            meta=meta,
            audio=known.audio,
            prefix=self._wire.header_bytes,
        )
        for key in known.asks:
            self._asked.ask(key, seq)
        return seq

    def note(self, text: str, violations: tuple[Violation, ...] = (), **meta: object) -> None:
        """Keeps something that is no message."""
        self._journal.add(
            "note",
            "note",
            body=text,
            session=self._session,
            connection=self._connection,
            violations=violations,
            meta=meta,
        )
