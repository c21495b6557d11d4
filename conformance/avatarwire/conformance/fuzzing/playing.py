"""A game: steps against a fake, one after the other on time that jumps, and whether everything holds that has to.

>>> from avatarwire.conformance.fuzzing.playing import played
>>> from avatarwire.conformance.fuzzing.steps import Step
>>> played("aliyun", [Step("start"), Step("connect", how="ready"), Step("wait", seconds=1.0)]).broken
''
"""

from __future__ import annotations

import asyncio
import logging
import tracemalloc
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

from ..engine.bench import Bench, Run
from ..engine.case import Differs, NotJudged, Skip
from ..engine.endpoint import Endpoint
from ..engine.json_object import json_object
from ..engine.stream import Ended
from ..engine.web_socket import Refused
from ..fakes import fake, prepare
from ..probing.engines import Jumping
from ..probing.jumping import Stuck
from ..probing.looping import Watched
from ..suites import SUITES
from .ground import Canary, Ground, ground_of
from .judging import EvidenceLostError, Judge, settled
from .player import Player
from .properties import Broken
from .rewinding import SITUATIONS, Rewinding
from .steps import State, Step
from .target import Tried

__all__ = ["Game", "played", "situations_of"]

_BEGAN: Final = 1767225600.0
"""Epoch seconds at which every game begins, so that it goes the same way on every day."""
_PATIENCE: Final = 60.0
_EVERY: Final = 2
"""Steps between two looks at the state."""
_AFTERWARDS: Final = 70.0
"""Seconds after which what was let go of is gone."""
_STORY: Final = 400
_LINE: Final = 400
_MEMORY: Final = 12 * 1024 * 1024
_MEMORY_A_BYTE: Final = 40
_MEMORY_A_STEP: Final = 100_000
"""What a fake may hold: its journal, and so much for each byte and each step."""


