"""What becomes of a live: made, started, kept going, closed, lost; full platforms; RTC tokens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.sensetime.messages.enums import LiveStatus
from avatarwire.fakeserver.sensetime.live import StatusChanged
from avatarwire.fakeserver.sensetime.live_events import Failed, Finished, Queued, Started, TakeoverEvent
from tests.fakeserver.sensetime.client import OWN_APP, SCRIPT, Fake

RTC = ("rtcAppId", "rtcChannelId", "rtcUid", "rtcToken")
OTHER = {"app_id": "other-app", "app_key": "other-key"}


@pytest.fixture
def fake() -> Fake:
    return Fake()


def account(**changes: Any) -> dict[str, Any]:
    return {"app_id": "fake-app-id", "app_key": "fake-app-key", **changes}


# --- from 35 to 2 to 5 ---


def test_a_live_is_ready_started_and_closed(fake: Fake) -> None:
    made = fake.create(userData="round 7")
    session = made["sessionId"]
    assert made["status"] == 35
    assert made["sessionToken"]
    assert 0 < int(made["rtcUid"]) < 2**32
    assert len(made["rtcChannelId"]) <= 64
    stat = fake.ok("queryStat", {"sessionId": session})
    assert stat == {name: made[name] for name in ("status", "sessionToken", *RTC)}
    assert fake.ok("startLive", {"sessionId": session}) is True
    assert fake.ok("queryStat", {"sessionId": session}) == {**stat, "status": 2}
    assert fake.ok("closeLive", {"sessionId": session}) is True
    assert fake.ok("queryStat", {"sessionId": session}) == {"status": 5}
    assert fake.told == [35, 5]
    assert fake.events[0].live.user_data == "round 7"


def test_starting_twice_is_starting_once(fake: Fake) -> None:
    session = fake.started()
    fake.clock.advance(5)
    assert fake.ok("startLive", {"sessionId": session}) is True
    assert fake.ok("runningList")[0]["startTime"] == "2026-01-01 08:00:00"


def test_a_live_that_is_over_is_not_started(fake: Fake) -> None:
    session = fake.started()
    fake.ok("closeLive", {"sessionId": session})
    code, text = fake.refused("startLive", {"sessionId": session})
    assert (code, text) == (6, "sessionId: the live is over, its status is 5, not 35 [ST-LIVE-13]")


def test_closing_a_live_that_is_over_does_nothing(fake: Fake) -> None:
    session = fake.started()
    assert fake.ok("closeLive", {"sessionId": session}) is True
    assert fake.ok("closeLive", {"sessionId": session}) is False
    assert fake.told == [35, 5]
    strict = Fake(close_ended="code")
    session = strict.started()
    strict.ok("closeLive", {"sessionId": session})
    assert strict.refused("closeLive", {"sessionId": session})[0] == 6


@pytest.mark.parametrize("started", [True, False])
def test_whatever_goes_on_can_be_closed(fake: Fake, *, started: bool) -> None:
    session = fake.started() if started else fake.create()["sessionId"]
    assert fake.ok("closeLive", {"sessionId": session}) is True
    assert fake.queues[session].closed


# --- 32 ---


def test_a_slow_live_is_32_then_35() -> None:
    fake = Fake(initialising_seconds=12)
    made = fake.create()
    assert set(made) == {"sessionId", "sessionToken", "status"}  # nothing of RTC (ST-LIVE-10)
    assert made["status"] == 32
    session = {"sessionId": made["sessionId"]}
    assert fake.ok("queryStat", session) == {"status": 32, "sessionToken": made["sessionToken"]}
    assert fake.refused("startLive", session)[1].startswith("sessionId: the stream is not there yet, its status is 32")
    fake.clock.advance(11.9)
    assert fake.told == []
    fake.clock.advance(0.1)
    assert fake.told == [35]
    assert set(fake.ok("queryStat", session)) == {"status", "sessionToken", *RTC}
    assert fake.ok("startLive", session) is True


def test_a_live_that_fails_to_start_is_32_then_99() -> None:
    fake = Fake(outcomes=("failed", "slow"))
    failed, slow = fake.create(), fake.create()
    assert (failed["status"], slow["status"], fake.create()["status"]) == (32, 32, 35)
    fake.clock.advance(2)
    assert fake.told == [35, 99, 35]
    assert fake.events[1].result == "the stream could not be made"
    assert fake.ok("queryStat", {"sessionId": failed["sessionId"]}) == {"status": 99}


def test_a_slow_live_can_be_closed_before_it_is_ready() -> None:
    fake = Fake(initialising_seconds=12)
    session = fake.create()["sessionId"]
    assert fake.ok("closeLive", {"sessionId": session}) is True
    fake.clock.advance(60)
    assert fake.told == [5]
    assert fake.clock.pending == 0


# --- 9, 97, 98: answered with code 0 (ST-E17), recorded (ST-E18), not called back (ST-E98) ---


def test_creations_that_end_at_once() -> None:
    fake = Fake(outcomes=("abnormal", "platform_full", "customer_full"))
    made = [fake.create() for _ in range(4)]
    assert [it["status"] for it in made] == [9, 97, 98, 35]
    assert all(set(it) == {"sessionId", "sessionToken", "status"} for it in made[:3])
    assert fake.told == [35]
    assert fake.ok("queryStat", {"sessionId": made[0]["sessionId"]}) == {"status": 9}
    for it in made[1:3]:
        code, text = fake.refused("queryStat", {"sessionId": it["sessionId"]})
        assert code == 6
        assert text.endswith("which queryStat has no status for [ST-E18]")
    assert [row["status"] for row in fake.ok("historyList")["result"]] == [98, 97, 9]
    assert fake.ok("historyList", {"status": 97})["result"][0]["sessionId"] == made[1]["sessionId"]


def test_channels_are_free_again_when_a_live_is_over() -> None:
    fake = Fake(platform_channels=2, accounts=(account(channels=1), OTHER))
    other = fake.state.tokens.newest("other-app")
    first = fake.create()["sessionId"]
    assert fake.create()["status"] == 98
    param = {"param": json.dumps(SCRIPT)}
    assert fake.ok("createLive", param, token=other)["status"] == 35
    assert fake.ok("createLive", param, token=other)["status"] == 97
    fake.ok("closeLive", {"sessionId": first})
    assert fake.create()["status"] == 35


# --- heartbeats (ST-LIVE-17, ST-E23, ST-E26) ---


@pytest.mark.parametrize("begin", ["ready", "slow", "started"])
def test_a_live_without_heartbeats_is_lost(begin: str) -> None:
    fake = Fake(initialising_seconds=400 if begin == "slow" else 0)
    session = fake.started() if begin == "started" else fake.create()["sessionId"]
    fake.clock.advance(179.9)
    assert fake.state.lives.running()
    fake.clock.advance(0.1)
    assert fake.told[-1] == 50
    assert fake.status(session) == 50
    assert fake.events[-1].result == "no heartbeat for 180 s"
    assert ("live.lost", session, "no heartbeat for 180 s") in fake.notes
    assert fake.clock.pending == 0


def test_heartbeats_keep_a_live_going(fake: Fake) -> None:
    session = fake.started()
    for _ in range(60):
        fake.clock.advance(60)
        envelope = fake.call("heartbeat", {"sessionId": session})
        assert envelope == {"code": 0, "message": "success"}  # without data (ST-NET-06)
    fake.clock.advance(179)
    assert fake.status(session) == 2
    fake.clock.advance(1)
    assert fake.status(session) == 50
    assert fake.refused("heartbeat", {"sessionId": session}) == (
        6,
        "sessionId: the live is over, its status is 50 [ST-E23]",
    )


@pytest.mark.parametrize(("seconds", "status"), [(30, 50), (None, 2)])
def test_the_gap_is_the_scenarios(seconds: float | None, status: int) -> None:
    fake = Fake(heartbeat_seconds=seconds)
    session = fake.started()
    fake.clock.advance(3600)
    assert fake.status(session) == status


# --- whose live it is ---


def test_lives_of_another_account_are_unknown() -> None:
    fake = Fake(accounts=(account(), OTHER))
    session = fake.started()
    other = fake.state.tokens.newest("other-app")
    assert fake.refused("queryStat", {"sessionId": session}, token=other) == (
        5,
        f"sessionId: no live {session} [ST-LIVE-11]",
    )
    assert fake.ok("runningList", token=other) == []
    assert [row["sessionId"] for row in fake.ok("runningList")] == [session]


@pytest.mark.parametrize("operation", ["heartbeat", "startLive", "closeLive", "queryStat", "takeoverQueueList"])
def test_a_live_there_is_not(fake: Fake, operation: str) -> None:
    assert fake.refused(operation, {"sessionId": "nobody"})[0] == 5


# --- RTC (ST-LIVE-29, ST-LIVE-30, ST-E33) ---


def test_an_rtc_token_is_renewed(fake: Fake) -> None:
    made = fake.create()
    asked = {"sessionId": made["sessionId"], "rtcChannelId": made["rtcChannelId"]}
    token = fake.ok("rtcAudienceToken", asked)
    assert token != made["rtcToken"]
    assert fake.ok("queryStat", {"sessionId": made["sessionId"]})["rtcToken"] == token


def test_the_journal_is_told_before_an_rtc_token_ends() -> None:
    fake = Fake(heartbeat_seconds=None)
    made = fake.create()
    fake.clock.advance(3569.9)
    assert fake.notes == []
    fake.clock.advance(0.1)
    session = made["sessionId"]
    assert fake.notes == [("rtc.will_expire", session, "the newest RTC token ends in 30 s [ST-LIVE-29]")]
    fake.ok("rtcAudienceToken", {"sessionId": session, "rtcChannelId": made["rtcChannelId"]})
    fake.clock.advance(3600)
    assert [name for name, _, _ in fake.notes] == ["rtc.will_expire", "rtc.will_expire", "rtc.expired"]


def test_an_rtc_token_for_another_channel_or_without_a_stream_is_refused() -> None:
    fake = Fake(initialising_seconds=1)
    session = fake.create()["sessionId"]
    asked = {"sessionId": session, "rtcChannelId": "another"}
    assert fake.refused("rtcAudienceToken", asked)[1] == "sessionId: there is no stream at status 32 [ST-E33]"
    fake.clock.advance(1)
    assert fake.refused("rtcAudienceToken", asked) == (1, "rtcChannelId: the live has another channel [ST-E33]")
    assert fake.refused("rtcAudienceToken", {**asked, "sessionId": "nobody"})[0] == 5


def test_the_customers_own_rtc_app_is_told_again(fake: Fake) -> None:
    made = fake.create(**OWN_APP | {"urtcUid": "0042"})
    assert [made[name] for name in RTC] == ["own-app", "own-channel", "42", "own-token"]
    asked = {"sessionId": made["sessionId"], "rtcChannelId": "own-channel"}
    assert fake.refused("rtcAudienceToken", asked)[1].endswith("tokens are the customer's to make [ST-E33]")


def test_values_of_an_own_app_without_the_flag_are_ignored(fake: Fake) -> None:
    made = fake.create(**OWN_APP | {"urtcUseExternalApp": False, "urtcUid": "no number"})
    assert made["rtcAppId"] == "fake-rtc-app"


# --- what is remembered, and who looks on ---


def test_only_so_many_ended_lives_are_remembered() -> None:
    fake = Fake(ended_kept=2)
    sessions = [fake.started() for _ in range(3)]
    for session in sessions:
        fake.ok("closeLive", {"sessionId": session})
    assert [row["sessionId"] for row in fake.ok("historyList")["result"]] == sessions[:0:-1]
    assert fake.refused("queryStat", {"sessionId": sessions[0]})[0] == 5


def test_whoever_looks_on_is_told(fake: Fake) -> None:
    live = fake.state.lives.get(fake.create()["sessionId"])
    assert live is not None
    seen: list[StatusChanged | TakeoverEvent] = []
    live.observers.append(seen.append)
    fake.ok("startLive", {"sessionId": live.id})
    fake.queues[live.id].tell(Queued("t-1"))
    assert fake.state.lives.end(live, LiveStatus.ABNORMAL, "the camera is off")
    assert not fake.state.lives.end(live, LiveStatus.CLOSED)
    assert seen == [StatusChanged(LiveStatus.LIVE), Queued("t-1"), StatusChanged(LiveStatus.ABNORMAL)]
    assert fake.told == [35, 34, 9]


def test_what_cannot_be_called_back_does_not_end_a_live(fake: Fake) -> None:
    live = fake.state.lives.get(fake.started())
    assert live is not None
    with pytest.raises(CodecError):
        fake.state.lives.end(live, LiveStatus.LOST, "\ud800")
    assert (live.over, live.result, fake.state.lives.running()) == (False, "", [live])
    assert fake.state.lives.end(live, LiveStatus.LOST, "lost")


def test_takeovers_are_called_back(fake: Fake) -> None:
    session = fake.started()
    tell = fake.queues[session].tell
    fake.clock.advance(7)
    for event in (Queued("a"), Started("a"), Finished("a"), Finished("b", cancelled=True), Failed("c", "no such file")):
        tell(event)
    told = [(int(it.status), it.trace_id, it.finished_at, it.result) for it in fake.events[1:]]
    now = fake.clock.now()
    assert told == [
        (34, "a", None, ""),
        (36, "a", None, ""),
        (37, "a", now, ""),
        (37, "b", now, ""),
        (39, "c", None, "no such file"),
    ]


def test_a_cancelled_takeover_may_be_called_back_as_failed() -> None:
    fake = Fake(cancelled_status=39)
    tell = fake.queues[fake.started()].tell
    tell(Finished("b", cancelled=True))
    tell(Finished("a"))
    assert fake.told == [35, 39, 37]
