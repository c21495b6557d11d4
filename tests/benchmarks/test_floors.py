"""The comparison is fair: a floor reads and writes the very same thing as the codec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from avatarwire.benchmarks import floors
from avatarwire.codecs import aliyun
from avatarwire.codecs.message import Message

SERIAL = b"AVATAR07"


@pytest.mark.parametrize(
    ("body", "read", "write"),
    [
        (
            aliyun.TextDriveRequest(session_id="s-7", text="你好", ask_type=aliyun.AskType.ASK, message_id="m-1"),
            floors.decode_from_client,
            floors.encode_text_request,
        ),
        (
            aliyun.TextDriveResponse(success=True, session_id="s-7", content="Hi", finish=True, message_id="m-1"),
            floors.decode_from_server,
            floors.encode_text_response,
        ),
        (
            aliyun.AudioDriveRequest(
                session_id="s-7", message_id="m-3", audio=b"\0\1", data_flag=aliyun.DataFlag.CONTENT
            ),
            floors.decode_large_from_client,
            floors.encode_audio_request,
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Message) else "",
)
def test_a_message(body: Message, read: Callable[[bytes], floors.Frame], write: Callable[[Any, bytes], bytes]) -> None:
    wire = aliyun.encode(body, SERIAL)
    frame, floor = aliyun.decode(wire), read(wire)

    assert write(floor.body, SERIAL) == wire
    assert msgspec.structs.astuple(floor.header) == msgspec.structs.astuple(frame.header)
    assert msgspec.structs.asdict(floor.body) == msgspec.structs.asdict(body)
    # The same work is done for the same fields and limits.
    assert _fields(floor.body) == _fields(body)


def _fields(body: object) -> list[tuple[str, bool, object]]:
    info = msgspec.inspect.type_info(body.__class__)
    assert isinstance(info, msgspec.inspect.StructType)
    return [(field.encode_name, field.required, _bare(field.type)) for field in info.fields]


def _bare(info: msgspec.inspect.Type) -> msgspec.inspect.Type:
    """The type without its documentation, which costs nothing."""
    if isinstance(info, msgspec.inspect.Metadata):
        return info.type
    if isinstance(info, msgspec.inspect.UnionType):
        return msgspec.inspect.UnionType(tuple(_bare(part) for part in info.types))
    return info


def test_speech() -> None:
    wire = aliyun.encode(aliyun.AsrDataRequest(b"\0\1"), SERIAL)
    assert floors.encode_speech(b"\0\1", SERIAL) == wire
    assert floors.decode_from_client(wire).body == b"\0\1"


def test_the_header() -> None:
    wire = bytes.fromhex("0e01ff") + SERIAL
    header, floor = aliyun.HEADER_CODEC.decode(wire), floors.decode_header(wire)
    assert msgspec.structs.astuple(floor) == msgspec.structs.astuple(header)
    assert floors.encode_header(floor) == floors.encode_header_unguarded(floor) == wire
    with pytest.raises(ValueError, match=r"^$"):
        floors.encode_header(floors.Header(0, 0, 0, b"short"))
