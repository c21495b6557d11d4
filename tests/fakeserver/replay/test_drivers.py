"""What a driver of ours has done with a fake, done again with a replay of it: in turn, at once, and in other order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.codecs.aliyun import aio as aliyun
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.guiji import aio as guiji
from avatarwire.codecs.sensetime import aio as sensetime
from avatarwire.fakeserver.replay import Replayed
from avatarwire.fakeserver.server import FakeServer
from avatarwire.fakeserver.trace import Trace, TraceEntry, read, tracing
from avatarwire.fakeserver.trace.comparing import compared
from tests.codecs.aio.talks import on_jumping_time

CONNECT: Final[dict[str, Any]] = {"aliyun": aliyun.connect, "guiji": guiji.connect, "sensetime": sensetime.connect}
VENDORS: Final = tuple(CONNECT)
FIRST, SECOND = "Good evening, and welcome to all of you.", "Where is the library?"
LONG = "A very long story, of which nobody hears the end. " * 4

Talk = Callable[[str, Any], Coroutine[Any, Any, list[str]]]


async def later(seconds: float) -> None:
    """Waits, on the time of the loop, which jumps."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, future.set_result, None)
    await future


async def talk(vendor: str, place: Any) -> list[str]:
    """Two texts, one that is interrupted where that can be, and the end."""
    async with CONNECT[vendor](place) as session:
        texts = [(await session.say(FIRST)).text, (await session.say(SECOND)).text]
        if vendor == "guiji":  # whose document has no interruption
            return texts
        saying = asyncio.create_task(session.say(LONG))
        await later(0.5)
        await session.interrupt()
        texts.append(str((await saying).interrupted))
        return texts


async def other_order(vendor: str, place: Any) -> list[str]:
    """The second text first."""
    async with CONNECT[vendor](place) as session:
        return [(await session.say(SECOND)).text, (await session.say(FIRST)).text]


def recorded(path: Path, vendor: str) -> tuple[Trace, list[str]]:
    async def main(fake: FakeServer) -> list[str]:
        with tracing(path, fake):
            said = await talk(vendor, fake)
            await later(1.0)
        return said

    said = on_jumping_time(vendor, main, seed=1)
    return read(path), said


def replayed(path: Path, trace: Trace, vendor: str, *talks: Talk, at_once: bool = False) -> tuple[list[Any], Replayed]:
    """What talks with a replay give, and what the replay tells; a trace of it is at the path."""

    async def main(fake: FakeServer) -> tuple[list[Any], Replayed]:
        with tracing(path, fake):
            if at_once:
                said = list(await asyncio.gather(*(each(vendor, fake) for each in talks)))
            else:
                said = [await each(vendor, fake) for each in talks]
            await later(1.0)
        assert fake.replayed is not None
        return said, fake.replayed

    return on_jumping_time(vendor, main, seed=2, replay=trace)


def delays(trace: Trace) -> list[tuple[str, float]]:
    """How long after what it answers each answer went out."""
    times = {entry.seq: entry.time for entry in trace.entries}
    return [(it.message, round(it.time - times[it.reply_to], 1)) for it in went_out(trace) if it.reply_to]


def went_out(trace: Trace) -> list[TraceEntry]:
    return [entry for entry in trace.entries if entry.direction == "out"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_same_talk_gets_the_same_answers(tmp_path: Path, vendor: str) -> None:
    trace, before = recorded(tmp_path / "a", vendor)
    (after,), told = replayed(tmp_path / "b", trace, vendor, talk)
    again = read(tmp_path / "b")
    assert after == before
    assert compared(trace, again).lines == []
    assert delays(again) == delays(trace)
    assert (told.missed, told.unused) == ((), ())
    (run,) = told.runs
    assert run.session != run.recorded
    assert run.mapped[run.recorded] == run.session
    assert str(told).startswith(f"{len(told.exchanges)} of {len(told.exchanges)} recorded exchanges used, 1 sessions")


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("at_once", [False, True])
def test_each_client_has_a_run_of_its_own(tmp_path: Path, vendor: str, at_once: bool) -> None:
    trace, before = recorded(tmp_path / "a", vendor)
    said, told = replayed(tmp_path / "b", trace, vendor, talk, talk, talk, at_once=at_once)
    assert said == [before] * 3
    assert len({run.session for run in told.runs}) == 3
    assert told.missed == ()
    notes = [entry for entry in read(tmp_path / "b").entries if entry.message == "replay"]
    assert [entry.session for entry in notes] == [run.session for run in told.runs]
    assert notes[0].meta["recorded"] == told.runs[0].recorded


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_asked_in_another_order_is_found_by_what_it_says(tmp_path: Path, vendor: str) -> None:
    trace, before = recorded(tmp_path / "a", vendor)
    (said,), told = replayed(tmp_path / "b", trace, vendor, other_order)
    assert said == [before[1], before[0]]
    assert told.missed == ()


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_was_not_recorded_is_refused_with_words(tmp_path: Path, vendor: str) -> None:
    async def unknown(vendor: str, place: Any) -> list[str]:
        async with CONNECT[vendor](place) as session:
            with pytest.raises(AvatarwireError):
                await session.say("Nobody has asked that.")
        return []

    trace, _ = recorded(tmp_path / "a", vendor)
    _, told = replayed(tmp_path / "b", trace, vendor, unknown)
    (reason,) = told.missed
    assert "the nearest is #" in reason
    assert "Nobody has asked that." in reason
    entries = [entry for entry in read(tmp_path / "b").entries if "the nearest is #" in str(entry.body)]
    assert [(it.direction, it.message) for it in entries if it.transport == "note"] == [("note", "replay")]
    assert [it.direction for it in entries if it.transport != "note"] == ["out"]
