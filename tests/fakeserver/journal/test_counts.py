"""How often something comes, in which time, and that it does not come; what a message says, member by member."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.codecs import aliyun
from avatarwire.fakeserver import (
    ClockError,
    EvidenceLostError,
    ExpectationError,
    FakeAliyun,
    FakeGuiji,
    FakeSenseTime,
    Journal,
    JumpingClock,
    RealClock,
    VirtualClock,
)
from tests.fakeserver.loops import LIMIT


def beat(journal: Journal) -> None:
    journal.add("ws", "in", "beat")


def journal_now(journal: Journal) -> float:
    """What time it is on its clock."""
    return journal.record("note", "note", "time").time


def later(journal: Journal) -> None:
    journal.note("later")


def many(journal: Journal) -> None:
    for _ in range(20):
        journal.note("x")


def call(name: str, **arguments: Any) -> Callable[[Journal], object]:
    """A call of a journal."""

    def carry_out(journal: Journal) -> object:
        return getattr(journal, name)("beat", **arguments)

    return carry_out


# --- how many, and in which time ---


def test_so_many_within_a_time_of_the_fake(clock: VirtualClock, journal: Journal) -> None:
    for seconds in (0, 5, 1, 0.5):
        clock.advance(seconds)
        beat(journal)
    found = journal.expect_sync("beat", count=3, within=1.5, timeout=0)
    assert [entry.seq for entry in found] == [2, 3, 4]
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sync("beat", count=3, within=1.25, timeout=0)
    assert str(caught.value).startswith("not seen within 0 s (too far apart): beat, within=1.25\nnearest miss: #4 ")
    assert "  within: expected 3 in 1.25 s, found 1.500 s: 0.250 s too long\n" in str(caught.value)


async def test_one_has_to_come_so_soon_after_the_call(clock: VirtualClock, journal: Journal) -> None:
    waiting = asyncio.create_task(journal.expect("beat", within=2.0, timeout=LIMIT))
    await asyncio.sleep(0)
    clock.advance(2.0)
    beat(journal)
    assert (await waiting).seq == 1
    late = asyncio.create_task(journal.expect("late", within=2.0, timeout=0.05))
    await asyncio.sleep(0)
    clock.advance(2.5)
    journal.add("ws", "in", "late")
    with pytest.raises(ExpectationError, match=r"\(too late\): late, within=2\n.*\n  within: .* 0\.500 s too late"):
        await late


def test_real_time_is_not_waited_for_longer_than_it_may_take() -> None:
    with pytest.raises(ExpectationError, match=r"not seen within 0\.01 s"):
        Journal(RealClock()).expect_sync("beat", within=0.01, timeout=60)


def test_exactly_so_many(journal: Journal) -> None:
    for _ in range(2):
        beat(journal)
    assert [entry.seq for entry in journal.expect_count("beat", exactly=2)] == [1, 2]
    assert journal.expect_count("beat", exactly=1, since=1)[0].seq == 2
    assert journal.expect_count("other", exactly=0) == []
    with pytest.raises(ExpectationError, match=r"^expected exactly 1, found 2: beat\nlast 2 entries"):
        journal.expect_count("beat", exactly=1)
    with pytest.raises(ExpectationError, match=r"^expected exactly 1, found 0: beat, session=s-1\nnearest miss: #2 "):
        journal.expect_count("beat", exactly=1, session="s-1")


def test_exactly_so_many_is_not_told_of_what_was_dropped() -> None:
    journal = Journal(VirtualClock(), budget_bytes=900)
    for _ in range(3):
        beat(journal)
    with pytest.raises(EvidenceLostError, match="cannot tell that there were exactly 2: beat\n1 older entries"):
        journal.expect_count("beat", exactly=2)
    with pytest.raises(ExpectationError, match="expected exactly 1, found 2"):  # that is known all the same
        journal.expect_count("beat", exactly=1)
    assert len(journal.expect_count("beat", exactly=2, since=1)) == 2


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        (call("expect_count", exactly=-1), ValueError, "exactly is 0 or more, not -1"),
        (call("expect_count", exactly=True), TypeError, "exactly is a number of entries, not True"),
        (
            call("expect_sync", count=0),
            ValueError,
            r"count is 1 or more, not 0: .*expect_count\(exactly=0",
        ),
        (call("expect_sync", within=True), TypeError, "within is a number of seconds"),
        (call("expect_never_sync", for_=-5), ValueError, "for_ is a finite number of seconds"),
    ],
)
def test_numbers_that_are_none(
    asked: Callable[[Journal], object], kind: type[Exception], words: str, journal: Journal
) -> None:
    with pytest.raises(kind, match=words):
        asked(journal)


# --- never ---


def test_a_virtual_clock_is_moved_and_stops_where_one_comes(clock: VirtualClock, journal: Journal) -> None:
    beat(journal)  # before the call, which does not matter
    journal.expect_never_sync("beat", for_=5.0)
    assert clock.now() == 1005
    clock.call_later(3.0, lambda: beat(journal))
    clock.call_later(4.0, lambda: later(journal))
    with pytest.raises(ExpectationError) as caught:
        journal.expect_never_sync("beat", for_=5.0)
    assert str(caught.value) == (
        "expected none for 5 s, one came after 3.000 s: beat, since=#1\nlast 1 entries:\n> #2 +8.000s ws in beat"
    )
    assert clock.now() == 1008
    journal.expect_never_sync("beat", for_=0.0)
    with pytest.raises(ExpectationError, match="one came after 0 s: before the call"):
        journal.expect_never_sync("beat", since=0)


async def test_the_same_in_a_loop(clock: VirtualClock, journal: Journal) -> None:
    await journal.expect_never("beat", for_=5.0)
    assert clock.now() == 1005
    clock.call_later(3.0, lambda: beat(journal))
    with pytest.raises(ExpectationError, match=r"one came after 3\.000 s"):
        await journal.expect_never("beat", for_=5.0)
    with pytest.raises(RuntimeError, match=r"expect_never_sync\(\) would block"):
        journal.expect_never_sync("beat")


def test_nothing_is_said_of_what_was_dropped_meanwhile(clock: VirtualClock) -> None:
    journal = Journal(clock, budget_bytes=1000)
    clock.call_later(1.0, lambda: many(journal))
    with pytest.raises(EvidenceLostError, match="cannot tell that there was none: beat"):
        journal.expect_never_sync("beat", for_=5.0)


async def test_a_real_clock_is_waited_for() -> None:
    journal = Journal(RealClock())
    began = journal_now(journal)
    await journal.expect_never("beat", for_=0.02)
    assert journal_now(journal) - began >= 0.02
    task = asyncio.create_task(journal.expect_never("beat", for_=60.0))
    await asyncio.sleep(0)
    beat(journal)
    with pytest.raises(ExpectationError, match=r"expected none for 60 s, one came after 0\.\d\d\d s"):
        await task


def test_and_without_a_loop() -> None:
    journal = Journal(RealClock())
    began = journal_now(journal)
    journal.expect_never_sync("beat", for_=0.02)
    assert journal_now(journal) - began >= 0.02


def jumping() -> FakeAliyun:
    return FakeAliyun(clock=JumpingClock(1000.0, quiet=0.01))


def test_a_jumping_clock_jumps_there() -> None:
    with jumping() as fake:
        fake.journal.expect_never_sync("text_drive.request", for_=600.0)
        assert fake.clock.now() >= 1600


async def test_and_in_a_loop() -> None:
    async with jumping() as fake:
        await fake.journal.expect_never("text_drive.request", for_=600.0)
        assert fake.clock.now() >= 1600


async def test_a_clock_that_stands_still_is_told() -> None:
    journal = Journal(JumpingClock(1000.0))  # no fake takes part
    words = (
        "cannot tell that there was none for 5 s: the fake's clock has stood still for 0.02 real s, 0 s after the call"
    )
    with pytest.raises(EvidenceLostError, match=words):
        await journal.expect_never("beat", timeout=0.02)
    with pytest.raises(EvidenceLostError, match=words):
        await asyncio.to_thread(journal.expect_never_sync, "beat", timeout=0.02)


def test_a_clock_that_is_being_advanced_is_not_moved(clock: VirtualClock, journal: Journal) -> None:
    caught: list[Exception] = []

    def nested() -> None:
        with pytest.raises(ClockError) as failure:
            journal.expect_never_sync("beat")
        caught.append(failure.value)

    clock.call_later(1.0, nested)
    clock.advance(2.0)
    assert len(caught) == 1


# --- what a message says ---

SAID = b'{"code":0,"data":{"sessionId":"s-1","list":[{"name":"a","n":1}],"text":"{\\"deep\\":true}","token":"t"}}'


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0},
        {"data.sessionId": "s-1", "data.list[0].name": ...},
        {"data": {"sessionId": "s-1", "list": [{"n": 1}]}},
        {"data.text.deep": True, "data.missing": None},
        {"code": int, "data.list": list, "data.sessionId": str},
        {"data.token": ...},
        {"askType": aliyun.AskType.ASK},
    ],
)
def test_members_are_named_by_the_paths_of_the_wire(journal: Journal, body: dict[str, object]) -> None:
    journal.add("ws", "in", "x", raw=SAID, body={"askType": 1})
    assert journal.expect_sync("x", body=body, timeout=0).seq == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"code": False}, "  body code: expected false, found 0\n"),
        ({"code": True}, "  body code: expected true, found 0\n"),
        ({"code": bool}, "  body code: expected any bool, found 0\n"),
        ({"data.sessionID": "s-1"}, '  body data.sessionID: expected "s-1", found nothing; there is sessionId\n'),
        ({"data.list[1]": ...}, r"  body data\.list\[1\]: expected anything, found nothing; the list has 1 items\n"),
        ({"data.list": []}, r"expected \[\], found \[\{"),
        ({"data.sessionId": {"a": ...}}, r'expected \{"a":"anything"\}, found "s-1"'),
        ({"data.sessionId": None}, '  body data.sessionId: expected null, found "s-1"\n'),
        ({"data.token": "t"}, r'expected "\*\*\*", found "\*\*\*", as the journal masks it\n'),
        ({"code": 0, "data.sessionId": str.isdigit}, '  body data.sessionId: expected isdigit, found "s-1"\n'),
    ],
)
def test_the_member_that_is_another_is_named(journal: Journal, body: dict[str, object], words: str) -> None:
    journal.add("ws", "in", "x", raw=SAID)
    with pytest.raises(ExpectationError, match=words):
        journal.expect_sync("x", body=body, timeout=0)


def test_the_entry_that_met_most_is_the_nearest(journal: Journal) -> None:
    journal.add("ws", "in", "x", raw=b'{"a":1,"b":2}', session="s-2")
    journal.add("ws", "out", "x", raw=b'{"a":1,"b":3}', session="s-2")
    journal.add("ws", "in", "y", raw=b'{"a":1,"b":2}', session="s-1")
    journal.add("ws", "in", "x")
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sync("x", direction="in", session="s-1", body={"a": 1, "b": 2}, timeout=0)
    near = caught.value.near_miss
    assert near is not None
    assert (near.entry.seq, near.misses) == (1, (("session", "s-1", "s-2"),))
    with pytest.raises(ExpectationError, match="  body a: expected 5, found no body\n"):
        journal.expect_sync("x", body={"a": 5}, since=3, timeout=0)
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sync(session="s-9", transport="ws", timeout=0)
    assert caught.value.near_miss is not None
    assert caught.value.near_miss.entry.seq == 4
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sync(session="s-9", timeout=0)
    assert caught.value.near_miss is None


def test_a_body_that_could_not_be_read_as_its_type_is_near() -> None:
    fake = FakeAliyun()
    fake.journal.add("ws", "in", "text_drive.request", raw=b"{")
    with pytest.raises(ExpectationError, match="body: expected a TextDriveRequest, found one that could not be read"):
        fake.journal.expect_sync(aliyun.TextDriveRequest, timeout=0)


@pytest.mark.parametrize(
    ("message", "body", "kind", "words"),
    [
        ("text_drive.request", {"txt": 1}, ValueError, "body: text_drive.request has no member txt"),
        (aliyun.TextDriveRequest, {"text.a": 1}, ValueError, "body: TextDriveRequest has no member text.a"),
        ("text_drive.request", {"a..b": 1}, ValueError, "body: 'a..b': expected a wire path such as"),
        ("text_drive.request", {5: 1}, ValueError, "body: 5: expected a wire path"),
        ("text_drive.request", {}, TypeError, "body is a mapping such as .*, not an empty one"),
        ("text_drive.request", "text", TypeError, "body is a mapping such as .*, not str"),
        (
            "text_drive.request",
            {"text": list[str]},
            TypeError,
            r"text: a type is a class such as list, not list\[str\]",
        ),
        ("text_drive.request", {"text": [{"a": str | None}]}, TypeError, r"body text: a type is .*, not str \| None"),
        ("text_drive.request", None, None, ""),
    ],
)
def test_a_member_that_there_is_not_is_an_error(message: Any, body: Any, kind: Any, words: str) -> None:
    if kind is None:
        FakeAliyun().journal.expect_none(message, body=body)
        return
    with pytest.raises(kind, match=words):
        FakeAliyun().journal.expect_none(message, body=body)


def test_what_an_envelope_holds_may_be_named_with_it_and_without() -> None:
    journal = FakeGuiji().journal
    for path in ("data.sessionId", "sessionId", "code"):
        journal.expect_none("createLiveSession.response", body={path: ...})


@pytest.mark.parametrize(
    ("fake", "message", "path"),
    [
        (FakeGuiji, "createLiveSession.response", "data.sesionId"),
        (FakeGuiji, "createLiveSession.response", "sesionId"),
        (FakeGuiji, "createLive.response", "data.liveId"),  # its data is a number
        (FakeGuiji, "queryLivePage.response", "data.records[0].liveNam"),
        (FakeGuiji, "listPlatformRobots.request", "page"),  # it has no parameters
        (FakeSenseTime, "createLive.response", "data.sesionId"),
        (FakeSenseTime, "startLive.response", "data.isSuccess"),  # its data is a flag
        (FakeSenseTime, "nlpReply.response", "data.answer"),  # it has no envelope
        (FakeAliyun, "StartAvatarSession.response", "data.sessionId"),
        (FakeAliyun, "heartbeat.pong", "time"),
        (FakeGuiji, None, "data.sesionId"),
        (FakeSenseTime, None, "data.sesionId"),
        (FakeAliyun, None, "sesionId"),
    ],
)
def test_what_an_envelope_holds_is_held_against_its_own_type(fake: Any, message: str | None, path: str) -> None:
    journal = fake().journal
    with pytest.raises(ValueError, match=rf"body: {message or 'any message'} has no member {re.escape(path)}"):
        journal.expect_none(message, body={path: ...})


@pytest.mark.parametrize(
    ("fake", "message", "path"),
    [
        (FakeGuiji, "queryLivePage.response", "data.records[0].liveName"),
        (FakeGuiji, "createLive.response", "data"),
        (FakeGuiji, "createLive.response", "msg"),
        (FakeSenseTime, "createLive.response", "data.sessionId"),
        (FakeSenseTime, "nlpReply.response", "data"),  # of a failure, which has an envelope
        (FakeGuiji, None, "data.sessionId"),
    ],
)
def test_what_its_type_has_may_be_asked_for(fake: Any, message: str | None, path: str) -> None:
    fake().journal.expect_none(message, body={path: ...})
