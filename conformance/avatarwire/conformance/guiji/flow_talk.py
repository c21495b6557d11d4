"""A client service of Guiji's in small: calls with a token, a connection to the broker, and the sans-IO client.

Only carrying lives here; what is said is in `flow.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from types import MappingProxyType
from typing import Any, ClassVar, Final, TypeVar

import aiomqtt

from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.aio.broker import connected, disconnected
from avatarwire.codecs.guiji.client.session import SessionClient
from avatarwire.codecs.guiji.events import Answered, Ended, Event, Lost, Refused, Unanswered
from avatarwire.codecs.guiji.options import ClientOptions
from avatarwire.codecs.operation import HttpRequest

from ..flow import PATIENCE
from ..talk import Brought, Connection, Heard, Talk

__all__ = ["GuijiTalk"]

EventT = TypeVar("EventT", bound=Event)

OPTIONS: Final = ClientOptions(answer_timeout=PATIENCE, create_timeout=PATIENCE)
"""Waits less than a service would: nobody likes to wait for a demonstration that fails."""

_MISFORTUNES: Final = (Refused, Unanswered, Lost, Ended)
"""What does not happen in a conversation that goes as documented, before its end."""


class GuijiTalk(Talk):
    """What the steps have brought so far, and how they go on."""

    vendor: ClassVar[str] = "guiji"
    needs: ClassVar[tuple[str, ...]] = ("http_url", "mqtt_url", "app_id", "app_secret")
    pace: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {
            "heartbeat_seconds": 0.5,
            "audio_seconds": 0.8,
            # The text is spoken until the end, however slow the machine: its place in the playlist is always known.
            "shortest_text_seconds": 600.0,
            "silent_seconds": 0.2,
        }
    )

    login = Brought[http.TokenVO]("no token has been got")
    presenter = Brought[http.RobotVO]("no presenter has been chosen")
    session = Brought[http.SessionVo]("no session has been opened")
    client = Brought[SessionClient]("the broker is not connected")
    connection = Brought[Connection[aiomqtt.Message, tuple[str, bytes]]]("the broker is not connected")

    def __init__(self, opened: AsyncExitStack) -> None:
        super().__init__(opened)
        self._heard: Final = Heard(_MISFORTUNES)
        self._broker: Final = AsyncExitStack()
        self.live_id = 0
        self.materials: list[int] = []

    @property
    def mqtt_url(self) -> str:
        """Where the broker is."""
        return self.place.url("mqtt_url", ("mqtt", "mqtts"))

    @property
    def where(self) -> str:
        return f"{super().where}, its broker on {self.mqtt_url}"

    def headers(self, name: str, request: HttpRequest) -> Mapping[str, str]:
        if not self.operations[name].auth:
            return request.headers
        return {**request.headers, http.TOKEN_HEADER: self.login.token}

    async def connect(self) -> None:
        """Connects to the broker and listens at topicSub, before anything is published (GJ-R072)."""
        login, session = self.login, self.session
        self.opened.push_async_callback(self.leave)
        mqtt = await connected(
            self.mqtt_url, login.mqtt_user, login.mqtt_password, session.topic_sub, PATIENCE, trust=self.place.trust
        )
        self._broker.push_async_callback(disconnected, mqtt)
        messages = aiter(mqtt.messages)
        client = self.client = SessionClient(session, login.token, live_id=self.live_id, options=OPTIONS)

        async def receive() -> aiomqtt.Message:
            message = await anext(messages)
            self.tell("in", message.payload, topic=str(message.topic))
            return message

        async def send(message: tuple[str, bytes]) -> None:
            topic, payload = message
            self.tell("out", payload, topic=topic)
            await mqtt.publish(topic, payload, qos=1)

        def take(message: aiomqtt.Message) -> list[Event]:
            return client.receive(str(message.topic), message.payload, self.now())

        client.subscribed(self.now())
        self.connection = Connection(
            client, receive=receive, send=send, take=take, heard=self._heard, opened=self._broker
        )

    async def until(self, kind: type[EventT], is_it: Callable[[EventT], bool] = lambda _: True) -> EventT:
        """The next event of a kind."""
        self.connection.wake()
        return await self._heard.until(kind, is_it)

    async def answer(self, request_id: int) -> Answered:
        """Waits for the answer to a request, which has to be a success."""
        return await self.until(Answered, lambda event: event.request_id == request_id)

    async def leave(self) -> None:
        """Leaves the broker."""
        await self._broker.aclose()
