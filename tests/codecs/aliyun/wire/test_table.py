"""The table of messages, and each documented variant: what lenient reading makes of it, what strict reading refuses."""

from __future__ import annotations

from typing import Final

import pytest

from avatarwire.codecs.aliyun.messages import (
    AskType,
    AsrEndRequest,
    AsrStartResponse,
    AudioDriveRequest,
    ChannelReadyResponse,
    DataFlag,
    GeneralMessage,
    OpeningRequest,
    OpeningResponse,
    PartialChannelReadyRequest,
    PartialTextDriveRequest,
    TextDriveRequest,
    TextDriveResponse,
    TextDriveType,
)
from avatarwire.codecs.aliyun.wire.frame import decode
from avatarwire.codecs.aliyun.wire.routing import Body
from avatarwire.codecs.aliyun.wire.table import BINARY, BY_BODY, BY_ID, MESSAGES
from avatarwire.codecs.errors import ValidationError

from ..frame_samples import wired

BOM: Final = "\ufeff"
TEXT: Final = TextDriveRequest(session_id="s-7", text="Hi", ask_type=AskType.BROADCAST, message_id="m-1")
AUDIO: Final = AudioDriveRequest(session_id="s-7", message_id="m-3", audio=b"\xfb\xef\0", data_flag=DataFlag.START)
REPLY: Final = TextDriveResponse(success=True, session_id="s-7", content="Hi", finish=True, message_id="m-1")
PARTIAL: Final = PartialTextDriveRequest(session_id="s-7", text="Hi", ask_type=AskType.BROADCAST)


def test_the_table_of_the_document() -> None:
    assert {row.id: (row.sender, row.prefix.hex()) for row in MESSAGES} == {
        "opening.request": ("client", "000100"),
        "opening.response": ("server", "010100"),
        "interrupt.request": ("client", "000102"),
        "session.force_close": ("server", "010103"),
        "session.recovering": ("server", "010104"),
        "text_drive.request": ("client", "000180"),
        "text_drive.response": ("server", "010180"),
        "asr.start.request": ("client", "000182"),
        "asr.start.response": ("server", "010182"),
        "asr.data.request": ("client", "000081"),
        "asr.result": ("server", "010181"),
        "asr.drive_reply": ("server", "010180"),
        "asr.end.request": ("client", "000182"),
        "channel_ready.request": ("client", "000183"),
        "channel_ready.response": ("server", "010183"),
        "audio_drive.request": ("client", "000186"),
        "heartbeat.ping": ("client", "0e01ff"),
        "heartbeat.pong": ("server", "0f01ff"),
        "general.message": ("server", "0201ff"),
    }


def test_every_message_is_found_by_id_and_by_body() -> None:
    assert len(MESSAGES) == len(BY_ID) == len(BY_BODY) == 19
    for row in MESSAGES:
        assert BY_ID[row.id] is BY_BODY[row.body] is row


def test_only_speech_is_not_json() -> None:
    assert [row.id for row in MESSAGES if row.codec is None] == [BINARY.id] == ["asr.data.request"]


def test_every_codec_names_its_message() -> None:
    codecs = [(row, row.codec) for row in MESSAGES if row.codec is not None]
    assert [(codec.vendor, codec.message, codec.type) for _, codec in codecs] == [
        ("aliyun", row.id, row.body) for row, _ in codecs
    ]


