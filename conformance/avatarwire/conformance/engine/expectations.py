"""What a run is expected to find: a file by case, in the form that a run writes, so that an update is a copy.

    {"cases": {"aliyun.http.start.repeated": "non_strict"}}

A case that is listed has to come to its verdict. One that is listed as a failure and passes makes the file stale. What
is not listed must not fail.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, cast

import msgspec

from .result import VERDICTS, CaseResult, Verdict

__all__ = [
    "AS_EXPECTED",
    "DIFFERENT",
    "FAILED",
    "STALE",
    "UNJUDGED",
    "BadExpectations",
    "compared",
    "exit_code",
    "read",
    "written",
]

FAILED: Final = "failed"
"""Why a case that is not listed is a difference."""
AS_EXPECTED: Final = 0
DIFFERENT: Final = 1
UNJUDGED: Final = 2
STALE: Final = 3

_PASSES: Final = frozenset({"ok"})


class BadExpectations(Exception):
    """A file of expectations is wrong; the text says what of it."""


def read(path: Path, known: Iterable[str]) -> dict[str, Verdict]:
    """The verdicts that a file expects.

    Args:
        path: of the file.
        known: ids of cases.

    Raises:
        BadExpectations: it cannot be read, or names what nobody knows.
    """
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadExpectations(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise BadExpectations(f"{path}: not JSON") from None
    cases = cast("dict[str, object]", found).get("cases") if isinstance(found, dict) else None
    if not isinstance(cases, dict):
        raise BadExpectations(f'{path}: not {{"cases": {{ID: VERDICT}}}}')
    ids = frozenset(known)
    for case_id, verdict in cast("dict[str, object]", cases).items():
        if case_id not in ids:
            raise BadExpectations(f"{path}: cases.{case_id}: no such case")
        if verdict not in VERDICTS:
            raise BadExpectations(f"{path}: cases.{case_id}: expected one of {', '.join(VERDICTS)}, got {verdict!r}")
    return cast("dict[str, Verdict]", cases)


def written(results: Iterable[CaseResult]) -> bytes:
    """The verdicts of a run, as a file that `read` takes."""
    cases = {result.id: result.verdict for result in results}
    return msgspec.json.format(msgspec.json.encode({"cases": cases}), indent=2) + b"\n"


def compared(results: Iterable[CaseResult], expected: Mapping[str, Verdict]) -> tuple[dict[str, str], dict[str, str]]:
    """Cases that came to another verdict than is expected, and those whose expectation is stale; each with a reason."""
    differences: dict[str, str] = {}
    stale: dict[str, str] = {}
    for result in results:
        wanted = expected.get(result.id)
        if wanted is None:
            if result.verdict == "failed":
                differences[result.id] = FAILED
        elif result.verdict != wanted:
            reason = f"expected {wanted}, got {result.verdict}"
            is_stale = wanted == "failed" and result.verdict in _PASSES
            (stale if is_stale else differences)[result.id] = reason
    return differences, stale


def exit_code(*, unjudged: bool, different: bool, stale: bool) -> int:
    """What could not be judged goes before a difference, a difference before an expectation that is stale."""
    return UNJUDGED if unjudged else DIFFERENT if different else STALE if stale else AS_EXPECTED
