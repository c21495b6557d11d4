"""CTRF, the Common Test Report Format, as JSON (ctrf.io, version 0.0.0 of its specification).

Its statuses are five: a difference that no must forbids is ``other``, what the endpoint does not have ``pending``. Our
verdict stays beside it in ``rawStatus``.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from ..engine.result import CaseResult, Evidence, Summary, Verdict
from .words import area, described, place, printable_text, shortened, told

__all__ = ["written"]

_STATUS: Final[Mapping[Verdict, str]] = {
    "ok": "passed",
    "non_strict": "other",
    "informational": "other",
    "unimplemented": "pending",
    "failed": "failed",
    "skipped": "skipped",
}
_STATUSES: Final = ("passed", "failed", "skipped", "pending", "other")
_MOST_STEPS: Final = 100
_MOST_TEXT: Final = 20_000
_OURS: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "avatarwire.conformance")


def written(results: Sequence[CaseResult], summary: Summary) -> bytes:
    """The report of a run."""
    start = round(datetime.fromisoformat(summary.began).timestamp() * 1000)
    duration = round(summary.seconds * 1000)
    statuses = Counter(map(_status, results))
    report = {
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "reportId": str(uuid.uuid5(_OURS, f"{summary.command} {summary.vendor} {summary.endpoint} {summary.began}")),
        "timestamp": summary.began,
        "generatedBy": f"avatarwire {summary.command}",
        "results": {
            "tool": {"name": "avatarwire", "version": summary.version},
            "summary": {
                "tests": len(results),
                **{status: statuses[status] for status in _STATUSES},
                "suites": len({area(result.id) for result in results}),
                "start": start,
                "stop": start + duration,
                "duration": duration,
                "extra": {"avatarwire": msgspec.to_builtins(summary)},
            },
            "tests": [_test(result) for result in results],
            "environment": {"testEnvironment": _fit(summary.endpoint)},
        },
    }
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def _status(result: CaseResult) -> str:
    return "other" if result.unjudged else _STATUS[result.verdict]


def _test(result: CaseResult) -> dict[str, Any]:
    where, name = place(result.id)
    evidence = result.evidence[-_MOST_STEPS:]
    test: dict[str, Any] = {
        "id": str(uuid.uuid5(_OURS, result.id)),
        "testId": result.id,
        "name": f"{name.replace('_', ' ')}: {_fit(result.title)}",
        "status": _status(result),
        "rawStatus": "unjudged" if result.unjudged else result.verdict,
        "duration": round(result.seconds * 1000),
        "suite": where.split("."),
        "type": "conformance",
        "tags": [result.vendor, result.side, result.level, *result.clauses],
        "labels": {
            "vendor": result.vendor, "side": result.side, "level": result.level, "clause": list(result.clauses),
        },
        "steps": [_step(each) for each in evidence],
        "extra": {"avatarwire": {name: _fit(text) for name, text in told(result)}},
    }  # fmt: skip
    if result.verdict != "ok":
        test["message"] = _fit(result.observed)
        test["trace"] = _fit("\n".join(f"{name}: {text}" for name, text in told(result)))
    return test


def _step(evidence: Evidence) -> dict[str, Any]:
    return {"name": described(evidence), "status": "failed" if evidence.invalid else "passed"}


def _fit(text: str) -> str:
    return printable_text(shortened(text, _MOST_TEXT))
