"""Why an HTTP call is refused: the functions that make refusals, and the sentences that several operations use.

Only these live here; codes are `ErrorCode`, which also is the document's list. Whatever has no code of its own is 500
(2.3). The HTTP status is 200 for all that is the document's business (GJ-E09).
"""

from __future__ import annotations

from typing import Final

from avatarwire.codecs.guiji.http import ErrorCode
from avatarwire.fakeserver.http.refusal import Common, Refusal
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["COMMON", "no_room", "no_session", "refused", "unfit"]

COMMON: Final = Common(*((int(ErrorCode.FAILURE), status) for status in (404, 405, 413, 500)))
"""Code and status of what may befall a call of any vendor; these statuses are ours (GJ-E10)."""


def refused(reason: str, code: int = ErrorCode.FAILURE, *violations: Violation) -> Refusal:
    """The refusal of a call."""
    return Refusal(reason, int(code), *violations)


def no_room(name: str, room_id: int) -> Refusal:
    """There is no such live room, named in parameter `name`."""
    return refused(f"{name}: no live room {room_id} [GJ-R044]")


def no_session(session_id: str) -> Refusal:
    """There is no such session that lives."""
    return refused(f"sessionId: no session {session_id} [GJ-R070]")


def unfit(clause: str, path: str, reason: str) -> Refusal:
    """A parameter has a value that does not fit what there is."""
    return refused(f"{path}: {reason} [{clause}]", ErrorCode.FAILURE, Violation(clause, path, reason))
