"""Why an HTTP call is refused: the error codes, their HTTP statuses and the exception that carries one.

Only codes live here. The document names none (ALI-E66): those of the first table are in the vendor's public lists,
those of the second are this fake's own. Two kinds are made from the name of a parameter, see `missing` and `invalid`;
those about signatures come from the codec. Every code that has no status of its own here goes with status 400.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from avatarwire.codecs.aliyun.signature import HTTP_STATUS
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.fakeserver.journal.entry import Violation

__all__ = [
    "BODY_TOO_LARGE",
    "CHANNELS_EXCEEDED",
    "DEPLOYMENT_FAILED",
    "INTERNAL_ERROR",
    "METHOD_UNSUPPORTED",
    "OWN_CODES",
    "PROJECT_NOT_FOUND",
    "PROJECT_STATUS",
    "SESSION_NOT_FOUND",
    "SESSION_STATUS",
    "UNKNOWN_API",
    "VENDOR_CODES",
    "Refusal",
    "invalid",
    "missing",
    "status_of",
]

UNKNOWN_API: Final = "InvalidApi.NotFound"
METHOD_UNSUPPORTED: Final = "UnsupportedHTTPMethod"

PROJECT_NOT_FOUND: Final = "InvalidProject.NotFound"
SESSION_NOT_FOUND: Final = "InvalidSession.NotFound"
PROJECT_STATUS: Final = "IncorrectProjectStatus"
SESSION_STATUS: Final = "IncorrectSessionStatus"
CHANNELS_EXCEEDED: Final = "QuotaExceeded.Channels"
DEPLOYMENT_FAILED: Final = "DeploymentFailed"
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
        BODY_TOO_LARGE: 413,
        INTERNAL_ERROR: 500,
    }
)
"""Codes of this fake's own, with their HTTP statuses (ALI-E66, ALI-E67).

``QuotaExceeded.Channels`` also stands in the body of a publication that fails with status 200, as ``DeploymentFailed``
always does: OperateAvatarProject and SaveAvatarProject report such failures there (ALI-E88, ALI-E117).
"""


class Refusal(AvatarwireError):
    """A call that is understood and refused.

    Attributes:
        code: one of the codes above.
        reason: one sentence for the caller.
        violation: the rule that the call breaks, if that is why.
    """

    def __init__(self, code: str, reason: str, violation: Violation | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.violation = violation


def status_of(code: str) -> int:
    """HTTP status that goes with an error code."""
    return VENDOR_CODES.get(code) or OWN_CODES.get(code, 400)


def missing(parameter: str) -> str:
    """Code for a required parameter that is absent, null or empty: ``MissingProjectId`` for ``projectId``."""
    return f"Missing{_pascal(parameter)}"


def invalid(parameter: str) -> str:
    """Code for a parameter with a wrong value: ``InvalidParameter.PageNo`` for ``pageNo``."""
    return f"InvalidParameter.{_pascal(parameter)}"


def _pascal(parameter: str) -> str:
    return parameter[:1].upper() + parameter[1:]
