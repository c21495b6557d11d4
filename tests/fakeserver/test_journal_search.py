"""Searches of a fake's journal that could never find anything are errors, and no answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, Journal, VirtualClock

WAYS: dict[str, Callable[..., Any]] = {
    "entries": Journal.entries,
    "expect_none": Journal.expect_none,
    "expect_sync": Journal.expect_sync,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_misspelt_message_is_an_error_that_names_the_nearest(way: str) -> None:
    with pytest.raises(ValueError, match=r"unknown message 'text_drive.requst'.*did you mean text_drive.request"):
        WAYS[way](FakeAliyun().journal, "text_drive.requst")


@pytest.mark.parametrize("way", WAYS)
def test_a_message_of_another_vendor_is_an_error(way: str) -> None:
    with pytest.raises(ValueError, match=r"unknown message 'HeartBeat\.reply'"):
        WAYS[way](FakeSenseTime().journal, "HeartBeat.reply")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("criteria", "error", "text"),
    [
        ({"sesion": "s"}, TypeError, "unknown criterion 'sesion' in a search of the journal: did you mean session"),
        (
            {"request_id": "r"},
            TypeError,
            "unknown criterion 'request_id'.*: there are body, connection, direction, session, since",
        ),
        ({"transport": "websocket"}, ValueError, "unknown transport 'websocket'"),
        ({"direction": "inn"}, ValueError, "unknown direction 'inn'.*did you mean in"),
        ({"session": 5}, TypeError, "session is a text, not 5"),
        ({"where": "x"}, TypeError, "where is called with an entry"),
        ({"since": "1"}, TypeError, "since is a number"),
        ({"since": True}, TypeError, "since is a number"),
    ],
)
def test_a_criterion_that_no_entry_can_meet_is_an_error(
    way: str, criteria: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        WAYS[way](FakeGuiji().journal, "HeartBeat.reply", **criteria)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("message", "transport", "text"),
    [
        ("text_drive.request", "http", r"text_drive.request travels on 'http' .*: there are ws$"),
        ("StartAvatarSession.request", "ws", "there are http$"),
        (None, "mqtt", "no entry travels on 'mqtt' in a search of the journal: there are http, ws$"),
    ],
)
def test_a_transport_that_the_message_never_takes_is_an_error(
    way: str, message: str | None, transport: str, text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        WAYS[way](FakeAliyun().journal, message, transport=transport)


@pytest.mark.parametrize(
    ("message", "direction", "words"),
    [
        ("text_drive.request", "out", r"text_drive\.request goes 'out' .*: there are in$"),
        ("text_drive.response", "in", r"text_drive\.response goes 'in' .*: there are out$"),
        ("StartAvatarSession.response", "in", r"StartAvatarSession\.response goes 'in' .*: there are out$"),
    ],
)
def test_a_direction_that_the_message_never_takes_is_an_error(message: str, direction: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        FakeAliyun().journal.expect_none(message, direction=direction)


def test_what_the_fake_has_to_say_may_be_about_any_message() -> None:
    fake = FakeAliyun()
    fake.journal.expect_none("text_drive.request", transport="note")
    fake.journal.expect_none("text_drive.request", transport="ws")
    fake.journal.expect_none("handshake.websocket", transport="http")
    fake.journal.expect_none(transport="ws")


def test_a_level_that_there_is_not_is_an_error() -> None:
    with pytest.raises(
        ValueError, match="unknown level 'eror' in a search of violations: there are error, warning, note"
    ):
        FakeAliyun().journal.violations(level="eror")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def test_so_is_one_that_is_awaited() -> None:
    with pytest.raises(ValueError, match="unknown message"):
        await FakeGuiji().journal.expect("HeartBeat.replies")


def test_a_message_that_is_no_text_is_an_error() -> None:
    with pytest.raises(TypeError, match="the id of a message is a text, not 5"):
        FakeAliyun().journal.expect_none(5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_what_only_the_fake_itself_says_can_be_looked_for() -> None:
    for fake in (FakeAliyun(), FakeGuiji(), FakeSenseTime()):
        for message in ("function.failed", "handshake.websocket", "journal.dropped"):
            fake.journal.expect_none(message)
    FakeSenseTime().journal.expect_none("CallbackBody.given_up")


def test_a_journal_without_a_vendor_holds_anything() -> None:
    Journal(VirtualClock()).expect_none("anything")
