"""A whole conversation, what is refused in which state, and a server that does not keep the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from avatarwire.codecs.aliyun.client.interaction import InteractionClient, new_message_id
from avatarwire.codecs.aliyun.client.states import ClientState
from avatarwire.codecs.aliyun.events import (
    AnswerChunk,
    AnswerFinished,
    AnswerKind,
    ChannelReady,
    Disconnected,
    Outcome,
    Recognised,
    ServerError,
    SpeechStarted,
    UnknownFrame,
)
from avatarwire.codecs.aliyun.messages import AskType, ErrorCode
from avatarwire.codecs.errors import CodecError, LocalProtocolError, RemoteProtocolError, ValidationError
from tests.codecs.aliyun.conversation import (
    FORCE_CLOSE,
    INTERRUPT,
    OURS,
    POLL,
    RECOVERING,
    SESSION,
    THEIRS,
    arrive,
    assert_state,
    heard,
    new_client,
    ready_client,
    reply,
    start_reply,
    status,
)


def test_a_conversation_from_the_first_frame_to_the_last() -> None:
    client = new_client()
    client.connected(0.0)
    assert client.data_to_send() == [POLL]
    assert arrive(client, status("READY")) == [ChannelReady()]

    assert client.open_remarks() == "m-1"
    assert client.data_to_send() == [bytes.fromhex("000100") + OURS + b'{"sessionId":"s-7"}']
    assert arrive(client, reply("Welcome", biz=0, id_="srv-1"), reply(finish=True, biz=0, id_="srv-1")) == [
        AnswerChunk(drive_id="m-1", kind=AnswerKind.OPENING, text="Welcome", message_id="srv-1"),
        AnswerFinished(
            drive_id="m-1", kind=AnswerKind.OPENING, outcome=Outcome.COMPLETE, text="Welcome", message_id="srv-1"
        ),
    ]

    assert client.send_text("opening hours?") == "m-2"
    assert client.data_to_send() == [
        bytes.fromhex("000180") + OURS + b'{"sessionId":"s-7","text":"opening hours?","askType":1,"messageId":"m-2"}'
    ]
    assert list(client.unanswered) == ["m-2"]
    assert arrive(client, reply("9 to ", id_="m-2"), reply("5", finish=True, id_="m-2")) == [
        AnswerChunk(drive_id="m-2", kind=AnswerKind.TEXT, text="9 to ", message_id="m-2"),
        AnswerChunk(drive_id="m-2", kind=AnswerKind.TEXT, text="5", message_id="m-2"),
        AnswerFinished(drive_id="m-2", kind=AnswerKind.TEXT, outcome=Outcome.COMPLETE, text="9 to 5", message_id="m-2"),
    ]
    assert list(client.unanswered) == []

    speech = client.start_speech()
    speech.send(b"\x01\x00\x02\x00")
    assert arrive(client, start_reply(), heard("and on Sunday"), heard("and on Sundays?", finish=True)) == [
        SpeechStarted(drive_id="m-3", success=True),
        Recognised(drive_id="m-3", text="and on Sunday", final=False, message_id="u-1"),
        Recognised(drive_id="m-3", text="and on Sundays?", final=True, message_id="u-1"),
    ]
    speech.end()
    assert client.data_to_send() == [
        bytes.fromhex("000182") + OURS + b'{"sessionId":"s-7","type":"startAsrAudio","askType":1}',
        bytes.fromhex("000081") + OURS + bytes.fromhex("01000200"),
        bytes.fromhex("000182") + OURS + b'{"sessionId":"s-7","type":"endAsrAudio"}',
    ]
    assert list(client.unanswered) == ["m-3"]
    events = arrive(client, reply("Closed.", finish=True, id_="srv-2"))
    assert isinstance(events[-1], AnswerFinished)
    assert (events[-1].drive_id, events[-1].kind, events[-1].text) == ("m-3", AnswerKind.SPEECH, "Closed.")
    assert events[-1].success

    client.send_audio(b"\x00\x00")
    client.data_to_send()
    assert client.interrupt() == []
    assert client.data_to_send() == [INTERRUPT]

    assert client.close() == []
    assert client.disconnected(1000, "", 160.0) == [Disconnected(code=1000, clean=True, announced=True, lasted=160.0)]


def test_by_default_numbers_and_ids_are_random() -> None:
    client = InteractionClient(SESSION)
    client.connected(0.0)
    client.receive(status("READY"), 0.0)
    ids = {client.send_text("hello", ask=AskType.BROADCAST) for _ in range(20)}

    frames = client.data_to_send()

    assert len({frame[3:11] for frame in frames}) == 21
    assert all(frame[3:11].isalnum() for frame in frames)
    assert len(ids) == 20
    assert {len(id_) for id_ in ids} == {36}
    assert new_message_id()[14] == "4"


def test_a_client_needs_a_session() -> None:
    with pytest.raises(ValidationError, match="sessionId"):
        InteractionClient("")


# --- refused in which state ---

DRIVES: Final[dict[str, Callable[[InteractionClient], object]]] = {
    "open_remarks": lambda client: client.open_remarks(),
    "send_text": lambda client: client.send_text("hello"),
    "start_text_stream": lambda client: client.start_text_stream(),
    "start_audio_stream": lambda client: client.start_audio_stream(),
    "send_audio": lambda client: client.send_audio(b"\x00\x00"),
    "start_speech": lambda client: client.start_speech(),
    "interrupt": lambda client: client.interrupt(),
}


def _connecting() -> InteractionClient:
    return new_client()


def _connected() -> InteractionClient:
    client = new_client(prepare_at_once=False)
    client.connected(100.0)
    return client


def _preparing() -> InteractionClient:
    client = new_client()
    client.connected(100.0)
    return client


def _recovering() -> InteractionClient:
    client = ready_client()
    client.receive(RECOVERING, 100.0)
    return client


def _failed() -> InteractionClient:
    client = ready_client()
    client.receive(status("FAIL"), 100.0)
    return client


def _force_closed() -> InteractionClient:
    client = ready_client()
    client.receive(FORCE_CLOSE, 100.0)
    return client


def _closing() -> InteractionClient:
    client = ready_client()
    client.close()
    return client


def _closed() -> InteractionClient:
    client = ready_client()
    client.disconnected(1000, "", 100.0)
    return client


STATES: Final[dict[ClientState, tuple[Callable[[], InteractionClient], str]]] = {
    ClientState.CONNECTING: (_connecting, "the WebSocket is not open [ALI-R078]"),
    ClientState.CONNECTED: (_connected, "the channel has not been asked for [ALI-R078]"),
    ClientState.PREPARING: (_preparing, "the channel is not ready [ALI-R078]"),
    ClientState.RECOVERING: (_recovering, "the session is being recovered [ALI-E48]"),
    ClientState.FAILED: (_failed, "the channel has failed [ALI-E17]"),
    ClientState.FORCE_CLOSED: (_force_closed, "the server has closed the session [ALI-E49]"),
    ClientState.CLOSING: (_closing, "the client has been closed [ALI-E49]"),
    ClientState.CLOSED: (_closed, "the WebSocket is closed [ALI-E49]"),
}


@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_driven_before_or_after_the_channel_is_ready(state: ClientState, drive: str) -> None:
    make, text = STATES[state]
    client = make()
    assert_state(client, state)
    client.data_to_send()

    with pytest.raises(LocalProtocolError) as caught:
        DRIVES[drive](client)

    assert str(caught.value) == text
    assert client.data_to_send() == []


@pytest.mark.parametrize("drive", DRIVES)
def test_everything_is_driven_when_it_is(drive: str) -> None:
    DRIVES[drive](ready_client())


@pytest.mark.parametrize("state", STATES)
def test_heartbeats_go_out_while_the_session_lives(state: ClientState) -> None:
    make, text = STATES[state]
    client = make()
    client.data_to_send()
    if client.is_live:
        client.ping(101.0)
        assert len(client.data_to_send()) == 1
    else:
        with pytest.raises(LocalProtocolError) as caught:
            client.ping(101.0)
        assert str(caught.value) == text


@pytest.mark.parametrize("make", [_force_closed, _closing, _closed])
def test_nothing_is_prepared_any_more(make: Callable[[], InteractionClient]) -> None:
    with pytest.raises(LocalProtocolError, match=r"cannot prepare while .* \[ALI-E49\]"):
        make().prepare(101.0)


# --- a server that does not keep the rules ---


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (b"", "header: byte 0: "),
        (bytes.fromhex("0101837365727665"), "[ALI-R082]"),
        (bytes.fromhex("010183") + THEIRS + b'{"sessionId":', "channel_ready.response"),
        (bytes.fromhex("010183") + THEIRS + b'{"sessionId":"s-7"}', "status: required field is missing"),
        (bytes.fromhex("010180") + THEIRS + b'{"content":1}', "text_drive.response: content: "),
        (bytes.fromhex("010080") + THEIRS + b"\x00\x00", "[ALI-R091]"),
        (bytes.fromhex("0e01ff") + THEIRS + b"{}", "frame type 14 from the server"),
        (bytes.fromhex("0201ff") + THEIRS + b'{"code":"many"}', "general.message: code: "),
    ],
)
def test_what_cannot_be_read_is_told_and_the_client_goes_on(message: bytes, text: str) -> None:
    client = ready_client()

    with pytest.raises(RemoteProtocolError) as caught:
        client.receive(message, 101.0)

    assert text in str(caught.value)
    assert str(caught.value).count("ALI-") == 1
    assert isinstance(caught.value.__cause__, CodecError)
    assert_state(client, ClientState.READY)
    client.send_text("hello")


@pytest.mark.parametrize("header", ["010102", "010186", "010185"])
def test_a_reply_that_is_not_documented_yet_is_reported(header: str) -> None:
    """Of an interruption and of audio the document says: no reply for now."""
    client = ready_client()
    client.send_text("hello")
    [event] = client.receive(bytes.fromhex(header) + THEIRS + b'{"success":true}', 101.0)
    assert isinstance(event, UnknownFrame)
    assert event.frame is not None
    assert event.frame.payload == b'{"success":true}'
    assert client.unanswered == ("m-1",)


def test_a_message_may_be_too_large() -> None:
    client = ready_client(max_frame=64)

    with pytest.raises(RemoteProtocolError, match=r"expected at most 64 bytes \[ALI-E10\]"):
        client.receive(status("READY") + b" " * 64, 101.0)


def test_no_frame_travels_as_text() -> None:
    client = ready_client()

    with pytest.raises(RemoteProtocolError, match=r"a text message, expected binary: '\{\}' \[ALI-R085\]"):
        client.receive_text("{}", 101.0)
    assert_state(client, ClientState.READY)


FOREIGN: Final = bytes.fromhex("010183") + THEIRS + b'{"sessionId":"s-8","status":"READY"}'


def test_a_message_of_another_session_is_taken_for_ours_and_noted() -> None:
    client = new_client()
    client.connected(0.0)

    assert client.receive(FOREIGN, 0.1) == [ChannelReady(deviations=("ALI-E113",))]


def test_strictly_a_message_of_another_session_is_refused() -> None:
    client = new_client(strict=True)
    client.connected(0.0)

    with pytest.raises(RemoteProtocolError, match=r"a message of session 's-8' \[ALI-E113\]"):
        client.receive(FOREIGN, 0.1)
    assert_state(client, ClientState.PREPARING)


@pytest.mark.parametrize("payload", [b'{"status":"READY"}', b'{"sessionId":"","status":"READY"}'])
def test_a_message_without_session_is_ours(payload: bytes) -> None:
    client = new_client()
    client.connected(0.0)

    client.receive(bytes.fromhex("010183") + THEIRS + payload, 0.1)

    assert_state(client, ClientState.READY)


def test_deviations_are_told_with_the_event_and_strictly_refused() -> None:
    control_frame = bytes.fromhex("000183") + THEIRS + b'{"sessionId":"s-7","status":"READY"}'
    client = new_client()
    client.connected(0.0)
    assert client.receive(control_frame, 0.1) == [ChannelReady(deviations=("ALI-E11",))]

    strict = new_client(strict=True)
    strict.connected(0.0)
    with pytest.raises(RemoteProtocolError, match=r"\[ALI-E11\]"):
        strict.receive(control_frame, 0.1)


@pytest.mark.parametrize(
    ("payload", "code", "message", "known"),
    [
        (b'{"code":10000,"message":"busy"}', 10000, "busy", ErrorCode.SYSTEM_ERROR),
        (b'{"code":10001,"message":"no"}', 10001, "no", ErrorCode.PERMISSION_DENIED),
        (b'{"code":10777,"message":"?"}', 10777, "?", None),
    ],
)
def test_errors_of_the_server_end_nothing(payload: bytes, code: int, message: str, known: ErrorCode | None) -> None:
    client = ready_client()
    client.send_text("hello")

    (event,) = client.receive(bytes.fromhex("0201ff") + THEIRS + payload, 101.0)

    assert event == ServerError(code=code, message=message)
    assert isinstance(event, ServerError)
    assert event.known is known
    assert_state(client, ClientState.READY)
    assert list(client.unanswered) == ["m-1"]


def test_unassigned_frames_are_handed_on() -> None:
    frame = bytes.fromhex("0301c8") + THEIRS + b"\x00\x01"

    (event,) = ready_client().receive(frame, 101.0)

    assert event == UnknownFrame(deviations=("ALI-E14", "ALI-E13"))
    assert event.payload == b"\x00\x01"
    assert event.frame is not None
    assert event.frame.encode() == frame
