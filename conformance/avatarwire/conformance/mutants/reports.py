"""The kill matrix as a file: JSON, a line of CSV for a mutant and a case, or a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from avatarwire.codecs.offline_page import Html, page, tag

from ..report.words import harmless
from .matrix import Matrix
from .running import Tried

__all__ = ["WRITERS"]

_KEYS: Final = ("mutant", "clauses", "exercised", "killed", "case", "verdict", "witnessed", "observed")


def _csv(matrix: Matrix) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_KEYS)
    for it in matrix.mutants:
        for case in it.cases:
            row = (it.id, " ".join(it.clauses), _word(it.exercised), _word(it.killed), case.id)
            writer.writerow((*row, case.verdict, _word(case.witnessed), harmless(case.observed)))
    return out.getvalue().encode()


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def _html(matrix: Matrix) -> bytes:
    objections = [tag("li", line) for line in matrix.objections()]
    return page(
        f"Mutants of {'fakes' if matrix.side == 'server' else 'clients'} of {matrix.vendor}",
        tag("p", matrix.counts),
        tag("h2", "What should not be"),
        tag("ul", *objections) if objections else tag("p", "Nothing."),
        tag("h2", "Mutants"),
        _table(("mutant", "what it does", "clauses", "came to", "found by"), map(_mutant, matrix.mutants)),
        tag("h2", "Cases that find none"),
        _table(("case", "why"), (_row(case, why or "nobody says") for case, why in matrix.reasons.items())),
    )


def _table(names: tuple[str, ...], rows: Iterable[Html]) -> Html:
    head = tag("tr", *(tag("th", name, scope="col") for name in names))
    return tag("table", head, *rows)


def _row(*texts: str) -> Html:
    return tag("tr", *(tag("td", text) for text in texts))


def _mutant(it: Tried) -> Html:
    came, kind = _came_to(it)
    found = [case.id for case in it.cases if case.kills]
    missed = [f"{case.id} ({case.verdict})" for case in it.cases if case.witnessed and not case.kills]
    said = ", ".join(found) + (f"; not by {', '.join(missed)}" if missed else "")
    return tag(
        "tr",
        tag("td", it.id),
        tag("td", it.title),
        tag("td", " ".join(it.clauses)),
        tag("td", came, class_=kind),
        tag("td", said or it.error),
    )


def _came_to(it: Tried) -> tuple[str, str]:
    if it.error:
        return "could not be tried", "bad"
    if not it.exercised:
        return "not exercised", "soft"
    return ("killed", "good") if it.killed else ("survived", "bad")


WRITERS: Final[Mapping[str, Callable[[Matrix], bytes]]] = {"json": Matrix.json, "csv": _csv, "html": _html}
"""By the option that names the file."""
