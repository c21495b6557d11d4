"""A call that waits for an entry: it ends when there is one, when the time is over, when somebody is gone."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun, VirtualClock
from tests.fakeserver.aliyun.running import start
from tests.fakeserver.control.calls import LIMIT, Caller

WAITING: Final = "/v1/aliyun/journal?message=StartAvatarSession.response&wait=30"


def waits(fake: FakeAliyun) -> int:
    """How many wait for an entry."""
    return len(fake.journal._waiters)  # pyright: ignore[reportPrivateUsage] - to know that they do


def until_waiting(fake: FakeAliyun, number: int = 1) -> None:
    """Returns when so many wait."""
    reached = threading.Event()
    for _ in range(int(LIMIT / 0.005)):
        if waits(fake) == number:
            return
        reached.wait(0.005)
    raise AssertionError(f"{waits(fake)} wait")


def test_it_ends_when_an_entry_matches(fake: FakeAliyun, caller: Caller) -> None:
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(caller.get, WAITING)
        until_waiting(fake)
        session = start(fake)
        (entry,) = waiting.result(LIMIT)["entries"]
        assert (entry["message"], entry["session"]) == ("StartAvatarSession.response", session.id)


def test_what_is_there_already_is_not_waited_for(fake: FakeAliyun, caller: Caller) -> None:
    start(fake)
    assert len(caller.get(WAITING)["entries"]) == 1


@pytest.mark.parametrize("wait", ["", "&wait=0.01"])
def test_what_comes_while_it_looks_is_found_from_the_mark_on(
    fake: FakeAliyun, caller: Caller, monkeypatch: pytest.MonkeyPatch, wait: str
) -> None:
    look = fake.journal.entries

    def disturbed(*asked: Any, **criteria: Any) -> Any:
        found: Any = look(*asked, **criteria)
        fake.journal.note("late", message="fault")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(fake.journal, "entries", disturbed)
        mark = caller.get(f"/v1/aliyun/journal?message=heartbeat.ping{wait}")["mark"]
    assert [entry["body"] for entry in caller.get(f"/v1/aliyun/journal?since={mark}")["entries"]] == ["late"]


def test_it_ends_with_nothing_when_the_time_is_over(caller: Caller) -> None:
    assert caller.get("/v1/aliyun/journal?message=heartbeat.ping&wait=0.05")["entries"] == []


def test_time_of_the_fake_is_no_matter(fake: FakeAliyun, caller: Caller) -> None:
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(caller.get, WAITING)
        until_waiting(fake)
        fake.advance(1000)
        assert not waiting.done()
        start(fake)
        assert waiting.result(LIMIT)["entries"]


def test_other_calls_are_answered_meanwhile(fake: FakeAliyun, caller: Caller) -> None:
    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(caller.get, WAITING) for _ in range(4)]
        until_waiting(fake, 4)
        caller.post("/v1/clock", {"advance": 5})
        caller.post("/v1/aliyun/faults", {"do": "drop", "message": "heartbeat.pong"})
        caller.delete("/v1/aliyun/faults")
        assert [each.done() for each in waiting] == [False] * 4
        start(fake)
        assert [len(each.result(LIMIT)["entries"]) for each in waiting] == [1] * 4


def test_nobody_waits_for_a_caller_that_is_gone(fake: FakeAliyun, caller: Caller) -> None:
    with socket.create_connection(caller.place, timeout=LIMIT) as line:
        head = f"GET {WAITING} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {caller.token}\r\n\r\n"
        line.sendall(head.encode())
        until_waiting(fake)
    until_waiting(fake, 0)


def test_the_end_of_the_fake_ends_the_wait() -> None:
    with ThreadPoolExecutor() as threads:
        with FakeAliyun(clock=VirtualClock()) as fake:
            waiting = threads.submit(Caller(fake.control).get, WAITING)
            until_waiting(fake)
        assert waiting.result(LIMIT)["entries"] == []


def test_entries_that_were_dropped_are_told_at_once() -> None:
    with FakeAliyun(verify_signatures=False, journal_bytes=2000) as fake:
        caller = Caller(fake.control)
        for _ in range(5):
            start(fake)
        first, *_ = caller.get("/v1/aliyun/journal?message=heartbeat.ping&wait=30")["entries"]
        assert (first["message"], first["meta"]["dropped"]) == ("journal.dropped", fake.journal.dropped)


async def test_many_calls_at_once_are_all_answered() -> None:
    async with (
        FakeAliyun(clock=VirtualClock(), verify_signatures=False) as fake,
        httpx.AsyncClient(trust_env=False, timeout=LIMIT) as client,
    ):
        control = fake.control
        headers = {"Authorization": f"Bearer {control.token}"}

        async def one(number: int) -> Any:
            path, body = [
                ("/v1/clock", {"advance": 0.1}),
                ("/v1/aliyun/faults", {"do": "drop", "message": "heartbeat.pong"}),
                ("/v1/aliyun/send", {"message": "session.recovering", "session": "nobody"}),
            ][number % 3]
            answer = await client.post(control.url + path, json=body, headers=headers)
            return answer.status_code

        before = fake.clock.now()
        statuses = await asyncio.gather(*[one(number) for number in range(60)])
        assert [statuses[index::3] for index in range(3)] == [[200] * 20, [200] * 20, [404] * 20]
        assert fake.clock.now() == pytest.approx(before + 2.0)
        assert len({armed.id for armed in fake.faults}) == 20


def test_an_entry_of_a_long_journal_is_found_while_others_are_answered(fake: FakeAliyun, caller: Caller) -> None:
    for number in range(1200):
        fake.journal.note(f"note {number}")
    start(fake)
    page = caller.get("/v1/aliyun/journal")
    assert len(page["entries"]) == len(fake.journal)
