"""Whether those agree that describe the same messages: strict reading, the schema, the layout in construct.

Each is held against strict reading about the same bytes; what is said here is in what they differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any, Final, cast

import jsonschema

from avatarwire.codecs import catalogue, registry
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.errors import CodecError, DecodeError

from ..report.words import shortened

__all__ = ["layout_disagreement", "layout_refuses", "schema_disagreement", "schema_refuses"]


_TOLD: Final = 3
_MOST_TEXT: Final = 400
"""Errors of a schema that are told, and characters of each."""


# --- schemas ---


def schema_disagreement(vendor: str, entry: Entry, value: Any) -> str:
    """In what a schema and strict reading differ about a JSON value; empty where they agree.

    Args:
        vendor, entry: what the value is of.
        value: the body, with its envelope.
    """
    told = schema_refuses(vendor, entry, value)
    try:
        _codec_of(vendor, entry).decode(json.dumps(value).encode(), strict=True)
    except DecodeError as error:
        unlisted = [fault for fault in _faults(error) if not _is_unsaid(fault, _unsaid(vendor, entry.id))]
        return "" if told or not unlisted else f"only strict reading refuses {_shown(value)}: {error}"
    return f"only the schema refuses {_shown(value)}: {told}" if told else ""


def schema_refuses(vendor: str, entry: Entry, value: Any) -> list[str]:
    """What a schema has against a JSON value."""
    errors = islice(_validator(vendor, entry.id).iter_errors(value), _TOLD)
    return [shortened(str(error.message), _MOST_TEXT) for error in errors]


def _shown(value: Any) -> str:
    return shortened(repr(value), _MOST_TEXT)


def _codec_of(vendor: str, entry: Entry) -> Any:
    return entry.codec or JsonCodec(entry.type, vendor=vendor, message=entry.id)


@cache
def _schema_of(vendor: str, entry_id: str) -> dict[str, Any]:
    return cast("dict[str, Any]", catalogue.vendor(vendor).schema_of(entry_id)["schema"])


@cache
def _validator(vendor: str, entry_id: str) -> Any:
    return cast("Any", jsonschema.Draft202012Validator)(_schema_of(vendor, entry_id))


@cache
def _unsaid(vendor: str, entry_id: str) -> list[dict[str, Any]]:
    """The rules that a schema lists because it cannot say them."""
    return [rule for part in _parts_of(_schema_of(vendor, entry_id)) for rule in part.get("x-constraints", ())]


def _parts_of(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a schema, but for those of texts: what is in them is judged by the rule of the text."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        yield fields
        for name, item in fields.items():
            if name != "contentSchema":
                yield from _parts_of(item)
    elif isinstance(value, list):
        yield from (part for item in _items_of(value) for part in _parts_of(item))


def _items_of(values: Any) -> Iterator[Any]:
    yield from values


def _faults(error: CodecError) -> list[tuple[str, str]]:
    """Path and clause of everything that an error tells."""
    told = getattr(error, "findings", ()) or (error,)
    return [(re.sub(r"\[\d+\]", "[]", each.path), each.clause) for each in told]


def _is_unsaid(fault: tuple[str, str], rules: list[dict[str, Any]]) -> bool:
    """Whether a fault is of a rule that a schema lists as one that it cannot say."""
    path, clause = fault
    return any(
        clause == rule["clause"]
        or (rule["kind"] == "json" and re.match(rf"{re.escape(rule['paths'][0])}($|[.\[])", path))
        for rule in rules
    )


# --- layouts ---


def layout_disagreement(vendor: str, data: bytes, sender: str) -> str:
    """In what the layout in construct and strict reading differ about a frame; empty where they agree, or is none."""
    if _layout_of(vendor) is None:
        return ""
    try:
        received = catalogue.vendor(vendor).dispatched(data, cast("Any", sender), strict=True).received
        ours: Any = received.id, received.value
    except CodecError as error:
        ours = error
    theirs = _laid_out(vendor, data, sender)
    if isinstance(ours, Exception) and isinstance(theirs, Exception):
        return ""
    # The layout takes code points that nobody has assigned, and says nothing of what they mean.
    if not isinstance(theirs, Exception) and not theirs[0]:
        return ""
    if not isinstance(ours, Exception) and ours == theirs:
        return ""
    return f"strict reading: {ours!s:.300}; the layout: {theirs!s:.300}"


def layout_refuses(vendor: str, data: bytes, sender: str) -> bool:
    """Whether there is a layout in construct, and it refuses a frame."""
    return _layout_of(vendor) is not None and isinstance(_laid_out(vendor, data, sender), Exception)


@cache
def _layout_of(vendor: str) -> Any:
    """The declaration of a whole frame, ``wire/layout.py`` of the vendor's codecs; None where there is none."""
    name = f"{registry.VENDORS[vendor].package}.wire.layout"
    try:
        return import_module(name).FRAME if find_spec(name) is not None else None
    except ModuleNotFoundError:  # it has no ``wire`` either
        return None


def _laid_out(vendor: str, data: bytes, sender: str) -> Any:
    """Message and body of a frame by its layout, or the error of construct."""
    import construct

    try:
        frame = _layout_of(vendor).parse(data, sender=sender)
    except construct.ConstructError as error:
        return error
    return frame.message, frame.body