@pytest.mark.parametrize(
    ("head", "payload", "body", "erratum", "path"),
    [
        # A byte order mark in front of the JSON text.
        ("000100", BOM + '{"sessionId":"s-7"}', OpeningRequest(session_id="s-7"), "ALI-E105", ""),
        ("000182", BOM + '{"sessionId":"s-7","type":"endAsrAudio"}', AsrEndRequest(session_id="s-7"), "ALI-E105", ""),
        # The first sample of the document asks for the channel with an empty payload.
        ("000183", "{}", PartialChannelReadyRequest(), "ALI-E15", "sessionId"),
        ("000183", "", PartialChannelReadyRequest(), "ALI-E15", ""),
        # The text sample has no messageId.
        ("000180", '{"sessionId":"s-7","text":"Hi","askType":2}', PARTIAL, "ALI-E20", "messageId"),
        # A text that is no stream needs no dataFlag, whatever it says.
        (
            "000180",
            '{"sessionId":"s-7","text":"Hi","askType":2,"messageId":"m-1","dataFlag":"START"}',
            TEXT,
            "ALI-E24",
            "dataFlag",
        ),
        (
            "000180",
            '{"sessionId":"s-7","text":"Hi","askType":2,"messageId":"m-1","type":"TEXT","dataFlag":5}',
            TEXT.replace(type=TextDriveType.TEXT),
            "ALI-E24",
            "dataFlag",
        ),
        # The last fragment may have nothing in it.
        (
            "000180",
            '{"sessionId":"s-7","askType":2,"messageId":"m-1","type":"TEXT_STREAM","dataFlag":"END"}',
            TEXT.replace(text="", type=TextDriveType.TEXT_STREAM, data_flag=DataFlag.END),
            "ALI-E25",
            "text",
        ),
        (
            "000186",
            '{"sessionId":"s-7","messageId":"m-3","audio":null,"type":"AUDIO_STREAM","dataFlag":"END"}',
            AUDIO.replace(audio=b"", data_flag=DataFlag.END),
            "ALI-E25",
            "audio",
        ),
        # Streamed text in ask mode is taken as broadcast.
        (
            "000180",
            '{"sessionId":"s-7","text":"Hi","askType":1,"messageId":"m-1","type":"TEXT_STREAM","dataFlag":"START"}',
            TEXT.replace(type=TextDriveType.TEXT_STREAM, data_flag=DataFlag.START),
            "ALI-E28",
            "askType",
        ),
        # The sample of the end packet has an askType.
        (
            "000182",
            '{"sessionId":"s-7","type":"endAsrAudio","askType":1}',
            AsrEndRequest(session_id="s-7"),
            "ALI-E34",
            "askType",
        ),
        # Base64 without padding, or in the alphabet for addresses.
        (
            "000186",
            '{"sessionId":"s-7","messageId":"m-3","audio":"-_8","dataFlag":"START"}',
            AUDIO.replace(audio=b"\xfb\xff"),
            "ALI-E38",
            "audio",
        ),
        (
            "000186",
            '{"sessionId":"s-7","messageId":"m-3","audio":"++8","dataFlag":"START"}',
            AUDIO.replace(audio=b"\xfb\xef"),
            "ALI-E38",
            "audio",
        ),
        (
            "000186",
            '{"sessionId":"s-7","messageId":"m-3","audio":"--8A","dataFlag":"START"}',
            AUDIO,
            "ALI-E38",
            "audio",
        ),
        # Audio that does not say where in its stream it stands is a whole stream.
        (
            "000186",
            '{"sessionId":"s-7","messageId":"m-3","audio":"++8A"}',
            AUDIO.replace(data_flag=DataFlag.END),
            "ALI-E43",
            "dataFlag",
        ),
        # Replies: what is absent or null is told.
        ("010180", '{"sessionId":"s-7","content":"Hi","finish":true,"messageId":"m-1"}', REPLY, "ALI-E29", "success"),
        (
            "010180",
            '{"success":true,"sessionId":null,"content":"Hi","finish":true,"messageId":"m-1"}',
            REPLY.replace(session_id=""),
            "ALI-E113",
            "sessionId",
        ),
        (
            "010180",
            '{"success":true,"sessionId":"s-7","content":null,"finish":true,"messageId":"m-1"}',
            REPLY.replace(content=""),
            "ALI-E22",
            "content",
        ),
        (
            "010180",
            '{"success":true,"sessionId":"s-7","content":"Hi","messageId":"m-1"}',
            REPLY.replace(finish=False),
            "ALI-E126",
            "finish",
        ),
        (
            "010180",
            '{"success":true,"sessionId":"s-7","content":"Hi","finish":true}',
            REPLY.replace(message_id=""),
            "ALI-E21",
            "messageId",
        ),
        (
            "010180",
            '{"success":true,"sessionId":"s-7","content":"Hi","finish":true,"messageId":"m-1","relatedImages":null}',
            REPLY,
            "ALI-E120",
            "relatedImages",
        ),
        (
            "010180",
            '{"success":true,"sessionId":"s-7","content":"Hi","finish":true,"messageId":"m-1","relatedVideos":null}',
            REPLY,
            "ALI-E120",
            "relatedVideos",
        ),
        (
            "010100",
            '{"success":true,"sessionId":"s-7","content":"Hi","finish":true}',
            OpeningResponse(success=True, session_id="s-7", content="Hi", finish=True, message_id=""),
            "ALI-E21",
            "messageId",
        ),
        ("010182", '{"sessionId":"s-7"}', AsrStartResponse(session_id="s-7", success=True), "ALI-E29", "success"),
        ("010182", '{"success":false}', AsrStartResponse(session_id="", success=False), "ALI-E113", "sessionId"),
        ("010183", '{"status":"READY"}', ChannelReadyResponse(session_id="", status="READY"), "ALI-E113", "sessionId"),
        # Errors.
        ("0201ff", '{"code":"10001","message":"no"}', GeneralMessage(code=10001, message="no"), "ALI-E51", "code"),
        ("0201ff", '{"code":10000}', GeneralMessage(code=10000, message=""), "ALI-E51", "message"),
    ],
)
def test_a_documented_variant(head: str, payload: str, body: Body, erratum: str, path: str) -> None:
    data = wired(head, payload)

    frame = decode(data)
    assert (frame.body, type(frame.body)) == (body, type(body))
    assert frame.deviations == (erratum,)
    assert frame.unknown_codes() == {}
    assert frame.encode() == data

    with pytest.raises(ValidationError) as caught:
        decode(data, strict=True)
    error = caught.value
    assert (error.vendor, error.message, error.path, error.clause) == ("aliyun", frame.message, path, erratum)


