"""Which drive an answer belongs to, and what is put together from its packets."""

from __future__ import annotations

import pytest

from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.events import AnswerChunk, AnswerFinished, AnswerKind, Outcome, ServerError
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.errors import LocalProtocolError
from tests.codecs.aliyun.conversation import (
    FORCE_CLOSE,
    OURS,
    RECOVERING,
    THEIRS,
    arrive,
    ready_client,
    reply,
    status,
    told,
)

# --- put together ---


def test_increments_are_put_together() -> None:
    client = ready_client()
    client.send_text("count")

    events = arrive(client, reply("one ", id_="m-1"), reply("two", id_="m-1"), reply(finish=True, id_="m-1"))

    assert told(events) == [("m-1", "one "), ("m-1", "two"), ("m-1", "one two", "complete")]
    assert all(event.frame is not None for event in events)


def test_a_single_packet_may_be_the_whole_answer() -> None:
    client = ready_client()
    client.send_text("count")

    assert told(arrive(client, reply("one", finish=True, id_="m-1"))) == [("m-1", "one"), ("m-1", "one", "complete")]


def test_empty_packets_tell_nothing() -> None:
    client = ready_client()
    client.send_text("count")

    assert arrive(client, reply(id_="m-1")) == []
    assert told(arrive(client, reply(finish=True, id_="m-1"))) == [("m-1", "", "complete")]


def test_cumulative_answers_are_told_by_what_is_new() -> None:
    client = ready_client(content="cumulative")
    client.send_text("count")

    events = arrive(
        client,
        reply("one", id_="m-1"),
        reply("one", id_="m-1"),
        reply("one two", id_="m-1"),
        reply("One, two", id_="m-1"),
        reply(finish=True, id_="m-1"),
    )

    assert told(events) == [("m-1", "one"), ("m-1", " two"), ("m-1", "One, two"), ("m-1", "One, two", "complete")]
    assert [event.replaces for event in events if isinstance(event, AnswerChunk)] == [False, False, True]


def test_images_and_videos_come_with_the_answer() -> None:
    client = ready_client()
    client.send_text("show me")
    pictures = '["https://img.test/1.png","https://img.test/2.png"]'

    events = arrive(
        client,
        reply(media='["https://img.test/1.png"]', id_="m-1"),
        reply("Here.", finish=True, media=pictures, id_="m-1"),
    )

    assert events == [
        AnswerChunk(drive_id="m-1", kind=AnswerKind.TEXT, images=("https://img.test/1.png",), message_id="m-1"),
        AnswerChunk(
            drive_id="m-1",
            kind=AnswerKind.TEXT,
            text="Here.",
            images=("https://img.test/1.png", "https://img.test/2.png"),
            message_id="m-1",
        ),
        AnswerFinished(
            drive_id="m-1",
            kind=AnswerKind.TEXT,
            outcome=Outcome.COMPLETE,
            text="Here.",
            images=("https://img.test/1.png", "https://img.test/2.png"),
            message_id="m-1",
        ),
    ]


def test_an_answer_does_not_grow_without_end() -> None:
    client = ready_client(max_answer=5)
    client.send_text("count")

    events = arrive(client, reply("12345", id_="m-1"), reply("6", id_="m-1"), reply("7", finish=True, id_="m-1"))

    assert told(events) == [("m-1", "12345"), ("m-1", "6"), ("m-1", "123456", "truncated")]
    assert list(client.unanswered) == []


def test_what_comes_of_an_answer_that_grew_too_long_is_nobody_elses() -> None:
    client = ready_client(max_answer=5)
    client.send_text("first")
    arrive(client, reply("123456", id_="srv-1"))
    client.send_text("second")

    assert arrive(client, reply("7", id_="srv-1"), reply("8", finish=True, id_="srv-1")) == []
    assert told(arrive(client, reply("B", finish=True, id_="srv-2")))[1] == ("m-2", "B", "complete")


