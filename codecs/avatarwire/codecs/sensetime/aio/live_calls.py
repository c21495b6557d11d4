"""The HTTP calls that a live's client asks for: made at the same time, each with a token, each with an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

from ...aio.exchange import Exchange
from ...aio.line import Line
from ...aio.place import Place
from ...aio.waiting import ended
from ...errors import CodecError, HttpError
from ..auth.login import authorized
from ..auth.token_manager import TokenManager
from ..client.live import LiveClient
from ..client.pending_requests import LiveCall
from ..envelope import VENDOR
from ..events import Event

__all__ = ["LiveCalls", "LiveOver"]


_UNAUTHORIZED: Final = 401


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
        self._tokens = _tokens(place)
        # The newest that was handed out, and whether a call was accepted with it.
        self._token_in_use = ""
        self._token_works = False
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
            token = await self._token()
            status, body = await self._exchange.send(call.name, authorized(call.request, token))
            if not _refuses_token(call, status, body):
                self._token_works = self._token_works or token == self._token_in_use
            elif self._may_log_in_again(token):
                request = authorized(call.request, await self._token())
                status, body = await self._exchange.send(call.name, request)
            came = _Came(call, status, body)
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
        now = self._place.now
        async with self._logging_in:
            tokens = self._tokens
            if tokens is None:
                self._token_in_use = self._place.text("access_token")
                return self._token_in_use
            while (call := tokens.call(now())) is not None:
                try:
                    status, body = await self._exchange.send(call.operation.id, call.request)
                except BaseException:
                    tokens.lost(now())
                    raise
                tokens.receive(status, body, now())
            self._token_in_use = tokens.token(now())
            return self._token_in_use

    def _may_log_in_again(self, token: str) -> bool:
        """Whether there is another token than one that was refused: logins elsewhere retire it (ST-E103, ST-E105).

        The place's own token must have worked before, or it is a wrong one.
        """
        app_id, app_key = self._place.text("app_id"), self._place.text("app_key")
        if not (app_id and app_key) or (self._tokens is None and not self._token_works):
            return False
        if token == self._token_in_use:
            self._tokens, self._token_in_use = TokenManager(app_id, app_key), ""
        return True


def _refuses_token(call: LiveCall, status: int, body: bytes) -> bool:
    """Whether an answer is about its token; the documents have no code for that (ST-E05), so its text has to tell."""
    try:
        call.operation.decode_response(status, body)
    except HttpError as error:
        return status == _UNAUTHORIZED or "token" in error.reason.lower()
    except CodecError:
        return status == _UNAUTHORIZED
    return False


def _tokens(place: Place) -> TokenManager | None:
    """Where tokens come from; None where the place has one."""
    if place.text("access_token"):
        return None
    app_id, app_key = place.text("app_id"), place.text("app_key")
    if not (app_id and app_key):
        raise place.wrong("access_token", "missing", expected="an access token, or app_id and app_key")
    return TokenManager(app_id, app_key)
