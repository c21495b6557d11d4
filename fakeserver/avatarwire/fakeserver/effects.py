"""What behaviour and transports say to each other: a call and its answer, and the effects of a socket message.

Behaviour (`<vendor>/`) is sans-IO: it takes these values and the time, and returns these values. The transports
(`transports/`) turn them into bytes on a socket and entries in the journal. Only such plain values live here. They are
msgspec structs because one is made for every message, and those are made fastest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeAlias

import msgspec

from avatarwire.fakeserver.journal.entry import Violation

__all__ = [
    "Await",
    "Cancel",
    "Close",
    "Delivery",
    "Effect",
    "Effects",
    "HttpAnswer",
    "HttpCall",
    "Later",
    "Publication",
    "Received",
    "Send",
    "SendText",
]


class HttpCall(msgspec.Struct, frozen=True):
    """One HTTP request, its body complete and de-chunked.

    Attributes:
        method, path, query: the request line; path and query raw, as sent.
        headers: name and value pairs in the order they came, repeated headers repeated.
        body: as sent, without transfer coding.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


class HttpAnswer(msgspec.Struct):
    """The answer to an `HttpCall`, and what the journal should know about both.

    Attributes:
        status, body, headers: what to send; the body is JSON.
        request_message, answer_message: catalogue ids, empty when the call matches no operation.
        session: session id concerned, if any.
        request, answer: decoded messages, if any.
        deviations, violations: what was noticed in the request.
        notes: what the journal should say beside it, such as why a signature was refused.
        secrets: texts in the answer that are secret although no name there says so; the journal masks them.
        pending: what the answer is waited for, such as a function of the user; its result takes the place of this one.
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
    violations: tuple[Violation, ...] = ()
    notes: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    secrets: tuple[str, ...] = ()
    pending: Awaitable[HttpAnswer] | None = None


class Received(msgspec.Struct):
    """What a behaviour made of one message from a socket or a broker, for the journal.

    Attributes:
        message: catalogue id, empty when none was recognised.
        body: the decoded message, if any.
        deviations, violations: what was noticed.
        audio: whether the bytes are audio, of which the journal keeps a hash only.
        session: session id concerned, where the transport does not know it.
    """

    message: str = ""
    body: object = None
    deviations: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    audio: bool = False
    session: str = ""


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


class Publication(msgspec.Struct, frozen=True):
    """Publish one message now.

    Attributes:
        topic, data: what to publish where.
        qos: the highest quality of service to publish it with; a subscriber gets no more than it has asked for.
        message: catalogue id, for the journal.
        body: the decoded message, for the journal.
        session: session id concerned, for the journal.
    """

    topic: str
    data: bytes
    qos: int
    message: str
    body: object = None
    session: str = ""


class Send(msgspec.Struct, frozen=True):
    """Send one binary message now.

    Attributes:
        data: the bytes.
        message: catalogue id, for the journal.
        body: the decoded message, for the journal.
    """

    data: bytes
    message: str
    body: object = None


class SendText(msgspec.Struct, frozen=True):
    """Send one text message now.

    Attributes:
        text: the text.
        message: catalogue id, for the journal.
        body: the decoded message, for the journal.
    """

    text: str
    message: str
    body: object = None


class Close(msgspec.Struct, frozen=True):
    """Close the connection with a WebSocket close code."""

    code: int
    reason: str = ""


class Later(msgspec.Struct, frozen=True):
    """Do something after a time on the server's clock.

    Attributes:
        delay: seconds.
        action: called when the time has come; its effects are carried out then.
        key: name by which `Cancel` finds it, and by which a newer `Later` replaces it; empty for neither.
    """

    delay: float
    action: Callable[[], Effects]
    key: str = ""


class Cancel(msgspec.Struct, frozen=True):
    """Forget a `Later` that has not happened yet."""

    key: str


class Await(msgspec.Struct, frozen=True):
    """Wait for something outside, such as a function of the user that answers questions.

    Attributes:
        awaitable: what to wait for.
        then: called with its result, or with the exception it raised.
        key: name by which `Cancel` finds it; empty for none.
    """

    awaitable: Awaitable[object]
    then: Callable[[object], Effects]
    key: str = ""


Effect: TypeAlias = Send | SendText | Close | Later | Await | Cancel
Effects: TypeAlias = "Iterable[Effect]"
