"""Reading what a caller sends: the query and the body of a call, held against what its route declares.

A name that nobody knows is told with the one that was probably meant; a value that is wrong, with its path.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

import msgspec

from avatarwire.codecs.core.conversion import convert
from avatarwire.fakeserver.control.problems import Problem, unknown

__all__ = ["read_body", "read_query"]

T = TypeVar("T")

_MOST_PARAMETERS = 64


def read_query(query: str, kind: type[T]) -> T:
    """The parameters of a call.

    Args:
        query: raw, as sent.
        kind: the struct that declares them; an empty parameter counts as left out.

    Raises:
        Problem: no query, a parameter that there is not or that is given twice, a wrong value.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, errors="strict")
    except ValueError:
        raise Problem("bad-request", "the query is not percent-encoded UTF-8 of at most 64 parameters") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        _check_known((name,), kind, "parameter")
        if name in given:
            raise Problem("bad-request", f"the parameter {name} is given twice", key=name)
        given[name] = value
    return _converted({name: value for name, value in given.items() if value}, kind, strict=False)


def read_body(data: bytes, kind: Any, *, optional: bool) -> Any:
    """The JSON object that a call has.

    Args:
        data: as sent.
        kind: the struct that declares it, or a plain dictionary where something else does.
        optional: whether an empty body counts as an empty object.

    Raises:
        Problem: no JSON, no object, a member that there is not, a wrong value.
    """
    if not data.strip() and optional:
        data = b"{}"
    try:
        value: object = msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Problem("bad-request", f"the body is no JSON: {reason}") from None
    if not isinstance(value, dict):
        raise Problem("bad-request", f"the body is {type(value).__name__}, expected a JSON object")
    members = cast("dict[str, Any]", value)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        _check_known(members, kind, "member")
        return _converted(members, kind, strict=True)
    return members


def _check_known(names: Iterable[str], kind: Any, what: str) -> None:
    known = tuple(field.encode_name for field in msgspec.structs.fields(kind))
    for name in names:
        if name not in known:
            raise unknown("unknown-name", what, name, known)


def _converted(given: dict[str, Any], kind: type[T], *, strict: bool) -> T:
    try:
        return convert(given, kind, strict=strict)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        key = place.rstrip("`")
        if not key:  # a member that is missing
            key = next((name for name in _names(kind) if f"`{name}`" in reason), "")
        raise Problem("wrong-value", f"{key}: {reason}" if key else reason, key=key) from None


def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(kind))
