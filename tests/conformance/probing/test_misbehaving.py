"""A client that does to its process what nobody should is named, and nothing of it is left."""

from __future__ import annotations

import asyncio
import os
import select
from contextlib import suppress
from itertools import repeat

import pytest

from avatarwire.conformance.probing.jumping import Stuck
from avatarwire.conformance.probing.levels import needed
from avatarwire.conformance.probing.plan import Act, Deviation, Ended
from avatarwire.conformance.probing.pool import outcome
from avatarwire.conformance.probing.watch import GivingUp, Spinning, Watch
from avatarwire.conformance.probing.worker import Order
from tests.conformance.probing.test_outcomes import SAY, TEXT, ended, plan


def in_a_process(client: str) -> Ended:
    return asyncio.run(outcome(Order(plan(client), story=True)))


@pytest.mark.parametrize(
    ("client", "detail"),
    [
        ("Quitting", f'raised: say "{TEXT}": SystemExit: 3'),
        ("Pressing", f'raised: say "{TEXT}": KeyboardInterrupt'),
        ("CancellingAll", "raised: it has cancelled tasks that are not its own"),
        ("Stopping", "raised: it has stopped the event loop, which is not its own"),
        ("Closing", f'reported: say "{TEXT}": RuntimeError: Cannot close a running event loop'),
    ],
)
def test_what_is_not_its_own_business_is_named(client: str, detail: str) -> None:
    found = ended(client)
    assert f"{found.outcome}: {found.detail}" == detail


def test_an_error_that_ends_the_process_is_told_with_its_place() -> None:
    found = in_a_process("Exploding")
    assert found.outcome == "raised"
    assert found.detail.startswith("the process of the client died: KeyboardInterrupt: no key (clients.py, line ")


def test_one_that_catches_what_would_end_its_waiting_is_ended() -> None:
    found = in_a_process("Swallowing")
    assert found.outcome in ("hang", "livelock")
    assert "nothing could end it but the end of its process" not in found.detail


def test_one_that_catches_whatever_ends_it_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Over(Exception):
        """It is over."""

    told: list[str] = []

    def give_up(why: Stuck) -> None:
        told.append(str(why))
        raise Over

    monkeypatch.setattr(GivingUp, "to", give_up)
    caught: list[Spinning] = []

    def catch_whatever_comes() -> None:
        while True:
            try:
                for _ in repeat(None):
                    pass
            except Spinning as error:
                caught.append(error)

    with pytest.raises(Over), Watch(lambda: None, busy=0.01):
        catch_whatever_comes()
    assert len(caught) == 2
    [why] = told
    assert why.endswith("and catches whatever would end that")


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the system has no descriptors of processes")
def test_what_a_client_leaves_behind_is_ended_with_its_process() -> None:
    pid = int(in_a_process("Begetting").detail.rpartition(" ")[2])
    with suppress(ProcessLookupError):
        process = os.pidfd_open(pid)
        try:
            assert select.select([process], [], [], 10.0)[0]
        finally:
            os.close(process)


def test_what_a_client_prints_is_at_the_end_of_its_story() -> None:
    assert in_a_process("Printing").story[-1] == f"the client has printed: before the text: {TEXT}"


def test_what_it_cannot_do_is_told_apart() -> None:
    found = ended("Undone")
    assert (found.lacking, found.detail) == ("say", f'say "{TEXT}": NotImplementedError')
    interrupted = (Act(do="interrupt", texts=(TEXT,)),)
    assert [ended(client, workload=interrupted).lacking for client in ("NotInterrupting", "Silent", "Fine")] == [
        "interrupt",
        "interrupt",
        "",
    ]


def test_pauses_and_what_heals_are_in_the_story() -> None:
    workload = (*SAY, Act(do="pause", seconds=70.0), Act(do="heal"))
    calls = [(step.call, step.end) for step in ended("Refusing", workload=workload, horizon=5.0).steps]
    assert calls[2:] == [
        ("nothing is asked of it for 70 s", ""),
        ("from here on the vendor does as documented", ""),
        ("nothing is asked of it for 5 s", ""),
        ("stop", "returned"),
    ]


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ((), None),
        (("push:session.force_close", "delay:5"), "documented"),
        (("variant:ALI-E04", "delay:0.5"), "errata"),
        (("variant:ALI-E04", "delay:40"), "faults"),
        (("corrupt:5", "drop"), "hostile"),
    ],
)
def test_a_tape_needs_the_highest_level_of_what_is_on_it(values: tuple[str, ...], level: str | None) -> None:
    assert needed("aliyun", [Deviation("text_drive.response#1", value) for value in values]) == level


def test_the_same_word_may_need_another_level_elsewhere() -> None:
    assert needed("sensetime", [Deviation("CallbackBody#1", "duplicate")]) == "documented"
    assert needed("aliyun", [Deviation("handshake.websocket#1", "reject")]) == "faults"
    assert needed("aliyun", [Deviation("StopAvatarSession.request#1", "reject:ServiceUnavailable")]) == "documented"
    assert needed("aliyun", [Deviation("scenario.cumulative", value=True)]) == "errata"
