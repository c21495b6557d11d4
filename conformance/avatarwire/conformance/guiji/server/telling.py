"""Cases about what the server tells of a session that has begun (4.2.8): stream, elements, playlist."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Final, cast

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench, object_of
from ..heard import Heard, part
from ..talk import RTMP
from .creating import BACKGROUND, PLAYER
from .needs import INVALID
from .samples import IMAGE

__all__ = ["CASES", "played_list"]


async def stream(bench: GuijiBench) -> None:
    talk = await bench.created()
    heard = await talk.state("StreamPlay")
    expect(heard.params.get("sessionId") == talk.session.id, f"params.sessionId {talk.session.id}", heard)
    found = object_of(part(heard.params, "playaddr"))
    urls = [url for name in found for key, url in object_of(found[name]).items() if key in ("lan", "wan") and url]
    expect(bool(urls) and all("://" in str(url) for url in urls), "URLs as lan and wan", heard)


async def stream_flv(bench: GuijiBench) -> None:
    talk = await bench.created()
    heard = await talk.state("StreamPlay")
    expect("http-flv" in object_of(part(heard.params, "playaddr")), "http-flv", heard)


async def stream_is_sessions(bench: GuijiBench) -> None:
    first, second = await bench.created(), await bench.created()
    one, two = await first.state("StreamPlay"), await second.state("StreamPlay")
    expect(one.params.get("playaddr") != two.params.get("playaddr"), "other addresses of another session", str(two))


async def shown(bench: GuijiBench) -> None:
    talk = await bench.created()
    code, _ = await bench.scene()
    heard = await talk.until("Show of the digital human", lambda each: _is_show(each, "dthuman"))
    params = heard.params
    expect(params.get("sessionId") == talk.session.id, f"params.sessionId {talk.session.id}", heard)
    expect(params.get("type") == "dthuman" and params.get("udCode") == code, f"type dthuman, udCode {code}", heard)
    expect(isinstance(params.get("id"), str), "params.id, a text", heard)


async def all_shown(bench: GuijiBench) -> None:
    talk = await bench.joined()
    elements = [RTMP, await talk.human(), IMAGE, PLAYER, BACKGROUND]
    await talk.create([await bench.any_material()], resList=elements)
    for name, kind in (("dthuman", "dthuman"), ("image", "image"), ("video", "player"), ("background", "image")):
        heard = await talk.until(f"Show of {name}", partial(_is_show, name=name))
        expect(heard.params.get("type") == kind, f"type {kind}", heard)


def _is_show(heard: Heard, name: str) -> bool:
    return heard.is_state(state="Show") and heard.params.get("name") == name


async def begins(bench: GuijiBench) -> None:
    first, second, third = [await bench.material() for _ in range(3)]
    talk = await bench.created([first, second, third])
    heard = await talk.played("begin")
    expect(heard.params.get("nowPcmId") == first, f"nowPcmId {first}", heard)
    expect(heard.params.get("sessionId") == talk.session.id, f"params.sessionId {talk.session.id}", heard)
    expect("state" not in heard.params, "status, and no state", heard)
    ids = played_list(heard)
    expect(ids in ([second, third], [first, second, third]), f"what is still to be played: {[second, third]}", heard)


async def list_is_text(bench: GuijiBench) -> None:
    talk = await bench.created()
    heard = await talk.played("begin")
    expect(isinstance(heard.params.get("playList"), str), "playList, a text", heard)


async def kind_of_list(bench: GuijiBench) -> None:
    talk = await bench.created()
    heard = await talk.played("begin")
    expect(heard.params.get("type") == "playList", "type playList", heard)


def played_list(heard: Heard) -> list[Any]:
    """What playList says: a JSON array in a text, or itself (GJ-E88)."""
    found = heard.params.get("playList", heard.params.get("playlist"))
    try:
        ids: Any = json.loads(found) if isinstance(found, str) else found
    except ValueError:
        ids = None
    expect(isinstance(ids, list), "playList, a JSON array of ids", heard)
    listed = cast("list[Any]", ids)
    expect(all(type(each) is int for each in listed), "playList, a JSON array of ids", heard)
    return listed


async def order(bench: GuijiBench) -> None:
    talk = await bench.joined()
    fields = await talk.creation([await bench.any_material()])
    await talk.send(fields)
    answer = await talk.answer(fields["id"])
    play, show, begin = await talk.state("StreamPlay"), await talk.state("Show"), await talk.played("begin")
    seen = [each.at for each in (answer, play, show, begin)]
    expect(seen == sorted(seen), "the result, StreamPlay, Show, and the begin of the playlist", seen)


async def ids_of_server(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.played("begin")
    told = [heard for heard in talk.heard if "method" in heard.fields]
    ids = [heard.fields.get("id") for heard in told]
    expect(all(type(each) is int for each in ids), "ids, integers", ids)
    expect(len(set(ids)) == len(ids), "another id for each", ids)


async def where_session_is(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.played("begin")
    for heard in talk.heard:
        if heard.is_state(state="StreamPlay"):
            expect("sessionId" not in heard.fields, "no sessionId beside the id", heard)
        elif heard.fields.get("method") == "SessionState":
            expect(heard.fields.get("sessionId") == talk.session.id, "sessionId beside the id", heard)


async def nothing_before(bench: GuijiBench) -> None:
    talk = await bench.joined()
    await talk.none_of("SessionState", lambda heard: heard.fields.get("method") == "SessionState")


_T: Final = "guiji.mqtt.told"

CASES: Final = (
    Case(f"{_T}.stream", "StreamPlay tells where the stream is pulled.", ("GJ-R119", "GJ-R071"), stream),
    Case(f"{_T}.stream_flv", "Its third address is http-flv.", ("GJ-E48",), stream_flv, "ambiguous"),
    Case(f"{_T}.stream_of_session", "Each session has a stream of its own.", ("GJ-R119",), stream_is_sessions),
    Case(f"{_T}.shown", "Show tells of the digital human in its scene.", ("GJ-R120",), shown),
    Case(f"{_T}.all_shown", "Show tells of each element that is seen.", ("GJ-E89",), all_shown, "observed"),
    Case(f"{_T}.begins", "The begin of the playlist's first item is told.", ("GJ-R121",), begins),
    Case(f"{_T}.list_text", "playList is a JSON array in a text.", ("GJ-R122", "GJ-E88"), list_is_text),
    Case(f"{_T}.list_kind", "The type of the playlist is playList.", ("GJ-E87",), kind_of_list, "ambiguous"),
    Case(f"{_T}.order", "The result comes first, then stream, elements, playlist.", ("GJ-E52",), order, "ambiguous"),
    Case(f"{_T}.ids", "What the server tells has ids of its own.", ("GJ-E59",), ids_of_server, "ambiguous"),
    Case(
        f"{_T}.session", "The session id stands where the samples have it.", ("GJ-E56",), where_session_is, "ambiguous"
    ),
    Case(
        f"{_T}.nothing_before", "Before CreateNewSession nothing is told.", ("GJ-R119",), nothing_before, needs=INVALID
    ),
)
