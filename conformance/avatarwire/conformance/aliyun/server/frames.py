"""Cases about frames: their header, their code points, and their payload (WS struct 1 to 4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from ...engine.bench import expect
from ...engine.web_socket import Closed
from ..bench import AliyunBench
from ..cases import case
from ..talk import ASR_CONTROL, AUDIO, CHANNEL, GENERAL, INTERRUPT, OPENING, TEXT, Frame, Talk, frame

__all__ = ["CASES"]

_BUSINESS: Final = (0, 2, 3, 4, 128, 129, 130, 131, 134, 255)


def _rejects(data: bytes | str) -> Callable[[AliyunBench], Awaitable[None]]:
    """Something is sent that is no frame."""

    async def run(bench: AliyunBench) -> None:
        talk = await bench.prepared()
        await talk.socket.send(data)
        await talk.rejected()

    return run


def _survives(data: bytes) -> Callable[[AliyunBench], Awaitable[None]]:
    """Something wrong is sent, and the connection lives on (ALI-E09)."""

    async def run(bench: AliyunBench) -> None:
        talk = await bench.prepared()
        await talk.socket.send(data)
        found = await talk.error()
        expect(found.fields.get("code") == 10000, "code 10000", found)
        await talk.works()

    return run


def _payload(payload: bytes, biz_type: int = TEXT) -> Callable[[AliyunBench], Awaitable[None]]:
    async def run(bench: AliyunBench) -> None:
        talk = await bench.prepared()
        await talk.send(biz_type, None, payload=payload)
        if not isinstance(await talk.rejected(), Closed):
            await talk.works()

    return run


async def many_short(bench: AliyunBench) -> None:
    for size in (1, 3, 10):
        talk = await bench.prepared()
        await talk.socket.send(frame(CHANNEL, b"")[:size])
        await talk.rejected()


async def echo(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for serial in (b"ABCDEFGH", bytes(range(248, 256)), b"\x00\x01\xff\xfe\x80\x7f\x00\x01"):
        await talk.send(CHANNEL, {}, serial=serial)
        found = await talk.until("an answer about the channel", lambda each: each.biz_type == CHANNEL)
        expect(found.serial == serial, f"serial number {serial.hex()}", found.serial.hex())


async def echo_in_drive(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    serial = await talk.send(OPENING, {})
    reply = await talk.replied((OPENING,))
    found = {packet.serial for packet in reply.frames}
    expect(found == {serial}, f"serial number {serial!r} in every packet", found)


async def echo_in_error(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    serial = await talk.send(TEXT, None, payload=b"{")
    found = await talk.error()
    expect(found.serial == serial, f"serial number {serial!r}", found.serial)


async def zero_serial(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(CHANNEL, {}, serial=bytes(8))
    await talk.until("an answer about the channel", lambda each: each.biz_type == CHANNEL)


async def same_serial(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for _ in range(2):
        await talk.send(CHANNEL, {}, serial=b"SAMESAME")
        await talk.until("an answer about the channel", lambda each: each.biz_type == CHANNEL)


async def own_serials(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    found = [frame_ for frame_ in await _everything(talk) if len(frame_.serial) != 8]
    expect(not found, "serial numbers of eight bytes", found)


async def code_points(bench: AliyunBench) -> None:
    for found in await _everything(await bench.prepared()):
        expect(found.frame_type in (1, 2, 15), "a frame type of a server: 1, 2 or 15", found)
        expect(found.biz_type in _BUSINESS, "a business type of the table", found)


async def data_types(bench: AliyunBench) -> None:
    for found in await _everything(await bench.prepared()):
        expect(found.data_type == 1, "data type 1, as it is JSON", found)


async def payloads(bench: AliyunBench) -> None:
    for found in await _everything(await bench.prepared()):
        expect(bool(found.fields) or found.is_pong, "a JSON object in UTF-8", found)


async def reply_types(bench: AliyunBench) -> None:
    for found in await _everything(await bench.prepared()):
        wanted = {GENERAL: (2, 15)}.get(found.biz_type, (1,))
        expect(found.frame_type in wanted, "1 for business replies, 2 for errors, 15 for pongs", found)


async def own_session(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for found in await _everything(talk):
        given = found.fields.get("sessionId", talk.session.id)
        expect(given == talk.session.id, f"sessionId {talk.session.id}", found)


async def unknown_frame_type(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for frame_type in (3, 13, 16, 200):
        await talk.send(CHANNEL, {}, frame_type=frame_type)
        found = await talk.receive()
        expect(found is not None, ("an error message", "an answer", "the end of the connection"), "nothing")
        if isinstance(found, Closed):
            return


async def unknown_data_type(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for data_type in (2, 127, 255):
        await talk.send(CHANNEL, {}, data_type=data_type)
        if isinstance(await talk.rejected(), Closed):
            return
    await talk.works()


async def unknown_biz_type(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for biz_type in (1, 5, 127, 132, 133, 135, 254):
        await talk.send(biz_type, {})
        if isinstance(await talk.rejected(), Closed):
            return
    await talk.works()


async def biz_type_of_server(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for biz_type in (3, 4):
        await talk.send(biz_type, {})
        if isinstance(await talk.rejected(), Closed):
            return
    await talk.works()


async def data_frame(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(CHANNEL, {}, frame_type=1)
    found = await talk.receive()
    expect(found is not None, ("an answer", "an error message", "the end of the connection"), "nothing")


async def byte_order_mark(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    payload = b"\xef\xbb\xbf" + bench.dumped({"sessionId": talk.session.id})
    await talk.send(CHANNEL, None, payload=payload)
    found = await talk.receive()
    expect(isinstance(found, Frame), ("an answer", "an error message"), found)


async def space_in_json(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.send(CHANNEL, None, payload=b' {\n\t"sessionId" : "%s" }\r\n ' % talk.session.id.encode())
    found = await talk.until("an answer about the channel", lambda each: each.biz_type == CHANNEL)
    expect("status" in found.fields, "a status", found)


async def escapes(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    text = '你好 🙂 "quoted" \\ /'
    escaped = "".join(f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else "\\ud83d\\ude42" for letter in text)
    payload = f'{{"sessionId":"{talk.session.id}","text":"{escaped}","askType":2,"messageId":"m-1"}}'
    await talk.send(TEXT, None, payload=payload.encode())
    reply = await talk.replied(message_id="m-1")
    expect(reply.text == text, text, reply.text)


async def other_session(bench: AliyunBench) -> None:
    talk, other = await bench.prepared(), await bench.prepared()
    await talk.send(TEXT, {"sessionId": other.session.id, "text": "hello", "askType": 1, "messageId": "m-1"})
    found = await talk.receive()
    expect(found is not None, ("an answer in the connection's own session", "an error", "the end"), "nothing")
    if isinstance(found, Frame) and not found.is_error:
        given = found.fields.get("sessionId")
        expect(given == talk.session.id, f"an answer in session {talk.session.id}", found)
    strays = [each for each in await other.meanwhile() if each.biz_type == TEXT]
    expect(not strays, "nothing in the session that was named", strays)


async def _everything(talk: Talk) -> list[Frame]:
    """Frames of every kind that a client can cause."""
    found: list[Frame] = []

    async def take(until: Callable[[Frame], bool]) -> None:
        while not found or not until(found[-1]):
            found.append(await talk.until("a frame", lambda _: True))

    def finishes(biz_type: int) -> Callable[[Frame], bool]:
        return lambda each: each.biz_type == biz_type and each.fields.get("finish") is True

    await talk.send(CHANNEL, {})
    await take(lambda each: each.biz_type == CHANNEL)
    await talk.send(OPENING, {})
    await take(finishes(OPENING))
    await talk.ask("Who are you?")
    await take(finishes(TEXT))
    await talk.begin_speech()
    await take(lambda each: each.biz_type == ASR_CONTROL)
    await talk.speak()
    await talk.end_speech()
    await talk.send(INTERRUPT, {})
    await talk.send(AUDIO, None, payload=b"{")
    await take(lambda each: each.is_error)
    found += await talk.meanwhile()
    await talk.ping()
    await take(lambda each: each.is_pong)
    return found


_WS: Final = "ws.frame."
_HEADER: Final = "ws.header."
_CASES: Final[list[Any]] = [
    case(_HEADER + "empty", "A message without bytes is malformed.", "ALI-R086", _rejects(b""), "invalid", exact=True),
    case(
        _HEADER + "short",
        "A message of less than eleven bytes is malformed.",
        "ALI-R086",
        many_short,
        "invalid",
        exact=True,
    ),
    case(
        _HEADER + "short_lives_on",
        "After a short message, told by 10000, the connection lives on.",
        "ALI-E09",
        _survives(b"\x00\x01\x83"),
        "invalid",
        exact=True,
    ),
    case(
        _HEADER + "unknown_lives_on",
        "After an unknown business type, told by 10000, the connection lives on.",
        "ALI-E14",
        _survives(frame(77, b"{}")),
        "invalid",
        exact=True,
    ),
    case(
        _HEADER + "unreadable_lives_on",
        "After a payload that is no JSON, told by 10000, the connection lives on.",
        "ALI-E09",
        _survives(frame(TEXT, b"no JSON")),
        "invalid",
        exact=True,
    ),
    case(_HEADER + "text_message", "A text message is no frame.", "ALI-R085", _rejects("hello"), "invalid", exact=True),
    case(
        _HEADER + "frame_as_text",
        "A frame in a text message is none.",
        "ALI-R085",
        _rejects("\x00\x01\x8312345678{}"),
        "invalid",
        exact=True,
    ),
    case(
        _HEADER + "serial_number",
        "An answer has the serial number of its question, whatever its bytes are.",
        "ALI-E04 ALI-E05 ALI-R084",
        echo,
    ),
    case(
        _HEADER + "serial_number_of_stream",
        "Every packet of an answer has the serial number of its question.",
        "ALI-E04",
        echo_in_drive,
    ),
    case(
        _HEADER + "serial_number_of_error",
        "An error message has the serial number of what led to it.",
        "ALI-E04",
        echo_in_error,
        "invalid",
    ),
    case(_HEADER + "zero_serial_number", "A serial number of zeros is accepted.", "ALI-E06", zero_serial),
    case(_HEADER + "serial_number_again", "A serial number may come again.", "ALI-E05", same_serial),
    case(
        _HEADER + "serial_numbers_of_server", "The server's serial numbers have eight bytes.", "ALI-R083", own_serials
    ),
    case(_HEADER + "code_points", "The server's frames have types of the tables.", "ALI-R088 ALI-R093", code_points),
    case(_HEADER + "data_types", "The server's JSON has data type 1.", "ALI-R091", data_types),
    case(
        _HEADER + "reply_types",
        "Replies are data frames, errors message frames, pongs pong frames.",
        "ALI-R090 ALI-R094",
        reply_types,
    ),
    case(
        _HEADER + "unknown_frame_type",
        "A frame type that is not assigned is answered, one way or another.",
        "ALI-E13",
        unknown_frame_type,
        "invalid",
    ),
    case(
        _HEADER + "unknown_data_type",
        "A data type that is not assigned is refused.",
        "ALI-R091 ALI-E09",
        unknown_data_type,
        "invalid",
    ),
    case(
        _HEADER + "unknown_biz_type",
        "A business type that is not assigned is refused.",
        "ALI-R093 ALI-E14",
        unknown_biz_type,
        "invalid",
    ),
    case(
        _HEADER + "biz_type_of_server",
        "A business type that only servers send is refused.",
        "ALI-E09",
        biz_type_of_server,
        "invalid",
    ),
    case(
        _HEADER + "frame_type_of_server",
        "A request in a data frame is answered, one way or another.",
        "ALI-E11",
        data_frame,
        "invalid",
    ),
    case(_WS + "server_sends_json", "The server's payloads are JSON objects in UTF-8.", "ALI-R092", payloads),
    case(_WS + "server_names_session", "The server names the session of the connection only.", "ALI-E113", own_session),
    case(_WS + "no_json", "A payload that is no JSON is refused.", "ALI-R092", _payload(b"hello"), "invalid"),
    case(_WS + "half_json", "Half a JSON object is refused.", "ALI-R092", _payload(b'{"sessionId":"s'), "invalid"),
    case(_WS + "json_and_more", "JSON with something behind it is refused.", "ALI-R092", _payload(b"{} {}"), "invalid"),
    case(_WS + "list", "A list is no payload of a text drive.", "ALI-R092", _payload(b"[]"), "invalid"),
    case(_WS + "null", "null is no payload of a text drive.", "ALI-R092", _payload(b"null"), "invalid"),
    case(_WS + "empty_text_drive", "A text drive without payload is refused.", "ALI-R098", _payload(b""), "invalid"),
    case(
        _WS + "empty_audio_drive",
        "An audio drive without payload is refused.",
        "ALI-R114",
        _payload(b"", AUDIO),
        "invalid",
    ),
    case(
        _WS + "empty_opening",
        "A request for the opening remarks without payload is refused.",
        "ALI-R095",
        _payload(b"", OPENING),
        "invalid",
    ),
    case(
        _WS + "no_utf8",
        "A payload that is no UTF-8 is refused.",
        "ALI-R092",
        _payload(b'{"sessionId":"\xff\xfe"}'),
        "invalid",
    ),
    case(
        _WS + "byte_order_mark",
        "JSON with a byte order mark is answered, one way or another.",
        "ALI-E105",
        byte_order_mark,
        "invalid",
    ),
    case(_WS + "space", "JSON may have space in it.", "ALI-R092", space_in_json, exact=True),
    case(_WS + "escapes", "JSON may have escapes in it.", "ALI-R092", escapes, exact=True),
    case(
        _WS + "other_session",
        "A payload that names another session does nothing there.",
        "ALI-E113",
        other_session,
        "invalid",
    ),
]
CASES: Final = tuple(_CASES)
