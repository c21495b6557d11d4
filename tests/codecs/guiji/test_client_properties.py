"""What holds for the client of a session whatever a server sends and whatever a caller asks for."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from avatarwire.codecs.errors import LocalProtocolError, RemoteProtocolError
from avatarwire.codecs.guiji import events as e
from avatarwire.codecs.guiji.client.session import SessionClient
from avatarwire.codecs.guiji.client.states import ClientState
from tests.codecs.guiji.conversation import OPENED, SIZE, Talk, subscribed
from tests.codecs.guiji.rpc_samples import HUMAN, SAMPLES, SESSION, TOKEN, TOPIC
from tests.codecs.strategies import ANY_JSON
from tests.examples import examples

IDS: Final = st.integers(1, 12)
INNER: Final[dict[str, Any]] = {"sessionId": st.sampled_from([SESSION, SESSION, SESSION, ":---:" + SESSION, "other"])}
PARAMS: Final = st.fixed_dictionaries(
    INNER,
    optional={
        "state": st.sampled_from(["Running", "Destroy", "StreamPlay", "Show", "Paused"]),
        "status": st.sampled_from(["begin", "end"]),
        "type": st.sampled_from(["playList", "insertlis", "dthuman"]),
        "nowPcmId": st.integers(0, 9),
        "playList": st.sampled_from(["[]", "[1,2]", "x"]),
        "x": ANY_JSON,
    },
)
RESULT: Final = st.fixed_dictionaries(
    INNER, optional={"ok": st.booleans(), "message": st.text(max_size=3), "data": st.lists(st.integers(0, 9))}
)
ERROR: Final = st.fixed_dictionaries({**INNER, "message": st.text(max_size=3), "code": st.integers(-9, 9)})
OBJECTS: Final = st.one_of(
    st.fixed_dictionaries({"id": IDS, "result": RESULT}),
    st.fixed_dictionaries({"id": IDS, "error": ERROR}),
    st.fixed_dictionaries({"id": IDS, "method": st.just("HeartBeat"), "params": PARAMS}),
    st.fixed_dictionaries({"id": IDS, "method": st.sampled_from(["SessionState", "Notice"]), "params": PARAMS}),
    st.sampled_from(SAMPLES).map(lambda sample: sample.fields),
)
PAYLOADS: Final = st.one_of(OBJECTS.map(lambda fields: json.dumps(fields).encode()), st.binary(max_size=40))


@settings(deadline=None)
@given(payloads=st.lists(PAYLOADS, max_size=12), strict=st.booleans())
def test_whatever_arrives_is_told_or_refused_and_nothing_else(payloads: list[bytes], strict: bool) -> None:
    talk = subscribed(strict=strict)
    client = talk.client
    talk.create()
    for now, payload in enumerate(payloads):
        before = client.state
        events: list[e.Event] = []
        refusal: RemoteProtocolError | None = None
        try:
            events = client.receive(TOPIC, payload, float(now))
        except RemoteProtocolError as error:
            refusal = error
        assert all(isinstance(event, e.Event) for event in events)
        if refusal is not None:
            assert refusal.clause.startswith("GJ-")
            assert client.state is before
    assert client.is_live == (client.state is not ClientState.ENDED)


class Session(RuleBasedStateMachine):
    """A caller that asks for anything, a server that answers as it likes, and time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.client = SessionClient(OPENED, TOKEN)
        self.talk = Talk()
        self.talk.client = self.client
        self.now = 0.0
        self.asked: list[int] = []
        self.concluded: Counter[int] = Counter()
        self.ended = 0
        self.heartbeats = 0
        self.replies = 0

    def take(self, events: list[e.Event]) -> None:
        for event in events:
            assert not self.ended
            if isinstance(event, e.Conclusion):
                self.concluded[event.request_id] += 1
            if isinstance(event, e.HeartbeatAnswered):
                self.heartbeats += 1
            if isinstance(event, e.Ended):
                self.ended += 1

    @rule()
    def subscribe(self) -> None:
        with suppress(LocalProtocolError):
            self.client.subscribed(self.now)

    @rule()
    def create(self) -> None:
        with suppress(LocalProtocolError):
            id_ = self.client.create(res_list=[HUMAN], playlist=[6], video_size=SIZE, now=self.now)
            self.asked.append(id_)

    @rule(index=st.integers(0, 5))
    def command(self, index: int) -> None:
        client = self.client
        commands: list[Any] = [
            lambda: client.modify(now=self.now),
            lambda: client.switch_template("7002", now=self.now),
            lambda: client.set_push_streams(["rtmp://h/a"], now=self.now),
            lambda: client.close_push_streams(["rtmp://h/a"], now=self.now),
            lambda: client.add([7], now=self.now),
            lambda: client.destroy(now=self.now),
        ]
        with suppress(LocalProtocolError):
            self.asked.append(commands[index]())

    @rule(id_=IDS, ok=st.booleans())
    def answer(self, id_: int, ok: bool) -> None:
        self.talk.now = self.now
        self.take(self.talk.answer(id_, ok=ok, message="m"))

    @rule(id_=IDS)
    def refuse(self, id_: int) -> None:
        self.talk.now = self.now
        self.take(self.talk.refuse(id_))

    @rule(id_=IDS)
    def beat(self, id_: int) -> None:
        self.talk.now = self.now
        self.take(self.talk.beat(id_))

    @rule()
    def publish(self) -> None:
        for fields in self.talk.listen():
            self.replies += "result" in fields

    @rule(seconds=st.sampled_from([0.5, 6.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.take(self.client.handle_timeout(self.now))

    @rule(dice=st.integers(0, 9))
    def end(self, dice: int) -> None:
        if dice == 0:
            self.take(self.client.disconnected(self.now))
        elif dice == 1:
            self.take(self.talk.tell(state="Destroy"))

    @invariant()
    def ids_never_repeat(self) -> None:
        assert self.asked == sorted(set(self.asked))

    @invariant()
    def every_request_is_open_or_has_one_conclusion(self) -> None:
        assert set(self.client.unanswered).isdisjoint(self.concluded)
        assert set(self.asked) == set(self.client.unanswered) | set(self.concluded)
        assert set(self.concluded.values()) <= {1}

    @invariant()
    def nothing_is_answered_twice(self) -> None:
        assert self.replies <= self.heartbeats

    @invariant()
    def there_is_one_end(self) -> None:
        assert self.ended == (self.client.state is ClientState.ENDED)
        assert not self.ended or self.client.next_timeout() is None


TestSession = Session.TestCase
TestSession.settings = settings(max_examples=examples(60), stateful_step_count=30, deadline=None)
