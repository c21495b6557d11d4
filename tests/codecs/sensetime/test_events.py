"""Events compare by what they say, and keep secrets to themselves."""

from __future__ import annotations

import dataclasses

import pytest

from avatarwire.codecs.sensetime import events, http
from avatarwire.codecs.sensetime.client.pending_requests import Calls
from avatarwire.codecs.sensetime.wire import microphone

CALL = Calls().add(http.RTC_AUDIENCE_TOKEN, http.RtcAudienceTokenRequest(session_id="s", rtc_channel_id="c"))


def test_events_that_say_the_same_are_equal_whatever_message_said_it() -> None:
    frame = microphone.decode('{"code":2,"message":"服务端已准备好接收"}')
    assert events.MicrophoneReady(frame=frame) == events.MicrophoneReady()
    assert events.MicrophoneReady(early=True) != events.MicrophoneReady()


def test_secrets_are_not_shown() -> None:
    shown = repr(events.RtcTokenRenewed(call=CALL, token="rtc-token"))
    assert "rtc-token" not in shown
    assert "rtcAudienceToken" not in shown or "rtc_channel_id" not in shown


@pytest.mark.parametrize("name", [name for name in events.__all__ if name not in ("EndReason", "TakeoverOutcome")])
def test_every_event_tells_its_deviations(name: str) -> None:
    cls = getattr(events, name)
    assert issubclass(cls, events.Event)
    assert "deviations" in {field.name for field in dataclasses.fields(cls)}


def test_outcomes_and_reasons_are_words() -> None:
    assert [str(outcome) for outcome in events.TakeoverOutcome] == [
        "finished", "cancelled", "failed", "gone", "lost",
    ]  # fmt: skip
    assert events.EndReason.CONFLICT.value == "conflict"
