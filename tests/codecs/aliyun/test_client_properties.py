"""What holds for the interaction client whatever a server sends and whatever a caller asks for.

Oracle of the first test, in a sentence: a message is taken in and told as events, or it raises RemoteProtocolError.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from avatarwire.codecs.aliyun.client.drives import AudioStream, Speech, TextStream
from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.client.states import ClientState
from avatarwire.codecs.aliyun.events import AnswerFinished, Event, SpeechStarted
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.aliyun.options import ClientOptions
from avatarwire.codecs.errors import LocalProtocolError, RemoteProtocolError
from tests.codecs.aliyun.conversation import arrive, ready_client, reply, told
from tests.examples import examples

# --- what a server may send ---

NAMES: Final = st.sampled_from(["", "m-1", "m-2", "m-3", "srv-1", "srv-2"])
WORDS: Final = st.sampled_from(["INIT", "READY", "FAIL", "", "WARMUP"])
VALUES: Final = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 20_000), st.text(max_size=4), NAMES, WORDS, st.lists(st.text(max_size=3))
)
FIELDS: Final = st.dictionaries(
    st.sampled_from(
        ["success", "sessionId", "content", "finish", "relatedImages", "messageId", "status", "code", "message", "x"]
    ),
    VALUES,
)
DRIVE_REPLY: Final = st.fixed_dictionaries(
    {"success": st.booleans(), "content": st.text(max_size=4), "finish": st.booleans(), "messageId": NAMES},
    optional={"sessionId": st.sampled_from(["s-7", "s-8"]), "relatedImages": st.just(["https://img.test/1.png"])},
)
PAYLOADS: Final = st.one_of(
    st.binary(max_size=20),
    FIELDS.map(msgspec.json.encode),
    DRIVE_REPLY.map(msgspec.json.encode),
    st.fixed_dictionaries({"status": WORDS}, optional={"sessionId": st.just("s-7")}).map(msgspec.json.encode),
)


def header(frame_type: int, data_type: int, biz_type: int, serial_number: bytes) -> bytes:
    return bytes((frame_type, data_type, biz_type)) + serial_number


HEADERS: Final = st.builds(
    header,
    st.one_of(st.sampled_from([1, 1, 1, 2, 15, 0, 14]), st.integers(0, 255)),
    st.one_of(st.just(1), st.integers(0, 255)),
    st.one_of(st.sampled_from([0, 3, 4, 128, 129, 130, 131, 255]), st.integers(0, 255)),
    st.one_of(st.just(b"client-7"), st.binary(min_size=8, max_size=8)),
)
MESSAGES: Final = st.one_of(st.binary(max_size=40), st.builds(bytes.__add__, HEADERS, PAYLOADS))
OPTIONS: Final = st.builds(
    ClientOptions,
    go_on_after_fail=st.booleans(),
    strict=st.booleans(),
    content=st.sampled_from(["increments", "cumulative"]),
    max_answer=st.sampled_from([3, 1_000_000]),
    prepare_at_once=st.booleans(),
)


@given(options=OPTIONS, messages=st.lists(MESSAGES, max_size=12), busy=st.booleans())
def test_whatever_arrives_is_told_or_refused_and_nothing_else(
    options: ClientOptions, messages: list[bytes], busy: bool
) -> None:
    client = InteractionClient("s-7", options=options)
    client.connected(0.0)
    client.receive(bytes.fromhex("010183") + b"server-7" + b'{"sessionId":"s-7","status":"READY"}', 0.0)
    if busy:
        client.open_remarks()
        client.send_text("hello", message_id="m-1")
        client.send_text("hello", message_id="m-2", ask=AskType.BROADCAST)
        client.start_speech()
    for now, message in enumerate(messages):
        before = client.state
        events: list[Event] = []
        refusal: RemoteProtocolError | None = None
        try:
            events = client.receive(message, float(now))
        except RemoteProtocolError as error:
            refusal = error
        assert all(isinstance(event, Event) for event in events)
        if refusal is not None:
            assert refusal.clause.startswith("ALI-")
            assert client.state is before
    if client.state is ClientState.READY:
        client.send_text("still usable")


@given(data=st.binary(max_size=200), state=st.sampled_from(["new", "closed"]))
def test_nothing_is_read_without_a_connection(data: bytes, state: str) -> None:
    client = InteractionClient("s-7")
    if state == "closed":
        client.disconnected(None, "", 0.0)
    with pytest.raises(RemoteProtocolError):
        client.receive(data, 1.0)


# --- what is sent ---


@given(sends=st.lists(st.binary(max_size=40)), size=st.integers(1, 20).map(lambda half: half * 2))
def test_pcm_arrives_whole_however_it_is_handed_over(sends: list[bytes], size: int) -> None:
    pcm = b"".join(sends)
    last = b"" if len(pcm) % 2 == 0 else b"\x7f"
    client = ready_client(speech_packet=size, audio_fragment=size)
    for stream in (client.start_audio_stream(), client.start_speech()):
        client.data_to_send()
        for part in sends:
            stream.send(part)
        stream.end(last)
        frames = client.data_to_send()
        if isinstance(stream, Speech):
            pieces = [frame[11:] for frame in frames[:-1]]
        else:
            pieces = [b64decode(json.loads(frame[11:])["audio"]) for frame in frames]
        assert b"".join(pieces) == pcm + last
        assert all(len(piece) <= size and len(piece) % 2 == 0 for piece in pieces)


@given(
    texts=st.lists(st.lists(st.sampled_from(["a", "bc", "def"]), max_size=4), min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_answers_that_name_their_drives_never_mix(texts: list[list[str]], order: Any) -> None:
    client = ready_client()
    waiting = {client.send_text("question"): list(parts) for parts in texts}
    expected = {id_: "".join(parts) for id_, parts in waiting.items()}
    finished: dict[str, str] = {}
    while waiting:
        id_ = order.choice(sorted(waiting))
        part = waiting[id_].pop(0) if waiting[id_] else ""
        end = not waiting[id_]
        if end:
            del waiting[id_]
        for event in arrive(client, reply(part, finish=end, id_=id_)):
            if isinstance(event, AnswerFinished):
                finished[event.drive_id] = event.text
    assert finished == expected


@given(count=st.integers(1, 5))
def test_answers_without_names_come_in_the_order_of_the_drives(count: int) -> None:
    client = ready_client()
    ids = [client.send_text("question") for _ in range(count)]

    events = arrive(client, *(reply(finish=True) for _ in ids))

    assert told(events) == [(id_, "", "complete") for id_ in ids]


REFUSED: Final = b"refused"
"""Stands among the frames where the server refused the open utterance, which then needs no end packet."""


class Conversation(RuleBasedStateMachine):
    """A caller and a server who each do as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.client = InteractionClient("s-7", options=ClientOptions(heartbeat_period=5.0, ready_timeout=4.0))
        self.client.connected(0.0)
        self.streams: list[TextStream | AudioStream] = []
        self.speeches: list[Speech] = []
        self.owed: set[str] = set()
        self.finished: Counter[str] = Counter()
        self.sent: list[bytes] = []
        self.collect([])

    def collect(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, AnswerFinished) and event.drive_id:
                self.finished[event.drive_id] += 1
            if isinstance(event, SpeechStarted) and not event.success and not self.speech_is_open():
                self.sent.append(REFUSED)
        self.sent += self.client.data_to_send()

    def speech_is_open(self) -> bool:
        return bool(self.speeches) and self.speeches[-1].is_open

    def drive(self, act: Any, *args: Any, **named: Any) -> Any:
        """An action, which must succeed in state READY unless the order is wrong, and must fail in any other."""
        ready = self.client.state is ClientState.READY
        try:
            result = act(*args, **named)
        except LocalProtocolError:
            assert self.client.data_to_send() == []
            return None
        assert ready
        return result

    # The server.

    @rule(word=st.sampled_from(["INIT", "READY", "READY", "READY", "FAIL"]))
    def status(self, word: str) -> None:
        payload = b'{"sessionId":"s-7","status":"%s"}' % word.encode()
        self.collect(self.client.receive(bytes.fromhex("010183") + b"server-7" + payload, self.now))

    @rule(message=MESSAGES)
    def anything(self, message: bytes) -> None:
        # A session that is over at once shows little.
        if message[2:3] != b"\x03":
            with suppress(RemoteProtocolError):
                self.collect(self.client.receive(message, self.now))

    @rule(payload=DRIVE_REPLY, biz_type=st.sampled_from([0, 128, 129]))
    def answer(self, payload: dict[str, Any], biz_type: int) -> None:
        frame = bytes((1, 1, biz_type)) + b"server-7" + msgspec.json.encode(payload)
        self.collect(self.client.receive(frame, self.now))

    @rule(success=st.booleans())
    def speech_may_follow(self, success: bool) -> None:
        frame = bytes.fromhex("010182") + b"server-7" + msgspec.json.encode({"success": success, "sessionId": "s-7"})
        self.collect(self.client.receive(frame, self.now))

    # The caller.

    @rule(ask=st.sampled_from(AskType))
    def send_text(self, ask: AskType) -> None:
        id_ = self.drive(self.client.send_text, "hello", ask=ask)
        if id_ is not None and ask is AskType.ASK:
            self.owed.add(id_)
        self.collect([])

    @rule()
    def open_remarks(self) -> None:
        id_ = self.drive(self.client.open_remarks)
        if id_ is not None:
            self.owed.add(id_)
        self.collect([])

    @rule(audio=st.booleans())
    def start_stream(self, audio: bool) -> None:
        start = self.client.start_audio_stream if audio else self.client.start_text_stream
        stream = self.drive(start)
        if stream is not None:
            self.streams.append(stream)

    @precondition(lambda self: self.streams)
    @rule(end=st.booleans(), empty=st.booleans())
    def feed_stream(self, end: bool, empty: bool) -> None:
        stream = self.streams[-1]
        piece: Any = ("" if empty else "word") if isinstance(stream, TextStream) else (b"" if empty else b"\x00\x00")
        self.drive(stream.end if end else stream.send, piece)
        self.collect([])

    @rule(ask=st.sampled_from(AskType))
    def start_speech(self, ask: AskType) -> None:
        speech = self.drive(self.client.start_speech, ask=ask)
        if speech is not None:
            self.speeches.append(speech)
            if ask is AskType.ASK:
                self.owed.add(speech.id)
        self.collect([])

    @precondition(lambda self: self.speeches)
    @rule(end=st.booleans())
    def feed_speech(self, end: bool) -> None:
        speech = self.speeches[-1]
        self.drive(speech.end if end else speech.send, b"\x01\x02")
        self.collect([])

    @rule()
    def interrupt(self) -> None:
        self.collect(self.drive(self.client.interrupt) or [])

    @rule()
    def prepare(self) -> None:
        with suppress(LocalProtocolError):
            self.client.prepare(self.now)
        self.collect([])

    @rule(seconds=st.floats(0.0, 12.0))
    def time_passes(self, seconds: float) -> None:
        until = self.now + seconds
        while (due := self.client.next_timeout()) is not None and due <= until:
            assert due >= self.now
            self.now = due
            self.collect(self.client.handle_timeout(due))
            again = self.client.next_timeout()
            assert again is None or again > due
        self.now = until
        self.collect(self.client.handle_timeout(until))

    # What always holds.

    @invariant()
    def what_is_unanswered_is_what_is_owed_and_not_finished(self) -> None:
        assert set(self.client.unanswered) == self.owed - set(self.finished)
        assert all(times == 1 for times in self.finished.values())

    @invariant()
    def a_loop_is_always_awake(self) -> None:
        if self.client.is_live:
            assert self.client.next_timeout() is not None

    def teardown(self) -> None:
        self.collect(self.client.disconnected(1006, "", self.now))
        assert self.owed <= set(self.finished)
        assert self.client.unanswered == ()
        check_what_was_sent(self.sent)


def check_what_was_sent(frames: list[bytes]) -> None:
    """Reads the frames a client has sent by hand, and holds them against the rules on order."""
    fragments: dict[str, list[str]] = defaultdict(list)
    utterance = False
    for frame in frames:
        if frame == REFUSED:
            utterance = False
            continue
        frame_type, data_type, biz_type = frame[:3]
        assert frame_type == (14 if biz_type == 255 else 0)
        assert data_type == (0 if biz_type == 129 else 1)
        if data_type == 0:
            assert utterance, "speech outside start and end"
            continue
        body = json.loads(frame[11:])
        assert biz_type == 255 or body["sessionId"] == "s-7"
        if biz_type == 130:
            assert utterance == (body["type"] == "endAsrAudio")
            utterance = not utterance
        if "dataFlag" in body:
            assert body.get("askType", 2) == 2
            fragments[body["messageId"]].append(body["dataFlag"])
    for flags in fragments.values():
        inside = flags[1:-1] if flags[-1] == "END" else flags[1:]
        assert flags[0] == "START"
        assert set(inside) <= {"CONTENT"}


Conversation.TestCase.settings = settings(max_examples=examples(50), stateful_step_count=40, deadline=None)
TestConversation = Conversation.TestCase
