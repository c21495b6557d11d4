"""What is wrong with a call of the control endpoint: problem details (RFC 9457), each kind with its status.

Only the kinds, and which error is of which kind, live here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from avatarwire.codecs.errors import AvatarwireError, printable, shown
from avatarwire.fakeserver.clock import ClockError
from avatarwire.fakeserver.errors import FakeServerError, UnknownError
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.scenario.types import nearest
from avatarwire.fakeserver.snapshot import SnapshotError, SnapshotVersionError

__all__ = ["KINDS", "MEDIA_TYPE", "Problem", "ProblemBody", "problem_of", "unknown"]

MEDIA_TYPE: Final = "application/problem+json"
_PREFIX: Final = "urn:avatarwire:problem:"
_LONGEST: Final = 2000
"""Characters of a detail: what a caller sends is not repeated at any length."""

KINDS: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "bad-request": (400, "The call cannot be read"),
        "unknown-name": (400, "Nobody knows this name"),
        "unauthorized": (401, "The token is missing or wrong"),
        "forbidden": (403, "Host or Origin is not this endpoint's"),
        "not-found": (404, "There is no such thing"),
        "method-not-allowed": (405, "The path has other methods"),
        "real-clock": (409, "The clock is real"),
        "other-version": (409, "The snapshot has another version"),
        "busy-clock": (409, "The clock cannot be moved now"),
        "too-large": (413, "The body is too large"),
        "media-type": (415, "The body is encoded"),
        "wrong-value": (422, "A value is wrong"),
        "wrong-argument": (422, "An argument is wrong"),
        "internal": (500, "The control endpoint failed"),
        "unavailable": (503, "The fake server cannot be reached"),
    }
)
"""Status and title of each kind."""


class ProblemBody(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is wrong (RFC 9457).

    Attributes:
        type: a URN that ends with the kind.
        title: what kind of problem it is.
        status: HTTP status.
        detail: what is wrong with this very call.
        key: member, parameter or argument that is to blame.
        suggestion: what was probably meant.
    """

    type: str
    title: str
    status: int
    detail: str
    key: str = ""
    suggestion: str = ""


class Problem(Exception):
    """A call that is not carried out.

    Attributes:
        kind: one of `KINDS`.
        detail, key, suggestion: as in `ProblemBody`.
        headers: of the answer, beside those of every answer.
    """

    def __init__(
        self, kind: str, detail: str, *, key: str = "", suggestion: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind: Final = kind
        self.detail: Final = detail
        self.key: Final = key
        self.suggestion: Final = suggestion
        self.headers: Final[Mapping[str, str]] = headers or {}

    @property
    def status(self) -> int:
        """HTTP status."""
        return KINDS[self.kind][0]

    def body(self) -> ProblemBody:
        """What is answered."""
        status, title = KINDS[self.kind]
        return ProblemBody(
            type=_PREFIX + self.kind,
            title=title,
            status=status,
            detail=_readable(self.detail),
            key=_readable(self.key),
            suggestion=self.suggestion,
        )


def unknown(kind: str, what: str, name: str, known: Iterable[str], *, key: str = "") -> Problem:
    """Of a name that is none of those there are.

    Args:
        kind: of the problem.
        what: of which the name is none, such as ``parameter``.
        name, known: as given, and those there are.
        key: what is to blame; empty for the name itself.
    """
    names = tuple(known)
    meant = nearest(name, names)
    hint = f"did you mean {meant}?" if meant else f"known are {', '.join(names) or 'none'}"
    return Problem(kind, f"unknown {what} {shown(name)}: {hint}", key=key or name, suggestion=meant)


def problem_of(error: Exception) -> Problem:
    """The problem that an error of a fake is; whatever nobody has meant is the endpoint's own failure."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, UnknownError):
        kind = "not-found" if error.key == "session" else "unknown-name"
        return Problem(kind, str(error), key=error.key, suggestion=error.suggestion)
    if isinstance(error, ScenarioError):
        kind = "unknown-name" if error.reason.startswith(_NOBODY_KNOWS) else "wrong-value"
        missing = _MISSING.search(error.reason)
        key = error.path if missing is None else f"{error.path}.{missing[1]}"
        return Problem(kind, str(error), key=key, suggestion=error.suggestion)
    if isinstance(error, SnapshotError):
        if isinstance(error, SnapshotVersionError):
            kind = "other-version"
        else:
            kind = "unknown-name" if _NO_MEMBER in str(error) else "wrong-value"
        return Problem(kind, str(error), key=error.key)
    if isinstance(error, ClockError):
        return Problem("busy-clock", str(error))
    if isinstance(error, FakeServerError):
        return Problem("wrong-argument", str(error), key=error.key)
    if isinstance(error, AvatarwireError):
        return Problem("wrong-value", str(error), key=getattr(error, "path", "") or "")
    return Problem("internal", f"{type(error).__name__}: this is a defect of the fake server")


_NOBODY_KNOWS: Final = ("unknown key", "no message of ")
"""How the reason of a wrong rule begins that names something there is not."""

_NO_MEMBER: Final = "unknown field"
"""In the reason of a snapshot that has a member which there is not."""

_MISSING: Final = re.compile(r"missing required field (\w+)")


def _readable(text: str) -> str:
    """A text that UTF-8 can write, of no more than so many characters."""
    shown = printable(text.encode("utf-8", "backslashreplace").decode())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
