"""What tries and breaks clients finds each planted bug, and accuses no client that is right."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest

from avatarwire.conformance.probing.freedoms import freedoms_of
from avatarwire.conformance.probing.plan import FINE, Act, Client, Deviation, Ended, Plan
from avatarwire.conformance.probing.pool import outcomes
from avatarwire.conformance.probing.probe import DELAY, PATIENCE
from avatarwire.conformance.probing.search import Hunt, hunted
from avatarwire.conformance.probing.subject import subject_of
from avatarwire.conformance.probing.worker import Order

from .planted.table import CORRECT, PLANTED, Planted

# The search itself is measured where it is tested for its own sake.
pytestmark = pytest.mark.unmeasured

IDLE: Final = (Act(do="pause", seconds=700.0),)
FATAL: Final = ("ExitsOnError",)
"""Clients that end their process."""
SLOW: Final = ("BlocksItsLoop",)
"""What shows only after real seconds is left to the nightly run."""

HARD: Final[dict[str, tuple[str, ...]]] = {
    "aliyun": (
        "StartAvatarSession.response#1 drop",
        "StartAvatarSession.request#1-100 reject",
        "handshake.websocket#1-100 reject",
        "channel_ready.response#3 push:session.recovering",
        "channel_ready.response#2 delay:40",
        "text_drive.response#2 push:session.force_close",
        "text_drive.response#2 delay:400",
        "text_drive.response#5 drop",
        "text_drive.response#5 duplicate:3",
        "text_drive.response#5 reorder",
        "text_drive.response#7 reset",
        "text_drive.response#9 close:1000",
        "StopAvatarSession.response#1 reset",
    ),
    "guiji": (
        "createLiveSession.request#1 reject",
        "handshake.mqtt#1 drop",
        "handshake.mqtt#2-101 reject",
        "CreateNewSession.result#1 drop",
        "CreateNewSession.result#1 push:SessionState.Destroy",
        "pushPlayListManager.result#1 drop",
        "pushPlayListManager.result#1 duplicate:3",
        "SessionState.playlist#2 push:SessionState.Destroy",
        "SessionState.playlist#3 drop",
        "SessionState.playlist#3 reorder",
        "HeartBeat#1 delay:40",
        "HeartBeat#1 reset",
        "DestroySession.result#1 delay:400",
    ),
    "sensetime": (
        "createLive.request#1 reject:10007",
        "startLive.response#1 reset",
        "handshake.websocket#1-100 reject",
        "takeoverCommand.request#1 reject",
        "takeoverCommand.response#1 delay:40",
        "takeoverCommand.response#1 push:CallbackBody",
        "queryStat.response#1 push:CallbackBody",
        "microphone.takeover_started#1 close",
        "microphone.takeover_finished#1 drop",
        "microphone.takeover_finished#1 duplicate:3",
        "microphone.takeover_finished#2 delay:40",
        "closeLive.response#1 drop",
        "closeLive.response#1 variant:ST-E06",
    ),
}


def plan_of(vendor: str, client: Client, tape: tuple[Deviation, ...], flow: str = "documented") -> Plan:
    workload = IDLE if flow == "idle" else freedoms_of(vendor).flows[flow]
    plan = Plan(vendor=vendor, client=client, workload=workload, patience=PATIENCE, delay=DELAY)
    return plan.with_tape(tape)


def named(planted: Planted) -> str:
    return f"{planted.vendor}-{planted.name}"


@pytest.mark.parametrize("planted", [it for it in PLANTED if it.name not in (*FATAL, *SLOW)], ids=named)
def test_a_planted_bug_shows_in_its_cell_and_in_no_talk_as_documented(planted: Planted) -> None:
    subject = subject_of(planted.client)
    shown = subject.replayed(plan_of(planted.vendor, planted.client, planted.tape, planted.flow))
    assert (shown.outcome in planted.outcomes, shown.unable) == (True, ""), f"{shown.outcome}: {shown.detail}"
    sunny = subject.replayed(plan_of(planted.vendor, planted.client, ()))
    assert (sunny.outcome, sunny.detail) == ("ok", "")


@pytest.mark.parametrize("planted", [it for it in PLANTED if it.name in FATAL], ids=named)
def test_a_client_that_ends_its_process_shows_it(planted: Planted) -> None:
    async def main() -> Ended:
        plan = plan_of(planted.vendor, planted.client, planted.tape, planted.flow)
        async for _, ended in outcomes([Order(plan)], 1):
            return ended
        raise AssertionError

    ended = asyncio.run(main())
    assert (ended.outcome, ended.detail.splitlines()[0]) == ("raised", "the process of the client died: exit code 3")


@pytest.mark.parametrize(("vendor", "client"), CORRECT, ids=[client.name.rpartition(":")[2] for _, client in CORRECT])
def test_a_client_that_is_right_gets_through_hard_cells(vendor: str, client: Client) -> None:
    subject = subject_of(client)
    for word in HARD[vendor]:
        label, _, value = word.partition(" ")
        ended = subject.replayed(plan_of(vendor, client, (Deviation(label, value),)))
        assert ended.outcome in FINE, f"{word}: {ended.outcome}: {ended.detail}"
        assert not ended.unable, f"{word}: {ended.unable}"


SEARCHED: Final[tuple[tuple[str, str, int], ...]] = (
    ("aliyun", "ErrorMeansStopped", 1),
    ("guiji", "BeatsOnlyWhileBusy", 3),
    ("sensetime", "SwallowsErrors", 3),
)
"""Clients whose bugs few talks find, each with a seed."""


@pytest.mark.parametrize(("vendor", "name", "seed"), SEARCHED, ids=[name for _, name, _ in SEARCHED])
def test_a_search_finds_a_planted_bug_and_says_what_it_takes(vendor: str, name: str, seed: int) -> None:
    (planted,) = (it for it in PLANTED if (it.vendor, it.name) == (vendor, name))
    hunt = Hunt(vendor=vendor, patience=PATIENCE, delay=DELAY, examples=40, seed=seed)
    found: Any = hunted(hunt, subject_of(planted.client))
    (failure,) = found.failures
    assert failure.oracle in planted.outcomes
    assert len(failure.tape) <= 1
    assert len(failure.workload) <= 2
