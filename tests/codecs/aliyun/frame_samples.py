"""One frame of each message: the body, the bytes and the JSON text inside; and the assertion that compares them.

Serial number: ``AVATAR07`` in ASCII.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from avatarwire.codecs.aliyun import (
    AskType,
    AsrDataRequest,
    AsrDriveReply,
    AsrEndRequest,
    AsrResult,
    AsrStartRequest,
    AsrStartResponse,
    AudioDriveRequest,
    Body,
    ChannelReadyRequest,
    ChannelReadyResponse,
    ChannelStatus,
    DataFlag,
    ErrorCode,
    ForceClose,
    GeneralMessage,
    HeartbeatPing,
    HeartbeatPong,
    InterruptRequest,
    OpeningRequest,
    OpeningResponse,
    Recovering,
    TextDriveRequest,
    TextDriveResponse,
    TextDriveType,
    Unknown,
    decode,
    encode,
)
from avatarwire.codecs.aliyun.wire.table import BY_ID, Sender

SERIAL: Final = b"AVATAR07"


class Sample(NamedTuple):
    message_id: str
    sender: Sender
    body: Body
    wire: str
    """The whole frame, hexadecimal."""
    text: str | None
    """The JSON in it; None where the payload is audio."""


def assert_frame(body: Body, wire: str, message_id: str) -> None:
    """The body is written as these bytes, and these bytes are read as that body, without a deviation."""
    assert not isinstance(body, Unknown)
    assert encode(body, SERIAL).hex() == wire

    for sender in (None, BY_ID[message_id].sender):
        frame = decode(bytes.fromhex(wire), sender, strict=True)
        assert (frame.message, frame.body) == (message_id, body)
        assert frame.serial_number == SERIAL
        assert frame.deviations == ()
        assert frame.unknown_fields() == {}
        assert frame.unknown_codes() == {}
        assert frame.encode().hex() == wire


def wired(head: str, payload: bytes | str) -> bytes:
    """A frame from its first three bytes, hexadecimal, and its payload."""
    return bytes.fromhex(head) + SERIAL + (payload.encode() if isinstance(payload, str) else payload)


# fmt: off
SAMPLES: Final[tuple[Sample, ...]] = (
    Sample(
        "opening.request", "client",
        OpeningRequest(session_id="s-7"),
        "00010041564154415230377b2273657373696f6e4964223a22732d37227d",
        '{"sessionId":"s-7"}',
    ),
    Sample(
        "opening.response", "server",
        OpeningResponse(
            success=True, session_id="s-7", content="欢迎", finish=False,
            related_images=("http://img.example/1.png",), message_id="m-0",
        ),
        "01010041564154415230377b2273756363657373223a747275652c2273657373696f6e4964223a22732d3722"
        "2c22636f6e74656e74223a22e6aca2e8bf8e222c2266696e697368223a66616c73652c2272656c6174656449"
        "6d61676573223a5b22687474703a2f2f696d672e6578616d706c652f312e706e67225d2c2272656c61746564"
        "566964656f73223a5b5d2c226d6573736167654964223a226d2d30227d",
        '{"success":true,"sessionId":"s-7","content":"欢迎","finish":false,'
        '"relatedImages":["http://img.example/1.png"],"relatedVideos":[],"messageId":"m-0"}',
    ),
    Sample(
        "interrupt.request", "client",
        InterruptRequest(session_id="s-7"),
        "00010241564154415230377b2273657373696f6e4964223a22732d37227d",
        '{"sessionId":"s-7"}',
    ),
    Sample(
        "session.force_close", "server",
        ForceClose(session_id="s-7"),
        "01010341564154415230377b2273657373696f6e4964223a22732d37227d",
        '{"sessionId":"s-7"}',
    ),
    Sample(
        "session.recovering", "server",
        Recovering(session_id="s-7"),
        "01010441564154415230377b2273657373696f6e4964223a22732d37227d",
        '{"sessionId":"s-7"}',
    ),
    Sample(
        "text_drive.request", "client",
        TextDriveRequest(session_id="s-7", text="你好", ask_type=AskType.ASK, message_id="m-1"),
        "00018041564154415230377b2273657373696f6e4964223a22732d37222c2274657874223a22e4bda0e5a5bd"
        "222c2261736b54797065223a312c226d6573736167654964223a226d2d31227d",
        '{"sessionId":"s-7","text":"你好","askType":1,"messageId":"m-1"}',
    ),
    Sample(
        "text_drive.request", "client",
        TextDriveRequest(
            session_id="s-7", text="Hi", ask_type=AskType.ASK, message_id="m-1", type=TextDriveType.TEXT
        ),
        "00018041564154415230377b2273657373696f6e4964223a22732d37222c2274657874223a224869222c2261"
        "736b54797065223a312c226d6573736167654964223a226d2d31222c2274797065223a2254455854227d",
        '{"sessionId":"s-7","text":"Hi","askType":1,"messageId":"m-1","type":"TEXT"}',
    ),
    Sample(
        "text_drive.request", "client",
        TextDriveRequest(
            session_id="s-7", text="", ask_type=AskType.BROADCAST, message_id="m-2",
            type=TextDriveType.TEXT_STREAM, data_flag=DataFlag.START,
        ),
        "00018041564154415230377b2273657373696f6e4964223a22732d37222c2274657874223a22222c2261736b"
        "54797065223a322c226d6573736167654964223a226d2d32222c2274797065223a22544558545f5354524541"
        "4d222c2264617461466c6167223a225354415254227d",
        '{"sessionId":"s-7","text":"","askType":2,"messageId":"m-2","type":"TEXT_STREAM","dataFlag":"START"}',
    ),
    Sample(
        "text_drive.request", "client",
        TextDriveRequest(
            session_id="s-7", text="bye", ask_type=AskType.BROADCAST, message_id="m-2",
            type=TextDriveType.TEXT_STREAM, data_flag=DataFlag.END,
        ),
        "00018041564154415230377b2273657373696f6e4964223a22732d37222c2274657874223a22627965222c22"
        "61736b54797065223a322c226d6573736167654964223a226d2d32222c2274797065223a22544558545f5354"
        "5245414d222c2264617461466c6167223a22454e44227d",
        '{"sessionId":"s-7","text":"bye","askType":2,"messageId":"m-2","type":"TEXT_STREAM","dataFlag":"END"}',
    ),
    Sample(
        "text_drive.response", "server",
        TextDriveResponse(
            success=True, session_id="s-7", content="Hi", finish=True,
            related_videos=("http://img.example/2.mp4",), message_id="m-1",
        ),
        "01018041564154415230377b2273756363657373223a747275652c2273657373696f6e4964223a22732d3722"
        "2c22636f6e74656e74223a224869222c2266696e697368223a747275652c2272656c61746564496d61676573"
        "223a5b5d2c2272656c61746564566964656f73223a5b22687474703a2f2f696d672e6578616d706c652f322e"
        "6d7034225d2c226d6573736167654964223a226d2d31227d",
        '{"success":true,"sessionId":"s-7","content":"Hi","finish":true,"relatedImages":[],'
        '"relatedVideos":["http://img.example/2.mp4"],"messageId":"m-1"}',
    ),
    Sample(
        "asr.start.request", "client",
        AsrStartRequest(session_id="s-7", ask_type=AskType.BROADCAST),
        "00018241564154415230377b2273657373696f6e4964223a22732d37222c2274797065223a22737461727441"
        "7372417564696f222c2261736b54797065223a327d",
        '{"sessionId":"s-7","type":"startAsrAudio","askType":2}',
    ),
    Sample(
        "asr.start.response", "server",
        AsrStartResponse(session_id="s-7", success=True),
        "01018241564154415230377b2273657373696f6e4964223a22732d37222c2273756363657373223a74727565"
        "7d",
        '{"sessionId":"s-7","success":true}',
    ),
    Sample(
        "asr.data.request", "client",
        AsrDataRequest(pcm=b"\xff\x7f\x00\x80"),
        "0000814156415441523037ff7f0080",
        None,
    ),
    Sample(
        "asr.result", "server",
        AsrResult(success=True, session_id="s-7", content="ni hao", finish=True, message_id="u-1"),
        "01018141564154415230377b2273756363657373223a747275652c2273657373696f6e4964223a22732d3722"
        "2c22636f6e74656e74223a226e692068616f222c2266696e697368223a747275652c226d6573736167654964"
        "223a22752d31227d",
        '{"success":true,"sessionId":"s-7","content":"ni hao","finish":true,"messageId":"u-1"}',
    ),
    Sample(
        "asr.end.request", "client",
        AsrEndRequest(session_id="s-7"),
        "00018241564154415230377b2273657373696f6e4964223a22732d37222c2274797065223a22656e64417372"
        "417564696f227d",
        '{"sessionId":"s-7","type":"endAsrAudio"}',
    ),
    Sample(
        "channel_ready.request", "client",
        ChannelReadyRequest(session_id="s-7"),
        "00018341564154415230377b2273657373696f6e4964223a22732d37227d",
        '{"sessionId":"s-7"}',
    ),
    Sample(
        "channel_ready.response", "server",
        ChannelReadyResponse(session_id="s-7", status=ChannelStatus.INIT),
        "01018341564154415230377b2273657373696f6e4964223a22732d37222c22737461747573223a22494e4954"
        "227d",
        '{"sessionId":"s-7","status":"INIT"}',
    ),
    Sample(
        "audio_drive.request", "client",
        AudioDriveRequest(
            session_id="s-7", message_id="m-3", audio=b"\xff\x7f\x00\x80", data_flag=DataFlag.CONTENT
        ),
        "00018641564154415230377b2273657373696f6e4964223a22732d37222c226d6573736167654964223a226d"
        "2d33222c22617564696f223a222f33384167413d3d222c2274797065223a22415544494f5f53545245414d22"
        "2c2264617461466c6167223a22434f4e54454e54227d",
        '{"sessionId":"s-7","messageId":"m-3","audio":"/38AgA==","type":"AUDIO_STREAM","dataFlag":"CONTENT"}',
    ),
    Sample(
        "heartbeat.ping", "client",
        HeartbeatPing(),
        "0e01ff41564154415230377b7d",
        '{}',
    ),
    Sample(
        "heartbeat.pong", "server",
        HeartbeatPong(),
        "0f01ff41564154415230377b7d",
        '{}',
    ),
    Sample(
        "general.message", "server",
        GeneralMessage(code=ErrorCode.PERMISSION_DENIED, message="no permission"),
        "0201ff41564154415230377b22636f6465223a31303030312c226d657373616765223a226e6f207065726d69"
        "7373696f6e227d",
        '{"code":10001,"message":"no permission"}',
    ),
)

DRIVE_REPLY: Final = Sample(
        "asr.drive_reply", "server",
        AsrDriveReply(success=True, session_id="s-7", content="", finish=True, message_id="u-1"),
        "01018041564154415230377b2273756363657373223a747275652c2273657373696f6e4964223a22732d3722"
        "2c22636f6e74656e74223a22222c2266696e697368223a747275652c2272656c61746564496d61676573223a"
        "5b5d2c2272656c61746564566964656f73223a5b5d2c226d6573736167654964223a22752d31227d",
        '{"success":true,"sessionId":"s-7","content":"","finish":true,"relatedImages":[],'
        '"relatedVideos":[],"messageId":"u-1"}',
    )
"""On the wire this cannot be told from a `text_drive.response` (ALI-E35)."""
# fmt: on
