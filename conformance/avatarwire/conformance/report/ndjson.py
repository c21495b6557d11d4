"""NDJSON: one line a case, and a summary at the end. Every other report is made of the same results."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ..engine.result import CaseResult, Line, Summary

__all__ = ["read", "written"]


def written(results: Sequence[CaseResult], summary: Summary) -> bytes:
    """The report of a run."""
    return b"".join(msgspec.json.encode(line) + b"\n" for line in (*results, summary))


def read(data: bytes) -> tuple[list[CaseResult], Summary | None]:
    """What a report says; no summary where the run did not come to its end.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is none.
    """
    lines = [msgspec.json.decode(line, type=Line) for line in data.splitlines() if line.strip()]
    summaries = [line for line in lines if isinstance(line, Summary)]
    return [line for line in lines if isinstance(line, CaseResult)], summaries[-1] if summaries else None
