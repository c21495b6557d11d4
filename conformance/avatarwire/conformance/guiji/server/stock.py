"""Cases about what there is to choose from (3.8 to 3.15): voices, presenters, public materials."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case, Skip
from ..bench import GuijiBench, list_of, object_of, refused, rows_of
from ..heard import part
from .needs import INVALID

__all__ = ["CASES"]

_PAGED: Final = ("listPlatformSpeakers", "listChangeVoices")


async def pages(bench: GuijiBench) -> None:
    for operation in _PAGED:
        page = object_of(await bench.data(operation))
        total, rows = page.get("total"), rows_of(page)
        expect(len(rows) == min(int(total or 0), 10), f"the first ten of {total}", rows)
        for number, row in enumerate(rows[:3], 1):
            one = object_of(await bench.data(operation, {"page": number, "pageSize": 1}))
            expect(rows_of(one) == [row] and one.get("total") == total, f"row {number} of {total} alone", one)


async def past_the_end(bench: GuijiBench) -> None:
    for operation in _PAGED:
        page = object_of(await bench.data(operation, {"page": 1000}))
        expect(rows_of(page) == [], f"no rows of {operation}", page)


async def speakers(bench: GuijiBench) -> None:
    rows = [*rows_of(await bench.data("listPlatformSpeakers")), *list_of(await bench.data("listCustomizedSpeakers"))]
    for row in rows:
        known = (["cn"], ["en"], ["cn", "en"], ["en", "cn"])
        expect(row.get("languages") in known, "languages of cn and en", row)


async def can_be_used(bench: GuijiBench) -> None:
    room = await bench.room()
    voices = [*rows_of(await bench.data("listPlatformSpeakers")), *list_of(await bench.data("listCustomizedSpeakers"))]
    for voice in voices[:4]:
        chosen = {"ttsSource": part(voice, "ttsSource"), "ttsSpeaker": part(voice, "ttsSpeaker")}
        given = {**await bench.text_material(room), **chosen}
        expect(await bench.material(room, **given) > 0, "the id of a material", "none")


async def bare_lists(bench: GuijiBench) -> None:
    operations = ("listCustomizedSpeakers", "listPlatformRobots", "listCustomizedRobots", "queryMaterialCategories")
    for operation in operations:
        data = await bench.data(operation)
        expect(isinstance(data, list), f"a list from {operation}", data)


async def presenters(bench: GuijiBench) -> None:
    for operation in ("listPlatformRobots", "listCustomizedRobots"):
        for robot in list_of(await bench.data(operation)):
            for scene in list_of(robot.get("sceneList") or []):
                expect(scene.get("sceneType") in (0, 1, 2), "sceneType 0, 1 or 2", scene)
                expect(isinstance(scene.get("sceneCode"), str) and bool(scene.get("sceneName")), "code and name", scene)


async def scene_values(bench: GuijiBench) -> None:
    for operation in ("listPlatformRobots", "listCustomizedRobots"):
        for robot in list_of(await bench.data(operation)):
            for scene in list_of(robot.get("sceneList") or []):
                expect(scene.get("proportion", "16:9") in ("16:9", "9:16"), "proportion 16:9 or 9:16", scene)
                expect(scene.get("posture") in ("0", "1", "2"), 'posture "0", "1" or "2"', scene)
                seconds = scene.get("duration")
                expect(type(seconds) is int and seconds >= 0, "duration, seconds", scene)
                expect(bool(scene.get("videoCoverUrl")), "videoCoverUrl", scene)


async def scene_codes(bench: GuijiBench) -> None:
    codes = [scene.get("sceneCode") for scene in await bench.scenes()]
    expect(len(codes) == len(set(codes)), "another sceneCode for each scene", codes)


# --- voice conversion ---


async def converted(bench: GuijiBench) -> dict[str, Any]:
    """What is asked of synthesizeAndChangeVoice, where it is enabled."""
    voices = rows_of(await bench.data("listChangeVoices"))
    if not voices:
        raise Skip("it needs voice conversion, which is not enabled for the account (GJ-R058)")
    source, speaker = await bench.voice()
    given = {"ttsSource": source, "ttsSpeaker": speaker, "volume": 0, "intonation": 0.5, "speedRate": -0.5}
    return {**given, "changeVoiceSpeaker": part(voices, 0, "speakerCode")}


async def synthesized(bench: GuijiBench) -> None:
    data = object_of(await bench.data("synthesizeAndChangeVoice", await converted(bench)))
    holds = isinstance(data.get("filePath"), str) and type(data.get("duration")) is int
    expect(holds and bool(data["filePath"]), "filePath and duration", data)


async def synthesis_limits(bench: GuijiBench) -> None:
    given = await converted(bench)
    for name in ("volume", "intonation", "speedRate"):
        for value in (-20.5, 20.5):
            refused(await bench.call("synthesizeAndChangeVoice", {**given, name: value}))
    for value in (-21, 21):
        refused(await bench.call("synthesizeAndChangeVoice", {**given, "f0upKey": value}))


async def synthesis_at_limits(bench: GuijiBench) -> None:
    given = await converted(bench)
    for value in (-20, 20):
        object_of(
            await bench.data(
                "synthesizeAndChangeVoice", {**given, "volume": value, "intonation": value, "speedRate": value}
            )
        )


async def converts_material(bench: GuijiBench) -> None:
    room = await bench.room()
    given = await converted(bench)
    material = await bench.text_material(room, changeVoiceSpeaker=given["changeVoiceSpeaker"])
    expect(await bench.material(room, **material) > 0, "the id of a material", "none")


# --- public materials ---


async def categories(bench: GuijiBench) -> list[dict[str, Any]]:
    """The categories there are."""
    found = list_of(await bench.data("queryMaterialCategories"))
    if not found:
        raise Skip("it needs categories of public materials, and there are none")
    return found


async def category_by_code(bench: GuijiBench) -> None:
    for category in (await categories(bench))[:3]:
        found = list_of(await bench.data("queryMaterialCategories", {"code": part(category, "code")}))
        expect(found == [category], f"category {category} alone", found)


async def category_unknown(bench: GuijiBench) -> None:
    found = list_of(await bench.data("queryMaterialCategories", {"code": bench.made_up()}))
    expect(found == [], "no category", found)


async def parents(bench: GuijiBench) -> None:
    found = await categories(bench)
    codes = {row.get("code") for row in found}
    expect(len(codes) == len(found), "another code for each category", found)
    for row in found:
        expect(row.get("parentCode") in (None, "", *codes), "parentCode null, or the code of a category", row)


async def neither(bench: GuijiBench) -> None:
    for given in ({}, {"code": "", "parentCode": ""}, {"name": "a"}, {"code": ""}):
        refused(await bench.call("queryPublicMaterials", given))


async def by_category(bench: GuijiBench) -> None:
    for category in await categories(bench):
        code = part(category, "code")
        for row in rows_of(await bench.data("queryPublicMaterials", {"code": code})):
            expect(row.get("categoryCode", code) == code, f"materials of {code}", row)


async def by_parent(bench: GuijiBench) -> None:
    found = await categories(bench)
    for parent in {row.get("parentCode") for row in found} - {None, ""}:
        below = {row.get("code") for row in found if row.get("parentCode") == parent}
        for row in rows_of(await bench.data("queryPublicMaterials", {"parentCode": parent})):
            expect(row.get("categoryCode") in below, f"materials of {below}", row)


async def by_name(bench: GuijiBench) -> None:
    for category in await categories(bench):
        code = part(category, "code")
        rows = rows_of(await bench.data("queryPublicMaterials", {"code": code}))
        for row in rows[:2]:
            name = str(part(row, "name"))
            named = rows_of(await bench.data("queryPublicMaterials", {"code": code, "name": name}))
            expect(row in named and all(name in str(each.get("name")) for each in named), f"materials {name!r}", named)
        none = rows_of(await bench.data("queryPublicMaterials", {"code": code, "name": bench.made_up()}))
        expect(none == [], "no material of that name", none)


async def public_pages(bench: GuijiBench) -> None:
    for category in await categories(bench):
        given = {"code": part(category, "code")}
        page = object_of(await bench.data("queryPublicMaterials", given))
        expect(len(rows_of(page)) == min(int(page.get("total") or 0), 10), "the first ten", page)
        for number, row in enumerate(rows_of(page)[:3], 1):
            one = rows_of(await bench.data("queryPublicMaterials", {**given, "page": number, "pageSize": 1}))
            expect(one == [row], f"row {number} alone", one)


_P: Final = "guiji.http.stock"

CASES: Final = (
    Case(f"{_P}.pages", "Voices come by pages, each once, ten by default.", ("GJ-R040", "GJ-R041"), pages),
    Case(f"{_P}.page_past_end", "A page past the end is empty.", ("GJ-E28",), past_the_end, "ambiguous"),
    Case(f"{_P}.languages", "A voice's languages are cn and en.", ("GJ-R055",), speakers),
    Case(f"{_P}.voices_can_be_used", "Listed voices speak materials.", ("GJ-R047", "GJ-R057"), can_be_used),
    Case(f"{_P}.bare_lists", "What is not paged is a bare list.", ("GJ-R043",), bare_lists),
    Case(f"{_P}.presenters", "Each listed scene has sceneType 0, 1 or 2, a code and a name.", ("GJ-R038",), presenters),
    Case(f"{_P}.scene_values", "Listed scenes have documented values.", ("GJ-R037", "GJ-R036"), scene_values),
    Case(f"{_P}.scene_codes", "Each listed scene has another code.", ("GJ-R027",), scene_codes),
    Case(f"{_P}.synthesis", "A voice is synthesised: filePath and duration.", ("GJ-R059",), synthesized),
    Case(
        f"{_P}.synthesis_limits",
        "A setting beyond -20 and 20 is refused.",
        ("GJ-R048", "GJ-R049"),
        synthesis_limits,
        needs=INVALID,
    ),
    Case(f"{_P}.synthesis_at_limits", "-20 and 20 are within.", ("GJ-E33",), synthesis_at_limits, "ambiguous"),
    Case(f"{_P}.converts_material", "A material takes changeVoiceSpeaker.", ("GJ-R058",), converts_material),
    Case(f"{_P}.category_by_code", "A code selects its category.", ("GJ-E41",), category_by_code, "ambiguous"),
    Case(f"{_P}.category_unknown", "An unknown code selects nothing.", ("GJ-E41",), category_unknown, "ambiguous"),
    Case(f"{_P}.parents", "parentCode is null or the code of a category.", ("GJ-R060", "GJ-R062"), parents),
    Case(f"{_P}.public_neither", "Neither code nor parentCode is refused.", ("GJ-R061",), neither, needs=INVALID),
    Case(f"{_P}.public_by_category", "code selects materials of its category.", ("GJ-E42",), by_category, "observed"),
    Case(f"{_P}.public_by_parent", "parentCode selects those below it.", ("GJ-E42",), by_parent, "observed"),
    Case(f"{_P}.public_by_name", "name selects by a part of the name.", ("GJ-E42",), by_name, "observed"),
    Case(f"{_P}.public_pages", "Public materials come by pages.", ("GJ-R041", "GJ-R040"), public_pages),
)
