"""The fake and the sans-IO client, each at the other's end: a client that keeps the rules is never refused."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import Any, Final

from hypothesis import example, given
from hypothesis import strategies as st

from avatarwire.codecs.aliyun.client.drives import AudioStream, Speech, TextStream
from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.events import AnswerFinished, Event, Outcome, ServerError
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.errors import LocalProtocolError

from .talk import SESSION, Talk

PCM: Final = b"\x00\x01" * 50
TICK: Final = 0.25

TUNABLES: Final = st.fixed_dictionaries(
    {},
    optional={
        "polls_until_ready": st.integers(0, 3),
        "overlap": st.sampled_from(["queue", "replace"]),
        "chunk_seconds": st.sampled_from([0.0, 0.3]),
        "first_chunk_seconds": st.sampled_from([0.0, 0.4]),
        "separate_finish": st.booleans(),
        "broadcast_reply": st.sampled_from(["finish", "none"]),
        "asr_reply_biz_type": st.sampled_from([128, 129]),
        "echo_serial_numbers": st.booleans(),
    },
)
ACTIONS: Final = st.lists(
    st.sampled_from(["open", "ask", "tell", "write", "play", "end", "speak", "hush", "ping", "wait", "wait_longer"])
    | st.sampled_from(["interrupt", "recover"]),
    max_size=20,
)


class Pair:
    """A client and a strict fake, joined without a socket."""

    def __init__(self, **tunables: Any) -> None:
        self.fake = Talk(ready=False, strict=True, close_on_bad_frame=True, chunk_characters=4, **tunables)
        numbers = count()
        self.client = InteractionClient(SESSION, message_ids=lambda: f"m-{next(numbers)}")
        self.events: list[Event] = []
        self.asked: set[str] = set()
        self.text: TextStream | None = None
        self.audio: AudioStream | None = None
        self.speech: Speech | None = None
        self.client.connected(0.0)
        self.wait(5.0)

    def wait(self, seconds: float) -> None:
        """Lets time pass."""
        for _ in range(round(seconds / TICK)):
            self.cross(self.fake.advance(TICK))
            due = self.client.next_timeout()
            if due is not None and due <= self.fake.now:
                self.events += self.client.handle_timeout(self.fake.now)
            self.cross([])

    def cross(self, sent: list[bytes]) -> None:
        """Lets the client receive what the fake has sent, and the fake what the client has to say."""
        for frame in sent:
            self.events += self.client.receive(frame, self.fake.now)
        for frame in self.client.data_to_send():
            self.cross(self.fake.feed(frame))

    def do(self, action: str) -> None:
        """Does something, unless the client knows better."""
        with suppress(LocalProtocolError):
            getattr(self, f"do_{action}")()
        self.cross(self.fake.news())

    def do_open(self) -> None:
        self.client.open_remarks()

    def do_ask(self) -> None:
        self.asked.add(self.client.send_text("are you there"))

    def do_tell(self) -> None:
        self.client.send_text("good morning", ask=AskType.BROADCAST)

    def do_write(self) -> None:
        if self.text is None or not self.text.is_open:
            self.text = self.client.start_text_stream()
        self.text.send("a word, ")

    def do_play(self) -> None:
        if self.audio is None or not self.audio.is_open:
            self.audio = self.client.start_audio_stream()
        self.audio.send(PCM)

    def do_speak(self) -> None:
        if self.speech is None or not self.speech.is_open:
            self.speech = self.client.start_speech()
        self.speech.send(PCM)

    def do_end(self) -> None:
        for stream in (self.text, self.audio):
            if stream is not None and stream.is_open:
                stream.end()

    def do_hush(self) -> None:
        if self.speech is not None and self.speech.is_open:
            self.speech.end()

    def do_ping(self) -> None:
        self.client.ping(self.fake.now)

    def do_interrupt(self) -> None:
        self.events += self.client.interrupt()

    def do_recover(self) -> None:
        """The fake breaks the line, and the client prepares the channel again."""
        self.fake.perform(self.fake.interaction.recover())
        self.cross(self.fake.news())
        self.wait(5.0)

    def do_wait(self) -> None:
        self.wait(0.5)

    def do_wait_longer(self) -> None:
        self.wait(5.0)


@given(actions=ACTIONS, tunables=TUNABLES)
@example(actions=["open", "ask", "write", "write", "end", "speak", "speak", "hush", "play", "end"], tunables={})
@example(actions=["write", "interrupt", "write", "speak", "interrupt", "hush"], tunables={})
@example(actions=["ask", "write", "speak", "recover", "write", "end", "hush"], tunables={"chunk_seconds": 0.3})
def test_a_client_that_keeps_the_rules_is_served_by_a_strict_fake(actions: list[str], tunables: dict[str, Any]) -> None:
    """No error, no close, nothing that counts as a violation; and whatever an answer is owed to gets one."""
    pair = Pair(**tunables)
    noticed: set[str] = set()
    for action in actions:
        pair.do(action)
        noticed.update(pair.fake.clauses)
    pair.do("end")
    pair.do("hush")
    pair.wait(30.0)
    assert not [event for event in pair.events if isinstance(event, ServerError)]
    assert noticed == set()
    assert pair.fake.close is None
    assert pair.client.unanswered == ()


@given(actions=ACTIONS.map(lambda actions: [action for action in actions if action not in ("interrupt", "recover")]))
def test_an_undisturbed_client_gets_every_answer_in_full(actions: list[str]) -> None:
    pair = Pair(chunk_seconds=0.3, default_answer="yes, I am")
    for action in actions:
        pair.do(action)
    pair.wait(30.0)
    finished = [event for event in pair.events if isinstance(event, AnswerFinished) and event.drive_id in pair.asked]
    assert {event.drive_id for event in finished} == pair.asked
    assert {(event.text, event.outcome) for event in finished} <= {("yes, I am", Outcome.COMPLETE)}
