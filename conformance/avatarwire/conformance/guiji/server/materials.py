"""Cases about materials of live rooms (3.6, 3.7): texts and sounds, registered and listed."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench, accepted, nothing_given, object_of, refused, rows_of
from .needs import INVALID

__all__ = ["CASES"]

_URL: Final = "http://127.0.0.1/audio/a b.wav?x=1&y=2"
_OF_TEXTS: Final = ("text", "ttsSource", "ttsSpeaker", "volume", "intonation", "speedRate")


async def listed(bench: GuijiBench, room: int, **changes: Any) -> list[dict[str, Any]]:
    """The materials of a room."""
    return rows_of(await bench.data("queryMaterial", {"liveId": room, "page": 1, "pageSize": 100, **changes}))


async def the_one(bench: GuijiBench, room: int, material: int) -> dict[str, Any]:
    """A material as it is listed."""
    rows = await listed(bench, room)
    found = [row for row in rows if row.get("id") == material]
    expect(len(found) == 1, f"material {material} once", rows)
    return found[0]


async def text(bench: GuijiBench) -> None:
    room = await bench.room()
    given = await bench.text_material(room, text='你好 🎉 "a"', materialDescription="a greeting")
    found = await the_one(bench, room, await bench.material(room, **given))
    sent = {name: given[name] for name in ("liveId", "materialType", "text", "materialDescription")}
    expect(sent == {name: found.get(name) for name in sent}, f"the material as it was sent: {sent}", found)
    expect(found.get("duration") == 0, "duration 0", found)


async def sound(bench: GuijiBench) -> None:
    room = await bench.room()
    found = await the_one(bench, room, await bench.material(room, materialUrl=_URL))
    sent = {"liveId": room, "materialType": "AUDIO", "materialUrl": _URL}
    expect(sent == {name: found.get(name) for name in sent}, f"the material as it was sent: {sent}", found)
    seconds = found.get("duration")
    expect(type(seconds) is int and seconds >= 0, "duration, milliseconds", found)


async def ids_differ(bench: GuijiBench) -> None:
    room, other = await bench.room(), await bench.room()
    ids = [await bench.material(where) for where in (room, room, other)]
    expect(len(set(ids)) == len(ids), "another id for each material", ids)


async def of_its_room(bench: GuijiBench) -> None:
    room, other = await bench.room(), await bench.room()
    material, elsewhere = await bench.material(room), await bench.material(other)
    for where, expected in ((room, material), (other, elsewhere)):
        ids = [row.get("id") for row in await listed(bench, where)]
        expect(ids == [expected], f"material {expected} alone in room {where}", ids)


async def by_kind(bench: GuijiBench) -> None:
    room = await bench.room()
    sound_id = await bench.material(room)
    text_id = await bench.material(room, **await bench.text_material(room))
    for kind, expected in (("AUDIO", sound_id), ("TEXT", text_id)):
        ids = [row.get("id") for row in await listed(bench, room, materialType=kind)]
        expect(ids == [expected], f"material {expected} alone", ids)
    both = {row.get("id") for row in await listed(bench, room)}
    expect(both == {sound_id, text_id}, "both without a filter", both)


async def needs_url(bench: GuijiBench) -> None:
    room = await bench.room()
    for given in ({"liveId": room, "materialType": "AUDIO"}, {"liveId": room, "materialType": "AUDIO", "text": "a"}):
        refused(await bench.call("uploadMaterial", given))
    expect(await listed(bench, room) == [], "no material", "one")


async def needs_all_of_text(bench: GuijiBench) -> None:
    room = await bench.room()
    given = await bench.text_material(room)
    for name in _OF_TEXTS:
        refused(await bench.call("uploadMaterial", {key: value for key, value in given.items() if key != name}))
    expect(await listed(bench, room) == [], "no material", "one")


async def limits_kept(bench: GuijiBench) -> None:
    room = await bench.room()
    for value in (-20.0, 20.0, 0, 7):
        given = await bench.text_material(room, volume=value, intonation=value, speedRate=value)
        expect(await bench.material(room, **given) > 0, "the id of the material", "none")


async def limits_broken(bench: GuijiBench) -> None:
    room = await bench.room()
    for name in ("volume", "intonation", "speedRate"):
        for value in (-20.5, 20.5, 1000):
            refused(await bench.call("uploadMaterial", await bench.text_material(room, **{name: value})))


async def f0up_key(bench: GuijiBench) -> None:
    room = await bench.room()
    for value in (-21, 21):
        refused(await bench.call("uploadMaterial", await bench.text_material(room, f0upKey=value)))
    for value in (-20, 20):
        accepted(await bench.call("uploadMaterial", await bench.text_material(room, f0upKey=value)))


async def unknown_room(bench: GuijiBench) -> None:
    given = await bench.text_material(999_999_999)
    nothing_given(await bench.call("uploadMaterial", given))
    reply = await bench.call("queryMaterial", {"liveId": 999_999_999})
    if reply.json.get("data"):
        expect(rows_of(reply.json["data"]) == [], "a failure, or no materials", reply)


async def page_by_default(bench: GuijiBench) -> None:
    room = await bench.room()
    ids = [await bench.material(room) for _ in range(12)]
    page = object_of(await bench.data("queryMaterial", {"liveId": room}))
    rows = rows_of(page)
    expect(len(rows) == 10 and page.get("total") == 12, "ten rows of 12", (len(rows), page.get("total")))
    second = rows_of(await bench.data("queryMaterial", {"liveId": room, "page": 2}))
    found = [row.get("id") for row in (*rows, *second)]
    expect(len(second) == 2 and set(found) == set(ids), f"each of {ids} once", found)


async def pages(bench: GuijiBench) -> None:
    room = await bench.room()
    ids = [await bench.material(room) for _ in range(5)]
    found: list[Any] = []
    for number, size in ((1, 2), (2, 2), (3, 1)):
        page = object_of(await bench.data("queryMaterial", {"liveId": room, "page": number, "pageSize": 2}))
        rows = rows_of(page)
        expect(len(rows) == size and page.get("total") == 5, f"{size} rows of 5", page)
        found += [row.get("id") for row in rows]
    expect(sorted(found) == sorted(ids), f"each of {ids} once", found)


async def past_the_end(bench: GuijiBench) -> None:
    room = await bench.room()
    await bench.material(room)
    page = object_of(await bench.data("queryMaterial", {"liveId": room, "page": 9}))
    expect(rows_of(page) == [] and page.get("total") == 1, "no rows, total 1", page)


async def none_yet(bench: GuijiBench) -> None:
    page = object_of(await bench.data("queryMaterial", {"liveId": await bench.room()}))
    expect(rows_of(page) == [] and page.get("total") == 0, "no rows, total 0", page)


async def created_time(bench: GuijiBench) -> None:
    room = await bench.room()
    found = await the_one(bench, room, await bench.material(room))
    expect(isinstance(found.get("createdTime"), str), "createdTime", found)


_P: Final = "guiji.http.materials"

CASES: Final = (
    Case(f"{_P}.text", "A text is listed as it was registered, with duration 0.", ("GJ-R054", "GJ-R052"), text),
    Case(f"{_P}.sound", "A sound is listed as it was registered.", ("GJ-R052", "GJ-R054"), sound),
    Case(f"{_P}.ids", "Each new material has another id.", ("GJ-R052",), ids_differ),
    Case(f"{_P}.of_its_room", "A room's materials are listed and no others.", ("GJ-R053",), of_its_room),
    Case(f"{_P}.by_kind", "queryMaterial filters by materialType.", ("GJ-R053",), by_kind),
    Case(f"{_P}.sound_needs_url", "AUDIO without materialUrl is refused.", ("GJ-R046",), needs_url, needs=INVALID),
    Case(
        f"{_P}.text_needs_all",
        "TEXT without text or one of its settings is refused.",
        ("GJ-R047",),
        needs_all_of_text,
        needs=INVALID,
    ),
    Case(f"{_P}.limits_kept", "Settings may be whole numbers, -20 and 20.", ("GJ-E33",), limits_kept, "ambiguous"),
    Case(f"{_P}.limits_broken", "A setting beyond -20 and 20 is refused.", ("GJ-R048",), limits_broken, needs=INVALID),
    Case(f"{_P}.f0up_key", "f0upKey from -20 to 20 is taken, another refused.", ("GJ-R049",), f0up_key, needs=INVALID),
    Case(f"{_P}.unknown_room", "An unknown room has no materials.", ("GJ-R044",), unknown_room, needs=INVALID),
    Case(f"{_P}.page_default", "The page is the first, of ten, by default.", ("GJ-R040",), page_by_default),
    Case(f"{_P}.page_parts", "Pages together have each material once.", ("GJ-R041",), pages),
    Case(f"{_P}.page_past_end", "A page past the end is empty.", ("GJ-E28",), past_the_end, "ambiguous"),
    Case(f"{_P}.page_none", "A room without materials has an empty page.", ("GJ-R041",), none_yet),
    Case(f"{_P}.created_time", "A material has createdTime.", ("GJ-E30",), created_time, "observed"),
)
