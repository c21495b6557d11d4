"""Runs in processes of their own, several at once; one that dies, or does not come back, has an outcome as well."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing, suppress
from types import TracebackType
from typing import Any, Final, Self, cast

import msgspec

from avatarwire.codecs.errors import AvatarwireError

from ..fuzzing.search import Again, Fuzz
from .looking import environment
from .plan import Ended, Plan
from .worker import DIED, OUTER, LastWords, Order, Search, is_spent

__all__ = ["Process", "ProcessDied", "carried_out_by", "outcome", "outcomes"]

_LONGEST: Final = 64 * 1024 * 1024
"""Bytes of an answer."""
_SPARE: Final = 60.0
"""Real seconds beside those that a run may take by its plan."""
_MOST_REAL: Final = 10.0
"""Of the seconds that a call may last: those of jumping time pass faster."""


_AT_ONCE: Final = 1.0
_LAST_WORDS: Final = b'{"type":"last words"'


class ProcessDied(AvatarwireError):
    """A process has ended in the middle of something.

    Args:
        how: it has ended.
        words: its last ones; None if it had no time for any.

    Attributes:
        how: it has ended, by its last words where there are any.
    """

    def __init__(self, how: str, words: LastWords | None = None) -> None:
        super().__init__(how)
        self.how: Final = how if words is None else words.detail.removeprefix(f"{DIED}: ")
        self._words: Final = words

    @property
    def ended(self) -> Ended:
        """What that says of the client which it was about."""
        if self._words is None:
            return Ended(outcome="raised", detail=f"{DIED}: {self}")
        return Ended(outcome=self._words.outcome, detail=self._words.detail)


class Process:
    """A process that carries out what is asked of it, one thing after the other; started when it is needed."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.end()

    async def answers(self, order: Order | Search | Fuzz | Again, seconds: float) -> AsyncGenerator[bytes]:
        """What the process answers, line by line.

        Args:
            order: what is wanted.
            seconds: real ones that it may be silent.

        Raises:
            TimeoutError: it is silent for longer; it has been ended then.
            ProcessDied: it has ended.
        """
        process = await self._running()
        stdin, stdout = cast("asyncio.StreamWriter", process.stdin), cast("asyncio.StreamReader", process.stdout)
        with suppress(BrokenPipeError, ConnectionResetError):  # its end is seen where it is listened to
            stdin.write(msgspec.json.encode(order) + b"\n")
            await stdin.drain()
        while True:
            try:
                async with asyncio.timeout(seconds):
                    line = await stdout.readline()
            except TimeoutError:
                await self.end()
                raise
            if not line:
                raise ProcessDied(await self._how_it_died())
            if line.startswith(_LAST_WORDS):
                words = msgspec.json.decode(line, type=LastWords)
                await self.end()
                raise ProcessDied(words.detail, words)
            yield line

    async def end(self) -> None:
        """Ends the process, and has it end a program that it runs; by force, if it does not end at once."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(_AT_ONCE):
                    await process.wait()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            _end_group(process)
            _closed(process)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "avatarwire.conformance.probing.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LONGEST,
                env=_environment(),
                start_new_session=True,
            )
        return self._process

    async def _how_it_died(self) -> str:
        process, self._process = self._process, None
        assert process is not None  # noqa: S101 - it has just been talked to
        code = await process.wait()
        _end_group(process)
        _closed(process)
        if code < 0:
            with suppress(ValueError):
                return f"signal {signal.Signals(-code).name}"
        return f"exit code {code}"


async def outcome(order: Order) -> Ended:
    """What one run came to."""
    async with Process() as process:
        return await carried_out_by(process, order)


async def outcomes(orders: Iterable[Order], jobs: int) -> AsyncGenerator[tuple[int, Ended]]:
    """What runs came to, as they end, each with its place in the order.

    Args:
        orders: the runs.
        jobs: how many at once.
    """
    left = iter(enumerate(orders))
    ready: asyncio.Queue[tuple[int, Ended] | None] = asyncio.Queue()
    workers = [asyncio.create_task(_work(left, ready)) for _ in range(jobs)]
    try:
        running = len(workers)
        while running:
            found = await ready.get()
            if found is None:
                running -= 1
            else:
                yield found
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _work(left: Iterator[tuple[int, Order]], ready: asyncio.Queue[tuple[int, Ended] | None]) -> None:
    try:
        async with Process() as process:
            for place, order in left:
                ready.put_nowait((place, await carried_out_by(process, order)))
    finally:
        ready.put_nowait(None)


async def carried_out_by(process: Process, order: Order) -> Ended:
    """What one run came to, in a process that may be used for the next one."""
    try:
        async with aclosing(process.answers(order, _time_for(order.plan))) as answers:
            async for line in answers:
                ended = msgspec.json.decode(line, type=Ended)
                if is_spent(order, ended):
                    await process.end()
                return ended
    except TimeoutError:
        return Ended(outcome="livelock", detail="nothing could end it but the end of its process")
    except ProcessDied as error:
        return error.ended
    raise AssertionError("answers go on for ever")


def _environment() -> dict[str, str]:
    """That of a process which imports what can be imported here, and knows what it was before."""
    outer = os.environ.get("PYTHONPATH")
    return {**environment(), **({} if outer is None else {OUTER: outer})}


def _end_group(process: asyncio.subprocess.Process) -> None:
    """Ends what a client has started and left behind, as far as it is in the group of its process."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _closed(process: asyncio.subprocess.Process) -> None:
    transport: Any = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()


def _time_for(plan: Plan) -> float:
    """Real seconds after which a run has to be over."""
    calls = 2 + sum(max(len(act.texts), 1) for act in plan.workload)
    return _SPARE + calls * (plan.patience if plan.real else min(plan.patience, _MOST_REAL))
