"""Why something that came is not what is spoken at a place: a record for the answer and for the journal."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from avatarwire.codecs.core.findings import Finding

__all__ = ["NO_HEADERS", "Mistake"]

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Mistake(msgspec.Struct, frozen=True):
    """Why something that came cannot be taken for what is spoken here.

    Attributes:
        reason: one sentence without clause, in our own words.
        expected: what would have been right; empty when the reason already says so.
        clause: of the standard that says so, such as ``RFC6455-5.1``.
        path: the header concerned, in lower case; empty for the whole.
        status: HTTP status of an answer to it.
        headers: that an answer has beside those of every other.
        understood: what it was taken for, such as ``TLS``; empty where it is HTTP.
    """

    reason: str
    expected: str = ""
    clause: str = ""
    path: str = ""
    status: int = 400
    headers: Mapping[str, str] = NO_HEADERS
    understood: str = ""

    @property
    def finding(self) -> Finding:
        """The same for the journal."""
        return Finding(self.clause, self.path, self.reason, self.expected)

    def __str__(self) -> str:
        return str(self.finding)
