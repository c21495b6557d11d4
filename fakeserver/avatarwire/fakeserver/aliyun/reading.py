"""How a request is read: what is let in, which rules it breaks nevertheless, and the error code of one that is refused.

Only what Aliyun's rules say about it lives here: the judging is every vendor's (`fakeserver/reading.py`), decoding the
codecs'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import CodecError, ValidationError
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.aliyun import errors as refusals
from avatarwire.fakeserver.aliyun.errors import Refusal
from avatarwire.fakeserver.http.validation import EMPTY, Judgement, at, broken, received, steps
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Reading", "error_code", "read", "rejected"]

_JUDGEMENT: Final = Judgement(misplaced="ALI-E67", unknown="ALI-E117")


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
    try:
        judged = _JUDGEMENT.judge(operation, query, body)
    except CodecError as error:
        raise rejected(operation, error, received(operation, query, body)) from None
    refused = None if judged.worst is None else _refusal(operation, judged.worst, received(operation, query, body))
    return Reading(judged.value, judged.deviations, judged.violations, refused)


def rejected(operation: Operation[Any, Any], error: CodecError, fields: Mapping[str, Any]) -> Refusal:
    """What a call whose parameters break a rule ends in; without a clause they break the form of calls (ALI-E67)."""
    return Refusal(error_code(operation, error, fields), str(error), broken(error, "ALI-E67"))


def _refusal(operation: Operation[Any, Any], deviation: Finding, fields: Mapping[str, Any]) -> Refusal:
    """The same for a deviation in strict mode; the violation is told with the others."""
    error = ValidationError.of([deviation], vendor=operation.vendor, message=operation.request.message)
    return Refusal(error_code(operation, error, fields), str(error))


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
    names = steps(error.path)
    if not names:
        return refusals.invalid(operation.parameters_in)
    return (refusals.missing if at(fields, error.path) in EMPTY else refusals.invalid)(names[-1])
