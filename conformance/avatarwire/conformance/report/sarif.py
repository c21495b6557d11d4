"""SARIF 2.1.0: a rule for each clause, a result for each case that differs from it, so that a pull request shows them.

An endpoint has no source file. Code scanning takes results with a file and a line only, so each is given that of its
case's place, such as ``aliyun/ws/header``: it is the same in every run, so that an alert stays the same alert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from avatarwire.codecs import catalogue
from avatarwire.codecs.ledger import Clause

from ..engine.result import CaseResult, Summary, Verdict
from .words import meaning_of, place, printable_text, shortened, told, unknown_clause

__all__ = ["written"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final[Mapping[Verdict, str]] = {
    "failed": "error",
    "non_strict": "warning",
    "informational": "note",
    "unimplemented": "note",
}
"""Of a result; what is ok or was not tried is none."""
_OF_CLAUSES: Final = {"must": "error", "should": "warning"}
_MOST_TEXT: Final = 4_000


def written(results: Sequence[CaseResult], summary: Summary) -> bytes:
    """The report of a run."""
    judged = [result for result in results if result.verdict in _LEVELS and not result.unjudged]
    ids = list(dict.fromkeys(clause for result in results for clause in result.clauses))
    known = catalogue.vendor(summary.vendor).clauses
    run = {
        "tool": {
            "driver": {
                "name": f"avatarwire {summary.command}",
                "semanticVersion": _semantic(summary.version),
                "version": summary.version,
                "rules": [_rule(each, known.get(each), unknown_clause(each, results, summary)) for each in ids],
            }
        },
        "invocations": [_invocation(results, summary)],
        "automationDetails": {"id": _category(summary)},
        "columnKind": "unicodeCodePoints",
        "results": [_result(result, ids) for result in judged],
        "properties": {"verdicts": dict(summary.verdicts), "cases": summary.cases},
    }
    report = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def _category(summary: Summary) -> str:
    """What tells runs apart whose alerts stand side by side."""
    others = () if summary.command == "conform" else (summary.command.replace(" ", "-"),)
    return "/".join(("avatarwire", *others, summary.vendor, summary.side, ""))


def _rule(clause_id: str, clause: Clause | None, otherwise: str) -> dict[str, Any]:
    if clause is None:
        about = {"text": _fit(otherwise)}
        return {"id": clause_id, "shortDescription": about, "defaultConfiguration": {"level": "error"}}
    ruling = f" Ruled: {clause.ruling}." if clause.ruling else ""
    return {
        "id": clause_id,
        "shortDescription": {"text": _fit(clause.title)},
        "fullDescription": {"text": _fit(f"{clause.title.rstrip('.')}.{ruling} Document: {clause.section}")},
        "help": {"text": _fit(f"avatarwire explain {clause_id} says all that is known of this clause.")},
        "defaultConfiguration": {"level": _OF_CLAUSES.get(clause.level, "note")},
        "properties": {"tags": [clause.level, clause.side]},
    }


def _result(result: CaseResult, ids: Sequence[str]) -> dict[str, Any]:
    where, name = place(result.id)
    text = "\n".join((result.title, *(f"{key}: {value}" for key, value in told(result))))
    return {
        "ruleId": result.clauses[0],
        "ruleIndex": ids.index(result.clauses[0]),
        "level": _LEVELS[result.verdict],
        "kind": "fail",
        "message": {"text": _fit(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": where.replace(".", "/")},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"name": name, "fullyQualifiedName": result.id, "kind": "function"}],
            }
        ],
        "partialFingerprints": {"avatarwireCase/v1": sha256(result.id.encode()).hexdigest()},
        "properties": {"case": result.id, "verdict": result.verdict, "clauses": list(result.clauses)},
    }


def _invocation(results: Sequence[CaseResult], summary: Summary) -> dict[str, Any]:
    """How the run itself went: a case of which nothing can be concluded is a notification."""
    return {
        "executionSuccessful": not summary.unjudged,
        "exitCode": summary.exit_code,
        "exitCodeDescription": meaning_of(summary),
        "startTimeUtc": summary.began,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": _fit(f"{result.id}: {result.observed}")}}
            for result in results
            if result.unjudged
        ],
    }


def _semantic(version: str) -> str:
    """A version with the three numbers that semantic versions have."""
    numbers = [part for part in version.split(".")[:3] if part.isdigit()]
    return ".".join((*numbers, "0", "0", "0")[:3])


def _fit(text: str) -> str:
    return printable_text(shortened(text, _MOST_TEXT)) or "-"
