"""What a client does wrong over time is in the journal, and nothing that it cannot be blamed for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.guiji import FakeGuiji
from tests.fakeserver.guiji.running import RTMP, Http, Line, human
from tests.fakeserver.guiji.talk import Studio, kinds
from tests.fakeserver.mqtt.raw import DISCONNECT, Raw, connect, publish, subscribe

CREATE = "openApi/live/createLiveSession"


def judged(studio: Studio) -> list[tuple[str, str]]:
    """What was noted of the client beside its messages."""
    return [(item.clause, item.level) for item in studio.judged]


def begun(listeners: Sequence[bool] | None = (True,), **changes: Any) -> Studio:
    """A session that runs, of which the broker tells who listens."""
    studio = Studio(**changes)
    studio.live.conduct.listeners = lambda topic: listeners
    studio.create()
    return studio


# --- heartbeats (GJ-R115) ---


@pytest.mark.parametrize("listeners", [(True,), None], ids=["known", "unknown"])
def test_a_client_that_answers_no_heartbeat_until_its_session_dies(listeners: Sequence[bool] | None) -> None:
    for changes in ({}, {"heartbeat_seconds": 5.0, "missed_heartbeats": 3}):
        studio = begun(listeners, **changes)
        studio.pass_time(30.0, alive=False)
        assert studio.session.destroyed
        assert judged(studio) == [("GJ-R115", "error")]
    assert "heartbeats were not answered: " in studio.judged[0].reason


def test_a_client_that_asks_and_does_not_answer() -> None:
    """It keeps its session by requests, and breaks the rule all the same."""
    studio = begun()
    for _ in range(25):
        studio.pass_time(1.0, alive=False)
        studio.playlist("getPlayList")
    studio.ask("DestroySession")
    assert judged(studio) == [("GJ-R115", "error")]


def test_whoever_could_not_answer_is_not_to_blame() -> None:
    # A heartbeat that has just come when the session ends.
    studio = begun()
    studio.pass_time(10.0, alive=False)
    studio.ask("DestroySession")
    assert judged(studio) == []
    # One that was answered late, which settles those before it.
    studio = begun()
    studio.pass_time(21.0, alive=False)
    studio.beat([message for message in studio.said if message.get("method") == "HeartBeat"][-1])
    studio.ask("DestroySession")
    assert judged(studio) == []
    # None has come at all.
    for studio in (begun(heartbeat_seconds=None), begun()):
        studio.live.withhold_heartbeats(studio.session, on=True)
        studio.pass_time(30.0)
        assert studio.session.destroyed
        assert judged(studio) == []


# --- leaving (GJ-R105) ---


def test_a_client_that_is_gone_until_its_session_dies() -> None:
    for listeners in ((), (False,)):
        studio = begun(listeners)
        studio.pass_time(30.0, alive=False)
        assert judged(studio) == [("GJ-R105", "error")]


def test_a_client_that_has_disconnected_is_warned_of() -> None:
    studio = begun(())
    studio.live.left([studio.session.topic_sub, "another"], studio.clock.now())
    assert judged(studio) == [("GJ-R105", "warning")]
    # Not where somebody else listens, nor after the end.
    studio = begun()
    studio.live.left([studio.session.topic_sub], studio.clock.now())
    studio.live.conduct.listeners = lambda topic: ()
    studio.ask("DestroySession")
    studio.live.left([studio.session.topic_sub], studio.clock.now())
    assert judged(studio) == []


def test_a_session_that_lives_when_the_server_stops() -> None:
    studio = begun()
    studio.live.stopping(studio.clock.now())
    assert judged(studio) == [("GJ-R105", "error")]


def test_sessions_that_are_over_or_were_never_begun_are_left_by_nobody() -> None:
    ended, never = begun(), Studio()
    ended.ask("DestroySession")
    destroyed = begun(())
    destroyed.live.destroy(destroyed.session, "maintenance")
    never.live.conduct.listeners = lambda topic: ()
    never.ask("pushPlayListManager", action="getPlayList")
    for studio in (ended, destroyed, never):
        studio.live.stopping(studio.clock.now())
        assert judged(studio) == []
    never.pass_time(30.0)
    assert never.session.destroyed
    assert judged(never) == []


# --- subscribing (GJ-R072) ---


@pytest.mark.parametrize(
    ("listeners", "noticed"),
    [((), ["GJ-R072"]), ((True,), []), ((False,), []), (None, [])],
    ids=["nobody", "connected", "gone and kept", "unknown"],
)
def test_a_creation_whose_answer_nobody_hears(listeners: Sequence[bool] | None, noticed: list[str]) -> None:
    studio = begun(listeners)
    assert studio.noticed == noticed
    assert studio.session.running


def test_strict_mode_refuses_it() -> None:
    studio = begun((), strict=True)
    assert kinds(studio.said) == ["error"]
    assert not studio.session.begun


# --- over sockets, by a fake that a test has made itself ---


class Customer:
    """One client of a running fake."""

    def __init__(self, fake: FakeGuiji) -> None:
        self.fake = fake
        self.http = Http(fake)
        self.http.log_in()
        self.opened = self.http.data("POST", CREATE, liveId=fake.live_id)

    def line(self) -> Line:
        return Line(self.fake, self.opened, self.http.token)

    def create(self, line: Line) -> dict[str, Any]:
        (robot, *_) = self.http.data("GET", "openApi/robot/platformList")
        return line.creation([human(robot["sceneList"][0]), RTMP], list(self.fake.material_ids))


def errors(fake: FakeGuiji) -> list[str]:
    return [found.clause for found in fake.journal.violations(level="error")]


def test_who_answers_and_ends_breaks_no_rule() -> None:
    with FakeGuiji(clock=VirtualClock()) as fake:
        customer = Customer(fake)
        with customer.line() as line:
            line.answer(customer.create(line))
            for beat in range(1, 6):
                fake.advance(10.0)
                fake.journal.expect_sync("HeartBeat.reply", count=beat)
            line.answer(line.request("DestroySession", {}))
    assert fake.journal.violations() == []


def test_who_leaves_is_told_of_at_once_and_when_the_session_dies() -> None:
    with FakeGuiji(clock=VirtualClock()) as fake:
        customer = Customer(fake)
        opened, line = customer.opened, customer.line()
        with line:
            creation = json.dumps(customer.create(line)).encode()
        with Raw(fake.mqtt_port) as raw:
            raw.send(connect(user=fake.mqtt_user, password=fake.mqtt_password), subscribe((opened["topicSub"], 0)))
            raw.send(publish(opened["topicPub"], creation), DISCONNECT)
            warned = fake.journal.expect_sync(
                transport="note", session=opened["sessionId"], where=lambda entry: bool(entry.violations)
            )
        assert [(found.clause, found.level) for found in warned.violations] == [("GJ-R105", "warning")]
        assert errors(fake) == []
        for _ in range(45):
            fake.advance(1.0)
        assert errors(fake) == ["GJ-R105"]
    assert errors(fake) == ["GJ-R105"]


def test_who_stays_until_the_fake_stops_has_not_ended_its_session() -> None:
    with FakeGuiji() as fake:
        customer = Customer(fake)
        line = customer.line()
        with line:
            line.answer(customer.create(line))
            fake.__exit__(None, None, None)
    assert errors(fake) == ["GJ-R105"]


def test_who_has_not_subscribed_hears_nothing() -> None:
    with FakeGuiji() as fake:
        customer = Customer(fake)
        with customer.line() as line:
            line.client.unsubscribe(customer.opened["topicSub"])
            line.send(json.dumps(customer.create(line)).encode())
            made = fake.journal.expect_sync("CreateNewSession.request")
            assert [found.clause for found in made.violations] == ["GJ-R072"]
