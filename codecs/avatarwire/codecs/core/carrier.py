"""What a message travels in, as data: an HTTP call, a frame, a topic, a socket, a callback, a text in a field.

One class for each kind; `Entry.carrier` has one of them. Only these records live here; they read and write nothing.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeAlias

import msgspec

__all__ = [
    "Callback",
    "Carrier",
    "Frame",
    "HttpRequestPart",
    "HttpResponsePart",
    "MqttPayload",
    "Part",
    "SdkPush",
    "SocketMessage",
    "Transport",
]

Transport: TypeAlias = Literal["http", "ws", "mqtt", "callback"]
"""What a message crosses the network on."""


class _Carrier(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    kind: ClassVar[str] = ""
    transport: ClassVar[Transport | None] = None
    """What it crosses the network on; None for a part of others."""

    @property
    def members(self) -> dict[str, Any]:
        """As plain JSON values: ``carrier``, which is the kind, and what it says, such as ``method`` and ``path``."""
        # By way of JSON, as a tuple would not be the list that it becomes there.
        return {"carrier": self.kind, **msgspec.json.decode(msgspec.json.encode(self), type=dict[str, Any])}

    @property
    def text(self) -> str:
        """In a few words, such as ``POST /live/create``."""
        raise NotImplementedError


class HttpRequestPart(_Carrier, frozen=True):
    """The parameters of an HTTP request.

    Attributes:
        method, path: the request line, without a query.
        parameters_in: ``query`` or ``body``.
        auth: name of the authentication scheme, empty where there is none.
        joined: parameters that are lists and travel as one comma-joined value of the query.
    """

    kind: ClassVar[str] = "http request"
    transport: ClassVar[Transport | None] = "http"

    method: str
    path: str
    parameters_in: Literal["query", "body"]
    auth: str = ""
    joined: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.method} {self.path}"


class HttpResponsePart(_Carrier, frozen=True):
    """The body of an answer over HTTP.

    Attributes:
        method, path: of the call that it answers; empty for what may answer any call.
        envelope: name of the type that the data is wrapped in, whose member ``data`` it is; empty where it is not.
    """

    kind: ClassVar[str] = "http response"
    transport: ClassVar[Transport | None] = "http"

    method: str = ""
    path: str = ""
    envelope: str = ""

    @property
    def text(self) -> str:
        return f"{self.method} {self.path}" if self.path else "any call"


class Frame(_Carrier, frozen=True):
    """One binary frame with a header.

    Attributes:
        header: code points of the header, by wire name.
        size: bytes of the header.
        media_type: of the payload.
    """

    kind: ClassVar[str] = "frame"
    transport: ClassVar[Transport | None] = "ws"

    header: dict[str, int]
    size: int
    media_type: str = "application/json"

    @property
    def text(self) -> str:
        return "header " + " ".join(f"{code:02x}" for code in self.header.values())


class MqttPayload(_Carrier, frozen=True):
    """One MQTT payload.

    Attributes:
        topic: name of the member of the session that says the topic.
        method: what distinguishes the message from others of the topic; empty where other members do.
    """

    kind: ClassVar[str] = "mqtt"
    transport: ClassVar[Transport | None] = "mqtt"

    topic: str
    method: str = ""

    @property
    def text(self) -> str:
        return f"topic {self.topic}"


class SocketMessage(_Carrier, frozen=True):
    """One WebSocket message: text with a code, or a binary one without.

    Attributes:
        path: of the socket.
        code: number or word that distinguishes the message from the others; None for a binary message.
        media_type: of a binary message.
    """

    kind: ClassVar[str] = "socket"
    transport: ClassVar[Transport | None] = "ws"

    path: str
    code: int | str | None = None
    media_type: str = "application/json"

    @property
    def text(self) -> str:
        return "binary" if self.code is None else f"code {self.code}"


class SdkPush(_Carrier, frozen=True):
    """One message that an SDK hands to a page, distinguished from others by three members."""

    kind: ClassVar[str] = "sdk"
    transport: ClassVar[Transport | None] = "ws"

    service: str
    type: str
    status: str

    @property
    def text(self) -> str:
        return f"{self.service} {self.type} {self.status}"


class Callback(_Carrier, frozen=True):
    """The body of an HTTP request that the vendor makes.

    Attributes:
        method: of that request.
        media_type: of its body.
    """

    kind: ClassVar[str] = "callback"
    transport: ClassVar[Transport | None] = "callback"

    method: str = "POST"
    media_type: str = "application/json"

    @property
    def text(self) -> str:
        return f"{self.method} to the client"


class Part(_Carrier, frozen=True):
    """What travels inside other messages only.

    Attributes:
        inside: where, as ``<id>: <wire path>``, for JSON that is a text in a field of another message.
    """

    kind: ClassVar[str] = "part"

    inside: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return f"text in {', '.join(self.inside)}" if self.inside else "part of others"


Carrier: TypeAlias = (
    HttpRequestPart | HttpResponsePart | Frame | MqttPayload | SocketMessage | SdkPush | Callback | Part
)
"""Any of them."""
