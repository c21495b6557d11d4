"""Cases about the channel: asked for until it is ready, nothing is said before (WS flow 3, WS 4.7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from ...engine.bench import expect
from ...engine.web_socket import Closed
from ..bench import AliyunBench
from ..cases import case
from ..talk import ASR_CONTROL, ASR_DATA, AUDIO, CHANNEL, INTERRUPT, OPENING, TEXT, Talk
from ..verifiers import declared

__all__ = ["CASES"]


async def shape(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    found = await talk.channel_status()
    expect(found.fields.get("status") in ("INIT", "FAIL", "READY"), "a status of INIT, FAIL or READY", found)
    expect(found.fields.get("sessionId") == talk.session.id, f"sessionId {talk.session.id}", found)


async def is_declared(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    declared("channel_ready.response", (await talk.channel_status()).raw)


async def becomes_ready(bench: AliyunBench) -> None:
    await bench.prepared()


async def init_first(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    status = (await talk.channel_status()).fields.get("status")
    expect(status == "INIT", "INIT at first", status)


async def stays_ready(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    found = [(await talk.channel_status()).fields.get("status") for _ in range(3)]
    expect(found == ["READY"] * 3, "READY again", found)


async def each_is_answered(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    serials = [await talk.send(CHANNEL, {}) for _ in range(5)]
    found = [await talk.until("an answer about the channel", lambda each: each.biz_type == CHANNEL) for _ in serials]
    more = [each for each in await talk.meanwhile() if each.biz_type == CHANNEL]
    expect(len(found) == len(serials) and not more, "an answer to each question", [*found, *more])


async def not_asked(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    found = await talk.meanwhile()
    expect(not found, "nothing before anything is asked", found)


async def without_payload(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.send(CHANNEL, None, payload=b"", serial=bytes(8))
    found = await talk.receive()
    expect(found is not None, ("an answer", "an error message", "the end of the connection"), found)


def _early(send: Callable[[Talk], Awaitable[Any]]) -> Callable[[AliyunBench], Awaitable[None]]:
    async def run(bench: AliyunBench) -> None:
        talk = await bench.connected(await bench.started())
        await send(talk)
        if not isinstance(await talk.rejected(), Closed):
            await talk.until_ready()

    return run


async def _open(talk: Talk) -> None:
    await talk.send(OPENING, {})


async def _text(talk: Talk) -> None:
    await talk.ask("Are you ready?")


async def _broadcast(talk: Talk) -> None:
    await talk.ask("I am not ready.", ask_type=2)


async def _speech(talk: Talk) -> None:
    await talk.begin_speech()


async def _speech_data(talk: Talk) -> None:
    await talk.send(ASR_DATA, None, data_type=0, payload=bytes(320))


async def _speech_end(talk: Talk) -> None:
    await talk.send(ASR_CONTROL, {"type": "endAsrAudio"})


async def _audio(talk: Talk) -> None:
    fields = {"messageId": "m-1", "audio": "AAAA", "type": "AUDIO_STREAM", "dataFlag": "START"}
    await talk.send(AUDIO, fields)


async def early_text_is_lost(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.ask("Are you ready?", messageId="m-early")
    await talk.rejected()
    await talk.until_ready()
    found = [each for each in await talk.meanwhile() if each.biz_type == TEXT]
    expect(not found, "no answer later to what was refused", found)


async def early_interrupt(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.send(INTERRUPT, {})
    await talk.until_ready()


async def early_ping(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.ping()
    await talk.until("a pong", lambda found: found.is_pong)


_WS: Final = "ws.channel."
CASES: Final = (
    case(_WS + "shape", "The answer about the channel has sessionId and a status.", "ALI-R113", shape),
    case(_WS + "declared", "The answer about the channel is as it is declared.", "ALI-R113", is_declared),
    case(_WS + "becomes_ready", "The channel of a session becomes READY.", "ALI-R113 ALI-R077", becomes_ready),
    case(_WS + "init_first", "The channel is INIT at first.", "ALI-E16", init_first),
    case(_WS + "stays_ready", "A channel that is READY stays so.", "ALI-E16 ALI-R113", stays_ready),
    case(_WS + "each_is_answered", "Each question about the channel has one answer.", "ALI-R113", each_is_answered),
    case(_WS + "not_asked", "Nothing is said before anything is asked.", "ALI-R077 ALI-R113", not_asked),
    case(
        _WS + "without_payload",
        "A question without payload is answered, one way or another.",
        "ALI-E15",
        without_payload,
    ),
    case(
        _WS + "before.opening",
        "Opening remarks are refused before READY.",
        "ALI-E19 ALI-R078",
        _early(_open),
        "invalid",
    ),
    case(_WS + "before.text", "A question is refused before READY.", "ALI-E19 ALI-R078", _early(_text), "invalid"),
    case(
        _WS + "before.broadcast",
        "A broadcast is refused before READY.",
        "ALI-E19 ALI-R078",
        _early(_broadcast),
        "invalid",
    ),
    case(_WS + "before.speech", "Speech is refused before READY.", "ALI-E19 ALI-R078", _early(_speech), "invalid"),
    case(
        _WS + "before.speech_data",
        "Speech data are refused before READY.",
        "ALI-E19 ALI-R078",
        _early(_speech_data),
        "invalid",
    ),
    case(
        _WS + "before.speech_end",
        "An end of speech is refused before READY.",
        "ALI-E19 ALI-R078",
        _early(_speech_end),
        "invalid",
    ),
    case(_WS + "before.audio", "Audio is refused before READY.", "ALI-E19 ALI-R078", _early(_audio), "invalid"),
    case(
        _WS + "before.stays_refused",
        "What was refused before READY is not answered later.",
        "ALI-E19",
        early_text_is_lost,
        "invalid",
    ),
    case(_WS + "before.interrupt", "An interrupt before READY does no harm.", "ALI-R097", early_interrupt, "invalid"),
    case(_WS + "before.ping", "A heartbeat before READY is answered.", "ALI-R120", early_ping),
)
