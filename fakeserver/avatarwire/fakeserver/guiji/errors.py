"""Why an HTTP call is refused: the exception that carries a code and a sentence for the caller.

Only this and the sentences that several operations use live here; codes are `ErrorCode`, which also is the document's
list. Whatever has no code of its own is 500 (2.3).
"""

from __future__ import annotations

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.guiji.http import ErrorCode
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Refusal", "no_room", "no_session", "unfit"]


class Refusal(AvatarwireError):
    """A call that is understood and refused.

    Attributes:
        code: of the answer.
        reason: one sentence for the caller.
        violation: the rule that the call breaks, if that is why.
        status: HTTP status; 200 for all that is the document's business (GJ-E09).
    """

    def __init__(
        self, reason: str, *, code: int = ErrorCode.FAILURE, violation: Violation | None = None, status: int = 200
    ) -> None:
        super().__init__(reason)
        self.code = int(code)
        self.reason = reason
        self.violation = violation
        self.status = status


def no_room(name: str, room_id: int) -> Refusal:
    """There is no such live room, named in parameter `name`."""
    return Refusal(f"{name}: no live room {room_id} [GJ-R044]")


def no_session(session_id: str) -> Refusal:
    """There is no such session that lives."""
    return Refusal(f"sessionId: no session {session_id} [GJ-R070]")


def unfit(clause: str, path: str, reason: str) -> Refusal:
    """A parameter has a value that does not fit what there is."""
    return Refusal(f"{path}: {reason} [{clause}]", violation=Violation(clause, path, reason))
