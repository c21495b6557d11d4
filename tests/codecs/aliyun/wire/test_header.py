"""The eleven bytes in front of every frame, and the code points in them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import construct
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.aliyun.wire.header import (
    BIZ_TYPES,
    DATA_TYPES,
    FRAME_TYPES,
    HEADER,
    HEADER_CODEC,
    HEADER_SIZE,
    ZERO_SERIAL_NUMBER,
    BizType,
    DataType,
    FrameType,
    Header,
    new_serial_number,
)
from avatarwire.codecs.errors import DecodeError, EncodeError

BYTE = st.integers(0, 255)
SERIAL = st.binary(min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("enum", "codes"),
    [
        (FrameType, {"CONTROL": 0, "DATA": 1, "MESSAGE": 2, "PING": 14, "PONG": 15}),
        (DataType, {"BINARY": 0, "JSON": 1}),
        (
            BizType,
            {
                "OPENING": 0,
                "INTERRUPT": 2,
                "FORCE_CLOSE": 3,
                "RECOVERING": 4,
                "TEXT_DRIVE": 128,
                "ASR_DATA": 129,
                "ASR_CONTROL": 130,
                "CHANNEL_READY": 131,
                "AUDIO_DRIVE": 134,
                "GENERAL": 255,
            },
        ),
    ],
)
def test_the_code_points_of_the_document(enum: type[IntEnum], codes: dict[str, int]) -> None:
    assert {member.name: int(member) for member in enum} == codes


@pytest.mark.parametrize(("enum", "meanings"), [(FrameType, FRAME_TYPES), (DataType, DATA_TYPES), (BizType, BIZ_TYPES)])
def test_every_code_point_is_explained(enum: type[IntEnum], meanings: Mapping[IntEnum, str]) -> None:
    assert list(meanings) == list(enum)
    assert all(meanings.values())


@pytest.mark.parametrize(
    ("header", "wire"),
    [
        (Header(FrameType.CONTROL, DataType.JSON, BizType.OPENING, b"AVATAR07"), "0001004156415441523037"),
        (Header(FrameType.CONTROL, DataType.BINARY, BizType.ASR_DATA, b"AVATAR07"), "0000814156415441523037"),
        (Header(FrameType.PONG, DataType.JSON, BizType.GENERAL, bytes(range(248, 256))), "0f01fff8f9fafbfcfdfeff"),
        (Header(FrameType.PING, DataType.JSON, BizType.GENERAL, ZERO_SERIAL_NUMBER), "0e01ff0000000000000000"),
        (Header(200, 3, 1, b"AVATAR07"), "c803014156415441523037"),
    ],
)
def test_a_header_is_written_and_read(header: Header, wire: str) -> None:
    assert HEADER_CODEC.encode(header).hex() == wire
    assert HEADER_CODEC.decode(bytes.fromhex(wire)) == header
    assert HEADER_CODEC.decode(bytes.fromhex(wire) + b"{}") == header


def test_assigned_code_points_are_read_as_members_and_others_as_numbers() -> None:
    assigned = HEADER_CODEC.decode(bytes.fromhex("0201ff") + ZERO_SERIAL_NUMBER)
    assert [type(code) for code in (assigned.frame_type, assigned.data_type, assigned.biz_type)] == [
        FrameType,
        DataType,
        BizType,
    ]
    unassigned = HEADER_CODEC.decode(bytes.fromhex("0302fe") + ZERO_SERIAL_NUMBER)
    assert [type(code) for code in (unassigned.frame_type, unassigned.data_type, unassigned.biz_type)] == [int] * 3


@pytest.mark.parametrize("length", range(11))
def test_a_shorter_header_is_refused(length: int) -> None:
    with pytest.raises(DecodeError) as caught:
        HEADER_CODEC.decode(bytes(length))
    assert str(caught.value) == f"aliyun header: byte {length}: {length} bytes, expected at least 11 bytes [ALI-R082]"


@pytest.mark.parametrize(
    ("header", "path", "expected"),
    [
        (Header(256, 0, 0, ZERO_SERIAL_NUMBER), "frameType", "an integer from 0 to 255"),
        (Header(0, -1, 0, ZERO_SERIAL_NUMBER), "dataType", "an integer from 0 to 255"),
        (Header(0, 0, 300, ZERO_SERIAL_NUMBER), "bizType", "an integer from 0 to 255"),
        (Header(0, 0, 0, b"SEVEN77"), "serialNumber", "exactly 8 bytes"),
        (Header(0, 0, 0, b"NINENINE9"), "serialNumber", "exactly 8 bytes"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(header: Header, path: str, expected: str) -> None:
    with pytest.raises(EncodeError) as caught:
        HEADER_CODEC.encode(header)
    assert (caught.value.path, caught.value.expected, caught.value.clause) == (path, expected, "ALI-R082")


# --- held against the declaration, which construct interprets ---


@given(st.binary(max_size=20))
def test_any_bytes_are_read_as_the_declaration_says(data: bytes) -> None:
    try:
        expected = HEADER.parse(data)
    except construct.ConstructError:
        with pytest.raises(DecodeError):
            HEADER_CODEC.decode(data)
    else:
        assert HEADER_CODEC.decode(data) == Header(
            expected.frameType, expected.dataType, expected.bizType, expected.serialNumber
        )


@given(BYTE, BYTE, BYTE, SERIAL)
def test_any_header_is_written_as_the_declaration_says(frame: int, data: int, biz: int, serial: bytes) -> None:
    wire = HEADER.build({"frameType": frame, "dataType": data, "bizType": biz, "serialNumber": serial})
    assert HEADER_CODEC.encode(Header(frame, data, biz, serial)) == wire
    assert HEADER_CODEC.decode(wire) == Header(frame, data, biz, serial)


def test_the_size_is_the_one_of_the_document() -> None:
    assert HEADER_SIZE == HEADER_CODEC.size == HEADER.sizeof() == 11


# --- serial numbers ---


def test_a_new_serial_number_is_eight_printable_bytes() -> None:
    made = {new_serial_number() for _ in range(20)}
    assert len(made) == 20
    assert {len(serial) for serial in made} == {8}
    assert all(serial.decode("ascii").isalnum() for serial in made)
