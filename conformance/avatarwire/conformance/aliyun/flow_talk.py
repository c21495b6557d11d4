"""A client service of Aliyun's in small: signed calls, one WebSocket, and the sans-IO client in between.

Only carrying lives here; what is said is in `flow.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import ClassVar, Final, TypeVar

from avatarwire.codecs.aio.sockets import Socket
from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.aio.signed import signed
from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.events import (
    AnswerFinished,
    ChannelFailed,
    Disconnected,
    Event,
    ForceClosed,
    Outcome,
    ServerError,
)
from avatarwire.codecs.aliyun.options import ClientOptions
from avatarwire.codecs.operation import HttpRequest

from ..talk import Brought, Connection, Heard, Talk, check, there

__all__ = ["AliyunTalk"]

EventT = TypeVar("EventT", bound=Event)

OPTIONS: Final = ClientOptions(ready_interval=0.05)
"""Asks for the channel more often than a service would, for nobody likes to wait for a demonstration."""

_MISFORTUNES: Final = (ServerError, ChannelFailed, ForceClosed, Disconnected)
"""What does not happen in a conversation that goes as documented."""


class AliyunTalk(Talk):
    """What the steps have brought so far, and how they go on."""

    vendor: ClassVar[str] = "aliyun"
    needs: ClassVar[tuple[str, ...]] = ("http_url", "access_key_id", "access_key_secret", "project_id")

    session = Brought[http.StartAvatarSessionResponse]("no session has been started")
    client = Brought[InteractionClient]("no WebSocket is open")
    socket = Brought[Socket]("no WebSocket is open")
    connection = Brought[Connection[str | bytes, str | bytes]]("no WebSocket is open")

    def __init__(self, opened: AsyncExitStack) -> None:
        super().__init__(opened)
        self._heard: Final = Heard(_MISFORTUNES, self.lost)

    def headers(self, name: str, request: HttpRequest) -> Mapping[str, str]:
        return signed(self.place, name, request)

    async def connect(self) -> None:
        """Opens the WebSocket by the URL that came with the session, unchanged (ALI-R074)."""
        url = there(self.session.web_socket_url, "no webSocketUrl")
        self.client = InteractionClient(there(self.session.session_id, "no sessionId"), options=OPTIONS)
        self.socket = await self.open_socket(url)

    def converse(self) -> None:
        """Begins to talk."""
        self.client.connected(self.now())
        self.connection = self.pump_socket(self.socket, self.client, self._take, self._heard)

    def _take(self, message: str | bytes) -> list[Event]:
        if isinstance(message, str):
            return self.client.receive_text(message, self.now())
        return self.client.receive(message, self.now())

    async def until(self, kind: type[EventT], is_it: Callable[[EventT], bool] = lambda _: True) -> EventT:
        """The next event of a kind."""
        self.connection.wake()
        return await self._heard.until(kind, is_it)

    async def answer(self, drive_id: str) -> AnswerFinished:
        """Waits for the end of an answer, which has to be complete."""
        finished = await self.until(AnswerFinished, lambda event: event.drive_id == drive_id)
        check(finished.outcome is Outcome.COMPLETE, f"the answer ended {finished.outcome.value}")
        return finished

    def lost(self) -> list[Event]:
        """The WebSocket is gone."""
        return self.client.disconnected(self.socket.close_code, self.socket.close_reason or "", self.now())
