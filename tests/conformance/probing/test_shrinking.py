"""A failure is made simpler as long as it is the same failure, and no longer than it may take."""

from __future__ import annotations

from avatarwire.conformance.probing.plan import Act, Deviation, Ended
from avatarwire.conformance.probing.shrinking import Shown, Tried, simplest

SAY, PAUSE, LAST = (Act(do="say", texts=(text,)) for text in ("first", "second", "third"))
WORKLOAD = (SAY, PAUSE, LAST)
NOISE = (Deviation("a#7", "reset"), Deviation("scenario.pace", 3.0, "X-E01"))


def shown(*tape: Deviation, workload: tuple[Act, ...] = WORKLOAD) -> Shown:
    return Shown(workload, tape, Ended(outcome="leak", acted=tuple(it.label for it in tape)))


def fails_by(*needed: Deviation, acts: int = 0) -> tuple[Tried, list[object]]:
    """A client that fails by all of some deviations, when there is enough to do; and what it was tried with."""
    tried: list[object] = []

    def run(workload: tuple[Act, ...], tape: tuple[Deviation, ...]) -> Ended:
        tried.append(tape)
        fails = set(needed) <= set(tape) and len(workload) >= acts
        return Ended(outcome="leak" if fails else "ok", acted=tuple(it.label for it in tape))

    return run, tried


def test_deviations_and_acts_that_are_not_needed_go() -> None:
    needed = Deviation("b#2", "drop")
    run, _ = fails_by(needed, acts=1)
    workload, tape, ended = simplest(shown(*NOISE, needed), run, runs=60, seconds=60.0)
    assert (len(workload), tape, ended.outcome) == (1, (needed,), "leak")


def test_what_is_needed_together_stays_together() -> None:
    needed = (Deviation("b#2", "drop"), Deviation("scenario.pace", 3.0, "X-E01"))
    run, _ = fails_by(*needed)
    assert set(simplest(shown(*NOISE, needed[0]), run, runs=60, seconds=60.0).tape) == set(needed)


def test_an_earlier_message_and_a_plainer_deviation_are_simpler() -> None:
    def run(workload: tuple[Act, ...], tape: tuple[Deviation, ...]) -> Ended:
        fails = any(it.label.startswith("b#") and str(it.value).startswith("close") for it in tape)
        return Ended(outcome="leak" if fails else "ok", acted=tuple(it.label for it in tape))

    assert simplest(shown(Deviation("b#9", "close:1012")), run, runs=60, seconds=60.0).tape == (
        Deviation("b#1", "close"),
    )


def test_another_failure_is_not_the_same() -> None:
    def run(workload: tuple[Act, ...], tape: tuple[Deviation, ...]) -> Ended:
        return Ended(outcome="hang")

    before = shown(*NOISE)
    assert simplest(before, run, runs=60, seconds=60.0) == before


def test_it_costs_no_more_runs_and_no_more_time_than_it_may() -> None:
    run, tried = fails_by(Deviation("b#2", "drop"))
    simplest(shown(*NOISE, Deviation("b#2", "drop")), run, runs=3, seconds=60.0)
    assert len(tried) == 3
    simplest(shown(*NOISE, Deviation("b#2", "drop")), run, runs=60, seconds=-1.0)
    assert len(tried) == 3


def test_what_is_out_of_order_for_a_while_is_one_deviation() -> None:
    outage = Deviation("handshake.websocket#2-101", "reject")
    run, _ = fails_by(outage)
    assert simplest(shown(*NOISE, outage), run, runs=60, seconds=60.0).tape == (outage,)
