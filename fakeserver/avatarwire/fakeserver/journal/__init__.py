"""The journal of a fake server: what crossed the wire, kept, found, masked and exported."""

from avatarwire.fakeserver.journal.entry import Digest, Direction, Entry, Finding, Level, Transport, Violation
from avatarwire.fakeserver.journal.journal import Journal
from avatarwire.fakeserver.journal.query import Criteria, ExpectationError

__all__ = [
    "Criteria",
    "Digest",
    "Direction",
    "Entry",
    "ExpectationError",
    "Finding",
    "Journal",
    "Level",
    "Transport",
    "Violation",
]
