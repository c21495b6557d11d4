"""Cases about the opening remarks (WS 4.1)."""

from __future__ import annotations

from typing import Final

from ...engine.bench import expect
from ..bench import AliyunBench
from ..cases import case
from ..talk import OPENING, Reply, Talk
from ..verifiers import declared

__all__ = ["CASES", "expect_layout", "expect_one_finish"]


async def finishes(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    expect_one_finish(await _opened(talk))
    more = [each for each in await talk.meanwhile() if each.biz_type == OPENING]
    expect(not more, "nothing after the packet that finishes", more)


async def layout(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    expect_layout(await _opened(talk), talk.session.id)


async def is_declared(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for packet in (await _opened(talk)).frames:
        declared("opening.response", packet.raw)


async def says_something(bench: AliyunBench) -> None:
    reply = await _opened(await bench.prepared())
    expect(bool(reply.text.strip()) and reply.last.get("success") is True, "opening remarks", reply)


async def one_id(bench: AliyunBench) -> None:
    reply = await _opened(await bench.prepared())
    expect(len(reply.ids) == 1 and bool(next(iter(reply.ids))), "one messageId", reply.ids)


async def again(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    first, second = await _opened(talk), await _opened(talk)
    expect(not first.ids & second.ids, "a new messageId", second.ids)
    expect(first.text == second.text, f"the same remarks, {first.text!r}", second.text)


async def alike(bench: AliyunBench) -> None:
    first, second = await _opened(await bench.prepared()), await _opened(await bench.prepared())
    expect(first.text == second.text, f"the remarks of the project, {first.text!r}", second.text)


async def after_question(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.ask("Who are you?", messageId="m-1")
    await talk.replied(message_id="m-1")
    expect_one_finish(await _opened(talk))


async def _opened(talk: Talk) -> Reply:
    await talk.send(OPENING, {})
    return await talk.replied((OPENING,))


def expect_one_finish(reply: Reply) -> None:
    """An answer finishes once, with its last packet, and says so in each (ALI-R096, ALI-R105).

    Raises:
        Differs: it does not.
    """
    flags = [packet.fields.get("finish") for packet in reply.frames]
    wanted = [False] * (len(flags) - 1) + [True]
    expect(flags == wanted, "finish false in each packet but the last", flags)


def expect_layout(reply: Reply, session_id: str) -> None:
    """Each packet has the fields of an answer to a drive (ALI-R105).

    Raises:
        Differs: one does not.
    """
    for packet in reply.frames:
        fields = packet.fields
        expect(isinstance(fields.get("success"), bool), "success, true or false", packet)
        expect(fields.get("sessionId") == session_id, f"sessionId {session_id}", packet)
        expect(isinstance(fields.get("content"), str), "content, a text", packet)
        expect(isinstance(fields.get("finish"), bool), "finish, true or false", packet)
        expect(isinstance(fields.get("messageId"), str) and fields["messageId"], "a messageId", packet)
        for name in ("relatedImages", "relatedVideos"):
            expect(isinstance(fields.get(name) or [], list), f"{name}, a list", packet)


_WS: Final = "ws.opening."
CASES: Final = (
    case(_WS + "finishes", "The opening remarks end with finish true, once.", "ALI-R096", finishes),
    case(_WS + "layout", "The opening remarks have the fields of an answer.", "ALI-R096 ALI-R105", layout),
    case(_WS + "declared", "The opening remarks are as they are declared.", "ALI-R096", is_declared),
    case(_WS + "says_something", "The opening remarks say something.", "ALI-R096", says_something),
    case(_WS + "message_id", "All packets of the opening remarks have one messageId.", "ALI-E21", one_id),
    case(_WS + "again", "Opening remarks that are asked for again have another messageId.", "ALI-E21", again),
    case(_WS + "same_everywhere", "All sessions of a project have the same opening remarks.", "ALI-R096", alike),
    case(_WS + "after_question", "Opening remarks may be asked for at any time.", "ALI-R096 ALI-R080", after_question),
)
