"""A client service of SenseTime's in small: calls with a token, callbacks, a microphone, a page, and sans-IO clients.

Only carrying lives here; what is said is in `flow.py`. Callbacks come to a port of ours on loopback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from types import MappingProxyType
from typing import Any, ClassVar, Final, TypeVar

import msgspec

from avatarwire.codecs.aio.place import Place
from avatarwire.codecs.aio.sockets import Socket
from avatarwire.codecs.aio.waiting import ended
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.operation import HttpRequest, Operation
from avatarwire.codecs.sensetime.aio.live_calls import LiveCalls
from avatarwire.codecs.sensetime.auth.web_token import WEB_TOKEN
from avatarwire.codecs.sensetime.client.live import LiveClient, MicrophoneClient
from avatarwire.codecs.sensetime.envelope import VENDOR
from avatarwire.codecs.sensetime.events import (
    CallFailed,
    Event,
    LiveEnded,
    MicrophoneRefused,
    RoundEnded,
    TakeoverNoticed,
)
from avatarwire.codecs.sensetime.http import RTC_AUDIENCE_TOKEN
from avatarwire.codecs.sensetime.messages import callbacks, interactive
from avatarwire.codecs.sensetime.messages.interactive import SdkMessage
from avatarwire.codecs.sensetime.tokens import LOGIN, TokenManager, authorized

from ..engine.callbacks import Callback, CallbackPort, Hearing
from ..flow import Narrator
from ..masking import MASK
from ..talk import Brought, Connection, Heard, Talk, check, there

__all__ = ["ANSWER", "LIBRARY", "QUESTION", "SenseTimeTalk"]

EventT = TypeVar("EventT", bound=Event)

HOST: Final = "127.0.0.1"
QUESTION: Final = "When do you open?"
ANSWER: Final = "We open at nine o'clock every day."
LIBRARY: Final = "demonstration"


class SenseTimeTalk(Talk):
    """What the steps have brought so far, and how they go on."""

    vendor: ClassVar[str] = VENDOR
    needs: ClassVar[tuple[str, ...]] = ("http_url", "interactive_url", "app_id", "app_key")
    pace: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {
            "initialising_seconds": 0.2,
            "characters_per_second": 100.0,
            "interactive_answers": {QUESTION: ANSWER},
            "libraries": {LIBRARY: {QUESTION: ANSWER}},
        }
    )

    tokens = Brought[TokenManager]("there is no service")
    client = Brought[LiveClient]("no live has been made")
    live_calls = Brought[LiveCalls]("no live has been made")
    microphone = Brought[MicrophoneClient]("no microphone is open")
    connection = Brought[Connection[str | bytes, str | bytes]]("no microphone is open")
    page = Brought[Socket]("no page is open")

    def __init__(self, opened: AsyncExitStack) -> None:
        super().__init__(opened)
        self._callback_url = ""
        self._heard: Final = Heard((CallFailed, LiveEnded))
        self._spoken: Final = Heard((RoundEnded, MicrophoneRefused))

    async def tunables(self) -> dict[str, Any]:
        """Opens the port for callbacks."""
        port = CallbackPort()
        await port.open(HOST, 0)
        self.opened.push_async_callback(port.close)
        port.attend(Hearing(lambda _: True, self._called_back))
        self._callback_url = f"http://{HOST}:{port.port}/callback"
        return {**self.pace, "callback_url": self._callback_url}

    @property
    def where(self) -> str:
        return f"{super().where}, callbacks come to {self._callback_url}"

    @property
    def operations(self) -> Mapping[str, Operation[Any, Any]]:
        return {**super().operations, LOGIN.id: LOGIN, WEB_TOKEN.id: WEB_TOKEN}

    def shown(self, name: str, answer: Any) -> Any:
        """No name says of the RTC token that it is one."""
        return {**answer, "data": MASK} if name == RTC_AUDIENCE_TOKEN.id else answer

    # Tokens

    def meet(self, place: object, narrator: Narrator) -> None:
        super().meet(place, narrator)
        self.tokens = TokenManager(self.place.text("app_id"), self.place.text("app_key"))

    def headers(self, name: str, request: HttpRequest) -> Mapping[str, str]:
        del name
        now = self.place.now()
        return authorized(request, self.tokens.token(now)).headers if self.tokens.tokens(now) else request.headers

    async def log_in(self) -> None:
        """Gets the first tokens."""
        asked = there(self.tokens.call(self.place.now()), "no token is needed")
        answer = await self.calls.send(asked.operation.id, asked.request)
        self.tokens.receive(*answer, self.place.now())

    # The live

    def begin(self, client: LiveClient) -> None:
        """A live, whose calls are made from now on."""
        token = self.tokens.token(self.place.now())
        place = Place(VENDOR, {}, {"access_token": token}, needed=("access_token",), optional=("app_id", "app_key"))
        self.client = client
        self.live_calls = LiveCalls(client, place, self.calls, self._heard.put, lambda _: None)
        self.opened.push_async_callback(ended, asyncio.create_task(self.live_calls.run()))

    def _called_back(self, callback: Callback) -> tuple[int, bytes]:
        """A callback has come."""
        try:
            self.tell("in", callback.body, topic="callback", as_id=callbacks.CALLBACK.message)
            self._heard.put(self.client.callback(callbacks.decode(callback.body).value, self.now()))
            self.live_calls.wake()
        except AvatarwireError as error:
            self._heard.end(error)
        return 200, b"ok"

    async def until(self, kind: type[EventT], is_it: Callable[[EventT], bool] = lambda _: True) -> EventT:
        """The next event of a kind of the live."""
        self.live_calls.wake()
        return await self._heard.until(kind, is_it)

    # The microphone

    async def open_microphone(self) -> None:
        """Opens the socket and begins a round."""
        client = self.client.open_microphone()
        socket = await self.open_socket(self.client.microphone_url(self.calls.url))
        self._spoken.put(client.connected(self.now()))

        def take(message: str | bytes) -> list[Event]:
            events = client.receive(message, self.now())
            for event in events:
                if isinstance(event, TakeoverNoticed):
                    self._heard.put(self.client.noticed(event, self.now()))
            return events

        self.microphone = client
        self.connection = self.pump_socket(socket, client, take, self._spoken)

    async def hear(self, kind: type[EventT]) -> EventT:
        """The next event of a kind of the microphone."""
        self.connection.wake()
        return await self._spoken.until(kind)

    async def closed(self) -> None:
        """Waits until the server has closed the microphone socket, where one was opened."""
        if "connection" in vars(self):
            await self.connection.over()

    # A page

    async def open_page(self) -> None:
        """Listens to what is pushed, at the endpoint of the fake's own."""
        query = self.client.microphone_url(self.calls.url).partition("?")[2]
        self.page = await self.open_socket(f"{self.place.text('interactive_url')}?{query}")

    async def type_in(self, text: str) -> None:
        """Types something on the page."""
        await self.page.send(msgspec.json.encode({"text": text}).decode())

    async def pushed(self, kind: type[SdkMessage]) -> SdkMessage:
        """The next message that is pushed, which has to be of a kind."""
        raw = await self.page.recv()
        self.tell("in", raw)
        message = interactive.decode(raw if isinstance(raw, str) else raw.decode()).value
        check(isinstance(message, kind), f"instead of {kind.__name__} came {message}")
        return message
