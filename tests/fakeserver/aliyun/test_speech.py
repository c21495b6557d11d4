"""Speech: start, data, end; what is recognised, and what the avatar answers."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.fakeserver.aliyun.scenario import Question

from .talk import END, OPENING, POLL, SPEECH, START_ASK, START_BROADCAST, Packet, Talk, body, errors, framed, packets

STARTED = framed("010182", '{"sessionId":"s-1","success":true}')


def talk(**tunables: Any) -> Talk:
    changes: dict[str, Any] = {"chunk_characters": 0, "transcripts": ("what time is it",), "default_answer": "noon"}
    return Talk(**{**changes, **tunables})


def heard(conversation: Talk) -> str:
    """What is recognised of one more utterance."""
    return str(body(conversation.feed(START_ASK, SPEECH, END)[1])["content"])


def test_a_question_on_the_wire() -> None:
    conversation = talk()
    assert conversation.feed(START_ASK) == [STARTED]
    assert conversation.feed(framed("000081", "\x01\x02\x03\x04", b"speech-1")) == []
    assert conversation.feed(framed("000081", "\x05\x06", b"speech-2")) == []
    assert conversation.feed(END) == [
        framed(
            "010181",
            '{"success":true,"sessionId":"s-1","content":"what time is it","finish":true,"messageId":"id-0"}',
            b"speech-2",
        ),
        framed(
            "010180",
            '{"success":true,"sessionId":"s-1","content":"noon","finish":true,'
            '"relatedImages":[],"relatedVideos":[],"messageId":"id-0"}',
            b"speech-2",
        ),
    ]
    assert conversation.ids[-3:] == ["asr.start.response", "asr.result", "asr.drive_reply"]


def test_the_answer_may_travel_beside_the_result() -> None:
    sent = talk(asr_reply_biz_type=129).feed(START_ASK, SPEECH, END)
    assert [frame[:3].hex() for frame in sent] == ["010182", "010181", "010181"]
    assert packets(sent[2:]) == [Packet("id-0", "noon", finish=True, biz=129)]


def test_nothing_is_told_of_a_broadcast() -> None:
    conversation = talk()
    assert conversation.feed(START_BROADCAST, SPEECH, END) == [STARTED]
    assert heard(conversation) == "what time is it"


def test_data_may_follow_the_start_at_once_and_the_end_may_repeat_the_ask_type() -> None:
    conversation = talk(strict=True)
    sample_end = framed("000182", '{"sessionId":"s-1","type":"endAsrAudio","askType": 1 }')
    assert len(conversation.feed(START_ASK, SPEECH, SPEECH, sample_end)) == 3
    assert conversation.clauses == ["ALI-E34 warning"]


def test_transcripts_come_in_turn_and_the_last_one_is_repeated() -> None:
    conversation = talk(transcripts=("one", "two", "three"))
    assert [heard(conversation) for _ in range(5)] == ["one", "two", "three", "three", "three"]


def test_the_answering_function_is_asked_what_was_recognised() -> None:
    questions: list[Question] = []

    def answer(question: Question) -> str:
        questions.append(question)
        return "noon"

    talk(answer=answer).feed(START_ASK, SPEECH, END)
    assert questions == [Question("what time is it", "s-1", "p-1", "agent-1", "id-0", "speech")]


@pytest.mark.parametrize(
    ("tunables", "frames"), [({}, [START_ASK, END]), ({"transcripts": ()}, [START_ASK, SPEECH, END])]
)
def test_without_audio_or_transcript_nothing_is_recognised(tunables: dict[str, Any], frames: list[bytes]) -> None:
    """Whoever waits for the answer learns that there is none."""
    _, result, answer = talk(**tunables).feed(*frames)
    assert result == framed(
        "010181", '{"success":false,"sessionId":"s-1","content":"","finish":true,"messageId":"id-0"}'
    )
    assert packets([answer]) == [Packet("id-0", "nothing was recognised", finish=True, success=False)]


def test_an_utterance_that_is_not_recognised_uses_up_no_transcript() -> None:
    conversation = talk(transcripts=("one", "two"))
    conversation.feed(START_ASK, END)
    assert heard(conversation) == "one"


def test_speech_may_begin_while_an_answer_is_spoken() -> None:
    conversation = talk(opening=("one", "two"), chunk_seconds=1.0)
    first, started, result = conversation.feed(OPENING, START_ASK, SPEECH, END)
    assert packets([first]) == [Packet("id-0", "one", finish=False, biz=0)]
    assert started == STARTED
    assert body(result)["content"] == "what time is it"
    assert packets(conversation.advance(1)) == [
        Packet("id-0", "two", finish=True, biz=0),
        Packet("id-1", "noon", finish=True),
    ]


# --- out of order ---


@pytest.mark.parametrize(
    ("frame", "reason"),
    [(SPEECH, "speech data without a start packet"), (END, "an end packet without a start packet")],
)
def test_what_is_outside_of_speech_is_ignored_or_refused(frame: bytes, reason: str) -> None:
    ignoring = talk()
    assert ignoring.feed(frame) == []
    assert ignoring.clauses == ["ALI-R112"]
    for refusing in (talk(data_outside_speech="refuse"), talk(strict=True)):
        assert errors(refusing.feed(frame)) == [f"10000 {reason} [ALI-R112]"]
        assert refusing.close is None


def test_a_second_start_begins_anew() -> None:
    conversation = talk()
    assert conversation.feed(START_ASK, SPEECH, START_ASK) == [STARTED, STARTED]
    assert conversation.clauses == ["ALI-R112"]
    assert body(conversation.feed(END)[0])["success"] is False


def test_a_second_start_is_refused_in_strict_mode_and_the_first_goes_on() -> None:
    conversation = talk(strict=True)
    sent = conversation.feed(START_ASK, SPEECH, START_BROADCAST)
    assert errors(sent[1:]) == ["10000 type: a second start packet before the end packet [ALI-R112]"]
    assert body(conversation.feed(END)[0])["content"] == "what time is it"


def test_half_a_sample_is_only_worth_a_warning() -> None:
    conversation = talk(strict=True)
    conversation.feed(START_ASK)
    assert conversation.feed(framed("000081", "abc")) == []
    assert conversation.clauses == ["ALI-E37 warning"]
    assert conversation.received.audio
    assert conversation.received.body is None


def test_an_utterance_goes_on_after_a_recovery() -> None:
    conversation = talk(strict=True)
    conversation.feed(START_ASK, SPEECH)
    conversation.perform(conversation.interaction.recover())
    conversation.news()
    assert errors(conversation.feed(SPEECH)) == ["10000 sent before the channel was reported READY [ALI-R078]"]
    conversation.feed(POLL)
    result, answer = conversation.feed(SPEECH, END)
    assert body(result)["content"] == "what time is it"
    assert packets([answer]) == [Packet("id-0", "noon", finish=True)]
