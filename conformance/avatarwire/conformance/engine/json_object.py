"""JSON that an endpoint has sent, read without the codec, whatever it is. Only that lives here."""

from __future__ import annotations

import json
from typing import Any, cast

__all__ = ["json_object"]


def json_object(data: bytes | str) -> dict[str, Any]:
    """The members of a JSON object; empty for anything else, such as a list, no JSON, or what is nested too deeply."""
    try:
        found: object = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
