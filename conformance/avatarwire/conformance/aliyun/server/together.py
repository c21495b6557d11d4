"""Cases about several sessions at once, and about the documents' flows from end to end (WS flow, Java sample)."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from ...engine.bench import expect
from ..bench import AliyunBench
from ..cases import case
from ..talk import AUDIO, INTERRUPT, OPENING, TEXT, Talk
from ..verifiers import accepted

__all__ = ["CASES"]


async def at_once(bench: AliyunBench) -> None:
    talks = await asyncio.gather(*(bench.prepared() for _ in range(5)))

    async def one(number: int, talk: Talk) -> None:
        text = f"This is number {number}."
        await talk.ask(text, ask_type=2, messageId=f"m-{number}")
        reply = await talk.replied()
        expect(reply.ids == {f"m-{number}"}, f"messageId m-{number}", reply.ids)
        expect(reply.text == text, text, reply.text)
        sessions = {packet.fields.get("sessionId") for packet in reply.frames}
        expect(sessions == {talk.session.id}, f"sessionId {talk.session.id}", sessions)

    await asyncio.gather(*(one(number, talk) for number, talk in enumerate(talks)))
    for talk in talks:
        found = [each for each in await talk.meanwhile() if each.biz_type == TEXT]
        expect(not found, "no other session's answer", found)


async def interleaved(bench: AliyunBench) -> None:
    talks = [await bench.prepared() for _ in range(3)]
    for part, flag in (("one ", "START"), ("two ", "CONTENT"), ("three", "END")):
        for number, talk in enumerate(talks):
            await talk.ask(f"{number}{part}", ask_type=2, messageId="m-1", type="TEXT_STREAM", dataFlag=flag)
    for number, talk in enumerate(talks):
        reply = await talk.replied(message_id="m-1")
        wanted = f"{number}one {number}two {number}three"
        expect(reply.text == wanted, wanted, reply.text)


async def same_message_id(bench: AliyunBench) -> None:
    first, second = await bench.prepared(), await bench.prepared()
    await first.ask("One.", ask_type=2, messageId="m-1")
    await second.ask("Two.", ask_type=2, messageId="m-1")
    texts = [(await talk.replied(message_id="m-1")).text for talk in (first, second)]
    expect(texts == ["One.", "Two."], "each session its own text", texts)


async def ready_on_its_own(bench: AliyunBench) -> None:
    await bench.prepared()
    other = await bench.connected(await bench.started())
    status = (await other.channel_status()).fields.get("status")
    expect(status == "INIT", "INIT, whatever other channels are", status)


async def speech_on_its_own(bench: AliyunBench) -> None:
    first, second = await bench.prepared(), await bench.prepared()
    await first.begin_speech()
    await second.speak()
    await second.end_speech()
    found = await second.meanwhile()
    expect(all(each.is_error for each in found), ("nothing", "error messages"), found)


async def closed_alone(bench: AliyunBench) -> None:
    first, second = await bench.prepared(), await bench.prepared()
    await first.socket.close()
    await first.ended()
    await second.ask("Are you there?", messageId="m-1")
    reply = await second.replied(message_id="m-1")
    expect(reply.last.get("success") is True, "an answer in the other session", reply)


async def urls_of_sessions(bench: AliyunBench) -> None:
    first, second = await bench.started(), await bench.started()
    talk = await bench.connected(second)
    found = await talk.channel_status()
    expect(found.fields.get("sessionId") == second.id, f"session {second.id}, and not {first.id}", found)


# --- flows ---


async def whole_flow(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(OPENING, {})
    await talk.replied((OPENING,))
    await talk.ask("What is the weather like?", messageId="m-1")
    await talk.replied(message_id="m-1")
    await talk.begin_speech()
    await talk.speak()
    await talk.end_speech()
    await talk.replied()
    for flag in ("START", "CONTENT", "END"):
        await talk.send(AUDIO, {"messageId": "m-2", "audio": "AAAA", "type": "AUDIO_STREAM", "dataFlag": flag})
    await talk.send(INTERRUPT, {})
    await talk.works()
    fields = accepted(await bench.stopped(talk.session))
    expect(fields.get("status") == "Stopped", "Stopped", fields)


async def java_sample(bench: AliyunBench) -> None:
    accepted(await bench.call("QueryAvatarProject", {"projectId": bench.project_id}))
    session = await bench.started()
    given = {"projectId": bench.project_id, "sessionId": session.id}
    accepted(await bench.call("CheckSession", given))
    sent = {**given, "requestId": "1732860000", "text": "你好", "type": "1"}
    fields = accepted(await bench.call("SendTextMsg", sent))
    expect(fields.get("status") == "SUCCESS", "SUCCESS", fields)
    fields = accepted(await bench.stopped(session))
    expect(fields.get("status") == "Stopped", "Stopped", fields)
    accepted(await bench.call("QueryAvatarResource", {}))


async def project_flow(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    talk = await bench.prepared(await bench.started(projectId=project_id))
    await talk.ask("Good morning.", ask_type=2, messageId="m-1")
    reply = await talk.replied(message_id="m-1")
    expect(reply.text == "Good morning.", "Good morning.", reply.text)
    accepted(await bench.stopped(talk.session))
    offline = {"projectId": project_id, "operateType": "OFFLINE"}
    expect(accepted(await bench.call("OperateAvatarProject", offline)).get("success") is True, "success", "none")


async def sdk_call(bench: AliyunBench) -> None:
    headers = {
        "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.6 TeaDSL/2",
        "accept": "application/json",
    }
    accepted(await bench.call("QueryAvatarResource", {"idempotentId": bench.made_up()}, headers=headers))


_WS: Final = "ws.together."
_FLOW: Final = "any.flow."
CASES: Final[tuple[Any, ...]] = (
    case(_WS + "at_once", "Sessions that talk at once get their own answers.", "ALI-R105 ALI-E113", at_once),
    case(_WS + "interleaved", "Streams of several sessions do not mix.", "ALI-R104", interleaved),
    case(_WS + "same_message_id", "A messageId counts within its session.", "ALI-E21", same_message_id),
    case(_WS + "channel", "Each session has its own channel.", "ALI-E16", ready_on_its_own),
    case(_WS + "speech", "Speech that another session began is not heard.", "ALI-R112", speech_on_its_own, "invalid"),
    case(_WS + "closed_alone", "A socket that is closed does nothing to others.", "ALI-R105", closed_alone),
    case(_WS + "urls", "A URL leads to its own session.", "ALI-R113 ALI-R024", urls_of_sessions),
    case(_FLOW + "document", "The flow of the document works from start to end.", "ALI-R073 ALI-R081", whole_flow),
    case(_FLOW + "java_sample", "The calls of the Java sample work in their order.", "ALI-R068 ALI-R070", java_sample),
    case(
        _FLOW + "project",
        "A project is created, talked to and taken offline.",
        "ALI-R033 ALI-R105",
        project_flow,
        "billable",
    ),
    case(_FLOW + "sdk", "A call as the published SDK makes it works.", "ALI-E91 ALI-E67", sdk_call),
)
