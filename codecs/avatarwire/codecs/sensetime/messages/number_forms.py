"""Numbers and texts of digits that stand for each other, as variants that lenient reading understands."""

from __future__ import annotations

from typing import Any

from ...core.repairs import Convert, digits

__all__ = ["digits_of", "uid_number"]


def digits_of(path: str, example: str = "7") -> Convert:
    """An integer written as a text of digits (ST-E06)."""
    return digits(path, "ST-E06", example=example)


def _from_uid(value: Any) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def uid_number(path: str) -> Convert:
    """A uid that is a number (ST-E19)."""
    does = "{name} is a number, not a text of digits"
    return Convert("ST-E19", path, to=_from_uid, does=does, example=7, level="warning")
