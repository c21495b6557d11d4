"""The HTTP calls that a live's client asks for: made at the same time, each with a token, each with an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

from ...aio.exchange import Exchange
from ...aio.line import Line
from ...aio.place import Place
from ...aio.waiting import ended
from ..auth.login import authorized
from ..auth.token_manager import TokenManager
from ..client.live import LiveClient
from ..client.pending_requests import LiveCall
from ..envelope import VENDOR
from ..events import Event

__all__ = ["LiveCalls", "LiveOver"]


class LiveOver(Exception):
    """The live has ended."""


class _Came(NamedTuple):
    """What became of a call: status and body, or why there is none."""

    call: LiveCall
    status: int = 0
    body: bytes = b""
    error: Exception | None = None


class LiveCalls:
    """Makes the calls of a live.

    Args:
        live: what asks for them.
        place: where, and by whose token.
        exchange: by what.
        told: takes the events that follow.
        done: called with each call that was answered, after its events.

    Attributes:
        failures: why calls have got no answer, the last of each operation.
    """

    def __init__(
        self,
        live: LiveClient,
        place: Place,
        exchange: Exchange,
        told: Callable[[list[Event]], None],
        done: Callable[[LiveCall], None],
    ) -> None:
        self.failures: Final[dict[str, Exception]] = {}
        self._live: Final = live
        self._place: Final = place
        self._exchange: Final = exchange
        self._told: Final = told
        self._done: Final = done
        self._tokens: Final = _tokens(place)
        self._logging_in: Final = asyncio.Lock()
        self._answers: Final[asyncio.Queue[_Came]] = asyncio.Queue()
        self._under_way: Final[set[asyncio.Task[None]]] = set()
        self._line: Final[Line[_Came, LiveCall]] = Line(
            receive=self._answers.get,
            send=self._make,
            outgoing=live.calls_to_make,
            take=self._came,
            due=live.next_timeout,
            tick=lambda: live.handle_timeout(asyncio.get_running_loop().time()),
        )

    def wake(self) -> None:
        """The live may ask for something."""
        self._line.wake()

    async def run(self) -> None:
        """Makes what calls there are to make, until the live is over."""
        try:
            await self._line.run()
        except LiveOver:
            pass
        finally:
            await ended(*self._under_way)

    async def _make(self, call: LiveCall) -> None:
        """Starts a call; others need not wait for its answer."""
        task = asyncio.create_task(self._called(call), name=f"avatarwire {VENDOR} {call}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _called(self, call: LiveCall) -> None:
        try:
            request = authorized(call.request, await self._token())
            came = _Came(call, *await self._exchange.send(call.name, request))
        except Exception as error:
            came = _Came(call, error=error)
        self._answers.put_nowait(came)

    def _came(self, came: _Came) -> None:
        now = asyncio.get_running_loop().time()
        if came.error is not None:
            self.failures[came.call.name] = came.error
            self._told(self._live.failed(came.call, str(came.error), now))
        else:
            self._told(self._live.receive(came.call, came.status, came.body, now))
            self._done(came.call)
        if self._live.is_over:
            raise LiveOver

    async def _token(self) -> str:
        """The access token; logs in, or refreshes it, where the place has no token but a key."""
        tokens, now = self._tokens, self._place.now
        if tokens is None:
            return self._place.text("access_token")
        async with self._logging_in:
            while (call := tokens.call(now())) is not None:
                try:
                    status, body = await self._exchange.send(call.operation.id, call.request)
                except BaseException:
                    tokens.lost(now())
                    raise
                tokens.receive(status, body, now())
            return tokens.token(now())


def _tokens(place: Place) -> TokenManager | None:
    """Where tokens come from; None where the place has one."""
    if place.text("access_token"):
        return None
    app_id, app_key = place.text("app_id"), place.text("app_key")
    if not (app_id and app_key):
        raise place.wrong("access_token", "missing", expected="an access token, or app_id and app_key")
    return TokenManager(app_id, app_key)
