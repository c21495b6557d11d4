"""Where in a JSON text a number stands that neither a float nor an integer of this project can hold."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Final, cast

__all__ = ["number_beyond"]

_BEYOND: Final = object()
"""In the place of such a number."""


def number_beyond(data: bytes) -> str:
    """The wire path of the first number beyond 1.8e308, empty where it cannot be told. Never raises."""
    try:
        value = json.loads(data.decode("utf-8", "replace"), parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError):
        return ""
    return next(_paths(value), "")


def _number(text: str) -> object:
    return 0 if math.isfinite(float(text)) else _BEYOND


def _paths(value: Any) -> Iterator[str]:
    # A stack and no recursion: what could just be read may be nested as deeply as that goes.
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, here = waiting.pop()
        if here is _BEYOND:
            yield path
        elif isinstance(here, dict):
            members = cast("dict[str, Any]", here).items()
            waiting += reversed([(f"{path}.{name}" if path else name, item) for name, item in members])
        elif isinstance(here, list):
            items = enumerate(cast("list[object]", here))
            waiting += reversed([(f"{path}[{index}]", item) for index, item in items])