def test_a_cumulative_answer_is_as_long_as_its_latest_packet() -> None:
    client = ready_client(max_answer=6, content="cumulative")
    client.send_text("count")

    events = arrive(client, reply("1234", id_="m-1"), reply("12345", id_="m-1"), reply("123456", id_="m-1"))
    assert told(events) == [("m-1", "1234"), ("m-1", "5"), ("m-1", "6")]
    assert told(arrive(client, reply("1234567", id_="m-1")))[1] == ("m-1", "1234567", "truncated")


def test_many_urls_are_as_large_as_much_text() -> None:
    client = ready_client(max_answer=25)
    client.send_text("show me")

    url = '["https://img.test/1.png"]'
    assert told(arrive(client, reply(media=url, id_="m-1"))) == [("m-1", "")]
    # The same one again weighs nothing.
    assert told(arrive(client, reply(media=url, id_="m-1"))) == [("m-1", "")]
    other = '["https://img.test/2.png"]'
    assert told(arrive(client, reply(media=other, id_="m-1"))) == [("m-1", ""), ("m-1", "", "truncated")]


@pytest.mark.parametrize("finish", [True, False])
def test_a_refused_drive_is_over(finish: bool) -> None:
    client = ready_client()
    client.send_text("hello")

    events = arrive(client, reply(success=False, finish=finish, id_="m-1"))

    assert told(events) == [("m-1", "", "refused")]
    assert isinstance(events[0], AnswerFinished)
    assert not events[0].success
    assert not events[0].interrupted
    assert list(client.unanswered) == []
    assert arrive(client, reply("late", finish=True, id_="m-1")) == []


def test_how_a_packet_deviates_is_told_with_it() -> None:
    client = ready_client()
    client.send_text("hello")

    (event,) = arrive(
        client,
        bytes.fromhex("010180")
        + THEIRS
        + b'{"success":true,"content":"Hi","relatedImages":[],"relatedVideos":[],"messageId":"m-1"}',
    )

    assert told([event]) == [("m-1", "Hi")]
    assert event.deviations == ("ALI-E113", "ALI-E126")


# --- matched by id ---


def test_answers_that_name_their_drives_may_come_in_any_order() -> None:
    client = ready_client()
    client.send_text("first")
    client.send_text("second")
    assert list(client.unanswered) == ["m-1", "m-2"]

    events = arrive(
        client,
        reply("B", id_="m-2"),
        reply("A", id_="m-1"),
        reply(finish=True, id_="m-2"),
        reply(finish=True, id_="m-1"),
    )

    assert told(events) == [("m-2", "B"), ("m-1", "A"), ("m-2", "B", "complete"), ("m-1", "A", "complete")]


def test_a_broadcast_may_be_answered() -> None:
    client = ready_client()
    client.send_text("news", ask=AskType.BROADCAST)

    assert told(arrive(client, reply("news", finish=True, id_="m-1"))) == [("m-1", "news"), ("m-1", "news", "complete")]


def test_a_streamed_text_may_be_answered() -> None:
    client = ready_client()
    stream = client.start_text_stream()
    stream.send("news")
    assert told(arrive(client, reply("new", id_="m-1"))) == [("m-1", "new")]
    stream.end()

    assert told(arrive(client, reply("s", finish=True, id_="m-1"))) == [("m-1", "s"), ("m-1", "news", "complete")]


def test_one_answer_may_come_under_two_names() -> None:
    client = ready_client()
    client.send_text("first")

    events = arrive(client, reply("A", id_="srv-1"), reply("B", id_="m-1"), reply(finish=True, id_="srv-1"))

    assert told(events) == [("m-1", "A"), ("m-1", "B"), ("m-1", "AB", "complete")]


# --- matched by order ---


