"""A table as a file: JSON, a line of CSV a cell, or a page. No time is in it, so that two of them can be compared."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Final

from avatarwire.codecs.offline_page import Html, page, tag

from ..report.words import harmless
from .matrix import COLUMNS, Cell, Matrix
from .matrix_view import rows_of, shown
from .plan import FINE

__all__ = ["WRITERS"]

_KEYS: Final = ("message", "nth", "fault", "second", "outcome", "clause", "detail", "replay")


def _csv(matrix: Matrix) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_KEYS)
    for cell in matrix.cells:
        writer.writerow([harmless(str(getattr(cell, key))) for key in _KEYS])
    return out.getvalue().encode()


def _html(matrix: Matrix) -> bytes:
    rows = rows_of(matrix)
    columns = [name for name in COLUMNS if any(name in row for row in rows.values())]
    head = tag("tr", *(tag("th", name, scope="col") for name in ("message", *columns)))
    lines = [
        tag("tr", tag("th", label, scope="row"), *(_place(row.get(name, [])) for name in columns))
        for label, row in rows.items()
    ]
    counts = {outcome: sum(cell.outcome == outcome for cell in matrix.cells) for outcome in _outcomes(matrix)}
    return page(
        f"What deviations of {matrix.vendor} do to {matrix.client}",
        tag("p", ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "no cell"),
        *((tag("p", matrix.omission),) if matrix.omission else ()),
        tag("table", head, *lines),
        tag("h2", "Cells that are neither ok nor reported"),
        *(_detail(cell) for cell in matrix.bad),
        *(() if matrix.bad else (tag("p", "None."),)),
        tag("h2", "All cells"),
        _all(matrix),
    )


def _outcomes(matrix: Matrix) -> list[str]:
    return sorted({cell.outcome for cell in matrix.cells})


def _place(cells: list[Cell]) -> Html:
    kind = "soft" if not cells else "good" if all(cell.outcome in FINE for cell in cells) else "bad"
    return tag("td", shown(cells), class_=kind)


def _detail(cell: Cell) -> Html:
    clause = f" [{cell.clause}]" if cell.clause else ""
    return tag(
        "section",
        tag("h3", f"{cell.name}: {cell.outcome}{clause}"),
        tag("p", cell.detail),
        tag("pre", cell.replay),
    )


def _all(matrix: Matrix) -> Html:
    head = tag("tr", *(tag("th", name, scope="col") for name in ("cell", "outcome", "detail")))
    rows = [
        tag(
            "tr",
            tag("td", cell.name),
            tag("td", cell.outcome, class_="good" if cell.outcome in FINE else "bad"),
            tag("td", cell.detail),
        )
        for cell in matrix.cells
    ]
    return tag("table", head, *rows)


WRITERS: Final[Mapping[str, Callable[[Matrix], bytes]]] = {
    "json": Matrix.json,
    "csv": _csv,
    "html": _html,
}
"""By the option that names the file."""
