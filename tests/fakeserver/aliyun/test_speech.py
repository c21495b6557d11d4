"""Speech: start, data, end; what is recognised, and what the avatar answers."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.fakeserver.aliyun.scenario import Question, Transcript

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


def test_of_a_broadcast_the_text_that_is_spoken_is_shown_and_no_result() -> None:
    """Only a question has a result (ALI-R109); the text that is spoken comes back in either mode (ALI-R110)."""
    conversation = talk(transcripts=("one", "two"))
    started, spoken = conversation.feed(START_BROADCAST, SPEECH, END)
    assert started == STARTED
    assert packets([spoken]) == [Packet("id-0", "one", finish=True)]
    assert heard(conversation) == "two"


def test_a_broadcast_may_stay_unanswered() -> None:
    conversation = talk(transcripts=("one", "two"), speech_broadcast_reply="none")
    assert conversation.feed(START_BROADCAST, SPEECH, END) == [STARTED]
    assert heard(conversation) == "two"


def test_a_broadcast_of_which_nothing_is_recognised_is_refused() -> None:
    _, refused = talk(transcripts=()).feed(START_BROADCAST, SPEECH, END)
    assert packets([refused]) == [Packet("id-0", "nothing was recognised", finish=True, success=False)]


# --- transcripts by script ---


def results(frames: list[bytes]) -> list[tuple[str, bool, bool]]:
    """Text, end mark and success of recognition results; there must be nothing else."""
    assert {frame[:3].hex() for frame in frames} <= {"010181"}
    shown = [body(frame) for frame in frames]
    assert {each["messageId"] for each in shown} <= {"id-0"}
    return [(each["content"], each["finish"], each["success"]) for each in shown]


def test_what_is_recognised_may_come_bit_by_bit() -> None:
    script = Transcript(text="what time is it", partials=("what", "what time"))
    conversation = talk(transcripts=(script,))
    conversation.feed(START_ASK)
    assert results(conversation.feed(SPEECH)) == [("what", False, True)]
    assert results(conversation.feed(SPEECH)) == [("what time", False, True)]
    assert conversation.feed(SPEECH) == []
    *last, answer = conversation.feed(END)
    assert results(last) == [("what time is it", True, True)]
    assert packets([answer]) == [Packet("id-0", "noon", finish=True)]


def test_a_broadcast_shows_no_partial_result() -> None:
    script = Transcript(text="good morning", partials=("good",))
    started, spoken = talk(transcripts=(script,)).feed(START_BROADCAST, SPEECH, END)
    assert (started, packets([spoken])) == (STARTED, [Packet("id-0", "good morning", finish=True)])


def test_an_utterance_may_fail_by_script() -> None:
    conversation = talk(transcripts=(Transcript(text="", partials=("what",), success=False), "two"))
    conversation.feed(START_ASK)
    *heard_so_far, refused = conversation.feed(SPEECH, END)
    assert results(heard_so_far) == [("what", False, True), ("", True, False)]
    assert packets([refused]) == [Packet("id-0", "nothing was recognised", finish=True, success=False)]
    assert heard(conversation) == "two"


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


def test_speech_without_a_byte_is_only_worth_a_warning() -> None:
    conversation = talk(strict=True)
    conversation.feed(START_ASK)
    assert conversation.feed(framed("000081", "")) == []
    assert conversation.clauses == ["ALI-R108 warning"]


def test_an_utterance_goes_on_after_a_recovery() -> None:
    conversation = talk(strict=True)
    conversation.feed(START_ASK, SPEECH)
    conversation.perform(conversation.interaction.recover())
    conversation.news()
    assert len(errors(conversation.feed(SPEECH))) == 1
    conversation.feed(POLL)
    result, answer = conversation.feed(SPEECH, END)
    assert body(result)["content"] == "what time is it"
    assert packets([answer]) == [Packet("id-0", "noon", finish=True)]
