"""What holds for the two clients whatever a platform answers and whatever a caller asks for.

Oracle, in a sentence: whatever arrives is told as events or refused by its error, a live ends once and for all, speech
goes out only between begin and eof, and a client that is still live can still be used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from avatarwire.codecs.errors import LocalProtocolError, RemoteProtocolError, ValidationError
from avatarwire.codecs.sensetime.client.live import MicrophoneClient
from avatarwire.codecs.sensetime.client.pending_requests import LiveCall
from avatarwire.codecs.sensetime.client.states import SPEAKING, UNHEARD, LiveState, MicrophoneState
from avatarwire.codecs.sensetime.events import Event, LiveEnded, TakeoverEnded, TakeoverNoticed
from avatarwire.codecs.sensetime.messages.enums import TakeoverStatus
from avatarwire.codecs.sensetime.options import MicrophoneOptions
from tests.codecs.sensetime import microphone_reader
from tests.codecs.sensetime.live_calls import SESSION, TOKEN, WORDS, called_back, new_live
from tests.examples import examples

from ..strategies import ANY_JSON

NAMES: Final = st.sampled_from(["t-1", "t-2", "t-3"])
STATUSES: Final = st.sampled_from([2, 5, 9, 31, 32, 35, 50, 97, 99])


def data_of(status: int, name: str, flag: bool) -> dict[str, Any]:
    """Data that fits most operations."""
    return {
        "sessionId": SESSION,
        "sessionToken": TOKEN,
        "status": status,
        "isSuccess": flag,
        "commandTraceId": name,
        "commandStatus": 34 if flag else 33,
        "commandTraceIds": [name],
    }


DATA: Final[st.SearchStrategy[Any]] = st.one_of(
    st.booleans(), ANY_JSON, st.builds(data_of, STATUSES, NAMES, st.booleans())
)


class Live(RuleBasedStateMachine):
    """A caller and a platform who each do as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.live = new_live(heartbeat_period=5.0)
        self.live.create(0.0)
        self.calls: list[LiveCall] = []
        self.ends = 0
        self.over: list[str] = []
        self.calls += self.live.calls_to_make()

    def collect(self, events: list[Event]) -> None:
        for index, event in enumerate(events):
            if isinstance(event, LiveEnded):
                self.ends += 1
                assert index == len(events) - 1
            if isinstance(event, TakeoverEnded) and event.trace_id:
                self.over.append(event.trace_id)
        self.calls += self.live.calls_to_make()

    @precondition(lambda self: bool(self.calls))
    @rule(data=DATA, pick=st.integers(0, 20))
    def answer(self, data: Any, pick: int) -> None:
        call = self.calls.pop(pick % len(self.calls))
        body = json.dumps({"code": 0, "message": "success", "data": data}).encode()
        self.collect(self.live.receive(call, 200, body, self.now))

    @precondition(lambda self: bool(self.calls))
    @rule(status=st.sampled_from([200, 401, 500]), body=st.sampled_from([b'{"code":7,"message":"no"}', b"", b"{"]))
    def fail(self, status: int, body: bytes) -> None:
        self.collect(self.live.receive(self.calls.pop(0), status, body, self.now))

    @precondition(lambda self: bool(self.calls))
    @rule()
    def lose(self) -> None:
        self.collect(self.live.failed(self.calls.pop(), "reset", self.now))

    @rule(status=st.sampled_from([35, 34, 36, 37, 39, 5, 41]), name=NAMES)
    def callback(self, status: int, name: str) -> None:
        self.collect(called_back(self.live, status, self.now, commandTraceId=name))

    @rule(status=st.sampled_from([TakeoverStatus.QUEUED, TakeoverStatus.STARTED, TakeoverStatus.FINISHED]), name=NAMES)
    def notice(self, status: TakeoverStatus, name: str) -> None:
        self.collect(self.live.noticed(TakeoverNoticed(status=status, trace_id=name), self.now))

    @rule(seconds=st.sampled_from([0.0, 1.0, 2.0, 6.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.live.handle_timeout(self.now)
        self.collect([])

    @rule(act=st.sampled_from(["say", "queue", "cancel", "cancel all", "reorder", "list", "start", "look"]), name=NAMES)
    def ask(self, act: str, name: str) -> None:
        before = self.live.state
        acts: dict[str, Callable[[], Any]] = {
            "say": lambda: self.live.say(WORDS),
            "queue": lambda: self.live.queue(WORDS, 1),
            "cancel": lambda: self.live.cancel(name),
            "cancel all": lambda: self.live.cancel(),
            "reorder": lambda: self.live.reorder(name, 1),
            "list": lambda: self.live.list_queue(),
            "start": lambda: self.live.start(),
            "look": lambda: self.live.look(),
        }
        try:
            acts[act]()
        except LocalProtocolError:
            assert self.live.state is before
            assert self.live.calls_to_make() == []
        self.collect([])

    @rule(really=st.integers(0, 9))
    def close(self, really: int) -> None:
        # A live that is over at once shows little.
        if really == 0:
            self.collect(self.live.close(self.now))

    @invariant()
    def it_ends_once(self) -> None:
        assert self.ends == (self.live.state is LiveState.ENDED)
        if self.live.is_over:
            assert self.live.next_timeout() is None
            assert self.live.takeovers.open == ()

    @invariant()
    def each_takeover_ends_once(self) -> None:
        assert len(set(self.over)) == len(self.over)

    @invariant()
    def something_happens_in_time_while_it_goes_on(self) -> None:
        if self.live.state in (LiveState.INITIALISING, LiveState.READY, LiveState.LIVE):
            assert self.live.next_timeout() is not None


Live.TestCase.settings = settings(max_examples=examples(50), stateful_step_count=40, deadline=None)
TestLive = Live.TestCase


SERVER_TEXTS: Final = st.one_of(
    st.sampled_from([1, 2, 4, 5, 6, 7]).map(lambda code: json.dumps({"code": code, "message": ""})),
    st.sampled_from([2, 2, 4, 18, 3]).map(lambda code: json.dumps({"code": str(code), "message": ""})),
    ANY_JSON.map(json.dumps),
    st.text(max_size=5),
)


class Microphone(RuleBasedStateMachine):
    """A caller and a server who each do as they like on one socket."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.client = MicrophoneClient(MicrophoneOptions(several_rounds=True, ready_timeout=3.0, packet=4))
        self.sent: list[str | bytes] = []
        self.client.connected(0.0)
        self.sent += self.client.data_to_send()

    @rule(text=SERVER_TEXTS)
    def server(self, text: str) -> None:
        if '"code": 1,' in text and len(self.sent) % 3:
            # A conversation that is over at once shows little.
            return
        before = self.client.state
        refusal: RemoteProtocolError | None = None
        try:
            self.client.receive(text, self.now)
        except RemoteProtocolError as error:
            refusal = error
        if refusal is not None:
            assert refusal.clause.startswith("ST-")
            assert self.client.state is before
        self.sent += self.client.data_to_send()

    @rule(pcm=st.binary(max_size=9))
    def send(self, pcm: bytes) -> None:
        before = self.client.is_speaking
        try:
            self.client.send(pcm)
            assert before
        except LocalProtocolError:
            assert not before
        self.sent += self.client.data_to_send()

    @rule()
    def end(self) -> None:
        with suppress(LocalProtocolError):
            try:
                self.client.end()
            except ValidationError:
                # A sample was cut; its other half comes with the end.
                self.client.end(b"\x00")
        self.sent += self.client.data_to_send()

    @rule()
    def begin(self) -> None:
        with suppress(LocalProtocolError):
            self.client.begin(self.now)
        self.sent += self.client.data_to_send()

    @rule(seconds=st.sampled_from([1.0, 4.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.client.handle_timeout(self.now)

    @invariant()
    def speech_is_between_begin_and_eof(self) -> None:
        in_round = False
        for message in self.sent:
            if isinstance(message, bytes):
                assert in_round
                assert 0 < len(message) <= 4
                assert len(message) % 2 == 0
                continue
            code = microphone_reader.read(message, "client").code
            assert code != microphone_reader.END or in_round
            in_round = code == microphone_reader.BEGIN

    @invariant()
    def only_a_round_that_has_begun_waits(self) -> None:
        assert (self.client.next_timeout() is not None) == (self.client.state is MicrophoneState.BEGUN)
        assert self.client.held == 0 or self.client.state in SPEAKING
        assert self.client.is_live == (self.client.state not in UNHEARD)


Microphone.TestCase.settings = settings(max_examples=examples(50), stateful_step_count=40, deadline=None)
TestMicrophone = Microphone.TestCase


@given(st.lists(SERVER_TEXTS | st.binary(max_size=4), max_size=8))
def test_nothing_is_heard_before_and_after_the_socket(messages: list[str | bytes]) -> None:
    client = MicrophoneClient()
    client.disconnected(None, "", 0.0)
    assert [event for message in messages for event in client.receive(message, 1.0)] == []
    assert client.data_to_send() == []
