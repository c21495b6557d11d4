"""Cases about the messages that the interactive SDK pushes (004 L152-237).

No document says what carries them: they are judged where the endpoint's description has ``interactive_url``, a
WebSocket that pushes them as JSON texts and takes ``{"text": ...}`` for something typed (AW-ST-PAGES).
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ...engine.bench import expect
from ...engine.web_socket import Refused
from ..bench import Live, SenseTimeBench
from ..case import CONTROL, INVALID, SenseTimeCase, Tried, case
from ..talking import Talk
from ..verifying import declared, succeeded

__all__ = ["CASES"]

_SERVICES: Final = ("asr", "nlp", "record", "command", "opening")
_TYPES: Final = ("text", "eof", "answer")
_ROUND: Final = re.compile(r"sense-live-nlp_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_(\d+)", re.IGNORECASE)
_OPENING: Final = re.compile(r"opening_\d{13}")
_WORDS: Final = "Welcome to our show!"
_QUESTION: Final = "When do you open?"
_SECOND: Final = bytes(32_000)


async def watched(bench: SenseTimeBench) -> tuple[Live, Talk]:
    """A live in progress and a page that listens to it."""
    live = await bench.started()
    return live, await bench.page(live)


async def asked(talk: Talk, text: str = _QUESTION) -> dict[str, Any]:
    """Types something; the answer to it."""
    await talk.say({"text": text})
    return await talk.pushed("nlp", "answer")


async def opened(bench: SenseTimeBench) -> dict[str, Any]:
    """The opening line of a live that has one."""
    script = bench.script
    script.update(version="0.0.2", live_type="interactive")
    script["sceneList"][0].update(opening_words=_WORDS, quick_response=[])
    live = await bench.started(param=json.dumps(script))
    return await (await bench.page(live)).pushed("opening", "answer")


async def opening(bench: SenseTimeBench) -> None:
    found = await opened(bench)
    expect(found.get("text") == _WORDS, f"the text {_WORDS!r}", found)


async def opening_trace(bench: SenseTimeBench) -> None:
    found = await opened(bench)
    expect(bool(_OPENING.fullmatch(str(found.get("trace")))), "a trace opening_ and milliseconds", found)


async def opening_declared(bench: SenseTimeBench) -> None:
    declared("interactive.opening.answer", bench.dumped(await opened(bench)))


async def heard(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    await talk.say({"text": _QUESTION})
    found = await talk.pushed("asr", "text")
    expect(found.get("query") == _QUESTION, f"the query {_QUESTION!r}", found)
    await talk.pushed("asr", "eof")


async def eof_is_empty(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    await talk.say({"text": _QUESTION})
    found = await talk.pushed("asr", "eof")
    expect(found.get("query") == "", "an empty query", found)


async def answered(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    found = await asked(talk)
    expect(isinstance(found.get("answer"), str) and bool(found["answer"]), "an answer", found)


async def recorded(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    await talk.say({"text": _QUESTION})
    await talk.pushed("record", "eof")


async def spoken(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    answer = await asked(talk)
    await bench.let_pass(120)
    found = await talk.pushed("command", "eof", patience=bench.speaking_patience)
    expect(found.get("trace") == answer.get("trace"), "the end of that round", found)


async def one_trace(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    answer = await asked(talk)
    told = {message.get("trace") for message in talk.messages}
    expect(told == {answer["trace"]}, "one trace for all of a round", told)


async def traces_rise(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    traces = [str((await asked(talk, text)).get("trace")) for text in ("One?", "Two?", "Three?")]
    found = [_ROUND.fullmatch(trace) for trace in traces]
    numbers = [int(match[2]) for match in found if match]
    expect(len(numbers) == 3 and numbers == sorted(set(numbers)), "traces of the form of the samples, rising", traces)


async def rounds_differ(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    traces = [(await asked(talk, text)).get("trace") for text in ("One?", "Two?")]
    expect(traces[0] != traces[1], "another trace for another round", traces)


async def indexes(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    for text in ("One?", "Two?"):
        await asked(talk, text)
    told: dict[tuple[object, ...], list[object]] = {}
    for message in talk.messages:
        if message.get("service") in ("asr", "nlp"):
            kind = (message.get("trace"), message.get("service"), message.get("type"))
            told.setdefault(kind, []).append(message.get("index"))
    expect(all(each == list(range(1, len(each) + 1)) for each in told.values()), "indexes from 1", told)


async def answer_id(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    ids = [(await asked(talk, text)).get("id") for text in ("One?", "Two?")]
    expect(all(isinstance(each, str) and each for each in ids) and ids[0] != ids[1], "an id for each answer", ids)


async def order(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    await asked(talk)
    told = [(message.get("service"), message.get("type")) for message in talk.messages]
    wanted = [("asr", "text"), ("asr", "eof"), ("record", "eof"), ("nlp", "answer")]
    expect(told == wanted, f"{wanted}", told)


async def known_values(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    await asked(talk)
    for message in talk.messages:
        holds = all(isinstance(message.get(name), str) for name in ("service", "trace", "type", "status"))
        expect(holds, "service, trace, type and status", message)
        holds = message["service"] in _SERVICES and message["type"] in _TYPES and message["status"] in ("ok", "fail")
        expect(holds, "values of the documents", message)


async def are_declared(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    await asked(talk)
    for message in talk.messages:
        declared(f"interactive.{message['service']}.{message['type']}", bench.dumped(message))


def fails(text: str) -> Tried:
    """A case about something sent that cannot be understood: that is told, and the next is answered."""

    async def tried(bench: SenseTimeBench) -> None:
        _, talk = await watched(bench)
        await talk.text(text)
        found = await talk.pushed("asr", "eof", "fail")
        expect(bool(found.get("error")), "an error that says why", found)
        await asked(talk)

    return tried


async def binary(bench: SenseTimeBench) -> None:
    _, talk = await watched(bench)
    await talk.speech()
    found = await talk.pushed("asr", "eof", "fail")
    expect(bool(found.get("error")), "an error that says why", found)


async def by_speech(bench: SenseTimeBench) -> None:
    live, talk = await watched(bench)
    microphone = await bench.microphone(live)
    await microphone.ready()
    for _ in range(3):
        await microphone.speech(_SECOND)
    await microphone.eof()
    await talk.pushed("asr", "text")
    await talk.pushed("asr", "eof")
    await talk.pushed("nlp", "answer")


async def no_speech(bench: SenseTimeBench) -> None:
    live, talk = await watched(bench)
    microphone = await bench.microphone(live)
    await microphone.round(0)
    found = await talk.pushed("asr", "eof", "fail")
    expect(bool(found.get("error")), "an error that says why", found)


async def several_pages(bench: SenseTimeBench) -> None:
    live, first = await watched(bench)
    second = await bench.page(live)
    answer = await asked(first)
    found = await second.pushed("nlp", "answer")
    expect(found == answer, "the same answer", found)


async def of_one_live(bench: SenseTimeBench) -> None:
    _, first = await watched(bench)
    _, second = await watched(bench)
    await asked(first)
    await second.answers()
    found = await second.receive(0)
    expect(found is None, "nothing for the page of another live", found)


async def wrong_token(bench: SenseTimeBench) -> None:
    live = await bench.started()
    try:
        await bench.knocked_page(live, token="no-such-token")  # noqa: S106 - none
    except Refused as refusal:
        expect(refusal.status in (401, 403), "status 401", refusal)
        return
    expect(False, "a refusal of the handshake", "a connection")


async def closed(bench: SenseTimeBench) -> None:
    live, talk = await watched(bench)
    succeeded(await bench.close(live))
    await talk.closed()


async def failed_answer(bench: SenseTimeBench) -> None:
    live, talk = await watched(bench)
    message = {"service": "nlp", "trace": "trace-1", "type": "answer", "status": "fail", "error": "the model is away"}
    await bench.control.command("push", session=live.id, message=message)
    found = await talk.pushed("nlp", "answer", "fail")
    expect(bool(found.get("error")), "an error that says why", found)


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("sdk.opening.text", "The opening line is in text.", ("ST-MSG-03",), opening),
    case("sdk.opening.trace", "Its trace has the form of the sample.", ("ST-E126",), opening_trace),
    case("sdk.opening.declared", "It is as it is declared.", ("ST-MSG-01",), opening_declared),
    case("sdk.round.heard", "What was heard is in query, then comes eof.", ("ST-MSG-04",), heard),
    case("sdk.round.eof_is_empty", "The query of eof is empty.", ("ST-E125",), eof_is_empty),
    case("sdk.round.answered", "The reply is in answer.", ("ST-MSG-05",), answered),
    case("sdk.round.recorded", "The end of the recording is told.", ("ST-MSG-07",), recorded),
    case("sdk.round.spoken", "The end of the speech is told.", ("ST-MSG-07",), spoken, alone=True),
    case("sdk.round.one_trace", "A round has one trace.", ("ST-E126",), one_trace),
    case("sdk.round.traces_rise", "Traces count the rounds.", ("ST-E126",), traces_rise),
    case("sdk.round.differs", "Another round has another trace.", ("ST-MSG-01",), rounds_differ),
    case("sdk.round.indexes", "Indexes count from 1.", ("ST-E122",), indexes),
    case("sdk.round.answer_id", "Each answer has an id.", ("ST-E122",), answer_id),
    case("sdk.round.order", "A round goes in its order.", ("ST-E127",), order),
    case("sdk.round.known_values", "Messages have the documented values.", ("ST-MSG-02", "ST-MSG-01"), known_values),
    case("sdk.round.declared", "Messages are as they are declared.", ("ST-MSG-01",), are_declared),
    case("sdk.round.by_speech", "What is spoken is heard and answered.", ("ST-MSG-04", "ST-MSG-05"), by_speech),
    case("sdk.fail.no_speech", "A round without speech fails, and says why.", ("ST-MSG-06",), no_speech),
    *(
        case(f"sdk.fail.{name}", f"{text or 'An empty text'} fails, and it is said why.", ("ST-MSG-06",), fails(text),
             needs=INVALID)
        for name, text in (("no_json", "no JSON"), ("empty", ""), ("no_text", "{}"), ("blank", '{"text": "  "}'),
                           ("number", '{"text": 7}'))
    ),
    case("sdk.fail.binary", "A binary message fails, and it is said why.", ("AW-ST-PAGES",), binary, needs=INVALID),
    case("sdk.fail.answer", "An answer that failed says why.", ("ST-MSG-06", "ST-E124"), failed_answer,
         needs=CONTROL),
    case("sdk.pages.several", "All pages of a live get its messages.", ("AW-ST-PAGES",), several_pages),
    case("sdk.pages.of_one_live", "A page gets the messages of its live only.", ("AW-ST-PAGES",), of_one_live),
    case("sdk.pages.wrong_token", "A page needs the token of the live.", ("AW-ST-PAGES",), wrong_token,
         needs=INVALID),
    case("sdk.pages.closed", "Closing a live ends its pages.", ("AW-ST-PAGES",), closed),
)  # fmt: skip
