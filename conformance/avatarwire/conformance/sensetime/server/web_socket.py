"""Cases about WebSocket itself on the microphone socket (RFC 6455, "WebSocket接口" 003 L439-545)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from ...engine.bench import expect
from ...engine.web_socket import Closed
from ..bench import Live, SenseTimeBench
from ..case import INVALID, SenseTimeCase, Tried, case
from ..talking import Talk

__all__ = ["CASES"]

_BEGIN: Final = json.dumps({"code": 0, "message": "begin"}).encode()
_CONT, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
_PACKET: Final = bytes(120)
_LARGE: Final = 8 * 1024 * 1024


async def listening(bench: SenseTimeBench) -> tuple[Live, Talk]:
    """A live in progress and its microphone socket."""
    live = await bench.started()
    return live, await bench.microphone(live)


def frame(opcode: int, data: bytes, *, fin: bool = True, reserved: int = 0) -> bytes:
    """A frame of at most 125 bytes as it goes out, by hand (RFC 6455, 5.2); its mask leaves the bytes as they are."""
    return bytes([(0x80 if fin else 0) | reserved | opcode, 0x80 | len(data)]) + bytes(4) + data


async def ping(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    for payload in (b"", b"\x00\xff", b"p" * 125):
        await talk.socket.ping(payload)
    await talk.answers()
    expect(talk.socket.pongs[:3] == [b"", b"\x00\xff", b"p" * 125], "a pong with each payload", talk.socket.pongs)


async def ping_while_speaking(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.ready()
    await talk.speech()
    await talk.answers()
    await talk.speech()
    await talk.eof()
    await talk.nothing_against()


async def pong_unasked(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.socket.send_raw(frame(_PONG, b"unasked"))
    await talk.ready()


async def fragments(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    parts = (_BEGIN[:5], _BEGIN[5:9], _BEGIN[9:])
    await talk.socket.send_raw(frame(_TEXT, parts[0], fin=False))
    await talk.socket.send_raw(frame(_CONT, parts[1], fin=False))
    await talk.socket.send_raw(frame(_CONT, parts[2]))
    await talk.code(2)


async def ping_between(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.socket.send_raw(frame(_TEXT, _BEGIN[:5], fin=False))
    await talk.socket.send_raw(frame(_PING, b"between"))
    await talk.socket.send_raw(frame(_CONT, _BEGIN[5:]))
    await talk.code(2)
    expect(b"between" in talk.socket.pongs, "a pong between the fragments", talk.socket.pongs)


async def speech_in_fragments(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.ready()
    await talk.socket.send_raw(frame(_BINARY, _PACKET, fin=False))
    await talk.socket.send_raw(frame(_CONT, _PACKET))
    await talk.eof()
    await talk.nothing_against()


def breaks(data: bytes, *codes: int) -> Tried:
    """A case about bytes that break the protocol: the connection ends, with one of some codes or without one."""

    async def tried(bench: SenseTimeBench) -> None:
        live, talk = await listening(bench)
        await talk.socket.send_raw(data)
        found = await talk.closed()
        wanted = (*codes, 1006)
        expect(found.code in wanted, f"the end, with code {' or '.join(map(str, codes))}", found)
        await (await bench.microphone(live)).ready()

    return tried


async def close_is_answered(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.socket.close(1000, "done")
    found = await talk.closed()
    expect(found == Closed(1000, found.reason), "a close frame with code 1000", found)


async def close_of_own_code(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.socket.close(4321, "a code of ours")
    found = await talk.closed()
    expect(found.code in (4321, 1000), "a close frame with the same code", found)


async def reset_harms_nobody(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.ready()
    await talk.socket.leave()
    other = await bench.started()
    await (await bench.microphone(other)).ready()
    await (await bench.microphone(live)).ready()


def handshake(wrong: Mapping[str, str | None]) -> Tried:
    """A case about a handshake with a header that is wrong, or missing where it is None."""

    async def tried(bench: SenseTimeBench) -> None:
        live = await bench.started()
        url = "http" + bench.microphone_url.removeprefix("ws")
        right: dict[str, str | None] = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
        }
        headers = {name: value for name, value in {**right, **wrong}.items() if value is not None}
        query = f"clientType=BROWSER&sessionId={live.id}&Authorization=Bearer%20{live.token}"
        reply = await bench.exchange("GET", f"{url}?{query}", headers)
        expect(400 <= reply.status < 500, "a refusal of the handshake with 4xx", reply)

    return tried


async def too_large(bench: SenseTimeBench) -> None:
    _, talk = await listening(bench)
    await talk.ready()
    await talk.speech(bytes(_LARGE))
    found = await talk.closed()
    expect(found.code in (1009, 1006), "the end, with code 1009", found)


_BROKEN: Final = (
    ("reserved_bit", frame(_TEXT, _BEGIN, reserved=0x40), (1002,), "RFC6455-5.2", "A reserved bit"),
    ("unknown_opcode", b"\x83\x80\x00\x00\x00\x00", (1002, 1003), "RFC6455-5.2", "An opcode nobody knows"),
    ("lone_continuation", frame(_CONT, b"x"), (1002,), "RFC6455-5.4", "A fragment of no message"),
    (
        "new_message_inside",
        frame(_TEXT, b"x", fin=False) + frame(_TEXT, b"y"),
        (1002,),
        "RFC6455-5.4",
        "A message within another",
    ),
    ("fragmented_ping", frame(_PING, b"x", fin=False), (1002,), "RFC6455-5.5", "A ping in fragments"),
    ("large_ping", b"\x89\xfe\x00\x7e" + bytes(4 + 126), (1002,), "RFC6455-5.5", "A ping of 126 bytes"),
    ("no_utf8", frame(_TEXT, b"\xff\xfe"), (1007,), "RFC6455-8.1", "A text that is no UTF-8"),
    ("close_of_one_byte", frame(_CLOSE, b"\x03"), (1002,), "RFC6455-5.5.1", "A close frame of one byte"),
    ("close_bad_code", frame(_CLOSE, b"\x03\xed"), (1002,), "RFC6455-7.4.1", "A close with code 1005"),
)

CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("ws.protocol.ping", "A ping is answered with its payload.", ("RFC6455-5.5.2",), ping, exact=True),
    case("ws.protocol.ping_speaking", "Also while somebody speaks.", ("RFC6455-5.5.2",), ping_while_speaking),
    case("ws.protocol.pong", "A pong nobody asked for is passed over.", ("RFC6455-5.5.3",), pong_unasked),
    case("ws.protocol.fragments", "A message may come in fragments.", ("RFC6455-5.4",), fragments, exact=True),
    case("ws.protocol.ping_between", "A ping may come between them.", ("RFC6455-5.4",), ping_between, exact=True),
    case("ws.protocol.speech_in_fragments", "So may speech.", ("RFC6455-5.4",), speech_in_fragments, exact=True),
    *(
        case(f"ws.protocol.{name}", f"{what} ends the connection.", (clause,), breaks(data, *codes), needs=INVALID,
             exact=True)
        for name, data, codes, clause, what in _BROKEN
    ),
    case("ws.protocol.close", "A close frame is answered.", ("RFC6455-5.5.1",), close_is_answered),
    case("ws.protocol.close_own_code", "With the same code.", ("RFC6455-5.5.1",), close_of_own_code),
    case("ws.protocol.reset", "A connection that is lost harms nobody.", ("ST-MIC-09",), reset_harms_nobody),
    *(
        case(f"ws.handshake.{name}", f"A handshake with {what} is refused.", ("RFC6455-4.2.1",), handshake(wrong),
             needs=INVALID)
        for name, what, wrong in (
            ("no_key", "no key", {"Sec-WebSocket-Key": None}),
            ("bad_key", "a key that is none", {"Sec-WebSocket-Key": "short"}),
            ("unknown_version", "a version nobody knows", {"Sec-WebSocket-Version": "99"}),
        )
    ),
    case("ws.protocol.too_large", "8 MiB at once end the connection.", ("ST-E132",), too_large, needs=INVALID),
)  # fmt: skip
