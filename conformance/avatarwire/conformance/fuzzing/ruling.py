"""Whether a message breaks a rule, by two judges: strict reading, and the JSON schema that everybody else is given."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, cast

import jsonschema
import msgspec

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import AvatarwireError, CodecError, FailureError

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
    validator = _validator(vendor, message)
    return clause if validator is not None and not validator.is_valid(value) else ""


@cache
def _validator(vendor: str, message: str) -> Any:
    known = catalogue.vendor(vendor)
    operation = known.operations.get(message.removesuffix(".request"))
    if operation is not None and operation.parameters_in == "query":
        return None
    try:
        schema = known.schema_of(message)["schema"]
    except (KeyError, AvatarwireError):
        return None
    return cast("Any", jsonschema.Draft202012Validator)(schema)


def is_failure(vendor: str, operation: str, status: int, body: bytes) -> bool:
    """Whether an answer tells that a call has failed."""
    if status >= _ACCEPTED:
        return True
    try:
        catalogue.vendor(vendor).decode(f"{operation}.response", body)
    except FailureError:
        return True
    except (CodecError, KeyError):
        return False
    return False
