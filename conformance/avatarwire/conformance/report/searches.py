"""What a search has found, as cases, so that every report can say it: one case for each property that is looked at.

A search finds out that a property does not hold; that it has not found so is what ``ok`` says here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from avatarwire.codecs.installed import installed_version

from ..engine.result import VERDICTS, CaseResult, Evidence, Side, Summary

__all__ = ["Broken", "Searched", "reported"]


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A search that is over.

    Attributes:
        command: such as ``fuzz client``.
        vendor: whose protocol.
        side: what was looked at.
        subject: its name.
        properties: what it should hold to: the names of properties, and what each says in a sentence.
        situations: what has to come about sometimes, or the search sees nothing: names, what each says, and how often
            it has come about.
        began: when, UTC.
        seconds: that it took.
    """

    command: str
    vendor: str
    side: Side
    subject: str
    properties: Mapping[str, str]
    situations: Mapping[str, tuple[str, int]]
    began: datetime
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A property that does not hold.

    Attributes:
        name: of the property.
        clause: that is broken; empty for none.
        observed: what was seen, in a sentence.
        story: what happened, line by line.
        replay: the command that shows it again.
    """

    name: str
    clause: str
    observed: str
    story: Sequence[str]
    replay: str


def reported(searched: Searched, broken: Sequence[Broken]) -> tuple[list[CaseResult], Summary]:
    """The cases, and the summary, that the reports are made of."""
    found = {each.name: each for each in broken}
    results = [_result(searched, name, text, found.get(name)) for name, text in searched.properties.items()]
    results += [_sometimes(searched, name, text, count) for name, (text, count) in searched.situations.items()]
    counted = Counter(result.verdict for result in results)
    return results, Summary(
        vendor=searched.vendor,
        side=searched.side,
        command=searched.command,
        endpoint=searched.subject,
        version=installed_version(),
        began=searched.began.isoformat(timespec="seconds").replace("+00:00", "Z"),
        seconds=round(searched.seconds, 3),
        cases=len(results),
        verdicts={verdict: counted[verdict] for verdict in VERDICTS},
        clauses=len({each.clause for each in broken if each.clause}),
        differences={result.id: "failed" for result in results if result.verdict == "failed"},
        exit_code=int(bool(broken)),
    )


def _sometimes(searched: Searched, name: str, text: str, count: int) -> CaseResult:
    """A situation; one that has not come about is no failure, but is seen."""
    return CaseResult(
        id=f"{searched.vendor}.{searched.command.replace(' ', '.')}.sometimes.{name}",
        vendor=searched.vendor,
        side=searched.side,
        level="observed",
        verdict="ok" if count else "informational",
        clauses=(f"sometimes.{name}",),
        title=f"It comes about sometimes: {text}.",
        seconds=0.0,
        expected=("at least once",),
        observed=f"{count} times" if count else "never: the search does not see this",
        evidence=(),
    )


def _line(text: str) -> Evidence:
    return Evidence(time=0.0, connection="", transport="note", direction="out", text=text)


def _result(searched: Searched, name: str, text: str, broken: Broken | None) -> CaseResult:
    where = searched.command.replace(" ", ".")
    observed = "not found to be broken"
    clauses: tuple[str, ...] = (f"{searched.side}.{name}",)
    story: tuple[Evidence, ...] = ()
    if broken is not None:
        observed = f"{broken.observed}; to see it again: {broken.replay}"
        clauses = (broken.clause, *clauses) if broken.clause else clauses
        story = tuple(map(_line, broken.story))
    return CaseResult(
        id=f"{searched.vendor}.{where}.{name}",
        vendor=searched.vendor,
        side=searched.side,
        level="must",
        verdict="ok" if broken is None else "failed",
        clauses=clauses,
        title=text,
        seconds=0.0,
        expected=(text,),
        observed=observed,
        evidence=story,
    )
