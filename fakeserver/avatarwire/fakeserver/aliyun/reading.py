"""How a request is read: what is let in, which rules it breaks nevertheless, and the error code of one that is refused.

Only the judging of requests lives here, by tables; decoding itself is the codecs'. Whatever the codecs understand
although it is not the ruled form is a violation; strict mode refuses those that are errors and lives with warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast
from urllib.parse import parse_qsl

import msgspec

from avatarwire.codecs.errors import CodecError, ValidationError
from avatarwire.codecs.message import UNREADABLE, Decoded, Deviation, Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.aliyun import refusals
from avatarwire.fakeserver.aliyun.refusals import Refusal
from avatarwire.fakeserver.entry import Level, Violation

__all__ = ["ADVISED", "Reading", "error_code", "read", "rejected"]

ADVISED: Final = frozenset(
    {
        "ALI-E61",  # both names of the number of lines
        "ALI-E68",  # how a list travels: not documented
        "ALI-E75",  # url and format of a figure's material: not stated
        "ALI-E83",  # decimals of a coordinate: the document says what becomes of them
        "ALI-E98",  # type as text: the document's own sample sends it
        "ALI-R071",  # text that is not trimmed: a habit of the document's sample
    }
)
"""Deviations that the rulings accept in either mode: warnings, unless what stands there is empty. Others are errors."""

_UNKNOWN_SHOWN: Final = 8
"""Unknown parameters that are told of one request."""

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_ABSENT: Final = object()
_EMPTY: Final[tuple[object, ...]] = (_ABSENT, None, "", "[]", [])
"""What a required parameter must not be."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A request that can be understood.

    Attributes:
        value: the request.
        deviations: errata by which it differs from the ruled form.
        violations: the same in full, and what else is wrong with it.
        refused: what strict mode answers instead, if anything.
    """

    value: Message
    deviations: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    refused: Refusal | None = None


def read(operation: Operation[Any, Any], query: str, body: bytes) -> Reading:
    """Reads the parameters of a call.

    Raises:
        Refusal: they cannot be understood; `error_code` tells the codes.
    """
    fields = _received(operation, query, body)
    try:
        decoded = operation.decode_request(query, body)
    except CodecError as error:
        raise rejected(operation, error, fields) from None
    found = _deviations(operation, query, body, decoded) if decoded.deviations else ()
    levels: list[Level] = [_level(deviation, fields) for deviation in found]
    worst = next((item for item, level in zip(found, levels, strict=True) if level == "error"), None)
    return Reading(
        decoded.value,
        decoded.deviations,
        (
            *(
                Violation(item.erratum, item.path, item.detail, level)
                for item, level in zip(found, levels, strict=True)
            ),
            *_misplaced(operation, query, body),
            *_unknown(operation, fields),
        ),
        None if worst is None else _refusal(operation, worst, fields),
    )


def rejected(operation: Operation[Any, Any], error: CodecError, fields: Mapping[str, Any]) -> Refusal:
    """What a call whose parameters break a rule ends in; without a clause they break the form of calls (ALI-E67)."""
    reason = f"{error.reason}, expected {error.expected}" if error.expected else error.reason
    violation = Violation(error.clause or "ALI-E67", error.path, reason)
    return Refusal(error_code(operation, error, fields), str(error), violation)


def _refusal(operation: Operation[Any, Any], deviation: Deviation, fields: Mapping[str, Any]) -> Refusal:
    """The same for a deviation in strict mode; the violation is told with the others."""
    error = deviation.refused(operation.vendor, operation.request.message)
    return Refusal(error_code(operation, error, fields), str(error))


def _received(operation: Operation[Any, Any], query: str, body: bytes) -> Mapping[str, Any]:
    """Parameters as they came, by wire name; none when they cannot be read."""
    if operation.parameters_in == "query":
        return dict(parse_qsl(query, keep_blank_values=True))
    try:
        fields = msgspec.json.decode(body or b"{}")
    except UNREADABLE:
        return {}
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) else {}


def error_code(operation: Operation[Any, Any], error: CodecError, fields: Mapping[str, Any]) -> str:
    """The code for a request that was refused.

    ==========================================  =====================================
    what is wrong                               code
    ==========================================  =====================================
    a parameter is absent, null or empty        ``Missing<Parameter>``
    a parameter has a wrong value               ``InvalidParameter.<Parameter>``
    the JSON body cannot be read                ``InvalidParameter.Body``
    the query cannot be read                    ``InvalidParameter.Query``
    ==========================================  =====================================

    ``<Parameter>`` is the last name of the path: ``MissingId`` for ``frames[0].layers[1].material.id``.

    Args:
        operation: what was called.
        error: why it was refused.
        fields: parameters as they came.
    """
    names = [name for name, _ in _STEP.findall(error.path) if name]
    if not names:
        return refusals.invalid(operation.parameters_in)
    return (refusals.missing if _at(fields, error.path) in _EMPTY else refusals.invalid)(names[-1])


def _at(fields: Mapping[str, Any], path: str) -> Any:
    """What stands at a wire path; `_ABSENT` when an object lacks the name, the value itself where it has no insides."""
    here: Any = fields
    for name, index in _STEP.findall(path):
        try:
            here = here[name or int(index)]
        except KeyError:
            return _ABSENT
        except (TypeError, IndexError):
            break
    return here


def _level(deviation: Deviation, fields: Mapping[str, Any]) -> Level:
    is_advised = deviation.erratum in ADVISED and _at(fields, deviation.path) not in _EMPTY
    return "warning" if is_advised else "error"


def _deviations(
    operation: Operation[Any, Any], query: str, body: bytes, decoded: Decoded[Any]
) -> tuple[Deviation, ...]:
    """The deviations of a request in full, at least one for each erratum that decoding has named."""
    if operation.parameters_in == "body":
        _, found = operation.request.decode_lenient(body or b"{}")
        return found
    told = {item.erratum: item for item in cast("tuple[Deviation, ...]", decoded.value.check())}
    try:
        operation.decode_request(query, body, strict=True)
    except ValidationError as error:
        told[error.clause] = Deviation(error.clause, error.path, error.reason)
    return tuple(told.get(item) or Deviation(item, "", "not in the ruled form") for item in decoded.deviations)


def _misplaced(operation: Operation[Any, Any], query: str, body: bytes) -> Iterable[Violation]:
    """Parameters where this operation does not look for them."""
    unread = {"query": body, "body": query}[operation.parameters_in]
    if unread:
        other = "body" if operation.parameters_in == "query" else "query"
        reason = f"{operation.id} reads its parameters from the {operation.parameters_in}, not from the {other}"
        yield Violation("ALI-E67", "", reason, "warning")


def _unknown(operation: Operation[Any, Any], fields: Mapping[str, Any]) -> Iterable[Violation]:
    known = frozenset(cast("tuple[str, ...]", operation.request.type.__struct_encode_fields__))
    for name in islice((name for name in fields if name not in known), _UNKNOWN_SHOWN):
        yield Violation("ALI-E117", name, "no such parameter, it is ignored", "warning")
