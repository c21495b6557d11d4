"""What behaviour and carriers say to each other: what came in, and the effects of it.

Behaviour (`<vendor>/`) is sans-IO: it takes these values and the time, and returns these values. A carrier
(`transports/`) turns bytes into what came in, and effects into bytes; between both stands the hub (`hub.py`). Only such
plain values live here. They are msgspec structs because one is made for every message, and those are made fastest.

What came in is read first and taken afterwards: reading changes nothing, so that whoever stands between may still drop
a message, delay it or refuse it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar
from urllib.parse import parse_qsl

import msgspec

from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.core.headers import Collected, collected
from avatarwire.fakeserver.mistake import Mistake

__all__ = [
    "HANDSHAKE",
    "SERVER",
    "Accept",
    "Await",
    "Behaviour",
    "CallBack",
    "Cancel",
    "Close",
    "Conversation",
    "Delivery",
    "Effect",
    "Effects",
    "FrameForm",
    "Framed",
    "HttpAnswer",
    "HttpCall",
    "Incoming",
    "Later",
    "Leaving",
    "Note",
    "On",
    "Publish",
    "Send",
    "Signed",
    "session_asked_for",
]

T_contra = TypeVar("T_contra", contravariant=True)

HANDSHAKE: Final = "handshake.websocket"
"""What the journal calls a call that asks for a WebSocket."""
SERVER: Final = "server"
"""In the place of a connection: the server itself."""

# --- what came in ---


def session_asked_for(query: str) -> str:
    """The session that a handshake is for, which every vendor's names in the same way; empty for none.

    Args:
        query: of its URL.
    """
    return dict(parse_qsl(query)).get("sessionId", "")


class HttpCall(msgspec.Struct, frozen=True):
    """One HTTP request, its body complete and de-chunked.

    Attributes:
        method, path, query: the request line; path and query raw, as sent.
        headers: name and value pairs in the order they came, repeated headers repeated.
        body: without transfer coding, and without a content coding that was understood.
        connection: id of the connection it came on.
        handshake: whether it properly asks for a WebSocket.
        limit: the largest body that is read, where this one is larger and was not read; 0 otherwise.
        coded: the body as it was sent, where that is something else: it is what was signed.
        improper: why it does not properly ask for a WebSocket, where that is known.
        undecodable: why the content coding of the body is not understood.
        remarks: what else was noticed about how it was sent.
        values: of the headers, by name, where they have been collected already.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    connection: str = ""
    handshake: bool = False
    limit: int = 0
    coded: bytes | None = None
    improper: Mistake | None = None
    undecodable: Mistake | None = None
    remarks: tuple[Finding, ...] = ()
    values: Collected | None = None

    @property
    def by_name(self) -> Collected:
        """All values of each header, by name in lower case."""
        return collected(self.headers) if self.values is None else self.values

    @property
    def sent(self) -> bytes:
        """The body as it was sent, without transfer coding."""
        return self.body if self.coded is None else self.coded


class Delivery(msgspec.Struct, frozen=True):
    """One message that a client has published to a broker.

    Attributes:
        topic, data: as published.
        qos: quality of service it was published with, 0 to 2.
        duplicate: whether the client says that it has sent this before.
        client_id, user: who has published it; empty where an external broker does not tell.
    """

    topic: str
    data: bytes
    qos: int = 0
    duplicate: bool = False
    client_id: str = ""
    user: str = ""


class Incoming(msgspec.Struct):
    """What a behaviour has read of something that came in, and what it has found out about it since.

    Attributes:
        message: catalogue id, empty when none was recognised.
        body: the decoded message, if any.
        deviations, violations: what was noticed.
        audio: whether the bytes are audio, of which the journal keeps a hash only.
        session: session id concerned, where the connection does not say.
        packet: what the behaviour needs to take it, beside the body.
        reply_to: number of the journal's entry that it answers; 0 for none.
        seq: number of its own entry, once the journal has it.
        reply: what is sent in the place of an answer to it, None for nothing; absent where answers go as they are.
    """

    message: str = ""
    body: object = None
    deviations: tuple[str, ...] = ()
    violations: tuple[Finding, ...] = ()
    audio: bool = False
    session: str = ""
    packet: Any = None
    reply_to: int = 0
    seq: int = 0
    reply: Callable[[Any], Any] | None = None

    def note(self, violation: Finding) -> Finding:
        """Adds something that was noticed, and gives it back."""
        self.violations = (*self.violations, violation)
        return violation