def test_answers_under_other_names_belong_to_drives_in_order() -> None:
    client = ready_client()
    client.send_text("first")
    client.send_text("second")

    events = arrive(
        client,
        reply("A", id_="srv-1"),
        reply("B", id_="srv-2"),
        reply("a", finish=True, id_="srv-1"),
        reply("b", finish=True, id_="srv-2"),
    )

    assert told(events) == [
        ("m-1", "A"),
        ("m-2", "B"),
        ("m-1", "a"),
        ("m-1", "Aa", "complete"),
        ("m-2", "b"),
        ("m-2", "Bb", "complete"),
    ]


def test_answers_without_names_belong_to_drives_in_order() -> None:
    client = ready_client()
    client.send_text("first")
    client.send_text("second")

    events = arrive(client, reply("A"), reply("a", finish=True), reply("B", finish=True))

    assert told(events) == [
        ("m-1", "A"),
        ("m-1", "a"),
        ("m-1", "Aa", "complete"),
        ("m-2", "B"),
        ("m-2", "B", "complete"),
    ]


def test_questions_are_answered_before_broadcasts() -> None:
    client = ready_client()
    client.send_text("news", ask=AskType.BROADCAST)
    client.send_text("question")

    assert told(arrive(client, reply("A", finish=True, id_="srv-1"))) == [("m-2", "A"), ("m-2", "A", "complete")]
    assert told(arrive(client, reply("news", finish=True, id_="srv-2")))[1] == ("m-1", "news", "complete")


def test_speech_still_being_sent_is_answered_last() -> None:
    client = ready_client()
    speech = client.start_speech()
    client.send_text("question")

    assert told(arrive(client, reply("A", finish=True, id_="srv-1")))[1] == ("m-2", "A", "complete")
    speech.end()
    assert told(arrive(client, reply("B", finish=True, id_="srv-2")))[1] == ("m-1", "B", "complete")


def test_a_broadcast_is_answered_before_speech_still_being_sent() -> None:
    client = ready_client()
    client.start_speech()
    client.send_text("news", ask=AskType.BROADCAST)

    assert told(arrive(client, reply("news", finish=True, id_="srv-1")))[1] == ("m-2", "news", "complete")


def test_opening_remarks_have_their_own_order() -> None:
    client = ready_client()
    client.send_text("question")
    assert client.open_remarks() == "m-2"
    assert list(client.unanswered) == ["m-2", "m-1"]

    assert told(arrive(client, reply("Welcome", finish=True, id_="x", biz=0)))[1] == ("m-2", "Welcome", "complete")
    assert list(client.unanswered) == ["m-1"]


def test_an_answer_that_nobody_asked_for_is_told_as_such() -> None:
    client = ready_client()

    events = arrive(client, reply("From", id_="http-1"), reply(" HTTP", finish=True, id_="http-1"))

    assert told(events) == [("", "From"), ("", " HTTP"), ("", "From HTTP", "complete")]
    assert {event.kind for event in events if isinstance(event, (AnswerChunk, AnswerFinished))} == {AnswerKind.UNASKED}


def test_a_name_of_the_servers_own_may_be_used_again() -> None:
    client = ready_client()
    client.send_text("first")
    arrive(client, reply("A", finish=True, id_="answer"))
    # What comes twice by mistake is not told twice.
    assert arrive(client, reply(finish=True, id_="answer"), reply("A", finish=True, id_="answer")) == []

    client.send_text("second")
    assert arrive(client, reply(finish=True, id_="answer")) == []
    assert told(arrive(client, reply("B", finish=True, id_="answer")))[1] == ("m-2", "B", "complete")


# --- interrupted ---


