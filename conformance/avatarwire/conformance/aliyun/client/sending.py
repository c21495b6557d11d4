"""Cases about what is sent: frames, their payload, and the order of fragments."""

from __future__ import annotations

from typing import Any, Final

from ...clients.bench import ClientBench
from ...clients.talk import Talk
from .looking import CHANNEL, FRAMES, PING, TEXT, case, check_clean, member, opened, quick, serial

__all__ = ["CASES"]

_BUSINESS: Final = {
    "opening.request": 0,
    "interrupt.request": 2,
    TEXT: 128,
    "asr.data.request": 129,
    "asr.start.request": 130,
    "asr.end.request": 130,
    CHANNEL: 131,
    "audio_drive.request": 134,
}
"""Business types, by message."""
_CONTROL, _PING_FRAME, _GENERAL = 0, 14, 255
_HEADER: Final = 11


async def _frames(bench: ClientBench) -> tuple[Talk, list[Any]]:
    talk = await quick(bench)
    talk.reached(opened(talk), "an open socket")
    frames = [it for it in talk.entries if it.direction == "in" and it.transport == "ws"]
    talk.reached(frames, "a frame")
    return talk, frames


async def header(bench: ClientBench) -> None:
    talk, frames = await _frames(bench)
    for entry in frames:
        raw = entry.raw or b""
        talk.check(len(raw) >= _HEADER, f"a header of {_HEADER} bytes", f"{len(raw)} bytes")
        talk.check(entry.message in FRAMES, "a frame of the table", raw[:_HEADER].hex(" "))
    check_clean(talk, "ALI-R082", "ALI-R083", "ALI-R085", "ALI-R086", "ALI-R088", "ALI-R093", "ALI-E09")


async def code_points(bench: ClientBench) -> None:
    talk, frames = await _frames(bench)
    for entry in frames:
        raw: bytes = entry.raw or b""
        known = _BUSINESS.get(entry.message)
        if known is not None and len(raw) >= _HEADER:
            wanted = (_CONTROL, int(entry.message != "asr.data.request"), known)
            talk.check(tuple(raw[:3]) == wanted, f"{entry.message} as {wanted}", str(tuple(raw[:3])))
    check_clean(talk, "ALI-R089", "ALI-R091", "ALI-E11", "ALI-E12", "ALI-E13", "ALI-E14")


async def json_is_right(bench: ClientBench) -> None:
    talk, _ = await _frames(bench)
    check_clean(talk, "ALI-R092", "ALI-E105", "AW-BOM")


async def serial_numbers(bench: ClientBench) -> None:
    talk, frames = await _frames(bench)
    talk.reached(frames[1:], "a second frame")
    found = {serial(it) for it in frames}
    talk.check(len(found) > 1, "serial numbers at random", lambda: f"{found} in all {len(frames)} frames")


async def heartbeats(bench: ClientBench) -> None:
    talk = await quick(bench, seconds=1.5)
    for entry in talk.reached(talk.sent(PING), "a heartbeat"):
        raw: bytes = entry.raw or b""
        right = (raw[0], raw[2]) == (_PING_FRAME, _GENERAL)
        talk.check(right, "frame type 14, business type 255", str(tuple(raw[:3])))


async def heartbeat_answers(bench: ClientBench) -> None:
    talk = await quick(bench, pong_payload="", seconds=1.5)
    talk.reached(talk.got("heartbeat.pong"), "a pong")
    talk.check_succeeds()


async def texts(bench: ClientBench) -> None:
    talk = await quick(bench)
    for entry in talk.reached(talk.sent(TEXT), "a text"):
        talk.check(isinstance(member(entry, "text"), str), "text", str(entry.body))
        talk.check(member(entry, "askType") in (1, 2), "askType 1 or 2", str(member(entry, "askType")))
        talk.check(isinstance(member(entry, "messageId"), str), "messageId", str(entry.body))
    check_clean(talk, "ALI-R098", "ALI-R099", "ALI-R100", "ALI-R101", "ALI-R103", "ALI-E20", "ALI-E24")


async def streams(bench: ClientBench) -> None:
    talk = await quick(bench)
    # What the fake cannot read has no body.
    texts = [it for it in talk.sent(TEXT) if b"TEXT_STREAM" in (it.raw or b"")]
    talk.reached([*texts, *talk.sent("audio_drive.request")], "a stream of fragments")
    check_clean(talk, "ALI-R101", "ALI-R102", "ALI-R103", "ALI-R104", "ALI-R116", "ALI-E26", "ALI-E28", "ALI-E43")


