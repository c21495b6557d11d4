"""Recognition and start replies, and answers on another business type than the ruled one (ALI-E35)."""

from __future__ import annotations

import pytest

from avatarwire.codecs.aliyun.events import AnswerChunk, AnswerKind, Event, Recognised, SpeechStarted
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.errors import LocalProtocolError, RemoteProtocolError
from tests.codecs.aliyun.conversation import THEIRS, arrive, heard, ready_client, reply, start_reply, told

# --- as ruled ---


def test_start_replies_belong_to_utterances_in_order() -> None:
    client = ready_client()
    client.start_speech().end()
    client.start_speech()

    assert arrive(client, start_reply(), start_reply()) == [
        SpeechStarted(drive_id="m-1", success=True),
        SpeechStarted(drive_id="m-2", success=True),
    ]
    assert arrive(client, start_reply(success=False)) == [SpeechStarted(drive_id="", success=False)]


def test_a_refused_utterance_is_over() -> None:
    client = ready_client()
    client.start_speech()

    assert told(arrive(client, start_reply(success=False))) == [("SpeechStarted",), ("m-1", "", "refused")]
    assert client.unanswered == ()


def test_a_refused_broadcast_owes_no_answer() -> None:
    client = ready_client()
    client.start_speech(ask=AskType.BROADCAST)

    assert arrive(client, start_reply(success=False)) == [SpeechStarted(drive_id="m-1", success=False)]


def test_the_refusal_of_a_broadcast_ends_an_answer_that_has_begun() -> None:
    client = ready_client()
    client.start_speech(ask=AskType.BROADCAST)
    arrive(client, reply("he", id_="srv-1"))

    assert told(arrive(client, start_reply(success=False))) == [("SpeechStarted",), ("m-1", "he", "refused")]


def test_the_refusal_of_an_utterance_whose_answer_is_known_already() -> None:
    client = ready_client()
    speech = client.start_speech()
    speech.end()
    arrive(client, reply("?", finish=True, id_="srv-1"))

    other = client.start_speech()
    assert arrive(client, start_reply(success=False)) == [SpeechStarted(drive_id="m-1", success=False)]
    assert other.is_open
    with pytest.raises(LocalProtocolError, match=r"\[ALI-E39\]"):
        client.start_speech()


def test_speech_without_a_reply_to_its_start_is_not_remembered_for_ever() -> None:
    client = ready_client()
    for _ in range(65):
        client.start_speech(ask=AskType.BROADCAST).end()

    assert arrive(client, start_reply()) == [SpeechStarted(drive_id="m-2", success=True)]


def test_recognised_speech_belongs_to_the_first_utterance_without_an_answer() -> None:
    client = ready_client()
    client.start_speech().end()
    arrive(client, start_reply())
    client.start_speech().end()
    arrive(client, start_reply())

    assert arrive(client, heard("one", finish=True)) == [
        Recognised(drive_id="m-1", text="one", final=True, message_id="u-1")
    ]
    arrive(client, reply("1", id_="srv-1"))
    assert arrive(client, heard("two")) == [Recognised(drive_id="m-2", text="two", final=False, message_id="u-1")]
    arrive(client, reply("2", id_="srv-2"))
    assert arrive(client, heard("two!")) == [Recognised(drive_id="m-2", text="two!", final=False, message_id="u-1")]


def test_recognised_speech_of_no_utterance() -> None:
    assert arrive(ready_client(), heard("hello")) == [
        Recognised(drive_id="", text="hello", final=False, message_id="u-1")
    ]


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        (
            b'{"result":{"text":"hello"},"sessionId":"s-7"}',
            Recognised(drive_id="m-1", text="", final=False),
        ),
        (
            b'{"success":false,"finish":true}',
            Recognised(drive_id="m-1", text="", final=True, success=False),
        ),
        (b"[1,2]", Recognised(drive_id="m-1", text="", final=False, deviations=("ALI-E36",))),
        (b"hello", Recognised(drive_id="m-1", text="", final=False, deviations=("ALI-E36",))),
        (b'{"content":5}', Recognised(drive_id="m-1", text="", final=False, deviations=("ALI-E36",))),
        (
            b'{"content":5,"relatedImages":[]}',
            Recognised(drive_id="m-1", text="", final=False, deviations=("ALI-E36",)),
        ),
    ],
)
def test_recognition_of_any_layout_is_kept(payload: bytes, event: Recognised) -> None:
    client = ready_client()
    client.start_speech()

    (got,) = arrive(client, bytes.fromhex("010181") + THEIRS + payload)

    assert got == event
    assert got.payload == payload


