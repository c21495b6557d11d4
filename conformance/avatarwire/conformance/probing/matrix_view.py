"""What a terminal shows of a table while it is made, and at the end: the table, and each cell that is not as it should.

Where the output is no terminal, there are plain lines.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from avatarwire.codecs.textform import printable

from .matrix import COLUMNS, Cell, Matrix, column_of, worst
from .plan import FINE, Ended

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

__all__ = ["MatrixView", "rows_of", "shown"]

_MARKS: Final[Mapping[str, str]] = {"ok": ".", "reported": "r"}
"""What stands for outcomes that are as they should be, so that the others are seen."""
_STYLES: Final[Mapping[str, str]] = {"ok": "green", "reported": "cyan", "": "dim"}
_BAD: Final = "bold red"
_WIDTH: Final = 200
"""Of what is no terminal."""
_EVERY: Final = 10.0
"""Real seconds between two lines of how far it is."""
_NAMES: Final = 4
"""Cells that are named beside the first one of their kind."""
_WIDE: Final = 400
"""Characters of a detail."""


class MatrixView:
    """Follows the making of a table.

    Args:
        out: where to.
        err: where a line goes now and then of how far it is, where `out` is no terminal; None for nowhere.
        with_stories: whether what happened in each cell is shown.
    """

    def __init__(self, out: TextIO, err: TextIO | None = None, *, with_stories: bool = False) -> None:
        from rich.console import Console

        width = None if out.isatty() else _WIDTH
        self._console: Final[Console] = Console(
            file=out, highlight=False, markup=False, emoji=False, soft_wrap=True, width=width
        )
        self._err: Final = None if out.isatty() else err
        self._told = time.perf_counter()
        self._total: int | None = None
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._stories: Final[dict[str, Sequence[str]]] = {}
        self._with_stories: Final = with_stories
        self._counts: Final = Counter[str]()

    def begin(self, total: int) -> None:
        """So many cells there will be."""
        self._total = total
        if not self._console.is_terminal:
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        self._progress = Progress(*columns, console=self._console, transient=True)
        self._task = self._progress.add_task("", total=total)
        self._progress.start()

    def tried(self, cell: Cell, ended: Ended) -> None:
        """One cell is there, and the run that it comes from."""
        if self._with_stories:
            self._stories[cell.name] = ended.story
        self._counts[cell.outcome] += 1
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=1, description=_counted(self._counts))
        if self._err is not None and time.perf_counter() - self._told > _EVERY:
            self._told = time.perf_counter()
            print(
                f"{self._counts.total()} of {self._total} cells: {_counted(self._counts)}", file=self._err, flush=True
            )

    @property
    def interrupted(self) -> str:
        """What is said when no more is tried."""
        if self._total is None:
            return "interrupted before the first cell"
        return f"interrupted after {self._counts.total()} of {self._total} cells"

    def finish(self, matrix: Matrix) -> None:
        """The whole table is there."""
        self.stop()
        for name, story in self._stories.items():
            self._console.print(printable(name))
            for line in story:
                self._console.print(f"  {printable(line)}")
        self._table(matrix)
        if matrix.omission:
            self._console.print(printable(matrix.omission))
        for cell, *others in _alike(matrix.bad):
            detail = printable(cell.detail if len(cell.detail) <= _WIDE else f"{cell.detail[:_WIDE]}...")
            self._console.print(f"{cell.outcome}  {printable(cell.name)}")
            self._console.print(f"  {detail}")
            self._console.print(f"  {printable(cell.replay)}")
            if others:
                self._console.print(f"  and so {printable(_named(others))}")
        self._console.print(f"{len(matrix.cells)} cells: {_counted(Counter(cell.outcome for cell in matrix.cells))}")

    def stop(self) -> None:
        """Leaves the terminal as it was; `finish` does that, too."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _table(self, matrix: Matrix) -> None:
        from rich.table import Table
        from rich.text import Text

        rows = rows_of(matrix)
        columns = [name for name in COLUMNS if any(name in row for row in rows.values())]
        table = Table(box=None, header_style="bold", pad_edge=False)
        table.add_column("message", no_wrap=True)
        for name in columns:
            table.add_column(name, overflow="fold")
        for label, row in rows.items():
            cells = [shown(row.get(name, [])) for name in columns]
            styled = [Text(_MARKS.get(text, text), _STYLES.get(text, _BAD)) for text in cells]
            table.add_row(printable(label), *styled)
        self._console.print(table)
        if rows:
            self._console.print(", ".join(f"{mark} {outcome}" for outcome, mark in _MARKS.items()))


def _alike(cells: Iterable[Cell]) -> list[list[Cell]]:
    """The cells of one message, fault and outcome together: one mistake shows itself at each message of a kind."""
    groups: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        second = cell.second.partition("#")[0], cell.second.partition(":")[2]
        groups.setdefault((cell.message, cell.fault, cell.outcome, cell.clause, *second), []).append(cell)
    return list(groups.values())


def _named(cells: Sequence[Cell]) -> str:
    names = [cell.name for cell in cells[:_NAMES]]
    more = len(cells) - len(names)
    return f"{', '.join(names)}{f' and {more} more' if more else ''}"


def rows_of(matrix: Matrix) -> dict[str, dict[str, list[Cell]]]:
    """The cells by message, then by column; those of two deviations are in no row."""
    rows: dict[str, dict[str, list[Cell]]] = {}
    for cell in matrix.cells:
        if not cell.second:
            rows.setdefault(cell.label, {}).setdefault(column_of(cell.fault), []).append(cell)
    return rows


def shown(cells: list[Cell]) -> str:
    """What stands in a place of the table: the worst outcome, and of several how many are so."""
    if not cells:
        return ""
    outcome = worst(cell.outcome for cell in cells)
    if len(cells) == 1 or all(cell.outcome in FINE for cell in cells):
        return outcome
    return f"{outcome} {sum(cell.outcome == outcome for cell in cells)}/{len(cells)}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items(), key=lambda it: -it[1]))