# --- what goes out ---


class Send(msgspec.Struct, frozen=True):
    """Send one WebSocket message on the connection at hand.

    Attributes:
        data: bytes for a binary message, a text for a text message.
        message: catalogue id, for the journal.
        body: the decoded message, for the journal.
        cause: what it answers; None for what the server says by itself.
        is_text: whether bytes go as a text message, whether or not they are UTF-8.
    """

    data: bytes | str
    message: str
    body: object = None
    cause: Incoming | None = None
    is_text: bool = False


FrameForm: TypeAlias = Literal[
    "fragmented", "unfinished", "masked", "reserved_bit", "reserved_opcode", "long_length", "other_kind"
]
"""Frames as no good server sends them, or as few do: `transports/frame_forms.py`."""


class Framed(Send, frozen=True):
    """The same in frames of another form.

    Attributes:
        form: of its frames.
        frames: how many, where there are several.
    """

    form: FrameForm = "fragmented"
    frames: int = 2


class Close(msgspec.Struct, frozen=True):
    """Close the connection at hand with a WebSocket close code.

    Attributes:
        code, reason: of the close frame.
    """

    code: int
    reason: str = ""


class On(msgspec.Struct, frozen=True):
    """Carry out effects on another connection than the one at hand; nothing happens when that is gone.

    Attributes:
        connection: its id.
        effects: in order.
    """

    connection: str
    effects: tuple[Effect, ...]


class Publish(msgspec.Struct):
    """Publish one message to a broker now.

    Attributes:
        topic, data: what to publish where.
        qos: the highest quality of service to publish it with; a subscriber gets no more than it has asked for.
        message: catalogue id, for the journal.
        body: the decoded message, for the journal.
        session: session id concerned, for the journal.
        cause: what it answers; None for what the server says by itself.
        seq: number of the journal's entry, once it went out; of several subscribers the last one's.
        left: called when it is on its way to the broker: a fault may hold it back, or have it lost.
    """

    topic: str
    data: bytes
    qos: int
    message: str
    body: object = None
    session: str = ""
    cause: Incoming | None = None
    seq: int = 0
    left: Callable[[], object] | None = None


