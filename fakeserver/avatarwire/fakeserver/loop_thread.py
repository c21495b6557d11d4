"""An event loop in a thread of its own, which ends in order whatever happens in it.

Only that lives here; what runs in the loop is a server's (`server.py`).
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final

__all__ = ["LoopThread", "LoopThreadError"]

_GIVING_UP: Final = 0.1
"""Part of the patience with a start that is spent once more on a start that is given up."""


class LoopThreadError(Exception):
    """It does not start, or does not stop; the text says why, without a subject."""


class LoopThread:
    """An event loop in a thread of its own, for the time between a start and a stop.

    KeyboardInterrupt or SystemExit, raised by a callback or a task, ends the loop's run, as in every event loop; then
    the thread ends as if it had been stopped.

    Args:
        name: of the thread.
        begin, end: what it begins and ends with.
        keep: shown what was raised by a callback or a task and would only be logged, and the exceptions named above;
            tells whether it is taken care of.
    """

    def __init__(
        self,
        name: str,
        begin: Callable[[], Awaitable[None]],
        end: Callable[[], Awaitable[None]],
        *,
        keep: Callable[[BaseException], bool],
    ) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self._on_fault)
        self.over: Future[None] = Future()
        """Done when nothing runs in the loop any more."""
        self._begin = begin
        self._end = end
        self._keep = keep
        self._begun: Future[None] = Future()
        self._ended: Future[None] = Future()
        self._leave = asyncio.Event()
        self._main: asyncio.Task[None] | None = None
        self._process = os.getpid()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    @property
    def alive(self) -> bool:
        """Whether it runs, in this process."""
        return self._process == os.getpid() and self._thread.is_alive()

    def start(self, patience: float) -> None:
        """Starts, and waits until it has begun; raises what its begin raises.

        Args:
            patience: real seconds to wait.

        Raises:
            LoopThreadError: it has not begun by then, and is given up.
        """
        try:
            self._thread.start()
            self._begun.result(patience)
        except BaseException as error:
            if self._begun.done() and self._begun.exception() is error:
                self._thread.join(patience)
                raise
            with suppress(RuntimeError):  # it has ended meanwhile, or could not be started
                self.loop.call_soon_threadsafe(self._give_up)
                self._thread.join(patience * _GIVING_UP)
            if isinstance(error, TimeoutError):
                raise LoopThreadError(f"did not start within {patience:g} s") from None
            raise

    def stop(self, patience: float) -> None:
        """Ends it; one that is blocked ends when it no longer is. Raises what its end raises.

        Args:
            patience: real seconds to wait.

        Raises:
            LoopThreadError: it does not end in time, or is another process's.
        """
        if self._process != os.getpid():
            # Its sockets are shared with that process, and so is what the system notifies: nothing is touched.
            raise LoopThreadError("runs in the process from which this one was forked, and has to be stopped there")
        with suppress(RuntimeError):  # it has ended
            self.loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(patience)
        if self._thread.is_alive():
            reason = f"did not stop within {patience:g} s: something blocks its event loop, such as an async answer"
            raise LoopThreadError(reason)
        self._ended.result()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self._main = self.loop.create_task(self._live())
            while not self._main.done():
                try:
                    self.loop.run_until_complete(self._main)
                except (KeyboardInterrupt, SystemExit) as end:
                    self._keep(end)
                    self._leave.set()
                except RuntimeError:
                    if self._main.done() or self.loop.is_closed():
                        raise
                    self._leave.set()  # somebody has called `stop` of the loop
        finally:
            self.loop.close()
            for future in (self._begun, self._ended):
                if not future.done():
                    future.set_exception(LoopThreadError("has ended before its time"))
            self.over.set_result(None)

    async def _live(self) -> None:
        try:
            await self._begin()
        except BaseException as error:  # carried to the thread that waits
            self._ended.set_result(None)
            self._begun.set_exception(error)
        else:
            self._begun.set_result(None)
            with suppress(asyncio.CancelledError):  # given up
                await self._leave.wait()
            try:
                await self._end()
            except BaseException as error:  # likewise
                self._ended.set_exception(error)
            else:
                self._ended.set_result(None)
        await _cancel_all()

    def _give_up(self) -> None:
        if self._main is not None:
            self._main.cancel()

    def _on_fault(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        fault = context.get("exception")
        if not isinstance(fault, BaseException) or not self._keep(fault):
            loop.default_exception_handler(context)


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
