"""WebSocket as it is not meant to be: the protocol beneath frames, of which aiohttp has the usual side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web_ws
from aiohttp._websocket import reader_py
from aiohttp.http_websocket import WebSocketError

from avatarwire.fakeserver.aliyun.mutants.parts import table, told
from avatarwire.fakeserver.aliyun.sockets import Sockets
from avatarwire.fakeserver.effects import HttpAnswer
from avatarwire.fakeserver.mutants import Mutant, Patches
from avatarwire.fakeserver.transports.closing import Socket

__all__ = ["MUTANTS"]

_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
_PROTOCOL_ERROR: Final = 1002
_FAILURES: Final = frozenset({1002, 1007, 1009})
_SHORT: Final = 125
_AFTER_ALL: Final = 0.9
"""Real seconds after which a connection ends all the same; longer than a case waits."""
_READER: Final[Any] = reader_py.WebSocketReader


def _read_by(patches: Patches, reader: Any) -> None:
    """Has another reader take what comes, with the queue that goes with it."""
    patches.value(web_ws, "WebSocketReader", reader)
    patches.value(web_ws, "WebSocketDataQueue", reader_py.WebSocketDataQueue)


def _reading(title: str, is_refused: Callable[[bool, int, bytes], object]) -> Mutant:
    """A mutant whose reader fails the connection for frames that are right."""

    def apply(patches: Patches) -> None:
        class Reader(_READER):  # type: ignore[misc]  # its class is known when it runs
            def _handle_frame(self, fin: bool, opcode: int, payload: Any, compressed: Any) -> None:
                if is_refused(fin, opcode, bytes(payload)):
                    patches.note(title)
                    raise WebSocketError(_PROTOCOL_ERROR, title)
                _READER._handle_frame(self, fin, opcode, payload, compressed)

        _read_by(patches, Reader)

    return Mutant(title, apply)


def _first_only(patches: Patches) -> None:
    title = "Of frames that come in one piece only the first is read."

    class Reader(_READER):  # type: ignore[misc]  # its class is known when it runs
        taken = 0

        def feed_data(self, data: Any) -> Any:
            self.taken = 0
            return _READER.feed_data(self, data)

        def _handle_frame(self, fin: bool, opcode: int, payload: Any, compressed: Any) -> None:
            self.taken += 1
            if self.taken > 1:
                patches.note(title)
            else:
                _READER._handle_frame(self, fin, opcode, payload, compressed)

    _read_by(patches, Reader)


def _lenient(patches: Patches) -> None:
    """What the protocol forbids is passed over, with whatever has come in the same piece."""
    title = "What the protocol forbids is passed over."

    class Reader(_READER):  # type: ignore[misc]  # its class is known when it runs
        def _feed_data(self, data: Any) -> None:
            try:
                _READER._feed_data(self, data)
            except WebSocketError:
                patches.note(title)
                _READER.__init__(self, self.queue, self._max_msg_size, self._compress, self._decode_text)

    _read_by(patches, Reader)


def _other_close(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    async def close(self: Any, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> Any:
        if code in _FAILURES:
            note()
            code = 1000
        return await whole(self, code=code, message=message, drain=drain)

    return close


def _other_echo(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    async def answer_close(self: Any, code: int) -> Any:
        note()
        return await whole(self, 3000 if code else 1000)

    return answer_close


def _no_echo(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    del whole

    async def answer_close(self: Any, code: int) -> None:
        del self, code
        note()
        await asyncio.sleep(_AFTER_ALL)

    return answer_close


def _other_pong(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    async def pong(self: Any, message: bytes = b"") -> Any:
        if message:
            note()
        return await whole(self, b"")

    return pong


def _any_handshake(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def admit(self: Any, call: Any, received: Any, now: float) -> Any:
        if call.handshake:
            return whole(self, call, received, now)
        note()
        return HttpAnswer(200, b"{}", {"content-type": "application/json"})

    return admit


MUTANTS: Final = table(
    pings_without_payload=told("A pong of the protocol has no payload.", web_ws.WebSocketResponse, "pong", _other_pong),
    pongs_fail=_reading("A pong that nobody asked for fails the connection.", lambda _, opcode, __: opcode == _PONG),
    fragments_fail=_reading(
        "Messages in fragments fail the connection.",
        lambda fin, opcode, _: opcode == _CONTINUATION or (not fin and opcode in (_TEXT, _BINARY)),
    ),
    longer_forms_fail=_reading(
        "Messages of more than 125 bytes fail the connection.", lambda _, __, payload: len(payload) > _SHORT
    ),
    pieces_have_one_frame=Mutant("Of frames that come in one piece only the first is read.", _first_only),
    protocol_errors_pass=Mutant("What the protocol forbids is passed over.", _lenient),
    protocol_errors_close_normally=told("What fails a connection has close code 1000.", Socket, "close", _other_close),
    close_answered_by_other_code=told(
        "A close frame is answered by another code.", Socket, "answer_close", _other_echo
    ),
    close_not_answered=told("A close frame is not answered.", Socket, "answer_close", _no_echo),
    handshakes_need_nothing=told("What is no handshake is answered with 200.", Sockets, "admit", _any_handshake),
)
"""By name."""
