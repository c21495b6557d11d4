"""Cases about the WebSocket protocol itself (RFC 6455), which the document takes for granted."""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from ...engine.bench import expect
from ...engine.stream import Ended
from ..bench import AliyunBench
from ..cases import case
from ..talk import CHANNEL, TEXT, Talk, frame, on_the_wire

__all__ = ["CASES"]

_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10
_FIN: Final = 0x80
_LARGEST: Final = 16 * 1024 * 1024
_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="


async def ping(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    for payload in (b"", b"hello", bytes(125)):
        await talk.socket.ping(payload)
    await talk.works()
    for _ in range(100):
        if len(talk.socket.pongs) >= 3:
            break
        await bench.pause(0.02)
    expect(
        talk.socket.pongs == [b"", b"hello", bytes(125)], "a pong for each ping, with its payload", talk.socket.pongs
    )


async def pong_unasked(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.socket.send_raw(on_the_wire(_FIN | _PONG, b"unasked"))
    await talk.works()


async def fragments(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    data = _question(talk)
    await _send_parts(talk, [data[:1], data[1:5], b"", data[5:]])
    await talk.until("an answer about the channel", lambda found: found.biz_type == CHANNEL)


async def control_between_fragments(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    data = _question(talk)
    await talk.socket.send_raw(on_the_wire(_BINARY, data[:4]))
    await talk.socket.send_raw(on_the_wire(_FIN | _PING, b"between"))
    await talk.socket.send_raw(on_the_wire(_FIN, data[4:]))
    await talk.until("an answer about the channel", lambda found: found.biz_type == CHANNEL)
    expect(b"between" in talk.socket.pongs, "a pong for the ping in between", talk.socket.pongs)


async def two_in_one_write(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.socket.send_raw(
        on_the_wire(_FIN | _BINARY, _question(talk)) + on_the_wire(_FIN | _BINARY, _question(talk))
    )
    for _ in range(2):
        await talk.until("an answer to each", lambda found: found.biz_type == CHANNEL)


async def lengths(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for size in (125, 126, 127, 65535, 65536):
        await talk.ask("x" * size, ask_type=2, messageId=f"m-{size}")
        reply = await talk.replied(message_id=f"m-{size}")
        expect(len(reply.text) == size, f"{size} characters", len(reply.text))


async def close_echo(bench: AliyunBench) -> None:
    for code in (1000, 1001, 4000):
        talk = await bench.connected(await bench.started())
        await talk.socket.close(code)
        end = await talk.ended()
        expect(end.code == code, f"close {code} in return", end)


async def close_without_code(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.socket.send_raw(on_the_wire(_FIN | _CLOSE, b""))
    await talk.ended()


async def session_after_close(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    await talk.socket.close()
    await talk.ended()
    status = await bench.status_of(talk.session)
    expect(status in ("FREE", "BUSY"), "a session that lives on", status)


def _fails(*pieces: bytes, codes: tuple[int, ...] = (1002,)) -> Callable[[AliyunBench], Awaitable[None]]:
    """Something that the protocol forbids: the server fails the connection."""

    async def run(bench: AliyunBench) -> None:
        talk = await bench.connected(await bench.started())
        try:
            for piece in pieces:
                await talk.socket.send_raw(piece)
        except Ended:
            pass
        end = await talk.ended()
        expect(end.code in (*codes, 1006), f"close {' or '.join(map(str, codes))}, or none", end)

    return run


async def oversized(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    head = struct.pack("!BBQ", _FIN | _BINARY, 0x80 | 127, 2 * _LARGEST) + bytes(4)
    with suppress(Ended):
        await talk.socket.send_raw(head + bytes(4096))
    end = await talk.ended()
    expect(end.code in (1009, 1006), "close 1009", end)


async def oversized_lives_on(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    head = struct.pack("!BBQ", _FIN | _BINARY, 0x80 | 127, 2 * _LARGEST) + bytes(4)
    with suppress(Ended):
        await talk.socket.send_raw(head + bytes(4096))
    await talk.ended()
    await (await bench.connected(talk.session)).works()


async def one_megabyte(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    text = "x" * (1024 * 1024)
    await talk.send(TEXT, {"text": text, "askType": 2, "messageId": "m-1"})
    reply = await talk.replied(message_id="m-1")
    expect(len(reply.text) == len(text), f"{len(text)} characters", len(reply.text))


def _handshake(status_codes: tuple[int, ...], **changes: str | None) -> Any:
    async def run(bench: AliyunBench) -> None:
        session = await bench.started()
        given: dict[str, str | None] = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": _KEY,
        }
        given |= {name.replace("_", "-"): value for name, value in changes.items()}
        headers = {name: value for name, value in given.items() if value is not None}
        reply = await bench.exchange("GET", session.url.replace("ws", "http", 1), headers)
        expect(reply.status in status_codes, f"a status of {', '.join(map(str, status_codes))}", reply)

    return run


async def _send_parts(talk: Talk, parts: list[bytes]) -> None:
    for number, part in enumerate(parts):
        opcode = (0 if number else _BINARY) | (_FIN if number == len(parts) - 1 else 0)
        await talk.socket.send_raw(on_the_wire(opcode, part))


def _question(talk: Talk) -> bytes:
    return frame(CHANNEL, talk.bench.dumped({"sessionId": talk.session.id}), serial=talk.serial())


_WS: Final = "ws.protocol."
_4XX: Final = (400, 405, 426)
CASES: Final[tuple[Any, ...]] = (
    case(_WS + "ping", "A ping frame is answered with its payload.", "RFC6455-5.5.2 RFC6455-5.5.3", ping, exact=True),
    case(
        _WS + "pong_unasked",
        "A pong frame that nobody asked for does no harm.",
        "RFC6455-5.5.3",
        pong_unasked,
        exact=True,
    ),
    case(_WS + "fragments", "A message may come in fragments, empty ones too.", "RFC6455-5.4", fragments, exact=True),
    case(
        _WS + "control_between_fragments",
        "Control frames may come between fragments.",
        "RFC6455-5.4",
        control_between_fragments,
        exact=True,
    ),
    case(_WS + "two_in_one_write", "Messages may come in one piece.", "RFC6455-5.2", two_in_one_write, exact=True),
    case(_WS + "lengths", "Messages of all forms of length are understood.", "RFC6455-5.2", lengths),
    case(_WS + "close_echo", "A close frame is answered with its code.", "RFC6455-5.5.1", close_echo),
    case(
        _WS + "close_without_code",
        "A close frame without code ends the connection.",
        "RFC6455-5.5.1",
        close_without_code,
        exact=True,
    ),
    case(
        _WS + "session_after_close",
        "A session lives on when its socket is closed.",
        "ALI-E114 ALI-R081",
        session_after_close,
    ),
    case(
        _WS + "reserved_bits",
        "A reserved bit fails the connection.",
        "RFC6455-5.2",
        _fails(on_the_wire(_FIN | 0x40 | _BINARY, frame(CHANNEL, b"{}"))),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "reserved_opcode",
        "A reserved opcode fails the connection.",
        "RFC6455-5.2",
        _fails(on_the_wire(_FIN | 3, b"")),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "reserved_control",
        "A reserved control opcode fails the connection.",
        "RFC6455-5.2",
        _fails(on_the_wire(_FIN | 11, b"")),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "long_control",
        "A control frame of more than 125 bytes fails the connection.",
        "RFC6455-5.5",
        _fails(on_the_wire(_FIN | _PING, bytes(126))),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "fragmented_control",
        "A control frame in fragments fails the connection.",
        "RFC6455-5.5",
        _fails(on_the_wire(_PING, b"a")),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "continuation_of_nothing",
        "A continuation of nothing fails the connection.",
        "RFC6455-5.4",
        _fails(on_the_wire(_FIN, b"a")),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "message_in_message",
        "A message within a message fails the connection.",
        "RFC6455-5.4",
        _fails(on_the_wire(_BINARY, b"a"), on_the_wire(_FIN | _BINARY, b"b")),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "no_utf8",
        "A text message that is no UTF-8 fails the connection.",
        "RFC6455-8.1",
        _fails(on_the_wire(_FIN | _TEXT, b"\xff\xfe"), codes=(1007,)),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "close_of_one_byte",
        "A close frame of one byte fails the connection.",
        "RFC6455-5.5.1",
        _fails(on_the_wire(_FIN | _CLOSE, b"\x03")),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "close_code_reserved",
        "A close frame with a code that must not be sent fails the connection.",
        "RFC6455-7.4.1",
        _fails(on_the_wire(_FIN | _CLOSE, struct.pack("!H", 1005))),
        "invalid",
        exact=True,
    ),
    case(_WS + "oversized", "A message of 32 MiB closes the connection.", "ALI-E10", oversized, "invalid", exact=True),
    case(
        _WS + "oversized_lives_on",
        "A session outlives a message that was too large.",
        "ALI-E10 ALI-E114",
        oversized_lives_on,
        "invalid",
        exact=True,
    ),
    case(_WS + "one_megabyte", "A message of one megabyte is accepted.", "ALI-E10", one_megabyte),
    case(
        _WS + "handshake_without_key",
        "A handshake without a key is refused.",
        "RFC6455-4.2.2",
        _handshake(_4XX, Sec_WebSocket_Key=None),
        "invalid",
        exact=True,
    ),
    case(
        _WS + "handshake_version",
        "A handshake of another version is refused.",
        "RFC6455-4.4",
        _handshake(_4XX, Sec_WebSocket_Version="12"),
        "invalid",
        exact=True,
    ),
)
