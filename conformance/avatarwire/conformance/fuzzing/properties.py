"""What holds of a fake whatever its clients do, each in one sentence, and what is raised where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["PROPERTIES", "Broken"]

PROPERTIES: Final[Mapping[str, str]] = {
    "unhandled": "No error is left to the event loop, to a log or to nobody, and none becomes an HTTP status 500.",
    "unanswered": "Every well-formed HTTP request and every handshake is answered, or ended, within a minute.",
    "undeclared": "Every message of the fake is in the catalogue and keeps to it, and both readers read the same.",
    "unharmed": "Another client's session goes on as if nothing had happened, and a new one can be held afterwards.",
    "accused": "A client that keeps to the rules is told of no rule that it has broken.",
    "state": "What is over stays over, what was said is said, ids name one session, and the journal counts on.",
    "restored": "A snapshot that is put in brings back the sessions of then, and clients of then go on in them.",
    "memory": "What the fake holds is bounded by what was sent, and nothing is left of connections that have ended.",
    "blocked": "The event loop gets on.",
    "accepted": "When strict, a message that breaks a rule is refused, or the rule is held against its sender.",
}


class Broken(Exception):
    """A property does not hold.

    Attributes:
        name: of the property.
        detail: what was seen.
        clause: that was broken, where it is known.
    """

    def __init__(self, name: str, detail: str, clause: str = "") -> None:
        self.name: Final = name
        self.detail: Final = detail
        self.clause: Final = clause
        super().__init__(f"{name}: {detail}")
