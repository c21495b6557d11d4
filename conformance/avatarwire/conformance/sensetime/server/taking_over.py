"""Cases about takeovers that play at once (003 L160-247), and what may be in their script (003 L1063-1119)."""

from __future__ import annotations

import json
from typing import Any, Final

from ...engine.bench import expect
from ..bench import BRIEF, SenseTimeBench, spoken
from ..case import INVALID, SenseTimeCase, Tried, case
from ..verifying import accepted, declared, is_refused, members, refused, succeeded

__all__ = ["CASES", "OPERATIONS"]

OPERATIONS: Final = ("takeoverCommand", "takeoverCommandV1", "takeoverQueue")
"""What takes a takeover script."""
_AUDIO: Final = "https://files.example.com/break.mp3"
_IMAGE: Final[dict[str, Any]] = {
    "url": "https://files.example.com/news.png", "rect": [0, 0, 310, 88], "start": 0, "duration": -1,
}  # fmt: skip
_LONG_ENOUGH_IN_CHINESE: Final = "今天天气非常好我们去"


async def command(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.of_live("takeoverCommand", live, param=spoken("Now for something else entirely."))
    data = members(accepted(reply))
    expect(data.get("isSuccess") is True, "isSuccess true", reply)
    declared("takeoverCommand.response", reply.body)


async def command_id(bench: SenseTimeBench) -> None:
    live = await bench.started()
    first, second = await bench.command(live), await bench.command(live)
    expect(bool(first) and first != second, "an id for each takeover", (first, second))


async def command_plays(bench: SenseTimeBench) -> None:
    live = await bench.started()
    trace_id = await bench.command(live)
    await bench.until_queue(live, [trace_id], "the takeover that plays")


async def command_preempts(bench: SenseTimeBench) -> None:
    live = await bench.started()
    await bench.command(live)
    second = await bench.command(live)
    found = await bench.queued(live)
    expect(found == [second], "the second takeover only", found)


async def command_leaves_queue(bench: SenseTimeBench) -> None:
    live = await bench.started()
    await bench.command(live)
    waiting = await bench.queue(live)
    second = await bench.command(live)
    found = await bench.queued(live)
    expect(found == [second, waiting], "the second command, then what waits", found)


async def retiring(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.of_live("takeoverCommandV1", live, param=spoken("Now for something else entirely."))
    expect(accepted(reply) is True, "data true", reply)
    declared("takeoverCommandV1.response", reply.body)


async def retiring_plays(bench: SenseTimeBench) -> None:
    live = await bench.started()
    succeeded(await bench.of_live("takeoverCommandV1", live, param=spoken("Now for something else. " * 20)))
    found = await bench.queued(live)
    expect(len(found) == 1, "one takeover that plays", found)


async def retiring_ignores_images(bench: SenseTimeBench) -> None:
    live = await bench.started()
    param = spoken("Now for something else entirely.", foregrounds=[_IMAGE])
    succeeded(await bench.of_live("takeoverCommandV1", live, param=param))


def takes(operation: str, script: dict[str, Any]) -> Tried:
    """A case about a script that is right."""

    async def tried(bench: SenseTimeBench) -> None:
        live = await bench.started()
        reply = await bench.of_live(operation, live, param=json.dumps(script, ensure_ascii=False))
        accepted(reply)
        expect(not is_refused(reply), "a takeover that is taken", reply)

    return tried


def refuses(operation: str, param: object, why: str) -> Tried:
    """A case about a script that is wrong: it is refused, nothing plays, and a right one is taken after it."""

    async def tried(bench: SenseTimeBench) -> None:
        live = await bench.started()
        refused(await bench.of_live(operation, live, param=param), why)
        found = await bench.queued(live)
        expect(not found, "nothing that plays", found)
        await bench.command(live)

    return tried


def unknown(operation: str) -> Tried:
    """A case about a live there is none of."""

    async def tried(bench: SenseTimeBench) -> None:
        given = {"sessionId": "no-such-live", "param": spoken("Nobody will ever hear this.")}
        refused(await bench.call(operation, given), "a live there is none of")

    return tried


_TEXT: Final = {"content": "Now for the weather.", "ssml": False}
_RIGHT: Final[tuple[tuple[str, dict[str, Any], str, str], ...]] = (
    ("shortest", {"tts_query": {"content": BRIEF, "ssml": False}}, "ST-TKO-23", "a text of ten characters"),
    ("chinese", {"tts_query": {"content": _LONG_ENOUGH_IN_CHINESE}}, "ST-TKO-23", "ten Chinese characters"),
    ("audio", {"audio": _AUDIO}, "ST-TKO-25", "an mp3 file"),
    ("both", {"tts_query": _TEXT, "audio": _AUDIO}, "ST-TKO-24", "a text and a file"),
    ("path_beside_text", {"tts_query": _TEXT, "audio": "/srv/break.mp3"}, "ST-TKO-24", "a file that is ignored"),
)
_WITH_IMAGES: Final[tuple[tuple[str, dict[str, Any], str, str], ...]] = (
    ("foregrounds", {"tts_query": _TEXT, "foregrounds": [_IMAGE, _IMAGE]}, "ST-TKO-28", "a list of foregrounds"),
    ("background", {"tts_query": _TEXT, "backgrounds": _IMAGE}, "ST-TKO-28", "one background"),
    ("late_image", {"tts_query": _TEXT, "foregrounds": [{**_IMAGE, "start": 3_600_000}]}, "ST-TKO-29", "a late image"),
    ("long_image", {"tts_query": _TEXT, "foregrounds": [{**_IMAGE, "duration": 3_600_000}]}, "ST-TKO-30",
     "an image that outlasts the speech"),
    ("short_image", {"tts_query": _TEXT, "foregrounds": [{**_IMAGE, "duration": 1}]}, "ST-TKO-31", "a short image"),
    ("whole_image", {"tts_query": _TEXT, "backgrounds": {**_IMAGE, "duration": -1}}, "ST-TKO-32", "duration -1"),
)  # fmt: skip
_WRONG: Final[tuple[tuple[str, object, str, str], ...]] = (
    ("too_short", spoken("012345678"), "ST-TKO-23", "a text of nine characters"),
    ("too_short_in_chinese", spoken(_LONG_ENOUGH_IN_CHINESE[:9]), "ST-TKO-23", "a text of nine Chinese characters"),
    ("empty_text", spoken(""), "ST-TKO-23", "an empty text"),
    ("nested", json.loads(spoken("Now for the weather.")), "ST-TKO-01", "an object in place of the text param"),
    ("no_json", "no JSON", "ST-TKO-01", "a param that is no JSON"),
    ("cut", spoken("Now for the weather.")[:-1], "ST-TKO-01", "a param that is cut short"),
    ("more", spoken("Now for the weather.") + "}", "ST-TKO-01", "a param with more behind the script"),
    ("list", "[]", "ST-TKO-01", "a param that is a list"),
    ("empty", "", "ST-TKO-01", "an empty param"),
    ("number", 7, "ST-TKO-01", "a param that is a number"),
    ("nothing", "{}", "ST-E36", "a script of nothing"),
    ("blanks", spoken(" " * 20), "ST-E37", "a text of blanks"),
)

CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("http.command.accepted", "A takeover is accepted with isSuccess.", ("ST-TKO-05",), command),
    case("http.command.id", "Each takeover has an id.", ("ST-E50",), command_id),
    case("http.command.plays", "A takeover plays at once.", ("ST-TKO-02", "ST-TKO-22"), command_plays),
    case("http.command.preempts", "A command ends what plays.", ("ST-E11",), command_preempts),
    case("http.command.leaves_queue", "A command leaves what waits.", ("ST-E11",), command_leaves_queue),
    case("http.command_v1.says_true", "The retiring command answers true, without an id.", ("ST-TKO-04",), retiring),
    case("http.command_v1.plays", "The retiring command plays at once.", ("ST-TKO-02", "ST-E10"), retiring_plays),
    case(
        "http.command_v1.ignores_images",
        "The retiring command ignores images.",
        ("ST-E41", "ST-TKO-26"),
        retiring_ignores_images,
        needs=INVALID,
    ),
    *(
        case(f"http.{operation}.takes.{name}", f"{operation} takes {what}.", (clause,), takes(operation, script))
        for operation in OPERATIONS
        for name, script, clause, what in _RIGHT
    ),
    *(
        case(f"http.{operation}.takes.{name}", f"{operation} takes {what}.", (clause,), takes(operation, script))
        for operation in ("takeoverCommand", "takeoverQueue")
        for name, script, clause, what in _WITH_IMAGES
    ),
    *(
        case(
            f"http.{operation}.refuses.{name}",
            f"{operation} refuses {why}.",
            (clause,),
            refuses(operation, param, why),
            needs=INVALID,
        )
        for operation in OPERATIONS
        for name, param, clause, why in _WRONG
    ),
    *(
        case(
            f"http.{operation}.unknown_live",
            f"{operation} refuses a live there is none of.",
            ("ST-NET-05",),
            unknown(operation),
            needs=INVALID,
        )
        for operation in OPERATIONS
    ),
)
