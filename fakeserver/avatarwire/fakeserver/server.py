"""The life of a fake server: start, port, readiness, stop; in a thread of its own or in the caller's event loop.

What every vendor's fake shares lives here. A vendor's fake says how a request is handled (`_respond`), what to set up
once the port is known (`_started`), what else to open and to close beside the HTTP port (`_open`, `_close`) and what to
clear away (`_stopped`). aiohttp is imported when a server starts.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.fakeserver.clock import Clock, RealClock, VirtualClock
from avatarwire.fakeserver.handover import carry
from avatarwire.fakeserver.journal import Journal

if TYPE_CHECKING:
    from aiohttp import web

    from avatarwire.fakeserver.transports.listener import Listener
    from avatarwire.fakeserver.transports.websocket import Connection

__all__ = ["FakeServer", "FakeServerError"]

T = TypeVar("T")

_PATIENCE: Final = 10.0
"""Real seconds after which a start, a stop or a command that does not come back is an error."""
_LEAVE_PATIENCE: Final = 0.01
"""Real seconds that peers have to answer the close frame when the server stops."""

JOURNAL_BYTES: Final = 8 * 1024 * 1024


class FakeServerError(AvatarwireError):
    """A fake server cannot start, or was used when it is not running."""


class FakeServer:
    """One fake server. Any number of them run in one process and share nothing.

    ``with server:`` runs it in a thread of its own, for synchronous code; ``async with server:`` in the running loop.

    Args:
        vendor: name of the vendor.
        host: address to listen on; loopback unless something else is asked for.
        port: 0 takes a free one.
        clock: where all behaviour gets its time from; real time by default.
        ssl_context: serves https and wss when given.
        journal_bytes: memory the journal may take.

    Attributes:
        clock, journal: as given, or made.
    """

    def __init__(
        self,
        vendor: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        ssl_context: ssl.SSLContext | None = None,
        journal_bytes: int = JOURNAL_BYTES,
    ) -> None:
        self.clock: Clock = clock if clock is not None else RealClock()
        self.journal = Journal(self.clock, vendor=vendor, budget_bytes=journal_bytes)
        self._vendor = vendor
        self._host = host
        self._port = port
        self._ssl_context = ssl_context
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: _LoopThread | None = None
        self._bound: tuple[str, int] | None = None
        self._listener: Listener | None = None
        self._connections: set[Connection] = set()

    # Where it is

    @property
    def host(self) -> str:
        """Address it listens on."""
        return self._address()[0]

    @property
    def port(self) -> int:
        """Port it listens on."""
        return self._address()[1]

    @property
    def http_url(self) -> str:
        """Base URL of its HTTP operations, without a slash at the end."""
        return self._url("http")

    @property
    def running(self) -> bool:
        """Whether it accepts connections."""
        return self._bound is not None

    def _address(self) -> tuple[str, int]:
        if self._bound is None:
            raise FakeServerError(f"the fake {self._vendor} server is not running: use it in a with statement")
        return self._bound

    def _url(self, scheme: str) -> str:
        host, port = self._address()
        shown = f"[{host}]" if ":" in host else host
        return f"{scheme}{'s' if self._ssl_context is not None else ''}://{shown}:{port}"

    # Life

    def __enter__(self) -> Self:
        self._check_new()
        thread = _LoopThread(f"fake-{self._vendor}", self.start, self._end)
        thread.start()
        self._thread = thread
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        thread, self._thread = self._thread, None
        if thread is not None and not thread.stop():
            self._bound = None
            self.clock.detach(thread.loop)
            reason = f"did not stop within {_PATIENCE:g} s: something blocks its event loop, such as an answer function"
            raise FakeServerError(f"the fake {self._vendor} server {reason}")

    async def _end(self) -> None:
        try:
            await self.stop()
        finally:
            # An advance of the clock must not wait for a loop that has ended.
            self.clock.detach(asyncio.get_running_loop())

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Binds and accepts connections; when it returns, the URLs are known.

        Raises:
            FakeServerError: it has been started before, or the address cannot be bound. Nothing is left open then.
        """
        from avatarwire.fakeserver.transports.listener import Listener

        self._check_new()
        listener = Listener(
            self._respond, self.journal, max_body_bytes=self._max_body_bytes(), ssl_context=self._ssl_context
        )
        try:
            self._bound = await listener.open(self._host, self._port)
        except (OSError, OverflowError) as fault:
            where = f"{self._host} port {self._port}"
            reason = getattr(fault, "strerror", None) or fault
            raise FakeServerError(f"the fake {self._vendor} server cannot listen on {where}: {reason}") from None
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        try:
            self._started()
            await self._open()
        except BaseException:
            await self.stop()
            self._loop = None
            raise

    async def stop(self) -> None:
        """Closes every connection and clears everything away; does nothing when it is not running.

        Raises:
            FakeServerError: a connection does not end; the server is given up all the same.
        """
        listener, self._listener = self._listener, None
        if listener is None:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                try:
                    await self._close()
                finally:
                    await self._end_connections(listener)
        except TimeoutError:
            reason = f"could not close its connections within {_PATIENCE:g} s"
            raise FakeServerError(f"the fake {self._vendor} server {reason}") from None
        finally:
            self._bound = None
            self._stopped()

    async def _end_connections(self, listener: Listener) -> None:
        await listener.close()
        for connection in self._connections:
            connection.leave()
        ends = [asyncio.ensure_future(connection.ended()) for connection in self._connections]
        if ends:
            await asyncio.wait(ends, timeout=_LEAVE_PATIENCE)
        await listener.shutdown(_LEAVE_PATIENCE)
        await asyncio.gather(*ends, *(connection.ended() for connection in self._connections))

    def _check_new(self) -> None:
        if self._loop is not None:
            raise FakeServerError(f"the fake {self._vendor} server has been started already; make a new one")

    # What a vendor says

    def _max_body_bytes(self) -> int:
        """Largest HTTP body that is read."""
        return 1024 * 1024

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        """Handles one request."""
        raise NotImplementedError

    def _started(self) -> None:
        """The address is known; called in the loop."""

    async def _open(self) -> None:
        """Opens what there is beside the HTTP port, such as a port for another protocol; called in the loop.

        What it raises is raised by the start, once everything has been closed again.
        """

    async def _close(self) -> None:
        """Closes what `_open` has opened, whether or not that was all; called in the loop, before HTTP is closed."""

    def _stopped(self) -> None:
        """Nothing is served any more; called in the loop."""

    # Commands from a test

    def advance(self, seconds: float) -> None:
        """Moves a virtual clock forward and runs what is due.

        Raises:
            FakeServerError: the server runs on real time.
        """
        if not isinstance(self.clock, VirtualClock):
            raise FakeServerError("this server runs on real time: give it clock=VirtualClock() to advance it")
        self.clock.advance(seconds)

    def _command(self, action: Callable[[], T]) -> T:
        """Runs `action` in the server's loop, from whatever thread, and gives back what it gives."""
        loop = self._loop
        if loop is None or not self.running:
            raise FakeServerError(f"the fake {self._vendor} server is not running")
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is loop:
            return action()
        done: Future[T] = Future()
        try:
            loop.call_soon_threadsafe(carry, done, action)
        except RuntimeError:
            raise FakeServerError(f"the event loop of the fake {self._vendor} server has ended") from None
        try:
            return done.result(_PATIENCE)
        except TimeoutError:
            if done.cancel():
                reason = f"did not react within {_PATIENCE:g} s: its event loop is blocked"
                raise FakeServerError(f"the fake {self._vendor} server {reason}") from None
            raise
        finally:
            del done  # see `carry`


