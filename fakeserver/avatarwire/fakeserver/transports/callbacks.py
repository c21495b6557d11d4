"""Callbacks: what a fake server posts to its client's own HTTP server, in order, in time, and no farther than allowed.

Only the delivery lives here, for any vendor: what is posted and how it is signed is the vendor's. A delivery never
holds up who asked for it. Each session's callbacks go out one after the other; waits and timeouts are on the server's
clock. aiohttp's client is imported when the first one is sent.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from avatarwire.fakeserver.addresses import is_loopback
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import CallBack, Leaving, Received, Signed
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Transport
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.user_code import Guard
from avatarwire.fakeserver.waiting import outcome

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import AbstractResolver, ResolveResult

__all__ = ["Callbacks"]

_WAITING: Final = 1000
"""Callbacks of one session that may wait; more are given up."""
_ANSWER_BYTES: Final = 64 * 1024
"""Bytes of an answer that are read; nothing is made of them."""
_PATIENCE: Final = 5.0
"""Real seconds that what is under way has to end when deliveries are stopped."""


class _Attempt:
    """One try to deliver a callback; a `Carrier` of what is posted, and of the answer.

    Attributes:
        effect: what is posted, once it has left.
    """

    def __init__(self, connection: str, session: str) -> None:
        self.id: Final = connection
        self.transport: Final[Transport] = "callback"
        self.session: Final = session
        self.header_bytes: Final = 0
        self.over: Final = False
        self.effect: CallBack | None = None

    def write(self, effect: Leaving) -> None:
        """It leaves now."""
        assert isinstance(effect, CallBack)  # noqa: S101 - nothing else is posted
        self.effect = effect

    def failed(self, cause: Received | None) -> None:
        """Nobody waits for an answer."""


class _Answers:
    """What an answer leads to: nothing."""

    def read(self, received: Received, now: float) -> Received:
        """It has been read."""
        del now
        return received

    def take(self, received: Received, now: float) -> tuple[()]:
        """Nothing is made of it."""
        del received, now
        return ()


class Callbacks:
    """Delivers callbacks from within a running event loop.

    Each try is an entry of the journal, transport ``callback``; what became of it is another, whose meta has
    ``outcome``: ``delivered`` for an answer with 2xx, ``failed`` when another try follows, ``given up`` after the last.
    A redirect is no delivery and is not followed.

    Args:
        hub: of the server.
        timeout: seconds a receiver has for its answer.
        retries: waits before each further try.
        delay: seconds from a post to its first try.
        beyond_loopback: whether a callback may go to another machine.
        guard: calls functions that sign.
    """

    def __init__(
        self,
        hub: Hub,
        *,
        timeout: float = 5.0,
        retries: Sequence[float] = (0.5, 1.0),
        delay: float = 0.0,
        beyond_loopback: bool = False,
        guard: Guard | None = None,
    ) -> None:
        self._hub: Final = hub
        self._clock: Final = hub.clock
        self._connections: Final[dict[str, str]] = {}
        self._timeout: Final = timeout
        self._retries: Final = tuple(retries)
        self._delay: Final = delay
        self._beyond: Final = beyond_loopback
        self._guard: Final = Guard() if guard is None else guard
        self._queues: Final[dict[str, deque[tuple[float, CallBack]]]] = {}
        self._tasks: Final[set[asyncio.Task[None]]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._stopped = False
        hub.call_back = self.post

    def post(self, callback: CallBack) -> None:
        """Has a callback delivered, in the running loop; returns at once."""
        if not callback.url:
            nowhere = {"outcome": "not sent", "reason": "there is no address for callbacks"}
            self._hub.leave(callback, _Attempt("", callback.session), meta=nowhere)
            return
        queue = self._queues.get(callback.session)
        if self._stopped or (queue is not None and len(queue) >= _WAITING):
            reason = "the server has stopped" if self._stopped else f"{_WAITING} callbacks of the session are waiting"
            self._tell(callback, 0, "given up", reason)
            return
        due = self._clock.now() + self._delay
        if queue is not None:
            queue.append((due, callback))
            return
        self._queues[callback.session] = deque([(due, callback)])
        task = asyncio.get_running_loop().create_task(self._work(callback.session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def waiting(self) -> int:
        """Callbacks that are neither delivered nor given up."""
        return sum(len(queue) for queue in self._queues.values())

    async def stop(self) -> None:
        """Gives up what is not delivered and closes every connection; afterwards nothing is sent."""
        self._stopped = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENCE)
        for queue in self._queues.values():
            for _, callback in queue:
                self._tell(callback, 0, "given up", "the server has stopped")
        self._queues.clear()
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    # One session's callbacks

    async def _work(self, session: str) -> None:
        queue = self._queues[session]
        while queue:
            due, callback = queue[0]
            if (wait := due - self._clock.now()) > 0:
                await _Pause(self._clock, wait).over()
            await self._deliver(callback)
            queue.popleft()
        del self._queues[session]

    async def _deliver(self, callback: CallBack) -> None:
        waits = iter(self._retries)
        attempt = 1
        while True:
            seq, status, reason = await self._try(callback, attempt)
            if not reason:
                self._tell(callback, seq, "delivered", "", status)
                return
            wait = next(waits, None)
            if wait is None:
                self._tell(callback, seq, "given up", reason, status)
                return
            # Whoever reads of the failure may move the clock on at once.
            pause = _Pause(self._clock, wait)
            self._tell(callback, seq, "failed", reason, status)
            await pause.over()
            attempt += 1

    async def _try(self, callback: CallBack, attempt: int) -> tuple[int, int | None, str]:
        """One try: number of its entry, status of the answer, and why it is no delivery; empty if it is one."""
        signed = Signed()
        if callback.sign is not None:
            asked = self._guard.call(
                "signer", callback.sign, callback.data, self._clock.now(), session=callback.session
            )
            given = await outcome(asked, self._clock)
            if isinstance(given, BaseException):
                return 0, None, f"the function that signs failed: {whereabouts(given)}"
            signed = given
            if not all(isinstance(it, str) for it in (*signed.headers.values(), *signed.query.values())):
                return 0, None, "the function that signs gave something that is no text"
        headers = {"content-type": "application/json", **signed.headers}
        limit = _Pause(self._clock, self._timeout)
        url = _with_query(callback.url, signed.query)
        leaving = _Attempt(self._connection(callback.session), callback.session)
        meta = {"method": "POST", "path": url, "attempt": attempt}
        seq = self._hub.leave(callback, leaving, meta=meta, headers=tuple(headers.items()))
        sending = asyncio.ensure_future(self._send(url, callback.data, headers))
        try:
            either: set[asyncio.Future[Any]] = {sending, limit.end}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                return seq, None, f"no answer within {self._timeout:g} s"
            status = await sending
        except Exception as failure:
            return seq, None, _reason(failure)
        finally:
            limit.cancel()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return seq, status, "" if 200 <= status < 300 else f"answered with status {status}"

    async def _send(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        from yarl import URL

        session = self._client()
        if not self._beyond:
            _check_literal(url)
        # The URL has its query already, signed and quoted.
        target = URL(url, encoded=True)
        async with session.post(target, data=body, headers=headers, allow_redirects=False) as response:
            with suppress(asyncio.IncompleteReadError):
                await response.content.readexactly(_ANSWER_BYTES)
            return response.status

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            import aiohttp

            resolver = aiohttp.ThreadedResolver()
            connector = aiohttp.TCPConnector(
                resolver=resolver if self._beyond else _loopback_only(resolver), force_close=True, limit=100
            )
            timeout = aiohttp.ClientTimeout(total=None)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._session

    def _tell(self, callback: CallBack, seq: int, outcome: str, reason: str, status: int | None = None) -> None:
        message = f"{callback.message}.{outcome.replace(' ', '_')}"
        meta = {"outcome": outcome, **({"reason": reason} if reason else {})}
        connection = self._connection(callback.session)
        if status is None:  # nothing has come
            self._hub.journal.add(
                "callback", "note", message, connection=connection, session=callback.session, reply_to=seq, meta=meta
            )
            return
        answer = Received(message, session=callback.session, reply_to=seq)
        attempt = _Attempt(connection, callback.session)
        self._hub.enter(attempt, answer, _Answers(), raw=None, meta=meta, status=status)

    def _connection(self, session: str) -> str:
        """What a session's callbacks count as: one connection."""
        known = self._connections.get(session)
        if known is None:
            known = self._connections[session] = self._hub.new_id()
        return known


