"""Why an HTTP call is refused: the error codes, their HTTP statuses, and the functions that make refusals.

Only codes live here. The document names none (ALI-E66): those of the first table are in the vendor's public lists,
those of the second are this fake's own. Two kinds are made from the name of a parameter, see `parameter_code`; those
about signatures come from the codec. Every code that has no status of its own here goes with status 400.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from avatarwire.codecs.aliyun.signature import HTTP_STATUS
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.http.refusal import Common, Refusal
from avatarwire.fakeserver.http.validation import EMPTY, at, steps
from avatarwire.fakeserver.journal.entry import Violation

__all__ = [
    "BODY_TOO_LARGE",
    "CHANNELS_EXCEEDED",
    "COMMON",
    "DEPLOYMENT_FAILED",
    "FORM",
    "INTERNAL_ERROR",
    "LIST_FAILED",
    "METHOD_UNSUPPORTED",
    "OWN_CODES",
    "PROJECT_NOT_FOUND",
    "PROJECT_STATUS",
    "SESSION_NOT_FOUND",
    "SESSION_STATUS",
    "STATUSES",
    "UNKNOWN_API",
    "UNREADABLE",
    "VENDOR_CODES",
    "no_session",
    "parameter_code",
    "refused",
    "status_of",
    "unfit",
]

FORM: Final = "ALI-E67"
"""The clause about the form of calls, for what no other clause is about."""

UNKNOWN_API: Final = "InvalidApi.NotFound"
METHOD_UNSUPPORTED: Final = "UnsupportedHTTPMethod"
UNREADABLE: Final = "InvalidParameter.Request"

PROJECT_NOT_FOUND: Final = "InvalidProject.NotFound"
SESSION_NOT_FOUND: Final = "InvalidSession.NotFound"
PROJECT_STATUS: Final = "IncorrectProjectStatus"
SESSION_STATUS: Final = "IncorrectSessionStatus"
CHANNELS_EXCEEDED: Final = "QuotaExceeded.Channels"
DEPLOYMENT_FAILED: Final = "DeploymentFailed"
LIST_FAILED: Final = "ListFailed"
BODY_TOO_LARGE: Final = "RequestBodyTooLarge"
INTERNAL_ERROR: Final = "InternalError"

VENDOR_CODES: Final[Mapping[str, int]] = MappingProxyType({**HTTP_STATUS, UNKNOWN_API: 404, METHOD_UNSUPPORTED: 400})
"""Codes of the vendor's public lists, with their HTTP statuses."""

OWN_CODES: Final[Mapping[str, int]] = MappingProxyType(
    {
        PROJECT_NOT_FOUND: 404,
        SESSION_NOT_FOUND: 404,
        PROJECT_STATUS: 400,
        SESSION_STATUS: 400,
        CHANNELS_EXCEEDED: 400,
        DEPLOYMENT_FAILED: 200,
        LIST_FAILED: 200,
        BODY_TOO_LARGE: 413,
        INTERNAL_ERROR: 500,
    }
)
"""Codes of this fake's own, with their HTTP statuses (ALI-E66, ALI-E67).

``QuotaExceeded.Channels`` also stands in the body of a publication that fails with status 200, as ``DeploymentFailed``
always does: OperateAvatarProject and SaveAvatarProject report such failures there (ALI-E88, ALI-E117), and the two
lists theirs, ``ListFailed`` (ALI-R060).
"""


STATUSES: Final[Mapping[str, int]] = MappingProxyType({**OWN_CODES, **VENDOR_CODES, "ServiceUnavailable": 503})
"""HTTP status of every code that has one of its own; ``ServiceUnavailable`` is never given but by a rule of a test."""


def status_of(code: str) -> int:
    """HTTP status that goes with an error code."""
    return VENDOR_CODES.get(code) or OWN_CODES.get(code, 400)


COMMON: Final = Common(
    *((code, status_of(code)) for code in (UNKNOWN_API, METHOD_UNSUPPORTED, BODY_TOO_LARGE, INTERNAL_ERROR))
)
"""Code and status of what may befall a call of any vendor."""


def refused(reason: str, code: str, *violations: Violation) -> Refusal:
    """The refusal of a call, with the status of its code."""
    return Refusal(reason, code, *violations, status=status_of(code))


def no_session(project_id: str, session_id: str) -> Refusal:
    """A project has no such session."""
    return refused(f"project {project_id} has no session {session_id}", SESSION_NOT_FOUND)


def unfit(
    operation: Operation[Any, Any], error: CodecError, fields: Mapping[str, Any], *violations: Violation
) -> Refusal:
    """The refusal of parameters that are not right.

    Args:
        operation: what was called.
        error: what is wrong.
        fields: the parameters as they came.
        violations: as for `refused`.
    """
    return refused(str(error), parameter_code(operation, error, fields), *violations)


def parameter_code(operation: Operation[Any, Any], error: CodecError, fields: Mapping[str, Any]) -> str:
    """The code for parameters that are refused.

    ==========================================  =====================================
    what is wrong                               code
    ==========================================  =====================================
    a parameter is absent, null or empty        ``Missing<Parameter>``
    a parameter has a wrong value               ``InvalidParameter.<Parameter>``
    the JSON body cannot be read                ``InvalidParameter.Body``
    the query cannot be read                    ``InvalidParameter.Query``
    nothing of the request can be read          ``InvalidParameter.Request``
    ==========================================  =====================================

    ``<Parameter>`` is the last name of the path: ``MissingId`` for ``frames[0].layers[1].material.id``.
    """
    names = steps(error.path)
    name = names[-1] if names else operation.parameters_in
    head = "Missing" if names and at(fields, error.path) in EMPTY else "InvalidParameter."
    return f"{head}{name[:1].upper()}{name[1:]}"
