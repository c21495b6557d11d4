"""The conversation on one socket of SenseTime: the microphone's, or one that pushes the messages of the SDK.

Messages are written and read by hand here. Notices about takeovers may come at any time and are passed over by whoever
waits for something else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from ..engine.bench import expect
from ..engine.case import Differs
from ..engine.json_object import json_object
from ..engine.stream import Ended
from ..engine.web_socket import Closed, WebSocket

if TYPE_CHECKING:
    from ..engine.bench import Bench

__all__ = ["NOTICES", "REFUSALS", "Talk", "code_of", "microphone_id", "page_id"]

NOTICES: Final = (18, 19, 20)
"""Codes of what becomes of takeovers by HTTP (ST-MIC-16 to ST-MIC-18)."""
REFUSALS: Final = (1, 4, 5, 6, 7)
"""Codes by which speech is not taken, or not any more."""

_POLL: Final = 0.002
"""Real seconds between two looks whether a pong has come."""

_SERVER_IDS: Final[Mapping[int, str]] = {
    1: "auth_failed",
    2: "ready",
    4: "stop",
    5: "send_failed",
    6: "not_ready",
    7: "conflict",
    18: "takeover_finished",
    19: "takeover_started",
    20: "takeover_queued",
}
_CLIENT_IDS: Final[Mapping[int, str]] = {0: "begin", 99: "eof"}

Message = dict[str, Any]


class Talk:
    """The conversation on one WebSocket.

    Args:
        bench: of the case.
        socket: that carries it.

    Attributes:
        messages: all that has come, in order.
    """

    def __init__(self, bench: Bench, socket: WebSocket) -> None:
        self.bench: Final = bench
        self.socket: Final = socket
        self.messages: Final[list[Message]] = []

    # --- out ---

    async def say(self, fields: Any) -> None:
        """Sends plain JSON values as text."""
        await self.text(self.bench.dumped(fields).decode())

    async def text(self, text: str) -> None:
        """Sends any text; a connection that has ended takes none, which what comes next shows."""
        await self._sent(text)

    async def speech(self, data: bytes = bytes(640)) -> None:
        """Sends speech: 20 ms of silence where nothing else is given."""
        await self._sent(data)

    async def raw(self, data: bytes) -> None:
        """Sends bytes beside the protocol."""
        try:
            await self.socket.send_raw(data)
        except Ended:
            self.bench.timeline.note("the connection has ended before")

    async def begin(self) -> None:
        """Says that speech is coming (ST-MIC-05)."""
        await self.say({"code": 0, "message": "begin"})

    async def eof(self) -> None:
        """Says that speech is over (ST-MIC-07)."""
        await self.say({"code": 99, "message": "eof"})

    async def _sent(self, message: str | bytes) -> None:
        try:
            await self.socket.send(message)
        except Ended:
            self.bench.timeline.note("the connection has ended before")

    # --- in ---

    async def receive(self, patience: float | None = None) -> Message | Closed | None:
        """The next message; None when nothing comes for so many seconds, of the run where none are given.

        Raises:
            Differs: it is binary, or no JSON object (ST-MIC-01).
        """
        found = await self.socket.receive(self.bench.patience if patience is None else patience)
        if found is None or isinstance(found, Closed):
            return found
        expect(isinstance(found, str), "text messages only", f"{len(found)} bytes of binary")
        try:
            read: object = json.loads(found)
        except ValueError:
            read = None
        expect(isinstance(read, dict), "a JSON object", found[:200])
        message = cast("Message", read)
        self.messages.append(message)
        return message

    async def until(self, expected: str, is_it: Callable[[Message], bool], patience: float | None = None) -> Message:
        """The next message that is the one; others are passed over.

        Raises:
            Differs: it does not come.
        """
        passed: list[object] = []
        while True:
            found = await self.receive(patience)
            if isinstance(found, dict):
                if is_it(found):
                    return found
                passed.append(found)
                continue
            end = "nothing more" if found is None else str(found)
            raise Differs(expected, f"{end}, after {passed[-3:]}" if passed else end)

    async def code(self, *codes: int, patience: float | None = None) -> Message:
        """The next message of the microphone socket that is no notice, which has to have one of some codes.

        Raises:
            Differs: it has another, or does not come.
        """
        words = " or ".join(f"code {code}" for code in codes)
        found = await self.until(words, lambda message: code_of(message) not in NOTICES, patience)
        expect(code_of(found) in codes, words, found)
        return found

    async def notice(self, code: int, trace_id: str, patience: float | None = None) -> Message:
        """The next notice with a code about a takeover.

        Raises:
            Differs: it does not come.
        """

        def is_it(message: Message) -> bool:
            return code_of(message) == code and _data(message).get("commandTraceId") == trace_id

        return await self.until(f"code {code} about takeover {trace_id}", is_it, patience)

    async def ready(self) -> None:
        """Begins to speak, and is told that speech is taken (ST-MIC-09).

        Raises:
            Differs: it is not.
        """
        await self.begin()
        await self.code(2)

    async def round(self, packets: int = 3) -> None:
        """Speaks once, from begin to eof."""
        await self.ready()
        for _ in range(packets):
            await self.speech()
        await self.eof()

    async def pushed(self, service: str, type_: str, status: str = "ok", patience: float | None = None) -> Message:
        """The next message of the SDK of a kind.

        Raises:
            Differs: it does not come.
        """

        def is_it(message: Message) -> bool:
            return (message.get("service"), message.get("type"), message.get("status")) == (service, type_, status)

        return await self.until(f"a message {service}/{type_}/{status}", is_it, patience)

    async def closed(self, patience: float | None = None) -> Closed:
        """The end of the connection; messages before it are passed over.

        Raises:
            Differs: it does not end.
        """
        while True:
            found = await self.receive(patience)
            if isinstance(found, Closed):
                return found
            if found is None:
                raise Differs("the end of the connection", "it stays open")

    async def nothing_against(self) -> None:
        """Judges that nothing has been said against the speech so far: a ping is answered, and no refusal is before it.

        Raises:
            Differs: there is one.
        """
        await self.answers()
        while (found := await self.receive(0)) is not None:
            holds = isinstance(found, dict) and code_of(found) not in REFUSALS
            expect(holds, f"none of the codes {', '.join(map(str, REFUSALS))}", found)

    async def answers(self) -> None:
        """Judges that the endpoint is there: a ping is answered (RFC 6455, 5.5.2).

        Raises:
            Differs: it is not.
        """
        payload = f"{len(self.socket.pongs)}".encode()
        try:
            await self.socket.ping(payload)
        except Ended as end:
            raise Differs("a pong", end.how) from None
        until = self.bench.run.now() + self.bench.patience
        while payload not in self.socket.pongs:
            expect(not self.socket.over, "a pong", "the connection has ended")
            expect(self.bench.run.now() < until, "a pong", "none")
            await asyncio.sleep(_POLL)

    async def all_told(self) -> list[Message]:
        """All messages that have come so far: a ping is answered, and what was sent before that has come.

        Raises:
            Differs: it is not answered.
        """
        await self.answers()
        while isinstance(await self.receive(0), dict):
            pass
        return self.messages

    async def answers_or_ends(self) -> None:
        """The same, or the connection ends.

        Raises:
            Differs: neither.
        """
        try:
            await self.answers()
        except Differs:
            await self.closed()


def code_of(message: Mapping[str, Any]) -> int | None:
    """The code of a message; digits count as a number (ST-E57)."""
    code = message.get("code")
    if isinstance(code, str) and code.isdigit():
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _data(message: Message) -> Message:
    data = message.get("data")
    return cast("Message", data) if isinstance(data, dict) else {}


def microphone_id(direction: str, data: bytes, is_text: bool) -> str:
    """Catalogue id of a message on the microphone socket."""
    if not is_text:
        return "microphone.audio" if direction == "out" else ""
    code = code_of(json_object(data))
    name = (_CLIENT_IDS if direction == "out" else _SERVER_IDS).get(-1 if code is None else code)
    return f"microphone.{name}" if name else ""


def page_id(direction: str, data: bytes, is_text: bool) -> str:
    """Catalogue id of a message of the SDK."""
    fields = json_object(data) if is_text else {}
    service, type_ = fields.get("service"), fields.get("type")
    if direction == "out" or not isinstance(service, str) or not isinstance(type_, str):
        return ""
    name = f"{service}.{'fail' if fields.get('status') == 'fail' else type_}"
    known = ("opening.answer", "asr.text", "asr.eof", "asr.fail", "nlp.answer", "command.eof", "record.eof")
    return f"interactive.{name}" if name in known else ""
