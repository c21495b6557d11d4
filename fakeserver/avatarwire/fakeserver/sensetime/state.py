"""What a fake SenseTime server remembers, its parts joined: tokens and lives.

Nothing is decided here; each part is in a module of its own.
"""

from __future__ import annotations

import random
import uuid
from datetime import timedelta, timezone
from typing import Final

from avatarwire.codecs.sensetime.messages.times import format_time
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.sensetime.events import QueueMaker
from avatarwire.fakeserver.sensetime.lives import CallbackEvent, Lives, Note, Notify
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.sensetime.tokens import Tokens

__all__ = ["SenseTimeState"]


def _unheard(event: CallbackEvent) -> None:
    """Nobody is called back."""


def _forgotten(message: str, session_id: str, text: str) -> None:
    """No remark is kept."""


class SenseTimeState:
    """Everything a fake SenseTime server remembers.

    Args:
        scenario: how it behaves.
        clock: its time and its timers.
        rng: where ids and tokens come from.
        queues: makes the queue of takeovers of a live.
        notify: told what is to be called back.
        note: keeps remarks for the journal.

    Attributes:
        tokens, lives: its parts.

    Raises:
        ScenarioError: the accounts do not fit together.
    """

    def __init__(
        self,
        scenario: SenseTimeScenario,
        clock: Clock,
        *,
        rng: random.Random,
        queues: QueueMaker,
        notify: Notify = _unheard,
        note: Note = _forgotten,
    ) -> None:
        self._rng: Final = rng
        self._zone: Final = timezone(timedelta(hours=scenario.utc_offset_hours))
        self.tokens: Final = Tokens(scenario, clock, rng)
        self.lives: Final = Lives(scenario, clock, rng, new_id=self.new_uuid, queues=queues, notify=notify, note=note)

    def new_uuid(self) -> str:
        """A random UUID, lower case."""
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def date(self, moment: float) -> str:
        """A moment as answers and callbacks tell it (ST-LIVE-27, ST-E32)."""
        return format_time(moment, self._zone)

    def close(self) -> None:
        """Cancels every timer; the state stays readable."""
        self.lives.close()
