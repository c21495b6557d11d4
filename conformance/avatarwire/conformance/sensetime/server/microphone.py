"""Cases about the microphone socket: rounds of speech from begin to eof, and what is no speech (003 L439-545)."""

from __future__ import annotations

from typing import Final

from ...engine.bench import expect
from ..bench import Live, SenseTimeBench, spoken
from ..case import INVALID, SenseTimeCase, Tried, case
from ..talking import Talk, code_of
from ..verifying import declared, refused, succeeded

__all__ = ["CASES"]

_TEXTS: Final = {2: "服务端已准备好接收", 6: "服务端未准备好接收", 7: "算法端接管冲突被拒绝", 1: "认证失败"}
_SECOND: Final = bytes(32_000)
"""A second of silence at 16 kHz, 16 bits (ST-E61)."""


async def listening(bench: SenseTimeBench) -> tuple[Live, Talk]:
    """A live in progress and its microphone socket."""
    live = await bench.started()
    return live, await bench.microphone(live)


async def ready(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.ready()


async def whole_round(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.round(20)
    await talk.nothing_against()


async def texts_are_declared(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.begin()
    found = await talk.code(2)
    declared("microphone.ready", bench.dumped(found))
    await talk.eof()
    trace_id = await bench.command(live)
    declared("microphone.takeover_started", bench.dumped(await talk.notice(19, trace_id)))
    await talk.begin()
    declared("microphone.conflict", bench.dumped(await talk.code(7)))


async def texts(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.begin()
    told = {2: (await talk.code(2)).get("message")}
    await talk.eof()
    await bench.command(live)
    await talk.begin()
    told[7] = (await talk.code(7)).get("message")
    expect(all(told[code] == _TEXTS[code] for code in told), f"{_TEXTS[2]} and {_TEXTS[7]}", told)


async def code_is_integer(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.begin()
    found = await talk.code(2)
    expect(isinstance(found.get("code"), int), "a code that is an integer", found)


async def ready_after_begin(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.answers()
    found = await talk.receive(0)
    expect(found is None, "nothing before begin", found)
    await talk.ready()


async def several_rounds(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    for _ in range(3):
        await talk.round()
    await talk.nothing_against()


async def eof_unanswered(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.round()
    await talk.answers()
    found = await talk.receive(0)
    expect(found is None, "no answer to eof", found)


async def no_speech(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.round(0)
    await talk.nothing_against()


def speech_of(data: bytes) -> Tried:
    """A case about a packet of speech of some size."""

    async def tried(bench: SenseTimeBench) -> None:
        _, talk = await listening(bench)
        await talk.ready()
        for _ in range(3):
            await talk.speech(data)
        await talk.eof()
        await talk.nothing_against()

    return tried


async def silence(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.ready()
    await talk.speech()
    for _ in range(5):
        await bench.let_pass(30)
        await bench.of_live("heartbeat", live)
    await talk.speech()
    await talk.eof()
    await talk.nothing_against()


async def idle(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    for _ in range(5):
        await bench.let_pass(30)
        await bench.of_live("heartbeat", live)
    await talk.ready()


async def again_after_leaving(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.ready()
    await talk.speech()
    await talk.socket.leave()
    again = await bench.microphone(live)
    await again.ready()


async def speech_before_begin(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.speech()
    await talk.answers_or_ends()
    again = await bench.microphone(live) if talk.socket.over else talk
    await again.begin()
    await again.until("code 2", lambda message: code_of(message) == 2)


async def speech_before_begin_fails(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.speech()
    await talk.code(5)


async def live_at_35(bench: SenseTimeBench) -> None:
    live = await bench.created()
    talk = await bench.microphone(live)
    await talk.begin()
    await talk.code(2, 6)


# --- takeovers by HTTP ---


async def conflict(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await bench.command(live)
    await talk.begin()
    await talk.code(7)


async def conflict_with_queue(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    trace_id = await bench.queue(live)
    await bench.until_queue(live, [trace_id], "the one there is")
    await talk.begin()
    await talk.code(7)


async def conflict_is_over(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await bench.command(live)
    await bench.queue(live)
    await talk.begin()
    await talk.code(7)
    succeeded(await bench.cancel(live))
    await talk.ready()


async def conflict_of_other(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    other = await bench.started()
    await bench.command(other)
    await talk.ready()


async def takeover_while_speaking(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.ready()
    await talk.speech()
    refused(
        await bench.of_live("takeoverCommand", live, param=spoken("Not while somebody speaks.")),
        "a takeover while somebody speaks",
    )


async def takeover_after_speech(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.round()
    await talk.answers()
    trace_id = await bench.command(live)
    await talk.notice(19, trace_id)


# --- what is no message ---


def not_understood(text: str) -> Tried:
    """A case about a text that is no message: code 5, and a round after it."""

    async def tried(bench: SenseTimeBench) -> None:
        _, talk = await listening(bench)
        await talk.text(text)
        await talk.code(5)
        await talk.ready()

    return tried


def survives(text: str) -> Tried:
    """A case about a text that is no message: another client, or the next begin, is answered all the same."""

    async def tried(bench: SenseTimeBench) -> None:
        live, talk = await listening(bench)
        await talk.text(text)
        await talk.answers_or_ends()
        again = await bench.microphone(live) if talk.socket.over else talk
        await again.begin()
        await again.until("code 2", lambda message: code_of(message) == 2)

    return tried


async def code_in_text(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.say({"code": "0", "message": "begin"})
    await talk.code(2)


async def wrong_in_round(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.ready()
    await talk.text("no JSON")
    await talk.code(5)


_NO_MESSAGES: Final = (
    ("no_json", "no JSON", "ST-E68"),
    ("empty", "", "ST-E68"),
    ("list", "[]", "ST-E68"),
    ("no_code", '{"message":"begin"}', "ST-E68"),
    ("code_null", '{"code":null,"message":"begin"}', "ST-E68"),
    ("unknown_code", '{"code":42,"message":"what"}', "ST-E67"),
    ("servers_code", '{"code":2,"message":"服务端已准备好接收"}', "ST-E67"),
)
_SIZES: Final = (
    ("one_byte", b"\x00", "one byte"),
    ("odd", bytes(641), "an odd number of bytes"),
    ("second", _SECOND, "a second"),
    ("large", bytes(256 * 1024), "256 KiB"),
    ("empty", b"", "no byte"),
)

CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("ws.microphone.live.at_35", "At 35 speech is taken or not, by 2 or 6.", ("ST-MIC-14",), live_at_35,
         needs=INVALID),
    case("ws.microphone.ready", "begin is answered with code 2.", ("ST-MIC-09",), ready),
    case("ws.microphone.round", "Speech from begin to eof is taken.", ("ST-MIC-09", "ST-MIC-06"), whole_round),
    case("ws.microphone.declared", "Its messages are as they are declared.", ("ST-MIC-01",), texts_are_declared),
    case("ws.microphone.texts", "Messages have the documented texts.", ("ST-E64",), texts),
    case("ws.microphone.code_is_integer", "A code is an integer.", ("ST-E57",), code_is_integer),
    case("ws.microphone.ready_after_begin", "Code 2 comes behind begin.", ("ST-E60",), ready_after_begin),
    case("ws.microphone.several_rounds", "One socket serves several rounds.", ("ST-E62",), several_rounds),
    case("ws.microphone.eof_unanswered", "eof is not answered.", ("ST-E62",), eof_unanswered),
    case("ws.microphone.no_speech", "A round may have no speech.", ("ST-E61",), no_speech),
    *(
        case(f"ws.microphone.speech.{name}", f"Packets of {what} are taken.", ("ST-E61",), speech_of(data))
        for name, data, what in _SIZES
    ),
    case("ws.microphone.silence", "It goes on listening while nobody speaks.", ("ST-MIC-20",), silence, alone=True),
    case("ws.microphone.idle", "It is open before anybody speaks.", ("ST-MIC-20",), idle, alone=True),
    case("ws.microphone.again", "After a lost connection another serves.", ("ST-MIC-09",), again_after_leaving),
    case("ws.microphone.order.speech_first", "Speech before begin spoils no round.", ("ST-MIC-05",),
         speech_before_begin, needs=INVALID),
    case("ws.microphone.order.speech_first_fails", "Speech before begin is told by code 5.", ("ST-E62",),
         speech_before_begin_fails, needs=INVALID),
    case("ws.microphone.conflict", "Speech is refused by code 7 while a takeover plays.", ("ST-MIC-15",), conflict,
         needs=INVALID),
    case("ws.microphone.conflict_queue", "So it is while a queued one plays.", ("ST-MIC-15",), conflict_with_queue,
         needs=INVALID),
    case("ws.microphone.conflict_over", "Once all are cancelled, speech is taken.", ("ST-MIC-15", "ST-MIC-09"),
         conflict_is_over, needs=INVALID),
    case("ws.microphone.conflict_of_other", "A takeover of another live is no conflict.", ("ST-MIC-15",),
         conflict_of_other),
    case("ws.microphone.takeover_while_speaking", "No takeover while somebody speaks.", ("ST-E56",),
         takeover_while_speaking, needs=INVALID),
    case("ws.microphone.takeover_after_speech", "After eof takeovers play.", ("ST-MIC-17",), takeover_after_speech),
    *(
        case(f"ws.microphone.refuses.{name}", f"{text or 'An empty text'} gets code 5.", (clause,),
             not_understood(text), needs=INVALID)
        for name, text, clause in _NO_MESSAGES
    ),
    *(
        case(f"ws.microphone.survives.{name}", f"{text or 'An empty text'} spoils no round.", ("ST-MIC-01",),
             survives(text), needs=INVALID)
        for name, text, _ in _NO_MESSAGES
    ),
    case("ws.microphone.refuses.in_round", "In a round, too.", ("ST-E68",), wrong_in_round, needs=INVALID),
    case("ws.microphone.code_in_text", "A code in digits is understood.", ("ST-E57",), code_in_text, needs=INVALID),
)  # fmt: skip
