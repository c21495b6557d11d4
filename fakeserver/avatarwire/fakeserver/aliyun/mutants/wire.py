"""WebSocket as it is not meant to be: the protocol beneath frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from avatarwire.fakeserver.aliyun.mutants.parts import table, told
from avatarwire.fakeserver.aliyun.sockets import Sockets
from avatarwire.fakeserver.effects import HttpAnswer
from avatarwire.fakeserver.mutants import Mutant, Patches
from avatarwire.fakeserver.transports import websocket
from avatarwire.fakeserver.transports.frames import PONG, PROTOCOL_ERROR, TOO_LARGE, Fault, Message, Reader
from avatarwire.fakeserver.transports.websocket import Connection

__all__ = ["MUTANTS"]

_INVALID_TEXT: Final = 1007
_FAILURES: Final = frozenset({PROTOCOL_ERROR, _INVALID_TEXT, TOO_LARGE})
_WHOLE: Final = frozenset({0x81, 0x82})
"""First bytes of messages in one frame."""
_CONTROL: Final = 8
_SHORT: Final = 125
_AFTER_ALL: Final = 0.9
"""Real seconds after which a connection ends all the same; longer than a case waits."""


class _Reader(Reader):
    """A reader that looks at every frame in the same way, also at those that come as nearly all do."""

    def whole(self, data: bytes) -> None:
        """Nothing is read at once."""
        del data


def _reading(title: str, is_refused: Callable[[int, int], bool]) -> Mutant:
    """A mutant whose reader fails the connection for messages that are right, by their kind and size."""

    def apply(patches: Patches) -> None:
        class Strict(_Reader):
            def next(self) -> Message | None:
                message = super().next()
                if message is None or not is_refused(message[0], len(message[1])):
                    return message
                patches.note(title)
                self.fault = Fault(PROTOCOL_ERROR, title, None)
                return None

        patches.value(websocket, "Reader", Strict)

    return Mutant(title, apply)


def _fragments_fail(patches: Patches) -> None:
    title = "Messages in fragments fail the connection."

    def make(whole: Callable[..., Message | None]) -> Callable[..., Message | None]:
        def taken(self: Reader, first: int, payload: bytes) -> Message | None:
            if first in _WHOLE or first & _CONTROL:
                return whole(self, first, payload)
            patches.note(title)
            self.fault = Fault(PROTOCOL_ERROR, title, None)
            return None

        return taken

    patches.instead(Reader, "_taken", make)


def _first_only(patches: Patches) -> None:
    title = "Of frames that come in one piece only the first is read."

    class FirstOnly(_Reader):
        taken = 0

        def feed(self, data: bytes) -> None:
            self.taken = 0
            super().feed(data)

        def next(self) -> Message | None:
            while (message := super().next()) is not None:
                self.taken += 1
                if self.taken == 1:
                    return message
                patches.note(title)
            return None

    patches.value(websocket, "Reader", FirstOnly)


def _lenient(patches: Patches) -> None:
    """What the protocol forbids is passed over, with whatever has come in the same piece."""
    title = "What the protocol forbids is passed over."

    class Lenient(_Reader):
        def __init__(self, largest: int) -> None:
            super().__init__(largest)
            self.limit: Final = largest

        def next(self) -> Message | None:
            message = super().next()
            if self.fault is not None:
                patches.note(title)
                super().__init__(self.limit)
            return message

    patches.value(websocket, "Reader", Lenient)


def _other_close(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def say_close(self: Any, code: int, reason: bytes = b"") -> Any:
        if code in _FAILURES:
            note()
            code = 1000
        return whole(self, code, reason)

    return say_close


def _other_echo(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def answer_close(self: Any, code: int) -> Any:
        note()
        return whole(self, 3000 if code else 1000)

    return answer_close


def _no_echo(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    del whole

    def answer_close(self: Any, code: int) -> None:
        del code
        note()
        self.over = True
        asyncio.get_running_loop().call_later(_AFTER_ALL, self._wire.abort)

    return answer_close


def _other_pong(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def pong(self: Any, payload: bytes) -> Any:
        if payload:
            note()
        return whole(self, b"")

    return pong


def _any_handshake(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def admit(self: Any, call: Any, received: Any, now: float) -> Any:
        if call.handshake:
            return whole(self, call, received, now)
        note()
        return HttpAnswer(200, b"{}", {"content-type": "application/json"})

    return admit


MUTANTS: Final = table(
    pings_without_payload=told("A pong of the protocol has no payload.", Connection, "_pong", _other_pong),
    pongs_fail=_reading("A pong that nobody asked for fails the connection.", lambda kind, _: kind == PONG),
    fragments_fail=Mutant("Messages in fragments fail the connection.", _fragments_fail),
    longer_forms_fail=_reading(
        "Messages of more than 125 bytes fail the connection.", lambda kind, size: kind < _CONTROL and size > _SHORT
    ),
    pieces_have_one_frame=Mutant("Of frames that come in one piece only the first is read.", _first_only),
    protocol_errors_pass=Mutant("What the protocol forbids is passed over.", _lenient),
    protocol_errors_close_normally=told(
        "What fails a connection has close code 1000.", Connection, "_say_close", _other_close
    ),
    close_answered_by_other_code=told(
        "A close frame is answered by another code.", Connection, "_answer_close", _other_echo
    ),
    close_not_answered=told("A close frame is not answered.", Connection, "_answer_close", _no_echo),
    handshakes_need_nothing=told("What is no handshake is answered with 200.", Sockets, "admit", _any_handshake),
)
"""By name."""
