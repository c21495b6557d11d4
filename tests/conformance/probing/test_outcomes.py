"""What becomes of a client is named: each kind of outcome by a client that shows it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from avatarwire.conformance.probing.freedoms import freedoms_of
from avatarwire.conformance.probing.plan import Act, Client, Deviation, Ended, Plan
from avatarwire.conformance.probing.pool import outcome, outcomes
from avatarwire.conformance.probing.worker import Order, carried_out

HERE = "tests.conformance.probing.clients"
TEXT = "The first visitor asks when the museum opens"
SAY = (Act(do="say", texts=(TEXT,)),)


def plan(client: str, *tape: Deviation, vendor: str = "aliyun", **changes: Any) -> Plan:
    values: dict[str, Any] = {"workload": SAY, "patience": 300.0, "delay": 40.0} | changes
    name = client if ":" in client else f"{HERE}:{client}"
    return Plan(vendor=vendor, client=Client(name=name), tape=tape, **values)


def ended(client: str, *tape: Deviation, **changes: Any) -> Ended:
    """In this process."""
    return carried_out(Order(plan(client, *tape, **changes)))


@pytest.mark.parametrize("vendor", ["aliyun", "guiji", "sensetime"])
def test_the_driver_gets_through_the_documented_talk(vendor: str) -> None:
    found = ended("Fine", vendor=vendor, workload=freedoms_of(vendor).flows["documented"])
    assert (found.outcome, found.detail, found.unable) == ("ok", "", "")
    assert [step.call.partition(" ")[0] for step in found.steps][:2] == ["start", "say"]
    assert len(found.seen) >= 26


@pytest.mark.parametrize(
    ("client", "outcome", "detail"),
    [
        ("Refusing", "reported", f'say "{TEXT}": ValueError: not {TEXT}'),
        ("Reporting", "reported", f"lost: {TEXT}"),
        ("Silent", "lost_text", f'say "{TEXT}" has returned, but it was never accepted by the vendor'),
        ("Hanging", "hang", f'say "{TEXT}" did not end within 300 s'),
        ("Turning", "livelock", f'say "{TEXT}": the loop has turned 50000 times, and no time passes'),
        ("Careless", "raised", "Task exception was never retrieved: KeyError: 'messageId'"),
        ("Repeating", "said_twice", f'"{TEXT}" was spoken 2 times'),
    ],
)
def test_an_outcome_by_its_name(client: str, outcome: str, detail: str) -> None:
    found = ended(client)
    assert found.outcome == outcome
    assert detail in found.detail


def test_a_session_that_a_late_call_begins_when_all_is_over_is_nobodys_leak() -> None:
    tape = [
        Deviation("StartAvatarSession.response#1", "delay:40"),
        Deviation("StartAvatarSession.response#2", "delay:40"),
        Deviation("StartAvatarSession.request#3", "delay:40"),
        Deviation("text_drive.response#1", "delay:15"),
    ]
    found = ended("tests.conformance.probing.planted.aliyun:Aliyun", *tape)
    assert (found.outcome, found.detail, len(found.acted)) == ("ok", "", 4)


def test_what_a_library_keeps_for_nobody_is_nobodys_error() -> None:
    # aiomqtt has a future of its own for how a connection ended.
    tape = [Deviation("CreateNewSession.result#1", "drop"), Deviation("DestroySession.result#1", "close")]
    found = ended("tests.conformance.probing.planted.guiji:Guiji", *tape, vendor="guiji")
    assert (found.outcome, len(found.acted)) == ("reported", 2)


def test_whoever_was_not_told_that_a_live_is_over_may_call_once_more() -> None:
    tape = [Deviation("takeoverCommand.response#3", "push:CallbackBody"), Deviation("queryStat.response#3", "drop")]
    said = ("First the north", "Then the south", "The islands come last")
    workload = (*SAY, Act(do="together", texts=said))
    found = ended("tests.conformance.probing.planted.sensetime:SenseTime", *tape, vendor="sensetime", workload=workload)
    assert (found.outcome, len(found.acted)) == ("reported", 2)


@pytest.mark.parametrize("client", ["Threaded"])
def test_a_client_in_threads_lives_on_real_time(client: str) -> None:
    found = ended(client, patience=5.0, delay=0.1)
    assert found.detail == f'say "{TEXT}": TimeoutError: {TEXT}'


def test_a_process_that_dies_is_an_outcome_and_the_next_run_has_another() -> None:
    async def main() -> list[tuple[int, Ended]]:
        orders = [Order(plan("Dying")), Order(plan("Refusing")), Order(plan("Leaving"))]
        return [found async for found in outcomes(orders, 1)]

    found = dict(asyncio.run(main()))
    assert (found[0].outcome, found[0].detail) == ("raised", "the process of the client died: exit code 3")
    assert found[1].outcome == "reported"
    assert found[2].outcome == "leak"
    assert "is open a second after stop() has returned" in found[2].detail
    lines = [line for line in found[2].story if "client" in line]
    assert [line.split("s  ", 1)[1].split() for line in lines[:2]] == [
        ["client", "start"],
        ["client", "start:", "returned"],
    ]
    assert any("<- text_drive.response" in line for line in found[2].story)


def test_a_client_that_is_not_there_can_not_be_judged() -> None:
    assert "has no Absent" in asyncio.run(outcome(Order(plan("Absent")))).unable


def test_a_session_that_no_client_can_know_of_is_not_left() -> None:
    """The answer was lost, and the client has given up."""
    found = ended("Fine", Deviation("createLive.response#1", "drop"), vendor="sensetime")
    assert found.outcome == "reported"


def test_nothing_is_said_where_evidence_was_lost() -> None:
    found = asyncio.run(outcome(Order(plan("Fine", tunables={"journal_bytes": 3000}))))
    assert re.fullmatch(r"evidence was lost: \d+ entries made room in the fake's journal", found.unable)
