"""How long `avatarwire fuzz client` takes to find each planted bug, and whether it accuses clients that are right.

    python -m tests.conformance.probing.finding [--seeds N] [--only NAME]... [--limit SECONDS]
    python -m tests.conformance.probing.finding --correct --minutes N

Exit 1 where a bug is not found that is not rare, or is found by more than three deviations, or where a client that is
right is accused.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Final

from avatarwire.conformance.probing.freedoms import Allowed
from avatarwire.conformance.probing.hunting import Findings, hunt_at_once
from avatarwire.conformance.probing.plan import Client
from avatarwire.conformance.probing.probe import DELAY, PATIENCE
from avatarwire.conformance.probing.worker import Search

from .planted.table import CORRECT, DRIVERS, PLANTED, Planted

_MOST_DEVIATIONS: Final = 3
_LONGEST: Final = 60.0
"""Seconds, of two processors that have nothing else to do."""
_JOBS: Final = os.cpu_count() or 1


def hunted(vendor: str, client: Client, seed: int, seconds: float, allowed: Allowed = "faults") -> Findings:
    """What a search of some seconds finds."""
    search = Search(
        vendor=vendor,
        client=client,
        allowed=allowed,
        patience=PATIENCE,
        delay=DELAY,
        seconds=seconds,
        examples=None,
        seed=seed,
        corpus="",
        box="",
    )
    return asyncio.run(hunt_at_once(search, _JOBS))


def main() -> int:
    """Runs it; the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--limit", type=float, default=_LONGEST)
    parser.add_argument("--correct", action="store_true")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.correct:
        return _accused(options.minutes * 60.0, options.seed)
    wanted = [it for it in PLANTED if not options.only or it.name in options.only or it.vendor in options.only]
    return _found(wanted, range(options.seed, options.seed + options.seeds), options.limit)


def _found(wanted: list[Planted], seeds: range, limit: float) -> int:
    times: list[float] = []
    wrong = 0
    for planted in wanted:
        for seed in seeds:
            began = time.perf_counter()
            findings = hunted(planted.vendor, planted.client, seed * 7919, limit, planted.allowed)
            seconds = time.perf_counter() - began
            complaints = list(_wrong(planted, findings))
            wrong += bool(complaints)
            times.append(seconds)
            tapes = " | ".join(
                f"{it.oracle}: {'; '.join(d.text for d in it.tape) or 'nothing'}" for it in findings.failures
            )
            mark = "" if not complaints else f"  !! {', '.join(complaints)}"
            print(
                f"{planted.vendor:9} {planted.name:24} seed {seed:2} {seconds:5.1f} s {findings.runs:4} runs  {tapes}{mark}",
                flush=True,
            )
    median, longest = statistics.median(times), max(times)
    print(f"{len(times)} searches, {wrong} wrong; median {median:.1f} s, longest {longest:.1f} s")
    return int(bool(wrong))


def _wrong(planted: Planted, findings: Findings) -> Iterator[str]:
    if not findings.failures and not planted.rare:
        yield "not found"
    for failure in findings.failures:
        if len(failure.tape) > _MOST_DEVIATIONS:
            yield f"{len(failure.tape)} deviations"


def _accused(seconds: float, seed: int) -> int:
    clients = (*CORRECT, *DRIVERS)
    accused = 0
    for number, (vendor, client) in enumerate(clients):
        findings = hunted(vendor, client, seed + number, seconds / len(clients))
        accused += len(findings.failures)
        print(f"{vendor:9} {client.text}: {findings.runs} runs, {findings.outcomes}", flush=True)
        for failure in findings.failures:
            print("\n".join((failure.text, *failure.story, *failure.excerpt)), flush=True)
        for text in findings.unsteady:
            print(f"  did not come again: {text}", flush=True)
    print(f"{accused} accusations")
    return int(bool(accused))


if __name__ == "__main__":
    sys.exit(main())
