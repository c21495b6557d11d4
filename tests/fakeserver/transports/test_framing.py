"""What clients send on a WebSocket is held to the framing of RFC 6455, in whatever pieces it comes."""

from __future__ import annotations

import random
import struct
from typing import Final

import pytest

from avatarwire.fakeserver.transports.framing import Framed, Framing

MASK: Final = b"\1\2\3\4"


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    size = len(payload)
    head = bytes(((0x80 if fin else 0) | reserved | opcode,))
    bit = 0x80 if masked else 0
    if size < 126:
        head += bytes((bit | size,))
    elif size < 0x10000:
        head += bytes((bit | 126,)) + struct.pack(">H", size)
    else:
        head += bytes((bit | 127,)) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(8, struct.pack(">H", code) + reason)


GOOD: Final = {
    "text": frame(1, b"hello"),
    "empty": frame(2),
    "125 bytes": frame(2, bytes(125)),
    "126 bytes": frame(2, bytes(126)),
    "65536 bytes": frame(2, bytes(0x10000)),
    "fragments": frame(1, b"he", fin=False) + frame(9, b"?") + frame(0, b"l", fin=False) + frame(0, b"lo") + frame(1),
    "empty fragments": frame(1, fin=False) + frame(0, fin=False) + frame(0),
    "control": frame(9, bytes(125)) + frame(10),
    "close": close(1000, b"bye"),
    "close without code": frame(8),
    "close 3000": close(3000),
    "close 4999": close(4999),
    "close 1014": close(1014),
}

WRONG: Final = {
    "not masked": (frame(1, b"hi", masked=False), "RFC6455-5.1", "a frame of the client is not masked"),
    "close not masked": (frame(8, b"\x03\xe8", masked=False), "RFC6455-5.1", "a frame of the client is not masked"),
    "RSV1": (frame(1, reserved=0x40), "RFC6455-5.2", "a reserved bit is set, and no extension was agreed on"),
    "RSV3": (frame(9, reserved=0x10), "RFC6455-5.2", "a reserved bit is set, and no extension was agreed on"),
    "opcode 3": (frame(3), "RFC6455-5.2", "a frame with the reserved opcode 0x3"),
    "opcode 11": (frame(11), "RFC6455-5.2", "a frame with the reserved opcode 0xb"),
    "5 in two bytes": (b"\x82\xfe\x00\x05" + bytes(9), "RFC6455-5.2", "the length 5 in more bytes than it needs"),
    "200 in eight": (b"\x82\xff" + struct.pack(">Q", 200) + bytes(204), "RFC6455-5.2", "the length 200 in more bytes"),
    "64 bits": (b"\x82\xff" + b"\x80" + bytes(7) + MASK, "RFC6455-5.2", "the highest bit of the length is set"),
    "continuation": (frame(0, b"x"), "RFC6455-5.4", "a continuation frame, and no message was begun"),
    "new message": (frame(1, fin=False) + frame(2, b"x"), "RFC6455-5.4", "a new message within a fragmented one"),
    "ping in fragments": (frame(9, b"x", fin=False), "RFC6455-5.5", "a control frame is fragmented"),
    "long ping": (b"\x89\xfe\x00\x7e" + MASK + bytes(126), "RFC6455-5.5", "a control frame has more than 125 bytes"),
    "long close": (b"\x88\xfe\x00\x7e" + MASK + bytes(126), "RFC6455-5.5", "a control frame has more than 125 bytes"),
    "close of one byte": (frame(8, b"\x03"), "RFC6455-5.5.1", "a close frame with one byte"),
    **{f"close {code}": (close(code), "RFC6455-7.4", f"the close code {code}") for code in (0, 999, 1004, 1005, 1006)},
    **{f"close {code}": (close(code), "RFC6455-7.4", f"the close code {code}") for code in (1015, 2999, 5000, 65535)},
}


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
def test_frames_that_are_in_order_pass_as_they_came(data: bytes, size: int) -> None:
    framing = Framing()
    passed = b"".join(framing.passed(piece) for piece in pieces(data, size if len(data) < 5000 else size * 997))
    assert framing.fault is None
    assert passed == data


@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
@pytest.mark.parametrize(("data", "clause", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_and_nothing_passes_from_there_on(
    data: bytes, clause: str, reason: str, size: int
) -> None:
    framing, before = Framing(), frame(1, b"before")
    passed = b"".join(framing.passed(piece) for piece in pieces(before + data + frame(1, b"behind"), size))
    assert framing.fault is not None
    assert framing.fault.finding.clause == clause
    assert framing.fault.finding.reason.startswith(reason)
    assert framing.fault.finding.expected
    assert passed.startswith(before)
    assert b"behind" not in passed
    assert framing.passed(frame(9, bytes(130)[:5])) == b"" or data == b""


def test_pieces_of_any_size_lead_to_the_same() -> None:
    rng = random.Random(7)
    whole = b"".join(GOOD[name] for name in ("text", "fragments", "126 bytes", "empty", "control", "close"))
    for _ in range(50):
        framing, at, passed = Framing(), 0, b""
        while at < len(whole):
            size = rng.randrange(1, 40)
            passed += framing.passed(whole[at : at + size])
            at += size
        assert (framing.fault, passed) == (None, whole)


class Reader:
    """Keeps what it is fed."""

    def __init__(self) -> None:
        self.fed: list[bytes] = []
        self.ended = False

    def feed_data(self, data: bytes, /) -> tuple[bool, bytes]:
        self.fed.append(data)
        return data.startswith(b"\xf0"), b""

    def feed_eof(self) -> None:
        self.ended = True


def test_a_reader_gets_what_it_refuses_in_the_place_of_what_it_would_take() -> None:
    reader = Reader()
    framed = Framed(reader, Framing())
    good, bad = frame(2, b"good"), frame(2, b"bad", masked=False)
    assert framed.feed_data(good) == (False, b"")
    assert framed.feed_data(good + bad) == (True, b"")
    framed.feed_eof()
    assert reader.fed == [good, good, b"\xf0\x80"]
    assert reader.ended
