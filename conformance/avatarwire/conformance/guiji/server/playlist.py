"""Cases about the playlist (4.2.7), and about how it is played in time (4.2.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ...engine.bench import expect
from ...engine.case import Case, Differs
from ..bench import GuijiBench
from ..heard import Heard, part
from ..talk import Talk
from .needs import CLOCK, CONTROL, INVALID
from .telling import played_list

__all__ = ["CASES"]

_LONGEST: Final = 120
"""Seconds within which a short sound has to come to its end."""


async def some(bench: GuijiBench, count: int) -> list[int]:
    """Materials of the room of sessions."""
    return [await bench.material() for _ in range(count)]


async def read(bench: GuijiBench) -> None:
    ids = await some(bench, 3)
    talk = await bench.created(ids)
    expect(await talk.manage("getPlayList") == ids, f"the playlist {ids}", "another")
    expect(await talk.manage("getPlayList") == ids, "the same when it is read again", "another")


async def appended(bench: GuijiBench) -> None:
    first, second, third, fourth = await some(bench, 4)
    talk = await bench.created([first])
    before = await talk.manage("getPlayList")
    after = await talk.manage("addPlayList", pcmIds=[second, third])
    expect(after == [*before, second, third], f"{second} and {third} at the end of {before}", after)
    again = await talk.manage("addPlayList", pcmIds=[fourth])
    expect(again == [*after, fourth], f"{fourth} at the end of {after}", again)
    expect(await talk.manage("getPlayList") == again, f"the same when it is read: {again}", "another")


async def inserted(bench: GuijiBench) -> None:
    first, second, new, newer = await some(bench, 4)
    talk = await bench.created([first, second])
    after = await talk.manage("insertPlayList", index=1, pcmIds=[new, newer])
    expect(after == [first, new, newer, second], "both before index 1", after)
    again = await talk.manage("insertPlayList", index=3, pcmIds=[new], oldPcmId=second)
    expect(again == [first, new, newer, new, second], "one more before index 3", again)


async def inserted_somewhere(bench: GuijiBench) -> None:
    first, second, new = await some(bench, 3)
    talk = await bench.created([first, second])
    after = await talk.manage("insertPlayList", index=1, pcmIds=[new])
    expect(sorted(after) == sorted([first, second, new]), "one more item", after)


async def deleted(bench: GuijiBench) -> None:
    ids = await some(bench, 4)
    talk = await bench.created(ids)
    after = await talk.manage("delPlayListIndex", index=2)
    expect(after == [ids[0], ids[1], ids[3]], "without index 2", after)
    again = await talk.manage("delPlayListIndex", index=2, oldPcmId=ids[3])
    expect(again == ids[:2], "without index 2", again)


async def deleted_one(bench: GuijiBench) -> None:
    ids = await some(bench, 3)
    talk = await bench.created(ids)
    after = await talk.manage("delPlayListIndex", index=1)
    expect(len(after) == 2 and set(after) < set(ids), "one item less", after)


async def cut_in(bench: GuijiBench) -> None:
    first, new = await some(bench, 2)
    talk = await bench.created([first])
    await talk.manage("insertPlayListAtSilent", pcmIds=[new])
    await talk.still_works()


async def out_of_range(bench: GuijiBench) -> None:
    ids = await some(bench, 2)
    talk = await bench.created(ids)
    for arguments in ({"index": 99}, {"index": -1}):
        await talk.manage_refused("delPlayListIndex", **arguments)
        await talk.manage_refused("insertPlayList", pcmIds=ids[:1], **arguments)
    expect(await talk.manage("getPlayList") == ids, f"the playlist as it was: {ids}", "another")


async def another_stands_there(bench: GuijiBench) -> None:
    ids = await some(bench, 3)
    talk = await bench.created(ids)
    await talk.manage_refused("delPlayListIndex", index=1, oldPcmId=ids[2])
    await talk.manage_refused("insertPlayList", index=1, oldPcmId=ids[0], pcmIds=[ids[0]])
    expect(await talk.manage("getPlayList") == ids, f"the playlist as it was: {ids}", "another")


async def unknown_material(bench: GuijiBench) -> None:
    ids = await some(bench, 2)
    talk = await bench.created(ids)
    elsewhere = await bench.material(await bench.room())
    for wrong in ([999_999_999], [ids[0], 999_999_999], [elsewhere]):
        await talk.manage_refused("addPlayList", pcmIds=wrong)
        await talk.manage_refused("insertPlayList", index=1, pcmIds=wrong)
        await talk.manage_refused("insertPlayListAtSilent", pcmIds=wrong)
    expect(await talk.manage("getPlayList") == ids, f"the playlist as it was: {ids}", "another")


async def missing_ids(bench: GuijiBench) -> None:
    ids = await some(bench, 2)
    talk = await bench.created(ids)
    await talk.manage_refused("addPlayList")
    await talk.manage_refused("insertPlayList", index=0)
    await talk.manage_refused("insertPlayListAtSilent")
    expect(await talk.manage("getPlayList") == ids, f"the playlist as it was: {ids}", "another")


async def missing_index(bench: GuijiBench) -> None:
    ids = await some(bench, 2)
    talk = await bench.created(ids)
    await talk.manage_refused("insertPlayList", pcmIds=ids)
    await talk.manage_refused("delPlayListIndex")
    expect(await talk.manage("getPlayList") == ids, f"the playlist as it was: {ids}", "another")


async def unknown_action(bench: GuijiBench) -> None:
    talk = await bench.created()
    for action in ("clearPlayList", "", "addplaylist", None):
        await talk.manage_refused(action, pcmIds=[1], index=0)  # type: ignore[arg-type]
    await talk.still_works()


async def reason_given(bench: GuijiBench) -> None:
    talk = await bench.created()
    answer = await talk.manage_refused("delPlayListIndex", index=99)
    result = part(answer, "result")
    expect(result.get("ok") is False and bool(result.get("message")), "ok false and a message", answer)


async def nothing_to_say(bench: GuijiBench) -> None:
    talk = await bench.created()
    result = await talk.result("pushPlayListManager", {"action": "getPlayList"})
    expect(not result.get("message"), "no message", result)


async def each_alone(bench: GuijiBench) -> None:
    first, second, new = await some(bench, 3)
    one, two = await bench.created([first]), await bench.created([second])
    await one.manage("addPlayList", pcmIds=[new])
    expect(await two.manage("getPlayList") == [second], f"the other's playlist {[second]}", "another")


# --- in the course of time ---


async def pass_until(talk: Talk, expected: str, is_it: Callable[[Heard], bool]) -> Heard:
    """Lets time pass until something is told; heartbeats are answered meanwhile."""
    step = max(1, min(5, int(part(talk.session.fields, "expirationTime")) // 6))
    for _ in range(_LONGEST // step):
        await talk.catch_up()
        found = talk.take(is_it)
        if found is not None:
            return found
        await talk.bench.control.advance(step)
    raise Differs(expected, f"nothing in {_LONGEST} s")


def _played(status: str, pcm_id: int) -> Callable[[Heard], bool]:
    return lambda heard: heard.is_state(status=status) and heard.params.get("nowPcmId") == pcm_id


async def one_after_another(bench: GuijiBench) -> None:
    first, second = await some(bench, 2)
    talk = await bench.created([first, second])
    both = [(status, pcm_id) for pcm_id in (first, second) for status in ("begin", "end")]
    seen = [await pass_until(talk, f"the {status} of {pcm_id}", _played(status, pcm_id)) for status, pcm_id in both]
    at = [heard.at for heard in seen]
    expect(at == sorted(at), "begin and end of the first, begin and end of the second", [str(each) for each in seen])
    expect(first not in played_list(seen[2]), f"a playlist without {first}", seen[2])


async def ends_later(bench: GuijiBench) -> None:
    first, second = await some(bench, 2)
    talk = await bench.created([first, second])
    await talk.played("begin", first)
    await talk.none_of("end at once", lambda heard: heard.is_state(status="end"))


async def appended_is_played(bench: GuijiBench) -> None:
    first, second = await some(bench, 2)
    talk = await bench.created([first])
    await talk.manage("addPlayList", pcmIds=[second])
    await pass_until(talk, f"the begin of {second}", _played("begin", second))


async def deleted_is_not_played(bench: GuijiBench) -> None:
    first, second, third = await some(bench, 3)
    talk = await bench.created([first, second, third])
    await talk.manage("delPlayListIndex", index=1)
    await pass_until(talk, f"the begin of {third}", _played("begin", third))
    expect(not any(_played("begin", second)(heard) for heard in talk.heard), f"no begin of {second}", "one")


async def cut_in_is_played(bench: GuijiBench) -> None:
    first, new = await some(bench, 2)
    talk = await bench.created([first])
    await talk.played("begin", first)
    await talk.manage("insertPlayListAtSilent", pcmIds=[new])
    begin = await pass_until(talk, f"the begin of {new}", _played("begin", new))
    end = await pass_until(talk, f"the end of {new}", _played("end", new))
    last = await pass_until(talk, f"the end of {first}", _played("end", first))
    expect(begin.at < end.at < last.at, "the cut-in inside of what was playing", (begin.at, end.at, last.at))


async def cut_in_kind(bench: GuijiBench) -> None:
    first, new = await some(bench, 2)
    talk = await bench.created([first])
    await talk.played("begin", first)
    await talk.manage("insertPlayListAtSilent", pcmIds=[new])
    begin = await pass_until(talk, f"the begin of {new}", _played("begin", new))
    expect(begin.params.get("type") == "insertlis", "type insertlis", begin)


async def played_by_vendor(bench: GuijiBench) -> None:
    first, second = await some(bench, 2)
    talk = await bench.created([first])
    await bench.control.command("play", session_id=talk.session.id, material_ids=[second])
    expect(await talk.manage("getPlayList") == [first, second], "both", "another playlist")


_P: Final = "guiji.mqtt.playlist"

CASES: Final = (
    Case(f"{_P}.read", "getPlayList gives the playlist.", ("GJ-R114", "GJ-R112"), read),
    Case(f"{_P}.appended", "addPlayList appends at the end.", ("GJ-R114", "GJ-R111"), appended),
    Case(f"{_P}.inserted", "insertPlayList inserts before index, from 0.", ("GJ-E80",), inserted, "ambiguous"),
    Case(f"{_P}.inserted_one", "insertPlayList inserts what it is given.", ("GJ-R114", "GJ-R110"), inserted_somewhere),
    Case(f"{_P}.deleted", "delPlayListIndex deletes at index, from 0.", ("GJ-E80",), deleted, "ambiguous"),
    Case(f"{_P}.deleted_one", "delPlayListIndex deletes one item.", ("GJ-R114", "GJ-R110"), deleted_one),
    Case(f"{_P}.cut_in", "insertPlayListAtSilent is accepted.", ("GJ-R114", "GJ-R111"), cut_in),
    Case(
        f"{_P}.out_of_range",
        "An index out of range changes nothing.",
        ("GJ-E80",),
        out_of_range,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_P}.old_pcm_id",
        "oldPcmId has to stand at index.",
        ("GJ-R113", "GJ-E80"),
        another_stands_there,
        needs=INVALID,
    ),
    Case(
        f"{_P}.unknown_material",
        "What is no material of the room changes nothing.",
        ("GJ-R052",),
        unknown_material,
        needs=INVALID,
    ),
    Case(
        f"{_P}.missing_ids", "An action that needs pcmIds is refused without.", ("GJ-R111",), missing_ids, needs=INVALID
    ),
    Case(
        f"{_P}.missing_index",
        "An action that needs index is refused without.",
        ("GJ-R110",),
        missing_index,
        needs=INVALID,
    ),
    Case(
        f"{_P}.unknown_action", "An action that there is not is refused.", ("GJ-R109",), unknown_action, needs=INVALID
    ),
    Case(
        f"{_P}.reason",
        "A failure is told by ok false and a message.",
        ("GJ-E81",),
        reason_given,
        "ambiguous",
        needs=INVALID,
    ),
    Case(f"{_P}.no_reason", "A success has no message.", ("GJ-E81",), nothing_to_say, "ambiguous"),
    Case(f"{_P}.each_alone", "A playlist belongs to one session.", ("GJ-R114",), each_alone),
    Case(f"{_P}.ends_later", "What has begun does not end at once.", ("GJ-R121",), ends_later),
    Case(
        f"{_P}.in_turn",
        "Items are played one after another, each begin and end told.",
        ("GJ-R121",),
        one_after_another,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.appended_played",
        "What was appended is played.",
        ("GJ-R114", "GJ-R121"),
        appended_is_played,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.deleted_not_played",
        "What was deleted is not played.",
        ("GJ-R114", "GJ-R121"),
        deleted_is_not_played,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.cut_in_played",
        "A cut-in is played inside of what was playing.",
        ("GJ-E80", "GJ-R121"),
        cut_in_is_played,
        "ambiguous",
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.cut_in_kind",
        "The type of a cut-in is insertlis.",
        ("GJ-E87",),
        cut_in_kind,
        "ambiguous",
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.by_vendor",
        "What somebody else appends is in the playlist.",
        ("GJ-R114",),
        played_by_vendor,
        needs=CONTROL,
        alone=True,
    ),
)
