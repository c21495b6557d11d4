"""Whether a message breaks a rule, by two judges: strict reading, and the JSON schema that everybody else is given."""

from __future__ import annotations

from typing import Final

import msgspec

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import CodecError, FailureError

from .agreement import schema_refuses

__all__ = ["is_failure", "rule_broken"]

_ACCEPTED: Final = 300


def rule_broken(vendor: str, message: str, data: bytes, head: int = 0) -> str:
    """The clause of a rule that a message breaks; empty where the judges do not both say so.

    Of what is no JSON, and of queries, the schema says nothing.

    Args:
        vendor, message: of which catalogue entry it is to be.
        data: what travels.
        head: bytes before its JSON.
    """
    clause = ""
    try:
        catalogue.vendor(vendor).decode(message, data, strict=True)
    except CodecError as error:
        clause = error.clause or ""
    if not clause:
        return ""
    try:
        value = msgspec.json.decode(data[head:])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    entry = catalogue.vendor(vendor).get(message)
    if entry is None or entry.type is None or entry.is_query:
        return ""
    return clause if schema_refuses(vendor, entry, value) else ""


def is_failure(vendor: str, operation: str, status: int, body: bytes) -> bool:
    """Whether an answer tells that a call has failed."""
    if status >= _ACCEPTED:
        return True
    try:
        received = catalogue.vendor(vendor).decode(f"{operation}.response", body)
    except FailureError:
        return True
    except (CodecError, KeyError):
        return False
    # Where there is no envelope the answer itself says so.
    return bool(getattr(received.value, "failed", False))
