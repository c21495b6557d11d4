"""Cases about speech that is recognised (WS 4.4 to 4.6)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from ...engine.bench import expect
from ...engine.web_socket import Closed
from ..bench import AliyunBench
from ..cases import case
from ..talk import ASR_CONTROL, ASR_DATA, TEXT, Frame, Reply, Talk
from ..verifiers import declared
from .opening import expect_layout, expect_one_finish

__all__ = ["CASES"]

_ANSWERS: Final = (TEXT, ASR_DATA, ASR_CONTROL)
"""Business types that an answer to speech may have (ALI-E35)."""


async def start_answered(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for ask_type in (1, 2):
        found = await _begun(talk, ask_type)
        expect(found.fields.get("sessionId") == talk.session.id, f"sessionId {talk.session.id}", found)
        expect(found.fields.get("success") is True, "success true", found)
        await talk.speak()
        await talk.end_speech()
        await talk.meanwhile()


async def start_declared(bench: AliyunBench) -> None:
    declared("asr.start.response", (await _begun(await bench.prepared())).raw)


async def start_answered_once(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    more = [each for each in await talk.meanwhile() if each.biz_type == ASR_CONTROL]
    expect(not more, "one answer to the start", more)


async def recognised(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    await talk.speak()
    await talk.end_speech()
    found = await talk.until("a result on business type 129", lambda each: each.biz_type == ASR_DATA)
    expect(found.frame_type == 1 and found.data_type == 1, "JSON in a data frame", found)


async def result_members(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    found = await _spoken(talk)
    last = [each for each in found if each.biz_type == ASR_DATA][-1].fields
    expect(last.get("success") is True and bool(last.get("content")), "success true and what was heard", last)
    expect(last.get("finish") is True, "finish true", last)


async def result_declared(bench: AliyunBench) -> None:
    for found in await _spoken(await bench.prepared()):
        if found.biz_type == ASR_DATA:
            declared("asr.result", found.raw)


async def answered(bench: AliyunBench) -> None:
    reply = _answer(await _spoken(await bench.prepared()))
    expect(reply.last.get("success") is True and bool(reply.text), "an answer", reply)


async def answer_layout(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    reply = _answer(await _spoken(talk))
    expect_layout(reply, talk.session.id)
    expect_one_finish(reply)


async def answer_type(bench: AliyunBench) -> None:
    found = await _spoken(await bench.prepared())
    expect(any(each.biz_type == TEXT for each in found), "an answer on business type 128", found)


async def answer_declared(bench: AliyunBench) -> None:
    for packet in _answer(await _spoken(await bench.prepared())).frames:
        declared("asr.drive_reply", packet.raw)


async def answer_id(bench: AliyunBench) -> None:
    reply = _answer(await _spoken(await bench.prepared()))
    expect(len(reply.ids) == 1 and bool(next(iter(reply.ids))), "one messageId", reply.ids)


async def result_first(bench: AliyunBench) -> None:
    types = [each.biz_type for each in await _spoken(await bench.prepared()) if each.biz_type in (ASR_DATA, TEXT)]
    if TEXT in types:
        expect(ASR_DATA in types[: types.index(TEXT)], "what was heard before the answer to it", types)


async def broadcast_has_no_result(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    found = await _spoken(talk, ask_type=2)
    results = [each for each in found if each.biz_type == ASR_DATA and "messageId" not in each.fields]
    kinds = [each for each in found if each.biz_type == ASR_DATA]
    # An answer may be on that business type as well (ALI-E35): it is one, where none is on the other.
    expect(not results and not (kinds and any(each.biz_type == TEXT for each in found)), "no result", kinds)


async def broadcast_text(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk, 2)
    await talk.speak()
    await talk.end_speech()
    reply = await talk.replied((TEXT, ASR_DATA))
    expect(reply.last.get("success") is True and bool(reply.text), "what is spoken", reply)


async def end_has_no_answer(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    found = await _spoken(talk)
    controls = [each for each in found if each.biz_type == ASR_CONTROL]
    expect(not controls, "no answer to the end packet itself", controls)


async def data_without_start(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.speak()
    found = await talk.meanwhile()
    expect(all(each.is_error for each in found), ("nothing", "an error message"), found)
    await talk.works()


async def end_without_start(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.end_speech()
    found = await talk.meanwhile()
    expect(all(each.is_error for each in found), ("nothing", "an error message"), found)
    await talk.works()


async def data_after_end(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _spoken(talk)
    await talk.speak()
    found = await talk.meanwhile()
    expect(all(each.is_error for each in found), ("nothing", "an error message"), found)


async def two_starts(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    await talk.begin_speech()
    found = await talk.receive()
    expect(found is not None, ("an answer", "an error message", "the end of the connection"), found)
    if not isinstance(found, Closed):
        await talk.speak()
        await talk.end_speech()
        await talk.meanwhile()
        await talk.works()


async def without_waiting(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.begin_speech()
    await talk.speak()
    await talk.end_speech()
    reply = await _replied_after_result(talk)
    expect(reply.last.get("success") is True, "an answer", reply)


async def many_packets(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    for size in (1024, 2, 640, 32000, 1024):
        await talk.speak(bytes(size))
    await talk.end_speech()
    reply = await _replied_after_result(talk)
    expect(reply.last.get("success") is True, "an answer", reply)


async def without_speech(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    await talk.end_speech()
    found = await talk.rejected()
    expect(isinstance(found, Frame), ("an answer with success false", "an error message"), found)
    await talk.works()


async def again(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    first, second = _answer(await _spoken(talk)), _answer(await _spoken(talk))
    expect(not first.ids & second.ids, "a new messageId", second.ids)


async def ask_type_of_end(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    await talk.speak()
    await talk.send(ASR_CONTROL, {"type": "endAsrAudio", "askType": 1})
    reply = await _replied_after_result(talk)
    expect(reply.last.get("success") is True, "an answer", reply)


async def odd_bytes(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    await talk.speak(bytes(1023))
    await talk.end_speech()
    found = await talk.receive()
    expect(found is not None, ("a result", "an error message"), found)


async def question_meanwhile(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    await talk.ask("Who are you?", messageId="m-1")
    reply = await talk.replied(message_id="m-1")
    expect(bool(reply.text), "an answer to the text", reply)
    await talk.speak()
    await talk.end_speech()
    await _replied_after_result(talk)


async def json_as_data(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _begun(talk)
    await talk.send(ASR_DATA, {"audio": "AAAA"}, data_type=1)
    found = await talk.meanwhile()
    expect(all(each.is_error for each in found), ("an error message", "nothing"), found)
    await talk.works()


async def over_connections(bench: AliyunBench) -> None:
    first = await bench.prepared()
    await _begun(first)
    await first.speak()
    second = await bench.prepared(first.session)
    await second.end_speech()
    found = await second.meanwhile()
    expect(all(each.is_error for each in found), ("nothing, as no speech has begun here", "an error message"), found)


async def _begun(talk: Talk, ask_type: int = 1) -> Frame:
    """Starts speech, and gives the answer to that."""
    await talk.begin_speech(ask_type)
    return await talk.until("an answer to the start", lambda each: each.biz_type == ASR_CONTROL)


async def _spoken(talk: Talk, ask_type: int = 1) -> list[Frame]:
    """An utterance, and all that comes of it after the answer to its start."""
    await _begun(talk, ask_type)
    await talk.speak()
    await talk.speak()
    await talk.end_speech()
    found: list[Frame] = []

    def answers(types: Collection[int]) -> list[Frame]:
        return [each for each in found if each.biz_type in types and "content" in each.fields]

    while True:
        came: Any = await talk.receive() if not _is_answered(found, ask_type) else await talk.receive(0.05)
        if not isinstance(came, Frame):
            expect(bool(answers(_ANSWERS)), "an answer to speech", found)
            return found
        found.append(came)


def _is_answered(found: list[Frame], ask_type: int) -> bool:
    finished = [each for each in found if each.fields.get("finish") is True]
    return len(finished) >= (2 if ask_type == 1 else 1)


def _answer(found: list[Frame]) -> Reply:
    """Of all that came of an utterance, the answer: behind the result, whatever its business type (ALI-E35)."""
    texts = [each for each in found if each.biz_type == TEXT and "content" in each.fields]
    if not texts:
        results = [each for each in found if each.biz_type in _ANSWERS and "content" in each.fields]
        ends = [number for number, each in enumerate(results) if each.fields.get("finish") is True]
        texts = results[ends[0] + 1 :] if ends else []
    expect(bool(texts), "an answer in the layout of a text drive's", found)
    return Reply(tuple(texts))


async def _replied_after_result(talk: Talk) -> Reply:
    found: list[Frame] = []
    while not _is_answered(found, 1):
        found.append(await talk.until("a result and an answer", lambda each: "content" in each.fields))
    return _answer(found)


_WS: Final = "ws.speech."
CASES: Final = (
    case(
        _WS + "start_answered",
        "The start of speech is answered with sessionId and success.",
        "ALI-R107",
        start_answered,
    ),
    case(_WS + "start_declared", "The answer to the start is as it is declared.", "ALI-R107", start_declared),
    case(_WS + "start_answered_once", "The start of speech is answered once.", "ALI-R107", start_answered_once),
    case(_WS + "recognised", "What was heard is returned in ask mode.", "ALI-R109", recognised),
    case(_WS + "result_members", "The result says what was heard.", "ALI-E36", result_members),
    case(_WS + "result_declared", "The result is as it is declared.", "ALI-R109 ALI-E36", result_declared),
    case(_WS + "answered", "A spoken question is answered.", "ALI-R110", answered),
    case(
        _WS + "answer_layout",
        "The answer to speech has the layout of a text drive's, and finishes once.",
        "ALI-R110 ALI-R105",
        answer_layout,
    ),
    case(_WS + "answer_type", "The answer to speech is on business type 128.", "ALI-E35", answer_type),
    case(_WS + "answer_declared", "The answer to speech is as it is declared.", "ALI-R110", answer_declared),
    case(_WS + "answer_id", "All packets of the answer to speech have one messageId.", "ALI-E21", answer_id),
    case(_WS + "result_first", "What was heard comes before the answer to it.", "ALI-R109 ALI-R110", result_first),
    case(
        _WS + "broadcast_has_no_result",
        "Nothing of what was heard is returned in broadcast mode.",
        "ALI-R109",
        broadcast_has_no_result,
    ),
    case(_WS + "broadcast_text", "What is spoken in broadcast mode is returned.", "ALI-R110", broadcast_text),
    case(_WS + "end_has_no_answer", "The end packet has no answer of its own.", "ALI-R111", end_has_no_answer),
    case(
        _WS + "data_without_start",
        "Speech data without a start are ignored, or refused.",
        "ALI-E39 ALI-R112",
        data_without_start,
        "invalid",
    ),
    case(
        _WS + "end_without_start",
        "An end without a start is ignored, or refused.",
        "ALI-E39 ALI-R112",
        end_without_start,
        "invalid",
    ),
    case(
        _WS + "data_after_end",
        "Speech data behind the end are ignored, or refused.",
        "ALI-E39 ALI-R112",
        data_after_end,
        "invalid",
    ),
    case(
        _WS + "two_starts", "A second start is answered, one way or another.", "ALI-R112 ALI-E39", two_starts, "invalid"
    ),
    case(_WS + "without_waiting", "Speech need not wait for the answer to its start.", "ALI-E40", without_waiting),
    case(_WS + "many_packets", "Packets of speech may have any size.", "ALI-R108 ALI-E37", many_packets),
    case(_WS + "without_speech", "An utterance without speech fails.", "ALI-E29", without_speech),
    case(_WS + "again", "An utterance may follow an utterance.", "ALI-E21 ALI-R112", again),
    case(_WS + "ask_type_of_end", "askType of the end packet does no harm.", "ALI-E34", ask_type_of_end),
    case(_WS + "odd_bytes", "Half a sample is answered, one way or another.", "ALI-E37", odd_bytes, "invalid"),
    case(
        _WS + "question_meanwhile", "A text is answered while speech is heard.", "ALI-E115 ALI-R105", question_meanwhile
    ),
    case(_WS + "json_as_data", "JSON is no speech.", "ALI-R091 ALI-R108", json_as_data, "invalid"),
    case(_WS + "over_connections", "Speech ends with its connection.", "ALI-E114", over_connections, "invalid"),
)
