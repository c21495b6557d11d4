"""The client of SenseTime's demonstration: a service in small, that calls, is called back, speaks, and tells of it all.

Only carrying lives here; what is said is in `demo.py`. httpx and websockets carry it, as any client might; callbacks
come to an HTTP server of its own on loopback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import HttpRequest, Operation
from avatarwire.codecs.sensetime.catalogue import CATALOGUE
from avatarwire.codecs.sensetime.client.live import LiveClient, MicrophoneClient
from avatarwire.codecs.sensetime.events import CallFailed, Event, LiveEnded, MicrophoneEvent, TakeoverNoticed
from avatarwire.codecs.sensetime.http import RTC_AUDIENCE_TOKEN
from avatarwire.codecs.sensetime.messages import callbacks, interactive
from avatarwire.codecs.sensetime.messages.callbacks import CallbackBody
from avatarwire.codecs.sensetime.messages.interactive import SdkMessage
from avatarwire.codecs.sensetime.tokens import TokenManager, authorized
from avatarwire.codecs.textform import FrameText, decode_text
from avatarwire.fakeserver.demonstration import DemonstrationFault, Narrator
from avatarwire.fakeserver.journal.masking import MASK
from avatarwire.fakeserver.sensetime.server import FakeSenseTime

if TYPE_CHECKING:
    import httpx
    from websockets.asyncio.client import ClientConnection

__all__ = ["Receiver", "Talk", "there"]

T = TypeVar("T")
EventT = TypeVar("EventT", bound=Event)
RequestT = TypeVar("RequestT", bound=Message)

CALLBACKS: Final = "callback"
"""What callbacks are told under."""
_MISFORTUNES: Final = (CallFailed, LiveEnded)
"""What does not happen in a conversation that goes as documented, before its end."""


class Receiver:
    """A customer's HTTP server, to which callbacks come.

    Attributes:
        url: where it is.
        got: the bodies that came, as bytes.
    """

    def __init__(self) -> None:
        self.url = ""
        self.got: asyncio.Queue[bytes] = asyncio.Queue()

    async def open(self, host: str, until: AsyncExitStack) -> None:
        """Listens on a free port until the stack is closed."""
        from aiohttp import web

        async def take(request: web.BaseRequest) -> web.StreamResponse:
            self.got.put_nowait(await request.read())
            return web.Response(text="ok")

        runner = web.ServerRunner(web.Server(take), shutdown_timeout=0)
        await runner.setup()
        until.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, host, 0).start()
        address, port, *_ = runner.addresses[0]
        self.url = f"http://{f'[{address}]' if ':' in address else address}:{port}/callback"


class Talk:
    """A client service in small: HTTP calls, callbacks and sockets, and the sans-IO clients in between."""

    def __init__(
        self,
        fake: FakeSenseTime,
        receiver: Receiver,
        narrator: Narrator,
        calls: httpx.AsyncClient,
        until: AsyncExitStack,
    ) -> None:
        self.fake = fake
        self.narrator = narrator
        self._receiver = receiver
        self._calls = calls
        self._until = until
        self.tokens = TokenManager(fake.app_id, fake.app_key)
        self._client: LiveClient | None = None
        self._microphone: tuple[MicrophoneClient, ClientConnection] | None = None
        self._page: ClientConnection | None = None
        self.heard: list[Event] = []

    # What the steps have brought so far

    @property
    def client(self) -> LiveClient:
        """The client of the live."""
        return there(self._client, "no live has been made")

    @client.setter
    def client(self, client: LiveClient) -> None:
        self._client = client

    @property
    def microphone(self) -> MicrophoneClient:
        """The client of the microphone socket."""
        return there(self._microphone, "no microphone is open")[0]

    # HTTP

    async def send(self, operation: Operation[Any, Any], parameters: object, request: HttpRequest) -> tuple[int, bytes]:
        """Sends a call and tells of it; its answer."""
        since = self.narrator.now()
        answer = await self._calls.request(
            request.method, self.fake.http_url + request.target, headers=dict(request.headers), content=request.body
        )
        told: Any = answer.json() if "json" in answer.headers.get("content-type", "") else answer.text
        if operation is RTC_AUDIENCE_TOKEN:
            told = {**told, "data": MASK}  # no name says that it is a token
        self.narrator.http(
            operation.id, request.method, request.target, parameters, answer.status_code, told, since=since
        )
        return answer.status_code, answer.content

    async def call(self, operation: Operation[RequestT, Any], parameters: RequestT) -> Any:
        """Makes a call of its own with the token; what it answers."""
        request = operation.encode_request(parameters)
        if self.tokens.tokens(self.narrator.now()):
            request = authorized(request, self.token)
        return operation.decode_response(*await self.send(operation, parameters.to_dict(), request)).value

    @property
    def token(self) -> str:
        """The access token."""
        return self.tokens.token(self.narrator.now())

    async def log_in(self) -> None:
        """Gets the first tokens."""
        asked = there(self.tokens.call(self.narrator.now()), "no token is needed")
        told = msgspec.json.decode(asked.request.body or b"{}")
        answer = await self.send(asked.operation, told, asked.request)
        self.tokens.receive(*answer, self.narrator.now())

    # The live

    async def flush(self) -> None:
        """Makes the calls there are to make."""
        while calls := self.client.calls_to_make():
            for call in calls:
                request = authorized(call.request, self.token)
                answer = await self.send(call.operation, call.parameters.to_dict(), request)
                self.heard += self.client.receive(call, *answer, self.narrator.now())

    async def until(self, kind: type[EventT], is_it: Callable[[EventT], bool] = lambda _: True) -> EventT:
        """The next event of a kind; what else comes is kept for later, and misfortunes end the demonstration."""
        while True:
            await self.flush()
            for place, event in enumerate(self.heard):
                if isinstance(event, kind) and is_it(event):
                    del self.heard[: place + 1]
                    return event
                if isinstance(event, _MISFORTUNES):
                    raise DemonstrationFault(f"instead of {kind.__name__} came {event}")
            await self._hear()

    async def _hear(self) -> None:
        """Waits for a callback, or until the client has something to do."""
        due = self.client.next_timeout()
        try:
            async with asyncio.timeout(None if due is None else max(0.0, due - self.narrator.now())):
                raw = await self._receiver.got.get()
        except TimeoutError:
            self.client.handle_timeout(self.narrator.now())
            return
        self.heard += self.client.callback(self._told(raw), self.narrator.now())

    def _told(self, raw: bytes) -> CallbackBody:
        decoded = callbacks.decode(raw)
        fields = {
            "message": callbacks.CALLBACK.message,
            "body": decoded.value.to_dict(),
            "deviations": list(decoded.deviations),
        }
        self.narrator.frame("in", FrameText("a callback", "server", fields, raw), topic=CALLBACKS)
        return decoded.value

    # The microphone

    async def open_microphone(self) -> None:
        """Opens the socket and begins a round."""
        client = self.client.open_microphone()
        connection = await self._connect(self.client.microphone_url(self.fake.http_url))
        self._microphone = (client, connection)
        client.connected(self.narrator.now())
        await self.speak()

    async def speak(self) -> None:
        """Sends what there is to send."""
        client, connection = there(self._microphone, "no microphone is open")
        for message in client.data_to_send():
            await connection.send(message)
            raw = message.encode() if isinstance(message, str) else message
            self.narrator.frame("out", decode_text(CATALOGUE, raw, "client"))

    async def hear(self, kind: type[EventT]) -> EventT:
        """The next thing that the socket tells, which has to be of a kind."""
        client, connection = there(self._microphone, "no microphone is open")
        message = await connection.recv()
        raw = message.encode() if isinstance(message, str) else message
        self.narrator.frame("in", decode_text(CATALOGUE, raw, "server"))
        (event,) = client.receive(message, self.narrator.now())
        if isinstance(event, TakeoverNoticed):
            self.heard += self.client.noticed(event, self.narrator.now())
        if not isinstance(event, kind):
            raise DemonstrationFault(f"instead of {kind.__name__} came {event}")
        return event

    async def until_closed(self) -> list[Event]:
        """Reads on until the server has closed the socket."""
        from websockets.exceptions import ConnectionClosed

        client, connection = there(self._microphone, "no microphone is open")
        try:
            while True:
                await self.hear(MicrophoneEvent)
        except ConnectionClosed as end:
            frame = end.rcvd
            code, reason = (None, "") if frame is None else (frame.code, frame.reason)
        await connection.close()
        return client.disconnected(code, reason, self.narrator.now())

    # A page

    async def open_page(self) -> None:
        """Listens to what is pushed, at the endpoint of the fake's own."""
        query = self.client.microphone_url(self.fake.http_url).partition("?")[2]
        self._page = await self._connect(f"{self.fake.interactive_url}?{query}")

    async def type_in(self, text: str) -> None:
        """Types something on the page."""
        await there(self._page, "no page is open").send(msgspec.json.encode({"text": text}).decode())

    async def pushed(self, kind: type[SdkMessage]) -> SdkMessage:
        """The next message that is pushed, which has to be of a kind."""
        raw = await there(self._page, "no page is open").recv()
        text = raw if isinstance(raw, str) else raw.decode()
        self.narrator.frame("in", decode_text(CATALOGUE, text.encode(), "server"))
        message = interactive.decode(text).value
        if not isinstance(message, kind):
            raise DemonstrationFault(f"instead of {kind.__name__} came {message}")
        return message

    async def _connect(self, url: str) -> ClientConnection:
        from websockets.asyncio.client import connect

        return await self._until.enter_async_context(connect(url, proxy=None))


def there(value: T | None, reason: str) -> T:
    """A value that has to be there."""
    if value is None:
        raise DemonstrationFault(reason)
    return value
