"""Sessions by themselves: what makes one, what silence does to it, and how many ended ones are remembered."""

from __future__ import annotations

from itertools import count

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.guiji.rooms import Room
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.sessions import LiveSession, PullAddresses, Sessions, SessionStage
from avatarwire.fakeserver.scenario import override
from tests.fakeserver.turns import LiveTurn

ACCOUNT = AccountFixture(app_id="a", app_secret="x", number="77001")
ROOM = Room(5, ACCOUNT, "hall", cutin_flag=False)


class Lobby:
    """Sessions on a virtual clock."""

    def __init__(self, **changes: object) -> None:
        self.clock = VirtualClock(1000.0)
        numbers = count(1)
        scenario = override(GuijiScenario(), **changes)
        self.sessions = Sessions(scenario, LiveTurn(self.clock), lambda: f"id-{next(numbers)}")

    def create(self) -> LiveSession:
        return self.sessions.create(ROOM, "morning", ACCOUNT)


def test_what_a_session_is_made_of() -> None:
    lobby = Lobby(expiration_seconds=60, topic_pub="live-proxy-7", stream_host="media.example")
    session = lobby.create()
    assert (session.id, session.live_id, session.name) == ("id-1", 5, "morning")
    assert (session.topic_sub, session.topic_pub) == ("77001/topicSendClientid-2", "live-proxy-7")
    assert (session.expiration, session.created, session.stage) == (60, 1000.0, SessionStage.CREATED)
    assert session.pull_addresses == PullAddresses.of("media.example", "id-1")
    assert session.pull_addresses.rtmp.wan == "rtmp://media.example:1935/live/id-1"
    assert lobby.sessions.get("id-1") is session
    assert lobby.sessions.at(session.topic_sub) is session
    assert lobby.sessions.get("id-2") is None
    assert lobby.sessions.at("live-proxy-7") is None
    assert not session.running


def test_silence_ends_it_even_if_nobody_is_there_to_tell() -> None:
    lobby = Lobby()
    session = lobby.create()
    lobby.clock.advance(29.0)
    lobby.sessions.touch(session)
    lobby.clock.advance(29.9)
    assert lobby.sessions.living() == [session]
    lobby.clock.advance(0.1)
    assert (session.destroyed, session.cause) == (True, "no interaction within expirationTime")
    assert (lobby.sessions.living(), lobby.clock.pending) == ([], 0)


def test_whoever_asked_for_it_is_told_of_silence() -> None:
    lobby = Lobby()
    told: list[LiveSession] = []
    lobby.sessions.expired = told.append
    session = lobby.create()
    lobby.clock.advance(100.0)
    assert told == [session]
    lobby.sessions.destroy(session, "told")
    lobby.sessions.destroy(session, "again")
    assert session.cause == "told"


def test_the_oldest_of_the_ended_are_forgotten() -> None:
    lobby = Lobby(sessions_kept=2)
    ended = [lobby.create() for _ in range(3)]
    living = lobby.create()
    for session in ended:
        lobby.sessions.destroy(session, "over")
    assert [lobby.sessions.get(session.id) for session in ended] == [None, *ended[1:]]
    assert lobby.sessions.at(ended[0].topic_sub) is None
    assert lobby.sessions.living() == [living]
    assert lobby.clock.pending == 1


def test_third_parties_are_replaced_and_removed_by_name() -> None:
    session = Lobby().create()
    session.push_to(["rtmp://a/1", "rtmp://b/2", "rtmp://a/1"])
    assert session.push_urls == ["rtmp://a/1", "rtmp://b/2"]
    session.push_no_more_to(["rtmp://a/1", "rtmp://c/3"])
    assert session.push_urls == ["rtmp://b/2"]