class _LoopThread:
    """An event loop in a thread of its own, for the time between a start and a stop.

    Args:
        name: of the thread.
        begin, end: what it begins and ends with.
    """

    def __init__(self, name: str, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]) -> None:
        self.loop = asyncio.new_event_loop()
        self._begin = begin
        self._end = end
        self._begun: Future[None] = Future()
        self._ended: Future[None] = Future()
        self._leave = asyncio.Event()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    def start(self) -> None:
        """Starts, and waits until it has begun; raises what its begin raises."""
        self._thread.start()
        try:
            self._begun.result(_PATIENCE)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> bool:
        """Ends it, and tells whether that went well in time; a loop that is blocked ends when it no longer is.

        What its end raises is raised here.
        """
        with suppress(RuntimeError):  # it has ended because it could not begin
            self.loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            return False
        self._ended.result()
        return True

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._live())
        finally:
            self.loop.close()

    async def _live(self) -> None:
        try:
            await self._begin()
        except BaseException as error:  # carried to the thread that waits
            self._ended.set_result(None)
            self._begun.set_exception(error)
        else:
            self._begun.set_result(None)
            await self._leave.wait()
            try:
                await self._end()
            except BaseException as error:  # likewise
                self._ended.set_exception(error)
            else:
                self._ended.set_result(None)
        await _cancel_all()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
