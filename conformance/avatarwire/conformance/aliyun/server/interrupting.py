"""Cases about interrupting (WS 4.2) and about heartbeats (WS struct 2, WS sample 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from ...engine.bench import expect
from ..bench import AliyunBench
from ..cases import case
from ..talk import AUDIO, GENERAL, INTERRUPT, OPENING, TEXT, Frame, Talk, frame
from ..verifiers import declared

__all__ = ["CASES"]

_LONG: Final = "All the world is a stage, and all the men and women merely players. " * 4


async def silent(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(INTERRUPT, {})
    found = await talk.meanwhile()
    expect(not found, "no answer", found)


async def many(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for _ in range(5):
        await talk.send(INTERRUPT, {})
    found = await talk.meanwhile()
    expect(not found, "no answer", found)


async def ends_answer(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send_at_once(_question("m-1"), (INTERRUPT, {}))
    reply = await talk.replied(message_id="m-1")
    more = [each for each in await talk.meanwhile() if each.biz_type == TEXT]
    expect(not more, "nothing after the end of what was interrupted", more)
    expect(reply.last.get("finish") is True, "finish true", reply)


async def cuts_answer(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    whole = ""
    for name, interrupted in (("m-1", False), ("m-2", True)):
        await talk.send_at_once(*[_question(name), _INTERRUPT][: 1 + interrupted])
        said = (await talk.replied(message_id=name)).text
        if not interrupted:
            whole = said
        else:
            expect(len(said) < len(whole), f"less than the whole answer of {len(whole)} characters", said)


async def ends_waiting(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send_at_once(*map(_question, ("m-1", "m-2", "m-3")), (INTERRUPT, {}))
    waiting = [each for each in await talk.meanwhile() if each.fields.get("messageId") in ("m-2", "m-3")]
    said = [str(each) for each in waiting if each.fields.get("content")]
    expect(not said, "nothing of those that waited", said)
    await talk.ask("Who are you?", messageId="m-4")
    found = await talk.until("an answer to the next question", lambda each: each.biz_type == TEXT)
    expect(found.fields.get("messageId") == "m-4", "nothing of those that waited", found)


async def ends_opening(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send_at_once((OPENING, {}), (INTERRUPT, {}))
    await talk.replied((OPENING,))
    more = [each for each in await talk.meanwhile() if each.biz_type == OPENING]
    expect(not more, "nothing after the end of what was interrupted", more)


async def drops_stream(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    given: dict[str, Any] = {"ask_type": 2, "messageId": "m-1", "type": "TEXT_STREAM"}
    await talk.ask("One ", **given, dataFlag="START")
    await talk.send(INTERRUPT, {})
    await talk.ask("two ", **given, dataFlag="CONTENT")
    await talk.ask("three.", **given, dataFlag="END")
    said = [str(each.fields.get("content") or "") for each in await talk.meanwhile() if each.biz_type == TEXT]
    expect("two" not in "".join(said), "nothing of the rest of the stream", said)


async def goes_on(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send_at_once(_question("m-1"), (INTERRUPT, {}))
    await talk.ask("Who are you?", messageId="m-2")
    reply = await talk.replied(message_id="m-2")
    expect(reply.last.get("success") is True and bool(reply.text), "an answer", reply)


async def stays_ready(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(INTERRUPT, {})
    status = (await talk.channel_status()).fields.get("status")
    expect(status == "READY", "READY as before", status)


async def other_session(bench: AliyunBench) -> None:
    first, second = await bench.prepared(), await bench.prepared()
    await second.ask(_LONG, messageId="m-1")
    whole = (await second.replied(message_id="m-1")).text
    await second.ask(_LONG, messageId="m-2")
    await first.send(INTERRUPT, {})
    said = (await second.replied(message_id="m-2")).text
    expect(said == whole, "the whole answer in the other session", said)


_INTERRUPT: Final[tuple[int, dict[str, Any]]] = (INTERRUPT, {})


def _question(message_id: str) -> tuple[int, dict[str, Any]]:
    return TEXT, {"text": _LONG, "askType": 1, "messageId": message_id}


# --- heartbeats ---


async def pong(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.ping()
    found = await _pong(talk)
    expect(found.frame_type == 15 and found.biz_type == GENERAL, "frame type 15, business type 255", found)


async def pong_payload(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.ping()
    found = await _pong(talk)
    expect(found.payload.strip() in (b"", b"{}"), ("{}", "nothing"), found)


async def pong_declared(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.ping()
    declared("heartbeat.pong", (await _pong(talk)).raw)


async def pong_serial(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    for _ in range(3):
        serial = await talk.ping()
        found = await _pong(talk)
        expect(found.serial == serial, f"serial number {serial!r}", found.serial)


async def each_ping(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    count = 20
    for _ in range(count):
        await talk.ping()
    for number in range(count):
        await talk.until(f"a pong for each of {count} pings, after {number}", lambda each: each.is_pong)
    more = await talk.receive(0.05)
    expect(more is None, "no pong without a ping", more)


async def no_pong_unasked(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    found = await talk.receive(0.1)
    expect(found is None, "nothing", found)


async def any_payload(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    for payload in (b"", b"{}", b"ping", b"[1]", b"\xff\x00"):
        await talk.ping(payload)
        await _pong(talk)


async def binary(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.socket.send(frame(GENERAL, b"\x00\x01", frame_type=14, data_type=0, serial=talk.serial()))
    await _pong(talk)


async def sample_form(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.send(GENERAL, None, payload=b"{}")
    await _pong(talk)


def _during(begin: Callable[[Talk], Awaitable[Any]]) -> Callable[[AliyunBench], Awaitable[None]]:
    async def run(bench: AliyunBench) -> None:
        talk = await bench.prepared()
        await begin(talk)
        serial = await talk.ping()
        await talk.until("a pong", lambda each: each.is_pong)
        expect(bool(serial), "a serial number", serial)
        await talk.works()

    return run


async def _answer(talk: Talk) -> None:
    await talk.ask(_LONG)


async def _speech(talk: Talk) -> None:
    await talk.begin_speech()
    await talk.speak()


async def _text_stream(talk: Talk) -> None:
    await talk.ask("One ", ask_type=2, messageId="m-1", type="TEXT_STREAM", dataFlag="START")


async def _audio(talk: Talk) -> None:
    await talk.send(AUDIO, {"messageId": "m-1", "audio": "AAAA", "type": "AUDIO_STREAM", "dataFlag": "START"})


async def _error(talk: Talk) -> None:
    await talk.send(TEXT, None, payload=b"{}")


async def leaves_answer(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.ask(_LONG, messageId="m-1")
    whole = (await talk.replied(message_id="m-1")).text
    await talk.ask(_LONG, messageId="m-2")
    for _ in range(3):
        await talk.ping()
    said = (await talk.replied(message_id="m-2")).text
    expect(said == whole, "the whole answer", said)


async def many_sessions(bench: AliyunBench) -> None:
    talks = [await bench.connected(session) for session in [await bench.started() for _ in range(4)]]
    serials = [await talk.ping() for talk in talks]
    for talk, found, serial in zip(talks, await asyncio.gather(*map(_pong, talks)), serials, strict=True):
        expect(found.is_pong, f"a pong for {serial!r} in session {talk.session.id}", found)


async def _pong(talk: Talk) -> Frame:
    return await talk.until("a pong", lambda each: each.is_pong)


_WS: Final = "ws.interrupt."
_PING: Final = "ws.heartbeat."
CASES: Final = (
    case(_WS + "silent", "An interrupt has no answer.", "ALI-R097", silent),
    case(_WS + "many", "Interrupts may follow each other.", "ALI-R097", many),
    case(_WS + "ends_answer", "An answer that is interrupted ends with finish true.", "ALI-E33", ends_answer),
    case(_WS + "cuts_answer", "An answer that is interrupted is not said to its end.", "ALI-E32", cuts_answer),
    case(_WS + "ends_waiting", "Questions that wait are interrupted as well.", "ALI-E32", ends_waiting),
    case(_WS + "ends_opening", "Opening remarks are interrupted.", "ALI-E33", ends_opening),
    case(_WS + "drops_stream", "The rest of a stream that is interrupted is dropped.", "ALI-E32", drops_stream),
    case(_WS + "goes_on", "A question after an interrupt is answered.", "ALI-R105 ALI-R097", goes_on),
    case(_WS + "stays_ready", "The channel stays READY after an interrupt.", "ALI-R113 ALI-E32", stays_ready),
    case(_WS + "other_session", "An interrupt does nothing in other sessions.", "ALI-R105 ALI-E32", other_session),
    case(_PING + "pong", "A ping is answered by a pong.", "ALI-R120 ALI-R094", pong),
    case(_PING + "pong_payload", "A pong holds {}, or nothing.", "ALI-E03", pong_payload),
    case(_PING + "pong_declared", "A pong is as it is declared.", "ALI-R120", pong_declared),
    case(_PING + "pong_serial", "A pong has the serial number of its ping.", "ALI-E04", pong_serial),
    case(_PING + "each", "Each ping is answered once.", "ALI-R120", each_ping),
    case(_PING + "not_unasked", "No pong comes without a ping.", "ALI-R120", no_pong_unasked),
    case(_PING + "any_payload", "A ping may hold anything.", "ALI-E02", any_payload),
    case(_PING + "binary", "A ping may hold bytes.", "ALI-E02", binary),
    case(_PING + "sample_form", "A ping in a control frame is answered.", "ALI-E01", sample_form),
    case(_PING + "during_answer", "A ping is answered during an answer.", "ALI-R120", _during(_answer)),
    case(_PING + "during_speech", "A ping is answered during speech.", "ALI-R120", _during(_speech)),
    case(_PING + "during_text_stream", "A ping is answered during a streamed text.", "ALI-R120", _during(_text_stream)),
    case(_PING + "during_audio", "A ping is answered during an audio drive.", "ALI-R120", _during(_audio)),
    case(_PING + "after_error", "A ping is answered after an error.", "ALI-R120 ALI-E09", _during(_error), "invalid"),
    case(_PING + "leaves_answer", "Pings do nothing to an answer.", "ALI-R105 ALI-R120", leaves_answer),
    case(_PING + "many_sessions", "Each session has its own pongs.", "ALI-R120", many_sessions),
)
