"""Cases about driving with a whole text: a question, or a text to be spoken (WS 4.3)."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.web_socket import Closed
from ..bench import AliyunBench
from ..cases import case
from ..talk import TEXT, Frame, Reply, Talk
from ..verifiers import declared
from .opening import expect_layout, expect_one_finish

__all__ = ["CASES"]

_LONG: Final = "All the world is a stage, and all the men and women merely players. "


async def question(bench: AliyunBench) -> None:
    reply = await _asked(await bench.prepared(), "Who are you?")
    expect(reply.last.get("success") is True and bool(reply.text.strip()), "an answer", reply)


async def finishes(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    expect_one_finish(await _asked(talk, _LONG))
    more = [each for each in await talk.meanwhile() if each.biz_type == TEXT]
    expect(not more, "nothing after the packet that finishes", more)


async def layout(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    expect_layout(await _asked(talk, _LONG), talk.session.id)


async def related(bench: AliyunBench) -> None:
    reply = await _asked(await bench.prepared(), "Who are you?")
    lists = [reply.last.get(name) for name in ("relatedImages", "relatedVideos")]
    expect(all(isinstance(each, list) for each in lists), "relatedImages and relatedVideos, lists", reply)


async def is_declared(bench: AliyunBench) -> None:
    for packet in (await _asked(await bench.prepared(), _LONG)).frames:
        declared("text_drive.response", packet.raw)


async def message_id(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for text in ("m-1", "550e8400-e29b-41d4-a716-446655440000", "消息 1"):
        await talk.ask(_LONG, messageId=text)
        reply = await talk.replied()
        expect(reply.ids == {text}, f"messageId {text!r} in every packet", reply.ids)


async def type_given(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    plain, given = await _asked(talk, "Who are you?"), await _asked(talk, "Who are you?", type="TEXT")
    expect(plain.text == given.text, f"the same answer, {plain.text!r}", given.text)


async def same_question(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for name in ("m-1", "m-2"):
        await talk.ask("Who are you?", messageId=name)
    first, second = await talk.replied(message_id="m-1"), await talk.replied(message_id="m-2")
    expect(bool(first.text) and bool(second.text), "an answer to each", [first, second])


async def same_id(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for _ in range(2):
        reply = await _asked(talk, "Who are you?", messageId="m-1")
        expect_one_finish(reply)


async def in_turn(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    alone = (await _asked(talk, _LONG)).text
    names = [await talk.ask(_LONG, messageId=f"m-{number}") for number in range(4)]
    packets: list[Frame] = []
    while sum(packet.fields.get("finish") is True for packet in packets) < len(names):
        packets.append(await talk.until("packets of all answers", lambda each: each.biz_type == TEXT))
    order = [str(packet.fields.get("messageId")) for packet in packets]
    expect(list(dict.fromkeys(order)) == names and order == sorted(order, key=names.index), f"in order: {names}", order)
    for name in names:
        said = Reply(tuple(packet for packet in packets if packet.fields.get("messageId") == name)).text
        expect(said == alone, f"the whole answer to {name}", said)


async def broadcast(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    reply = await _asked(talk, "你好，我是数字人。 Hello!", ask_type=2)
    expect(reply.last.get("success") is True, "success true", reply)
    expect(reply.text == "你好，我是数字人。 Hello!", "the text that was sent", reply.text)


async def broadcast_finishes(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    expect_one_finish(await _asked(talk, _LONG, ask_type=2))
    more = [each for each in await talk.meanwhile() if each.biz_type == TEXT]
    expect(not more, "nothing after the packet that finishes", more)


async def not_alike(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    asked, spoken = await _asked(talk, _LONG), await _asked(talk, _LONG, ask_type=2)
    expect(asked.text != spoken.text, "an answer, and not the question itself", asked.text)
    expect(spoken.text == _LONG, "the text itself, and no answer to it", spoken.text)


async def long_text(bench: AliyunBench) -> None:
    text = _LONG * 200
    reply = await _asked(await bench.prepared(), text, ask_type=2)
    expect(reply.text == text, f"all {len(text)} characters", f"{len(reply.text)} characters")


async def any_characters(bench: AliyunBench) -> None:
    text = '"quoted" \\ / \u0000\u001f\u2028 é 你好 🙂 <b> & {text}'
    reply = await _asked(await bench.prepared(), text, ask_type=2)
    expect(reply.text == text, text, reply.text)


async def empty_text(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.ask("", ask_type=2)
    found = await talk.receive()
    expect(found is not None, ("an answer", "a refusal"), found)


async def without_message_id(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(TEXT, {"text": "Who are you?", "askType": 1})
    found = await talk.receive()
    expect(found is not None, ("an answer", "a refusal"), found)
    if not isinstance(found, Closed) and found is not None and not found.is_error:
        expect(bool(found.fields.get("messageId")), "a messageId of the server's", found)


async def stray_flag(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.ask("Who are you?", dataFlag="START")
    found = await talk.receive()
    expect(found is not None, ("an answer", "a refusal"), found)


async def ask_type_as_text(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(TEXT, {"text": "Who are you?", "askType": "1", "messageId": "m-1"})
    found = await talk.receive()
    expect(found is not None, ("an answer", "a refusal"), found)


async def after_refusal(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.ask("Who are you?", ask_type=3)
    if isinstance(await talk.rejected(), Closed):
        return
    reply = await _asked(talk, "Who are you?")
    expect(reply.last.get("success") is True, "an answer", reply)


async def unknown_members(bench: AliyunBench) -> None:
    reply = await _asked(await bench.prepared(), "Who are you?", nobodyKnows={"this": [1]})
    expect(reply.last.get("success") is True, "an answer", reply)


async def _asked(talk: Talk, text: str, ask_type: int = 1, **more: Any) -> Reply:
    message_id = await talk.ask(text, ask_type=ask_type, **more)
    return await talk.replied(message_id=message_id)


_WS: Final = "ws.text."
CASES: Final = (
    case(_WS + "question", "A question is answered.", "ALI-R105 ALI-R099", question),
    case(_WS + "finishes", "An answer ends with finish true, once.", "ALI-R105 ALI-E126", finishes),
    case(_WS + "layout", "An answer has its seven fields.", "ALI-R105", layout),
    case(_WS + "related", "Related images and videos are lists.", "ALI-E120 ALI-R105", related),
    case(_WS + "declared", "An answer is as it is declared.", "ALI-R105", is_declared),
    case(
        _WS + "message_id",
        "Every packet of an answer has the messageId of the question.",
        "ALI-E21 ALI-R103",
        message_id,
    ),
    case(_WS + "type_given", "TEXT is the type by default.", "ALI-R100", type_given),
    case(_WS + "same_question", "A question that is asked again is answered again.", "ALI-R105", same_question),
    case(_WS + "same_id", "A messageId may come again.", "ALI-R105", same_id),
    case(_WS + "in_turn", "Questions that come at once are answered one after the other.", "ALI-E115", in_turn),
    case(_WS + "broadcast", "A broadcast is answered with its text.", "ALI-E23", broadcast),
    case(
        _WS + "broadcast_finishes", "The answer to a broadcast finishes once.", "ALI-E23 ALI-R105", broadcast_finishes
    ),
    case(
        _WS + "ask_and_broadcast",
        "A question is answered, a broadcast spoken as it stands.",
        "ALI-R099 ALI-E23",
        not_alike,
    ),
    case(_WS + "long", "A long text is spoken to its end.", "ALI-E30", long_text),
    case(_WS + "any_characters", "A text may have any characters.", "ALI-E23 ALI-R092", any_characters),
    case(_WS + "empty", "An empty text is answered, one way or another.", "ALI-E25", empty_text, "invalid"),
    case(
        _WS + "without_message_id",
        "A text without messageId is answered, one way or another.",
        "ALI-E20",
        without_message_id,
        "invalid",
    ),
    case(
        _WS + "stray_flag",
        "A whole text with a dataFlag is answered, one way or another.",
        "ALI-E24",
        stray_flag,
        "invalid",
    ),
    case(
        _WS + "ask_type_as_text",
        "An askType of digits is answered, one way or another.",
        "AW-DIGITS",
        ask_type_as_text,
        "invalid",
    ),
    case(
        _WS + "after_refusal",
        "After a text that was refused the next one is answered.",
        "ALI-E09 ALI-R105",
        after_refusal,
        "invalid",
    ),
    case(_WS + "unknown_members", "Unknown members do no harm.", "ALI-R105", unknown_members),
)
