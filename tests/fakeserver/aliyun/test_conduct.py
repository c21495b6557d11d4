"""What a client does wrong over time is in the journal, and nothing that it cannot be blamed for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import connect as connect_sync

from avatarwire.fakeserver.aliyun import FakeAliyun
from avatarwire.fakeserver.clock import VirtualClock
from tests.fakeserver.aliyun.running import Line, Started, packet, start, stop
from tests.fakeserver.wire import Wire

pytestmark = pytest.mark.usefixtures("no_proxy")


def made(**changes: Any) -> FakeAliyun:
    """A fake that a test makes itself."""
    tunables: dict[str, Any] = {"verify_signatures": False, "polls_until_ready": 0, **changes}
    return FakeAliyun(clock=VirtualClock(), **tunables)


def judged(fake: FakeAliyun) -> list[tuple[str, str]]:
    """What was found, with its level."""
    return [(found.clause, found.level) for found in fake.journal.violations()]


def errors(fake: FakeAliyun) -> list[str]:
    return [found.clause for found in fake.journal.violations(level="error")]


def talk(session: Started, *, until: Callable[[], object] = lambda: None) -> None:
    """Opens the socket of a session, prepares the channel, and closes the socket after what is to happen before."""
    with connect_sync(session.url, proxy=None) as socket:
        Line(socket, session).prepare()
        until()


def left(fake: FakeAliyun, times: int = 1) -> None:
    """Waits until the fake knows that a socket is gone."""
    fake.journal.expect_sync(where=lambda entry: entry.body == "disconnected", count=times)


# --- sessions (ALI-R081) ---


def test_who_stops_the_session_and_then_closes_the_socket_breaks_no_rule() -> None:
    with made() as fake:
        session = start(fake)
        talk(session, until=lambda: stop(fake, session))
        left(fake)
    assert judged(fake) == []


def test_who_closes_the_socket_first_is_warned_of() -> None:
    with made() as fake:
        session = start(fake)
        talk(session)
        left(fake)
        assert stop(fake, session) == "Stopped"
    assert judged(fake) == [("ALI-R081", "warning")]


def test_who_comes_back_has_not_left() -> None:
    with made(idle_seconds=60.0) as fake:
        session = start(fake)
        talk(session)
        left(fake)
        talk(session, until=lambda: stop(fake, session))
    assert errors(fake) == []


def test_a_session_that_was_never_stopped_is_found_when_the_fake_stops() -> None:
    with made() as fake:
        talk(start(fake))
        left(fake)
        assert errors(fake) == []
    assert errors(fake) == ["ALI-R081"]
    [found] = fake.journal.violations(level="error")
    assert "StopAvatarSession has not come: it lives when the server stops" in str(found)


def test_so_is_one_whose_socket_is_open_and_one_that_never_had_one() -> None:
    with ExitStack() as clients, made(projects=[{"id": "p-1", "channels": 2}]) as fake:
        one, _ = start(fake), start(fake, "rq-2")
        Line(clients.enter_context(connect_sync(one.url, proxy=None)), one).prepare()
    assert judged(fake) == [("ALI-R081", "error")] * 2


def test_who_is_gone_when_the_session_ends_has_left_it() -> None:
    for changes in ({"idle_seconds": 60.0}, {"line_seconds": 60.0}):
        with made(**changes) as fake:
            talk(start(fake))
            left(fake)
            fake.advance(61)
            assert errors(fake) == ["ALI-R081"]
        assert errors(fake) == ["ALI-R081"]


def test_whoever_the_fake_has_sent_away_is_not_to_blame() -> None:
    def closed_by_force(fake: FakeAliyun, session: Started) -> None:
        fake.force_close(session.id)

    def expired(fake: FakeAliyun, session: Started) -> None:
        fake.advance(1000)

    for ending in (closed_by_force, expired):
        with made(line_seconds=1000.0) as fake:
            session = start(fake)
            with connect_sync(session.url, proxy=None) as socket:
                line = Line(socket, session)
                line.prepare()
                ending(fake, session)
                line.hear("session.force_close")
                line.closed()
            left(fake)
        assert judged(fake) == []


def test_a_socket_that_the_fake_closes_is_left_by_nobody() -> None:
    def dropped(fake: FakeAliyun, session: Started) -> None:
        fake.drop(session.id)

    def silent(fake: FakeAliyun, session: Started) -> None:
        fake.advance(30)

    def replaced(fake: FakeAliyun, session: Started) -> None:
        talk(session, until=lambda: stop(fake, session))

    for closing in (dropped, silent, replaced):
        with made(heartbeat_seconds=30.0) as fake:
            session = start(fake)
            with connect_sync(session.url, proxy=None) as socket:
                line = Line(socket, session)
                line.prepare()
                closing(fake, session)
                line.closed()
            left(fake)
            assert judged(fake) == []
            stop(fake, session)
        assert judged(fake) == []


def test_a_session_that_a_test_ends_while_its_client_is_away_is_not_blamed_on_it() -> None:
    with made() as fake:
        session = start(fake)
        talk(session)
        left(fake)
        fake.force_close(session.id)
    assert errors(fake) == []


# --- handshakes ---


def with_another_signature(query: str) -> str:
    token, _, rest = query.partition("&")
    return f"{token[:-2]}{'A' if token[-2] != 'A' else 'B'}{token[-1]}&{rest}"


WRONG: Final[dict[str, tuple[Callable[[str], str], list[tuple[str, str]]]]] = {
    "no token": (lambda query: query.partition("&")[2], [("ALI-R074", "error")]),
    "garbage": (lambda query: "token=a.b.c&" + query.partition("&")[2], [("ALI-R075", "error")]),
    "another session": (lambda query: query.partition("&")[0] + "&sessionId=other", [("ALI-R076", "error")]),
    "another signature": (with_another_signature, [("ALI-R076", "error")]),
}


def upgrade(fake: FakeAliyun, query: str) -> int:
    with Wire(f"{fake.ws_url}?{query}") as wire:
        return wire.upgrade().status


@pytest.mark.parametrize("case", WRONG)
def test_a_handshake_with_a_wrong_token_breaks_a_rule(case: str) -> None:
    change, found = WRONG[case]
    with made() as fake:
        session = start(fake)
        assert upgrade(fake, change(urlsplit(session.url).query)) == 401
        stop(fake, session)
    assert judged(fake) == found


def test_a_token_that_was_right_once_is_only_worth_a_warning() -> None:
    with made(token_seconds=60.0) as fake:
        session = start(fake)
        query = urlsplit(session.url).query
        fake.advance(61)
        assert upgrade(fake, query) == 401
        assert judged(fake) == [("ALI-E53", "warning")]
        session = start(fake)  # a fresh token
        stop(fake, session)
        assert upgrade(fake, urlsplit(session.url).query) == 401
        assert judged(fake)[1:] == [("ALI-E51", "warning")]


def test_so_is_a_second_socket_where_one_is_allowed() -> None:
    with made(second_connection="refuse") as fake:
        session = start(fake)

        def again() -> None:
            assert upgrade(fake, urlsplit(session.url).query) == 409
            stop(fake, session)

        talk(session, until=again)
    assert judged(fake) == [("ALI-E114", "warning")]


def test_an_ordinary_request_where_a_handshake_belongs_breaks_a_rule() -> None:
    with made() as fake:
        session = start(fake)
        parts = urlsplit(session.url)
        with Wire(fake.http_url) as wire:
            assert wire.request(f"GET {parts.path}?{parts.query} HTTP/1.1\nHost: a").status == 400
        stop(fake, session)
    assert judged(fake) == [("ALI-R074", "error")]


# --- sockets that are refused on the socket (ALI-E51, ALI-E53) ---


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_token_may_be_refused_by_a_frame(case: str) -> None:
    change, found = WRONG[case]
    with made(socket_refusal="frame") as fake:
        session = start(fake)
        stop(fake, session)
        query = change(urlsplit(session.url).query)
        with connect_sync(f"{fake.ws_url}?{query}", proxy=None) as socket:
            line = Line(socket, session)
            assert packet(line.hear("general.message"))["code"] == 10001
            assert line.closed() == (1008, "insufficient permission")
    assert judged(fake) == found