@pytest.mark.parametrize(
    ("head", "payload", "deviations"),
    [
        ("000183", BOM, ("ALI-E105", "ALI-E15")),
        (
            "000180",
            '{"sessionId":"s-7","askType":1,"type":"TEXT_STREAM","dataFlag":"END"}',
            ("ALI-E25", "ALI-E28", "ALI-E20"),
        ),
        ("000186", '{"sessionId":"s-7","messageId":"m-3","audio":"-_8"}', ("ALI-E38", "ALI-E43")),
        ("010180", '{"relatedImages":null}', ("ALI-E29", "ALI-E113", "ALI-E22", "ALI-E126", "ALI-E120", "ALI-E21")),
        ("0201ff", '{"code":"7"}', ("ALI-E51",)),
    ],
)
def test_variants_come_together(head: str, payload: str, deviations: tuple[str, ...]) -> None:
    assert decode(wired(head, payload)).deviations == deviations


@pytest.mark.parametrize(
    ("head", "payload", "path", "clause"),
    [
        # Only the last fragment may lack its text or audio.
        (
            "000180",
            '{"sessionId":"s","askType":2,"messageId":"m","type":"TEXT_STREAM","dataFlag":"START"}',
            "text",
            "ALI-R098",
        ),
        ("000180", '{"sessionId":"s","askType":2,"messageId":"m"}', "text", "ALI-R098"),
        ("000186", '{"sessionId":"s","messageId":"m","dataFlag":"CONTENT"}', "audio", "ALI-R115"),
        ("000186", '{"sessionId":"s","messageId":"m"}', "audio", "ALI-R115"),
        # A stream says where its fragments stand, and nothing else than the three.
        (
            "000180",
            '{"sessionId":"s","text":"","askType":2,"messageId":"m","type":"TEXT_STREAM"}',
            "dataFlag",
            "ALI-R101",
        ),
        (
            "000180",
            '{"sessionId":"s","text":"","askType":2,"messageId":"m","type":"TEXT_STREAM","dataFlag":"X"}',
            "dataFlag",
            "ALI-R101",
        ),
        (
            "000180",
            '{"sessionId":"s","text":"","askType":2,"messageId":"m","type":"WORDS","dataFlag":"END"}',
            "type",
            "ALI-R100",
        ),
        ("000186", '{"sessionId":"s","messageId":"m","audio":"AAE=","dataFlag":"X"}', "dataFlag", "ALI-R116"),
        # Missing ids stand for something only where the document's samples lack them.
        ("000180", '{"text":"","askType":2,"messageId":"m"}', "sessionId", "ALI-R095"),
        ("000180", '{"sessionId":"s","text":"","askType":2,"messageId":null}', "messageId", "ALI-R103"),
        ("000183", '{"sessionId":null}', "sessionId", "ALI-R095"),
        ("000100", "{}", "sessionId", "ALI-R095"),
        ("000186", '{"sessionId":"s","audio":"AAE=","dataFlag":"END"}', "messageId", "ALI-R103"),
        # Base64 that no repair explains.
        ("000186", '{"sessionId":"s","messageId":"m","audio":"A","dataFlag":"END"}', "audio", "ALI-R115"),
        ("000186", '{"sessionId":"s","messageId":"m","audio":"AA E=","dataFlag":"END"}', "audio", "ALI-R115"),
        ("000186", '{"sessionId":"s","messageId":"m","audio":"你好你好","dataFlag":"END"}', "audio", "ALI-R115"),
        ("000186", '{"sessionId":"s","messageId":"m","audio":[0],"dataFlag":"END"}', "audio", "ALI-R115"),
        # Texts that are no plain number.
        ("0201ff", '{"code":"","message":"no"}', "code", "ALI-R119"),
        ("0201ff", '{"code":"１","message":"no"}', "code", "ALI-R119"),
        ("0201ff", '{"code":"9223372036854775808","message":"no"}', "code", "ALI-R119"),
        ("0201ff", '{"code":null,"message":"no"}', "code", "ALI-R119"),
        ("0201ff", '{"message":"no"}', "code", "ALI-R119"),
        # Replies: a wrong type is no variant.
        ("010180", '{"success":"yes"}', "success", "ALI-R105"),
        ("010180", '{"relatedImages":"http://img.example/1.png"}', "relatedImages", "ALI-E120"),
        ("010183", '{"sessionId":"s"}', "status", "ALI-R113"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_what_no_variant_explains_is_refused(head: str, payload: str, path: str, clause: str, strict: bool) -> None:
    with pytest.raises(ValidationError) as caught:
        decode(wired(head, payload), strict=strict)
    assert (caught.value.path, caught.value.clause) == (path, clause)


def test_absent_images_are_the_ruled_form_as_much_as_none() -> None:
    payload = '{"success":true,"sessionId":"s-7","content":"Hi","finish":true,"messageId":"m-1"}'
    assert decode(wired("010180", payload), strict=True).body == REPLY
    assert decode(wired("010180", BOM + payload)).deviations == ("ALI-E105",)


def test_a_serial_number_of_zeros_is_accepted() -> None:
    frame = decode(bytes.fromhex("000100") + bytes(8) + b'{"sessionId":"s-7"}', strict=True)
    assert (frame.serial_number, frame.deviations) == (bytes(8), ())
