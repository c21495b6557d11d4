"""The journal of a fake server: what crossed the wire, kept, found, masked and exported."""

from avatarwire.fakeserver.journal.entry import Digest, Direction, Entry, Finding, Level, Transport, Violation
from avatarwire.fakeserver.journal.goals import Step, step
from avatarwire.fakeserver.journal.journal import Journal
from avatarwire.fakeserver.journal.missed import EvidenceLostError, ExpectationError, NearMiss
from avatarwire.fakeserver.journal.query import Criteria
from avatarwire.fakeserver.journal.sightings import Tally

__all__ = [
    "Criteria",
    "Digest",
    "Direction",
    "Entry",
    "EvidenceLostError",
    "ExpectationError",
    "Finding",
    "Journal",
    "Level",
    "NearMiss",
    "Step",
    "Tally",
    "Transport",
    "Violation",
    "step",
]
