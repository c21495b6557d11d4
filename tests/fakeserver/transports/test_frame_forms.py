"""Messages in frames of other forms: their bytes, and what a published reader of frames says of them."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from avatarwire.fakeserver.effects import FrameForm
from avatarwire.fakeserver.transports.frame_forms import formed
from avatarwire.fakeserver.transports.frames import BINARY, TEXT

BYTES: dict[FrameForm, str] = {
    "fragmented": "0201 61" + "0001 62" + "8001 63",
    "unfinished": "0203 616263",
    "masked": "8283 12345678 735635",
    "reserved_bit": "c203 616263",
    "reserved_opcode": "8303 616263",
    "long_length": "827f 0000000000000003 616263",
    "other_kind": "8103 616263",
}


def read(data: bytes) -> ClientProtocol:
    protocol = ClientProtocol(parse_uri("ws://h/"), state=OPEN, max_size=None)
    protocol.receive_data(data)
    return protocol


@pytest.mark.parametrize("form", get_args(FrameForm))
def test_the_bytes_of_each(form: FrameForm) -> None:
    assert formed(form, BINARY, b"abc", 3) == bytes.fromhex(BYTES[form])


def test_a_text_is_sent_as_a_binary_message_where_the_other_kind_is_wanted() -> None:
    assert formed("other_kind", TEXT, b"abc", 2) == bytes.fromhex("8203 616263")


@pytest.mark.parametrize("form", ["masked", "reserved_bit", "reserved_opcode"])
@pytest.mark.parametrize("size", [0, 125, 126, 70_000])
def test_what_a_client_has_to_fail_at_it_fails_at(form: FrameForm, size: int) -> None:
    protocol = read(formed(form, BINARY, bytes(size), 2))
    assert protocol.close_sent is not None
    assert protocol.close_sent.code == 1002


def test_a_message_that_does_not_end_is_not_read_as_one() -> None:
    [event] = read(formed("unfinished", TEXT, b"abc", 2)).events_received()
    assert event == Frame(Opcode.TEXT, b"abc", fin=False)


@given(payload=st.binary(max_size=400), frames=st.integers(2, 40))
def test_fragments_are_the_message(payload: bytes, frames: int) -> None:
    events = read(formed("fragmented", BINARY, payload, frames)).events_received()
    parts = [event for event in events if isinstance(event, Frame)]
    assert b"".join(part.data for part in parts) == payload
    assert [part.opcode for part in parts] == [Opcode.BINARY] + [Opcode.CONT] * (frames - 1)
    assert [part.fin for part in parts] == [False] * (frames - 1) + [True]
