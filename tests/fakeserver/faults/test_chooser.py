"""A function in the place of rules: asked about every message, on every transport, and what it returns acts once."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, FakeServerError, Fault, ScenarioError
from avatarwire.fakeserver.faults import Passing
from avatarwire.fakeserver.faults.changes import Content
from avatarwire.fakeserver.server import FakeServer
from tests.fakeserver.aliyun.running import LIMIT, packet, start
from tests.fakeserver.aliyun.socket_talk import HEARTBEAT, HEARTBEAT_ANSWER, Talk, nothing_more
from tests.fakeserver.faults.calls import call
from tests.fakeserver.faults.exchanges import EXCHANGES, Hook, called, lived
from tests.fakeserver.faults.matrix import PLACES, rule_of
from tests.fakeserver.faults.test_matrix import SEEN, SHORT
from tests.fakeserver.guiji.by_hand import created, customer, opened, told
from tests.fakeserver.sensetime.client import SCRIPT


class Asked:
    """Remembers what it is asked about, and chooses a fault for one of them: the first of an id and a direction."""

    def __init__(self, message: str = "", side: str = "out", fault: Fault | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self._one = side, message
        self._fault = fault

    def __call__(self, passing: Passing) -> Fault | None:
        self.asked.append((passing.side, passing.id))
        is_first = self.asked.count(self._one) == 1
        return self._fault if is_first and self.asked[-1] == self._one else None


# --- what it is asked ---


def test_of_a_call_first_the_request_and_then_the_answer(talk: Talk) -> None:
    asked = Asked()
    talk.fake.faults.chooser = asked
    call(talk)
    assert asked.asked == [("in", "StartAvatarSession.request"), ("out", "StartAvatarSession.response")]


def test_of_a_socket_its_handshake_and_each_message(talk: Talk) -> None:
    session = start(talk.fake)
    asked = Asked()
    talk.fake.faults.chooser = asked
    with talk.line(session) as line:
        line.ask("hi")
        line.answer()
        assert asked.asked == [
            ("in", "handshake.websocket"),
            ("in", "channel_ready.request"),
            ("out", "channel_ready.response"),
            ("in", "text_drive.request"),
            ("out", "text_drive.response"),
            ("out", "text_drive.response"),
        ]


def test_of_a_broker_its_handshake_and_each_message(guiji: FakeGuiji) -> None:
    session = opened(customer(guiji), guiji)
    asked = Asked()
    with created(guiji, session) as client:
        told(client)
        guiji.faults.chooser = asked
        with socket.create_connection((guiji.mqtt_host, guiji.mqtt_port)) as other:
            other.sendall(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00")
            assert other.recv(4)
        guiji.commands["destroy"](session=session["sessionId"])
    assert asked.asked == [("in", "handshake.mqtt"), ("out", "SessionState.Destroy")]


def test_of_callbacks_each() -> None:
    hook = Hook()
    hook.start()
    with hook.listener, FakeSenseTime(callback_url=hook.url, seed=7) as fake:
        asked = Asked()
        fake.faults.chooser = asked
        lived(fake)
    assert [id_ for side, id_ in asked.asked if side == "out"] == [
        "createLive.response",
        "CallbackBody",
        "closeLive.response",
        "CallbackBody",
    ]


@pytest.mark.parametrize("side", ["in", "out"])
def test_a_message_says_what_it_is(talk: Talk, side: str) -> None:
    asked: list[Passing] = []

    def choose(passing: Passing) -> Fault | None:
        asked.append(passing)
        return None

    with talk.line() as line:
        talk.fake.faults.chooser = choose
        line.ask("hi")
        line.answer()
    passing = next(passing for passing in asked if passing.side == side)
    assert (passing.transport, passing.session, passing.failed) == ("ws", line.session.id, False)
    text = {"in": "text", "out": "content"}[side]
    members: Any = passing.content.json
    assert members["messageId"] == "m-1"
    assert text in members
    assert passing.content.data.endswith(b"}")


def test_a_failed_answer_says_so(talk: Talk) -> None:
    failed: list[tuple[str, bool]] = []

    def choose(passing: Passing) -> None:
        failed.append((passing.id, passing.failed))

    talk.fake.faults.chooser = choose
    assert call(talk, "checkSession", sessionId="s-9").status == 404
    assert failed == [("CheckSession.request", False), ("CheckSession.response", True)]


MAKING: list[tuple[Callable[[], FakeServer], str, Callable[[Any], object]]] = [
    (lambda: FakeAliyun(verify_signatures=False), "StartAvatarSession.response", start),
    (FakeGuiji, "createLiveSession.response", lambda fake: opened(customer(fake), fake)),
    (FakeSenseTime, "createLive.response", lambda fake: called(fake, "createLive", param=json.dumps(SCRIPT))),
]


@pytest.mark.parametrize(("make", "message", "make_session"), MAKING, ids=[message for _, message, _ in MAKING])
@pytest.mark.parametrize("do", ["drop", "close", "reset"])
def test_the_answer_that_makes_a_session_names_it_although_it_is_lost(
    make: Callable[[], FakeServer], message: str, make_session: Callable[[Any], object], do: Any
) -> None:
    with make() as fake:
        fake.faults.chooser = Asked(message, "out", Fault(do=do))
        with pytest.raises((OSError, httpx.TransportError)):
            make_session(fake)
        [fault] = fake.journal.entries("fault")
        [session] = fake.sessions()
        assert (fault.session, fault.meta["faulted"], fault.meta["do"]) == (session["session"], message, do)
        assert (fault.meta["carried_by"], fault.meta["going"]) == ("http", "out")


# --- what it returns ---

ACTING = [(place, do) for place in PLACES for do in SEEN[place] if (place[-3:], do) != ("out", "reject")]


def as_chosen(fake: FakeServer, rule: Mapping[str, Any]) -> None:
    fake.faults.chooser = Asked(rule["message"], rule["direction"], Fault(**rule))


@pytest.mark.parametrize(("place", "do"), ACTING, ids=[f"{place}: {do}" for place, do in ACTING])
def test_it_acts_once_as_a_rule_would(place: str, do: str) -> None:
    words = SEEN[place][do].split()
    with EXCHANGES[place](rule_of(place, do), as_chosen) as (fake, receive):
        for word in words:
            if word in ("later", "silent"):
                fake.journal.expect_sync("fault")
                assert receive(SHORT) is None
                if word == "later":
                    fake.advance(2)
            else:
                assert receive(LIMIT) == word
        faults = fake.journal.entries("fault")
        assert {(fault.meta["rule"], fault.meta["do"]) for fault in faults} == {("chosen-1", do)}
        assert fake.faults.failures == []


def test_rules_of_the_list_go_before_it(talk: Talk) -> None:
    asked = Asked("heartbeat.pong", "out", Fault(do="truncate", bytes=4))
    talk.fake.faults.add(message="heartbeat.pong", do="truncate", bytes=3, times=1)
    with talk.line() as line:
        talk.fake.faults.chooser = asked
        for length in (3, 4, 13):
            line.socket.send(HEARTBEAT)
            assert len(line.raw()) == length
    assert asked.asked.count(("out", "heartbeat.pong")) == 2


def test_which_messages_and_how_often_is_its_own_business(talk: Talk) -> None:
    elsewhere = Fault(
        do="truncate", bytes=4, message="asr.result", direction="in", session="s", where={"x": 1}, skip=9, until=0.5
    )
    with talk.line() as line:
        talk.fake.faults.chooser = lambda passing: elsewhere if passing.id == "heartbeat.pong" else None
        for _ in range(3):
            line.socket.send(HEARTBEAT)
            assert line.raw() == HEARTBEAT_ANSWER[:4]


def test_chance_follows_the_seed(running: ExitStack) -> None:
    """What the same function chooses for the same traffic is the same."""

    def serve(**changes: Any) -> FakeAliyun:
        return running.enter_context(FakeAliyun(**changes))

    seen: list[list[bytes]] = []
    for _ in range(2):
        talk = Talk(serve, seed=7)
        with talk.line() as line:
            talk.fake.faults.chooser = lambda passing: Fault(do="corrupt", bits=5) if passing.side == "out" else None
            pongs: list[bytes] = []
            for _ in range(3):
                line.socket.send(HEARTBEAT)
                pongs.append(line.raw())
        seen.append(pongs)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 3


def test_a_message_that_it_delays_it_is_not_asked_about_again(talk: Talk) -> None:
    asked = Asked("heartbeat.pong", "out", Fault(do="delay", seconds=3))
    with talk.line() as line:
        talk.fake.faults.chooser = asked
        line.socket.send(HEARTBEAT)
        talk.fake.journal.expect_sync("fault")
        talk.advance(3)
        assert line.raw() == HEARTBEAT_ANSWER
    assert asked.asked == [("in", "heartbeat.ping"), ("out", "heartbeat.pong")]


@pytest.mark.parametrize("end", ["clear", "reset", "None"])
def test_without_it_nothing_is_different(talk: Talk, end: str) -> None:
    faults = talk.fake.faults
    faults.chooser = lambda passing: Fault(do="drop")
    if end == "None":
        faults.chooser = None
    else:
        getattr(faults, end)()
    assert faults.chooser is None
    with talk.line() as line:
        nothing_more(line)


# --- what it has the fake do ---


def test_what_it_has_an_aliyun_fake_send_comes_before_the_message(talk: Talk) -> None:
    def choose(passing: Passing) -> None:
        if passing.id == "text_drive.response":
            talk.fake.send("session.recovering", session=passing.session)

    with talk.line() as line:
        talk.fake.faults.chooser = choose
        line.ask("hi", ask=2)
        line.hear("session.recovering")
        line.hear("text_drive.response")
        nothing_more(line)


def test_a_command_of_aliyuns_comes_before_the_message(talk: Talk) -> None:
    def choose(passing: Passing) -> None:
        if passing.id == "text_drive.request":
            talk.fake.recover(passing.session)

    with talk.line() as line:
        talk.fake.faults.chooser = choose
        line.ask("hi")
        line.hear("session.recovering")
        assert "READY" in packet(line.hear("general.message"))["message"]


def test_a_session_that_it_ends_takes_the_message_with_it(talk: Talk) -> None:
    def choose(passing: Passing) -> None:
        if passing.id == "text_drive.response":
            talk.fake.force_close(passing.session)

    with talk.line() as line:
        talk.fake.faults.chooser = choose
        line.ask("hi")
        line.hear("session.force_close")
        assert line.closed() == (1000, "line expired")
    assert talk.fake.journal.entries("text_drive.response") == []
    assert talk.fake.faults.failures == []


def test_the_same_of_guiji(guiji: FakeGuiji) -> None:
    def choose(passing: Passing) -> None:
        if passing.id == "CreateNewSession.result":
            beat = {"sessionId": f":---:{passing.session}", "state": "Running"}
            guiji.send("HeartBeat", {"params": beat}, session=passing.session)
        if passing.id == "SessionState.StreamPlay":
            guiji.destroy(passing.session)

    guiji.faults.chooser = choose
    with created(guiji) as client:
        heard = [told(client) for _ in range(4)]
    assert heard[0]["method"] == "HeartBeat"
    assert "result" in heard[1]
    states = [message["params"] for message in heard[2:]]
    assert ["cause" in state for state in states] == [True, False]
    assert guiji.faults.failures == []


def test_the_same_of_sensetime() -> None:
    hook = Hook()
    hook.start()
    with hook.listener, FakeSenseTime(callback_url=hook.url, seed=7) as fake:

        def choose(passing: Passing) -> None:
            if passing.id == "createLive.response":
                fake.send("CallbackBody", {"status": 9, "result": "the stream broke"}, session=passing.session)
                fake.close_live(passing.session)

        fake.faults.chooser = choose
        live = called(fake, "createLive", param=json.dumps(SCRIPT))["data"]["sessionId"]
        bodies = [json.loads(hook.bodies.get(timeout=LIMIT)) for _ in range(3)]
        assert [(body["sessionId"], body["status"]) for body in bodies] == [(live, 9), (live, 50), (live, 35)]
        assert fake.faults.failures == []


def test_it_is_not_asked_about_what_it_has_sent_itself(talk: Talk) -> None:
    asked: list[str] = []

    def choose(passing: Passing) -> None:
        asked.append(passing.id)
        talk.fake.report_error(passing.session, reason="again and again")

    with talk.line() as line:
        talk.fake.faults.chooser = choose
        line.socket.send(HEARTBEAT)
        assert [line.hear().message for _ in range(3)] == ["general.message", "general.message", "heartbeat.pong"]
    assert asked == ["heartbeat.ping", "heartbeat.pong"]


# --- what goes wrong ---


def test_what_it_raises_is_kept_and_the_message_goes_on(talk: Talk) -> None:
    def choose(passing: Passing) -> Fault | None:
        raise LookupError(passing.id)

    with talk.line() as line:
        talk.fake.faults.chooser = choose
        line.socket.send(HEARTBEAT)
        assert line.raw() == HEARTBEAT_ANSWER
    assert [str(failure) for failure in talk.fake.faults.failures] == ["heartbeat.ping", "heartbeat.pong"]
    notes = talk.fake.journal.entries("function.failed")
    assert [note.meta["faulted"] for note in notes] == ["heartbeat.ping", "heartbeat.pong"]
    assert "LookupError in " in str(notes[0].meta["failure"])
    assert (notes[0].meta["function"], notes[0].session) == ("faults.chooser", line.session.id)
    talk.fake.reset()
    assert talk.fake.faults.failures == []


def test_an_interruption_is_nobodys_to_keep() -> None:
    def choose(passing: Passing) -> Fault | None:
        raise KeyboardInterrupt

    faults = FakeAliyun().faults
    faults.chooser = choose
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            faults.chosen(Passing("heartbeat.pong", "out", "ws", "", lambda: Content(b"")))
    assert faults.failures == []


def test_what_cannot_be_sent_now_is_an_error_in_its_face(talk: Talk) -> None:
    raised: list[str] = []

    def choose(passing: Passing) -> None:
        if passing.id == "handshake.websocket":
            with pytest.raises(FakeServerError) as error:
                talk.fake.send("session.recovering", session=passing.session)
            raised.append(str(error.value))

    session = start(talk.fake)
    talk.fake.faults.chooser = choose
    with talk.line(session) as line:
        nothing_more(line)
    assert raised == [f"no socket is open for session {session.id}"]


WRONG: list[tuple[str, str, Any, str]] = [
    (
        "heartbeat.pong",
        "out",
        Fault(do="reject"),
        "faults.chooser.do: reject is nothing for heartbeat.pong: ",
    ),
    ("heartbeat.ping", "in", Fault(do="delay"), "faults.chooser.seconds: delay needs seconds"),
    ("heartbeat.pong", "out", Fault(do="drop", bits=3), "faults.chooser.bits: drop has no such key; its own are: none"),
    ("heartbeat.pong", "out", Fault(do="set", fields={"topic": "x"}), "only what travels on mqtt has a topic"),
    ("heartbeat.pong", "out", Fault(do="close", code=1006), "faults.chooser.code: expected a close code"),
    ("heartbeat.pong", "out", Fault(do="explode"), "faults.chooser.do: expected one of drop"),  # type: ignore[arg-type]
    ("heartbeat.pong", "out", "drop", "faults.chooser"),
]


@pytest.mark.parametrize(("message", "side", "fault", "words"), WRONG, ids=[each[3] for each in WRONG])
def test_what_cannot_act_is_noted_and_the_message_goes_on(
    talk: Talk, message: str, side: str, fault: Any, words: str
) -> None:
    with talk.line() as line:
        talk.fake.faults.chooser = Asked(message, side, fault)
        line.socket.send(HEARTBEAT)
        assert line.raw() == HEARTBEAT_ANSWER
    [failure] = talk.fake.faults.failures
    assert isinstance(failure, ScenarioError)
    assert words in str(failure)
    [note] = talk.fake.journal.entries("function.failed")
    assert (note.body, note.meta["failure"], note.meta["faulted"]) == (str(failure), str(failure), message)
    assert talk.fake.journal.entries("fault") == []


def test_of_a_call_only_the_request_is_rejected(talk: Talk) -> None:
    talk.fake.faults.chooser = lambda passing: Fault(do="reject", status=503) if passing.side == "out" else None
    assert call(talk).status == 200
    [failure] = talk.fake.faults.failures
    assert str(failure).startswith("faults.chooser.do: reject is nothing for StartAvatarSession.response: it is no")


def test_a_message_that_nobody_knows_suffers_as_well(talk: Talk) -> None:
    """Bytes that are no frame have no id."""
    with talk.line() as line:
        talk.fake.faults.chooser = lambda passing: Fault(do="close", code=1012) if not passing.id else None
        line.socket.send(b"what?")
        assert line.closed()[0] == 1012


def test_a_request_is_rejected_in_the_form_of_the_vendor_once(talk: Talk) -> None:
    talk.fake.faults.chooser = Asked("StartAvatarSession.request", "in", Fault(do="reject", code="Throttling.User"))
    assert call(talk).json["Code"] == "Throttling.User"
    assert call(talk).status == 200
    assert len(talk.fake.sessions()) == 1
