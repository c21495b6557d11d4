"""Cases about the figures and voices there are ("ListAnchor", "ListVoiceModels")."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ..bench import AliyunBench
from ..cases import case
from ..verifiers import accepted, objects

__all__ = ["CASES"]

_SCENE: Final = {"useScene": "realTimeInteractivity"}
_FIGURES: Final = {**_SCENE, "resSpecType": "BASIC_MODEL"}
_VOICES: Final = {**_SCENE, "resSpecType": "BASIC_VOICE"}
_LISTS: Final = (("ListAnchor", _FIGURES), ("ListVoiceModels", _VOICES))
_DEFAULT: Final = 10


async def says_success(bench: AliyunBench) -> None:
    for operation, given in _LISTS:
        fields = accepted(await bench.call(operation, given))
        expect(fields.get("success") is True, f"{operation}: success true", fields)
        missing = {"total", "list", "success", "errorMessage", "errorCode"} - fields.keys()
        expect(not missing, "total, list, success, errorMessage and errorCode", f"no {missing} in {fields}")


async def totals(bench: AliyunBench) -> None:
    for operation, given in _LISTS:
        fields = accepted(await bench.call(operation, {**given, "pageSize": "100"}))
        total, items = fields.get("total"), _items(fields)
        expect(isinstance(total, int) and total == len(items), f"{operation}: total {len(items)}", total)


async def pages(bench: AliyunBench) -> None:
    for operation, given in _LISTS:
        every = _items(accepted(await bench.call(operation, {**given, "pageSize": "100"})))
        found: list[dict[str, Any]] = []
        for number in range(1, len(every) + 1):
            page = accepted(await bench.call(operation, {**given, "pageSize": "1", "pageNumber": str(number)}))
            expect(page.get("total") == len(every), f"{operation}: total {len(every)} on each page", page.get("total"))
            items = _items(page)
            expect(len(items) == 1, f"{operation}: one entry on page {number}", items)
            found += items
        expect(found == every, f"{operation}: on pages of one what is on one page", found)


async def beyond_last_page(bench: AliyunBench) -> None:
    for operation, given in _LISTS:
        fields = accepted(await bench.call(operation, {**given, "pageSize": "100", "pageNumber": "99"}))
        expect(not _items(fields), f"{operation}: nothing on page 99", fields)


async def page_defaults(bench: AliyunBench) -> None:
    for operation, given in _LISTS:
        plain = _items(accepted(await bench.call(operation, given)))
        first = _items(accepted(await bench.call(operation, {**given, "pageSize": "10", "pageNumber": "1"})))
        expect(plain == first, f"{operation}: page 1 of 10 entries", plain)


async def figures_are_public(bench: AliyunBench) -> None:
    plain = _items(accepted(await bench.call("ListAnchor", _FIGURES)))
    public = _items(accepted(await bench.call("ListAnchor", {**_FIGURES, "anchorType": "PUBLIC_MODEL"})))
    expect(plain == public, "the public figures", plain)
    _all(plain, "anchorType", ("PUBLIC_MODEL",))


async def private_figures(bench: AliyunBench) -> None:
    found = await bench.call("ListAnchor", {**_FIGURES, "anchorType": "PRIVATE_MODEL"})
    _all(_items(accepted(found)), "anchorType", ("PRIVATE_MODEL",))


async def figures_by_rate(bench: AliyunBench) -> None:
    counts: list[int] = []
    for rate in ("9:16", "16:9"):
        items = _items(accepted(await bench.call("ListAnchor", {**_FIGURES, "coverRate": rate, "pageSize": "100"})))
        _all(items, "coverRate", (rate,))
        counts.append(len(items))
    every = _items(accepted(await bench.call("ListAnchor", {**_FIGURES, "pageSize": "100"})))
    expect(sum(counts) == len(every), f"{len(every)} figures, each in one of the two lists", counts)


async def figures_by_tier(bench: AliyunBench) -> None:
    basic, advanced = [
        {str(each.get("anchorId") or each.get("anchoId")) for each in _items(accepted(reply))}
        for reply in [
            await bench.call("ListAnchor", {**_SCENE, "resSpecType": tier, "pageSize": "100"})
            for tier in ("BASIC_MODEL", "ADVANCED_MODEL")
        ]
    ]
    expect(not basic & advanced, "no figure in both tiers", basic & advanced)


async def figures_usable(bench: AliyunBench) -> None:
    _all(_items(accepted(await bench.call("ListAnchor", _FIGURES))), "status", ("Usable",))


async def figures_background(bench: AliyunBench) -> None:
    items = _items(accepted(await bench.call("ListAnchor", _FIGURES)))
    _all(items, "supportBgChange", (0, 1))
    flags = [each.get("supportBgChange") for each in items]
    expect(not any(isinstance(flag, bool) for flag in flags), "the integers 0 and 1", flags)


async def figures_ids(bench: AliyunBench) -> None:
    items = _items(accepted(await bench.call("ListAnchor", _FIGURES)))
    for each in items:
        expect(isinstance(each.get("anchoId"), str) and each["anchoId"], "an anchoId", each)
        expect(each.get("anchorId") in (None, each["anchoId"]), f"anchorId {each['anchoId']}, if any", each)
    ids = [each["anchoId"] for each in items]
    expect(len(set(ids)) == len(ids), "each figure once", ids)


async def figures_members(bench: AliyunBench) -> None:
    items = _items(accepted(await bench.call("ListAnchor", _FIGURES)))
    for each in items:
        expect(bool(each.get("anchorMaterialName")) and bool(each.get("coverUrl")), "a name and a picture", each)
        sizes = each.get("coverWeight"), each.get("coverHeight")
        expect(all(isinstance(size, int) and size > 0 for size in sizes), "the picture's size", sizes)
    _all(items, "gender", ("F", "M"))
    _all(items, "digitalHumanType", ("dynamicReality", "staticTransparency"))
    _all(items, "useScene", ("realTimeInteractivity",))
    _all(items, "coverRate", ("9:16", "16:9"))


async def figures_upright(bench: AliyunBench) -> None:
    for each in _items(accepted(await bench.call("ListAnchor", _FIGURES))):
        width, height = int(each.get("coverWeight") or 0), int(each.get("coverHeight") or 0)
        upright = each.get("coverRate") == "9:16"
        expect(width < height if upright else width > height, "a size of that ratio", each)


async def voices_are_public(bench: AliyunBench) -> None:
    plain = _items(accepted(await bench.call("ListVoiceModels", _VOICES)))
    public = _items(accepted(await bench.call("ListVoiceModels", {**_VOICES, "voiceType": "PUBLIC_VOICE"})))
    private = _items(accepted(await bench.call("ListVoiceModels", {**_VOICES, "voiceType": "PRIVATE_VOICE"})))
    expect(plain == public, "the public voices", plain)
    shared = {each.get("voiceId") for each in public} & {each.get("voiceId") for each in private}
    expect(not shared, "no voice both public and private", shared)


async def voices_by_tier(bench: AliyunBench) -> None:
    found = [
        {each.get("voiceId") for each in _items(accepted(reply))}
        for reply in [
            await bench.call("ListVoiceModels", {**_SCENE, "resSpecType": tier, "pageSize": "100"})
            for tier in ("BASIC_VOICE", "ADVANCED_VOICE")
        ]
    ]
    expect(not found[0] & found[1], "no voice in both tiers", found[0] & found[1])


async def voices_members(bench: AliyunBench) -> None:
    items = _items(accepted(await bench.call("ListVoiceModels", _VOICES)))
    _all(items, "voiceLanguage", ("zh", "en"))
    _all(items, "ttsVersion", (0, 1, 2))
    flags = [each.get("ttsVersion") for each in items]
    expect(not any(isinstance(flag, bool) for flag in flags), "integers", flags)


async def voices_ids(bench: AliyunBench) -> None:
    items = _items(accepted(await bench.call("ListVoiceModels", _VOICES)))
    ids = [each.get("voiceId") for each in items]
    expect(all(isinstance(each, int) for each in ids), "voiceIds that are integers", ids)
    expect(len(set(ids)) == len(ids), "each voice once", ids)
    _all(items, "voiceGender", ("F", "M"))
    for each in items:
        expect(bool(each.get("voiceName")) and bool(each.get("voiceUrl")), "a name and a sample", each)


def _items(fields: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(fields, "list")


def _all(items: list[dict[str, Any]], name: str, values: tuple[object, ...]) -> None:
    found = {str(each.get(name)) for each in items}
    expect(found <= set(map(str, values)), f"{name} {' or '.join(map(str, values))}", found)


CASES: Final = (
    case("http.lists.success", "Both lists say success, and have all five fields.", "ALI-R060", says_success),
    case("http.lists.total", "total is the number of entries that match.", "ALI-R060", totals),
    case("http.lists.pages", "Pages have each entry once.", "ALI-R060", pages),
    case("http.lists.beyond_last_page", "A page beyond the last one is empty.", "ALI-R060", beyond_last_page),
    case("http.lists.page_defaults", "Page 1 of ten entries is what comes by default.", "ALI-R057", page_defaults),
    case("http.ListAnchor.public_by_default", "Public figures are listed by default.", "ALI-R056", figures_are_public),
    case("http.ListAnchor.private", "Only private figures are listed as such.", "ALI-R056", private_figures),
    case("http.ListAnchor.by_cover_rate", "coverRate filters figures.", "ALI-R058", figures_by_rate),
    case("http.ListAnchor.by_tier", "A figure is of one tier.", "ALI-R055", figures_by_tier),
    case("http.ListAnchor.usable", "Figures that are listed are Usable.", "ALI-R062", figures_usable),
    case("http.ListAnchor.background", "supportBgChange is the integer 0 or 1.", "ALI-R063", figures_background),
    case("http.ListAnchor.ids", "A figure has an anchoId, the same as any anchorId.", "ALI-E58", figures_ids),
    case("http.ListAnchor.members", "A figure has a name, a picture and its gender.", "ALI-R060", figures_members),
    case("http.ListAnchor.width", "coverWeight is the width of the picture.", "ALI-E59", figures_upright),
    case(
        "http.ListVoiceModels.public_by_default", "Public voices are listed by default.", "ALI-R065", voices_are_public
    ),
    case("http.ListVoiceModels.by_tier", "A voice is of one tier.", "ALI-R064", voices_by_tier),
    case(
        "http.ListVoiceModels.language",
        "voiceLanguage is zh or en, ttsVersion 0, 1 or 2.",
        "ALI-R066",
        voices_members,
    ),
    case("http.ListVoiceModels.ids", "A voice has an id of its own, a name and a gender.", "ALI-R060", voices_ids),
)
