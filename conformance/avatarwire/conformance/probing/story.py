"""What happened in a run, line by line: the calls of the client, and what crossed the fake's wires."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from msgspec import json

from .observing import Observed

__all__ = ["story_of"]

_LINES: Final = 400
"""Lines that a story has at most; of a longer one the middle is left out."""
_BODY: Final = 160
"""Characters of a body."""
_ARROWS: Final = {"in": "->", "out": "<-", "note": "--"}


def story_of(observed: Observed) -> tuple[str, ...]:
    """The lines, each with the seconds since the talk began."""
    entries = (_entry(entry, observed.began) for entry in observed.entries)
    deviations = ((mark, at - observed.began, f"vendor   {it.text}") for mark, at, it in observed.deviations)
    lines = [*entries, *deviations, *_calls(observed)]
    lines.sort(key=lambda line: line[0])
    texts = [f"{at:10.3f} s  {text}" for _, at, text in lines]
    if len(texts) > _LINES:
        half = _LINES // 2
        texts = [*texts[:half], f"... {len(texts) - 2 * half} lines ...", *texts[-half:]]
    return (*texts, *observed.remarks)


_Line: TypeAlias = tuple[float, float, str]
"""Its place, the seconds since the talk began, the text."""


def _calls(observed: Observed) -> Iterator[_Line]:
    for step in observed.steps:
        begun, ended = step.marks
        yield begun, step.began, f"{'--' if step.ours else 'client':8} {step.call}"
        if step.ended is not None and step.end:
            yield ended, step.ended, f"client   {step.call}: {step.end}"
    if observed.hung:
        yield math.inf, observed.seconds, f"client   {observed.hung}: has not ended"
    if observed.stuck is not None:
        yield math.inf, observed.seconds, f"client   {observed.stuck}"


def _entry(entry: Any, began: float) -> _Line:
    body = entry.body
    shown = body if isinstance(body, str) else "" if body is None else json.encode(body, enc_hook=str).decode()
    if len(shown) > _BODY:
        shown = f"{shown[:_BODY]}..."
    parts = (f"{entry.transport:8}", _ARROWS[entry.direction], entry.message, entry.session[:8], shown)
    violations = [f"[{it.clause}]" for it in entry.violations]
    return entry.seq, entry.time - began, " ".join(part for part in (*parts, *violations) if part)
