"""How a flow looks: an annotated timeline for people, or one JSON object a line for programs.

Only the showing lives here; the events are declared in `flow.py`. rich is imported when a view is made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TextIO, TypeAlias, cast

import msgspec
from msgspec import UNSET

from avatarwire.codecs.textform import COLOURS, printable

from .flow import Began, Called, Event, Failed, Noted, Passed, Summary

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["JsonView", "TimelineView"]

Piece: TypeAlias = "str | tuple[str, str]"
"""A text, or a text and its style."""

_ARROWS: Final = {"out": ("→", "bold"), "in": ("←", "bold blue")}
_UUID: Final = re.compile(
    r"(?<![0-9A-Fa-f])([0-9A-Fa-f]{8})-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\b"
)
"""Ids are told apart by their beginning, and all of them would hide what else there is. A word may stand before one."""
SHORTENED: Final = r"\1…"
_LONGEST_TEXT: Final = 40
"""Characters of one value of a body, such as audio, that are shown."""
_PLAIN_WIDTH: Final = 160
"""Characters of a line where there is no terminal."""


class JsonView:
    """One JSON object a line: the events as they are."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: Event) -> None:
        """Shows an event."""
        self._out.write(msgspec.json.encode(event).decode() + "\n")
        self._out.flush()


class TimelineView:
    """Numbered steps, and below each what crossed the wire: when, which way, what.

    Args:
        out: where to; colours only where it is a terminal.
    """

    def __init__(self, out: TextIO) -> None:
        from rich.console import Console

        self._console = Console(file=out, highlight=False, markup=False, emoji=False)
        self._width = self._console.width if self._console.is_terminal else _PLAIN_WIDTH
        self._legend = True

    def __call__(self, event: Event) -> None:
        """Shows an event."""
        match event:
            case Began():
                self._line("")
                self._line((f"{event.step:2}  {event.title}", "bold"))
                self._line("    ", (event.why, "italic"))
            case Called():
                body = _compact(event.request)
                self._wire(
                    event.time - event.seconds, "out", (f"{event.method} ", "cyan"), event.path, "  ", (body, "dim")
                )
                status = (f"{event.status}", "green" if event.status < 400 else "red")
                self._wire(event.time, "in", status, "  ", (_compact(event.answer), "dim"))
            case Passed():
                self._frame(event)
            case Noted():
                self._line("              ", (f"· {printable(event.text)}", "green"), cut=False)
            case Failed():
                reason = f"step {event.step}, {event.title}, failed: {event.reason}"
                self._line("    ", (printable(reason), "bold red"), cut=False)
            case Summary():
                self._line("")
                self._line((_summary(event), "bold green" if event.ok else "bold red"), cut=False)

    def _frame(self, event: Passed) -> None:
        coloured = list(zip(event.header.items(), COLOURS, strict=False))
        if self._legend and coloured:
            # Once, in front of the first frame: what its colours stand for.
            self._legend = False
            names: list[Piece] = [(f"{name} ", colour) for (name, _), colour in coloured]
            self._line("              ", ("header: ", "dim"), *names, cut=False)
        header: list[Piece] = [(f"{data} ", colour) for (_, data), colour in coloured]
        if event.topic is not UNSET:
            header.append((f"{printable(_UUID.sub(SHORTENED, event.topic))} ", COLOURS[0]))
        deviations: Piece = (f"  {' '.join(event.deviations)}", "red")
        self._wire(
            event.time, event.direction, *header, " ", (f"{event.message:22}", "bold"), " ",
            (_compact(event.body), "dim"), deviations,
        )  # fmt: skip

    def _wire(self, time: float, direction: str, *pieces: Piece) -> None:
        self._line((f"    {time:7.3f} s ", "dim"), " ", _ARROWS[direction], "  ", *pieces)

    def _line(self, *pieces: Piece, cut: bool = True) -> None:
        from rich.text import Text

        line: Text = Text.assemble(*pieces)
        line.rstrip()
        if cut:
            line.truncate(self._width, overflow="ellipsis")
        self._console.print(line, soft_wrap=True)


def _compact(value: object) -> str:
    """A body in one line, its long values cut."""
    return printable(msgspec.json.encode(_cut(value)).decode())


def _cut(value: object) -> object:
    if isinstance(value, str):
        text = _UUID.sub(SHORTENED, value)
        return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
    if isinstance(value, dict):
        return {name: _cut(item) for name, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_cut(item) for item in cast("list[object]", value)]
    return value


def _summary(event: Summary) -> str:
    return (
        f"{event.passed} of {event.steps} steps, {event.frames} frames, {event.http_calls} HTTP calls, "
        f"{event.faults} faults, {event.time:.1f} s"
    )
