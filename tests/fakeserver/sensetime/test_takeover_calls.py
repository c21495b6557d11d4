"""The six calls about takeovers: what reaches the queue, and how its answers are told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avatarwire.fakeserver.sensetime.live_events import CancelOutcome
from tests.fakeserver.sensetime.client import SPEECH, WORDS, Fake

IMAGE = {"url": "http://img.example/a.png", "rect": [0, 0, 310, 88]}
COMMANDS = ("takeoverCommandV1", "takeoverCommand", "takeoverQueue")


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def session(fake: Fake) -> str:
    return fake.started()


def test_the_command_is_told_its_id(fake: Fake, session: str) -> None:
    assert fake.speak("takeoverCommand", session) == {"isSuccess": True, "commandTraceId": "t-1"}
    [spoken] = fake.queues[session].waiting
    assert spoken.script.speech == spoken.script.tts_query


def test_the_retiring_command_is_told_no_id_and_shows_no_images(fake: Fake, session: str) -> None:
    script = {**SPEECH, "audio": "http://a.example/x.mp3", "foregrounds": [IMAGE], "backgrounds": IMAGE}
    assert fake.speak("takeoverCommandV1", session, script) is True
    [spoken] = fake.queues[session].waiting
    assert not spoken.script.has_images
    assert spoken.script.audio == "http://a.example/x.mp3"
    asked = {"sessionId": session, "param": json.dumps(script)}
    assert fake.violations("takeoverCommandV1", asked) == [
        ("ST-E41", "param.foregrounds", "warning"),
        ("ST-E41", "param.backgrounds", "warning"),
        ("ST-TKO-03", "", "warning"),
    ]
    for operation in COMMANDS[1:]:
        fake.speak(operation, session, script)
        assert any(it.script.has_images for it in fake.queues[session].waiting)


@pytest.mark.parametrize("status", [33, 34])
def test_the_queue_tells_status_and_id(fake: Fake, session: str, status: int) -> None:
    fake.queues[session].next_status = status
    assert fake.speak("takeoverQueue", session) == {"commandStatus": status, "commandTraceId": "t-1"}
    fake.speak("takeoverQueue", session, priority=1)
    fake.speak("takeoverQueue", session, priority=2**63 - 1)
    assert fake.queues[session].asked == [None, 1, 2**63 - 1]


@pytest.mark.parametrize("position", [0, -1])
def test_positions_below_one_are_refused(fake: Fake, session: str, position: int) -> None:
    asked = {"sessionId": session, "param": json.dumps(SPEECH), "priority": position}
    assert fake.refused("takeoverQueue", asked) == (1, "priority: priority is below 1, the first position [ST-E44]")
    envelope = fake.call("takeoverReorder", {"sessionId": session, "commandTraceId": "t-1", "priority": position})
    assert (envelope["code"], envelope["data"]) == (10001, {"isSuccess": False})


def test_a_move_is_told(fake: Fake, session: str) -> None:
    for _ in range(2):
        fake.speak("takeoverQueue", session)
    asked = {"sessionId": session, "priority": 3}
    assert fake.ok("takeoverReorder", {**asked, "commandTraceId": "t-2"}) == {"isSuccess": True}
    assert fake.ok("takeoverReorder", {**asked, "commandTraceId": "t-1"}) == {"isSuccess": False}
    assert fake.queues[session].asked[2:] == [("t-2", 3), ("t-1", 3)]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("a", ("a",)),
        ("a;b", ("a", "b")),
        ("a\uff1bb", ("a", "b")),
        (" a ;; b;", ("a", "b")),
        ("-1", None),
        ("a;-1", None),
    ],
)
def test_cancelling_names_some_or_all(fake: Fake, session: str, text: str, asked: Any) -> None:
    data = fake.ok("takeoverCancel", {"sessionId": session, "commandTraceId": text})
    assert data == {"isSuccess": True, "commandFinishTime": "2026-01-01 08:00:00"}
    assert fake.queues[session].asked == [asked]


@pytest.mark.parametrize("text", ["", ";", " ; "])
def test_cancelling_nothing_is_a_mistake(fake: Fake, session: str, text: str) -> None:
    envelope = fake.call("takeoverCancel", {"sessionId": session, "commandTraceId": text})
    assert envelope["code"] == 10001
    assert envelope["data"] == {"isSuccess": False, "message": envelope["message"]}


def test_a_cancellation_that_fails_says_why(fake: Fake, session: str) -> None:
    fake.queues[session].outcome = CancelOutcome(False, "no takeover x")
    asked = {"sessionId": session, "commandTraceId": "x"}
    assert fake.ok("takeoverCancel", asked) == {"isSuccess": False, "message": "no takeover x"}


def test_the_queue_is_listed(fake: Fake, session: str) -> None:
    assert fake.ok("takeoverQueueList", {"sessionId": session}) == {"commandTraceIds": []}
    for _ in range(2):
        fake.speak("takeoverQueue", session)
    assert fake.ok("takeoverQueueList", {"sessionId": session}) == {"commandTraceIds": ["t-1", "t-2"]}


# --- which lives take takeovers (ST-E09) ---


def refusals(fake: Fake, session: str) -> tuple[Any, Any, int]:
    """What the three commands say."""
    asked = {"sessionId": session, "param": json.dumps(SPEECH)}
    data = [fake.ok(operation, asked) for operation in COMMANDS[:2]]
    return data[0], data[1], fake.refused("takeoverQueue", asked)[0]


REFUSED = (False, {"isSuccess": False}, 6)


def test_a_live_that_is_over_takes_none(fake: Fake, session: str) -> None:
    fake.ok("closeLive", {"sessionId": session})
    assert refusals(fake, session) == REFUSED
    assert fake.ok("takeoverReorder", {"sessionId": session, "commandTraceId": "t", "priority": 1}) == {
        "isSuccess": False
    }
    assert fake.ok("takeoverCancel", {"sessionId": session, "commandTraceId": "-1"}) == {
        "isSuccess": False,
        "message": "the live is over, its status is 5",
    }
    assert fake.ok("takeoverQueueList", {"sessionId": session}) == {"commandTraceIds": []}


def test_a_live_without_a_stream_takes_none() -> None:
    fake = Fake(initialising_seconds=5)
    assert refusals(fake, fake.create()["sessionId"]) == REFUSED


def test_a_live_that_was_not_started_takes_them_unless_strict(fake: Fake) -> None:
    session = fake.create()["sessionId"]
    assert fake.speak("takeoverCommand", session)["isSuccess"] is True
    asked = {"sessionId": session, "param": json.dumps(SPEECH)}
    assert fake.violations("takeoverCommand", asked) == [("ST-LIVE-13", "sessionId", "warning")]
    for strict in (Fake(strict=True), Fake(before_start="refuse")):
        assert refusals(strict, strict.create()["sessionId"]) == REFUSED


@pytest.mark.parametrize("started", [True, False])
def test_speech_through_the_microphone_keeps_takeovers_out(fake: Fake, started: bool) -> None:
    """ST-E56, also before startLive, at state 35."""
    session = fake.started() if started else fake.create()["sessionId"]
    live = fake.state.lives.get(session)
    assert live is not None
    live.speaking = True
    assert refusals(fake, session) == REFUSED
    live.speaking = False
    assert fake.speak("takeoverCommand", session)["isSuccess"] is True
    lax = Fake(takeover_during_speech="accept")
    session = lax.started()
    live = lax.state.lives.get(session)
    assert live is not None
    live.speaking = True
    assert lax.speak("takeoverCommandV1", session) is True


def test_more_than_fifteen_are_taken_and_noted(fake: Fake, session: str) -> None:
    asked = {"sessionId": session, "param": json.dumps(SPEECH)}
    told = [fake.violations("takeoverQueue", asked) for _ in range(17)]
    assert told[:15] == [[]] * 15
    assert told[15:] == [[("ST-TKO-15", "sessionId", "warning")]] * 2


def test_a_queue_may_have_a_limit() -> None:
    fake = Fake(queue_limit=1)
    session = fake.started()
    fake.speak("takeoverQueue", session)
    asked = {"sessionId": session, "param": json.dumps(SPEECH)}
    assert fake.refused("takeoverQueue", asked) == (
        7,
        "sessionId: the queue has 1 takeovers, at most 1 [ST-E47]",
    )


@pytest.mark.parametrize("operation", [*COMMANDS, "takeoverReorder", "takeoverCancel"])
def test_a_live_there_is_not(fake: Fake, operation: str) -> None:
    asked = {"sessionId": "x", "param": json.dumps(SPEECH), "commandTraceId": "t", "priority": 1}
    envelope = fake.call(operation, asked)
    assert envelope["code"] == 10005
    # The retiring command and the queue have no isSuccess to say (ST-E08).
    assert ("data" in envelope) is (operation not in ("takeoverCommandV1", "takeoverQueue"))


def test_words_of_ten_characters_are_enough(fake: Fake, session: str) -> None:
    for content, code in (("一二三四五六七八九十", 0), (" 123456789 ", 10001), (WORDS, 0)):
        param = json.dumps({"tts_query": {"content": content, "ssml": False}})
        assert fake.call("takeoverCommand", {"sessionId": session, "param": param})["code"] == code
    lax = Fake(short_speech="accept")
    session = lax.started()
    assert lax.speak("takeoverCommand", session, {"tts_query": {"content": "short", "ssml": False}})["isSuccess"]
