"""WebSockets that do not keep to RFC 6455, and handshakes that let in whom they should not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from avatarwire.fakeserver.mutant import Mutant, Patches
from avatarwire.fakeserver.sensetime.sockets import Peer, Sockets
from avatarwire.fakeserver.transports import websocket
from avatarwire.fakeserver.transports.cutting import silence
from avatarwire.fakeserver.transports.frames import CLOSE, PING, PONG, Message, Reader
from avatarwire.fakeserver.transports.websocket import Connection

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
    def make(say_close: Callable[..., None]) -> Callable[..., None]:
        def other(self: Connection, code: int, reason: bytes = b"") -> None:
            if code in _BROKEN:
                patches.note("what breaks the protocol is overlooked")
            else:
                say_close(self, code, reason)

        return other

    def stay(wire: asyncio.Transport, then: Callable[[], object]) -> None:
        silence(wire)
        loop = asyncio.get_running_loop()
        loop.call_later(_STAYS, then)
        loop.call_later(_STAYS, wire.close)

    patches.instead(Connection, "_say_close", make)
    patches.value(websocket, "linger", stay)


def _no_pongs(patches: Patches) -> None:
    def pong(self: Connection, payload: bytes) -> None:
        del self, payload
        patches.note("a ping is not answered")

    patches.value(Connection, "_pong", pong)


def _control_frames_end(patches: Patches) -> None:
    class Ending(Reader):
        def next(self) -> Message | None:
            message = super().next()
            if message is None or message[0] not in (PING, PONG):
                return message
            patches.note("a ping or a pong ends the connection")
            return CLOSE, b"", ""

    patches.value(websocket, "Reader", Ending)


def _fragments_end(patches: Patches) -> None:
    def make(received: Callable[..., None]) -> Callable[..., None]:
        def other(self: Any, data: bytes) -> None:
            if data.startswith(_FIRST_FRAGMENTS):
                patches.note("a message in fragments ends the connection")
                self._wire.abort()
                return
            received(self, data)

        return other

    patches.instead(Connection, "data_received", make)


def _closes_without_a_frame(patches: Patches) -> None:
    def make(answer_close: Callable[..., None]) -> Callable[..., None]:
        def other(self: Any, code: int) -> None:
            patches.note("a close frame is not answered")
            self._close_sent = True
            answer_close(self, code)

        return other

    patches.instead(Connection, "_answer_close", make)


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
