"""What holds for whatever a client sends, in whatever order things happen."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import Any, Final

from hypothesis import example, given
from hypothesis import strategies as st

from avatarwire.fakeserver.aliyun.scenario import Question

from .talk import (
    END,
    INTERRUPT,
    OPENING,
    PING,
    POLL,
    SERIAL,
    SPEECH,
    START_ASK,
    START_BROADCAST,
    Packet,
    Talk,
    audio,
    packets,
    part,
    text,
)

# --- any bytes ---

TUNABLES: Final = st.fixed_dictionaries(
    {},
    optional={
        "strict": st.booleans(),
        "close_on_bad_frame": st.booleans(),
        "before_ready": st.sampled_from(["refuse", "queue", "ignore"]),
        "data_outside_speech": st.sampled_from(["ignore", "refuse"]),
        "overlap": st.sampled_from(["queue", "replace", "reject"]),
        "chunk_characters": st.integers(0, 3),
        "cumulative": st.booleans(),
        "separate_finish": st.booleans(),
        "echo_serial_numbers": st.booleans(),
        "heartbeat_seconds": st.sampled_from([None, 5.0]),
        "max_frame_bytes": st.sampled_from([1024, 16 * 1024 * 1024]),
        "max_queue": st.integers(1, 3),
    },
)

WORDS: Final = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.sampled_from(["", "s-1", "TEXT", "TEXT_STREAM", "AUDIO_STREAM", "START", "CONTENT", "END", "AAEAAg==", "AAE"]),
    st.sampled_from(["startAsrAudio", "endAsrAudio"]),
)
VALUES: Final = st.one_of(
    WORDS, st.sampled_from([1, 2, 3, -1, 2**70]), st.booleans(), st.none(), st.floats(), st.just([])
)
MEMBERS: Final = ["sessionId", "text", "askType", "messageId", "type", "dataFlag", "audio", "code"]

PAYLOADS: Final = st.one_of(
    st.binary(max_size=40),
    st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=8).map(lambda value: json.dumps(value).encode()),
)
HEADERS: Final = st.tuples(
    st.sampled_from([0, 0, 0, 0, 1, 2, 14, 15, 77]),
    st.sampled_from([0, 1, 1, 1, 2]),
    st.sampled_from([0, 1, 2, 3, 4, 128, 129, 130, 131, 134, 255]),
).map(bytes)
RIGHT: Final = [
    POLL, OPENING, INTERRUPT, PING, START_ASK, START_BROADCAST, SPEECH, END, text("hi"), text("news", ask=2),
    part("START", "a"), part("CONTENT", "b"), part("END", "c"), audio("START"), audio("CONTENT"), audio("END"),
]  # fmt: skip
ODD: Final = st.tuples(HEADERS, PAYLOADS).map(lambda halves: halves[0] + SERIAL + halves[1])
ANYTHING: Final = st.one_of(st.binary(max_size=30), ODD, st.sampled_from(RIGHT))


@given(frames=st.lists(ANYTHING, max_size=12), tunables=TUNABLES, ready=st.booleans())
def test_any_bytes_are_taken_and_every_frame_sent_is_in_the_ruled_form(
    frames: list[bytes], tunables: dict[str, Any], ready: bool
) -> None:
    """The conversation never raises; what it sends is read by both readers, see `Talk`."""
    conversation = Talk(ready=ready, **tunables)
    for frame in frames:
        conversation.feed(frame)
        conversation.advance(0.03)
    conversation.advance(600)
    if conversation.close is not None:
        assert conversation.close.code in (1000, 1003, 1007, 1008)
    if not tunables.get("strict"):
        assert all(json.loads(sent[11:]).get("code") != 10001 for sent in conversation.sent)


@given(words=st.text(), tunables=TUNABLES)
def test_any_text_message_is_refused(words: str, tunables: dict[str, Any]) -> None:
    [sent] = Talk(**tunables).write(words)
    assert json.loads(sent[11:])["code"] == 10000


# --- any order ---


async def thoughtful(question: Question) -> str:
    return f"about {question.text}"


ORDERS: Final = st.fixed_dictionaries(
    {},
    optional={
        "strict": st.booleans(),
        "overlap": st.sampled_from(["queue", "replace", "reject"]),
        "max_queue": st.integers(1, 3),
        "chunk_characters": st.sampled_from([0, 4]),
        "chunk_seconds": st.sampled_from([0.0, 1.0]),
        "first_chunk_seconds": st.sampled_from([0.0, 1.5]),
        "cumulative": st.booleans(),
        "separate_finish": st.booleans(),
        "asr_reply_biz_type": st.sampled_from([128, 129]),
        "answer": st.just(thoughtful),
        "before_ready": st.just("queue"),
    },
)
FRAMES: Final = {
    "open": [OPENING],
    "speak": [START_ASK, SPEECH, END],
    "murmur": [START_BROADCAST, SPEECH, END],
    "interrupt": [INTERRUPT],
}
WAITS: Final = {"wait": 0.7, "wait longer": 5.0}
STEPS: Final = st.lists(
    st.sampled_from(
        ["ask", "broadcast", "http", "play", "begin", "continue", "end", "settle", "recover", *FRAMES, *WAITS]
    ),
    max_size=25,
)


class Conversation:
    """Carries steps out and keeps account: ids of which an end is owed, and ids of which nothing may come any more."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.begun = 0
        self.owed: list[str] = []
        self.open = ""
        self.unnamed = 0
        self.dead: set[str] = set()
        self.seen: list[Packet] = []

    def do(self, step: str) -> None:
        self.begun += 1
        if step in FRAMES:
            self.unnamed += step in ("open", "speak", "murmur")
            self.send(*FRAMES[step])
        elif step in ("begin", "continue", "end"):
            self.stream(step)
        elif step == "settle":
            self.look(self.talk.settle() if self.talk.waits else [])
        elif step == "recover":
            self.recover()
        elif step in WAITS:
            self.look(self.talk.advance(WAITS[step]))
        else:
            self.drive(step, f"m-{self.begun}")
        if step == "interrupt":
            self.dead |= {*self.owed, *(packet.message_id for packet in self.seen)}

    def recover(self) -> None:
        """Whatever is said or waits is over with the push; an open stream goes on."""
        open_stream = {self.open} - self.dead
        self.talk.perform(self.talk.interaction.recover())
        self.look(self.talk.news())
        self.dead |= {*self.owed, *(packet.message_id for packet in self.seen)} - open_stream
        self.send(POLL)

    def drive(self, step: str, name: str) -> None:
        if step == "play":
            self.send(audio("START", name), audio("END", name))
            return
        self.owed.append(name)
        if step == "http":
            self.talk.perform(self.talk.interaction.say("something", ask=True, message_id=name))
            self.look(self.talk.news())
        else:
            self.send(text("something", name, ask=1 if step == "ask" else 2))

    def stream(self, step: str) -> None:
        """At most one is open."""
        if step == "begin" and not self.open:
            self.open = f"m-{self.begun}"
            self.owed.append(self.open)
            self.send(part("START", "a", self.open))
        elif step == "continue" and self.open:
            self.send(part("CONTENT", "b", self.open))
        elif step == "end" and self.open:
            name, self.open = self.open, ""
            self.send(part("END", "c", name))

    def send(self, *frames: bytes) -> None:
        self.look(self.talk.feed(*frames))

    def look(self, sent: list[bytes]) -> None:
        """Takes in what was sent: nothing may come of a drive that is over."""
        answers = [frame for frame in sent if frame[2] in (0, 128) or (frame[2] == 129 and b"related" in frame)]
        for packet in packets(answers):
            assert packet.message_id not in self.dead
            self.seen.append(packet)
            if packet.finish:
                self.dead.add(packet.message_id)

    def come_to_an_end(self) -> None:
        self.do("end")
        for _ in range(100):
            self.do("settle")
            self.do("wait longer")

    @property
    def ends(self) -> Counter[str]:
        """How often each answer has ended."""
        return Counter(packet.message_id for packet in self.seen if packet.finish)


