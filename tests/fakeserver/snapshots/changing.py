"""Snapshots that are not as they were taken: something else in one place."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["changed", "plain"]


def plain(value: Any) -> Any:
    """The same as it travels: plain JSON."""
    return json.loads(json.dumps(value))


def changed(taken: Any, path: str, value: Any) -> Any:
    """A copy with another value at a path, such as ``state.sessions.0.id``; ``+`` appends to a list."""
    copy = plain(taken)
    *way, last = path.split(".")
    where: Any = copy
    for part in way:
        where = where[int(part) if isinstance(where, list) else part]
    if last == "+":
        where.append(value)
    else:
        where[int(last) if isinstance(where, list) else last] = value
    return copy
