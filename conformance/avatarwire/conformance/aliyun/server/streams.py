"""Cases about driving in fragments: streamed text and streamed audio (WS 4.3, WS 4.8)."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Final

from ...engine.bench import expect
from ...engine.web_socket import Closed
from ..bench import AliyunBench
from ..cases import case
from ..talk import AUDIO, TEXT, Frame, Talk
from .opening import expect_layout, expect_one_finish

__all__ = ["CASES"]

_PCM: Final = bytes(range(256)) * 8


async def text(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _stream(talk, "m-1", ("Good ", "morning, ", "你好 🙂", "."))
    reply = await talk.replied(message_id="m-1")
    expect(reply.text == "Good morning, 你好 🙂.", "the whole text", reply.text)


async def text_finishes(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _stream(talk, "m-1", ("Good ", "morning", "."))
    reply = await talk.replied(message_id="m-1")
    expect_one_finish(reply)
    expect_layout(reply, talk.session.id)
    more = [each for each in await talk.meanwhile() if each.biz_type == TEXT]
    expect(not more, "one answer", more)


async def text_id(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _stream(talk, "m-of-stream", ("Good ", "morning", "."))
    reply = await talk.replied()
    expect(reply.ids == {"m-of-stream"}, "the messageId of the stream", reply.ids)


async def not_before_end(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _fragment(talk, "m-1", "Good ", "START")
    await _fragment(talk, "m-1", "morning", "CONTENT")
    found = [each for each in await talk.meanwhile() if each.biz_type == TEXT or each.is_error]
    expect(not found, "nothing before END", found)
    await _fragment(talk, "m-1", ".", "END")
    expect((await talk.replied(message_id="m-1")).text == "Good morning.", "the whole text", "another")


async def text_of_two(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _stream(talk, "m-1", ("Good ", "morning."))
    reply = await talk.replied(message_id="m-1")
    expect(reply.text == "Good morning.", "the whole text", reply.text)


async def many_fragments(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    parts = [f"{number} " for number in range(60)]
    await _stream(talk, "m-1", parts)
    reply = await talk.replied(message_id="m-1")
    expect(reply.text == "".join(parts), "the fragments in their order", reply.text)


async def empty_ends(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _stream(talk, "m-1", ("", "Good morning.", ""))
    reply = await talk.replied(message_id="m-1")
    expect(reply.text == "Good morning.", "the text between START and END", reply.text)


async def one_after_the_other(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for name, said in (("m-1", "One."), ("m-2", "Two.")):
        await _stream(talk, name, (said[:2], said[2:]))
        reply = await talk.replied(message_id=name)
        expect(reply.text == said, said, reply.text)


async def same_id_again(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for said in ("One.", "Two."):
        await _stream(talk, "m-1", (said[:2], said[2:]))
        reply = await talk.replied(message_id="m-1")
        expect(reply.text == said, said, reply.text)


async def question_meanwhile(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _fragment(talk, "m-1", "Good ", "START")
    await talk.ask("Who are you?", messageId="m-2")
    answer = await talk.replied(message_id="m-2")
    expect(bool(answer.text), "an answer to the question", answer)
    await _fragment(talk, "m-1", "morning.", "END")
    reply = await talk.replied(message_id="m-1")
    expect(reply.text == "Good morning.", "the whole text", reply.text)


def _out_of_order(*fragments: tuple[str, str]) -> Any:
    """Fragments out of order, by messageId and flag: each is taken as it is meant, or refused (ALI-E26)."""

    async def run(bench: AliyunBench) -> None:
        talk = await bench.prepared()
        for number, (name, flag) in enumerate(fragments):
            await _fragment(talk, name, f"{number} ", flag)
        found = await talk.receive()
        expect(found is not None, ("an error message", "an answer", "the end of the connection"), found)
        if not isinstance(found, Closed):
            await talk.meanwhile()
            await talk.works()

    return run


async def ask_mode(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for flag in ("START", "END"):
        await talk.ask("Hello.", ask_type=1, messageId="m-1", type="TEXT_STREAM", dataFlag=flag)
    found = await talk.receive()
    expect(found is not None, ("an error message", "an answer"), found)


async def over_connections(bench: AliyunBench) -> None:
    first = await bench.prepared()
    await _fragment(first, "m-1", "lost ", "START")
    second = await bench.prepared(first.session)
    await _stream(second, "m-1", ("Good ", "morning."))
    reply = await second.replied(message_id="m-1")
    expect(reply.text == "Good morning.", "nothing of the older connection", reply.text)


# --- audio ---


async def audio(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for flag in ("START", "CONTENT", "CONTENT", "END"):
        await _sound(talk, "m-1", flag)
    _silent(await talk.meanwhile())


async def audio_twice(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for name in ("m-1", "m-2"):
        for flag in ("START", "END"):
            await _sound(talk, name, flag)
    _silent(await talk.meanwhile())


async def audio_default_type(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for flag in ("START", "END"):
        await talk.send(AUDIO, {"messageId": "m-1", "audio": bench.base64(_encoded(_PCM)), "dataFlag": flag})
    _silent(await talk.meanwhile())


async def large_audio(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for flag in ("START", "CONTENT", "END"):
        await _sound(talk, "m-1", flag, bytes(64 * 1024))
    _silent(await talk.meanwhile())


async def empty_audio_ends(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for flag, pcm in (("START", b""), ("CONTENT", _PCM), ("END", b"")):
        await _sound(talk, "m-1", flag, pcm)
    _silent(await talk.meanwhile())


async def padding(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for flag, pcm in (("START", bytes(2)), ("CONTENT", bytes(4)), ("END", bytes(2))):
        await talk.send(AUDIO, {"messageId": "m-1", "audio": _encoded(pcm).rstrip("="), "dataFlag": flag})
    found = await talk.meanwhile()
    expect(all(each.is_error for each in found), ("nothing", "error messages"), found)


async def text_after_audio(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for flag in ("START", "END"):
        await _sound(talk, "m-1", flag)
    await talk.ask("Who are you?", messageId="m-2")
    reply = await talk.replied(message_id="m-2")
    expect(reply.last.get("success") is True, "an answer", reply)


async def no_flag(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(AUDIO, {"messageId": "m-1", "audio": _encoded(_PCM)})
    found = await talk.meanwhile()
    expect(all(each.is_error for each in found), ("nothing, as it is a whole stream", "an error message"), found)


async def audio_out_of_order(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for flag in ("CONTENT", "END", "END"):
        await _sound(talk, "m-1", flag)
    found = await talk.meanwhile()
    expect(all(each.is_error for each in found), ("nothing", "error messages"), found)
    for flag in ("START", "END"):
        await _sound(talk, "m-2", flag)
    _silent(await talk.meanwhile())


async def _stream(talk: Talk, message_id: str, parts: Iterable[str]) -> None:
    """A streamed text: the first part is START, the last one END."""
    given = list(parts)
    for number, part in enumerate(given):
        flag = "START" if not number else "END" if number == len(given) - 1 else "CONTENT"
        await _fragment(talk, message_id, part, flag)


async def _fragment(talk: Talk, message_id: str, part: str, flag: str) -> None:
    await talk.ask(part, ask_type=2, messageId=message_id, type="TEXT_STREAM", dataFlag=flag)


async def _sound(talk: Talk, message_id: str, flag: str, pcm: bytes = _PCM) -> None:
    given = {
        "messageId": message_id,
        "audio": talk.bench.base64(_encoded(pcm)),
        "type": "AUDIO_STREAM",
        "dataFlag": flag,
    }
    await talk.send(AUDIO, given)


def _encoded(pcm: bytes) -> str:
    return base64.b64encode(pcm).decode()


def _silent(found: list[Frame]) -> None:
    expect(not found, "no answer", found)


_WS: Final = "ws.stream."
_AUDIO: Final = "ws.audio."
CASES: Final = (
    case(_WS + "text", "A streamed text is spoken whole.", "ALI-R104 ALI-E23", text),
    case(_WS + "finishes", "A streamed text has one answer, which finishes once.", "ALI-R105 ALI-R104", text_finishes),
    case(_WS + "message_id", "The answer to a stream has its messageId.", "ALI-E21 ALI-R103", text_id),
    case(_WS + "not_before_end", "A streamed text is not answered before END.", "ALI-R104 ALI-E23", not_before_end),
    case(_WS + "without_content", "A stream may be START and END.", "ALI-R104", text_of_two),
    case(
        _WS + "many_fragments", "A stream may have many fragments, which keep their order.", "ALI-R104", many_fragments
    ),
    case(_WS + "empty_ends", "START and END may be empty.", "ALI-E25", empty_ends),
    case(_WS + "one_after_the_other", "A stream may follow a stream.", "ALI-R104", one_after_the_other),
    case(_WS + "same_id_again", "A stream begins anew with START.", "ALI-R104", same_id_again),
    case(
        _WS + "question_meanwhile",
        "A question in between leaves a stream as it is.",
        "ALI-E115 ALI-R104",
        question_meanwhile,
    ),
    case(
        _WS + "no_start",
        "A stream without START is answered, one way or another.",
        "ALI-E26 ALI-R104",
        _out_of_order(("m-1", "CONTENT"), ("m-1", "END")),
        "invalid",
    ),
    case(
        _WS + "end_only",
        "An END alone is answered, one way or another.",
        "ALI-E26 ALI-R104",
        _out_of_order(("m-1", "END")),
        "invalid",
    ),
    case(
        _WS + "two_starts",
        "A second START is answered, one way or another.",
        "ALI-E26 ALI-R104",
        _out_of_order(("m-1", "START"), ("m-1", "START"), ("m-1", "END")),
        "invalid",
    ),
    case(
        _WS + "two_at_once",
        "Two streams at once are answered, one way or another.",
        "ALI-E26 ALI-R103",
        _out_of_order(("m-1", "START"), ("m-2", "START"), ("m-1", "END"), ("m-2", "END")),
        "invalid",
    ),
    case(
        _WS + "other_id",
        "Another messageId in a stream is answered, one way or another.",
        "ALI-E26 ALI-R103",
        _out_of_order(("m-1", "START"), ("m-2", "CONTENT"), ("m-1", "END")),
        "invalid",
    ),
    case(_WS + "ask_mode", "A stream in ask mode is answered, one way or another.", "ALI-E28", ask_mode, "invalid"),
    case(_WS + "over_connections", "A stream ends with its connection.", "ALI-E114", over_connections),
    case(_AUDIO + "silent", "An audio drive has no answer.", "ALI-R117", audio),
    case(_AUDIO + "again", "An audio drive may follow an audio drive.", "ALI-R117", audio_twice),
    case(_AUDIO + "default_type", "AUDIO_STREAM is the type by default.", "ALI-R116", audio_default_type),
    case(_AUDIO + "large", "Fragments of 64 KiB are accepted.", "ALI-R117", large_audio),
    case(_AUDIO + "empty_ends", "START and END may be empty.", "ALI-E25", empty_audio_ends),
    case(_AUDIO + "padding", "Base64 may lack its padding, or is refused.", "ALI-E38", padding),
    case(_AUDIO + "text_after", "A question after audio is answered.", "ALI-R105 ALI-R117", text_after_audio),
    case(_AUDIO + "no_flag", "Audio without dataFlag is a whole stream, or refused.", "ALI-E43", no_flag, "invalid"),
    case(
        _AUDIO + "out_of_order",
        "Audio out of order is taken as it is meant, or refused.",
        "ALI-E26 ALI-R104",
        audio_out_of_order,
        "invalid",
    ),
)
