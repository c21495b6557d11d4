"""The ledger as one HTML file that works offline: every clause, how it is ruled, what holds it and who judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from .ladder import RUNGS, Standing, counted
from .ledger import STATES, Clause
from .offline_page import Html, filters, page, tag

__all__ = ["written"]

_LEVELS: Final = ("must", "should", "may", "observed", "ambiguous")
_SIDES: Final = ("client", "server", "both", "codec")
_COLOURS: Final[Mapping[str, str]] = {
    "implemented": "good",
    "contradicted": "bad",
    "ambiguous": "warn",
    "unknown": "warn",
    "out of scope": "soft",
}


def written(ledgers: Mapping[str, Sequence[Clause]], standings: Mapping[str, Mapping[str, Standing]]) -> bytes:
    """The page.

    Args:
        ledgers: clauses by vendor.
        standings: by vendor and clause; empty where nobody judges.
    """
    choices = {"level": _LEVELS, "side": _SIDES, "state": STATES}
    return page(
        f"Ledger of {', '.join(ledgers)}",
        filters({**choices, "rung": RUNGS} if standings else choices),
        *(_vendor(vendor, clauses, standings.get(vendor, {})) for vendor, clauses in ledgers.items()),
    )


def _vendor(vendor: str, clauses: Sequence[Clause], standings: Mapping[str, Standing]) -> Html:
    return tag(
        "",
        tag("h2", vendor),
        _counts(clauses, standings) if standings else Html(),
        *(_clause(clause, standings.get(clause.id)) for clause in clauses),
    )


def _counts(clauses: Sequence[Clause], standings: Mapping[str, Standing]) -> Html:
    head = tag("tr", *(tag("th", name, scope="col") for name in ("level", *RUNGS)))
    reached = counted(clauses, standings)
    rows = (
        tag(
            "tr",
            tag("th", level, scope="row"),
            *(tag("td", str(count), class_="number") for count in reached[level].values()),
        )
        for level in _LEVELS
        if level in reached
    )
    return tag("table", tag("caption", "Clauses that have reached each rung"), tag("thead", head), tag("tbody", *rows))


def _clause(clause: Clause, standing: Standing | None) -> Html:
    rows = [
        ("level", clause.level), ("side", clause.side), ("kind", clause.kind), ("document", clause.section),
        ("in words", clause.text), ("conflict", clause.conflict), ("ruling", clause.ruling),
        ("in full", clause.decision),
        ("tunables", ", ".join(clause.tunable)), ("options", ", ".join(clause.options)),
        ("held by", ", ".join(clause.held_by)), ("reason", clause.reason),
    ]  # fmt: skip
    state = tag("span", clause.state, class_=f"word {_COLOURS[clause.state]}")
    words: list[str] = [state, " ", tag("code", clause.id), f" {clause.title}"]
    if standing is not None:
        words += [" ", tag("span", standing.rung, class_="word")]
        rows += [("rungs", ", ".join((RUNGS[0], *standing.rungs))), ("cases", "\n".join(standing.cases))]
    about = (tag("", tag("dt", name), tag("dd", *_lines(text))) for name, text in rows if text)
    return tag(
        "details",
        tag("summary", *words),
        tag("div", tag("dl", *about)),
        id=f"clause-{clause.id}",
        data_item=True,
        data_level=clause.level,
        data_side=clause.side,
        data_state=clause.state,
        data_rung="" if standing is None else standing.rung,
    )


def _lines(text: str) -> list[str]:
    first, *others = text.split("\n")
    return [first, *(part for line in others for part in (tag("br"), line))]