class HttpAnswer(msgspec.Struct):
    """Answer an HTTP call.

    Attributes:
        status, body, headers: what to send; the body is JSON.
        request_message, answer_message: catalogue ids, empty when the call matches no operation.
        session: session id concerned, if any.
        request, answer: decoded messages, if any.
        deviations, violations: what was noticed in the request.
        notes: what the journal should say beside it, such as why a signature was refused.
        secrets: texts of the body that are secret although no name says so.
        cause: the call.
        failed: whether it says that the call was not carried out.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    request_message: str = ""
    answer_message: str = ""
    session: str = ""
    request: object = None
    answer: object = None
    deviations: tuple[str, ...] = ()
    violations: tuple[Finding, ...] = ()
    notes: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    secrets: tuple[str, ...] = ()
    cause: Incoming | None = None
    failed: bool = False


class Accept(msgspec.Struct):
    """Accept a WebSocket handshake, and have somebody talk on the connection.

    Attributes:
        conversation: who talks.
        session: id under which the journal has its messages.
        largest: bytes of a message beyond which the connection is closed with 1009, however it is fragmented.
        header_bytes: bytes before the audio in a binary message; they stay readable in the journal.
        cause: the handshake.
    """

    conversation: Conversation
    session: str
    largest: int
    header_bytes: int = 0
    cause: Incoming | None = None


class Signed(msgspec.Struct, frozen=True):
    """What a signature adds to a request.

    Attributes:
        headers: further headers.
        query: pairs for the query.
        data: the bytes to post in the place of those that were signed, where the signature stands in them; None where
            it does not.
        body: the decoded message that those are.
    """

    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    query: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    data: bytes | None = None
    body: object = None


Sign: TypeAlias = Callable[[bytes, float], Signed]
"""Signs a body at a moment, epoch seconds."""


class CallBack(msgspec.Struct, frozen=True):
    """Post one message to the client's own HTTP server.

    Attributes:
        url: where to; empty for nowhere, which the journal tells.
        data: JSON.
        message: catalogue id, for the journal.
        body: the decoded message, for the journal.
        session: session concerned; its callbacks are delivered in order.
        sign: called before each try; None where nothing is signed.
        renamed: headers that are to be others than those it would have, by name; None where one is to be missing.
        posted: what is posted in the place of `data`, which is what was signed; None for `data` itself.
        account: of the customer whose signature it has, by which one is found again after a snapshot.
        broken: how the first connection ends before the request is complete: ``close``, ``reset``, or ``hang`` for one
            that stays open; empty for none of it.
    """

    url: str
    data: bytes
    message: str
    body: object = None
    session: str = ""
    sign: Sign | None = None
    renamed: Mapping[str, str | None] = msgspec.field(default_factory=dict[str, str | None])
    posted: bytes | None = None
    broken: str = ""
    account: str = ""


class Note(msgspec.Struct, frozen=True):
    """Have the journal say something that crosses no wire.

    Attributes:
        text: what happened.
        message: a name to find it by.
        session, violations, about: as in a journal's entry; `about` by name.
        secrets: texts that are secret although no name says so.
    """

    text: str
    message: str = ""
    session: str = ""
    violations: tuple[Finding, ...] = ()
    about: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])
    secrets: tuple[str, ...] = ()


# --- what happens in time ---


class Later(msgspec.Struct, frozen=True):
    """Do something after a time on the server's clock.

    Attributes:
        delay: seconds.
        action: called with the time when that has come; its effects are carried out then.
        key: name by which `Cancel` finds it, and by which a newer `Later` replaces it; empty for neither.
        to: whose it is: `SERVER`, or empty for the connection at hand, with whose end it is forgotten.
    """

    delay: float
    action: Callable[[float], Effects]
    key: str = ""
    to: str = ""


class Await(msgspec.Struct, frozen=True):
    """Wait for something outside, such as a function of the user that answers questions.

    Attributes:
        awaitable: what to wait for.
        then: called with its result, or with the exception it raised, and the time.
        key, to: as of a `Later`; the two share their names.
    """

    awaitable: Awaitable[object]
    then: Callable[[object, float], Effects]
    key: str = ""
    to: str = ""


class Cancel(msgspec.Struct, frozen=True):
    """Forget a `Later` or an `Await` that has not happened yet.

    Attributes:
        key, to: its own.
    """

    key: str
    to: str = ""


Leaving: TypeAlias = Send | Close | Publish | HttpAnswer | Accept | CallBack
"""What leaves the server."""
Effect: TypeAlias = Leaving | On | Note | Later | Await | Cancel
Effects: TypeAlias = "Iterable[Effect]"


# --- who takes part ---


class Behaviour(Protocol[T_contra]):
    """Whatever messages of one kind are handed to."""

    def read(self, data: T_contra, now: float, /) -> Incoming:
        """What came in at a time in epoch seconds, decoded and judged. No state changes yet."""
        ...

    def take(self, received: Incoming, now: float, /) -> Effects:
        """What it leads to; called once for each that was read, unless that was dropped on the way."""
        ...


class Conversation(Behaviour["bytes | str"], Protocol):
    """What talks on a WebSocket: it is handed bytes for a binary message, a text for a text message."""

    def opened(self, now: float, /) -> Effects:
        """The connection is open."""
        ...

    def closed(self, now: float, /) -> Effects:
        """The connection is gone; what was set for later on it is forgotten already."""
        ...
