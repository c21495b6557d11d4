"""A right save request as JSON, and small changes to it."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any, Final

import jsonschema
import msgspec

ABSENT: Final = object()
"""As a value for `changed`: take the field away."""

ANCHOR: Final[dict[str, Any]] = {
    "type": "ANCHOR",
    "positionX": 270,
    "positionY": 700,
    "width": 540,
    "height": 960,
    "material": {"id": "520017"},
}
BACKGROUND: Final[dict[str, Any]] = {
    "type": "BACKGROUND",
    "material": {"url": "http://img.example/b.png", "format": "image/png"},
}
CREATE: Final[dict[str, Any]] = {
    "operateType": "CREATE",
    "projectName": "演示",
    "scaleType": "9:16",
    "resSpecType": "STANDARD",
    "frames": [{"layers": [BACKGROUND, ANCHOR], "videoScript": {"voiceTemplateId": "101", "speedRate": "1.0"}}],
}
EDIT: Final[dict[str, Any]] = {
    "operateType": "EDIT",
    "projectId": "731904618250473472",
    "frames": CREATE["frames"],
}


def changed(sample: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of `sample` with another value at a wire path such as ``frames[0].layers[1].width``."""
    copy = deepcopy(sample)
    *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", path)]
    holder: Any = copy
    for step in steps:
        holder = holder[step]
    if value is ABSENT:
        del holder[last]
    else:
        holder[last] = value
    return copy


def as_json(sample: object) -> bytes:
    return msgspec.json.encode(sample)


def schema_accepts(schema: dict[str, Any], value: object) -> bool:
    validator: Any = jsonschema.Draft202012Validator(schema)
    return bool(validator.is_valid(value))
