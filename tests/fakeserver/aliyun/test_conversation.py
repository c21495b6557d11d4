"""The conversation on one interaction socket, from the channel-ready loop to its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from avatarwire.codecs import aliyun
from avatarwire.fakeserver.aliyun.conversation import Interaction
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, Answer
from avatarwire.fakeserver.effects import Close, Send

from .talk import (
    END,
    INTERRUPT,
    OPENING,
    PING,
    POLL,
    SPEECH,
    START_ASK,
    FakeSession,
    Packet,
    Talk,
    audio,
    body,
    errors,
    framed,
    packets,
    part,
    receive,
    text,
)

INIT = framed("010183", '{"sessionId":"s-1","status":"INIT"}')
FAIL = framed("010183", '{"sessionId":"s-1","status":"FAIL"}')
READY = framed("010183", '{"sessionId":"s-1","status":"READY"}')

DRIVES = [OPENING, text("hi"), part("START", "a"), START_ASK, SPEECH, END, audio("START")]

# --- the document's own samples, with a session id put in ---

ZERO = bytes(8)
SAMPLES = [
    framed("000183", '{"sessionId":"s-1"}', ZERO),
    framed("000100", '{"sessionId":"s-1"}', ZERO),
    framed("000180", '{\n "sessionId":"s-1",\n "text":"xxx",\n "askType":1 \n}', ZERO),
    framed("000182", '{\n\t"sessionId":"s-1",\n\t"type": "startAsrAudio",\n\t"askType":1 }', ZERO),
    framed("000081", "\0" * 1024, ZERO),
    framed("000182", '{\n\t"sessionId":"s-1",\n\t"type":"endAsrAudio",\n\t"askType": 1 }', ZERO),
    framed("000102", '{"sessionId":"s-1"}', ZERO),
    framed("0001ff", "{}", ZERO),
]


def test_the_samples_of_the_document_are_answered() -> None:
    conversation = Talk(ready=False, polls_until_ready=0, chunk_characters=0)
    conversation.feed(*SAMPLES)
    assert conversation.ids == [
        "channel_ready.response",
        "opening.response",
        "text_drive.response",
        "asr.start.response",
        "asr.result",
        "asr.drive_reply",
        "heartbeat.pong",
    ]


def test_the_first_sample_of_the_document_has_no_payload() -> None:
    empty = bytes.fromhex("0001830000000000000000")
    lenient = Talk(ready=False, polls_until_ready=0)
    assert lenient.feed(empty) == [framed("010183", '{"sessionId":"s-1","status":"READY"}', ZERO)]
    assert lenient.clauses == ["ALI-E15", "ALI-E06 warning"]
    strict = Talk(ready=False, polls_until_ready=0, strict=True)
    assert errors(strict.feed(empty)) == ["10000 channel_ready.request: the payload is empty [ALI-E15]"]
    assert not strict.interaction.ready


def test_nothing_a_correct_client_does_is_refused_in_strict_mode() -> None:
    conversation = Talk(ready=False, strict=True, close_on_bad_frame=True, chunk_seconds=0.0, chunk_characters=0)
    conversation.feed(PING, POLL, POLL, POLL, OPENING, text("hi"), text("news", "m-2", ask=2))
    conversation.feed(text("plain", "m-3", type="TEXT"), part("START", "", "m-4"), part("CONTENT", "a", "m-4"))
    conversation.feed(START_ASK, part("CONTENT", "b", "m-4"), SPEECH, PING, text("hi", "m-5"), SPEECH, END)
    conversation.feed(part("END", "c", "m-4"), audio("START"), audio("CONTENT"), audio("END", pcm=""), INTERRUPT)
    assert conversation.clauses == []
    assert conversation.close is None
    assert "general.message" not in conversation.ids
    assert conversation.ids.count("text_drive.response") == 5


# --- the channel-ready loop ---


def test_the_channel_is_prepared_after_some_polls() -> None:
    conversation = Talk(ready=False)
    assert conversation.feed(POLL, POLL) == [INIT, INIT]
    assert not conversation.interaction.ready
    assert conversation.feed(POLL) == [READY]
    assert conversation.interaction.ready
    assert conversation.feed(POLL) == [READY]


def test_the_channel_may_be_scripted_to_fail() -> None:
    conversation = Talk(ready=False, channel_statuses=("INIT", "FAIL", "READY", "FAIL"))
    assert conversation.feed(POLL, POLL) == [INIT, FAIL]
    assert len(errors(conversation.feed(text("hi")))) == 1
    assert conversation.feed(POLL) == [READY]
    assert conversation.interaction.ready
    assert conversation.feed(POLL, POLL) == [FAIL, FAIL]
    assert not conversation.interaction.ready


@pytest.mark.parametrize("drive", DRIVES)
def test_drives_before_ready_are_refused(drive: bytes) -> None:
    conversation = Talk(ready=False)
    assert errors(conversation.feed(drive)) == ["10000 sent before the channel was reported READY [ALI-R078]"]
    assert conversation.clauses == ["ALI-R078"]
    assert conversation.close is None


@pytest.mark.parametrize("drive", DRIVES)
def test_drives_before_ready_may_be_ignored(drive: bytes) -> None:
    conversation = Talk(ready=False, before_ready="ignore")
    assert conversation.feed(drive) == []
    assert conversation.clauses == ["ALI-R078"]
    assert conversation.feed(POLL, POLL, POLL) == [INIT, INIT, READY]
    assert conversation.advance(60) == []


def test_speech_before_ready_is_heard_where_drives_wait() -> None:
    conversation = Talk(ready=False, polls_until_ready=0, before_ready="queue", chunk_characters=0)
    conversation.feed(START_ASK, SPEECH, END)
    assert conversation.ids == ["asr.start.response", "asr.result"]
    conversation.feed(POLL)
    assert conversation.ids[2:] == ["channel_ready.response", "asr.drive_reply"]


@pytest.mark.parametrize("mode", ["refuse", "queue", "ignore"])
def test_heartbeats_and_interruptions_are_welcome_at_any_time(mode: str) -> None:
    conversation = Talk(ready=False, before_ready=mode, strict=True)
    assert conversation.feed(PING, INTERRUPT) == [framed("0f01ff", "{}")]
    assert conversation.clauses == []


# --- ids and sessions ---


def test_the_opening_remarks_are_streamed_under_an_id_of_the_server() -> None:
    conversation = Talk(opening=("hello", "you"), chunk_seconds=1.0)
    assert packets(conversation.feed(OPENING)) == [Packet("id-0", "hello", finish=False, biz=0)]
    assert packets(conversation.advance(1)) == [Packet("id-0", "you", finish=True, biz=0)]


def test_the_opening_remarks_may_have_pictures() -> None:
    pictures = Answer(content=("hello", "you"), related_images=("http://img.example/desk.png",), related_videos=("v",))
    conversation = Talk(opening=pictures, chunk_seconds=0.0)
    first, last = (body(frame) for frame in conversation.feed(OPENING))
    assert (first["content"], first["relatedImages"], first["finish"]) == ("hello", [], False)
    assert (last["content"], last["finish"]) == ("you", True)
    assert (last["relatedImages"], last["relatedVideos"]) == (["http://img.example/desk.png"], ["v"])


def test_the_opening_remarks_may_be_refused() -> None:
    conversation = Talk(opening=Answer(content="no words", success=False))
    assert packets(conversation.feed(OPENING)) == [Packet("id-0", "no words", finish=True, success=False, biz=0)]


def test_the_server_makes_ids_where_a_drive_has_none() -> None:
    nameless = framed("000180", '{"sessionId":"s-1","text":"hi","askType":2}')
    assert packets(Talk().feed(nameless)) == [Packet("id-0", "hi", finish=True)]


def test_fragments_without_an_id_belong_together() -> None:
    def nameless(flag: str, words: str) -> bytes:
        return framed(
            "000180",
            f'{{"sessionId":"s-1","text":"{words}","askType":2,"type":"TEXT_STREAM","dataFlag":"{flag}"}}',
        )

    conversation = Talk()
    sent = conversation.feed(nameless("START", "a"), nameless("CONTENT", "b"), nameless("END", "c"))
    assert packets(sent) == [Packet("id-0", "abc", finish=True)]
    sent = conversation.feed(nameless("START", "d"), nameless("START", "e"), nameless("END", "f"))
    assert packets(sent) == [Packet("id-1", "d", finish=True), Packet("id-2", "ef", finish=True)]
    assert packets(conversation.feed(nameless("END", "g"))) == [Packet("id-3", "g", finish=True)]


def test_ids_and_serial_numbers_are_random_unless_told() -> None:
    interaction = Interaction(FakeSession(), AliyunScenario(polls_until_ready=0, echo_serial_numbers=False))
    receive(interaction, POLL)
    first, second = (receive(interaction, OPENING)[1][0], receive(interaction, INTERRUPT)[1][-1])
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    assert UUID(body(first.data)["messageId"]).version == 4
    assert body(first.data)["messageId"] == body(second.data)["messageId"]
    assert first.data[3:11] != second.data[3:11]


ELSEWHERE = framed("000100", '{"sessionId":"s-2"}')


def test_the_url_wins_over_the_session_of_a_payload() -> None:
    conversation = Talk(chunk_characters=0)
    [sent] = conversation.feed(ELSEWHERE)
    assert body(sent)["sessionId"] == "s-1"
    assert conversation.clauses == ["ALI-E113"]


def test_strict_mode_permits_no_other_session() -> None:
    conversation = Talk(strict=True)
    assert errors(conversation.feed(ELSEWHERE)) == ["10001 sessionId: not the session of this connection [ALI-E113]"]
    assert conversation.clauses == ["ALI-E113"]
    assert conversation.close == Close(1008, "sessionId mismatch")


# --- streams ---


@pytest.mark.parametrize("make", [part, audio])
def test_a_fragment_out_of_order_is_refused_in_strict_mode_only(make: Any) -> None:
    strict = Talk(strict=True)
    assert errors(strict.feed(make("CONTENT", "AAE="))) == ["10000 dataFlag: a fragment before START [ALI-E26]"]
    assert strict.clauses == ["ALI-E26"]
    lenient = Talk()
    assert lenient.feed(make("CONTENT", "AAE=")) == []
    assert lenient.clauses == ["ALI-E26 warning"]


def test_streams_that_are_mixed_end_each_other() -> None:
    conversation = Talk()
    mixed = [part("START", "a"), part("START", "b", "m-2"), part("END", "c"), part("END", "d", "m-2")]
    assert packets(conversation.feed(*mixed)) == [
        Packet("m-1", "a", finish=True),
        Packet("m-2", "b", finish=True),
        Packet("m-1", "c", finish=True),
        Packet("m-2", "d", finish=True),
    ]
    assert conversation.clauses == ["ALI-E26 warning"]


def test_text_and_audio_streams_do_not_disturb_each_other() -> None:
    conversation = Talk(strict=True)
    conversation.feed(part("START", "a"), audio("START", "m-1"), part("CONTENT", "b"), audio("END", "m-1"))
    assert packets(conversation.feed(part("END", "c"))) == [Packet("m-1", "abc", finish=True)]


def test_audio_without_a_flag_is_a_whole_stream() -> None:
    conversation = Talk()
    shot = framed("000186", '{"sessionId":"s-1","messageId":"a-1","audio":"AAEAAg=="}')
    assert conversation.feed(shot, shot) == []
    assert conversation.clauses == ["ALI-E43"]


def test_a_streamed_text_may_be_as_long_as_a_frame() -> None:
    conversation = Talk(max_frame_bytes=1024, strict=True)
    assert conversation.feed(part("START", "a" * 800)) == []
    assert errors(conversation.feed(part("CONTENT", "b" * 300))) == [
        "10000 text: the stream has more than 1024 characters; dropped [ALI-E30]"
    ]
    assert conversation.feed(part("END", "")) == []


def test_a_frame_has_a_limit() -> None:
    conversation = Talk(max_frame_bytes=1024)
    [error] = errors(conversation.feed(text("a" * 1024)))
    assert error.endswith("[ALI-E10]")
    assert packets(conversation.feed(text("a" * 900, ask=2))) == [Packet("m-1", "a" * 900, finish=True)]


# --- texts over HTTP ---


def test_a_text_over_http_is_answered_on_the_socket_if_wanted() -> None:
    conversation = Talk(http_text_on_socket=True, chunk_characters=0)
    conversation.perform(conversation.interaction.say("hi", ask=True, message_id="r-1"))
    conversation.perform(conversation.interaction.say("news", ask=False, message_id=""))
    assert conversation.news() == [
        framed(
            "010180",
            '{"success":true,"sessionId":"s-1","content":"You asked: hi","finish":true,'
            '"relatedImages":[],"relatedVideos":[],"messageId":"r-1"}',
            b"SERVER00",
        ),
        framed(
            "010180",
            '{"success":true,"sessionId":"s-1","content":"news","finish":true,'
            '"relatedImages":[],"relatedVideos":[],"messageId":"id-0"}',
            b"SERVER01",
        ),
    ]


def test_a_text_over_http_stays_off_the_socket_otherwise() -> None:
    questions: list[str] = []

    def answer(question: Any) -> str:
        questions.append(question.text)
        return "hello"

    conversation = Talk(answer=answer)
    conversation.perform(conversation.interaction.say("hi", ask=True, message_id="r-1"))
    conversation.perform(conversation.interaction.say("news", ask=False, message_id="r-2"))
    assert conversation.news() == []
    assert questions == ["hi"]
    assert not conversation.interaction.busy


@pytest.mark.parametrize("mode", ["refuse", "ignore"])
def test_a_text_over_http_is_not_said_before_the_channel_is_ready(mode: str) -> None:
    conversation = Talk(ready=False, polls_until_ready=0, http_text_on_socket=True, before_ready=mode)
    conversation.perform(conversation.interaction.say("hi", ask=True, message_id="r-1"))
    assert conversation.feed(POLL) == [READY]
    assert conversation.advance(60) == []


def test_texts_over_http_wait_for_the_channel_and_their_turn_where_drives_do() -> None:
    answer = Answer(content=("so it ", "is"))
    queue: dict[str, Any] = {"before_ready": "queue", "polls_until_ready": 0, "chunk_seconds": 1.0}
    conversation = Talk(ready=False, http_text_on_socket=True, default_answer=answer, **queue)
    conversation.perform(conversation.interaction.say("hi", ask=True, message_id="r-1"))
    conversation.perform(conversation.interaction.say("news", ask=False, message_id="r-2"))
    assert conversation.news() == []
    assert packets(conversation.feed(POLL)[1:]) == [Packet("r-1", "so it ", finish=False)]
    assert packets(conversation.advance(1)) == [Packet("r-1", "is", finish=True), Packet("r-2", "news", finish=True)]


# --- pushes and the end ---


def test_a_session_is_closed_by_force() -> None:
    conversation = Talk(chunk_seconds=1.0)
    conversation.feed(text("a question that is answered in several packets"))
    conversation.perform(conversation.interaction.force_close("line expired"))
    assert conversation.news() == [framed("010103", '{"sessionId":"s-1"}', b"SERVER00")]
    assert conversation.close == Close(1000, "line expired")
    assert conversation.timers == 0
    assert not conversation.interaction.busy


def test_between_the_push_and_the_close_only_heartbeats_are_answered() -> None:
    conversation = Talk(force_close_seconds=2.0)
    conversation.perform(conversation.interaction.force_close("line expired"))
    assert len(conversation.news()) == 1
    assert conversation.feed(PING) == [framed("0f01ff", "{}")]
    crossed = "10000 the session has been closed; it may have crossed the push that says so [ALI-R122]"
    assert errors(conversation.feed(POLL)) == [crossed]
    assert errors(conversation.feed(text("hi"))) == [crossed]
    assert conversation.clauses == ["ALI-R122 note"]
    assert conversation.advance(1.0) == []
    assert errors(conversation.feed(text("hi"))) == ["10000 the session has been closed [ALI-R122]"]
    assert conversation.clauses == ["ALI-R122"]
    conversation.perform(conversation.interaction.force_close("again"))
    conversation.perform(conversation.interaction.recover())
    assert conversation.news() == []
    assert conversation.advance(0.9) == []
    assert conversation.close is None
    conversation.advance(0.1)
    assert conversation.close == Close(1000, "line expired")


def test_a_session_that_was_stopped_over_http_is_closed_without_a_push() -> None:
    conversation = Talk(chunk_seconds=1.0)
    conversation.feed(text("a question that is answered in several packets"))
    conversation.perform(conversation.interaction.stopped("StopAvatarSession"))
    assert conversation.news() == []
    assert conversation.close == Close(1000, "StopAvatarSession")
    assert conversation.timers == 0
    assert conversation.interaction.force_close("line expired") == []


def test_a_line_that_broke_has_to_be_prepared_again() -> None:
    """Nothing more is heard of what was being said: the push is all that the document knows of."""
    conversation = Talk(chunk_seconds=1.0, polls_until_ready=0)
    conversation.feed(text("a question that is answered in several packets"), text("hi", "m-2"))
    conversation.perform(conversation.interaction.recover())
    assert conversation.news() == [framed("010104", '{"sessionId":"s-1"}', b"SERVER00")]
    assert conversation.advance(60) == []
    assert not conversation.interaction.ready
    assert not conversation.interaction.busy
    assert len(errors(conversation.feed(text("hi", "m-3")))) == 1
    assert conversation.feed(POLL) == [READY]
    assert packets(conversation.feed(text("news", "m-4", ask=2))) == [Packet("m-4", "news", finish=True)]


@pytest.mark.parametrize("interrupt", ["finish", "none"])
def test_replies_may_be_ended_when_the_line_breaks(interrupt: str) -> None:
    conversation = Talk(chunk_seconds=1.0, recovery_reply="finish", interrupt_reply=interrupt)
    conversation.feed(text("a question that is answered in several packets"), text("hi", "m-2"))
    conversation.perform(conversation.interaction.recover())
    *ends, push = conversation.news()
    assert packets(ends) == [
        Packet("m-1", "", finish=True, success=False),
        Packet("m-2", "", finish=True, success=False),
    ]
    assert push[:3].hex() == "010104"
    assert conversation.advance(60) == []


@pytest.mark.parametrize("drive", DRIVES)
def test_what_crossed_the_push_of_a_recovery_is_nobodys_fault(drive: bytes) -> None:
    """Within a second after it, and before the client reacts to it."""
    conversation = Talk()
    conversation.perform(conversation.interaction.recover())
    conversation.news()
    conversation.advance(0.9)
    reason = "10000 sent before the channel was reported READY; it may have crossed the push that says so [ALI-R078]"
    assert errors(conversation.feed(drive)) == [reason]
    assert conversation.clauses == ["ALI-R078 note"]
    conversation.advance(0.1)
    conversation.feed(drive)
    assert conversation.clauses == ["ALI-R078"]


def test_whoever_has_reacted_to_a_recovery_knows_of_it() -> None:
    conversation = Talk(ready=False, polls_until_ready=1)
    conversation.feed(POLL, POLL)
    conversation.perform(conversation.interaction.recover())
    conversation.feed(text("hi"))
    assert conversation.clauses == ["ALI-R078 note"]
    conversation.feed(POLL, text("hi"))
    assert conversation.clauses == ["ALI-R078"]


def test_a_second_recovery_is_crossed_anew() -> None:
    conversation = Talk()
    conversation.perform(conversation.interaction.recover())
    conversation.advance(0.9)
    conversation.perform(conversation.interaction.recover())
    conversation.advance(0.9)
    conversation.feed(text("hi"))
    assert conversation.clauses == ["ALI-R078 note"]


def test_what_crosses_the_end_of_a_channel_is_nobodys_fault_either() -> None:
    conversation = Talk(channel_statuses=("READY", "FAIL"))
    conversation.feed(POLL, text("hi"))
    assert conversation.clauses == ["ALI-R078 note"]
    conversation.feed(POLL, text("hi"))
    assert conversation.clauses == ["ALI-R078"]


def test_nothing_need_be_taken_for_crossed() -> None:
    conversation = Talk(crossing_seconds=0.0)
    conversation.perform(conversation.interaction.recover())
    assert conversation.timers == 0
    conversation.feed(text("hi"))
    assert conversation.clauses == ["ALI-R078"]


def test_recovery_takes_as_many_polls_as_the_beginning() -> None:
    conversation = Talk(ready=False)
    assert conversation.feed(POLL, POLL, POLL) == [INIT, INIT, READY]
    conversation.perform(conversation.interaction.recover())
    assert conversation.feed(POLL, POLL, POLL)[1:] == [INIT, INIT, READY]


def test_streams_go_on_after_a_recovery() -> None:
    conversation = Talk(strict=True)
    conversation.feed(part("START", "a"), audio("START"))
    conversation.perform(conversation.interaction.recover())
    conversation.feed(POLL)
    assert conversation.feed(part("CONTENT", "b"), audio("CONTENT"), audio("END")) == []
    assert packets(conversation.feed(part("END", "c"))) == [Packet("m-1", "abc", finish=True)]


def test_drives_wait_again_after_a_recovery_where_they_waited_before() -> None:
    conversation = Talk(before_ready="queue")
    conversation.perform(conversation.interaction.recover())
    conversation.news()
    assert conversation.feed(text("hi", ask=2)) == []
    assert packets(conversation.feed(POLL)[1:]) == [Packet("m-1", "hi", finish=True)]


def test_an_error_may_come_at_any_time() -> None:
    conversation = Talk(ready=False)
    conversation.perform(conversation.interaction.report(10000, "system error"))
    conversation.perform(conversation.interaction.report(10001, "no right"))
    assert conversation.news() == [
        framed("0201ff", '{"code":10000,"message":"system error"}', b"SERVER00"),
        framed("0201ff", '{"code":10001,"message":"no right"}', b"SERVER01"),
    ]


def test_pushes_may_say_anything() -> None:
    conversation = Talk(verified=False, push_payload="bye")
    conversation.perform(conversation.interaction.recover())
    conversation.perform(conversation.interaction.force_close("line expired"))
    assert conversation.news() == [framed("010104", "bye", b"SERVER00"), framed("010103", "bye", b"SERVER01")]


def test_a_pong_may_say_anything() -> None:
    assert Talk(ready=False, pong_payload='{"t":1}').feed(PING) == [framed("0f01ff", '{"t":1}')]


def test_replies_may_have_serial_numbers_of_their_own() -> None:
    conversation = Talk(ready=False, polls_until_ready=0, echo_serial_numbers=False, chunk_characters=0)
    sent = conversation.feed(POLL, text("hi"), PING, b"\x00\x01\x01SERIAL01")
    assert [frame[3:11] for frame in sent] == [b"SERVER00", b"SERVER01", b"SERVER02", b"SERVER03"]


# --- silence and reconnection ---


def test_silence_is_no_fault_by_default() -> None:
    conversation = Talk()
    assert conversation.timers == 0
    conversation.advance(86_400)
    assert conversation.close is None


@pytest.mark.parametrize("frame", [PING, POLL, b"", text("hi", ask=3), b"\x00\x01\x01SERIAL01"])
def test_whatever_the_client_sends_breaks_the_silence(frame: bytes) -> None:
    conversation = Talk(ready=False, heartbeat_seconds=30.0)
    for _ in range(3):
        conversation.advance(29)
        assert conversation.feed(frame)
    conversation.advance(29)
    conversation.write("hello")
    conversation.advance(29.9)
    assert conversation.close is None
    conversation.advance(0.1)
    assert conversation.close == Close(1000, "no heartbeat")


def test_an_answer_breaks_no_silence() -> None:
    conversation = Talk(heartbeat_seconds=3.0, chunk_seconds=1.0)
    conversation.feed(text("a question that is answered in several packets, and more of them"))
    assert len(packets(conversation.advance(2.9))) == 2
    conversation.advance(0.1)
    assert conversation.close == Close(1000, "no heartbeat")


def test_a_connection_that_is_gone_says_nothing_more() -> None:
    conversation = Talk(chunk_seconds=1.0)
    conversation.feed(text("a question that is answered in several packets"))
    conversation.perform(conversation.interaction.closed(0.0))
    assert conversation.advance(60) == []
    assert not conversation.interaction.busy


def test_a_new_connection_begins_anew() -> None:
    session, scenario = FakeSession(), AliyunScenario(transcripts=("one", "two"))
    older, newer = Interaction(session, scenario), Interaction(session, scenario)
    for _ in range(3):
        receive(older, POLL)
    receive(older, part("START", "a"))
    assert (older.ready, newer.ready) == (True, False)
    _, [sent] = receive(newer, POLL)
    assert isinstance(sent, Send)
    assert body(sent.data)["status"] == "INIT"


def test_what_is_received_is_told_for_the_journal() -> None:
    conversation = Talk()
    conversation.feed(text("hi"))
    assert conversation.received.message == "text_drive.request"
    assert conversation.received.body == aliyun.TextDriveRequest(
        session_id="s-1", text="hi", ask_type=aliyun.AskType.ASK, message_id="m-1"
    )
    assert (conversation.received.deviations, conversation.received.violations) == ((), ())


def test_what_is_sent_is_told_for_the_journal() -> None:
    received, [sent] = receive(Interaction(FakeSession(), AliyunScenario()), POLL)
    body = aliyun.ChannelReadyResponse(session_id="s-1", status="INIT")
    assert sent == Send(INIT, "channel_ready.response", body, cause=received)
