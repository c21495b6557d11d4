"""One message of a fake that goes wrong: lost, doubled, late, out of order, or its connection closed in its place.

It acts at the fake's one way out, behind its change of state, and counts what goes out there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, TypeAlias, get_args

from aiohttp import web

from avatarwire.fakeserver.effects import Accept, CallBack, Close, HttpAnswer, Leaving, Publish, Send
from avatarwire.fakeserver.server import FakeServer

__all__ = ["KINDS", "Mishap", "befall"]

Mishap: TypeAlias = Literal["drop", "duplicate", "delay", "reorder", "close"]
KINDS: Final[tuple[Mishap, ...]] = get_args(Mishap)

_LATE: Final = 40.0
"""Seconds by which a message is late, and all behind it on its connection."""
_ALONE: Final = 1.0
"""Seconds after which what was to go behind the next message goes without it."""


class befall:  # noqa: N801 - reads as a verb
    """Has something go wrong with one message of a running fake.

    Args:
        fake: the fake.
        nth: which of its messages, counted from 0; None for none.
        mishap: what.

    Attributes:
        seen: catalogue ids and transports of the messages that have gone out, in order.
        untold: sessions of which only an answer that was lost has told.
    """

    def __init__(self, fake: FakeServer, nth: int | None = None, mishap: Mishap = "drop") -> None:
        server: Any = fake
        hub: Any = server._hub
        self.seen: list[tuple[str, str]] = []
        self._told: set[str] = set()
        self._lost: set[str] = set()
        self._server = server
        self._clock: Any = hub.clock
        self._leave: Callable[..., int] = hub.leave
        self._respond: Callable[[web.BaseRequest, str], Awaitable[web.StreamResponse]] = server._respond
        self._nth, self._mishap = nth, mishap
        self._requests: dict[str, web.BaseRequest] = {}
        # By connection: what waits for a late message, or for the one it is to go behind.
        self._late: dict[str, list[Callable[[], int]]] = {}
        self._held: dict[str, Callable[[], int]] = {}
        hub.leave = self._leaves
        server._respond = self._responds

    @property
    def untold(self) -> set[str]:
        return self._lost - self._told

    def _responds(self, request: web.BaseRequest, connection: str) -> Awaitable[web.StreamResponse]:
        self._requests[connection] = request
        return self._respond(request, connection)

    def _leaves(self, effect: Leaving, carrier: Any, **about: Any) -> int:
        def go() -> int:
            return self._leave(effect, carrier, **about)

        # Callbacks are no concern of a client that has no receiver.
        if isinstance(effect, Close | Accept | CallBack):
            return go()
        number = len(self.seen)
        self.seen.append((_name(effect), carrier.transport))
        place = carrier.id
        if place in self._late:
            self._late[place].append(go)
            return 0
        if number == self._nth and (isinstance(effect, Send | Publish) or self._mishap in ("drop", "close", "delay")):
            return self._goes_wrong(effect, carrier, go)
        result = go()
        self._told.add(getattr(effect, "session", ""))
        if (held := self._held.pop(place, None)) is not None:
            held()
        return result

    def _goes_wrong(self, effect: Leaving, carrier: Any, go: Callable[[], int]) -> int:
        place = carrier.id
        match self._mishap:
            case "duplicate":
                go()
                return go()
            case "delay":
                self._late[place] = [go]
                self._clock.call_later(_LATE, lambda: [late() for late in self._late.pop(place)])
            case "reorder":
                self._held[place] = go
                self._clock.call_later(_ALONE, lambda: self._held.pop(place, int)())
            case "drop" | "close" if isinstance(effect, HttpAnswer):
                transport = self._requests[place].transport
                assert transport is not None
                transport.abort()
                self._lost.add(effect.session)
            case "close" if isinstance(effect, Send):
                return self._leave(Close(1011, "closed by the test"), carrier)
            case "close":
                broker: Any = self._server._broker
                (connection,) = (known for known in broker._of if known.id == place)
                # What is being dealt with is acknowledged first.
                asyncio.get_running_loop().call_soon(connection.close, "closed by the test")
            case _:
                pass
        return 0


def _name(effect: Leaving) -> str:
    return effect.answer_message if isinstance(effect, HttpAnswer) else getattr(effect, "message", "")
