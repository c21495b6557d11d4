"""A call that is understood and refused, whatever the vendor. Only the exception lives here.

Codes, and the functions that make refusals with them, are in each vendor's `errors.py`.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Code", "Common", "Refusal"]

_OK: Final = 200

Code: TypeAlias = str | int
"""The vendor's own name or number of a kind of failure."""


class Common(NamedTuple):
    """The vendor's code and HTTP status for what may befall a call of any vendor."""

    no_path: tuple[Code, int]
    other_method: tuple[Code, int]
    too_large: tuple[Code, int]
    failed: tuple[Code, int]
    """Something went wrong inside."""


class Refusal(AvatarwireError):
    """A call that is understood and refused.

    Attributes:
        reason: one sentence for the caller.
        code: the vendor's, of the kind of failure.
        violations: the rules that the call breaks, if that is why.
        status: HTTP status.
    """

    def __init__(self, reason: str, code: Code, *violations: Violation, status: int = _OK) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.violations = violations
        self.status = status
