"""Who may log in to the broker, and who may publish and listen where."""

from __future__ import annotations

import pytest

from avatarwire.fakeserver.guiji.access import Access
from avatarwire.fakeserver.guiji.scenario import AccountFixture
from tests.fakeserver.guiji.talk import ACCOUNTS, Studio


@pytest.mark.parametrize(
    ("user", "password", "allowed"),
    [
        ("user-1", b"pw-1", True),
        ("user-2", b"pw-2", True),
        ("user-1", b"pw-2", False),
        ("user-1", None, False),
        ("user-1", b"", False),
        ("user-3", b"pw-1", False),
        ("", b"", False),
        (None, None, False),
        ("user-1", b"\xff\xfe", False),
    ],
)
def test_a_login(user: str | None, password: bytes | None, allowed: bool) -> None:
    studio = Studio()
    access = Access(studio.scenario, studio.state.sessions)
    assert access.authenticate("c-1", user, password) is allowed


def test_topics() -> None:
    studio = Studio()
    access = Access(studio.scenario, studio.state.sessions)
    topic = studio.session.topic_sub
    assert access.may_subscribe("user-1", topic)
    assert not access.may_subscribe("user-2", topic)
    assert not access.may_subscribe("user-1", "77001/topicSendClientother")
    assert access.may_publish("user-1", "live-proxy-0")
    assert access.may_publish("user-2", "live-proxy-0")
    assert not access.may_publish("user-1", topic)
    assert not access.may_publish("nobody", "live-proxy-0")


def test_an_account_without_a_user_is_used_without_a_login() -> None:
    open_account = AccountFixture(app_id="app-3", app_secret="s", number="77003", mqtt_user="", mqtt_password="")
    studio = Studio(accounts=(*ACCOUNTS, open_account))
    access = Access(studio.scenario, studio.state.sessions)
    session = studio.state.sessions.create(studio.room, "", open_account)
    assert access.authenticate("c-1", None, None)
    assert not access.authenticate("c-1", "user-1", None)
    assert access.may_publish("", "live-proxy-0")
    assert access.may_subscribe("", session.topic_sub)
    assert not access.may_subscribe("", studio.session.topic_sub)
