"""Cases about what a session shows and where it pushes (4.2.4, 4.2.6, 4.2.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench
from ..heard import Heard, error_of, result_of
from ..talk import Talk
from .creating import BACKGROUND
from .needs import INVALID
from .samples import IMAGE, PUSHURLS

__all__ = ["CASES"]


async def modify(
    talk: Talk, remove: Sequence[dict[str, Any]] = (), add: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """ModifySessionResList; whatever is answered."""
    params = {"rmvRes": {"resList": list(remove)}, "addRes": {"resList": list(add)}}
    return await talk.ask("ModifySessionResList", params)


def named(name: str, layer: str = "fore") -> dict[str, Any]:
    """How an element is named that is to be removed (GJ-E75)."""
    return {"type": layer, "resOptions": {"name": name}}


async def execute(talk: Talk, name: str, method: str, args: Any, *more: dict[str, Any]) -> dict[str, Any]:
    """ExecSessionResList; whatever is answered."""
    command = {"name": name, "options": {"method": method, "args": args}}
    return await talk.ask("ExecSessionResList", {"executeList": [command, *more]})


def done(answer: dict[str, Any]) -> None:
    """A result that says nothing of a failure."""
    expect(result_of(answer).get("ok", True) is True, "a result", answer)


def not_done(answer: dict[str, Any]) -> None:
    """An error, or a result with ``ok`` false (GJ-E81)."""
    if "error" in answer:
        error_of(answer)
    else:
        expect(result_of(answer).get("ok") is False, "an error, or ok false", answer)


def is_show(heard: Heard, name: str) -> bool:
    """Whether it tells that an element is displayed."""
    return heard.is_state(state="Show") and heard.params.get("name") == name


async def added(bench: GuijiBench) -> None:
    talk = await bench.created()
    done(await modify(talk, add=[IMAGE]))
    heard = await talk.until("Show of the picture", lambda each: is_show(each, "image"))
    expect(heard.params.get("type") == "image", "type image", heard)


async def nothing_to_do(bench: GuijiBench) -> None:
    talk = await bench.created()
    done(await modify(talk))


async def removed(bench: GuijiBench) -> None:
    talk = await bench.created()
    done(await modify(talk, add=[IMAGE]))
    done(await modify(talk, remove=[named("image")]))
    not_done(await modify(talk, remove=[named("image")]))
    await talk.still_works()


async def unknown_removed(bench: GuijiBench) -> None:
    talk = await bench.created()
    not_done(await modify(talk, remove=[named("nothing")], add=[IMAGE]))
    not_done(await modify(talk, remove=[named("image")]))


async def removed_first(bench: GuijiBench) -> None:
    talk = await bench.created()
    done(await modify(talk, add=[IMAGE]))
    done(await modify(talk, remove=[named("image")], add=[IMAGE]))
    done(await modify(talk, remove=[named("image")]))


async def replaced(bench: GuijiBench) -> None:
    talk = await bench.created()
    done(await modify(talk, add=[BACKGROUND]))
    done(await modify(talk, add=[BACKGROUND]))
    done(await modify(talk, remove=[named("background", "back")]))
    not_done(await modify(talk, remove=[named("background", "back")]))


async def layers(bench: GuijiBench) -> None:
    talk = await bench.created()
    for layer in ("fore", "center", "back"):
        done(await modify(talk, add=[{**IMAGE, "type": layer}]))
    not_done(await modify(talk, add=[{**IMAGE, "type": "middle"}]))
    await talk.still_works()


async def each_alone(bench: GuijiBench) -> None:
    first, second = await bench.created(), await bench.created()
    done(await modify(first, add=[IMAGE]))
    not_done(await modify(second, remove=[named("image")]))
    await second.none_of("Show of another session's picture", lambda each: is_show(each, "image"))


# --- commands ---


def _to(code: str) -> dict[str, Any]:
    return {"drivenMode": "audioDriven", "audioDriven": {"udCode": code}}


async def switched(bench: GuijiBench) -> None:
    talk = await bench.created()
    code, _ = await bench.scene()
    done(await execute(talk, "dthuman", "switchTemplate", _to(code)))


async def switched_shown(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.until("Show of the digital human", lambda each: is_show(each, "dthuman"))
    code = await bench.other_scene()
    done(await execute(talk, "dthuman", "switchTemplate", _to(code)))
    heard = await talk.until("Show of the digital human", lambda each: is_show(each, "dthuman"))
    expect(heard.params.get("udCode") == code, f"udCode {code}", heard)


async def switched_placed(bench: GuijiBench) -> None:
    talk = await bench.created()
    code, _ = await bench.scene()
    place = {"x": 10, "y": 10, "width": 500, "height": 900}
    done(await execute(talk, "dthuman", "switchTemplate", {**_to(code), "drawOptions": place}))


async def switched_to_nothing(bench: GuijiBench) -> None:
    talk = await bench.created()
    not_done(await execute(talk, "dthuman", "switchTemplate", _to("999999999")))
    await talk.none_of("Show of that scene", lambda each: each.params.get("udCode") == "999999999")


async def other_driven_mode(bench: GuijiBench) -> None:
    talk = await bench.created()
    code, _ = await bench.scene()
    not_done(await execute(talk, "dthuman", "switchTemplate", {**_to(code), "drivenMode": "textDriven"}))


async def unknown_resource(bench: GuijiBench) -> None:
    talk = await bench.created()
    code, _ = await bench.scene()
    not_done(await execute(talk, "nobody", "switchTemplate", _to(code)))
    not_done(await execute(talk, "nobody", "setpushstreams", {"pushurls": PUSHURLS}))


async def unknown_command(bench: GuijiBench) -> None:
    talk = await bench.created()
    not_done(await execute(talk, "dthuman", "dance", {}))
    not_done(await execute(talk, "rtmp", "SetPushStreams", {"pushurls": PUSHURLS}))
    await talk.still_works()


async def pushed(bench: GuijiBench) -> None:
    talk = await bench.created()
    for method, urls in (
        ("setpushstreams", PUSHURLS),
        ("setpushstreams", PUSHURLS[:1]),
        ("closepushstreams", PUSHURLS[:1]),
    ):
        done(await execute(talk, "rtmp", method, {"pushurls": urls}))


async def pushed_nowhere(bench: GuijiBench) -> None:
    talk = await bench.created()
    for method in ("setpushstreams", "closepushstreams"):
        nowhere: list[Any] = [[], "rtmp://127.0.0.1/live", None]
        for urls in nowhere:
            not_done(await execute(talk, "rtmp", method, {"pushurls": urls}))
        not_done(await execute(talk, "rtmp", method, {}))
    await talk.still_works()


async def no_rtmp(bench: GuijiBench) -> None:
    talk = await bench.joined()
    await talk.create([await bench.any_material()], resList=[await talk.human()])
    not_done(await execute(talk, "rtmp", "setpushstreams", {"pushurls": PUSHURLS}))


async def several(bench: GuijiBench) -> None:
    talk = await bench.created()
    code, _ = await bench.scene()
    more = {"name": "dthuman", "options": {"method": "switchTemplate", "args": _to(code)}}
    done(await execute(talk, "rtmp", "setpushstreams", {"pushurls": PUSHURLS}, more))


_P: Final = "guiji.mqtt.elements"
_Q: Final = "guiji.mqtt.commands"

CASES: Final = (
    Case(f"{_P}.added", "An element that is added is displayed.", ("GJ-R103", "GJ-R120"), added),
    Case(f"{_P}.nothing", "Both lists may be empty.", ("GJ-R103",), nothing_to_do),
    Case(f"{_P}.removed", "An element is removed once.", ("GJ-E75",), removed, "ambiguous", needs=INVALID),
    Case(
        f"{_P}.unknown_removed",
        "With an unknown element nothing is done.",
        ("GJ-E75",),
        unknown_removed,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_P}.removed_first", "Elements are removed before others are added.", ("GJ-E75",), removed_first, "ambiguous"
    ),
    Case(
        f"{_P}.replaced",
        "SameNameInGroup replaces what has the name.",
        ("GJ-E74",),
        replaced,
        "ambiguous",
        needs=INVALID,
    ),
    Case(f"{_P}.layers", "A layer is fore, center or back.", ("GJ-R099",), layers, needs=INVALID),
    Case(f"{_P}.each_alone", "Elements belong to one session.", ("GJ-R103", "GJ-E75"), each_alone, needs=INVALID),
    Case(f"{_Q}.switched", "The digital human is switched to a scene.", ("GJ-R106",), switched),
    Case(f"{_Q}.switched_shown", "After a switch the new scene is shown.", ("GJ-E76",), switched_shown, "ambiguous"),
    Case(f"{_Q}.switched_placed", "A switch may have drawOptions.", ("GJ-E76",), switched_placed, "ambiguous"),
    Case(
        f"{_Q}.unknown_scene",
        "A scene that there is not is refused.",
        ("GJ-E71",),
        switched_to_nothing,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_Q}.driven_mode",
        "Another drivenMode than audioDriven is refused.",
        ("GJ-R106",),
        other_driven_mode,
        needs=INVALID,
    ),
    Case(
        f"{_Q}.unknown_resource",
        "A resource that the session does not hold is refused.",
        ("GJ-R107",),
        unknown_resource,
        "should",
        needs=INVALID,
    ),
    Case(
        f"{_Q}.unknown_command",
        "An unknown command is refused.",
        ("GJ-E77",),
        unknown_command,
        "ambiguous",
        needs=INVALID,
    ),
    Case(f"{_Q}.pushed", "The stream is pushed to others, and no more.", ("GJ-R108",), pushed),
    Case(f"{_Q}.pushed_nowhere", "A push needs one address or more.", ("GJ-R108",), pushed_nowhere, needs=INVALID),
    Case(
        f"{_Q}.no_rtmp", "Without the resource rtmp nothing is pushed.", ("GJ-R107",), no_rtmp, "should", needs=INVALID
    ),
    Case(f"{_Q}.several", "A request may have several commands.", ("GJ-R106", "GJ-R108"), several),
)
