"""How a field of a message is declared beyond its type: its documentation, and the value that the document gives it.

Only these two live here; messages take both from `message.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from .findings import Level

__all__ = ["Ruled", "doc", "ruled"]


def doc(
    description: str,
    clause: str = "",
    *,
    ge: float | None = None,
    le: float | None = None,
    pattern: str | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    values: Sequence[str | int] = (),
    example: object = None,
    tolerated: str = "",
    level: Level = "error",
) -> msgspec.Meta:
    """The documentation of one field, for ``Annotated[type, doc(...)]``: read by schema, errors and strategies.

    Args:
        description: what the field means, with its unit.
        clause: id of the rule or erratum that a wrong value breaks.
        ge, le: inclusive numeric range.
        pattern: regular expression the text must match (searched, so anchor it).
        min_length, max_length: characters of a text or items of a list.
        values: documented values of a field that is left open for later ones (replies); not enforced.
        example: one sample value for the schema.
        tolerated: clause by which lenient decoding understands a value outside these limits; only `Thorough` messages
            do that.
        level: how binding these limits are, where they are tolerated (`Finding.level`).
    """
    extra_schema: dict[str, Any] = {}
    if values:
        extra_schema["x-documented-values"] = list(values)
    if clause:
        extra_schema["x-clause"] = clause
    about: dict[str, Any] = {
        "description": description,
        "ge": ge,
        "le": le,
        "pattern": pattern,
        "min_length": min_length,
        "max_length": max_length,
        "examples": None if example is None else [example],
        "extra_json_schema": extra_schema or None,
        "extra": {"clause": clause, "values": tuple(values), "tolerated": tolerated, "level": level},
    }
    return msgspec.Meta(**about)


class Ruled(NamedTuple):
    """The mark of a field that is `ruled`, until its class is made."""

    value: Any


def ruled(*, default: Any) -> Any:
    """A field that the document gives a value: required on the wire, yet whoever makes a message need not name it.

    Args:
        default: the ruled value.
    """
    return Ruled(default)