def test_an_interruption_ends_what_was_sent_and_drops_what_is_late() -> None:
    client = ready_client()
    client.send_text("first")
    client.send_text("second")
    client.send_text("news", ask=AskType.BROADCAST)
    arrive(client, reply("A", id_="m-1"))

    events = client.interrupt()

    assert told(events) == [("m-1", "A", "interrupted"), ("m-2", "", "interrupted")]
    assert all(isinstance(event, AnswerFinished) and event.interrupted for event in events)
    assert list(client.unanswered) == []
    client.send_text("third")
    late = [reply("a", id_="m-1"), reply(finish=True, id_="m-1"), reply("B", finish=True, id_="m-2")]
    assert arrive(client, *late, reply("news", finish=True, id_="m-3")) == []
    assert told(arrive(client, reply("C", finish=True, id_="m-4")))[1] == ("m-4", "C", "complete")


def test_a_late_answer_under_another_name_is_dropped_too() -> None:
    client = ready_client()
    client.send_text("first")
    arrive(client, reply("A", id_="srv-1"))
    client.interrupt()
    client.send_text("second")

    assert arrive(client, reply("a", id_="srv-1"), reply(finish=True, id_="srv-1")) == []
    assert told(arrive(client, reply("B", finish=True, id_="srv-2")))[1] == ("m-2", "B", "complete")


def ask_by_voice(client: InteractionClient) -> None:
    client.start_speech().end(b"\x00\x00")


def test_the_bare_end_of_an_interrupted_answer_without_a_name_is_dropped() -> None:
    client = ready_client()
    ask_by_voice(client)
    client.interrupt()
    ask_by_voice(client)

    assert arrive(client, reply(finish=True, id_="srv-1")) == []
    assert told(arrive(client, reply("B", finish=True, id_="srv-2")))[1] == ("m-2", "B", "complete")


def test_a_server_that_is_silent_about_an_interruption_loses_nothing() -> None:
    client = ready_client()
    ask_by_voice(client)
    client.interrupt()
    ask_by_voice(client)
    assert told(arrive(client, reply("B", finish=True, id_="srv-2")))[1] == ("m-2", "B", "complete")

    # The interrupted answer is not expected any more.
    ask_by_voice(client)
    assert told(arrive(client, reply(finish=True, id_="srv-3"))) == [("m-3", "", "complete")]


def test_late_parts_without_anything_to_belong_to_are_dropped() -> None:
    client = ready_client()
    ask_by_voice(client)
    client.interrupt()

    assert arrive(client, reply("A", id_="srv-1"), reply("a", id_="srv-1"), reply(finish=True, id_="srv-1")) == []
    # That was it: what comes now was not asked for.
    assert told(arrive(client, reply("news", id_="srv-9"))) == [("", "news")]


def test_late_parts_without_a_name_are_dropped_until_their_end() -> None:
    client = ready_client()
    ask_by_voice(client)
    assert told(arrive(client, reply("A"))) == [("m-1", "A")]
    assert told(client.interrupt()) == [("m-1", "A", "interrupted")]

    assert arrive(client, reply("a"), reply("b"), reply(finish=True)) == []
    assert told(arrive(client, reply("news"))) == [("", "news")]


def test_a_late_answer_that_names_its_drive_is_not_expected_a_second_time() -> None:
    client = ready_client()
    client.send_text("first")
    client.interrupt()

    assert arrive(client, reply(finish=True, id_="m-1")) == []
    assert told(arrive(client, reply(finish=True, id_="srv-1"))) == [("", "", "complete")]


def test_an_interruption_ends_unasked_answers_too() -> None:
    client = ready_client()
    arrive(client, reply("news", id_="http-1"))

    assert told(client.interrupt()) == [("", "news", "interrupted")]
    assert arrive(client, reply("!", finish=True, id_="http-1")) == []


def test_an_interruption_ends_the_answer_to_a_broadcast_that_has_begun() -> None:
    client = ready_client()
    client.send_text("news", ask=AskType.BROADCAST)
    arrive(client, reply("ne", id_="m-1"))

    assert told(client.interrupt()) == [("m-1", "ne", "interrupted")]


def test_an_interruption_reaches_opening_remarks() -> None:
    client = ready_client()
    client.open_remarks()
    assert told(client.interrupt()) == [("m-1", "", "interrupted")]


