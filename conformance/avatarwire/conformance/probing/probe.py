"""Trying a client: the talk once as documented, then once for each deviation of each message; then two at a time.

Nothing is printed here; the command is in `cli_probe.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from avatarwire.codecs.errors import AvatarwireError

from .adapter import OPTIONAL
from .freedoms import freedoms_of
from .matrix import COLUMNS, Cell, Matrix, column_of, command
from .plan import Client, Deviation, Ended, Plan, Seen, label_of, request_to, without
from .pool import Process, carried_out_by, outcomes
from .worker import Order

__all__ = ["DELAY", "DOCUMENTED", "PATIENCE", "REAL_DELAY", "REAL_PATIENCE", "CouldNotRun", "Wanted", "probe", "usual"]

DOCUMENTED: Final = "documented"
PATIENCE: Final = 300.0
"""Seconds of jumping time for which a call may last."""
REAL_PATIENCE: Final = 5.0
"""The same in real time."""
_BASIC: Final = frozenset({"say", "pause", "heal"})
"""What every talk consists of."""
_NO_PROGRAM: Final = "speak"
"""What no program can do: there is no order for it."""
_OF_A_KIND: Final = 3
"""Messages of a kind that deviate in real time, the first ones: whoever asks again and again makes very many."""
DELAY: Final = 40.0
REAL_DELAY: Final = 2.0
"""Seconds of a delay, of jumping time and of real time."""


def usual(*, real: bool) -> tuple[float, float]:
    """Patience and delay where a user does not say them."""
    return (REAL_PATIENCE, REAL_DELAY) if real else (PATIENCE, DELAY)


class CouldNotRun(AvatarwireError):
    """Nothing can be said of a client: it does not get through a talk that goes as documented, for instance.

    Attributes:
        story: what happened, line by line.
    """

    def __init__(self, text: str, story: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.story: Final = tuple(story)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be tried.

    Attributes:
        vendor: with whose fake.
        client: which client.
        flow: what is talked of.
        faults: which deviations; empty for all. A kind, such as ``variant``, stands for all of it.
        cells: which of them only, by name; empty for all.
        pairs: whether two at a time are tried after each alone.
        patience: seconds for which a call may last.
        delay: seconds by which a message is late.
        jobs: runs at once.
        real: whether the client needs real time.
        lacking: what it cannot do, so that it is not told to.
    """

    vendor: str
    client: Client
    flow: str = DOCUMENTED
    faults: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    pairs: bool = False
    patience: float = PATIENCE
    delay: float = DELAY
    jobs: int = 1
    real: bool = False
    lacking: tuple[str, ...] = ()

    def plan(self, *tape: Deviation) -> Plan:
        """A run with some deviations."""
        return Plan(
            vendor=self.vendor,
            client=self.client,
            workload=without(freedoms_of(self.vendor).flows[self.flow], self.lacking),
            tape=tape,
            patience=self.patience,
            delay=self.delay,
            real=self.real,
        )

    def replay(self, name: str) -> str:
        """The command that tries one cell again."""
        flow = () if self.flow == DOCUMENTED else ("--flow", self.flow)
        usual_patience, usual_delay = usual(real=self.real)
        patience = () if self.patience == usual_patience else ("--patience", f"{self.patience:g}")
        delay = () if self.delay == usual_delay else ("--delay", f"{self.delay:g}")
        options = (*self.client.options, *flow, *patience, *delay, "--cell", name)
        return command(("avatarwire", "probe", self.vendor, *options))


@dataclass(frozen=True)
class _Try:
    """One cell that is to be tried."""

    seen: Seen
    fault: str
    second: tuple[Seen, str] | None = None

    @property
    def tape(self) -> tuple[Deviation, ...]:
        first = _deviation(self.seen, self.fault)
        return (first,) if self.second is None else (first, _deviation(*self.second))

    def cell(self, ended: Ended, wanted: Wanted) -> Cell:
        """What it came to."""
        return Cell(
            self.seen.message,
            self.seen.nth,
            self.fault,
            ended.outcome,
            ended.detail,
            ended.clause,
            wanted.replay(self.name),
            self._second,
        )

    @property
    def _second(self) -> str:
        return "" if self.second is None else f"{self.second[0].label}:{self.second[1]}"

    @property
    def name(self) -> str:
        return f"{self.seen.label}:{self.fault}{self._second and f'+{self._second}'}"


def _deviation(seen: Seen, fault: str) -> Deviation:
    """A request is refused before its answer is made, so that is what the tape names."""
    if fault.partition(":")[0] == "reject" and seen.transport != "handshake":
        return Deviation(label_of(request_to(seen.message), seen.nth), fault)
    return Deviation(seen.label, fault)


