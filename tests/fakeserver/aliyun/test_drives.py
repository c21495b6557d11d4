"""Drives: one after the other, their replies packet by packet, and what an interruption leaves of them."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.fakeserver.aliyun.scenario import Answer, Question
from avatarwire.fakeserver.effects import Cancel

from .talk import (
    END,
    INTERRUPT,
    OPENING,
    POLL,
    SPEECH,
    START_ASK,
    FakeSession,
    Packet,
    Talk,
    audio,
    framed,
    packets,
    part,
    receive,
    text,
)

# "You asked: hi" in packets of five characters.
FIRST = Packet("m-1", "You a", finish=False)
SECOND = Packet("m-1", "sked:", finish=False)
LAST = Packet("m-1", " hi", finish=True)


def talk(**tunables: Any) -> Talk:
    """Answers of three packets, a second apart."""
    changes: dict[str, Any] = {"chunk_characters": 5, "chunk_seconds": 1.0, **tunables}
    return Talk(**changes)


def ended(message_id: str, content: str = "", *, success: bool = True) -> Packet:
    return Packet(message_id, content, finish=True, success=success)


# --- pacing ---


def test_an_answer_on_the_wire() -> None:
    assert Talk(chunk_characters=0).feed(text("hi")) == [
        framed(
            "010180",
            '{"success":true,"sessionId":"s-1","content":"You asked: hi","finish":true,'
            '"relatedImages":[],"relatedVideos":[],"messageId":"m-1"}',
        )
    ]


def test_packets_go_out_one_after_the_other() -> None:
    conversation = talk()
    assert packets(conversation.feed(text("hi"))) == [FIRST]
    assert conversation.interaction.busy
    assert conversation.advance(0.9) == []
    assert packets(conversation.advance(0.1)) == [SECOND]
    assert packets(conversation.advance(1)) == [LAST]
    assert not conversation.interaction.busy
    assert conversation.advance(60) == []


def test_the_first_packet_may_take_longer() -> None:
    conversation = talk(first_chunk_seconds=3.0)
    assert conversation.feed(text("hi")) == []
    assert conversation.interaction.busy
    assert packets(conversation.advance(3)) == [FIRST]
    assert packets(conversation.advance(2)) == [SECOND, LAST]


def test_what_has_no_answer_takes_no_time() -> None:
    conversation = talk(first_chunk_seconds=3.0)
    conversation.feed(audio("START"), audio("END"))
    assert not conversation.interaction.busy
    assert conversation.timers == 0


def test_without_pauses_the_answer_goes_out_at_once() -> None:
    assert packets(talk(chunk_seconds=0.0).feed(text("hi"))) == [FIRST, SECOND, LAST]
    assert packets(talk(chunk_seconds=0.0, chunk_characters=0).feed(text("hi"))) == [ended("m-1", "You asked: hi")]


def test_chinese_text_is_cut_between_characters() -> None:
    conversation = Talk(chunk_characters=3, chunk_seconds=0.0, default_answer="今天😀天气好")
    assert [packet.content for packet in packets(conversation.feed(text("你好")))] == ["今天😀", "天气好"]


def test_a_packet_may_repeat_what_was_said_and_another_may_finish() -> None:
    conversation = talk(chunk_seconds=0.0, cumulative=True, separate_finish=True)
    assert packets(conversation.feed(text("hi"))) == [
        Packet("m-1", "You a", finish=False),
        Packet("m-1", "You asked:", finish=False),
        Packet("m-1", "You asked: hi", finish=False),
        ended("m-1", "You asked: hi"),
    ]


def test_an_empty_text_is_a_text() -> None:
    conversation = Talk()
    assert packets(conversation.feed(text(""))) == [ended("m-1", "You asked: ")]
    assert packets(conversation.feed(text("", "m-2", ask=2))) == [ended("m-2")]
    assert packets(conversation.feed(part("START", "", "m-3"), part("END", "", "m-3"))) == [ended("m-3")]


def test_a_very_long_text_is_spoken_as_it_is() -> None:
    assert packets(Talk().feed(text("长" * 1_000_000, ask=2))) == [ended("m-1", "长" * 1_000_000)]


def test_media_come_with_the_last_packet() -> None:
    answer = Answer(content=("see", "there"), related_images=("http://img.example/1.png",), related_videos=("v",))
    sent = Talk(answers={"map": answer}, chunk_seconds=0.0).feed(text("map"))
    assert [frame[11:] for frame in sent] == [
        b'{"success":true,"sessionId":"s-1","content":"see","finish":false,'
        b'"relatedImages":[],"relatedVideos":[],"messageId":"m-1"}',
        b'{"success":true,"sessionId":"s-1","content":"there","finish":true,'
        b'"relatedImages":["http://img.example/1.png"],"relatedVideos":["v"],"messageId":"m-1"}',
    ]


def test_a_very_long_answer_is_no_burden() -> None:
    """Packets are made one by one: what one costs does not grow with those still to come."""
    conversation = Talk(chunk_seconds=0.001, default_answer="字" * 120_001)
    assert packets(conversation.feed(text("hi"))) == [Packet("m-1", "字" * 12, finish=False)]
    sent = packets(conversation.advance(10))
    assert len(sent) == 10_000
    assert sent[-1] == ended("m-1", "字")


# --- who answers ---


def test_a_failing_function_is_a_refusal_to_the_client_and_the_conversation_goes_on() -> None:
    def answer(question: Question) -> str:
        return {"hi": "hello"}[question.text]

    conversation = Talk(answer=answer)
    assert packets(conversation.feed(text("ho"))) == [
        ended("m-1", "the answering function raised KeyError", success=False)
    ]
    assert packets(conversation.feed(text("hi", "m-2"))) == [ended("m-2", "hello")]


def test_an_async_function_is_waited_for_while_others_wait_behind() -> None:
    async def answer(question: Question) -> str:
        return f"{question.text}!"

    conversation = Talk(answer=answer)
    assert conversation.feed(text("one", "m-1"), text("two", "m-2"), text("news", "m-3", ask=2)) == []
    assert conversation.interaction.busy
    assert conversation.waits == 1
    assert packets(conversation.settle()) == [ended("m-1", "one!")]
    assert conversation.waits == 1
    assert packets(conversation.settle()) == [ended("m-2", "two!"), ended("m-3", "news")]
    assert not conversation.interaction.busy


def test_an_async_function_that_fails_is_a_refusal() -> None:
    async def answer(question: Question) -> str:
        raise TimeoutError(question.text)

    conversation = Talk(answer=answer)
    conversation.feed(text("hi"))
    assert packets(conversation.settle()) == [ended("m-1", "the answering function raised TimeoutError", success=False)]


def test_an_async_answer_that_comes_too_late_is_dropped() -> None:
    async def answer(question: Question) -> str:
        return question.text

    conversation = Talk(answer=answer)
    drives = receive(conversation.interaction, text("hi"))[1]
    [waiting] = drives
    conversation.feed(INTERRUPT)
    conversation.perform([waiting])
    assert conversation.settle() == []


def test_a_pause_that_ends_too_late_is_of_no_consequence() -> None:
    """A transport may have begun to run a timer when the cancellation comes."""
    conversation = talk()
    *_, pause = receive(conversation.interaction, text("hi"))[1]
    assert packets(conversation.feed(INTERRUPT)) == [ended("m-1")]
    conversation.perform([pause])
    assert conversation.advance(60) == []


def test_without_an_agent_a_question_may_be_refused() -> None:
    nobody = FakeSession(agent_id="")
    assert packets(Talk(nobody, chunk_characters=0).feed(text("hi"))) == [ended("m-1", "You asked: hi")]
    refusing = Talk(nobody, without_agent="refuse")
    assert packets(refusing.feed(text("hi"))) == [ended("m-1", "no agent is bound to the project", success=False)]
    assert packets(refusing.feed(text("news", ask=2))) == [ended("m-1", "news")]


# --- broadcasts ---


def test_a_broadcast_is_answered_by_one_packet_or_not_at_all() -> None:
    assert packets(talk().feed(text("good morning", ask=2))) == [ended("m-1", "good morning")]
    silent = talk(broadcast_reply="none")
    assert silent.feed(text("good morning", ask=2), part("START", "a"), part("END", "b")) == []
    assert not silent.interaction.busy


def test_a_streamed_text_is_answered_after_its_end() -> None:
    conversation = talk()
    assert conversation.feed(part("START", "今天", serial=b"first--1"), part("CONTENT", "天气")) == []
    assert conversation.feed(part("END", "好", serial=b"last---1")) == [
        framed(
            "010180",
            '{"success":true,"sessionId":"s-1","content":"今天天气好","finish":true,'
            '"relatedImages":[],"relatedVideos":[],"messageId":"m-1"}',
            b"last---1",
        )
    ]


def test_nothing_is_answered_to_audio() -> None:
    assert talk().feed(audio("START"), audio("CONTENT"), audio("END")) == []


# --- overlap ---


def test_a_drive_waits_for_the_running_one() -> None:
    conversation = talk()
    assert packets(conversation.feed(text("hi"), text("ho", "m-2"), text("news", "m-3", ask=2))) == [FIRST]
    assert packets(conversation.advance(2)) == [SECOND, LAST, Packet("m-2", "You a", finish=False)]
    assert packets(conversation.advance(2)) == [
        Packet("m-2", "sked:", finish=False),
        ended("m-2", " ho"),
        ended("m-3", "news"),
    ]
    assert conversation.timers == 0


def test_audio_and_speech_wait_in_the_same_queue() -> None:
    conversation = talk(transcripts=("ok",))
    conversation.feed(text("hi"), audio("START"), audio("END"), START_ASK, SPEECH, END, OPENING)
    answers = packets(conversation.advance(60))
    assert [packet.message_id for packet in answers if packet.finish] == ["m-1", "id-0", "id-1"]


def test_a_drive_may_replace_the_running_one() -> None:
    conversation = talk(overlap="replace")
    assert packets(conversation.feed(text("hi"))) == [FIRST]
    assert packets(conversation.feed(text("ho", "m-2"))) == [ended("m-1"), Packet("m-2", "You a", finish=False)]
    assert packets(conversation.advance(60)) == [Packet("m-2", "sked:", finish=False), ended("m-2", " ho")]


def test_a_drive_may_be_rejected_during_a_running_one() -> None:
    conversation = talk(overlap="reject")
    assert packets(conversation.feed(text("hi"), text("ho", "m-2"))) == [
        FIRST,
        ended("m-2", "another drive is running", success=False),
    ]
    assert packets(conversation.feed(OPENING)) == [
        Packet("id-0", "another drive is running", finish=True, success=False, biz=0)
    ]
    assert conversation.feed(audio("START"), audio("END")) == []
    assert packets(conversation.advance(2)) == [SECOND, LAST]
    assert packets(conversation.feed(text("ho", "m-4"))) == [Packet("m-4", "You a", finish=False)]


def test_the_queue_has_an_end() -> None:
    conversation = talk(max_queue=2)
    sent = conversation.feed(*(text("hi", f"m-{number}") for number in range(1, 5)))
    assert packets(sent) == [FIRST, ended("m-4", "2 drives are waiting already", success=False)]
    assert [packet.message_id for packet in packets(conversation.advance(60)) if packet.finish] == ["m-1", "m-2", "m-3"]


# --- interruptions ---


def test_an_interruption_ends_the_running_drive_and_those_that_wait() -> None:
    conversation = talk()
    conversation.feed(text("hi"), text("ho", "m-2"))
    assert packets(conversation.feed(INTERRUPT)) == [ended("m-1"), ended("m-2")]
    assert not conversation.interaction.busy
    assert conversation.timers == 0
    assert conversation.advance(60) == []


def test_an_interruption_may_leave_replies_open() -> None:
    conversation = talk(interrupt_reply="none")
    conversation.feed(text("hi"), text("ho", "m-2"))
    assert conversation.feed(INTERRUPT) == []
    assert conversation.advance(60) == []
    assert packets(conversation.feed(text("hi", "m-3"))) == [Packet("m-3", "You a", finish=False)]


def test_an_interruption_of_silence_says_and_cancels_nothing() -> None:
    conversation = talk()
    assert receive(conversation.interaction, INTERRUPT)[1] == []


def test_an_interruption_cancels_both_waits() -> None:
    conversation = talk(interrupt_reply="none")
    receive(conversation.interaction, text("hi"))
    assert receive(conversation.interaction, INTERRUPT)[1] == [Cancel("drive"), Cancel("answer")]


def test_an_interruption_does_not_wait_for_the_answering_function() -> None:
    async def answer(question: Question) -> str:
        return question.text

    conversation = Talk(answer=answer)
    conversation.feed(text("hi"), text("ho", "m-2"))
    assert packets(conversation.feed(INTERRUPT)) == [ended("m-1"), ended("m-2")]
    assert conversation.waits == 0
    conversation.feed(text("again", "m-3"))
    assert packets(conversation.settle()) == [ended("m-3", "again")]


def test_a_drive_after_an_interruption_keeps_its_own_pace() -> None:
    conversation = talk()
    conversation.feed(text("hi"))
    conversation.advance(0.5)
    assert packets(conversation.feed(INTERRUPT, text("ho", "m-2"))) == [
        ended("m-1"),
        Packet("m-2", "You a", finish=False),
    ]
    assert conversation.advance(0.9) == []
    assert packets(conversation.advance(0.1)) == [Packet("m-2", "sked:", finish=False)]


def test_an_interruption_cuts_an_open_text_stream_short() -> None:
    """The avatar may be speaking its beginning: it is ended like any drive, and the rest of it is dropped."""
    conversation = talk()
    conversation.feed(part("START", "a"), part("CONTENT", "b", serial=b"content1"))
    assert conversation.feed(INTERRUPT) == [
        framed(
            "010180",
            '{"success":true,"sessionId":"s-1","content":"","finish":true,'
            '"relatedImages":[],"relatedVideos":[],"messageId":"m-1"}',
            b"content1",
        )
    ]
    assert conversation.feed(part("CONTENT", "c"), part("END", "d")) == []
    assert conversation.clauses == ["ALI-E32 warning"]
    assert packets(conversation.feed(part("START", "e", "m-2"), part("END", "f", "m-2"))) == [ended("m-2", "ef")]


@pytest.mark.parametrize("tunable", [{"broadcast_reply": "none"}, {"interrupt_reply": "none"}])
def test_an_open_text_stream_may_end_without_a_word(tunable: dict[str, Any]) -> None:
    conversation = talk(strict=True, **tunable)
    assert conversation.feed(part("START", "a"), INTERRUPT, part("CONTENT", "b"), part("END", "c")) == []


def test_an_interruption_cuts_an_open_audio_stream_short() -> None:
    conversation = talk(strict=True)
    assert conversation.feed(audio("START"), INTERRUPT, audio("CONTENT"), audio("END")) == []
    assert conversation.clauses == ["ALI-E32 warning"]


def test_a_client_that_ends_its_stream_before_it_interrupts_gets_one_end() -> None:
    conversation = talk(strict=True)
    assert packets(conversation.feed(part("START", "a"), part("END", ""), INTERRUPT)) == [ended("m-1", "a")]


def test_an_open_utterance_survives_an_interruption() -> None:
    """Speaking into an answer is what interruptions are for."""
    conversation = talk(transcripts=("stop",), chunk_characters=0)
    conversation.feed(START_ASK, SPEECH, INTERRUPT, SPEECH, END)
    assert conversation.ids[-2:] == ["asr.result", "asr.drive_reply"]


# --- before READY ---


def test_drives_may_wait_until_the_channel_is_ready() -> None:
    conversation = Talk(ready=False, polls_until_ready=1, before_ready="queue", chunk_characters=0)
    assert conversation.feed(text("hi")) == []
    assert conversation.clauses == ["ALI-R078"]
    assert conversation.feed(OPENING, part("START", "a", "m-2"), part("END", "b", "m-2")) == []
    assert not conversation.interaction.busy
    assert [frame[:3].hex() for frame in conversation.feed(POLL)] == ["010183"]
    ready, *answers = conversation.feed(POLL)
    assert ready == framed("010183", '{"sessionId":"s-1","status":"READY"}')
    assert packets(answers) == [
        ended("m-1", "You asked: hi"),
        Packet("id-0", "Hello, I am your digital assistant. How can I help you?", finish=True, biz=0),
        ended("m-2", "ab"),
    ]


def test_drives_that_wait_for_the_channel_can_be_interrupted() -> None:
    conversation = Talk(ready=False, polls_until_ready=0, before_ready="queue")
    conversation.feed(text("hi"), text("ho", "m-2"))
    assert packets(conversation.feed(INTERRUPT)) == [ended("m-1"), ended("m-2")]
    assert len(conversation.feed(POLL)) == 1


def test_as_many_drives_wait_for_the_channel_as_the_queue_holds() -> None:
    conversation = Talk(ready=False, before_ready="queue", max_queue=2)
    sent = conversation.feed(*(text("hi", f"m-{number}") for number in range(1, 4)))
    assert packets(sent) == [ended("m-3", "2 drives are waiting already", success=False)]


def test_one_drive_may_wait_for_the_channel_where_overlap_is_rejected() -> None:
    conversation = Talk(ready=False, polls_until_ready=0, before_ready="queue", overlap="reject")
    sent = conversation.feed(text("hi", ask=2), text("ho", "m-2"))
    assert packets(sent) == [ended("m-2", "another drive is running", success=False)]
    assert packets(conversation.feed(POLL)[1:]) == [ended("m-1", "hi")]


def test_a_running_drive_goes_on_when_the_channel_is_scripted_to_fail() -> None:
    conversation = talk(ready=False, channel_statuses=("READY", "FAIL", "READY"), before_ready="queue")
    conversation.feed(POLL)
    assert packets(conversation.feed(text("hi"))) == [FIRST]
    assert conversation.feed(POLL)[0].endswith(b'"FAIL"}')
    conversation.feed(text("news", "m-2", ask=2))
    assert packets(conversation.advance(60)) == [SECOND, LAST]
    assert packets(conversation.feed(POLL)[1:]) == [ended("m-2", "news")]
