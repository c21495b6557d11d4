"""Why an HTTP call is refused: the table of codes, and the functions that make refusals.

The documents say that 0 is success and publish no other code (ST-E05). Those here are ours, not the vendor's; a
scenario moves them elsewhere by `code_base`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from avatarwire.fakeserver.http.refusal import Common, Refusal
from avatarwire.fakeserver.journal.entry import Level, Violation

__all__ = ["COMMON", "FAILURES", "Failure", "no_session", "refused", "unfit"]


class Failure(IntEnum):
    """Kind of a failure: what is added to `code_base`, 10000 by default."""

    PARAMETER = 1
    TOKEN = 2
    LOGIN = 3
    TOO_EARLY = 4
    SESSION = 5
    STATE = 6
    LIMIT = 7
    ORIGIN = 8
    PATH = 404
    METHOD = 405
    TOO_LARGE = 413
    INTERNAL = 500


FAILURES: Final[Mapping[Failure, str]] = MappingProxyType(
    {
        Failure.PARAMETER: "a parameter is missing, of another type, or out of range",
        Failure.TOKEN: "the access token is missing, unknown or no longer valid",
        Failure.LOGIN: "a login or a refresh is refused: its signature, its app or its refresh token",
        Failure.TOO_EARLY: "a refresh within three hours of the token before",
        Failure.SESSION: "the account has no such live",
        Failure.STATE: "the live is not in a state for this",
        Failure.LIMIT: "there are as many as there may be",
        Failure.ORIGIN: "a page of another origin that may not call this",
        Failure.PATH: "no operation has this path; with HTTP status 404",
        Failure.METHOD: "the operation has another method; with HTTP status 405",
        Failure.TOO_LARGE: "the body is too large; with HTTP status 413",
        Failure.INTERNAL: "the fake server itself failed, its journal says where; with HTTP status 500",
    }
)
"""What each failure means, for the documentation."""

COMMON: Final = Common(
    *((failure, int(failure)) for failure in (Failure.PATH, Failure.METHOD, Failure.TOO_LARGE, Failure.INTERNAL))
)
"""Code and status of what may befall a call of any vendor; all else that the documents have is under status 200."""


def refused(reason: str, failure: Failure, *violations: Violation) -> Refusal:
    """The refusal of a call (ST-E05)."""
    return Refusal(reason, failure, *violations)


def no_session(session_id: str) -> Refusal:
    """The account has no such live."""
    return refused(f"sessionId: no live {session_id} [ST-LIVE-11]", Failure.SESSION)


def unfit(failure: Failure, clause: str, path: str, reason: str, level: Level = "error") -> Refusal:
    """A call does not fit what there is."""
    return refused(f"{path}: {reason} [{clause}]", failure, Violation(clause, path, reason, level=level))