# --- ended otherwise ---


def test_force_close_ends_every_answer_before_it_is_told() -> None:
    client = ready_client()
    client.open_remarks()
    client.send_text("first")
    client.send_text("news", ask=AskType.BROADCAST)
    client.start_speech()
    arrive(client, reply("A", id_="m-2"))

    assert told(arrive(client, FORCE_CLOSE)) == [
        ("m-1", "", "lost"),
        ("m-2", "A", "lost"),
        ("m-4", "", "lost"),
        ("ForceClosed",),
    ]


def test_disconnection_and_closing_end_every_answer_once() -> None:
    client = ready_client()
    client.send_text("first")
    assert told(client.disconnected(1006, "", 101.0)) == [("m-1", "", "lost"), ("Disconnected",)]

    client = ready_client()
    client.send_text("first")
    assert told(client.close()) == [("m-1", "", "lost")]
    assert told(client.disconnected(1000, "", 101.0)) == [("Disconnected",)]


def test_an_answer_may_be_given_up() -> None:
    client = ready_client()
    client.open_remarks()
    client.send_text("first")
    client.send_text("second")
    client.abandon("m-2")
    client.abandon("m-1")

    assert list(client.unanswered) == ["m-3"]
    assert arrive(client, reply("A", finish=True, id_="m-2")) == []
    assert told(arrive(client, reply("B", finish=True, id_="srv-1")))[1] == ("m-3", "B", "complete")
    with pytest.raises(LocalProtocolError, match=r"no answer is open for 'm-2' \[ALI-E21\]"):
        client.abandon("m-2")


# --- kept within bounds ---


def test_broadcasts_that_are_never_answered_are_forgotten_in_time() -> None:
    client = ready_client()
    for _ in range(65):
        client.send_text("news", ask=AskType.BROADCAST)

    assert told(arrive(client, reply("news", id_="m-1"))) == [("m-2", "news")]
    # The first one is forgotten, so this was taken by order.
    assert told(arrive(client, reply("news", id_="m-3"))) == [("m-3", "news")]


def test_unasked_answers_that_never_end_are_forgotten_in_time() -> None:
    client = ready_client()
    for number in range(65):
        arrive(client, reply("a", id_=f"http-{number}"))

    assert told(arrive(client, reply("b", finish=True, id_="http-64")))[1] == ("", "ab", "complete")
    assert told(arrive(client, reply("b", finish=True, id_="http-0")))[1] == ("", "b", "complete")


def test_interrupted_answers_that_never_end_are_forgotten_in_time() -> None:
    client = ready_client()
    for _ in range(65):
        ask_by_voice(client)
        client.interrupt()

    assert arrive(client, *[reply(finish=True, id_=f"srv-{number}") for number in range(64)]) == []
    assert told(arrive(client, reply(finish=True, id_="srv-64"))) == [("", "", "complete")]


def test_ids_of_the_past_are_forgotten_in_time() -> None:
    client = ready_client()
    for number in range(257):
        client.send_text("hello")
        arrive(client, reply("hi", finish=True, id_=f"m-{number + 1}"))

    assert arrive(client, reply("late", id_="m-2")) == []
    assert told(arrive(client, reply("late", id_="m-1"))) == [("", "late")]


# --- what is lost, and what is refused by an error ---


def test_a_recovery_ends_every_answer_that_is_open() -> None:
    client = ready_client()
    client.open_remarks()
    client.send_text("one")
    client.send_text("two", ask=AskType.BROADCAST)
    arrive(client, reply("Hel"))

    assert told(arrive(client, RECOVERING)) == [
        ("m-1", "", "lost"),
        ("m-2", "Hel", "lost"),
        ("RecoveryStarted",),
    ]
    assert list(client.unanswered) == []
    assert told(arrive(client, RECOVERING)) == [("RecoveryStarted",)]


