"""WebSockets that do not keep to RFC 6455, and handshakes that let in whom they should not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from aiohttp import WSMsgType
from aiohttp.web_protocol import RequestHandler

from avatarwire.fakeserver.mutant import Mutant, Patches
from avatarwire.fakeserver.sensetime.sockets import Peer, Sockets
from avatarwire.fakeserver.transports import websocket
from avatarwire.fakeserver.transports.closing import Socket

__all__ = ["SOCKETS"]

_BROKEN: Final = frozenset({1002, 1003, 1007, 1009})
"""Codes by which a connection is closed whose peer breaks the protocol."""
_STAYS: Final = 1.5
"""Real seconds that such a connection stays open."""
_FIRST_FRAGMENTS: Final = (b"\x01", b"\x02")


def _any_session_token(patches: Patches) -> None:
    def is_good(self: Sockets, asked: Any, live: Any) -> bool:
        del self
        if asked.token != live.session_token:
            patches.note("a wrong token opens a socket")
        return True

    patches.value(Sockets, "_is_good", is_good)


def _one_form_of_query(patches: Patches) -> None:
    def make(judged: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Sockets, kind: Any, query: str, connection: str, received: Any) -> Any:
            found = judged(self, kind, query, connection, received)
            if isinstance(found, Peer) and received.deviations:
                patches.note("a token in another form is refused")
                return Peer(self, kind, None, "", connection, authorized=False)
            return found

        return other

    patches.instead(Sockets, "_judged", make)


def _broken_frames_are_overlooked(patches: Patches) -> None:
    def make(close: Callable[..., Awaitable[bool]]) -> Callable[..., Awaitable[bool]]:
        async def other(self: Socket, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> bool:
            if code in _BROKEN:
                patches.note("what breaks the protocol is overlooked")
                return False
            return await close(self, code=code, message=message, drain=drain)

        return other

    async def stay(request: Any) -> None:
        del request
        await asyncio.sleep(_STAYS)

    patches.instead(Socket, "close", make)
    patches.value(websocket, "linger", stay)


def _no_pongs(patches: Patches) -> None:
    async def pong(self: Socket, message: bytes = b"") -> None:
        del self, message
        patches.note("a ping is not answered")

    patches.value(Socket, "pong", pong)


def _control_frames_end(patches: Patches) -> None:
    def make(receive: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def other(self: Socket, *arguments: Any, **more: Any) -> Any:
            vars(self)["_autoping"] = False
            message = await receive(self, *arguments, **more)
            if message.type in (WSMsgType.PING, WSMsgType.PONG):
                patches.note("a ping or a pong ends the connection")
            return message

        return other

    patches.instead(Socket, "receive", make)


def _fragments_end(patches: Patches) -> None:
    def make(received: Callable[..., None]) -> Callable[..., None]:
        def other(self: RequestHandler, data: bytes) -> None:
            if data.startswith(_FIRST_FRAGMENTS) and self.transport is not None:
                patches.note("a message in fragments ends the connection")
                self.transport.abort()
                return
            received(self, data)

        return other

    patches.instead(RequestHandler, "data_received", make)


def _closes_without_a_frame(patches: Patches) -> None:
    async def answer_close(self: Socket, code: int) -> None:
        del code
        vars(self)["_close_sent"] = True
        patches.note("a close frame is not answered")

    patches.value(Socket, "answer_close", answer_close)


SOCKETS: Final[Mapping[str, Mutant]] = MappingProxyType(
    {
        "any_session_token": Mutant("Any token opens the sockets of a live.", _any_session_token),
        "one_form_of_query": Mutant("A token in the URL has one form only.", _one_form_of_query),
        "broken_frames_are_overlooked": Mutant(
            "What breaks the protocol is overlooked.", _broken_frames_are_overlooked
        ),
        "no_pongs": Mutant("Pings are not answered.", _no_pongs),
        "control_frames_end": Mutant("A ping or a pong ends the connection.", _control_frames_end),
        "fragments_end": Mutant("A message in fragments ends the connection.", _fragments_end),
        "closes_without_a_frame": Mutant("A close frame is not answered.", _closes_without_a_frame),
    }
)
"""By name."""
