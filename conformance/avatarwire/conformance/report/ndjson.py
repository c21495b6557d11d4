"""NDJSON: one line a case, and a summary at the end. Every other report is made of the same results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from ..engine.result import CaseResult, Line, Summary

__all__ = ["read", "written"]

_ENDS: Final = "\x7f\x85\u2028\u2029"
"""Beside control characters, which JSON escapes anyhow."""


def written(results: Sequence[CaseResult], summary: Summary) -> bytes:
    """The report of a run."""
    return b"".join(_one_line(msgspec.json.encode(line)) + b"\n" for line in (*results, summary))


def _one_line(data: bytes) -> bytes:
    """JSON without what some readers take for an end of line: in a text, where alone it stands, an escape says it."""
    for mark in _ENDS:
        data = data.replace(mark.encode(), f"\\u{ord(mark):04x}".encode())
    return data


def read(data: bytes) -> tuple[list[CaseResult], Summary | None]:
    """What a report says; no summary where the run did not come to its end.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is none.
    """
    lines = [msgspec.json.decode(line, type=Line) for line in data.splitlines() if line.strip()]
    summaries = [line for line in lines if isinstance(line, Summary)]
    return [line for line in lines if isinstance(line, CaseResult)], summaries[-1] if summaries else None
