"""Cases about lives that are not ready at once, or never."""

from __future__ import annotations

from typing import Final

from ...clients.bench import ClientBench
from .judging import MOST, QUICK, SESSION, Tried, created, errors, most_in_a_second, sensetime, text_at

__all__ = ["CASES"]

_INITIALISING: Final = 1.0
_SOON: Final = 0.6


async def waits(bench: ClientBench) -> None:
    talk = await bench.talk(seconds=2.0, initialising_seconds=_INITIALISING, characters_per_second=QUICK)
    created(talk)
    talk.reached(talk.sent("startLive.request"), "a start")
    wrong = errors(talk, ["ST-LIVE-13"])
    talk.check(not wrong, "no start and no takeover before 35", lambda: str(wrong[0]))


async def waits_and_closes(bench: ClientBench) -> None:
    talk = await bench.talk(seconds=2.0, initialising_seconds=_INITIALISING, characters_per_second=QUICK)
    created(talk)
    talk.check_ends()
    talk.check_no_sessions_left()


async def failed(bench: ClientBench) -> None:
    talk = await bench.talk(seconds=2.0, outcomes=["failed"], slow_seconds=_SOON, characters_per_second=QUICK)
    lives = created(talk)
    started = [it for it in talk.sent("startLive.request") if text_at(it, SESSION) == lives[0]]
    talk.check(not started, "no start of a live that comes to 99", "it is started")
    talk.check_ends()


def not_made(outcome: str, status: int) -> Tried:
    """A case about a live that is over as soon as it is made."""

    async def tried(bench: ClientBench) -> None:
        talk = await bench.talk(outcomes=[outcome] * 100, characters_per_second=QUICK)
        told = [it for it in talk.got("createLive.response") if text_at(it, "data.status") == status]
        ids = [text_at(it, f"data.{SESSION}") for it in talk.reached(told, f"a live at {status}")]
        started = [it for it in talk.sent("startLive.request") if text_at(it, SESSION) in ids]
        talk.check(not started, f"no start of a live at {status}", "it is started")
        most = most_in_a_second(talk.sent("createLive.request"))
        talk.check(most <= MOST, f"at most {MOST} tries within a second", f"{most}")

    return tried


CASES: Final = (
    sensetime("prepare.waits", "A live at 32 is not started before it is at 35.", "ST-LIVE-13", waits),
    sensetime("prepare.closes", "A live that was at 32 is closed, too.", "AW-ST-LEFT-OPEN", waits_and_closes),
    sensetime("prepare.failed", "A live that comes to 99 is not started.", "ST-LIVE-13", failed),
    sensetime("prepare.abnormal", "A live at 9 is not started.", "ST-LIVE-13", not_made("abnormal", 9)),
    sensetime("quota.platform", "97 ends the attempt.", "ST-LIVE-14", not_made("platform_full", 97)),
    sensetime("quota.customer", "98 ends the attempt.", "ST-LIVE-14", not_made("customer_full", 98)),
)