class _Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: Final[list[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        text = record.getMessage()
        self.seen.append(f"{record.name}: {text}" + (f": {type(error).__name__}: {error}" if error else ""))


class Game:
    """A game, step by step; its methods are no coroutines, as it has an event loop of its own.

    Args:
        vendor: whose fake it is.
        strict: whether the fake is, unless a step sets that.
        measure: whether memory is measured, which takes time.
    """

    def __init__(self, vendor: str, *, strict: bool = True, measure: bool = False) -> None:
        self._ground: Final[Ground] = ground_of(vendor)
        self._tunables: Final[dict[str, Any]] = {**self._ground.tunables, "strict": strict}
        self._measure: Final = measure
        self._situations: Final = _situations(self._ground)
        self._broken: Broken | None = None
        self._unable = ""
        self._errors: Final = _Errors()
        self._close: Callable[[], Awaitable[object]] | None = None
        self._server: Any = None
        self._player: Player[Any] | None = None
        self._canary: Canary[Any] | None = None
        self._rewinding: Rewinding | None = None
        self._session = ""
        self._tasks = 0
        # What `Watched` asks for.
        self.steps: Final[list[Step]] = []
        self.stuck: Stuck | None = None
        self.unhandled: list[str] = []

    @property
    def state(self) -> State:
        """What there is to go on with."""
        player = self._player
        if player is None:
            return State(self._ground.vendor, len(self.steps))
        open_ = tuple(wire.sort for wire in player.wires if not wire.over())
        is_saved = self._rewinding is not None and self._rewinding.is_taken
        return State(self._ground.vendor, len(self.steps), len(player.sessions), open_, is_saved)

    @property
    def broken(self) -> str:
        """The property that does not hold, ``unable`` where that cannot be said; empty as long as all do."""
        if self._unable:
            return "unable"
        return "blocked" if self.stuck is not None else "" if self._broken is None else self._broken.name

    def start(self) -> None:
        """Begins; the fake starts, and another client begins a session, when the first step comes that sets nothing."""
        prepare(self._ground.vendor)
        logging.getLogger().addHandler(self._errors)
        if self._measure:
            tracemalloc.start()
        self._watched = Watched(Jumping(_BEGAN).new_loop(), self)
        self._watched.__enter__()

    def play(self, step: Step) -> None:
        """Carries out a step; once something is broken, nothing happens any more."""
        if self.broken:
            return
        self.steps.append(step)
        if step.do == "set" and self._server is None:
            self._tunables.update(json_object(step.text.encode()))
        else:
            self._ready()
            self._run(self._play(step))

    def _ready(self) -> None:
        if self._server is None:
            self._run(self._start())

    def end(self) -> Tried:
        """Lets go of everything, looks whether the other client is well, and stops the fake."""
        if not self.broken:
            self._ready()
            self._run(self._end())
        player = self._player
        if self.stuck is None:
            self._run(self._stop(), whatever=True)
        self._watched.__exit__()
        logging.getLogger().removeHandler(self._errors)
        if self._measure:
            tracemalloc.stop()
        self._conclude()
        mask = str if player is None else player.bench.secrets.text
        broken = self._broken
        if self._unable and broken is None:
            return Tried(unable=self._unable, count=len(self.steps))
        return Tried(
            broken="" if broken is None else broken.name,
            detail="" if broken is None else mask(broken.detail),
            clause="" if broken is None else broken.clause,
            story=() if player is None else tuple(mask(line)[:_LINE] for line in player.story[-_STORY:]),
            reached=() if player is None else tuple(sorted(player.reached & self._situations.keys())),
            clauses=() if player is None else tuple(sorted(player.labels)),
            count=len(self.steps),
        )

    # --- in the loop ---

    async def _start(self) -> None:
        ground, loop, tunables = self._ground, asyncio.get_running_loop(), self._tunables
        self._close = await ground.open(tunables)
        self._server = server = fake(ground.vendor, loop=loop, observed=False, seed=1, **tunables)
        await server.__aenter__()
        self._canary = canary = ground.canary(self._bench("canary", {**server.ready, **ground.other}))
        not_ours = tuple(await canary.begin())
        self._session = str(not_ours[0])
        canary.lives()
        await asyncio.sleep(_AFTERWARDS)
        self._tasks = len(asyncio.all_tasks())
        set_ = {name: value for name, value in tunables.items() if name not in ground.tunables or name == "strict"}
        self._player = player = ground.player(self._bench("player", server.ready), server, not_ours)
        player.tell(f"the fake is made with {set_}")
        ground.ready(player)
        self._judge = Judge(ground, player, server, self._session)
        self._rewinding = Rewinding(server, player, canary, self._judge)

    def _bench(self, name: str, values: Any) -> Bench:
        loop = asyncio.get_running_loop()
        endpoint = Endpoint(self._ground.vendor, dict(values), permissions=frozenset({"invalid", "destructive"}))
        run = Run(endpoint, patience=_PATIENCE, now=loop.time, today=self._server.clock.now)
        bench: Bench = SUITES[self._ground.vendor].bench(run, name, ())
        return bench

    async def _play(self, step: Step) -> None:
        player = self._player
        assert player is not None  # noqa: S101 - it was started
        mark = self._server.journal.mark()
        await player.play(step)
        if self._rewinding is not None and step.do in ("snapshot", "restore"):
            await (self._rewinding.take if step.do == "snapshot" else self._rewinding.put_in)()
        self._judge.messages(player.bench.timeline)
        if self._tunables["strict"] and player.ruled and not player.was_refused:
            self._judge.accepted(player.ruled, mark)
        self._look()
        if len(self.steps) % _EVERY == 0:
            self._judge.state()

    def _look(self) -> None:
        if self._errors.seen:
            raise Broken("unhandled", f"logged: {self._errors.seen[0]}")
        if self._player is not None and self._player.trouble:
            raise Broken("unhandled", self._player.trouble)
        if self._canary is not None and self._canary.trouble:
            raise Broken("unharmed", self._canary.trouble)

    async def _end(self) -> None:
        player, canary = self._player, self._canary
        assert player is not None  # noqa: S101 - it was started
        assert canary is not None  # noqa: S101 - it was started
        self._judge.state()
        await player.leave()
        await asyncio.sleep(_AFTERWARDS)
        await settled(self._tasks)
        await canary.rest()
        await self._well(canary.talk, "the other client")
        await self._well(canary.once_more, "a new client")
        self._judge.messages(player.bench.timeline)
        self._judge.state()
        self._judge.accused(self._session)
        self._look()
        if self._rewinding is not None:
            self._rewinding.forget()
        if self._measure:
            self._weigh(player)

    async def _well(self, act: Callable[[], Awaitable[object]], who: str) -> None:
        try:
            await act()
        except (Differs, Ended, Refused, NotJudged, Skip) as error:
            raise Broken("unharmed", f"{who}: {error}") from None

    def _weigh(self, player: Player[Any]) -> None:
        held, _ = tracemalloc.get_traced_memory()
        bound = _MEMORY + _MEMORY_A_BYTE * player.sizes + _MEMORY_A_STEP * len(self.steps)
        if held > bound:
            raise Broken("memory", f"{held} bytes are held after {len(self.steps)} steps, {player.sizes} bytes sent")

    async def _stop(self) -> None:
        for each in (self._player, self._canary):
            if each is not None:
                await each.bench.leaving.aclose()
        if self._canary is not None:
            await self._canary.rest()
        if self._player is not None:
            await self._player.leave()
        if self._server is not None:
            await self._server.__aexit__(None, None, None)
        if self._close is not None:
            await self._close()

    def _run(self, act: Coroutine[Any, Any, None], *, whatever: bool = False) -> None:
        async def caught() -> None:
            try:
                await act
            except Broken as broken:
                self._break(broken)
            except EvidenceLostError as lost:
                self._unable = str(lost)
            except Exception as error:
                if not whatever:
                    raise
                self._break(Broken("unharmed", f"the fake does not stop: {type(error).__name__}: {error}"))

        self._watched.run(caught())

    def _break(self, broken: Broken) -> None:
        if self._broken is None:
            self._broken = broken

    def _conclude(self) -> None:
        if self.stuck is not None:
            self._broken = Broken("blocked", str(self.stuck))
        elif self.unhandled:
            self._break(Broken("unhandled", self.unhandled[0]))
        elif self._errors.seen:
            self._break(Broken("unhandled", f"logged: {self._errors.seen[0]}"))


def played(vendor: str, steps: Sequence[Step], *, strict: bool = True, measure: bool = False) -> Tried:
    """Plays a game to its end.

    Args:
        vendor: with whose fake.
        steps: that are carried out, until something is broken.
        strict, measure: as for `Game`.
    """
    game = Game(vendor, strict=strict, measure=measure)
    game.start()
    try:
        for step in steps:
            if game.broken:
                break
            game.play(step)
    finally:
        end = game.end()
    return end


def situations_of(vendor: str) -> dict[str, str]:
    """What is to be reached now and then, by name, each in one sentence."""
    return _situations(ground_of(vendor))


def _situations(ground: Ground) -> dict[str, str]:
    return {**ground.situations, **SITUATIONS}