@given(steps=STEPS, tunables=ORDERS)
@example(steps=["begin", "interrupt", "continue", "end"], tunables={"strict": True})
@example(steps=["ask", "ask", "interrupt", "ask", "wait"], tunables={"chunk_seconds": 1.0, "chunk_characters": 4})
@example(steps=["ask", "ask", "settle", "interrupt"], tunables={"answer": thoughtful})
def test_every_drive_ends_once_and_says_nothing_afterwards(steps: list[str], tunables: dict[str, Any]) -> None:
    talk = Talk(http_text_on_socket=True, recovery_reply="finish", crossing_seconds=0.0, **tunables)
    conversation = Conversation(talk)
    for step in steps:
        conversation.do(step)
    conversation.come_to_an_end()
    named = Counter({name: times for name, times in conversation.ends.items() if name.startswith("m-")})
    assert named == Counter(conversation.owed)
    unnamed = [times for name, times in conversation.ends.items() if name.startswith("id-")]
    assert unnamed == [1] * conversation.unnamed
    assert "general.message" not in talk.ids
    assert not talk.interaction.busy
    assert talk.timers == talk.waits == 0


@given(steps=STEPS, tunables=ORDERS)
@example(steps=["ask", "ask", "recover"], tunables={"chunk_seconds": 1.0})
def test_of_what_a_broken_line_cut_off_nothing_more_is_heard(steps: list[str], tunables: dict[str, Any]) -> None:
    """No more than one end each, and none of what was lost: `Conversation` looks at every packet for that."""
    conversation = Conversation(Talk(http_text_on_socket=True, **tunables))
    for step in steps:
        conversation.do(step)
    conversation.come_to_an_end()
    assert set(conversation.ends.values()) <= {1}
    if "recover" not in steps:
        assert {*conversation.owed} <= {*conversation.ends}