async def probe(
    wanted: Wanted,
    began: Callable[[int], object] = lambda _: None,
    tried: Callable[[Cell, Ended], object] = lambda cell, ended: None,
) -> Matrix:
    """Tries a client.

    Args:
        wanted: what is to be tried.
        began: called with the number of cells, once that is known.
        tried: called with each cell as it is there, and with the run that it comes from.

    Raises:
        CouldNotRun: the talk that goes as documented does not end well, or there is no such cell.
    """
    if wanted.client.command and any(act.do == _NO_PROGRAM for act in wanted.plan().workload):
        wanted = _without(wanted, _NO_PROGRAM)
    async with Process() as process:
        wanted, sunny = await _sunny(wanted, process)
    tries = list(_selected(wanted, list(_single(sunny, wanted))))
    if wanted.pairs:
        from .pairs import pairs

        tries += [_Try(*first, second) for first, second in pairs([(it.seen, it.fault) for it in tries])]
    began(len(tries))
    found: dict[int, Cell] = {}
    orders = (Order(wanted.plan(*it.tape), story=bool(wanted.cells)) for it in tries)
    async with aclosing(outcomes(orders, wanted.jobs)) as ends:
        async for place, ended in ends:
            if ended.unable:
                if wanted.cells:
                    raise CouldNotRun(f"{tries[place].name}: {ended.unable}")
                continue
            found[place] = tries[place].cell(ended, wanted)
            tried(found[place], ended)
    cells = tuple(found[place] for place in sorted(found))
    return Matrix(wanted.vendor, wanted.client.text, cells, wanted.flow, wanted.lacking)


async def _sunny(wanted: Wanted, process: Process) -> tuple[Wanted, Sequence[Seen]]:
    """The messages of the talk that goes as documented, with what else could happen to each.

    A client that cannot interrupt, or not speak, holds the talk again without that.
    """
    ended = await carried_out_by(process, Order(wanted.plan(), offers=True, story=True))
    if ended.unable:
        raise CouldNotRun(ended.unable)
    if ended.lacking in OPTIONAL and ended.lacking not in wanted.lacking:
        return await _sunny(_without(wanted, ended.lacking), process)
    if ended.lacking:
        raise CouldNotRun(f"the client says that it does not support {ended.lacking}: {ended.detail}")
    if ended.outcome != "ok":
        text = f"the talk that goes as documented does not end well: {ended.outcome}: {ended.detail}"
        raise CouldNotRun(text, ended.story)
    return wanted, ended.seen


def _without(wanted: Wanted, what: str) -> Wanted:
    """The same, without what the client cannot do.

    Raises:
        CouldNotRun: nothing is left of the flow then.
    """
    less = replace(wanted, lacking=(*wanted.lacking, what))
    if wanted.flow != DOCUMENTED and all(act.do in _BASIC for act in less.plan().workload):
        lacking = " and no ".join(f"{it}()" for it in less.lacking)
        raise CouldNotRun(f"--flow {wanted.flow}: the client has no {lacking}, and nothing else is in that flow")
    return less


def _single(sunny: Sequence[Seen], wanted: Wanted) -> Iterator[_Try]:
    for seen in sunny:
        if wanted.real and seen.nth > _OF_A_KIND and not wanted.cells:
            continue
        faults = sorted(seen.deviations, key=lambda fault: COLUMNS.index(column_of(fault)))
        for fault in faults:
            if not wanted.faults or fault in wanted.faults or column_of(fault) in wanted.faults:
                yield _Try(Seen(seen.message, seen.nth, seen.transport), fault)


def _selected(wanted: Wanted, tries: Sequence[_Try]) -> Sequence[_Try]:
    if not wanted.cells:
        if wanted.faults and not tries:
            raise CouldNotRun(f"--fault: no message of this talk takes {', '.join(wanted.faults)}")
        return tries
    by_name = {it.name: it for it in tries}
    found: list[_Try] = []
    for name in wanted.cells:
        if not name:
            raise CouldNotRun("--cell: expected a cell such as text_drive.response#2:drop, got nothing")
        first, plus, second = name.partition("+")
        if first not in by_name or (plus and second not in by_name):
            wrong = first if first not in by_name else second
            near = get_close_matches(wrong, by_name, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise CouldNotRun(f"--cell: there is no {wrong} in this talk{hint}")
        other = by_name.get(second)
        found.append(replace(by_name[first], second=None if other is None else (other.seen, other.fault)))
    return found
