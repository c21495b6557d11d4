"""The client of Guiji's demonstration: a service in small, that calls, connects, and tells of all it sends and hears.

Only carrying lives here; what is said is in `demo.py`. httpx and aiomqtt carry it, as any client might.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final, TypeVar

from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.catalogue import CATALOGUE
from avatarwire.codecs.guiji.client.session import SessionClient
from avatarwire.codecs.guiji.events import Answered, Ended, Event, Lost, Refused, Unanswered
from avatarwire.codecs.guiji.options import ClientOptions
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.textform import decode_text
from avatarwire.fakeserver.demonstration import DemonstrationFault, Narrator
from avatarwire.fakeserver.guiji.server import FakeGuiji

if TYPE_CHECKING:
    import aiomqtt
    import httpx

__all__ = ["Talk", "there"]

T = TypeVar("T")
EventT = TypeVar("EventT", bound=Event)
RequestT = TypeVar("RequestT", bound=Message)

OPTIONS: Final = ClientOptions(answer_timeout=5.0, create_timeout=5.0)
"""Waits less than a service would: nobody likes to wait for a demonstration that fails."""

_MISFORTUNES: Final = (Refused, Unanswered, Lost, Ended)
"""What does not happen in a conversation that goes as documented, before its end."""


class Talk:
    """A client service in small: HTTP calls, a connection to the broker, and the sans-IO client in between."""

    def __init__(self, fake: FakeGuiji, narrator: Narrator, calls: httpx.AsyncClient) -> None:
        self.fake = fake
        self.narrator = narrator
        self._calls = calls
        self._login: http.TokenVO | None = None
        self._session: http.SessionVo | None = None
        self._client: SessionClient | None = None
        self._connection: aiomqtt.Client | None = None
        self._open = AsyncExitStack()
        self.robot: http.RobotVO | None = None
        self.live_id = 0
        self.materials: list[int] = []
        self.heard: list[Event] = []

    # What the steps have brought so far

    @property
    def login(self) -> http.TokenVO:
        """The token, and what comes with it."""
        return there(self._login, "no token has been got")

    @property
    def presenter(self) -> http.RobotVO:
        """The presenter of the live room, and its scenes."""
        return there(self.robot, "no presenter has been chosen")

    @property
    def session(self) -> http.SessionVo:
        """The session that was opened."""
        return there(self._session, "no session has been opened")

    @property
    def client(self) -> SessionClient:
        """The client of the session."""
        return there(self._client, "the broker is not connected")

    @property
    def connection(self) -> aiomqtt.Client:
        """The connection to the broker."""
        return there(self._connection, "the broker is not connected")

    # HTTP

    async def call(self, operation: Operation[RequestT, Any], parameters: RequestT) -> Any:
        """Makes one call with the token and tells of it."""
        request = operation.encode_request(parameters)
        headers = dict(request.headers)
        if operation.auth:
            headers[http.TOKEN_HEADER] = self.login.token
        since = self.narrator.now()
        answer = await self._calls.request(
            request.method, self.fake.http_url + request.target, headers=headers, content=request.body
        )
        self.narrator.http(
            operation.id,
            request.method,
            request.target,
            parameters.to_dict(),
            answer.status_code,
            answer.json() if "json" in answer.headers.get("content-type", "") else answer.text,
            since=since,
        )
        return operation.decode_response(answer.status_code, answer.content).value

    async def log_in(self) -> None:
        """Gets a token."""
        parameters = http.GetAccessTokenRequest(app_id=self.fake.app_id, app_secret=self.fake.app_secret)
        self._login = await self.call(http.GET_ACCESS_TOKEN, parameters)

    async def open(self) -> None:
        """Opens a session."""
        parameters = http.CreateLiveSessionRequest(live_id=self.live_id, name="demonstration")
        self._session = await self.call(http.CREATE_LIVE_SESSION, parameters)

    # MQTT

    async def connect(self) -> None:
        """Connects to the broker and listens at topicSub, before anything is published (GJ-R072)."""
        import aiomqtt

        connection = aiomqtt.Client(
            self.fake.mqtt_host,
            self.fake.mqtt_port,
            username=self.login.mqtt_user,
            password=self.login.mqtt_password,
            # Or each message would wait for the acknowledgement of the one before.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
        self._connection = await self._open.enter_async_context(connection)
        await connection.subscribe(self.session.topic_sub, qos=1)
        self._client = SessionClient(self.session, self.login.token, live_id=self.live_id, options=OPTIONS)
        self._client.subscribed(self.narrator.now())

    async def hear(self) -> list[Event]:
        """Sends what there is to send, then waits for one message or until the client has something to do."""
        await self.flush()
        due = self.client.next_timeout()
        try:
            async with asyncio.timeout(None if due is None else max(0.0, due - self.narrator.now())):
                message = await anext(self.connection.messages)
        except TimeoutError:
            return self.client.handle_timeout(self.narrator.now())
        payload = bytes(message.payload)
        topic = str(message.topic)
        self.narrator.frame("in", decode_text(CATALOGUE, payload, "server"), topic=topic)
        return self.client.receive(topic, payload, self.narrator.now())

    async def flush(self) -> None:
        """Sends what there is to send."""
        for topic, payload in self.client.data_to_send():
            self.narrator.frame("out", decode_text(CATALOGUE, payload, "client"), topic=topic)
            await self.connection.publish(topic, payload, qos=1)

    async def until(self, kind: type[EventT], is_it: Callable[[EventT], bool] = lambda _: True) -> EventT:
        """The next event of a kind; what else comes is kept for later, and misfortunes end the demonstration."""
        while True:
            for place, event in enumerate(self.heard):
                if isinstance(event, kind) and is_it(event):
                    del self.heard[: place + 1]
                    return event
            self.heard = await self.hear()
            for event in self.heard:
                if isinstance(event, _MISFORTUNES) and not isinstance(event, kind):
                    raise DemonstrationFault(f"instead of {kind.__name__} came {event}")

    async def answer(self, request_id: int) -> Answered:
        """Waits for the answer to a request, which has to be a success."""
        return await self.until(Answered, lambda event: event.request_id == request_id)

    async def leave(self) -> None:
        """Leaves nothing open, whatever has happened."""
        await self._open.aclose()


def there(value: T | None, reason: str) -> T:
    """A value that has to be there."""
    if value is None:
        raise DemonstrationFault(reason)
    return value
