"""A client in another program, of any language: lines of JSON on its stdin, which it answers on its stdout.

What it is told and answers lives here; how it is started, watched and ended is `processes.py`'s.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast

from .adapter import Given
from .processes import NOT_SUPPORTED, Group, shown, words_of

__all__ = ["Failed", "Program", "ProgramDied"]

_LONGEST: Final = 1024 * 1024
"""Bytes of a line."""
_CHATTER: Final = 1024 * 1024
"""Bytes on its stdout that are no answers, such as those of a log."""
_EVENTS: Final = 100
"""Events that are kept."""
_TEXT: Final = 2000
"""Characters of an error or event that are kept."""
_PART: Final = 200
"""Characters of a line that are shown."""


class Failed(Exception):
    """The program has reported an error."""

    def __str__(self) -> str:
        return str(self.args[0])


class ProgramDied(Exception):
    """The program has ended in the middle of a talk, or has answered what nobody asked."""


class _Order(NamedTuple):
    do: str
    answer: asyncio.Future[None]


class Program:
    """An adapter that is a program.

    Lines on its stdout that are no answers are passed over, as far as they are not many: programs have logs.

    Args:
        command: what starts it.

    Attributes:
        died: what is wrong with how it has ended; empty for nothing.
        lacking: what it was told to do when it ended with the code of `NOT_SUPPORTED`; empty for nothing.
        unable: why it cannot be started; empty where it can.

    Raises:
        BadClient: there is no such command.
    """

    def __init__(self, command: str) -> None:
        self._words: Final = words_of(command)
        self._group: Group | None = None
        self._pending: Final[dict[int, _Order]] = {}
        self._orders = 0
        self._line = b""
        self._chatter = 0
        self._last_chatter = b""
        self._events = 0
        self._report: Callable[[str], object] = _nobody
        self._may_leave = False
        self.died = ""
        self.lacking = ""
        self.unable = ""

    async def start(self, place: Given) -> None:
        self._report = place.report
        try:
            self._group = await Group.started(self._words, self._said, self._ended)
        except OSError as error:
            self.unable = f"--exec: {self._words[0]}: {error.strerror or error}"
            raise ProgramDied(self.unable) from None
        await self._order("start", place=place.plain())

    async def say(self, text: str) -> None:
        await self._order("say", text=text)

    async def interrupt(self) -> None:
        await self._order("interrupt")

    async def stop(self) -> None:
        self._may_leave = True
        await self._order("stop")

    async def leave(self, seconds: float) -> bool:
        """Ends its stdin; whether it has ended then within so many real seconds."""
        self._may_leave = True
        return self._group is None or await self._group.leave(seconds)

    async def end(self) -> None:
        """Ends it by force, with whatever it has started; nothing of it is left then."""
        if self._group is not None:
            await self._group.end()

    @property
    def cpu_seconds(self) -> float:
        """That it has computed, with what it has started, where the system says so."""
        return 0.0 if self._group is None else self._group.cpu_seconds

    @property
    def remarks(self) -> tuple[str, ...]:
        """What it has printed that was no answer, the last of it, for people."""
        errors = "" if self._group is None else self._group.errors
        chatter = shown(self._last_chatter)
        return (
            *(f"the program on stdout: {line}" for line in chatter.splitlines()),
            *(f"the program on stderr: {line}" for line in errors.splitlines()),
        )

    # --- what it is told, and answers ---

    async def _order(self, do: str, **more: Any) -> None:
        if self._group is None:
            raise ProgramDied("it has not been started")
        if self.died:
            raise ProgramDied(self.died)
        self._orders += 1
        number = self._orders
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending[number] = _Order(do, answer)
        try:
            self._group.write(json.dumps({"id": number, "do": do, **more}, ensure_ascii=False).encode() + b"\n")
            await answer
        finally:
            self._pending.pop(number, None)

    def _said(self, data: bytes) -> None:
        *lines, self._line = (self._line + data).split(b"\n")
        if len(self._line) > _LONGEST:
            self._line = b""
            self._over(f"it has printed a line of more than {_LONGEST} bytes")
        for line in lines:
            if not self.died:
                self._heard(line)

    def _heard(self, line: bytes) -> None:
        found = _object(line)
        if "event" in found:
            self._reported(found["event"])
        elif found.keys() & _ANSWER:
            self._answered(found, line)
        elif line.strip():
            self._passed_over(line)

    def _passed_over(self, line: bytes) -> None:
        self._chatter += len(line) + 1
        self._last_chatter = (self._last_chatter + line + b"\n")[-_TEXT:]
        if self._chatter > _CHATTER:
            self._over(f"it has printed more than {_CHATTER} bytes on its stdout that are no answers")

    def _reported(self, event: Any) -> None:
        self._events += 1
        if self._events <= _EVENTS:
            self._report(_words(event))

    def _answered(self, found: dict[str, Any], line: bytes) -> None:
        number = found.get("id")
        if number is None:
            number = next(iter(self._pending), None)
        # Some languages have no whole numbers; and True is one in Python.
        known = isinstance(number, int | float) and not isinstance(number, bool)
        order = self._pending.pop(cast("int", number), None) if known else None
        if order is None:
            hint = "" if known else "; ids are numbers"
            self._over(f"it has answered what nobody asked, or has asked before: {_part(line)}{hint}")
        elif order.answer.done():
            return
        elif found.get("error") is not None:
            order.answer.set_exception(Failed(_words(found["error"])))
        elif found.get("ok") is True:
            order.answer.set_result(None)
        else:
            self._pending[cast("int", number)] = order
            self._over(f'expected "ok": true or an "error", got {_part(line)}')

    # --- how it ends ---

    def _ended(self, code: int | None, how: str) -> None:
        """It has ended, or answers no more."""
        if self._line and not self.died:
            self._heard(self._line)
            self._line = b""
        if code == NOT_SUPPORTED and (self._pending or not self._orders):
            self.lacking = ["start", *(it.do for it in self._pending.values())][-1]
        if self._pending or code or not self._may_leave:
            self._over(how)

    def _over(self, why: str) -> None:
        self.died = self.died or why
        for order in self._pending.values():
            if not order.answer.done():
                order.answer.set_exception(ProgramDied(self.died))
        self._pending.clear()
        if self._group is not None:
            self._group.kill()


_ANSWER: Final = frozenset({"id", "ok", "error"})
"""Keys by which an answer is known."""


def _object(line: bytes) -> dict[str, Any]:
    """The JSON object in a line; an empty one where there is none."""
    if not line.lstrip().startswith(b"{"):
        return {}
    try:
        return cast("dict[str, Any]", json.loads(line))
    except (ValueError, RecursionError):
        return {}


def _nobody(text: str) -> None:
    """Nobody is told."""


def _words(value: Any) -> str:
    """What it says, which may be anything, as text that can be written down."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown(text[:_TEXT].encode(errors="replace"))


def _part(line: bytes) -> str:
    return shown(line)[:_PART]