def test_a_reply_without_an_id_after_a_recovery_belongs_to_the_next_question() -> None:
    client = ready_client()
    client.send_text("one")
    arrive(client, reply("Hel"), RECOVERING, status("READY"))
    client.send_text("two")

    assert told(arrive(client, reply("Hello again", finish=True))) == [
        ("m-2", "Hello again"),
        ("m-2", "Hello again", "complete"),
    ]


def test_so_does_an_end_without_words_and_id() -> None:
    client = ready_client()
    client.send_text("one")
    arrive(client, RECOVERING, status("READY"))
    client.send_text("two")

    assert told(arrive(client, reply(finish=True))) == [("m-2", "", "complete")]


@pytest.mark.parametrize("word", ["INIT", "FAIL"])
def test_a_channel_that_is_not_ready_any_more_has_lost_its_answers_too(word: str) -> None:
    client = ready_client()
    client.send_text("one")

    assert told(arrive(client, status(word)))[0] == ("m-1", "", "lost")


def test_an_utterance_that_is_open_goes_on_after_a_recovery() -> None:
    client = ready_client()
    speech = client.start_speech()
    assert told(arrive(client, RECOVERING, status("READY"))) == [("RecoveryStarted",), ("ChannelReady",)]
    speech.end(bytes(320))

    assert told(arrive(client, reply("yes", finish=True)))[-1] == (speech.id, "yes", "complete")


SYSTEM_ERROR = bytes.fromhex("0201ff") + OURS + b'{"code":10000,"message":"busy"}'
ANOTHER_ERROR = bytes.fromhex("0201ff") + THEIRS + b'{"code":10000,"message":"busy"}'


def test_an_error_with_the_serial_number_of_a_question_ends_its_answer() -> None:
    client = ready_client()
    client.open_remarks()
    client.send_text("one")

    assert arrive(client, ANOTHER_ERROR) == [ServerError(code=10000, message="busy")]
    assert arrive(client, SYSTEM_ERROR) == [
        ServerError(code=10000, message="busy", drive_id="m-2"),
        AnswerFinished(drive_id="m-2", kind=AnswerKind.TEXT, outcome=Outcome.REFUSED),
    ]
    assert list(client.unanswered) == ["m-1"]


def test_an_error_about_speech_ends_the_utterance() -> None:
    client = ready_client()
    speech = client.start_speech()

    assert told(arrive(client, SYSTEM_ERROR)) == [("ServerError",), (speech.id, "", "refused")]
    with pytest.raises(LocalProtocolError, match="the server refused it"):
        speech.send(bytes(320))
    assert client.start_speech().is_open


def test_serial_numbers_are_remembered_for_a_while_only() -> None:
    numbers = (number.to_bytes(8, "big") for number in range(10_000))
    client = InteractionClient("s-7", serial_numbers=lambda: next(numbers))
    client.connected(100.0)
    arrive(client, status("READY"))
    first = client.send_text("first")
    serial_number = client.data_to_send()[-1][3:11]
    for _ in range(256):
        client.send_text("more", ask=AskType.BROADCAST)

    (error,) = arrive(client, bytes.fromhex("0201ff") + serial_number + b'{"code":10000,"message":"busy"}')
    assert error == ServerError(code=10000, message="busy")
    assert list(client.unanswered) == [first]


def test_an_utterance_can_be_cut_off_within_a_sample() -> None:
    client = ready_client()
    speech = client.start_speech()
    speech.send(bytes(3))
    client.data_to_send()
    speech.cut_off()
    speech.cut_off()

    assert [frame[:3].hex() for frame in client.data_to_send()] == ["000182"]
    assert not speech.is_open
    assert client.start_speech().is_open


def test_an_utterance_can_be_cut_off_while_nothing_can_be_driven() -> None:
    client = ready_client()
    speech = client.start_speech()
    arrive(client, RECOVERING)
    client.data_to_send()
    speech.cut_off()

    assert client.data_to_send() == []
    assert not speech.is_open
