"""What a fake SenseTime server remembers, its parts joined: tokens and lives.

Nothing is decided here; each part is in a module of its own.
"""

from __future__ import annotations

import random
from datetime import timedelta, timezone
from functools import partial
from typing import Final

from avatarwire.codecs.sensetime.messages.times import format_time
from avatarwire.fakeserver.random_ids import random_uuid
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.sensetime.callbacks import Reporter
from avatarwire.fakeserver.sensetime.conduct import Conduct
from avatarwire.fakeserver.sensetime.live import Live, Report
from avatarwire.fakeserver.sensetime.live_events import QueueMaker, TakeoverObserver
from avatarwire.fakeserver.sensetime.lives import Lives
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.sensetime.takeovers import TakeoverQueue
from avatarwire.fakeserver.sensetime.token_store import Tokens
from avatarwire.fakeserver.sensetime.voice import time_factor
from avatarwire.fakeserver.turn import Turn

__all__ = ["SenseTimeState"]


class SenseTimeState:
    """Everything a fake SenseTime server remembers.

    Args:
        scenario: how it behaves.
        turn: its time, and where its effects are found.
        rng: where ids and tokens come from.
        queues: makes the queue of takeovers of a live; None for those there are.
        report: makes callbacks; None for those there are.
        said: keeps what clients have had said; None for one of its own.

    Attributes:
        tokens, lives, conduct, said: its parts.
        report: makes callbacks.

    Raises:
        ScenarioError: the accounts do not fit together, or an address for callbacks is none.
    """

    def __init__(
        self,
        scenario: SenseTimeScenario,
        turn: Turn,
        *,
        rng: random.Random,
        queues: QueueMaker | None = None,
        report: Report | None = None,
        said: SaidLog | None = None,
    ) -> None:
        self.said: Final = SaidLog(lambda: turn.now) if said is None else said
        self._rng: Final = rng
        self._zone: Final = timezone(timedelta(hours=scenario.utc_offset_hours))
        self.report: Final = Reporter(scenario, self.date)
        self.tokens: Final = Tokens(scenario, turn, rng)
        self.lives: Final = Lives(
            scenario,
            turn,
            rng,
            new_id=self.new_uuid,
            queues=self._queue if queues is None else queues,
            report=self.report if report is None else report,
        )
        self.conduct: Final = Conduct(scenario, turn)
        self._scenario: Final = scenario
        self._turn: Final = turn

    def new_uuid(self) -> str:
        """A random UUID, lower case."""
        return random_uuid(self._rng)

    def date(self, moment: float) -> str:
        """A moment as answers and callbacks tell it (ST-LIVE-27, ST-E32)."""
        return format_time(moment, self._zone)

    def _queue(self, live: Live, tell: TakeoverObserver) -> TakeoverQueue:
        return TakeoverQueue(
            self._scenario,
            self._turn,
            tell,
            self.new_uuid,
            time_factor(live.script),
            accept=partial(self.said.accept, live.id),
        )
