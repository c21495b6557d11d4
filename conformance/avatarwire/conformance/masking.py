"""Keeps secrets out of what a flow tells: a value is secret by the name under which it stands.

That is also looked for inside texts: in JSON that travels as a text, and in the queries of URLs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

__all__ = ["MASK", "masked"]

MASK: Final = "***"

_TOKENS: Final = r"(?:(?:access|refresh|rtc|agora|urtc|session|security)[-_]?)?token"
_NAMES: Final = rf"{_TOKENS}|[\w-]*secret|[\w-]*password|app[-_]?key|sign(?:ature)?"
_NAME: Final = re.compile(_NAMES, re.IGNORECASE)
_IN_JSON: Final = re.compile(rf'("(?:{_NAMES})"\s*:\s*")(?:[^"\\]|\\.)+(?=")', re.IGNORECASE)
_IN_QUERY: Final = re.compile(rf"([?&](?:{_NAMES})=)[^&#\s\"]+", re.IGNORECASE)


def masked(value: object, name: str = "") -> Any:
    """Plain JSON values without secrets. An empty text stays empty: none has to look different from one.

    Args:
        value: whatever there is.
        name: under which it stands.
    """
    if isinstance(value, str):
        if value and _NAME.fullmatch(name):
            return MASK
        return _IN_QUERY.sub(rf"\1{MASK}", _IN_JSON.sub(rf"\1{MASK}", value))
    if isinstance(value, Mapping):
        return {key: masked(item, str(key)) for key, item in cast("Mapping[Any, object]", value).items()}
    if isinstance(value, list | tuple):
        return [masked(item, name) for item in cast("list[object]", value)]
    return value