@given(steps=STEPS, tunables=ORDERS)
def test_after_an_interruption_only_ends_are_sent_and_at_once(steps: list[str], tunables: dict[str, Any]) -> None:
    talk = Talk(http_text_on_socket=True, crossing_seconds=0.0, **tunables)
    conversation = Conversation(talk)
    for step in steps:
        conversation.do(step)
    assert {(packet.content, packet.finish) for packet in packets(talk.feed(INTERRUPT))} <= {("", True)}
    assert not talk.interaction.busy
    assert talk.timers == talk.waits == 0
    assert talk.advance(600) == []


@given(steps=STEPS, tunables=ORDERS)
def test_where_interruptions_are_silent_nothing_is_said_after_one(steps: list[str], tunables: dict[str, Any]) -> None:
    talk = Talk(http_text_on_socket=True, interrupt_reply="none", **tunables)
    conversation = Conversation(talk)
    for step in steps:
        conversation.do(step)
    assert talk.feed(INTERRUPT) == []
    assert talk.advance(600) == []


@given(answer=st.text(st.characters(codec="utf-8"), max_size=60), tunables=ORDERS)
def test_the_packets_of_an_answer_make_up_its_text(answer: str, tunables: dict[str, Any]) -> None:
    def given_answer(_: Question) -> str:
        return answer

    changes: dict[str, Any] = {**tunables, "answer": given_answer}
    talk = Talk(**changes)
    sent = packets(talk.feed(text("hi"))) + packets(talk.advance(600))
    assert [packet.finish for packet in sent] == [False] * (len(sent) - 1) + [True]
    contents = [packet.content for packet in sent]
    if tunables.get("cumulative"):
        assert contents[-1] == answer
        assert all(later.startswith(earlier) for earlier, later in pairwise(contents))
    else:
        assert "".join(contents) == answer
