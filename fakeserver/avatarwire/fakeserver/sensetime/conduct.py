"""What a client does wrong over time, which no single call shows: calls about a live that is over, a live left behind.

Only this judging lives here; what it finds goes into the journal. Whoever cannot be blamed is not: a call may be on its
way when the server ends a live.
"""

from __future__ import annotations

from typing import Final

from avatarwire.fakeserver.effects import Note
from avatarwire.fakeserver.journal.entry import Level, Violation
from avatarwire.fakeserver.sensetime.live import Live
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.turn import Turn

__all__ = ["Conduct"]


class Conduct:
    """Judges the clients of lives.

    Args:
        scenario: how soon a call may have crossed the end of a live.
        turn: the time, and where notes go.
    """

    def __init__(self, scenario: SenseTimeScenario, turn: Turn) -> None:
        self._crossing: Final = scenario.crossing_seconds
        self._turn: Final = turn

    def late(self, live: Live, *, why: bool = True) -> Level:
        """How wrong a call is that a live that is over does not take: a note where it may have crossed the end.

        It may not where the client has ended the live, or was told since what has become of it; that such a call is not
        taken tells that, too, if its answer says why.

        Args:
            live: which is over.
            why: whether the answer says so.
        """
        ended, known = live.ended, live.known_over
        live.known_over = known or why
        if ended is None or known:
            return "error"
        return "note" if self._turn.now - ended <= self._crossing or not live.announced else "error"

    def abandoned(self, live: Live) -> None:
        """The server stops, and a live goes on that its client has not closed."""
        reason = f"closeLive has not come: the live goes on when the server stops, its status is {int(live.status)}"
        violation = Violation("AW-ST-LEFT-OPEN", "", reason, "closeLive at the end", level="warning")
        self._turn.do(Note(str(violation), session=live.id, violations=(violation,)))