# --- on another business type ---


@pytest.mark.parametrize("biz", [129, 130])
def test_an_answer_is_known_by_its_images_and_videos(biz: int) -> None:
    client = ready_client()
    client.start_speech().end()

    events = arrive(client, reply("Hello", biz=biz, id_="srv-1"), reply(finish=True, biz=biz, id_="srv-1"))

    assert told(events) == [("m-1", "Hello"), ("m-1", "Hello", "complete")]
    assert {event.deviations for event in events} == {("ALI-E35",)}


@pytest.mark.parametrize("biz", [129, 130])
def test_what_is_said_about_a_broadcast_is_its_answer(biz: int) -> None:
    client = ready_client()
    client.start_speech(ask=AskType.BROADCAST).end()
    arrive(client, start_reply())

    (chunk,) = arrive(client, heard("hello", biz=biz))

    assert chunk == AnswerChunk(
        drive_id="m-1",
        kind=AnswerKind.SPEECH,
        text="hello",
        message_id="u-1",
        deviations=chunk.deviations,
    )
    assert chunk.deviations[-1] == "ALI-E35"


def test_recognised_speech_beside_the_start_reply() -> None:
    client = ready_client()
    client.start_speech()

    assert arrive(client, heard("hello", biz=130)) == [
        Recognised(drive_id="m-1", text="hello", final=False, message_id="u-1", deviations=("ALI-E35",))
    ]


@pytest.mark.parametrize("biz", [128, 129])
def test_a_start_reply_is_known_by_what_it_lacks(biz: int) -> None:
    client = ready_client()
    client.start_speech()

    (event,) = arrive(client, start_reply(biz=biz))

    assert event == SpeechStarted(drive_id="m-1", success=True, deviations=event.deviations)
    assert event.deviations[-1] == "ALI-E35"


def test_without_an_utterance_nothing_is_taken_for_its_start_reply() -> None:
    client = ready_client()
    client.send_text("hello")

    def kinds(events: list[Event]) -> list[str]:
        return [type(event).__name__ for event in events]

    assert kinds(arrive(client, start_reply(biz=129))) == ["Recognised"]
    assert kinds(arrive(client, start_reply(biz=128))) == []
    assert client.unanswered == ("m-1",)


def test_a_start_reply_that_cannot_be_read_stays_what_it_was() -> None:
    client = ready_client()
    client.start_speech()

    (event,) = arrive(client, bytes.fromhex("010181") + THEIRS + b'{"success":"yes"}')

    assert isinstance(event, Recognised)


def test_a_byte_order_mark_hides_nothing() -> None:
    client = ready_client()
    client.start_speech().end()

    frame = reply("Hello", biz=129, id_="srv-1")
    (chunk,) = arrive(client, frame[:11] + b"\xef\xbb\xbf" + frame[11:])

    assert isinstance(chunk, AnswerChunk)
    assert chunk.deviations == ("ALI-E105", "ALI-E35")


def test_strictly_each_has_its_business_type() -> None:
    client = ready_client(strict=True)
    client.start_speech().end()

    with pytest.raises(RemoteProtocolError, match=r"answer on business type 129 \[ALI-E35\]"):
        client.receive(reply("Hello", biz=129), 101.0)
    with pytest.raises(RemoteProtocolError, match=r"start on business type 129 \[ALI-E35\]"):
        client.receive(start_reply(biz=129), 101.0)
    assert told(arrive(client, start_reply(), reply("Hello", id_="srv-1"))) == [("SpeechStarted",), ("m-1", "Hello")]
