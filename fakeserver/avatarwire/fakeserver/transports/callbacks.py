"""Callbacks: what a fake server posts to its client's own HTTP server, in order, in time, and no farther than allowed.

Only the delivery lives here, for any vendor: what is posted and how it is signed is the vendor's. A delivery never
holds up who asked for it. Each session's callbacks go out one after the other; waits and timeouts are on the server's
clock. The request itself is made in `http_client.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import structs

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import CallBack, Incoming, Leaving, Signed
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Transport
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.transports.callback_queue import Queued, SavedCallback
from avatarwire.fakeserver.transports.http_client import ANSWER_BYTES, Answer, HttpClient, check_headers, reason_of
from avatarwire.fakeserver.user_code import Guard
from avatarwire.fakeserver.waiting import outcome

__all__ = ["Callbacks"]

_WAITING: Final = 1000
"""Callbacks of one session that may wait; more are given up."""
_PATIENCE: Final = 5.0
"""Real seconds that what is under way has to end when deliveries are stopped."""


class _Attempt:
    """One try to deliver a callback; a `Carrier` of what is posted, and of the answer.

    Args:
        connection, session: for the journal.
        post: posts what leaves, and settles the future with what came of it unless that is settled already.

    Attributes:
        answer: the first answer, or why there is none. While nothing was posted, nothing is answered.
    """

    def __init__(
        self, connection: str, session: str, post: Callable[[CallBack, asyncio.Future[Answer]], object]
    ) -> None:
        self.id: Final = connection
        self.transport: Final[Transport] = "callback"
        self.session: Final = session
        self.header_bytes: Final = 0
        self.over: Final = False
        self.answer: Final[asyncio.Future[Answer]] = asyncio.get_running_loop().create_future()
        self._post: Final = post

    def write(self, effect: Leaving) -> None:
        """Posts what leaves, which is not what was handed to the hub where that was changed on the way."""
        if not isinstance(effect, CallBack):
            raise TypeError(f"a callback carries no {type(effect).__name__}")
        self._post(effect, self.answer)

    def failed(self, cause: Incoming | None) -> None:
        """Nobody waits for an answer."""

    def cut(self, *, reset: bool) -> None:
        """There is no connection before something is posted; what is broken off then, a `CallBack` says."""

    def hang(self) -> None:
        """The same."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """What has come of one try.

    Attributes:
        reason: why it is no delivery; empty if it is one.
        seq: number of the entry of what was posted; 0 where nothing was.
        answer: what was answered, if anything.
        attempt: what it came on.
    """

    reason: str
    seq: int = 0
    answer: Answer | None = None
    attempt: _Attempt | None = None


class _NotPostedError(Exception):
    """Nothing can be posted; the text says why."""


class _Answers:
    """What an answer leads to: nothing."""

    def read(self, received: Incoming, now: float) -> Incoming:
        """It has been read."""
        del now
        return received

    def take(self, received: Incoming, now: float) -> tuple[()]:
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
        lasts: whether a session goes on; of one that does not, nothing is remembered once its callbacks are out.
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
        lasts: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._hub: Final = hub
        self._clock: Final = hub.clock
        self._connections: Final[dict[str, str]] = {}
        self._timeout: Final = timeout
        self._retries: Final = tuple(retries)
        self._delay: Final = delay
        self._lasts: Final = lasts
        self._client: Final = HttpClient(beyond_loopback=beyond_loopback)
        self._guard: Final = Guard() if guard is None else guard
        self._queues: Final[dict[str, deque[Queued]]] = {}
        self._tasks: Final[set[asyncio.Task[None]]] = set()
        self._stopped = False
        hub.call_back = self.post

    def post(self, callback: CallBack) -> None:
        """Has a callback delivered, in the running loop; returns at once."""
        if not callback.url:
            self._tell(callback, "not sent", _Tried("there is no address for callbacks"))
            return
        queue = self._queues.get(callback.session)
        if self._stopped or (queue is not None and len(queue) >= _WAITING):
            reason = "the server has stopped" if self._stopped else f"{_WAITING} callbacks of the session are waiting"
            self._tell(callback, "given up", _Tried(reason))
            return
        due = self._clock.now() + self._delay
        if queue is not None:
            queue.append(Queued(due, callback))
            return
        self._queues[callback.session] = deque([Queued(due, callback)])
        self._run(self._work(callback.session))

    def saved(self) -> list[SavedCallback]:
        """Those that are not delivered, for a snapshot; one that is under way is tried once more."""
        return [it.saved() for queue in self._queues.values() for it in queue]

    def restored(self, due: Iterable[tuple[SavedCallback, CallBack, float]]) -> None:
        """Has those of a snapshot delivered, in the running loop: as they are made here, each from its moment on."""
        for saved, callback, moment in due:
            self._queues.setdefault(callback.session, deque()).append(Queued.restored(saved, callback, moment))
        for session in self._queues:
            self._run(self._work(session))

    def clear(self) -> None:
        """Gives up what is not delivered, without a word; called in the loop."""
        for task in self._tasks:
            task.cancel()
        self._queues.clear()
        self._connections.clear()

    async def stop(self) -> None:
        """Gives up what is not delivered and closes every connection; afterwards nothing is sent."""
        self._stopped = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENCE)
        for queue in self._queues.values():
            for it in queue:
                self._tell(it.callback, "given up", _Tried("the server has stopped"))
        self._queues.clear()
        await self._client.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # One session's callbacks

    async def _work(self, session: str) -> None:
        queue = self._queues[session]
        while queue:
            queued = queue[0]
            if (wait := queued.due - self._clock.now()) > 0:
                await _Pause(self._clock, wait).over()
            try:
                await self._deliver(queued)
            except Exception as failure:  # the next one goes out all the same
                where = whereabouts(failure)
                self._hub.journal.note("the delivery of a callback failed", session=session, failure=where)
            queue.popleft()
        if self._queues.get(session) is queue:
            del self._queues[session]
        if not self._lasts(session):
            self._connections.pop(session, None)

    async def _deliver(self, queued: Queued) -> None:
        callback = queued.callback
        waits = iter(self._retries[queued.attempt - 1 :])
        while True:
            try:
                tried = await self._try(callback, queued.attempt)
            except _NotPostedError as failure:
                tried = _Tried(str(failure))
            except Exception as failure:
                tried = _Tried(f"the delivery failed: {whereabouts(failure)}")
            if not tried.reason:
                self._tell(callback, "delivered", tried)
                return
            wait = None if callback.broken == "hang" else next(waits, None)
            if wait is None:
                self._tell(callback, "given up", tried)
                return
            # Whoever reads of the failure may move the clock on at once.
            pause = _Pause(self._clock, wait)
            queued.due, queued.attempt = self._clock.now() + wait, queued.attempt + 1
            self._tell(callback, "failed", tried)
            await pause.over()

    async def _try(self, callback: CallBack, number: int) -> _Tried:
        signed = await self._signed(callback)
        headers = _renamed({"content-type": "application/json", **signed.headers}, callback.renamed)
        if callback.posted is not None:
            callback = structs.replace(callback, data=callback.posted)
        if callback.broken and number > 1:
            callback = structs.replace(callback, broken="")
        leaving = structs.replace(callback, url=_with_query(callback.url, signed.query))
        if signed.data is not None:
            leaving = structs.replace(leaving, data=signed.data, body=signed.body)
        limit = _Pause(self._clock, self._timeout)
        late = f"no answer within {self._timeout:g} s"
        try:
            checking = asyncio.ensure_future(self._client.check(leaving.url))
            try:
                if not await _first(checking, limit):
                    return _Tried(late)
                await checking
            except OSError as failure:
                return _Tried(reason_of(failure))
            return await self._post(leaving, headers, number, limit, late)
        finally:
            limit.cancel()

    async def _post(
        self, leaving: CallBack, headers: Mapping[str, str], number: int, limit: _Pause, late: str
    ) -> _Tried:
        def post(effect: CallBack, answer: asyncio.Future[Answer]) -> None:
            self._run(self._carry(effect, headers, answer))

        attempt = _Attempt(self._connection(leaving.session), leaving.session, post)
        # The fragment of a URL is not sent.
        meta = {"method": "POST", "path": leaving.url.partition("#")[0], "attempt": number}
        seq = self._hub.leave(leaving, attempt, meta=meta, headers=tuple(headers.items()))
        try:
            if not await _first(attempt.answer, limit):
                return _Tried(late, seq)
            answer = await attempt.answer
        except Exception as failure:
            return _Tried(reason_of(failure), seq)
        fine = 200 <= answer.status < 300
        return _Tried("" if fine else f"answered with status {answer.status}", seq, answer, attempt)

    async def _carry(self, effect: CallBack, headers: Mapping[str, str], answer: asyncio.Future[Answer]) -> None:
        limit = _Pause(self._clock, self._timeout)
        if effect.broken:
            sending = self._client.break_off(effect.url, effect.data, headers, effect.broken)
        else:
            sending = self._client.post(effect.url, effect.data, headers)
        posting = asyncio.ensure_future(sending)
        try:
            if await _first(posting, limit) and not answer.done():
                answer.set_result(await posting)
        except Exception as failure:
            if not answer.done():
                answer.set_exception(failure)
        finally:
            limit.cancel()
            await asyncio.gather(posting, return_exceptions=True)

    async def _signed(self, callback: CallBack) -> Signed:
        """What a signature adds, if there is one.

        Raises:
            _NotPostedError: the function that signs has failed, or gives what cannot be sent.
        """
        if callback.sign is None:
            return Signed()
        asked = self._guard.call("signer", callback.sign, callback.data, self._clock.now(), session=callback.session)
        given = await outcome(asked, self._clock)
        if isinstance(given, BaseException):
            raise _NotPostedError(f"the function that signs failed: {whereabouts(given)}")
        if not all(isinstance(it, str) for it in (*given.headers.values(), *given.query.values())):
            raise _NotPostedError("the function that signs gave something that is no text")
        try:
            check_headers(given.headers)
            urlencode(given.query)
        except ValueError as failure:
            raise _NotPostedError(
                f"the function that signs gave something that cannot be sent: {type(failure).__name__}"
            ) from None
        return Signed(given.headers, given.query, given.data, given.body)

    def _tell(self, callback: CallBack, outcome: str, tried: _Tried) -> None:
        message = f"{callback.message}.{outcome.replace(' ', '_')}"
        meta: dict[str, object] = {"outcome": outcome, **({"reason": tried.reason} if tried.reason else {})}
        answer, attempt = tried.answer, tried.attempt
        if answer is None or attempt is None:  # nothing has come
            self._hub.journal.add(
                "callback",
                "note",
                message,
                connection=self._connections.get(callback.session, ""),
                body=None if tried.seq else callback.body,
                session=callback.session,
                reply_to=tried.seq,
                meta=meta,
            )
            return
        if answer.cut:
            meta["read"] = f"the first {ANSWER_BYTES} bytes"
        received = Incoming(message, session=callback.session, reply_to=tried.seq)
        self._hub.enter(
            attempt, received, _Answers(), raw=answer.body, meta=meta, headers=answer.headers, status=answer.status
        )

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


async def _first(awaited: asyncio.Future[Any], limit: _Pause) -> bool:
    """Whether something is there before a limit; otherwise nobody waits for it any more."""
    either: set[asyncio.Future[Any]] = {awaited, limit.end}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return awaited.done()
    finally:
        awaited.cancel()


def _renamed(headers: Mapping[str, str], renamed: Mapping[str, str | None]) -> dict[str, str]:
    """Headers with those that are to be others."""
    names = {name.lower() for name in renamed}
    kept = {name: value for name, value in headers.items() if name.lower() not in names}
    return kept | {name: value for name, value in renamed.items() if value is not None}


def _with_query(url: str, query: Mapping[str, str]) -> str:
    if not query:
        return url
    front, mark, fragment = url.partition("#")
    joint = "&" if "?" in front else "?"
    return f"{front}{joint}{urlencode(query)}{mark}{fragment}"
