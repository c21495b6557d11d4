"""What clients send on a WebSocket is read, and held to the framing of RFC 6455, in whatever pieces it comes."""

from __future__ import annotations

import random
import struct
import sys
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame
from websockets.protocol import Protocol, Side, State

from avatarwire.fakeserver.transports.frames import BINARY, CLOSE, PING, PONG, TEXT, Message, Reader, masked, unmasked
from avatarwire.fakeserver.transports.frames import frame as made

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


LARGEST: Final = 1 << 20


def read(reader: Reader, data: bytes) -> list[Message]:
    """Everything that a piece completes, as a connection takes it."""
    whole = reader.whole(data)
    if whole is not None:
        return [(BINARY, whole, "")]
    reader.feed(data)
    return list(iter(reader.next, None))


READ: Final[dict[str, list[Message]]] = {
    "text": [(TEXT, b"hello", "hello")],
    "empty": [(BINARY, b"", "")],
    "125 bytes": [(BINARY, bytes(125), "")],
    "126 bytes": [(BINARY, bytes(126), "")],
    "65536 bytes": [(BINARY, bytes(0x10000), "")],
    "fragments": [(PING, b"?", ""), (TEXT, b"hello", "hello"), (TEXT, b"", "")],
    "empty fragments": [(TEXT, b"", "")],
    "control": [(PING, bytes(125), ""), (PONG, b"", "")],
    "close": [(CLOSE, b"\x03\xe8bye", "bye")],
    "close without code": [(CLOSE, b"", "")],
    "close 3000": [(CLOSE, b"\x0b\xb8", "")],
    "close 4999": [(CLOSE, b"\x13\x87", "")],
    "close 1014": [(CLOSE, b"\x03\xf6", "")],
}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize("name", GOOD)
def test_frames_that_are_in_order_are_read(name: str, size: int) -> None:
    reader, data = Reader(LARGEST), GOOD[name]
    came = [
        message for piece in pieces(data, size if len(data) < 5000 else size * 997) for message in read(reader, piece)
    ]
    assert reader.fault is None
    assert came == READ[name]


