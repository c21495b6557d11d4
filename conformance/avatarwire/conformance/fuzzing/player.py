"""Who carries out steps, as far as all vendors have it in common; what is special about one is in its `fuzzing.py`."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, TypeVar
from urllib.parse import urlsplit

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import AvatarwireError

from ..engine.bench import Bench
from ..engine.case import Differs, NotJudged, Skip
from ..engine.http_calls import Reply, request_bytes
from ..engine.json_object import json_object
from ..engine.stream import Ended, Stream
from ..engine.web_socket import Refused
from .known import Known, filled
from .properties import Broken
from .ruling import is_failure, rule_broken
from .steps import Do, Step
from .wires import Held, Wire, dangling

__all__ = ["FORMS", "RIGHT_FORMS", "Player"]

BenchT = TypeVar("BenchT", bound=Bench)

_MOST: Final = 24
"""Connections that are open at a time; the oldest make room."""
_ANSWER: Final = 60.0
"""Seconds in which everything is answered."""
_PAUSE: Final = 0.5
"""Seconds between the halves of what is sent slowly."""
_SHOWN: Final = 120
"""Bytes of a message that a line of the story shows."""
_LOOKED_AT: Final = 4096
"""Bytes in which secrets are looked for that would stand among those."""
_MOMENT: Final = 0.05
"""Seconds that a step takes beside what it waits for: what it has led to comes within them."""


class Player(ABC, Generic[BenchT]):
    """Carries out steps.

    Args:
        bench: with which.
        server: the fake.
        not_ours: values of other clients, which nobody may get to know.

    Attributes:
        bench, server: as given.
        known: what it knows.
        sessions, wires: what it has begun, and has open.
        reached: names of situations that it has seen itself.
        story: what was done, and what came.
        labels: clauses of mutations and variants whose messages were sent.
        sizes: bytes that were sent.
        trouble: what came on a connection that must not.
        ruled: the clause that the message broke which was sent last; empty for none.
        was_refused: whether that was refused, as far as it is seen by who has sent it.
    """

    another: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Names of members, and under which other name their values are known."""
    head: ClassVar[int] = 0
    """Bytes before the JSON of a message on a connection."""

    def __init__(self, bench: BenchT, server: Any, not_ours: Collection[str | int]) -> None:
        self.bench: Final = bench
        self.server: Final = server
        self.known: Final = Known(self.another)
        self.known.not_ours.update(not_ours)
        self.known.learn(dict(server.ready))
        self.sessions: Final[list[Held]] = []
        self.wires: Final[list[Wire]] = []
        self.reached: Final[set[str]] = set()
        self.story: Final[list[str]] = []
        self.labels: Final[set[str]] = set()
        self.sizes = 0
        self.trouble = ""
        self.ruled = ""
        self.was_refused = False
        self._loop: Final = asyncio.get_running_loop()
        self._acts: Final[Mapping[Do, Callable[[Step], Awaitable[None]]]] = {
            "start": self._start,
            "connect": self._connect,
            "call": self._call,
            "send": self._send,
            "raw": self._raw,
            "close": self._close,
            "wait": self._wait,
            "command": self._command,
            "receive": self._receive,
            "snapshot": self._nothing,
            "restore": self._nothing,
            "set": self._set,
        }

    # --- what a vendor says ---

    @abstractmethod
    async def begin(self, step: Step) -> None:
        """Begins a session, and has it held by `hold`."""

    @abstractmethod
    async def connect(self, step: Step, session: Held) -> None:
        """Opens a connection of a session, and has it held by `keep`."""

    async def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, operation: str, step: Step
    ) -> Reply:
        """Makes a call, in the form that the step says.

        Raises:
            Ended: it was let go of before an answer could come.
        """
        if step.how not in _LET_GO:
            return await self.bench.exchange(method, url, headers, body, operation=operation, forms=(step.how,))
        data = request_bytes(method, url, headers, body, ())
        stream = await Stream.open(url, patience=_ANSWER)
        await stream.send(data[: len(data) - len(body) // 2 - 1] if step.how == "half" else data)
        await asyncio.sleep(0)
        await stream.leave()
        raise Ended("the connection was let go of")

    @abstractmethod
    async def request(self, operation: str, data: bytes, step: Step) -> Reply:
        """Makes a call with any body or query."""

    def learn(self, operation: str, reply: Reply) -> None:
        """Gets to know what an answer has, beside all members by their names."""

    def fill(self, message: str, data: bytes, get: Callable[[str], Any]) -> bytes:
        """A message of a connection with ids filled in."""
        del message
        return filled(data, get, head=self.head)

    def arguments(self, name: str, session: str, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Arguments of a command; None where it is not to be given."""
        del name
        return {"session": session, **given}

    async def receive(self, step: Step) -> None:
        """Has the receiver of callbacks answer otherwise; vendors without them have none."""

    # --- steps ---

    async def play(self, step: Step) -> None:
        """Carries out a step, and waits a moment for what comes of it.

        Raises:
            Broken: by what is seen of it a property does not hold.
        """
        self.ruled, self.was_refused = "", False
        try:
            await self._acts[step.do](step)
        except Refused as refusal:
            self.tell(f"  refused {refusal}")
        except Ended as end:
            self.tell(f"  {end}")
        except Skip as skip:
            self.tell(f"  not possible: {skip}")
        except Differs as differs:
            if any(each in _SILENCES for each in differs.expected) and "within" in differs.observed:
                raise Broken("unanswered", f"{self.story[-1].strip()}: {differs.observed}", step.clause) from None
            self.tell(f"  {differs}")
        except NotJudged as error:
            raise Broken("unanswered", f"{self.story[-1].strip()}: {error}", step.clause) from None
        await asyncio.sleep(_MOMENT)

    def tell(self, line: str) -> None:
        """One more line of the story."""
        self.story.append(line)

    def shown(self, data: bytes, most: int = _SHOWN) -> str:
        """The first of some bytes as text. Secrets are masked before it is cut: half of one is not known as one."""
        text = self.bench.secrets.raw(data[:_LOOKED_AT], most).decode("utf-8", "backslashreplace")
        text = text.encode("ascii", "backslashreplace").decode()
        return f"{text} ... {len(data)} bytes" if len(data) > most else text

    def hold(self, id_: str, ids: Mapping[str, Any], own: Any) -> None:
        """A session was begun."""
        self.tell(f"  session {len(self.sessions)}: {id_}")
        self.known.learn(ids)
        self.sessions.append(Held(id_, dict(ids), own, self._loop.time()))

    async def keep(self, wire: Wire) -> None:
        """A connection was opened."""
        self.tell(f"  connection {wire.sort}")
        self.wires.append(wire)
        self._tidy()
        while len(self.wires) > _MOST:
            await self.wires.pop(0).close(politely=False)

    def background(self, wire: Wire, what: Awaitable[Any]) -> None:
        """Has something go on as long as a connection is open."""

        async def run() -> None:
            with suppress(Differs, Ended, Skip, Refused, NotJudged):
                await what

        wire.tasks.append(asyncio.create_task(run()))

    def opened(self, session: Held) -> list[Wire]:
        """The connections of a session that are open."""
        return [wire for wire in self.wires if wire.session is session and not wire.over()]

    def remembered(self) -> Callable[[], None]:
        """What has it know again what it knows now: sessions, ids, tokens."""
        sessions = [replace(held, ids=dict(held.ids)) for held in self.sessions]
        parts = (self.known.remembered(), self.bench.remembered())

        def back() -> None:
            self.sessions[:] = [replace(held, ids=dict(held.ids)) for held in sessions]
            for part in parts:
                part()

        return back

    async def leave(self) -> None:
        """Lets go of every connection, and takes callbacks as it should."""
        await self.receive(Step("receive"))
        while self.wires:
            await self.wires.pop().close(politely=False)

    async def _start(self, step: Step) -> None:
        self.tell("start")
        await self.begin(step)

    async def _connect(self, step: Step) -> None:
        session = _last(self.sessions, step.which)
        if session is None:
            return
        self.tell(f"connect {step.how} {session.id}")
        await self.connect(step, session)

    async def _call(self, step: Step) -> None:
        operation = step.message.removesuffix(".request")
        if operation not in catalogue.vendor(self.bench.endpoint.vendor).operations and not self.is_extra(operation):
            return
        data = step.sent
        if step.fill:
            get = self._get(step, _last(self.sessions, step.which))
            data = filled(data, get, query=self.is_query(operation))
        self.tell(f"call {operation} {step.how} {self.shown(data)} {_about(step)}".rstrip())
        reply = await self.request(operation, data, step)
        self._rule(step, data)
        self.was_refused = is_failure(self.bench.endpoint.vendor, operation, reply.status, reply.body)
        self.sizes += len(data)
        self.answered(operation, reply, step)

    def is_extra(self, operation: str) -> bool:
        """Whether there is a call that the catalogue has under no such name."""
        del operation
        return False

    def is_query(self, operation: str) -> bool:
        """Whether the parameters of a call are in the query."""
        known = catalogue.vendor(self.bench.endpoint.vendor).operations.get(operation)
        return known is not None and known.parameters_in == "query"

    def answered(self, operation: str, reply: Reply, step: Step) -> None:
        """A call was answered."""
        self.tell(f"  {reply}")
        if reply.status >= 500:
            raise Broken("unhandled", f"{operation} is answered with status {reply.status}: {reply}", step.clause)
        self.learn(operation, reply)

    async def _send(self, step: Step) -> None:
        wire = _last([each for each in self.wires if each.sort != "tcp"], step.which)
        if wire is None or wire.over():
            return
        data = step.sent
        if step.fill:
            data = self.fill(step.message, data, self._get(step, wire.session))
        self.tell(f"send {step.message} {self.shown(data)} {_about(step)}".rstrip())
        self.sizes += len(data)
        await wire.send(step.message, data)
        if not wire.is_beside:
            self._rule(step, data, self.head)
        await asyncio.sleep(_MOMENT)
        self.was_refused = wire.over()

    def _rule(self, step: Step, data: bytes, head: int = 0) -> None:
        """What the message that was sent is, after ids have been filled in: as it was drawn, or not any more."""
        if not step.clause:
            return
        if step.sort == "variant":
            self.labels.add(step.clause)
        else:
            self.ruled = rule_broken(self.bench.endpoint.vendor, step.message, data, head)
            self.labels.update(filter(None, (self.ruled,)))

    async def _raw(self, step: Step) -> None:
        data = step.sent
        self.tell(f"raw {step.how} {self.shown(data)}")
        self.sizes += len(data)
        if step.how == "open":
            wire = _last(self.wires, step.which)
            if wire is not None and not wire.over():
                wire.is_beside = True
                await self._slowly(wire, data, step)
            return
        url = self.bench.endpoint.text("mqtt_url") if step.how == "mqtt" else self.bench.endpoint.url
        if not url:
            return
        name = f"  {urlsplit(url).scheme}:"
        wire = await dangling(await Stream.open(url, patience=_ANSWER), lambda data: self._came(name, data))
        await self.keep(wire)
        await self._slowly(wire, data, step)

    async def _slowly(self, wire: Wire, data: bytes, step: Step) -> None:
        if step.seconds:
            await wire.raw(data[: len(data) // 2])
            await asyncio.sleep(_PAUSE)
            data = data[len(data) // 2 :]
        await wire.raw(data)

    def _came(self, name: str, data: bytes) -> None:
        self.tell(f"{name} {self.shown(data)}")
        if data.startswith(b"HTTP/1.1 500"):
            self.trouble = f"some bytes are answered with status 500: {data[:300]!r}"

    async def _close(self, step: Step) -> None:
        wire = _last(self.wires, step.which)
        if wire is None:
            return
        self.tell(f"close {step.how} {wire.sort}")
        self.wires.remove(wire)
        await wire.close(politely=step.how != "abort")

    async def _wait(self, step: Step) -> None:
        self.tell(f"wait {step.seconds:g} s")
        await asyncio.sleep(max(0.0, min(step.seconds, 86400.0)))

    async def _command(self, step: Step) -> None:
        command = self.server.commands.get(step.message)
        sessions = [it for it in self.server.sessions() if it["session"] not in self.known.not_ours]
        session = _last(sessions, step.which)
        if command is None or step.message == "advance":
            return
        given = json_object(step.text.encode())
        names = {argument.name for argument in command.arguments}
        if "session" in names and session is None:
            return
        arguments = self.arguments(step.message, "" if session is None else session["session"], given)
        if arguments is None:
            return
        self.tell(f"command {step.message} {dict(arguments)}")
        try:
            command(**{name: value for name, value in arguments.items() if name in names})
        except AvatarwireError as error:
            self.tell(f"  {error}")
        except Exception as error:
            raise Broken("unhandled", f"{step.message}: {type(error).__name__}: {error}") from error

    async def _receive(self, step: Step) -> None:
        self.tell(f"receive {step.how}")
        await self.receive(step)

    async def _set(self, step: Step) -> None:
        """It is too late for that."""
        self.tell(f"set {step.text}, too late")

    async def _nothing(self, step: Step) -> None:
        """It is done by who has the fake."""

    def _get(self, step: Step, session: Held | None) -> Callable[[str], Any]:
        if session is not None and step.fill == 1:
            return lambda name: session.ids.get(name, self.known.get(name, 1))
        return lambda name: self.known.get(name, step.fill)

    def _tidy(self) -> None:
        self.wires[:] = [wire for wire in self.wires if not wire.over() or wire.sort != "tcp"]


_LET_GO: Final = ("cut", "half")
RIGHT_FORMS: Final = ("chunked", "header_case")
"""Forms of calls that are right."""
FORMS: Final = (*RIGHT_FORMS, *_LET_GO)
"""And of such that are let go of: when all of it was sent, or half of it."""

_SILENCES: Final = ("an answer", "an answer to the handshake", "an MQTT packet of type 2")

T = TypeVar("T")


def _last(items: Sequence[T], which: int) -> T | None:
    return items[-1 - which % len(items)] if items else None


def _about(step: Step) -> str:
    return f"[{step.sort} {step.clause} {step.label}]" if step.clause else f"[{step.sort}]" if step.sort else ""
