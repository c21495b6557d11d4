"""What the reports say in words, and how they group cases: alike in every form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from ..engine.result import CaseResult, Evidence, Summary, Verdict

__all__ = [
    "MEANINGS",
    "area",
    "counts",
    "described",
    "harmless",
    "heading",
    "json_text",
    "meaning_of",
    "one_line",
    "place",
    "printable_text",
    "shortened",
    "told",
    "unknown_clause",
]

MEANINGS: Final[Mapping[Verdict, str]] = {
    "ok": "as the clause demands",
    "non_strict": "differs from what the document advises",
    "informational": "differs where the document leaves it open, or only shows a sample",
    "unimplemented": "the endpoint says that it does not have it",
    "failed": "differs from what the document demands",
    "skipped": "not tried, or nothing can be concluded",
}

_EXIT_CODES: Final[Mapping[str, Mapping[int, str]]] = {
    "conform": {
        0: "as expected",
        1: "a conformance difference",
        2: "could not judge",
        3: "an expectation is stale",
    },
    "fuzz": {0: "nothing found", 1: "a failure was found", 2: "could not run"},
}
"""By the first word of the command."""
_CLAUSE_OF_A_TYPE: Final = "what the type of a member says"

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the begin of a formula."""
_ARROWS: Final = {"out": "->", "in": "<-"}
_CONTROLS: Final = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""What XML 1.0 does not have, what a terminal obeys, half a surrogate pair, and what reorders a line."""


def area(case_id: str) -> str:
    """Vendor and area of a case, such as ``aliyun.ws``: a suite of a report."""
    return ".".join(case_id.split(".")[:2])


def place(case_id: str) -> tuple[str, str]:
    """Where a case stands and what it is called there, such as ``aliyun.ws.header`` and ``unknown_biz_type``."""
    head, _, name = case_id.rpartition(".")
    return head or case_id, name


def printable_text(text: str) -> str:
    """A text of some lines, in which control characters and their like are escapes."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def harmless(text: str) -> str:
    """A text of a cell of CSV, which no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def one_line(text: str) -> str:
    """The same in one line."""
    return " ".join(printable_text(text).split())


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters; what is missing is counted."""
    return text if len(text) <= most else f"{text[:most]} … {len(text) - most:,} characters more"


def json_text(value: Any, *, indent: int = 0) -> str:
    """A JSON value as text."""
    data = msgspec.json.encode(value)
    return (msgspec.json.format(data, indent=indent) if indent else data).decode()


def described(evidence: Evidence, most: int = 200) -> str:
    """One thing that crossed the wire, in one line."""
    arrow = "--" if evidence.transport == "note" else _ARROWS[evidence.direction]
    body = "" if evidence.body is None else json_text(evidence.body)
    words = (f"{evidence.time:9.3f}", arrow, evidence.connection, evidence.message, evidence.text, body)
    line = shortened(one_line(" ".join(filter(None, words[1:]))), most)
    size = f" ({evidence.size:,} bytes)" if evidence.size else ""
    broken = f" BREAKS {one_line('; '.join(evidence.invalid))}" if evidence.invalid else ""
    doubted = " READ OTHERWISE by a second reader" if evidence.agreed is False else ""
    return f"{words[0]} {line}{size}{broken}{doubted}"


def told(result: CaseResult) -> list[tuple[str, str]]:
    """What there is to say of a case beside its title: names and texts."""
    found = [("expected", " or ".join(result.expected)), ("observed", result.observed)]
    if result.wire:
        found.append(("wire forms", "; ".join(map(" + ".join, result.wire))))
    if result.differs:
        found.append(("another verdict with", "; ".join(map(" + ".join, result.differs))))
    return found


def heading(summary: Summary) -> str:
    """What a run is called."""
    is_judged = summary.command == "conform"
    return f"Conformance of {summary.vendor}" if is_judged else f"avatarwire {summary.command} {summary.vendor}"


def meaning_of(summary: Summary) -> str:
    """What the exit code of a run says."""
    return _EXIT_CODES[summary.command.partition(" ")[0]].get(summary.exit_code, "unknown")


def unknown_clause(clause_id: str, results: Sequence[CaseResult], summary: Summary) -> str:
    """What a clause says that is not in the ledger: of a search, what its case says."""
    if summary.command == "conform":
        return _CLAUSE_OF_A_TYPE
    return next((result.title for result in results if clause_id in result.clauses), _CLAUSE_OF_A_TYPE)


def counts(summary: Summary) -> str:
    """How many cases came to each verdict, in one line."""
    found = ", ".join(f"{count} {verdict}" for verdict, count in summary.verdicts.items() if count)
    return f"{summary.vendor}: {summary.cases} cases: {found or 'none'}; {summary.seconds:.1f} s"
