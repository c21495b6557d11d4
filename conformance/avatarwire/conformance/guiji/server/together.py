"""Cases about several sessions at once, whole broadcasts, and every message of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import CodecError

from ...engine.bench import expect
from ...engine.case import Case, Differs
from ...engine.declared import declared
from ..bench import GuijiBench, accepted, object_of
from ..heard import Heard, result_of
from ..talk import Talk
from .elements import done, execute, modify
from .life import is_beat, life_of, pass_time
from .needs import CLOCK, CONTROL, INVALID
from .samples import IMAGE, PUSHURLS, ROBOT

__all__ = ["CASES"]

VENDOR: Final = "guiji"
_GET: Final = {"action": "getPlayList"}


async def at_once(bench: GuijiBench) -> None:
    await bench.account()
    await bench.scene()
    talks = await asyncio.gather(*(bench.created() for _ in range(5)))
    expect(len({talk.session.id for talk in talks}) == 5, "five sessions", [talk.session.id for talk in talks])
    await asyncio.gather(*(talk.state("StreamPlay") for talk in talks))
    await asyncio.gather(*(talk.still_works() for talk in talks))
    for talk in talks:
        for heard in talk.heard:
            expect(talk.session.id in heard.payload.decode(), f"messages about {talk.session.id} alone", heard)


async def interleaved(bench: GuijiBench) -> None:
    first, second = await bench.created(), await bench.created()
    pcm_id = await bench.material()
    before = [await talk.manage("getPlayList") for talk in (first, second)]
    asked: list[tuple[Talk, dict[str, Any]]] = []
    for _ in range(4):
        for talk in (first, second):
            fields = talk.request("pushPlayListManager", {"action": "addPlayList", "pcmIds": [pcm_id]})
            asked.append((talk, fields))
            await talk.send(fields, qos=0)
    for talk, fields in asked:
        answer = (await talk.answer(fields["id"])).fields
        expect(result_of(answer).get("sessionId") == talk.session.id, f"session {talk.session.id}", answer)
    for talk, ids in zip((first, second), before, strict=True):
        after = await talk.manage("getPlayList")
        expect(after == [*ids, *[pcm_id] * 4], f"four more behind {ids}", after)


async def one_connection(bench: GuijiBench) -> None:
    talk = await bench.created()
    other = await bench.opened()
    granted = await talk.link.subscribe(other.topic_sub, 1)
    expect(granted <= 1, "a second subscription", f"{granted}")
    mine = talk.session
    talk.session = other
    try:
        await talk.create([await bench.any_material()])
        await talk.still_works()
        await talk.result("DestroySession", {"cause": "Client destroy"})
    finally:
        talk.session = mine
    await talk.still_works()


async def same_room(bench: GuijiBench) -> None:
    first, second = await bench.created(), await bench.created()
    expect(first.session.live_id == second.session.live_id, "one room", "two")
    await first.destroy()
    await second.still_works()


async def many_calls(bench: GuijiBench) -> None:
    names = [f"{bench.made_up('room ')} {number}" for number in range(10)]
    await bench.account()
    rooms = await asyncio.gather(*(bench.room(liveName=name) for name in names))
    expect(len(set(rooms)) == len(rooms), "another id for each room", rooms)
    found = await asyncio.gather(*(bench.data("queryLive", {"id": room}) for room in rooms))
    seen = [object_of(room).get("liveName") for room in found]
    expect(seen == names, f"each room with its name: {names}", seen)


async def whole_broadcast(bench: GuijiBench) -> None:
    code, sequence = await bench.scene()
    scene = {**ROBOT["sceneList"][0], "sceneCode": code, "videoCoverUrl": (sequence or [""])[0]}
    room = await bench.room(liveName="a broadcast", robotList=[{**ROBOT, "sceneList": [scene]}])
    first = await bench.material(room, **await bench.text_material(room))
    second = await bench.material(room)
    session = await bench.opened(room, name="a broadcast")
    talk = await bench.joined(session)
    await talk.create([first])
    await talk.state("StreamPlay")
    await talk.state("Show")
    await talk.played("begin", first)
    given = {"liveId": room, "sessionId": session.id, "duration": 600}
    accepted(await bench.call("getPullPath", given))
    expect(await talk.manage("addPlayList", pcmIds=[second]) == [first, second], "both materials", "others")
    done(await modify(talk, add=[IMAGE]))
    done(await execute(talk, "rtmp", "setpushstreams", {"pushurls": PUSHURLS}))
    done(await execute(talk, "rtmp", "closepushstreams", {"pushurls": PUSHURLS}))
    await talk.destroy()


async def after_bad_calls(bench: GuijiBench) -> None:
    for body in (b"{", b"[]", b'{"liveName":1}'):
        await bench.call("createLive", body=body)
    room = await bench.room(liveName="after all")
    expect(object_of(await bench.data("queryLive", {"id": room})).get("liveName") == "after all", "the room", room)


# --- as declared ---


def _declared(message: str, heard: Heard) -> None:
    try:
        catalogue.vendor(VENDOR).decode(message, heard.payload, strict=True)
    except CodecError as error:
        raise Differs(f"{message} as the document shows it", f"{error}: {heard}") from None


def _told(message: str, is_it: Callable[[Heard], bool]) -> Callable[[GuijiBench], Awaitable[None]]:
    async def run(bench: GuijiBench) -> None:
        talk = await bench.created()
        _declared(message, await talk.until(message, is_it))

    return run


async def beat_declared(bench: GuijiBench) -> None:
    talk = await bench.created()
    await pass_time([talk], life_of(talk) - 1)
    for heard in talk.heard:
        if is_beat(heard):
            _declared("HeartBeat", heard)


async def end_declared(bench: GuijiBench) -> None:
    talk = await bench.created()
    await bench.control.command("destroy", session_id=talk.session.id)
    _declared("SessionState.Destroy", await talk.state("Destroy"))


async def error_declared(bench: GuijiBench) -> None:
    talk = await bench.created()
    fields = talk.request("NoSuchMethod", {})
    await talk.send(fields)
    _declared("error", await talk.answer(fields["id"]))


_P: Final = "guiji.any.sessions"

CASES: Final = (
    Case(f"{_P}.at_once", "Five sessions at once hear of themselves alone.", ("GJ-R065",), at_once),
    Case(
        f"{_P}.interleaved",
        "Requests of two sessions in turns are answered to each its own.",
        ("GJ-R080",),
        interleaved,
    ),
    Case(f"{_P}.one_connection", "One connection may serve two sessions.", ("GJ-E05",), one_connection, "ambiguous"),
    Case(f"{_P}.same_room", "One room may have two sessions.", ("GJ-R065",), same_room),
    Case("guiji.any.calls.at_once", "Ten calls at once are each answered.", ("GJ-R025", "GJ-R035"), many_calls),
    Case(
        "guiji.any.calls.after_bad",
        "After calls that are no good, a good one is answered.",
        ("GJ-R017",),
        after_bad_calls,
        needs=INVALID,
    ),
    Case(
        "guiji.any.flow.broadcast",
        "A whole broadcast goes as documented.",
        ("GJ-R083", "GJ-R119", "GJ-R104"),
        whole_broadcast,
    ),
    Case(
        "guiji.mqtt.told.StreamPlay.as_declared",
        "StreamPlay is as documented.",
        ("GJ-R119",),
        _told("SessionState.StreamPlay", lambda heard: heard.is_state(state="StreamPlay")),
    ),
    Case(
        "guiji.mqtt.told.Show.as_declared",
        "Show is as documented.",
        ("GJ-R120",),
        _told("SessionState.Show", lambda heard: heard.is_state(state="Show")),
    ),
    Case(
        "guiji.mqtt.told.playlist.as_declared",
        "What is told of the playlist is as documented.",
        ("GJ-R121",),
        _told("SessionState.playlist", lambda heard: heard.is_state(status="begin")),
    ),
    Case(
        "guiji.mqtt.told.HeartBeat.as_declared",
        "A heartbeat is as documented.",
        ("GJ-R115",),
        beat_declared,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        "guiji.mqtt.told.Destroy.as_declared",
        "Destroy is as documented.",
        ("GJ-R118",),
        end_declared,
        needs=CONTROL,
        alone=True,
    ),
    Case(
        "guiji.mqtt.told.error.as_declared", "An error is as documented.", ("GJ-R080",), error_declared, needs=INVALID
    ),
    Case(
        "guiji.any.messages.declared",
        "No message of the run breaks its declaration.",
        ("GJ-R016",),
        declared,
        alone=True,
    ),
)
