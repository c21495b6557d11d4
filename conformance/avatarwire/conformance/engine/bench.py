"""What a case works with: connections of its own, each of which tells the timeline what crosses it.

A vendor's bench adds its calls, its sessions and what is judged of its answers. Everything that a case opens is closed
when it is over, and everything that it has begun at the endpoint is ended.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from avatarwire.codecs.errors import CodecError

from . import http_calls
from .callbacks import CallbackPort, Hearing
from .case import Differs, Need, NotJudged, Skip
from .control import Control
from .endpoint import Endpoint
from .evidence import Timeline
from .http_calls import Reply, request_bytes
from .mqtt_link import MqttLink
from .secrets import Secrets
from .web_socket import WebSocket
from .wire_forms import changed, unpadded

__all__ = ["Bench", "Invalid", "Run", "allowed", "expect"]


_GRANTED: Final[frozenset[Need]] = frozenset({"invalid", "destructive", "billable"})


class Invalid(NamedTuple):
    """A message of the endpoint that breaks its declaration: in which case, which one, and how."""

    case_id: str
    message: str
    error: CodecError


class Run:
    """What all cases of a run share.

    Args:
        endpoint: that is judged.
        patience: real seconds of silence to bear.
        now: seconds, on a clock that only runs forward.
        today: seconds since the epoch, for signatures.
        callbacks: where callbacks are heard; None where nowhere.

    Attributes:
        read: how many messages of the endpoint that are declared have come.
        is_virtual: whether the endpoint's time only passes when it is moved.
        kept: what the cases of a vendor have to know of one another, such as a token that has taken another's place.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        patience: float,
        now: Callable[[], float],
        today: Callable[[], float],
        callbacks: CallbackPort | None = None,
    ) -> None:
        self.endpoint: Final = endpoint
        self.patience: Final = patience
        self.now: Final = now
        self.callbacks: Final = callbacks
        self.is_virtual = False
        self._today: Final = today
        self._ahead = 0.0
        self.secrets: Final = Secrets()
        self.invalid: Final[list[Invalid]] = []
        self.read = 0
        self.kept: Final[dict[str, Any]] = {}
        endpoint.learn(self.secrets)

    def today(self) -> float:
        """Seconds since the epoch, by the endpoint's clock where that is known."""
        return self._today() + self._ahead

    async def synchronise(self) -> None:
        """Asks the control endpoint, where there is one, what the time is: a virtual clock has its own.

        Raises:
            NotJudged: it does not say.
        """
        if self.endpoint.control:
            try:
                await self.control().time()
            except (Differs, ValueError, KeyError, TypeError) as error:
                raise NotJudged(f"the control endpoint does not say what the time is: {error}") from None

    def control(self, note: Callable[[str], None] = lambda _: None) -> Control:
        """The control endpoint of the fake, which has to be there; what the clock says there, the run goes by."""
        return Control(self.endpoint.vendor, self.endpoint.control, self.patience, note, self._told_time)

    def _told_time(self, kind: str, now: float) -> None:
        self.is_virtual = kind == "virtual"
        self._ahead = 0.0 if kind == "real" else now - self._today()

    def keep(self, case_id: str, timeline: Timeline) -> None:
        """Remembers what of a case's timeline breaks its declaration."""
        self.read += timeline.declared
        self.invalid.extend(Invalid(case_id, seen.message, wrong) for seen, wrong in timeline.invalid())