@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
@pytest.mark.parametrize(("data", "clause", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_and_nothing_is_read_from_there_on(
    data: bytes, clause: str, reason: str, size: int
) -> None:
    reader, before = Reader(LARGEST), frame(1, b"before")
    came = [text for piece in pieces(before + data + frame(1, b"behind"), size) for _, _, text in read(reader, piece)]
    assert reader.fault is not None
    assert reader.fault.finding is not None
    assert reader.fault.code == 1002
    assert reader.fault.finding.clause == clause
    assert reader.fault.finding.reason.startswith(reason)
    assert reader.fault.finding.expected
    assert reader.fault.told == str(reader.fault.finding)
    assert came == ["before"]
    assert read(reader, frame(2, b"more")) == []


def test_pieces_of_any_size_lead_to_the_same() -> None:
    rng = random.Random(7)
    names = ("text", "fragments", "126 bytes", "empty", "control", "close")
    whole, expected = b"".join(GOOD[name] for name in names), [message for name in names for message in READ[name]]
    for _ in range(50):
        reader, at, came = Reader(LARGEST), 0, list[Message]()
        while at < len(whole):
            size = rng.randrange(1, 40)
            came += read(reader, whole[at : at + size])
            at += size
        assert (reader.fault, came) == (None, expected)


@pytest.mark.parametrize("size", [1, 2, 5, 1 << 20])
def test_a_character_may_be_split_between_fragments(size: int) -> None:
    text = "数字人 é 😀"
    fragments = pieces(text.encode(), 2)
    sent = b"".join(
        frame(0 if at else 1, part, fin=at == len(fragments) - 1) + (frame(9) if at == 1 else b"")
        for at, part in enumerate(fragments)
    )
    reader = Reader(LARGEST)
    came = [message for piece in pieces(sent, size) for message in read(reader, piece)]
    assert came == [(PING, b"", ""), (TEXT, text.encode(), text)]


@pytest.mark.parametrize(
    "data",
    [
        frame(1, b"\xff\xfe"),
        frame(1, "é".encode()[:1]),
        frame(1, b"\xed\xa0\x80"),
        frame(1, b"\xc3", fin=False) + frame(0, b"\x28"),
        close(1000, b"\xff"),
    ],
    ids=["no first byte", "half a character", "a surrogate", "across fragments", "a reason"],
)
def test_a_text_that_is_not_utf_8_ends_the_reading_with_1007(data: bytes) -> None:
    reader = Reader(LARGEST)
    assert read(reader, frame(2, b"good") + data + frame(2, b"behind")) == [(BINARY, b"good", "")]
    assert reader.fault is not None
    assert reader.fault.finding is not None
    assert (reader.fault.code, reader.fault.finding.clause) == (1007, "RFC6455-8.1")


@pytest.mark.parametrize(
    "data",
    [
        frame(2, bytes(101)),
        frame(2, bytes(101))[:2] + MASK,
        frame(2, bytes(300))[:8],
        b"\x82\xff" + struct.pack(">Q", 1 << 40) + MASK,
        frame(2, bytes(60), fin=False) + frame(0, bytes(41), fin=False),
    ],
    ids=["whole", "its head only", "a longer head", "a length of 40 bits", "in fragments"],
)
def test_a_message_larger_than_the_limit_ends_the_reading_with_1009_as_soon_as_its_head_says_so(data: bytes) -> None:
    reader = Reader(100)
    assert read(reader, frame(2, bytes(100))) == [(BINARY, bytes(100), "")]
    assert read(reader, data) == []
    assert reader.fault is not None
    assert (reader.fault.code, reader.fault.finding) == (1009, None)
    assert "at most 100 are read" in reader.fault.told


def test_control_frames_are_read_in_a_message_of_the_largest_size() -> None:
    reader = Reader(4)
    sent = frame(2, bytes(4), fin=False) + frame(9, bytes(125)) + frame(0)
    assert read(reader, sent) == [(PING, bytes(125), ""), (BINARY, bytes(4), "")]


def test_empty_fragments_take_no_memory() -> None:
    reader = Reader(LARGEST)
    read(reader, frame(2, fin=False))
    before = sys.getsizeof(reader._parts)  # pyright: ignore[reportPrivateUsage] - it is about what is kept
    for _ in range(1000):
        read(reader, frame(0, fin=False))
    assert sys.getsizeof(reader._parts) == before  # pyright: ignore[reportPrivateUsage]
    assert read(reader, frame(0, b"end")) == [(BINARY, b"end", "")]


def test_messages_that_were_taken_are_not_kept_while_pieces_end_within_frames() -> None:
    one = frame(2, bytes(1000))
    reader = Reader(LARGEST)
    read(reader, one[:500])
    for _ in range(100):
        assert read(reader, one[500:] + one * 9 + one[:500]) == [(BINARY, bytes(1000), "")] * 10
    assert len(reader._data) < 20 * len(one)  # pyright: ignore[reportPrivateUsage] - it is about what is kept


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_a_frame_that_is_made_has_the_fewest_bytes_and_no_mask(size: int) -> None:
    assert made(BINARY, bytes(size)) == frame(2, bytes(size), masked=False)


# --- beside the protocol of `websockets`, which somebody else has written ---


class Other:
    """The same bytes, read by the sans-IO protocol of `websockets`."""

    def __init__(self) -> None:
        self._protocol = Protocol(Side.SERVER, state=State.OPEN, max_size=LARGEST)
        self._kind = 0
        self._parts: list[bytes] = []

    def read(self, data: bytes) -> list[tuple[int, bytes]]:
        self._protocol.receive_data(data)
        came: list[tuple[int, bytes]] = []
        for event in self._protocol.events_received():
            assert isinstance(event, Frame)
            opcode, payload = int(event.opcode), bytes(event.data)
            if opcode >= CLOSE:
                came.append((opcode, payload))
                continue
            self._kind = opcode or self._kind
            self._parts.append(payload)
            if event.fin:
                came.append((self._kind, b"".join(self._parts)))
                self._parts = []
        return came

    @property
    def code(self) -> int:
        """What it closes with; 0 as long as it does not."""
        fault = self._protocol.parser_exc
        return 0 if fault is None or self._protocol.close_sent is None else int(self._protocol.close_sent.code)


@st.composite
def masked_frames(draw: st.DrawFn) -> bytes:
    """A frame, mostly of a client, with whatever may be wrong with it."""
    opcode = draw(st.sampled_from([0, 1, 2, 8, 9, 10, 0, 1, 2, 3, 11]))
    payload = draw(st.binary(max_size=20) | st.sampled_from([bytes(125), bytes(126), bytes(200), "语é".encode()]))
    if opcode == 8 and draw(st.booleans()):
        payload = struct.pack(">H", draw(st.sampled_from([1000, 1001, 1005, 999, 3000, 4999, 5000]))) + b"why"
    rare = st.sampled_from([False] * 19 + [True])
    return frame(
        opcode,
        payload,
        fin=draw(st.booleans()) or opcode > 2,
        masked=not draw(rare),
        reserved=0x40 if draw(rare) else 0,
    )


@given(st.lists(masked_frames(), max_size=8).map(b"".join), st.data())
def test_what_websockets_reads_is_read_and_what_it_refuses_is_refused(whole: bytes, data: st.DataObject) -> None:
    ours, other = Reader(LARGEST), Other()
    came, known = list[tuple[int, bytes]](), list[tuple[int, bytes]]()
    at = 0
    while at < len(whole):
        size = data.draw(st.integers(1, len(whole) - at), label="bytes of the next piece")
        piece, at = whole[at : at + size], at + size
        came += [(kind, payload) for kind, payload, _ in read(ours, piece)]
        known += other.read(piece)
    kinds = [kind for kind, _ in came]
    if CLOSE in kinds:
        # Nothing counts behind it. A close frame between fragments is in order (RFC 6455, 5.4), but not there.
        until = kinds.index(CLOSE)
        assert known[:until] == came[:until]
        assert known[until:] == [came[until]] or other.code == 1002
    elif ours.fault is not None and ours.fault.code == 1007:
        assert known[: len(came)] == came  # a text is not looked at there
    else:
        assert known == came
        assert (other.code == 0) is (ours.fault is None)


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 126, 4096])
def test_a_mask_is_taken_away_with_and_without_the_code_in_c(size: int) -> None:
    key, payload = b"\x37\xfa\x21\x3d", random.Random(size).randbytes(size)
    sent = masked(payload, key)
    assert sent == bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
    assert unmasked(b"head" + key + sent, 8, 8 + size) == payload
