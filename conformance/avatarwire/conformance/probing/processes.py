"""A program of a user's and all that it starts: started, listened to, and ended whatever it does."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from .adapter import BadClient

__all__ = ["NOT_SUPPORTED", "Group", "check_words", "shown", "words_of"]

NOT_SUPPORTED: Final = 127
"""Exit code of a program that cannot do what it is told, and of a shell that does not find one."""
_ERRORS: Final = 2000
"""Bytes of what it says on stderr that are kept, the last ones."""
_LAST_WORDS: Final = 0.5
"""Real seconds in which what it has still said arrives, where somebody else holds its pipes open."""
_REAPED: Final = 5.0
"""Real seconds in which what was killed is gone."""


def words_of(command: str) -> tuple[str, ...]:
    """The words of a command, as a shell reads them.

    Raises:
        BadClient: there is no such command.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise BadClient(f"--exec: {command!r}: {str(error).lower()}") from None
    if not words:
        raise BadClient("--exec: no command is given")
    check_words(words, "--exec")
    return tuple(words)


def check_words(words: Sequence[str], option: str) -> None:
    """Raises `BadClient`, naming an option, if there is no such program."""
    if shutil.which(words[0]) is None:
        there = Path(words[0]).exists() and os.sep in words[0]
        raise BadClient(f"{option}: {words[0]}: {'not executable' if there else 'command not found'}")


def shown(data: bytes) -> str:
    """What a program has said, as text that can be written down."""
    return data.decode(errors="replace").strip()


class Group:
    """A process, in a group of its own with whatever it starts.

    It is made by `started`.

    Args:
        said: called with what comes from its stdout.
        ended: called with the exit code and how that is said, when the process has ended and all that it has said was
            heard; before that with no exit code, if it closes its stdout and goes on.
    """

    def __init__(self, said: Callable[[bytes], object], ended: Callable[[int | None, str], object]) -> None:
        self._said: Final = said
        self._when_ended: Final = ended
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._open: Final = {1, 2}
        self._errors = b""
        self._timer: asyncio.TimerHandle | None = None
        self._over: Final = asyncio.Event()
        self._exited: Final = asyncio.Event()
        self._killed = False

    @classmethod
    async def started(
        cls,
        words: tuple[str, ...],
        said: Callable[[bytes], object],
        ended: Callable[[int | None, str], object],
        *,
        env: Mapping[str, str] | None = None,
        stdin: bool = True,
    ) -> Group:
        """Starts a program.

        Args:
            words: the program and its arguments.
            said, ended: as of the class.
            env: its environment; None for that of this process.
            stdin: whether it is told something on its stdin; without it, it finds nothing there.

        Raises:
            OSError: the system cannot.
        """
        group = cls(said, ended)
        loop = asyncio.get_running_loop()
        source = asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL
        await loop.subprocess_exec(lambda: _Pipes(group), *words, stdin=source, start_new_session=True, env=env)
        return group

    def write(self, data: bytes) -> None:
        """Has it on its stdin; nothing happens where there is nobody to read it."""
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.write(data)

    async def leave(self, seconds: float) -> bool:
        """Ends its stdin; whether it has ended then within so many real seconds."""
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        return self._over.is_set()

    def kill(self) -> None:
        """Ends it by force, and whatever it has started, as far as that is in its group."""
        self._killed = True
        if self._transport is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._transport.get_pid(), signal.SIGKILL)

    async def end(self) -> None:
        """The same, until nothing is left of it."""
        self.kill()
        with suppress(TimeoutError):
            async with asyncio.timeout(_REAPED):
                await self._exited.wait()
        self._stop_waiting()
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.abort()
        if self._transport is not None:
            self._transport.close()
        await asyncio.sleep(0)  # in which the pipes are closed

    @property
    def errors(self) -> str:
        """The last of what it has said on its stderr."""
        return shown(self._errors)

    @property
    def cpu_seconds(self) -> float:
        """That its group has computed, where the system says so."""
        if self._transport is None:
            return 0.0
        group = str(self._transport.get_pid())
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError, ValueError, IndexError):
                fields = path.read_text(errors="replace").rpartition(")")[2].split()
                if fields[2] == group:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    # --- what the pipes say ---

    def began(self, transport: asyncio.SubprocessTransport) -> None:
        """It runs, or has run already: one that ends at once may have ended before anybody can ask."""
        self._transport = transport
        self._stdin = cast("asyncio.WriteTransport | None", transport.get_pipe_transport(0))

    def received(self, descriptor: int, data: bytes) -> None:
        """Something has come."""
        if descriptor == 1:
            self._said(data)
        else:
            self._errors = (self._errors + data)[-_ERRORS:]

    def closed(self, descriptor: int) -> None:
        """Nothing will come any more."""
        if descriptor == 0:
            self._stdin = None
        self._open.discard(descriptor)
        self._look()

    def exited(self) -> None:
        """The process has ended."""
        self._exited.set()
        self._look()

    def _look(self) -> None:
        if self._over.is_set():
            return
        if self._exited.is_set() and not self._open:
            self._conclude()
        elif (self._exited.is_set() or 1 not in self._open) and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LAST_WORDS, self._late)

    def _late(self) -> None:
        self._timer = None
        if self._exited.is_set():
            self._conclude()
        elif not self._killed:
            self._when_ended(None, self._how(None))

    def _conclude(self) -> None:
        self._stop_waiting()
        self._over.set()
        code = None if self._transport is None else self._transport.get_returncode()
        if not self._killed:
            self._when_ended(code, self._how(code))

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _how(self, code: int | None) -> str:
        if code is None:
            how = "it has closed its stdout"
        elif code >= 0:
            how = f"it has ended with exit code {code}"
        else:
            how = f"signal {_name(-code)} has ended it"
        return f"{how}: {self.errors}" if self.errors else how


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


class _Pipes(asyncio.SubprocessProtocol):
    def __init__(self, group: Group) -> None:
        self._group: Final = group

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._group.began(cast("asyncio.SubprocessTransport", transport))

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._group.received(fd, data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._group.closed(fd)

    def process_exited(self) -> None:
        self._group.exited()
