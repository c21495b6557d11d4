"""A client in another program, of any language: lines of JSON on its stdin, which it answers on its stdout."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

from .adapter import Given

__all__ = ["NOT_SUPPORTED", "Failed", "Program", "ProgramDied"]

NOT_SUPPORTED: Final = 127
"""Exit code of a program that cannot do what it is told."""
_LONGEST: Final = 1024 * 1024
"""Bytes of a line."""
_ERRORS: Final = 2000
"""Bytes of what it says on stderr that are shown, the last ones."""
_LEAVE: Final = 5.0
"""Real seconds that it has to end once its stdin has."""


class Failed(Exception):
    """The program has reported an error."""


class ProgramDied(Exception):
    """The program has ended in the middle of a talk, or has said what is no answer."""


class Program:
    """An adapter that is a program.

    Args:
        command: what starts it.

    Attributes:
        died: why it is gone; empty while it is not.
        unsupported: what it has said that it cannot do; empty for nothing.
    """

    def __init__(self, command: str) -> None:
        self._command: Final = shlex.split(command)
        self._process: asyncio.subprocess.Process | None = None
        self._pending: dict[int, asyncio.Future[None]] = {}
        self._orders = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._errors = b""
        self._report: Callable[[str], object] = lambda _: None
        self.died = ""
        self.unsupported = ""

    async def start(self, place: Given) -> None:
        self._report = place.report
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST,
            start_new_session=os.name == "posix",
        )
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._collect())]
        await self._order("start", place=place.plain())

    async def say(self, text: str) -> None:
        await self._order("say", text=text)

    async def interrupt(self) -> None:
        await self._order("interrupt")

    async def stop(self) -> None:
        await self._order("stop")

    async def leave(self) -> None:
        """Ends the program, by the end of its stdin, or else by force; what it ended with is in `died`."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            process.stdin.close()
            async with asyncio.timeout(_LEAVE):
                await process.wait()
        except TimeoutError:
            self.died = self.died or f"it has not ended {_LEAVE:g} s after its stdin has"
        finally:
            _killed(process)
            await process.wait()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if process.returncode and not self.died:
                self.died = self._how(process.returncode)

    @property
    def cpu_seconds(self) -> float:
        """That it has computed, where the system says so."""
        process = self._process
        if process is None or process.returncode is not None:
            return 0.0
        with suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    async def _order(self, do: str, **more: Any) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise ProgramDied("it has not been started")
        if self.died:
            raise ProgramDied(self.died)
        self._orders += 1
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending[self._orders] = answer
        line = json.dumps({"id": self._orders, "do": do, **more}, ensure_ascii=False)
        with suppress(BrokenPipeError, ConnectionResetError):  # its end is seen where it is listened to
            process.stdin.write(line.encode() + b"\n")
            await process.stdin.drain()
        await answer

    async def _listen(self) -> None:
        process = cast("asyncio.subprocess.Process", self._process)
        stdout = cast("asyncio.StreamReader", process.stdout)
        try:
            while line := await stdout.readline():
                if line.strip():
                    self._answered(line)
        except (ValueError, ProgramDied) as error:
            self._over(f"it has said what is no answer: {error}")
            _killed(process)
            return
        code = await process.wait()
        if self._pending:
            await asyncio.gather(*self._tasks[1:])
            self._over(self._how(code))
            if code == NOT_SUPPORTED:
                self.unsupported = self.died

    async def _collect(self) -> None:
        process = cast("asyncio.subprocess.Process", self._process)
        stderr = cast("asyncio.StreamReader", process.stderr)
        while data := await stderr.read(65536):
            self._errors = (self._errors + data)[-_ERRORS:]

    def _answered(self, line: bytes) -> None:
        try:
            read: Any = json.loads(line)
        except (ValueError, RecursionError):
            read = None
        if not isinstance(read, dict):
            raise ProgramDied(line.decode(errors="replace").strip()[:200])
        answer = cast("dict[str, Any]", read)
        if "event" in answer:
            self._report(str(answer["event"]))
            return
        number = answer.get("id", next(iter(self._pending), None))
        pending = self._pending.pop(number, None) if isinstance(number, int) else None
        if pending is None:
            raise ProgramDied(f"nothing was asked that {line.decode(errors='replace').strip()[:200]} answers")
        if pending.done():
            return
        if answer.get("error") is not None:
            pending.set_exception(Failed(str(answer["error"])))
        elif answer.get("ok") is True:
            pending.set_result(None)
        else:
            pending.set_exception(Failed(f'expected "ok": true or an "error", got {line.decode().strip()[:200]}'))

    def _over(self, why: str) -> None:
        self.died = why
        for pending in self._pending.values():
            if not pending.done():
                pending.set_exception(ProgramDied(why))
        self._pending.clear()

    def _how(self, code: int) -> str:
        text = self._errors.decode(errors="replace").strip()
        how = f"it ended with exit code {code}" if code >= 0 else f"signal {-code} ended it"
        return f"{how}: {text}" if text else how


def _killed(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
