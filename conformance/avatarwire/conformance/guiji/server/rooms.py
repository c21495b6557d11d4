"""Cases about live rooms (3.2 to 3.5): made, changed, read, and read by pages."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench, accepted, list_of, nothing_given, object_of, refused, rows_of
from ..heard import part
from .needs import INVALID
from .samples import ROBOT

__all__ = ["CASES"]

_NAME: Final = ' 直播间 🎉 "a" \\ '


async def read(bench: GuijiBench, room: int) -> dict[str, Any]:
    """A room as it is read."""
    return object_of(await bench.data("queryLive", {"id": room}))


async def kept(bench: GuijiBench) -> None:
    for flag in (True, False):
        room = await bench.room(cutinFlag=flag, liveName=_NAME)
        found = await read(bench, room)
        sent = {"id": room, "cutinFlag": flag, "liveName": _NAME}
        expect(sent == {key: found.get(key) for key in sent}, f"the room as it was made: {sent}", found)


async def ids_differ(bench: GuijiBench) -> None:
    ids = [await bench.room(liveName="the same") for _ in range(3)]
    expect(len(set(ids)) == len(ids), "another id for each room", ids)


async def without_robots(bench: GuijiBench) -> None:
    for room in (await bench.room(), await bench.room(robotList=[])):
        found = await read(bench, room)
        expect(not found.get("robotList"), "no presenters", found)


async def null_robots(bench: GuijiBench) -> None:
    found = await read(bench, await bench.room(robotList=None))
    expect(not found.get("robotList"), "no presenters", found)


async def robots_kept(bench: GuijiBench) -> None:
    other: dict[str, Any] = {**ROBOT, "id": 8, "robotCode": "81000000000002", "robotName": "another"}
    found = await read(bench, await bench.room(robotList=[ROBOT, other]))
    robots = list_of(found.get("robotList"))
    for sent, robot in zip((ROBOT, other), robots, strict=False):
        for name in ("id", "robotCode", "robotName", "coverUrl", "robotDesc"):
            expect(robot.get(name) == sent[name], f"{name} {sent[name]!r}", robot)
        scene, sent_scene = object_of(part(robot, "sceneList", 0)), sent["sceneList"][0]
        expect(scene == {**scene, **sent_scene}, f"the scene as it was sent: {sent_scene}", scene)
    expect(len(robots) == 2, "two presenters", robots)


async def scene_values(bench: GuijiBench) -> None:
    for proportion, posture in (("16:9", "0"), ("9:16", "1"), ("16:9", "2")):
        scene = {**ROBOT["sceneList"][0], "proportion": proportion, "posture": posture}
        found = await read(bench, await bench.room(robotList=[{**ROBOT, "sceneList": [scene]}]))
        kept_scene = part(found, "robotList", 0, "sceneList", 0)
        seen = kept_scene.get("proportion"), str(kept_scene.get("posture"))
        expect(seen == (proportion, posture), f"{proportion} and {posture}", kept_scene)


async def unknown(bench: GuijiBench) -> None:
    for room in (999_999_999, 0, -1, 2**62):
        nothing_given(await bench.call("queryLive", {"id": room}))


async def updated(bench: GuijiBench) -> None:
    room, other = await bench.room(liveName="before", cutinFlag=True), await bench.room(liveName="other")
    done = await bench.data("updateLive", {"id": room, "liveName": "after", "cutinFlag": False})
    expect(done is True, "data true", done)
    found = await read(bench, room)
    expect((found.get("liveName"), found.get("cutinFlag")) == ("after", False), "the new values", found)
    expect((await read(bench, other)).get("liveName") == "other", "the other room as it was", found)


async def _left_alone(bench: GuijiBench, given: dict[str, Any]) -> None:
    room = await bench.room(liveName="before", cutinFlag=True, robotList=[ROBOT])
    before = await read(bench, room)
    accepted(await bench.call("updateLive", {"id": room, **given}))
    after = await read(bench, room)
    expect(after == before, f"the room as it was: {before}", after)


async def null_leaves(bench: GuijiBench) -> None:
    await _left_alone(bench, {"cutinFlag": None, "liveName": None})


async def null_robots_leave(bench: GuijiBench) -> None:
    await _left_alone(bench, {"robotList": None})


async def absent_leaves(bench: GuijiBench) -> None:
    await _left_alone(bench, {})


async def one_alone(bench: GuijiBench) -> None:
    room = await bench.room(liveName="before", cutinFlag=True, robotList=[ROBOT])
    accepted(await bench.call("updateLive", {"id": room, "liveName": "after"}))
    found = await read(bench, room)
    expect(found.get("liveName") == "after" and found.get("cutinFlag") is True, "only another name", found)
    expect(len(list_of(found.get("robotList"))) == 1, "its presenter", found)


async def empty_clears(bench: GuijiBench) -> None:
    room = await bench.room(liveName="before", robotList=[ROBOT])
    accepted(await bench.call("updateLive", {"id": room, "robotList": []}))
    found = await read(bench, room)
    expect(not found.get("robotList") and found.get("liveName") == "before", "no presenters, the name as it was", found)


async def list_replaces(bench: GuijiBench) -> None:
    room = await bench.room(robotList=[ROBOT])
    other: dict[str, Any] = {**ROBOT, "id": 8, "robotCode": "81000000000002", "robotName": "another"}
    accepted(await bench.call("updateLive", {"id": room, "robotList": [other]}))
    codes = [robot.get("robotCode") for robot in list_of((await read(bench, room)).get("robotList"))]
    expect(codes == ["81000000000002"], "the new presenter alone", codes)


async def refused_changes_nothing(bench: GuijiBench) -> None:
    room = await bench.room(liveName="before")
    broken = {name: value for name, value in ROBOT.items() if name != "robotCode"}
    refused(await bench.call("updateLive", {"id": room, "liveName": "after", "robotList": [broken]}))
    found = await read(bench, room)
    expect(found.get("liveName") == "before" and not found.get("robotList"), "the room as it was", found)


async def scene_needs_cover(bench: GuijiBench) -> None:
    room = await bench.room()
    scene = {name: value for name, value in ROBOT["sceneList"][0].items() if name != "videoCoverUrl"}
    refused(await bench.call("updateLive", {"id": room, "robotList": [{**ROBOT, "sceneList": [scene]}]}))


async def scene_without_cover(bench: GuijiBench) -> None:
    scene = {name: value for name, value in ROBOT["sceneList"][0].items() if name != "videoCoverUrl"}
    expect(await bench.room(robotList=[{**ROBOT, "sceneList": [scene]}]) > 0, "the id of a room", "none")


async def update_unknown(bench: GuijiBench) -> None:
    for room in (999_999_999, 0, -1):
        nothing_given(await bench.call("updateLive", {"id": room, "liveName": "nobody's"}))


# --- pages ---


async def page_by_default(bench: GuijiBench) -> None:
    for _ in range(11):
        await bench.room()
    page = object_of(await bench.data("queryLivePage"))
    rows = rows_of(page)
    expect(len(rows) == 10, "ten rows", f"{len(rows)}")
    expect(page.get("size", page.get("pageSize")) == 10, "the page size 10", _without_rows(page))
    expect(page.get("current", 1) == 1, "page 1", _without_rows(page))
    first = rows_of(await bench.data("queryLivePage", {"page": 1, "pageSize": 10}))
    expect(rows == first, "the same as page 1 of 10", [row.get("id") for row in rows])


async def pages_are_parts(bench: GuijiBench) -> None:
    for _ in range(3):
        await bench.room()
    total = object_of(await bench.data("queryLivePage")).get("total")
    expect(type(total) is int and total >= 3, "total, at least 3", total)
    total = int(total or 0)
    size = max(2, -(-total // 4))
    found: list[Any] = []
    for page in range(1, 6):
        answer = object_of(await bench.data("queryLivePage", {"page": page, "pageSize": size}))
        expect(answer.get("total") == total, f"total {total} on each page", _without_rows(answer))
        expect(answer.get("size", answer.get("pageSize")) == size, f"the page size {size}", _without_rows(answer))
        expect(answer.get("current", page) == page, f"current {page}", _without_rows(answer))
        expect(answer.get("pages", -(-total // size)) == -(-total // size), "the count of pages", _without_rows(answer))
        found += [row.get("id") for row in rows_of(answer)]
    expect(len(found) == len(set(found)) == total, f"each of {total} rooms once", f"{len(found)} rows")


async def total_counts(bench: GuijiBench) -> None:
    before = object_of(await bench.data("queryLivePage")).get("total")
    await bench.room()
    after = object_of(await bench.data("queryLivePage")).get("total")
    expect(isinstance(before, int) and after == before + 1, "one more", f"{after} after {before}")


async def past_the_end(bench: GuijiBench) -> None:
    await bench.room()
    page = object_of(await bench.data("queryLivePage", {"page": 100_000, "pageSize": 10}))
    expect(rows_of(page) == [] and int(page.get("total") or 0) > 0, "no rows, and the total", page)


async def page_members(bench: GuijiBench) -> None:
    page = object_of(await bench.data("queryLivePage"))
    for name in ("records", "total", "size", "current", "pages"):
        expect(name in page, f"a page with {name}", _without_rows(page))


def _without_rows(page: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in page.items() if not isinstance(value, list)}


# --- whose they are ---


async def of_another_account(bench: GuijiBench) -> None:
    other = await bench.other_account()
    room = await bench.room(liveName="before")
    nothing_given(await bench.call("queryLive", {"id": room}, token=other.token))
    nothing_given(await bench.call("updateLive", {"id": room, "liveName": "after"}, token=other.token))
    nothing_given(await bench.call("queryMaterial", {"liveId": room}, token=other.token))
    nothing_given(await bench.call("createLiveSession", {"liveId": room}, token=other.token))
    expect((await read(bench, room)).get("liveName") == "before", "the room as it was", "another name")


async def not_listed_elsewhere(bench: GuijiBench) -> None:
    other = await bench.other_account()
    room = await bench.room()
    page = accepted(await bench.call("queryLivePage", {"page": 1, "pageSize": 100_000}, token=other.token))
    expect(room not in [row.get("id") for row in rows_of(page)], "rooms of the account alone", f"room {room}")


_P: Final = "guiji.http.rooms"

CASES: Final = (
    Case(f"{_P}.kept", "A room is read as it was made.", ("GJ-R035", "GJ-R024"), kept),
    Case(f"{_P}.ids", "Each new room has another id.", ("GJ-R025",), ids_differ),
    Case(f"{_P}.without_robots", "robotList may be left out, and be empty.", ("GJ-R024",), without_robots),
    Case(f"{_P}.null_robots", "robotList may be null.", ("GJ-E17",), null_robots, "ambiguous"),
    Case(f"{_P}.robots_kept", "Presenters and scenes are read as they were sent.", ("GJ-R035", "GJ-R026"), robots_kept),
    Case(f"{_P}.scene_values", "Each proportion and posture is kept.", ("GJ-R036", "GJ-R037"), scene_values),
    Case(
        f"{_P}.scene_without_cover",
        "A new room's scene may be without videoCoverUrl.",
        ("GJ-R029",),
        scene_without_cover,
    ),
    Case(f"{_P}.unknown", "A room that does not exist is not read.", ("GJ-R044",), unknown, needs=INVALID),
    Case(f"{_P}.updated", "updateLive gives true, and changes this room.", ("GJ-R034", "GJ-R030"), updated),
    Case(f"{_P}.update_null", "A null cutinFlag or liveName leaves the value.", ("GJ-R031",), null_leaves),
    Case(f"{_P}.update_null_robots", "A null robotList leaves the presenters.", ("GJ-R032",), null_robots_leave),
    Case(f"{_P}.update_absent", "Members that are left out stay.", ("GJ-R033",), absent_leaves, "should"),
    Case(f"{_P}.update_one", "Every member of updateLive may come alone.", ("GJ-R030", "GJ-R033"), one_alone),
    Case(f"{_P}.update_empty_robots", "An empty robotList clears the presenters.", ("GJ-R032",), empty_clears),
    Case(f"{_P}.update_robots", "Another robotList replaces the presenters.", ("GJ-R033",), list_replaces, "should"),
    Case(
        f"{_P}.update_refused",
        "An update that is refused changes nothing.",
        ("GJ-R026",),
        refused_changes_nothing,
        needs=INVALID,
    ),
    Case(
        f"{_P}.update_scene_cover",
        "updateLive with a scene without videoCoverUrl is refused.",
        ("GJ-R028",),
        scene_needs_cover,
        needs=INVALID,
    ),
    Case(
        f"{_P}.update_unknown",
        "A room that does not exist is not changed.",
        ("GJ-R044",),
        update_unknown,
        needs=INVALID,
    ),
    Case(f"{_P}.page_default", "The page is the first, of ten, by default.", ("GJ-R040",), page_by_default, alone=True),
    Case(f"{_P}.page_parts", "Pages together have each room once.", ("GJ-R041",), pages_are_parts, alone=True),
    Case(f"{_P}.page_total", "total counts a new room.", ("GJ-R041",), total_counts, alone=True),
    Case(f"{_P}.page_past_end", "A page past the end is empty.", ("GJ-E28",), past_the_end, "ambiguous"),
    Case(
        f"{_P}.page_members",
        "A page has records, total, size, current and pages.",
        ("GJ-E27", "GJ-E25", "GJ-E26"),
        page_members,
        "ambiguous",
    ),
    Case(
        f"{_P}.other_account",
        "A room of another account is neither read, nor changed, nor used.",
        ("GJ-R044",),
        of_another_account,
        needs=INVALID,
    ),
    Case(f"{_P}.other_account_page", "Pages have the account's own rooms.", ("GJ-R044",), not_listed_elsewhere),
)
