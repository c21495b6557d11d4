"""What a client does wrong over time, which no single message shows: heartbeats unanswered, a session left behind.

Only this judging lives here; what it finds goes into the journal. Whoever cannot be blamed is not: nothing is said of
what the broker does not tell, nor of a heartbeat that could not be answered yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from avatarwire.fakeserver.effects import Note
from avatarwire.fakeserver.guiji.conversation import Conversation
from avatarwire.fakeserver.guiji.scenario_live import LiveTunables
from avatarwire.fakeserver.guiji.sessions import End, LiveSession
from avatarwire.fakeserver.journal.entry import Level, Violation
from avatarwire.fakeserver.turn import Turn

__all__ = ["Conduct", "Listeners"]

Listeners: TypeAlias = Callable[[str], "Sequence[bool] | None"]
"""Of each subscription to a topic whether its client is connected; None where the broker does not tell."""

_FATAL: Final = (End.SILENCE, End.HEARTBEATS)
_SHOWN: Final = 8
"""Ids of heartbeats that a violation names."""


class Conduct:
    """Judges the clients of sessions.

    Args:
        scenario: how soon what may have crossed on its way.
        turn: where notes go.

    Attributes:
        listeners: who listens to a topic.
    """

    def __init__(self, scenario: LiveTunables, turn: Turn) -> None:
        self._crossing: Final = scenario.crossing_seconds
        self._turn: Final = turn
        self.listeners: Listeners = lambda topic: None

    def creation(self, session: LiveSession) -> Violation | None:
        """What is wrong with a CreateNewSession of which nobody would hear the answer (GJ-R072)."""
        heard = self.listeners(session.topic_sub)
        if heard is None or heard:
            return None
        return Violation("GJ-R072", "", "nobody has subscribed to topicSub", "a subscription before CreateNewSession")

    def left(self, session: LiveSession) -> None:
        """Somebody who listened has said DISCONNECT: whoever comes back is not to blame."""
        if session.begun and self._is_deserted(session):
            self._note(session, _not_ended("its client has disconnected", level="warning"))

    def ended(self, conversation: Conversation, end: End) -> None:
        """A session that was begun ends (GJ-R105, GJ-R115)."""
        session = conversation.session
        if not session.begun:
            return
        if end in _FATAL and self._is_deserted(session):
            self._note(session, _not_ended("its client was gone until the session ended"))
        else:
            self._unanswered(conversation, self._crossing if end in _FATAL else None)

    def abandoned(self, conversation: Conversation) -> None:
        """The server stops, and a session that was begun lives (GJ-R105, GJ-R115)."""
        if conversation.session.begun:
            self._note(conversation.session, _not_ended("it lives when the server stops"))
            self._unanswered(conversation, None)

    def _unanswered(self, conversation: Conversation, patience: float | None) -> None:
        """Heartbeats that were not answered in some time; those that nobody can have heard do not count."""
        ids = conversation.heartbeats.overdue(patience)
        if ids and not self._is_deserted(conversation.session):
            told = ", ".join(map(str, ids[:_SHOWN])) + (", …" if len(ids) > _SHOWN else "")
            reason = f"heartbeats were not answered: {told}"
            self._note(conversation.session, Violation("GJ-R115", "", reason, "an answer to every HeartBeat"))

    def _is_deserted(self, session: LiveSession) -> bool:
        """Whether it is known that nobody is connected who listens."""
        heard = self.listeners(session.topic_sub)
        return heard is not None and not any(heard)

    def _note(self, session: LiveSession, violation: Violation) -> None:
        self._turn.do(Note(str(violation), session=session.id, violations=(violation,)))


def _not_ended(reason: str, level: Level = "error") -> Violation:
    return Violation("GJ-R105", "", f"DestroySession has not come: {reason}", "DestroySession at the end", level)
