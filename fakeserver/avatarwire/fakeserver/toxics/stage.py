"""Runs toxics: one stream of one connection with the toxics that act on it, in order.

Only that lives here. What a toxic does is in `actions.py`; sockets are the link's (`transports/link.py`).
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Final

from avatarwire.fakeserver.clock import Clock, Timer
from avatarwire.fakeserver.toxics.actions import ACTIONS, TAKE, Answer, Chunk, Signal
from avatarwire.fakeserver.toxics.toxic import Toxic

__all__ = ["Pipe", "Stage"]

_ROOM: Final = 64 * 1024
_LATENCY_ROOM: Final = 32 * 1024 * 1024
"""Bytes that may wait in one toxic before its source has to; latency alone must not make a line slow."""

_INSTANT: Final = 5e-7
"""Seconds that are none: what is left when two times are subtracted."""


class Stage:
    """One toxic in one stream of one connection; an `Output` of its action.

    Args:
        toxic: which.
        clock: time runs on it.
        rng: chance comes from it.
        acts, reset: called when it first acts; to reset the connection.

    Attributes:
        rng: as given.
        over: whether it does nothing any more.
        held: bytes that wait in it.
    """

    def __init__(
        self,
        toxic: Toxic,
        clock: Clock,
        rng: random.Random,
        *,
        acts: Callable[[Toxic], None],
        reset: Callable[[], None],
    ) -> None:
        self.rng: Final = rng
        self.over = False
        self.held = 0
        self._toxic: Final = toxic
        self._clock: Final = clock
        self._acts: Final = acts
        self._reset: Final = reset
        self._acted = False
        self._room: Final = _LATENCY_ROOM if toxic.type == "latency" else _ROOM
        self._pipe: Pipe | None = None
        self._action = ACTIONS[toxic.type](toxic.attributes, self)
        self._wait = TAKE
        self._queue: deque[Answer] = deque()
        self._in_hand = 0
        self._output: list[Chunk] = []
        self._timer: Timer | None = None
        self._due = False
        self._removed = False
        self._has_end = False
        self._closes = False
        self._busy = False

    @property
    def full(self) -> bool:
        """Whether its source has to wait."""
        return self.held > self._room

    # The action's side

    def put(self, data: bytes, at: float) -> None:
        """Gives bytes on."""
        if data:
            self._output.append(Chunk(data, at))

    def close(self) -> None:
        """Ends the stream."""
        self._closes = True

    def reset(self) -> None:
        """Resets the connection."""
        self._reset()

    def acts(self) -> None:
        """Notes, once, that it does something to the connection."""
        if not self._acted:
            self._acted = True
            self._acts(self._toxic)

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now()

    # The stream's side

    def begin(self, pipe: Pipe) -> None:
        """Starts, in a stream."""
        self._pipe = pipe
        self._wait = next(self._action)
        self._set_timer()

    def take(self, item: Chunk | Signal) -> None:
        """Bytes come, or the end of the stream."""
        if self.over:
            return
        if isinstance(item, Chunk):
            self.held += len(item.data)
        self._queue.append(item)
        self._go()

    def remove(self) -> None:
        """The toxic is no longer there: gives out what it holds, and leaves the stream."""
        self._removed = True
        if self.over and self._pipe is not None:
            self._pipe.leave(self)
        self._go()

    def stop(self) -> None:
        """Does nothing more, and forgets what it holds."""
        self.over = True
        self._queue.clear()
        self.held = 0
        self._forget_timer()

    # Running

    def _go(self) -> None:
        if self._busy:
            return  # called from what it has just given out
        self._busy = True
        try:
            while not self.over and (answer := self._next()) is not None:
                self._tell(answer)
        finally:
            self._busy = False
        if self._pipe is not None:
            self._pipe.changed()

    def _next(self) -> Answer | None:
        """What the action is told next."""
        if self._removed:
            return Signal.REMOVED
        if self._due:
            return Signal.DUE
        return self._queue.popleft() if self._wait[0] and self._queue else None

    def _tell(self, answer: Answer) -> None:
        self._forget_timer()
        if isinstance(answer, Chunk):
            self._in_hand = len(answer.data)
        elif answer is Signal.END:
            self._has_end = True
        try:
            self._wait = self._action.send(answer)
        except StopIteration:
            self._give_out()
            self._finish()
            return
        self._give_out()
        if not self.over:
            self._set_timer()

    def _give_out(self) -> None:
        assert self._pipe is not None  # noqa: S101 - it has begun
        output, self._output = self._output, []
        for chunk in output:
            self.held -= len(chunk.data)
            self._in_hand -= len(chunk.data)
            self._pipe.after(self, chunk)
        if self._wait[0] and not self.over:  # what is left of it was dropped
            self.held -= self._in_hand
            self._in_hand = 0

    def _finish(self) -> None:
        """The action is over: so is the stream, or only the toxic."""
        assert self._pipe is not None  # noqa: S101 - it has begun
        if self.over:
            return
        if self._has_end or self._closes:
            self.stop()
            self._pipe.after(self, Signal.END, cut=not self._has_end)
            return
        while self._queue:
            self._pipe.after(self, self._queue.popleft())
        self.stop()
        self._pipe.leave(self)

    def _set_timer(self) -> None:
        seconds = self._wait[1]
        if seconds is None:
            return
        if seconds > _INSTANT:
            self._timer = self._clock.call_later(seconds, self._on_time)
        else:
            self._due = True

    def _forget_timer(self) -> None:
        self._due = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_time(self) -> None:
        self._timer = None
        self._due = True
        self._go()


class Pipe:
    """One stream of one connection: from its source through its toxics to its sink.

    Args:
        put: takes the bytes that come out.
        end: called when the stream is over; with True when a toxic has ended it.
        changed: called when what is held may have become more or less.

    Attributes:
        over: whether its end has come out.
        changed: as given.
    """

    def __init__(self, put: Callable[[bytes], None], end: Callable[[bool], None], changed: Callable[[], None]) -> None:
        self.over = False
        self.changed: Final = changed
        self._put: Final = put
        self._end: Final = end
        self._stages: list[Stage] = []
        self._cut = False

    @property
    def is_clear(self) -> bool:
        """Whether no toxic is in it."""
        return not self._stages

    @property
    def held(self) -> int:
        """Bytes that wait in it."""
        return sum(stage.held for stage in self._stages)

    @property
    def full(self) -> bool:
        """Whether its source has to wait."""
        return any(stage.full for stage in self._stages)

    def put(self, data: bytes, at: float) -> None:
        """Bytes come from the source."""
        self._pass(0, Chunk(data, at))

    def end(self) -> None:
        """The source has ended."""
        self._pass(0, Signal.END)

    def add(self, stage: Stage) -> None:
        """One more toxic, behind those that are there."""
        self._stages.append(stage)
        stage.begin(self)

    def stop(self) -> None:
        """Nothing more comes out."""
        self.over = True
        for stage in self._stages:
            stage.stop()
        self._stages.clear()

    # What its stages call

    def after(self, stage: Stage, item: Answer, *, cut: bool = False) -> None:
        """Something comes out of a stage."""
        if stage in self._stages:
            self._pass(self._stages.index(stage) + 1, item, cut=cut)

    def leave(self, stage: Stage) -> None:
        """A toxic is gone."""
        if stage in self._stages:
            self._stages.remove(stage)

    def _pass(self, index: int, item: Chunk | Signal, *, cut: bool = False) -> None:
        if self.over:
            return
        self._cut = self._cut or cut
        if index < len(self._stages):
            self._stages[index].take(item)
        elif isinstance(item, Chunk):
            self._put(item.data)
        else:
            self.over = True
            self._end(self._cut)
