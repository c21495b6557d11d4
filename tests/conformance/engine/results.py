"""Results of cases, made up. Only what tests of conformance share lives here."""

from __future__ import annotations

from typing import Any

from avatarwire.conformance.engine.result import CaseResult, Summary


def result(case_id: str = "aliyun.http.start.works", verdict: Any = "ok", **changes: Any) -> CaseResult:
    """A result."""
    given: dict[str, Any] = {
        "id": case_id,
        "vendor": "aliyun",
        "side": "server",
        "level": "must",
        "verdict": verdict,
        "clauses": ("ALI-R024",),
        "title": "A started session has an id.",
        "seconds": 0.25,
        "expected": ("a sessionId",),
        "observed": "as expected",
        "evidence": (),
    }
    return CaseResult(**{**given, **changes})


def summary(**changes: Any) -> Summary:
    """A summary."""
    given: dict[str, Any] = {
        "vendor": "aliyun",
        "side": "server",
        "endpoint": "http://127.0.0.1:1",
        "version": "0.1.0",
        "began": "2026-01-01T00:00:00Z",
        "seconds": 1.5,
        "cases": 1,
        "verdicts": {"ok": 1},
        "clauses": 1,
    }
    return Summary(**{**given, **changes})
