"""How a field of a message is declared beyond its type: its documentation, and the value that the document gives it.

Only these two live here; messages take both from `message.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple, TypeAlias

import msgspec

from .findings import Level

__all__ = ["LARGEST", "SMALLEST", "Int64", "Ruled", "doc", "integer", "ruled"]

LARGEST: Final = 2**63 - 1
SMALLEST: Final = -(2**63)
"""The integers of 64 bits: no other is read or written anywhere."""

Int64: TypeAlias = Annotated[int, msgspec.Meta(ge=SMALLEST, le=LARGEST)]
"""An integer of which nothing more is said, such as an item of a list."""


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
    text_of: Any = None,
    also: Sequence[Mapping[str, Any]] = (),
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
        tolerated: clause by which lenient decoding understands a value outside these limits; only `Validated` messages
            do that.
        level: how binding these limits are, where they are tolerated (`Finding.level`).
        text_of: what the text is the JSON of; for the schema, nothing is checked by it.
        also: JSON Schemas of what is read beside the choices of the type.
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
        "extra": {
            "clause": clause,
            "values": tuple(values),
            "tolerated": tolerated,
            "level": level,
            "text_of": text_of,
            "also": tuple(also),
        },
    }
    return msgspec.Meta(**about)


def integer(description: str, clause: str = "", *, ge: int = SMALLEST, le: int = LARGEST, **more: Any) -> msgspec.Meta:
    """The documentation of a field that is an integer, for ``Annotated[int, integer(...)]``.

    Args:
        description, clause, more: as for `doc`.
        ge, le: inclusive range; that of 64 bits where nothing else is said.
    """
    return doc(description, clause, ge=ge, le=le, **more)


class Ruled(NamedTuple):
    """The mark of a field that is `ruled`, until its class is made."""

    value: Any


def ruled(*, default: Any) -> Any:
    """A field that the document gives a value: required on the wire, yet whoever makes a message need not name it.

    Args:
        default: the ruled value.
    """
    return Ruled(default)
