"""What a terminal shows of a run: each difference as it is found and how far the run is, and tables at its end.

Where the output is no terminal, there are plain lines: every case that is not as its clause demands, and the counts.
What an endpoint sent reaches no terminal as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from avatarwire.codecs.textform import printable

from ..engine.expectations import FAILED
from ..engine.result import LEVELS, VERDICTS, CaseResult, Summary
from .words import counts, meaning_of, shortened, told

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

__all__ = ["LiveView"]

_STYLES: Final[Mapping[str, str]] = {
    "ok": "green",
    "non_strict": "yellow",
    "informational": "cyan",
    "unimplemented": "cyan",
    "failed": "bold red",
    "skipped": "dim",
    "unjudged": "bold red",
}
_QUIET: Final = frozenset({"ok", "skipped"})
_MOST_TEXT: Final = 600


class LiveView:
    """Follows a run.

    Args:
        out: where to.
        total: cases there are.
    """

    def __init__(self, out: TextIO, total: int) -> None:
        from rich.console import Console

        self._console: Final[Console] = Console(file=out, highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._live: Final = self._console.is_terminal
        self._counts: Final = Counter[str]()
        self._total: Final = total
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, result: CaseResult) -> None:
        """A case is over."""
        verdict = _verdict(result)
        self._counts[verdict] += 1
        if verdict not in _QUIET:
            self._show(result)
        if self._live:
            self._advance()

    def finish(self, summary: Summary, results: Sequence[CaseResult]) -> None:
        """The run is over."""
        self.stop()
        if self._live:
            self._table(results)
        for text, count in _reasons(results):
            self._console.print(f"skipped {count}: {printable(text)}")
        for case_id, why in summary.differences.items():
            if why != FAILED:  # which was shown above
                self._console.print(f"not as expected: {printable(case_id)}: {printable(why)}")
        self._console.print(printable(counts(summary)))
        self._console.print(f"exit code {summary.exit_code}: {meaning_of(summary)}")

    def stop(self) -> None:
        """Leaves the terminal as it was; `finish` does that, too."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _advance(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        if self._progress is None:
            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
            self._progress = Progress(*columns, console=self._console, transient=True)
            self._task = self._progress.add_task("", total=self._total)
            self._progress.start()
        assert self._task is not None  # noqa: S101 - made with the progress
        words = ", ".join(f"{count} {verdict}" for verdict, count in self._counts.items())
        self._progress.update(self._task, advance=1, description=words)

    def _show(self, result: CaseResult) -> None:
        from rich.text import Text

        verdict = _verdict(result)
        self._console.print(Text.assemble((verdict, _STYLES[verdict]), f"  {printable(result.id)}"))
        rows = [("requirement", f"{result.title} ({', '.join(result.clauses)}; {result.level})"), *told(result)]
        for name, text in rows:
            self._console.print(f"  {name + ':':13}{printable(shortened(text, _MOST_TEXT))}")

    def _table(self, results: Sequence[CaseResult]) -> None:
        """Clauses by level and the worst verdict on each."""
        from rich.table import Table

        table = Table("clauses", *VERDICTS, "all", box=None, header_style="bold")
        judged = _by_clause(results)
        for level in LEVELS:
            found = [verdict for clause_level, verdict in judged.values() if clause_level == level]
            table.add_row(level, *(str(found.count(verdict)) for verdict in VERDICTS), str(len(found)))
        self._console.print(table)


def _verdict(result: CaseResult) -> str:
    return "unjudged" if result.unjudged else result.verdict


def _by_clause(results: Iterable[CaseResult]) -> dict[str, tuple[str, str]]:
    """The level of each clause and the verdict on it that weighs most."""
    weight = ("skipped", "ok", "informational", "unimplemented", "non_strict", "failed")
    judged: dict[str, tuple[str, str]] = {}
    for result in results:
        for clause in result.clauses:
            _, verdict = judged.get(clause, (result.level, "skipped"))
            level = judged.get(clause, (result.level, ""))[0]
            judged[clause] = (level, max(verdict, result.verdict, key=weight.index))
    return judged


def _reasons(results: Iterable[CaseResult]) -> list[tuple[str, int]]:
    """Why cases were skipped, the most frequent reason first."""
    return Counter(
        result.observed for result in results if result.verdict == "skipped" and not result.unjudged
    ).most_common()
