"""What the steps of a flow work with: the wires of a service, and what was heard on them.

Calls are made and connections pumped by the parts of which the drivers are made (`avatarwire.codecs.aio`), with a
sans-IO client in between, and everything that crosses is told to a narrator. Nothing of any vendor lives here.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

import msgspec

from avatarwire.codecs import catalogue
from avatarwire.codecs.aio.exchange import Exchange
from avatarwire.codecs.aio.line import Line
from avatarwire.codecs.aio.place import Place
from avatarwire.codecs.aio.sockets import Socket, open_socket
from avatarwire.codecs.aio.waiting import ended
from avatarwire.codecs.operation import HttpRequest, Operation
from avatarwire.codecs.textform import decode_text

from .flow import PATIENCE, Direction, FlowError, Narrator, Step

__all__ = ["DOCUMENTED", "Brought", "Calls", "Connection", "Flows", "Heard", "Talk", "check", "there"]

T = TypeVar("T")
InT = TypeVar("InT")
OutT = TypeVar("OutT")
OutT_co = TypeVar("OutT_co", covariant=True)
TalkT = TypeVar("TalkT", bound="Talk")

DOCUMENTED: Final = "documented"
"""The flow that every vendor has: all that its document describes, from the beginning to the end."""

_LARGEST: Final = 16 * 1024 * 1024


def there(value: T | None, reason: str) -> T:
    """A value that has to be there."""
    if value is None:
        raise FlowError(reason)
    return value


def check(holds: bool, reason: str) -> None:
    """What has to hold."""
    if not holds:
        raise FlowError(reason)


class Brought(Generic[T]):
    """What one step brings and later ones need.

    Args:
        missing: said where it is not there.
    """

    def __init__(self, missing: str) -> None:
        self._missing: Final = missing
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, talk: object, owner: type) -> T:
        if self._name not in vars(talk):
            raise FlowError(self._missing)
        value: T = vars(talk)[self._name]
        return value

    def __set__(self, talk: object, value: T) -> None:
        vars(talk)[self._name] = value


class Client(Protocol[OutT_co]):
    """A sans-IO client of one connection."""

    def data_to_send(self) -> Iterable[OutT_co]: ...

    def next_timeout(self) -> float | None: ...

    def handle_timeout(self, now: float, /) -> Iterable[object]: ...


class Heard:
    """Events that nobody has looked for yet.

    Args:
        misfortunes: kinds of events that do not happen where all goes as documented, unless one of them is looked for.
        lost: what else is to be said once nothing more will happen.
    """

    def __init__(self, misfortunes: tuple[type, ...], lost: Callable[[], Iterable[object]] | None = None) -> None:
        self._misfortunes: Final = misfortunes
        self._lost = lost
        self._events: list[object] = []
        self._changed: Final = asyncio.Event()
        self._end: Exception | None = None

    def put(self, events: Iterable[object]) -> None:
        """More has happened."""
        self._events += events
        self._changed.set()

    def end(self, error: Exception) -> None:
        """Nothing more will happen, and why."""
        self._end = error
        self._changed.set()

    async def until(self, kind: type[T], is_it: Callable[[T], bool] = lambda _: True) -> T:
        """The next event of a kind; those before it are forgotten.

        Raises:
            FlowError: a misfortune came instead.
            Exception: there is no such event, and none will come.
        """
        while True:
            for found in self._found(kind, is_it):
                return found
            if self._end is None:
                self._changed.clear()
                await self._changed.wait()
            elif self._lost is not None:
                lost, self._lost = self._lost, None
                self.put(lost())
            else:
                raise self._end

    def _found(self, kind: type[T], is_it: Callable[[T], bool]) -> Iterator[T]:
        for event in self._events:
            if isinstance(event, self._misfortunes) and not isinstance(event, kind):
                raise FlowError(f"instead of {kind.__name__} came {event}")
        for place, event in enumerate(self._events):
            if isinstance(event, kind) and is_it(event):
                del self._events[: place + 1]
                yield event
                return


class Connection(Line[InT, OutT]):
    """A driver's line that pumps by itself, until its connection ends or all is closed.

    Args:
        client: what is said on it.
        receive, send: carry one message.
        take: takes in a message; what has happened then.
        heard: what has happened on it.
        opened: closed at the end.
    """

    def __init__(
        self,
        client: Client[OutT],
        *,
        receive: Callable[[], Awaitable[InT]],
        send: Callable[[OutT], Awaitable[object]],
        take: Callable[[InT], Iterable[object]],
        heard: Heard,
        opened: AsyncExitStack,
    ) -> None:
        now = asyncio.get_running_loop().time
        super().__init__(
            receive=receive,
            send=send,
            outgoing=client.data_to_send,
            take=lambda message: heard.put(take(message)),
            due=client.next_timeout,
            tick=lambda: heard.put(client.handle_timeout(now())),
        )
        self._heard: Final = heard
        self._runner: Final = asyncio.create_task(self._pumped())
        opened.push_async_callback(ended, self._runner)

    async def over(self) -> None:
        """Waits until the other side has ended it."""
        await asyncio.wait({self._runner})

    async def _pumped(self) -> None:
        try:
            await self.run()
        except Exception as error:
            self._heard.end(error)


class Calls(Exchange):
    """Makes HTTP calls and tells of each.

    Args:
        talk: whose calls they are.
        url: of the service, without a path.
    """

    def __init__(self, talk: Talk, url: str) -> None:
        super().__init__(url, PATIENCE, talk.headers, trust=talk.place.trust)
        self._talk: Final = talk

    async def send(self, name: str, request: HttpRequest, *, attempts: int = 1) -> tuple[int, bytes]:
        """Makes one call and tells of it; its status and body."""
        narrator = self._talk.narrator
        since = narrator.now()
        status, body = await super().send(name, request, attempts=attempts)
        try:
            answer: Any = msgspec.json.decode(body)
        except msgspec.DecodeError:
            answer = body.decode("utf-8", "replace")
        asked = self._talk.operations[name].decode_request(request.query, request.body).value
        shown = self._talk.shown(name, answer)
        narrator.http(name, request.method, request.target, asked.to_dict(), status, shown, since=since)
        return status, body


class Talk(ABC):
    """A client service in small: its calls, its connections, and what the steps have brought so far.

    Args:
        opened: as below.

    Attributes:
        vendor: whose service it talks to.
        needs: keys of a place that it cannot do without.
        pace: tunables by which a fake goes on faster than a service would: nobody likes to wait for a demonstration.
        narrator: is told of everything.
        place: where the service is, and who may use it.
        calls: makes HTTP calls.
        opened: closed at the end, all of it.
    """

    vendor: ClassVar[str]
    needs: ClassVar[tuple[str, ...]]
    pace: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    narrator = Brought[Narrator]("there is no service")
    place = Brought[Place]("there is no service")
    calls = Brought[Calls]("there is no service")

    def __init__(self, opened: AsyncExitStack) -> None:
        self.opened: Final = opened

    # The service

    async def tunables(self) -> dict[str, Any]:
        """Opens what has to be there before the service is; what a fake is to be made with."""
        return dict(self.pace)

    def meet(self, place: object, narrator: Narrator) -> None:
        """The service is there.

        Args:
            place: the vendor's part of the ready file, a fake server, or any mapping or object like them.
            narrator: to be told of everything.

        Raises:
            ValidationError: a key of the place is missing or wrong.
        """
        self.narrator = narrator
        self.place = Place(self.vendor, place, {}, needed=self.needs)
        self.calls = Calls(self, self.place.url("http_url", ("http", "https")))
        self.opened.push_async_callback(self.calls.close)

    @property
    def where(self) -> str:
        """Where the service is, in words."""
        return self.calls.url

    @property
    def operations(self) -> Mapping[str, Operation[Any, Any]]:
        """The calls that there are, by name."""
        return catalogue.vendor(self.vendor).operations

    @abstractmethod
    def headers(self, name: str, request: HttpRequest) -> Mapping[str, str]:
        """The headers of a call, with what lets it in.

        Args:
            name: of the operation.
            request: without that.
        """

    def shown(self, name: str, answer: Any) -> Any:
        """The answer of a call, without what is secret and not known as that by its name."""
        del name
        return answer

    def now(self) -> float:
        """The time that clients are handed."""
        return asyncio.get_running_loop().time()

    # What connections are made of

    def tell(self, direction: Direction, message: str | bytes, *, topic: str = "", as_id: str = "") -> None:
        """A message has crossed, of an id that is known where it does not tell that itself."""
        raw = message.encode() if isinstance(message, str) else message
        text = decode_text(
            catalogue.vendor(self.vendor), raw, "client" if direction == "out" else "server", as_id=as_id
        )
        self.narrator.frame(direction, text, topic=topic)

    async def open_socket(self, url: str) -> Socket:
        """A WebSocket, which is closed at the end."""
        socket = await open_socket(url, seconds=PATIENCE, largest=_LARGEST, trust=self.place.trust)
        self.opened.push_async_callback(socket.close)
        return socket

    def pump_socket(
        self,
        socket: Socket,
        client: Client[str | bytes],
        take: Callable[[str | bytes], Iterable[object]],
        heard: Heard,
    ) -> Connection[str | bytes, str | bytes]:
        """Has a client say and hear on a WebSocket what there is."""

        async def receive() -> str | bytes:
            message = await socket.recv()
            self.tell("in", message)
            return message

        async def send(message: str | bytes) -> None:
            self.tell("out", message)
            await socket.send(message)

        return Connection(client, receive=receive, send=send, take=take, heard=heard, opened=self.opened)


@dataclass(frozen=True, slots=True)
class Flows(Generic[TalkT]):
    """What can be done with a vendor's service.

    Attributes:
        talk: makes what the steps work with.
        named: the steps of each flow, by its name.
    """

    talk: Callable[[AsyncExitStack], TalkT]
    named: Mapping[str, tuple[Step[TalkT], ...]]
