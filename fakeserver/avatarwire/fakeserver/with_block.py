"""A fake server as a context manager: in a thread of its own, or in the running loop of whoever enters it.

Only this lives here; what a start and a stop do is in `server.py`.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.handover import PATIENCE
from avatarwire.fakeserver.loop_thread import LoopThread, LoopThreadError
from avatarwire.fakeserver.snapshotting import Snapshotting
from avatarwire.fakeserver.user_code import ENDS, Guard

if TYPE_CHECKING:
    from avatarwire.fakeserver.trace.writing import TraceWriter

__all__ = ["WithBlock"]


class WithBlock(Snapshotting):
    """Base of a fake server: what its ``with`` and its ``async with`` do."""

    _guard: Guard

    async def start(self) -> None:
        """Binds and accepts connections."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Closes every connection and clears everything away."""
        raise NotImplementedError

    def _check_new(self) -> None:
        """Raises `FakeServerError` when it has been started before."""
        raise NotImplementedError

    def tracing(
        self,
        path: str | Path,
        *,
        title: str = "",
        source: str = "code",
        with_secrets: bool = False,
        option: str = "",
    ) -> AbstractContextManager[TraceWriter]:
        """Writes everything into a trace that crosses its wires while a block lasts.

        Of several fakes at once, `avatarwire.fakeserver.trace.tracing` makes one trace; arguments and errors are its.
        """
        from avatarwire.fakeserver.trace import tracing

        return tracing(path, self, title=title, source=source, with_secrets=with_secrets, option=option)

    def __enter__(self) -> Self:
        self._check_new()
        thread = LoopThread(f"fake-{self._vendor}", self._begin, self._end, keep=self._guard.keep)
        try:
            thread.start(PATIENCE)
        except LoopThreadError as fault:
            raise FakeServerError(f"the fake {self._vendor} server {fault}") from None
        self._thread = thread
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        thread, self._thread = self._thread, None
        try:
            if thread is not None:
                self._leave(thread)
        finally:
            self._hand_over(error, ENDS)

    def _leave(self, thread: LoopThread) -> None:
        try:
            thread.stop(PATIENCE)
        except LoopThreadError as fault:
            self._bound = None
            if self._process == os.getpid():
                self.clock.detach(thread.loop)
            raise FakeServerError(f"the fake {self._vendor} server {fault}") from None

    async def _begin(self) -> None:
        await self.start()
        # Who advances the clock is in another thread.
        self.clock.attach(asyncio.get_running_loop())

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
        try:
            await self.stop()
        finally:
            # Those have ended the loop, so whoever runs it has them.
            self._hand_over(error, ())

    def _hand_over(self, error: BaseException | None, ends: tuple[type[BaseException], ...]) -> None:
        """Raises what a function of the test has raised for the test; what the block has raised is its context.

        Args:
            error: what the block has raised.
            ends: which of KeyboardInterrupt and SystemExit have not reached anybody yet.
        """
        owed, self._guard.owed = self._guard.owed, None
        if owed is None or owed is error or (isinstance(owed, ENDS) and not isinstance(owed, ends)):
            return
        if isinstance(error, (*ENDS, GeneratorExit, asyncio.CancelledError)):
            # The block is being given up, which nothing may hold up.
            error.add_note(f"a function of the test has raised {type(owed).__name__}: {owed}")
            return
        raise owed