class Bench:
    """One case at work.

    Args:
        run: of which it is part.
        name: of the case; what it makes up is the same in every run.
        forms: of the wire.

    Attributes:
        endpoint: that is judged.
        timeline: what crosses the wire.
        forms: as given.
        patience: real seconds of silence to bear.
        rng: what it makes up comes from there.
        leaving: what is to be done at the end.
    """

    def __init__(self, run: Run, name: str, forms: Sequence[str] = ()) -> None:
        self.run: Final = run
        self.endpoint: Final = run.endpoint
        self.forms: Final = frozenset(forms)
        self.patience: Final = run.patience
        self.secrets: Final = Secrets(run.secrets)
        self.timeline: Final = Timeline(run.endpoint.vendor, run.now, self.secrets)
        self.rng: Final = random.Random(name)  # noqa: S311 - nothing here is secret
        self.leaving: Final = AsyncExitStack()
        self.transports: Final[set[str]] = set()
        self._connections: Final[dict[str, int]] = {}

    def remembered(self) -> Callable[[], None]:
        """What has it know of the endpoint again what it knows now, such as a token."""
        kept = dict(self.run.kept)

        def back() -> None:
            self.run.kept.clear()
            self.run.kept.update(kept)

        return back

    # --- what a case may need ---

    @property
    def control(self) -> Control:
        """The control endpoint of the fake.

        Raises:
            Skip: there is none.
        """
        if not self.endpoint.control:
            raise Skip("it needs an event of the vendor, which only a control endpoint can cause")
        return self.run.control(self.timeline.note)

    def check_callbacks(self) -> CallbackPort:
        """Where callbacks are heard.

        Raises:
            Skip: nowhere, or the endpoint calls nobody back.
        """
        if self.run.callbacks is None:
            raise Skip("it needs callbacks, which are heard with --callback-listen only")
        if self.endpoint.values.get("callback_url") == "":
            raise Skip("it needs callbacks, and the ready file says that the endpoint has no URL for them")
        return self.run.callbacks

    def hear(self, hearing: Hearing) -> Hearing:
        """Listens for callbacks until the case is over.

        Raises:
            Skip: there is nowhere to hear them.
        """
        port = self.check_callbacks()
        port.attend(hearing)
        self.leaving.callback(port.leave, hearing)
        return hearing

    # --- connections ---

    async def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        operation: str = "",
        forms: Sequence[str] | None = None,
    ) -> Reply:
        """Makes an HTTP call.

        Args:
            method, url, headers, body: of the request.
            operation: its id in the catalogue, for the timeline.
            forms: of the wire, where not those of the case.

        Raises:
            Differs: no answer comes, or none that is HTTP.
        """
        asked = self.forms if forms is None else frozenset(forms)
        return await self.exchange_raw(
            url, request_bytes(method, url, headers, body, asked), method=method, operation=operation, body=body
        )

    async def exchange_raw(
        self, url: str, request: bytes, *, method: str = "POST", operation: str = "", body: bytes = b""
    ) -> Reply:
        """Sends any bytes as an HTTP request and reads the answer."""
        connection = self._named("http")
        line = request.partition(b"\r\n")[0].decode("latin-1")
        asked = f"{operation}.request" if operation else ""
        data = body or urlsplit(url).query.encode()
        self.secrets.learn(url, "url")
        self.secrets.learn_headers(request.partition(b"\r\n\r\n")[0])
        self.timeline.add(connection, "http", "out", data, message=asked, text=line, raw=request)
        reply = await http_calls.call(
            url, request, patience=self.patience, forms=self.forms, method=method, ca_file=self._ca_file
        )
        answer = f"{operation}.response" if operation and reply.status < 300 else ""
        self.timeline.add(connection, "http", "in", reply.body, message=answer, text=str(reply.status), raw=reply.raw)
        return reply

    async def web_socket(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        id_of: Callable[[str, bytes, bool], str] | None = None,
    ) -> WebSocket:
        """Opens a WebSocket, which is closed when the case is over.

        Args:
            url: as the endpoint gave it.
            headers: further ones of the handshake.
            id_of: catalogue id of a message: its direction, its bytes, whether it is text.

        Raises:
            Refused: the handshake was answered otherwise.
            Differs: it was not answered.
        """
        self.secrets.learn(url, "url")
        connection = self._named("ws")
        self.timeline.add(connection, "ws", "out", b"", text=f"GET {_bare(url)}")

        def seen(direction: Any, data: bytes, is_text: bool) -> None:
            self.timeline.add(
                connection, "ws", direction, data, message=id_of(direction, data, is_text) if id_of else ""
            )

        try:
            socket = await WebSocket.open(
                url, patience=self.patience, seen=seen, forms=self.forms, headers=headers, ca_file=self._ca_file
            )
        except NotJudged as error:
            # The endpoint itself is there, or the run would not have begun.
            raise Differs("a WebSocket that can be reached", str(error)) from None
        self.leaving.push_async_callback(socket.leave)
        return socket

    async def mqtt(self, url: str, *, id_of: Callable[[str, str, bytes], str] | None = None) -> MqttLink:
        """Connects to an MQTT broker, until the case is over; `MqttLink.login` comes next.

        Args:
            url: of the broker.
            id_of: catalogue id of a message: its direction, topic and payload.
        """
        connection = self._named("mqtt")

        def seen(direction: Any, topic: str, payload: bytes) -> None:
            message = id_of(direction, topic, payload) if id_of else ""
            self.timeline.add(connection, "mqtt", direction, payload, message=message, text=topic)

        link = await MqttLink.open(url, patience=self.patience, seen=seen, forms=self.forms, ca_file=self._ca_file)
        self.leaving.push_async_callback(link.leave)
        return link

    # --- what is sent ---

    def dumped(self, value: Any) -> bytes:
        """JSON, in the forms of the wire that are asked for."""
        return json.dumps(changed(value, self.forms), ensure_ascii=False, separators=(",", ":")).encode()

    def base64(self, text: str) -> str:
        """Base64, in the forms of the wire that are asked for."""
        return unpadded(text, self.forms)

    def made_up(self, prefix: str = "") -> str:
        """A text that nobody else has, the same in every run of this case but for its end.

        Its end comes from the clock, since an endpoint remembers what it was asked before.
        """
        return f"{prefix}{self.rng.getrandbits(32):08x}{int(self.run.now() * 1e6) & 0xFFFFFFFF:08x}"

    async def pause(self, seconds: float) -> None:
        """Lets a moment pass, before asking again what takes the endpoint some; a virtual clock is moved by it."""
        if self.run.is_virtual:
            await self.control.advance(seconds)
        else:
            await asyncio.sleep(seconds)

    def at_the_end(self, what: Callable[[], Awaitable[Any]]) -> None:
        """Has something done when the case is over."""
        self.leaving.push_async_callback(what)

    @property
    def _ca_file(self) -> str:
        return self.endpoint.text("ca_file")

    def _named(self, transport: str) -> str:
        self.transports.add(transport)
        self._connections[transport] = self._connections.get(transport, 0) + 1
        return f"{transport}-{self._connections[transport]}"


def expect(holds: bool, expected: str | Sequence[str], observed: object) -> None:
    """Raises `Differs` unless something holds.

    Args:
        holds: whether it does.
        expected: each outcome that is accepted, in words.
        observed: what was seen.
    """
    if not holds:
        raise Differs(expected, str(observed))


def allowed(needs: frozenset[Need], endpoint: Endpoint) -> frozenset[Need]:
    """What a case needs and is not permitted."""
    return (needs & _GRANTED) - endpoint.permissions


def _bare(url: str) -> str:
    """A URL without its query."""
    return url.partition("?")[0]
