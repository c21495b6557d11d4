"""Cases about heartbeats, and about silence, which ends a session (3.18, 4.2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench
from ..heard import Heard, error_of, part, result_of
from ..talk import PREFIX, Talk
from .needs import CLOCK, INVALID

__all__ = ["CASES", "gone", "is_beat", "is_destroy", "life_of", "pass_time"]


def life_of(talk: Talk) -> int:
    """expirationTime of a session, seconds."""
    return int(part(talk.session.fields, "expirationTime"))


async def pass_time(talks: Sequence[Talk], seconds: float) -> None:
    """Lets time pass, slowly enough for each heartbeat to be heard, and answered where that is wanted."""
    step = max(0.5, life_of(talks[0]) / 6)
    while seconds > 0:
        now = min(step, seconds)
        await talks[0].bench.control.advance(now)
        for talk in talks:
            await talk.catch_up()
        seconds -= now


def is_beat(heard: Heard) -> bool:
    """Whether it is a heartbeat."""
    return heard.fields.get("method") == "HeartBeat"


def is_destroy(heard: Heard) -> bool:
    """Whether it tells the end of a session."""
    return heard.is_state(state="Destroy")


def told_end(talk: Talk) -> bool:
    """Whether the end of the session was told."""
    return any(map(is_destroy, talk.heard))


async def gone(talk: Talk) -> None:
    """The session has ended: what is asked of it has no result."""
    fields = talk.request("pushPlayListManager", {"action": "getPlayList"})
    await talk.send(fields)
    await talk.catch_up()
    for heard in talk.heard:
        if heard.fields.get("id") == fields["id"] and "method" not in heard.fields:
            error_of(heard.fields)


# --- heartbeats ---


async def beats(bench: GuijiBench) -> None:
    talk = await bench.created()
    await pass_time([talk], life_of(talk) - 1)
    expect(any(map(is_beat, talk.heard)), "a HeartBeat within expirationTime", [str(each) for each in talk.heard])


async def beat_of(bench: GuijiBench) -> tuple[Talk, Heard]:
    """A session and its first heartbeat, which is not answered yet."""
    talk = await bench.created()
    talk.answers_beats = False
    for _ in range(6):
        found = talk.take(is_beat)
        if found is not None:
            return talk, found
        await pass_time([talk], life_of(talk) / 6.5)
    return talk, await talk.heartbeat()


async def beat_form(bench: GuijiBench) -> None:
    talk, beat = await beat_of(bench)
    expect(type(beat.fields.get("id")) is int, "an id, an integer", beat)
    expect(str(beat.params.get("sessionId")).removeprefix(PREFIX) == talk.session.id, talk.session.id, beat)


async def beat_prefix(bench: GuijiBench) -> None:
    talk, beat = await beat_of(bench)
    expect(beat.params.get("sessionId") == PREFIX + talk.session.id, f"{PREFIX}{talk.session.id}", beat)
    expect(beat.params.get("state") == "Running", "state Running", beat)


async def beat_ids(bench: GuijiBench) -> None:
    talk = await bench.created()
    await pass_time([talk], 2 * life_of(talk))
    ids = [heard.fields.get("id") for heard in talk.heard if is_beat(heard)]
    expect(len(ids) >= 2 and len(set(ids)) == len(ids), "another id for each heartbeat", ids)


async def kept_alive(bench: GuijiBench) -> None:
    talk = await bench.created()
    await pass_time([talk], 4 * life_of(talk))
    expect(not told_end(talk), "a session that lives", talk.heard[-1])
    await talk.still_works()


async def wrong_answers(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    for _ in range(12):
        await pass_time([talk], life_of(talk) / 8)
        while (beat := talk.take(is_beat)) is not None:
            await talk.beat(beat, id=987_654)
    expect(
        told_end(talk), "SessionState Destroy, as no heartbeat was answered", [str(each) for each in talk.heard[-3:]]
    )


async def not_answered(bench: GuijiBench) -> None:
    talk, beat = await beat_of(bench)
    await talk.beat(beat)
    await talk.none_of(
        "answer to an answer", lambda each: each.fields.get("id") == beat.fields["id"] and "method" not in each.fields
    )


# --- silence ---


async def silent(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    await pass_time([talk], life_of(talk) + 1)
    heard = await talk.state("Destroy")
    expect(heard.params.get("sessionId") == talk.session.id, f"params.sessionId {talk.session.id}", heard)


async def silent_at_once(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    await bench.control.advance(life_of(talk) + 1)
    await talk.state("Destroy")


async def cause_given(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    await pass_time([talk], life_of(talk) + 1)
    heard = await talk.state("Destroy")
    expect(isinstance(heard.params.get("cause"), str), "a cause, a text", heard)


async def refused_then(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    await pass_time([talk], life_of(talk) + 1)
    await talk.state("Destroy")
    await gone(talk)


async def told_once(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    await pass_time([talk], 3 * life_of(talk))
    ends = [heard for heard in talk.heard if is_destroy(heard)]
    expect(len(ends) == 1, "one SessionState Destroy", len(ends))
    later = [heard for heard in talk.heard[ends[0].at + 1 :] if "method" in heard.fields]
    expect(later == [], "nothing after it", [str(each) for each in later])


async def not_before(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    await pass_time([talk], life_of(talk) - 1)
    expect(not told_end(talk), "a session that lives", talk.heard[-1])
    await talk.still_works()


async def requests_count(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    for _ in range(6):
        await pass_time([talk], life_of(talk) / 2)
        await talk.still_works()
    expect(not told_end(talk), "a session that lives", talk.heard[-1])


async def refused_does_not_count(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    for _ in range(4):
        await pass_time([talk], life_of(talk) / 3)
        await talk.send(talk.request("NoSuchMethod", {}))
        await talk.send_bytes(b"no json")
    await talk.catch_up()
    expect(told_end(talk), "SessionState Destroy, as nothing valid was said", [str(each) for each in talk.heard[-3:]])


async def never_created(bench: GuijiBench) -> None:
    talk = await bench.joined()
    pcm_id = await bench.material()
    await bench.control.advance(life_of(talk) + 1)
    fields = await talk.creation([pcm_id])
    await talk.send(fields)
    await talk.catch_up()
    for heard in talk.heard:
        if heard.fields.get("id") == fields["id"] and "method" not in heard.fields:
            error_of(heard.fields)


async def another_afterwards(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.answers_beats = False
    await pass_time([talk], life_of(talk) + 1)
    await talk.state("Destroy")
    again = await bench.created()
    expect(again.session.id != talk.session.id, "another session", again.session.id)
    await again.still_works()


async def one_of_two(bench: GuijiBench) -> None:
    silent_one, lively = await bench.created(), await bench.created()
    silent_one.answers_beats = False
    await pass_time([silent_one, lively], life_of(lively) + 1)
    await silent_one.state("Destroy")
    expect(not told_end(lively), "the other session lives", "its end was told")
    await lively.still_works()


async def comes_back(bench: GuijiBench) -> None:
    talk = await bench.created()
    talk.link.drop()
    again = await bench.joined(talk.session)
    fields = again.request("pushPlayListManager", {"action": "getPlayList"}, id=5000)
    await again.send(fields)
    result_of((await again.answer(5000)).fields)


async def withheld(bench: GuijiBench) -> None:
    talk = await bench.created()
    await bench.control.command("withhold_heartbeats", session_id=talk.session.id)
    await pass_time([talk], life_of(talk) + 1)
    expect(told_end(talk), "SessionState Destroy after silence", [str(each) for each in talk.heard[-3:]])


_P: Final = "guiji.mqtt.heartbeats"
_S: Final = "guiji.mqtt.silence"

CASES: Final = (
    Case(
        f"{_P}.sent",
        "A heartbeat comes within expirationTime.",
        ("GJ-E85", "GJ-R115"),
        beats,
        "ambiguous",
        needs=CLOCK,
        alone=True,
    ),
    Case(f"{_P}.form", "A heartbeat has an id and the session id.", ("GJ-R115",), beat_form, needs=CLOCK, alone=True),
    Case(
        f"{_P}.prefix",
        "The session id in a heartbeat begins with :---:.",
        ("GJ-E84",),
        beat_prefix,
        "ambiguous",
        needs=CLOCK,
        alone=True,
    ),
    Case(f"{_P}.ids", "Each heartbeat has another id.", ("GJ-R116", "GJ-E59"), beat_ids, needs=CLOCK, alone=True),
    Case(
        f"{_P}.keep_alive",
        "Answers to heartbeats keep a session alive.",
        ("GJ-R115", "GJ-R068"),
        kept_alive,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.wrong_answers",
        "An answer with another id is none.",
        ("GJ-R116",),
        wrong_answers,
        needs=CLOCK | INVALID,
        alone=True,
    ),
    Case(
        f"{_P}.not_answered",
        "The answer to a heartbeat is not answered.",
        ("GJ-R078",),
        not_answered,
        "should",
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_S}.destroyed",
        "A session of which nothing is heard for expirationTime is destroyed.",
        ("GJ-R066", "GJ-R067"),
        silent,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_S}.at_once",
        "It is destroyed also where time passes at once.",
        ("GJ-R066",),
        silent_at_once,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_S}.cause", "Its end is told with a cause.", ("GJ-E90",), cause_given, "ambiguous", needs=CLOCK, alone=True
    ),
    Case(
        f"{_S}.refused",
        "Later requests of it are refused.",
        ("GJ-R067", "GJ-R118"),
        refused_then,
        "should",
        needs=CLOCK,
        alone=True,
    ),
    Case(f"{_S}.once", "Its end is told once, and nothing after it.", ("GJ-R118",), told_once, needs=CLOCK, alone=True),
    Case(f"{_S}.not_before", "It is not destroyed before.", ("GJ-R066",), not_before, needs=CLOCK, alone=True),
    Case(
        f"{_S}.requests", "Requests are interaction.", ("GJ-R068",), requests_count, "should", needs=CLOCK, alone=True
    ),
    Case(
        f"{_S}.refused_requests",
        "What is refused is no interaction.",
        ("GJ-E54",),
        refused_does_not_count,
        "ambiguous",
        needs=CLOCK | INVALID,
        alone=True,
    ),
    Case(
        f"{_S}.never_created",
        "A session that was only opened ends, too.",
        ("GJ-R066", "GJ-E54"),
        never_created,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_S}.another",
        "After the end a new session can be created.",
        ("GJ-R118",),
        another_afterwards,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_S}.one_of_two",
        "Silence about one session ends no other.",
        ("GJ-R066",),
        one_of_two,
        needs=CLOCK,
        alone=True,
    ),
    Case(f"{_S}.comes_back", "A lost connection ends no session.", ("GJ-R066",), comes_back),
    Case(
        f"{_S}.withheld",
        "Without heartbeats silence ends a session, too.",
        ("GJ-R066",),
        withheld,
        needs=CLOCK,
        alone=True,
    ),
)
