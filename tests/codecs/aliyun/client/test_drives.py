"""What each action sends, byte by byte, and every wrong order."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any, Final, cast

import pytest

from avatarwire.codecs.aliyun.client.drives import Speech
from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.errors import EncodeError, LocalProtocolError, ValidationError
from tests.codecs.aliyun.conversation import INTERRUPT, OURS, RECOVERING, arrive, ready_client, start_reply, status

TEXT: Final = bytes.fromhex("000180") + OURS
AUDIO: Final = bytes.fromhex("000186") + OURS
SPEECH: Final = bytes.fromhex("000081") + OURS
SPEECH_START: Final = bytes.fromhex("000182") + OURS + b'{"sessionId":"s-7","type":"startAsrAudio","askType":1}'
SPEECH_END: Final = bytes.fromhex("000182") + OURS + b'{"sessionId":"s-7","type":"endAsrAudio"}'


def text_fragment(text: str, flag: str) -> bytes:
    return (
        TEXT
        + (
            f'{{"sessionId":"s-7","text":"{text}","askType":2,"messageId":"m-1",'
            f'"type":"TEXT_STREAM","dataFlag":"{flag}"}}'
        ).encode()
    )


def audio_fragment(base64: str, flag: str) -> bytes:
    return (
        AUDIO
        + (
            f'{{"sessionId":"s-7","messageId":"m-1","audio":"{base64}","type":"AUDIO_STREAM","dataFlag":"{flag}"}}'
        ).encode()
    )


def fragments(client: InteractionClient) -> list[tuple[str, int]]:
    """Flag and bytes of each audio fragment that is waiting to go out."""
    bodies = [json.loads(frame[11:]) for frame in client.data_to_send()]
    return [(body["dataFlag"], len(b64decode(body["audio"]))) for body in bodies]


# --- whole texts ---


def test_a_broadcast_is_a_text_with_another_ask_type() -> None:
    client = ready_client()

    assert client.send_text("你好", ask=AskType.BROADCAST, message_id="news-1") == "news-1"

    assert client.data_to_send() == [
        TEXT + '{"sessionId":"s-7","text":"你好","askType":2,"messageId":"news-1"}'.encode()
    ]
    # Nothing has to come back.
    assert client.unanswered == ()


def test_the_ask_type_may_be_a_plain_number() -> None:
    client = ready_client()
    client.send_text("hello", ask=cast("AskType", 1))
    assert client.unanswered == ("m-1",)


@pytest.mark.parametrize("text", ["", " ", "\n\t　"])
def test_a_blank_text_is_refused(text: str) -> None:
    client = ready_client()

    with pytest.raises(ValidationError, match=r"text: (text is empty|got .*), expected a text.* \[ALI-(R098|E25)\]$"):
        client.send_text(text)

    assert client.data_to_send() == []
    assert client.unanswered == ()


@pytest.mark.parametrize(
    ("text", "ask", "path"),
    [("a\ud800", AskType.ASK, ""), (5, AskType.ASK, "text"), ("hello", 3, "askType"), ("hello", None, "askType")],
)
def test_what_cannot_be_written_is_refused(text: Any, ask: Any, path: str) -> None:
    client = ready_client()

    with pytest.raises(ValidationError) as caught:
        client.send_text(text, ask=ask)

    assert caught.value.path == path
    assert client.data_to_send() == []


def test_an_id_is_not_used_twice() -> None:
    client = ready_client()
    client.send_text("hello", message_id="x")

    for again in (
        lambda: client.send_text("hello", message_id="x"),
        lambda: client.start_text_stream(message_id="x"),
        lambda: client.start_audio_stream(message_id="x"),
        lambda: client.send_audio(b"\x00\x00", message_id="x"),
    ):
        with pytest.raises(LocalProtocolError, match=r"message id 'x' is in use or was lately \[ALI-R103\]"):
            again()


@pytest.mark.parametrize("message_id", ["", 5])
def test_an_id_that_is_none_is_refused(message_id: Any) -> None:
    client = ready_client()

    for act in (
        lambda: client.send_text("hello", message_id=message_id),
        lambda: client.start_text_stream(message_id=message_id),
        lambda: client.start_audio_stream(message_id=message_id),
        lambda: client.send_audio(b"\x00\x00", message_id=message_id),
    ):
        with pytest.raises(ValidationError, match="messageId"):
            act()

    assert client.data_to_send() == []
    client.start_audio_stream()


def test_a_wrong_serial_number_sends_nothing() -> None:
    serial_numbers = iter([b"12345678", b"short"])
    client = InteractionClient("s-7", serial_numbers=lambda: next(serial_numbers))
    client.connected(0.0)
    arrive(client, status("READY"))
    client.data_to_send()

    with pytest.raises(EncodeError, match="serialNumber"):
        client.send_text("hello")

    assert client.data_to_send() == []
    assert client.unanswered == ()


# --- streamed texts ---


def test_a_text_stream_is_start_content_end() -> None:
    client = ready_client()
    stream = client.start_text_stream()
    assert client.data_to_send() == []
    assert stream.message_id == "m-1"

    stream.send("Good")
    stream.send(" ")
    stream.send("")
    stream.send("morning")
    assert stream.is_open
    stream.end()

    assert client.data_to_send() == [
        text_fragment("Good", "START"),
        text_fragment(" ", "CONTENT"),
        text_fragment("morning", "CONTENT"),
        text_fragment("", "END"),
    ]
    assert not stream.is_open


@pytest.mark.parametrize(
    ("sent", "last", "expected"),
    [
        ([], "", [("", "START"), ("", "END")]),
        ([], "Hi", [("Hi", "START"), ("", "END")]),
        (["Hi"], "there", [("Hi", "START"), ("there", "END")]),
    ],
)
def test_a_text_stream_always_has_its_start_and_end(
    sent: list[str], last: str, expected: list[tuple[str, str]]
) -> None:
    client = ready_client()
    stream = client.start_text_stream()
    for text in sent:
        stream.send(text)
    stream.end(last)

    assert client.data_to_send() == [text_fragment(text, flag) for text, flag in expected]


def test_there_is_no_text_stream_in_ask_mode() -> None:
    client = ready_client()

    with pytest.raises(ValidationError, match=r"askType: TEXT_STREAM works in broadcast mode .* \[ALI-E28\]"):
        client.start_text_stream(ask=AskType.ASK)

    client.start_text_stream().end("hello")


@pytest.mark.parametrize("open_first", ["start_text_stream", "start_audio_stream"])
@pytest.mark.parametrize("open_second", ["start_text_stream", "start_audio_stream"])
def test_streams_do_not_mix(open_first: str, open_second: str) -> None:
    client = ready_client()
    stream = getattr(client, open_first)()

    with pytest.raises(LocalProtocolError, match=r"a stream is open, and streams do not mix \[ALI-E26\]"):
        getattr(client, open_second)()
    with pytest.raises(LocalProtocolError, match=r"\[ALI-E26\]"):
        client.send_audio(b"\x00\x00")

    stream.end()
    getattr(client, open_second)()


def test_whole_texts_and_speech_may_go_beside_a_stream() -> None:
    client = ready_client()
    client.start_text_stream().send("Once upon a time")

    client.send_text("hello")
    client.start_speech().end()

    assert len(client.data_to_send()) == 4


@pytest.mark.parametrize("act", ["send", "end"])
def test_a_text_stream_ends_once(act: str) -> None:
    client = ready_client()
    stream = client.start_text_stream()
    stream.end("hello")
    client.data_to_send()

    with pytest.raises(LocalProtocolError, match=r"no more text can be sent: it has ended \[ALI-R104\]"):
        getattr(stream, act)("more")
    assert client.data_to_send() == []


def test_a_text_stream_pauses_while_the_session_is_recovered() -> None:
    client = ready_client()
    stream = client.start_text_stream()
    stream.send("Good")
    arrive(client, RECOVERING)
    client.data_to_send()

    for act in (stream.send, stream.end):
        with pytest.raises(LocalProtocolError, match=r"\[ALI-E48\]"):
            act("morning")
    assert client.data_to_send() == []

    arrive(client, status("READY"))
    stream.end("morning")
    assert client.data_to_send() == [text_fragment("morning", "END")]


@pytest.mark.parametrize("text", [None, 5, "\ud800"])
def test_a_fragment_that_cannot_be_written_leaves_the_stream_as_it_was(text: Any) -> None:
    client = ready_client()
    stream = client.start_text_stream()

    with pytest.raises(ValidationError):
        stream.send(text)

    stream.send("Good")
    assert client.data_to_send() == [text_fragment("Good", "START")]


# --- interruption ---


def test_an_interruption_ends_an_open_stream_first() -> None:
    client = ready_client()
    stream = client.start_text_stream()
    stream.send("Good")
    client.interrupt()

    assert client.data_to_send() == [text_fragment("Good", "START"), text_fragment("", "END"), INTERRUPT]
    assert not stream.is_open
    with pytest.raises(LocalProtocolError, match=r"no more text can be sent: it was interrupted \[ALI-E33\]"):
        stream.send("morning")
    client.start_audio_stream()


def test_an_interruption_of_a_stream_that_has_sent_nothing() -> None:
    client = ready_client()
    stream = client.start_audio_stream()
    client.interrupt()

    assert client.data_to_send() == [INTERRUPT]
    with pytest.raises(LocalProtocolError, match=r"no more audio can be sent: it was interrupted \[ALI-E33\]"):
        stream.end()


def test_an_interruption_leaves_an_open_utterance_alone() -> None:
    client = ready_client()
    speech = client.start_speech()

    assert client.interrupt() == []
    speech.end(b"\x00\x00")

    assert client.data_to_send() == [SPEECH_START, INTERRUPT, SPEECH + b"\x00\x00", SPEECH_END]
    assert client.unanswered == ("m-1",)


# --- audio ---


def test_audio_travels_as_base64_under_one_message_id() -> None:
    client = ready_client()
    stream = client.start_audio_stream()
    stream.send(bytes.fromhex("00010203"))
    stream.send(bytearray(bytes.fromhex("fbff")))
    stream.end(memoryview(bytes.fromhex("0405")))

    assert client.data_to_send() == [
        audio_fragment("AAECAw==", "START"),
        audio_fragment("+/8=", "CONTENT"),
        audio_fragment("BAU=", "END"),
    ]
    # Nothing is answered.
    assert client.unanswered == ()


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (2, [("START", 2), ("END", 0)]),
        (8, [("START", 8), ("END", 0)]),
        (10, [("START", 8), ("END", 2)]),
        (16, [("START", 8), ("END", 8)]),
        (26, [("START", 8), ("CONTENT", 8), ("CONTENT", 8), ("END", 2)]),
    ],
)
def test_whole_audio_is_cut_into_fragments(size: int, expected: list[tuple[str, int]]) -> None:
    client = ready_client(audio_fragment=8)

    assert client.send_audio(bytes(size)) == "m-1"

    assert fragments(client) == expected


def test_audio_is_cut_as_it_comes() -> None:
    client = ready_client(audio_fragment=8)
    stream = client.start_audio_stream()
    stream.send(bytes(20))
    assert fragments(client) == [("START", 8), ("CONTENT", 8), ("CONTENT", 4)]
    stream.send(b"")
    assert fragments(client) == []
    stream.end(bytes(18))
    assert fragments(client) == [("CONTENT", 8), ("CONTENT", 8), ("END", 2)]


def test_half_a_sample_waits_for_its_other_half() -> None:
    client = ready_client()
    stream = client.start_audio_stream()
    stream.send(b"\x00")
    assert client.data_to_send() == []
    stream.send(b"\x01\x02")
    assert client.data_to_send() == [audio_fragment("AAE=", "START")]

    with pytest.raises(ValidationError, match=r"ends with 1 bytes of a sample, expected .* 2 bytes \[ALI-R115\]"):
        stream.end()
    assert client.data_to_send() == []
    stream.end(b"\x03")
    assert client.data_to_send() == [audio_fragment("AgM=", "END")]


@pytest.mark.parametrize(
    ("pcm", "text"),
    [
        (b"", "aliyun: audio: no audio, expected PCM [ALI-R114]"),
        (b"\x00", "aliyun: ends with 1 bytes of a sample, expected whole samples of 2 bytes [ALI-R115]"),
        (5, "aliyun: got 5, expected PCM as bytes [ALI-R115]"),
        ("AAE=", "aliyun: got 'AAE=', expected PCM as bytes [ALI-R115]"),
    ],
)
def test_what_is_no_audio_is_refused(pcm: Any, text: str) -> None:
    client = ready_client()

    with pytest.raises(ValidationError) as caught:
        client.send_audio(pcm)

    assert str(caught.value) == text
    assert client.data_to_send() == []
    client.start_audio_stream()


@pytest.mark.parametrize("act", ["send", "end"])
def test_an_audio_stream_ends_once(act: str) -> None:
    client = ready_client()
    stream = client.start_audio_stream()
    stream.end()
    assert client.data_to_send() == [audio_fragment("", "START"), audio_fragment("", "END")]

    with pytest.raises(LocalProtocolError, match=r"no more audio can be sent: it has ended \[ALI-R104\]"):
        getattr(stream, act)(b"\x00\x00")


# --- speech ---


def test_speech_is_cut_into_packets_of_whole_samples() -> None:
    client = ready_client()
    speech = client.start_speech()
    speech.send(bytes(2500))
    speech.send(b"")
    speech.end(b"\x01\x00")

    start, *packets, end = client.data_to_send()
    assert (start, end) == (SPEECH_START, SPEECH_END)
    assert [packet[:11] for packet in packets] == [SPEECH] * 4
    assert [len(packet) - 11 for packet in packets] == [1024, 1024, 452, 2]
    assert not speech.is_open


def test_speech_of_other_packets_and_samples() -> None:
    client = ready_client(speech_packet=6, speech_sample_bytes=3)
    speech = client.start_speech()
    speech.send(b"abcdefghijk")
    assert client.data_to_send() == [SPEECH_START, SPEECH + b"abcdef", SPEECH + b"ghi"]

    with pytest.raises(ValidationError, match=r"ends with 2 bytes of a sample, expected .* 3 bytes \[ALI-E37\]"):
        speech.end()
    assert speech.is_open
    speech.end(b"l")
    assert client.data_to_send() == [SPEECH + b"jkl", SPEECH_END]


def test_speech_to_be_repeated() -> None:
    client = ready_client()
    speech = client.start_speech(ask=AskType.BROADCAST)

    assert client.data_to_send() == [
        bytes.fromhex("000182") + OURS + b'{"sessionId":"s-7","type":"startAsrAudio","askType":2}'
    ]
    assert speech.ask is AskType.BROADCAST
    assert client.unanswered == ()


@pytest.mark.parametrize("act", ["send", "end"])
def test_there_is_no_speech_after_its_end(act: str) -> None:
    client = ready_client()
    speech = client.start_speech()
    speech.end()
    client.data_to_send()

    with pytest.raises(LocalProtocolError, match=r"no more speech can be sent: it has ended \[ALI-R112\]"):
        getattr(speech, act)(b"\x00\x00")
    assert client.data_to_send() == []


def test_there_is_one_utterance_at_a_time() -> None:
    client = ready_client()
    speech = client.start_speech()

    with pytest.raises(LocalProtocolError, match=r"an utterance is open, .* one at a time \[ALI-E39\]"):
        client.start_speech()

    speech.end()
    assert client.start_speech().id == "m-2"


@pytest.mark.parametrize("act", ["send", "end"])
def test_there_is_no_speech_after_a_refusal(act: str) -> None:
    client = ready_client()
    speech = client.start_speech()
    arrive(client, start_reply(success=False))

    assert not speech.is_open
    with pytest.raises(LocalProtocolError, match=r"no more speech can be sent: the server refused it \[ALI-R107\]"):
        getattr(speech, act)(b"\x00\x00")
    assert client.start_speech().is_open


@pytest.mark.parametrize("ask", [3, None, "ask"])
def test_an_ask_type_that_is_none_starts_nothing(ask: Any) -> None:
    client = ready_client()

    with pytest.raises(ValidationError, match="askType"):
        client.start_speech(ask=ask)

    assert client.data_to_send() == []
    client.start_speech()


@pytest.mark.parametrize("pcm", [3, "speech", None])
def test_what_is_no_speech_is_refused(pcm: Any) -> None:
    client = ready_client()
    speech = client.start_speech()
    acts: list[Callable[[Any], None]] = [speech.send, speech.end]

    for act in acts:
        with pytest.raises(ValidationError, match=r"expected PCM as bytes \[ALI-E37\]"):
            act(pcm)
    assert speech.is_open


def test_a_refused_packet_keeps_the_half_sample_before_it() -> None:
    client = ready_client()
    speech: Speech = client.start_speech()
    speech.send(b"\x01")
    arrive(client, RECOVERING)
    with pytest.raises(LocalProtocolError, match=r"\[ALI-E48\]"):
        speech.send(b"\x02")
    arrive(client, status("READY"))
    client.data_to_send()

    speech.send(b"\x03")

    assert client.data_to_send() == [SPEECH + b"\x01\x03"]