class _Pause:
    """A wait on the server's clock that has begun when it is made.

    Attributes:
        end: done when it is over.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._timer = clock.call_later(seconds, self._done)

    async def over(self) -> None:
        """Waits for its end; nothing is left of it when the wait is cancelled."""
        try:
            await self.end
        finally:
            self.cancel()

    def cancel(self) -> None:
        """It does not end any more."""
        self._timer.cancel()
        self.end.cancel()

    def _done(self) -> None:
        if not self.end.done():
            self.end.set_result(None)


# --- where to ---


class _ElsewhereError(OSError):
    """A callback was to go to another machine, which is not allowed."""


def _check_literal(url: str) -> None:
    """An address that is written out is never asked of a resolver, so it is looked at here."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return
    if not is_loopback(host):
        raise _ElsewhereError(f"{host} is not this machine")


def _loopback_only(resolver: aiohttp.ThreadedResolver) -> AbstractResolver:
    """A resolver that knows this machine only; what it has found is what is connected to."""
    from aiohttp.abc import AbstractResolver

    class LoopbackOnly(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            found = await resolver.resolve(host, port, family)
            if not all(is_loopback(address["host"]) for address in found):
                raise _ElsewhereError(f"{host} is not this machine")
            return found

        async def close(self) -> None:
            await resolver.close()

    return LoopbackOnly()


def _with_query(url: str, query: Mapping[str, str]) -> str:
    if not query:
        return url
    front, mark, fragment = url.partition("#")
    joint = "&" if "?" in front else "?"
    return f"{front}{joint}{urlencode(query)}{mark}{fragment}"


def _reason(failure: Exception) -> str:
    """Why nothing was answered, without addresses and other secrets of the URL."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, _ElsewhereError):
            return f"{cause}, and callbacks go to this machine only unless the scenario allows more"
        cause = cause.__cause__ or cause.__context__
    number = getattr(failure, "errno", None)
    # Names that are not found have numbers below zero.
    return f"no connection: {os.strerror(number)}" if number and number > 0 else f"no answer: {type(failure).__name__}"
