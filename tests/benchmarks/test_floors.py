"""The comparison is fair: a floor reads and writes the very same thing as the codec."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest

from avatarwire.benchmarks import floors, floors_guiji
from avatarwire.benchmarks.test_codec_guiji import CREATE_WIRE
from avatarwire.codecs import ValidationError, aliyun, guiji
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


DRIVE = {"sessionId": "s-7", "text": "Hi", "askType": 1, "messageId": "m-1"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text": ""},
        {"dataFlag": "START"},
        {"type": "TEXT_STREAM"},
        {"type": "TEXT_STREAM", "dataFlag": "START"},
        {"type": "TEXT_STREAM", "dataFlag": "START", "askType": 2},
        {"type": "TEXT_STREAM", "dataFlag": "START", "askType": 2, "text": ""},
        {"type": "TEXT_STREAM", "dataFlag": "CONTENT", "askType": 2, "text": ""},
        {"type": "TEXT_STREAM", "dataFlag": "END", "askType": 2, "text": ""},
    ],
    ids=str,
)
def test_the_rules_of_a_text_drive(changes: dict[str, Any]) -> None:
    wire = bytes.fromhex("000180") + SERIAL + json.dumps({**DRIVE, **changes}).encode()
    try:
        body = aliyun.decode(wire, strict=True).body
    except ValidationError:
        with pytest.raises(ValueError, match=r"^$"):
            floors.decode_ruled_from_client(wire)
    else:
        assert msgspec.structs.asdict(floors.decode_ruled_from_client(wire).body) == msgspec.structs.asdict(
            cast("Any", body)
        )


@pytest.mark.parametrize("wrong", [None, "no figure", "another template"])
def test_the_rules_of_create_new_session(wrong: str | None) -> None:
    fields = json.loads(CREATE_WIRE)
    elements = fields["params"]["resList"]
    figure = next(each for each in elements if each["resOptions"]["type"] == "dthuman")
    if wrong == "no figure":
        elements.remove(figure)
    elif wrong:
        figure["resOptions"]["audioDriven"]["templates"][0]["udCode"] = "another"
    wire = json.dumps(fields).encode()
    if wrong:
        with pytest.raises(ValidationError):
            guiji.decode(wire, "client")
        with pytest.raises(ValueError, match=r"^$"):
            floors_guiji.decode_ruled_from_client(wire)
    else:
        assert type(guiji.decode(wire, "client").body).__name__ == "CreateNewSession"
        assert type(floors_guiji.decode_ruled_from_client(wire)).__name__ == "Create"


def test_integers_of_guiji_have_the_same_limits() -> None:
    wire = CREATE_WIRE.replace(b'"loop":-1', b'"loop":9223372036854775808')
    assert wire != CREATE_WIRE
    with pytest.raises(ValidationError):
        guiji.decode(wire, "client")
    with pytest.raises(msgspec.ValidationError):
        floors_guiji.decode_from_client(wire)


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