async def audio(bench: ClientBench) -> None:
    talk = await quick(bench, flow="speech")
    talk.reached(talk.sent("audio_drive.request"), "an audio drive")
    check_clean(talk, "ALI-R103", "ALI-R114", "ALI-R115", "ALI-R116")


async def speech(bench: ClientBench) -> None:
    talk = await quick(bench, flow="speech")
    starts = talk.reached(talk.sent("asr.start.request"), "speech")
    for entry in starts:
        talk.check(member(entry, "askType") in (1, 2), "askType 1 or 2", str(member(entry, "askType")))
    check_clean(talk, "ALI-R106", "ALI-R111", "ALI-R099")


async def speech_order(bench: ClientBench) -> None:
    talk = await quick(bench, flow="speech")
    control = ("asr.start.request", "asr.data.request", "asr.end.request")
    found = [it.message for it in talk.reached(talk.sent(*control), "speech")]
    is_open = has_spoken = False
    for message in found:
        if message == control[0]:
            talk.check(not is_open, "an end packet before another start", f"{found}")
            is_open, has_spoken = True, False
        elif message == control[1]:
            talk.check(is_open, "a start packet before data", f"{found}")
            has_spoken = True
        else:
            talk.check(is_open and has_spoken, "start, data and end", f"{found}")
            is_open = False
    talk.check(not is_open, "an end packet", f"{found}")


async def speech_data(bench: ClientBench) -> None:
    talk = await quick(bench, flow="speech")
    data = talk.reached(
        [it for it in talk.entries if it.direction == "in" and (it.raw or b"")[2:3] == b"\x81"], "speech data"
    )
    for entry in data:
        talk.check(entry.raw[1] == 0, "data type 0, raw PCM", f"data type {entry.raw[1]}")
    check_clean(talk, "ALI-R108", "ALI-R091")


async def interrupt(bench: ClientBench) -> None:
    talk = await quick(bench, flow="interrupt", chunk_seconds=0.15, chunk_characters=8)
    talk.reached(talk.sent("interrupt.request"), "an interrupt")
    check_clean(talk, "ALI-R095")
    talk.check_succeeds()


async def text_over_http(bench: ClientBench) -> None:
    talk = await quick(bench)
    for entry in talk.reached(talk.sent("SendTextMsg.request"), "SendTextMsg"):
        text = member(entry, "text")
        talk.check(isinstance(text, str) and text.strip(), "a text that is not empty", repr(text))
    check_clean(talk, "ALI-R069", "ALI-R071")


CASES: Final = (
    case(
        "frames.header",
        "Packets have a header of eleven bytes, and types of the table.",
        "ALI-R083 ALI-R088 ALI-R093",
        header,
    ),
    case(
        "frames.types",
        "Requests are control frames of their business type, JSON but for speech.",
        "ALI-R091 ALI-R089",
        code_points,
    ),
    case("frames.json", "Payloads are JSON in UTF-8.", "ALI-R092", json_is_right),
    case("frames.serial_numbers", "Serial numbers are made at random.", "ALI-E06 ALI-R087", serial_numbers),
    case("heartbeat.form", "A heartbeat is frame type 14 and business type 255.", "ALI-E01 ALI-R120", heartbeats),
    case("heartbeat.pongs", "A pong is taken, whatever it holds.", "ALI-R120 ALI-E03", heartbeat_answers),
    case("text.parameters", "A text has text, askType and messageId.", "ALI-R098 ALI-R099", texts),
    case(
        "text.streams", "Fragments have one messageId, and their order.", "ALI-R103 ALI-R104 ALI-R101 ALI-R102", streams
    ),
    case("audio.parameters", "Audio has messageId, and sound as Base64 of PCM.", "ALI-R114 ALI-R115 ALI-R116", audio),
    case("speech.parameters", "Speech begins and ends with packets that say so.", "ALI-R106 ALI-R111", speech),
    case("speech.order", "Speech is a start, data and an end.", "ALI-R112", speech_order),
    case("speech.data", "Speech data are bytes, without JSON.", "ALI-R108 ALI-R091", speech_data),
    case("interrupt.no_answer", "No answer to an interrupt is waited for.", "ALI-R097 ALI-R095", interrupt),
    case(
        "http_text.parameters",
        "SendTextMsg is called with a text that is not empty.",
        "ALI-R071 ALI-R069",
        text_over_http,
    ),
)
