"""Numbers and texts of digits that stand for each other, as variants that lenient reading understands."""

from __future__ import annotations

import re
from typing import Any, Final

from ...core.repairs import Convert

__all__ = ["uid_number", "whole"]

_DIGITS: Final = re.compile(r"-?[0-9]{1,18}")


def _from_number(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def whole(path: str, example: str = "7") -> Convert:
    """An integer written as a text of digits (ST-E06)."""
    return Convert("ST-E06", path, to=_from_number, does="{name} is not written as an integer", example=example)


def _from_uid(value: Any) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def uid_number(path: str) -> Convert:
    """A uid that is a number (ST-E19)."""
    does = "{name} is a number, not a text of digits"
    return Convert("ST-E19", path, to=_from_uid, does=does, example=7, level="warning")
