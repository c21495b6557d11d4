"""Cases about nlpReply, which looks questions up in a library and is answered without an envelope (003 L547-603)."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Skip
from ...engine.http_calls import Reply
from ..bench import SenseTimeBench
from ..case import INVALID, SenseTimeCase, Tried, case
from ..verifying import declared, refused

__all__ = ["CASES", "question"]

_LIBRARY: Final = "fake-library"
_HIT: Final = "when do you open"
_MEMBERS: Final = ("answer", "device_id", "language", "query", "session", "trace", "error_message")


def question(bench: SenseTimeBench, **others: Any) -> dict[str, Any]:
    """Parameters of a question that is right."""
    right = {
        "appId": bench.endpoint.text("library") or _LIBRARY,
        "device": "windows",
        "language": "zh",
        "query": bench.endpoint.text("question") or _HIT,
        "session": bench.made_up("session-"),
        "trace": bench.made_up("trace-"),
    }
    return {**right, **others}


async def asked(bench: SenseTimeBench, given: dict[str, Any]) -> Reply:
    """The answer to a question, which has to be flat.

    Raises:
        Differs: it is not.
    """
    reply = await bench.call("nlpReply", given)
    holds = reply.status == 200 and all(isinstance(reply.json.get(name), str) for name in _MEMBERS)
    expect(holds, f"status 200 and the texts {', '.join(_MEMBERS)}", reply)
    return reply


async def flat(bench: SenseTimeBench) -> None:
    reply = await asked(bench, question(bench))
    more = {"code", "data", "message"} & set(reply.json)
    expect(not more, "no envelope", reply)


async def echoes(bench: SenseTimeBench) -> None:
    given = question(bench, query='今天几点开门? "quoted"')
    reply = await asked(bench, given)
    for name in ("query", "session", "trace"):
        expect(reply.json[name] == given[name], f"{name} {given[name]!r}", reply)


async def hit(bench: SenseTimeBench) -> None:
    reply = await asked(bench, question(bench))
    if not reply.json["answer"]:
        raise Skip("it needs a library that is there: library and question in the endpoint's description")
    expect(not reply.json["error_message"], "an answer without an error_message", reply)


async def is_declared(bench: SenseTimeBench) -> None:
    declared("nlpReply.response", (await asked(bench, question(bench))).body)


async def miss(bench: SenseTimeBench) -> None:
    await hit(bench)
    reply = await asked(bench, question(bench, query=f"nobody has asked this before {bench.made_up()}"))
    expect(not reply.json["answer"] and not reply.json["error_message"], "neither an answer nor an error", reply)


async def unknown_library(bench: SenseTimeBench) -> None:
    reply = await bench.call("nlpReply", question(bench, appId=bench.made_up("no-such-library-")))
    refused(reply, "a library there is none of")


async def echoes_device(bench: SenseTimeBench) -> None:
    reply = await asked(bench, question(bench, device="macos"))
    expect(reply.json["device_id"] == "macos" and reply.json["language"] == "zh", "device_id macos, language zh", reply)


def device(name: str) -> Tried:
    """A case about one kind of device."""

    async def tried(bench: SenseTimeBench) -> None:
        other, reply = await asked(bench, question(bench)), await asked(bench, question(bench, device=name))
        told = [each.json["error_message"] for each in (other, reply)]
        expect(bool(told[0]) == bool(told[1]), "the same as from another device", told)

    return tried


async def conversation(bench: SenseTimeBench) -> None:
    session = bench.made_up("session-")
    traces = [bench.made_up("trace-") for _ in range(3)]
    replies = [await asked(bench, question(bench, session=session, trace=trace)) for trace in traces]
    told = [(reply.json["session"], reply.json["trace"]) for reply in replies]
    expect(told == [(session, trace) for trace in traces], "the session and each trace as asked", told)


async def at_once(bench: SenseTimeBench) -> None:
    given = [question(bench, query=f"question {number}") for number in range(6)]
    replies = await asyncio.gather(*(asked(bench, each) for each in given))
    for asked_for, reply in zip(given, replies, strict=True):
        told = (reply.json["query"], reply.json["trace"])
        expect(told == (asked_for["query"], asked_for["trace"]), "each answer to its own question", told)


def wrong(why: str, **others: object) -> Tried:
    """A case about a question that is wrong."""

    async def tried(bench: SenseTimeBench) -> None:
        refused(await bench.call("nlpReply", question(bench, **others)), why)
        await asked(bench, question(bench))

    return tried


_WRONG: Final = (
    ("device", "ST-NLP-02", "another device", {"device": "fridge"}),
    ("device_case", "ST-NLP-02", "a device in capitals", {"device": "WINDOWS"}),
    ("language", "ST-NLP-03", "another language", {"language": "en"}),
    ("session", "ST-NLP-04", "an underscore in session", {"session": "a_b"}),
    ("session_space", "ST-NLP-04", "a space in session", {"session": "a b"}),
    ("trace", "ST-NLP-04", "a colon in trace", {"trace": "a:b"}),
    ("trace_chinese", "ST-NLP-04", "a Chinese trace", {"trace": "问题"}),
)

CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("http.nlp.flat", "An answer has no envelope.", ("ST-NET-07",), flat),
    case("http.nlp.echoes", "An answer has query, session and trace as asked.", ("ST-NLP-08",), echoes),
    case("http.nlp.hit", "A question that the library knows is answered.", ("ST-NLP-07",), hit),
    case("http.nlp.declared", "An answer is as it is declared.", ("ST-NLP-08",), is_declared),
    case("http.nlp.miss", "A miss has neither an answer nor an error.", ("ST-E72",), miss),
    case(
        "http.nlp.unknown_library",
        "An unknown library is told as an error.",
        ("ST-E70",),
        unknown_library,
        needs=INVALID,
    ),
    case("http.nlp.echoes_device", "An answer has the device and zh.", ("ST-E71",), echoes_device),
    *(
        case(f"http.nlp.device.{name}", f"A question may come from {name}.", ("ST-NLP-02",), device(name))
        for name in ("ios", "android", "windows", "macos")
    ),
    case("http.nlp.conversation", "Questions of one session keep their traces.", ("ST-NLP-08",), conversation),
    case("http.nlp.at_once", "Questions at once get their own answers.", ("ST-NLP-08",), at_once),
    *(
        case(
            f"http.nlp.refuses.{name}",
            f"A question with {why} is refused.",
            (clause,),
            wrong(why, **others),
            needs=INVALID,
        )
        for name, clause, why, others in _WRONG
    ),
)
