"""Events: equal by what they say, frozen, and short to read."""

from __future__ import annotations

import dataclasses

import pytest

from avatarwire.codecs.aliyun.events import AnswerFinished, AnswerKind, ChannelReady, Event, Outcome
from avatarwire.codecs.aliyun.wire.frame import decode
from tests.codecs.aliyun.conversation import status

FRAME = decode(status("READY"))


def test_events_are_equal_whatever_frame_said_them() -> None:
    assert ChannelReady(frame=FRAME) == ChannelReady()
    assert ChannelReady(deviations=("ALI-E11",)) != ChannelReady()
    assert "frame" not in repr(ChannelReady(frame=FRAME))


def test_events_keep_their_payload() -> None:
    assert ChannelReady(frame=FRAME).payload == b'{"sessionId":"s-7","status":"READY"}'
    assert ChannelReady().payload == b""


def test_events_do_not_change() -> None:
    event = ChannelReady()
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.recovered = True  # type: ignore[misc]  # that is what is tested


@pytest.mark.parametrize(
    ("outcome", "success", "interrupted"),
    [
        (Outcome.COMPLETE, True, False),
        (Outcome.REFUSED, False, False),
        (Outcome.INTERRUPTED, False, True),
        (Outcome.LOST, False, False),
        (Outcome.TRUNCATED, False, False),
    ],
)
def test_the_outcome_of_an_answer(outcome: Outcome, success: bool, interrupted: bool) -> None:
    event: Event = AnswerFinished(drive_id="m-1", kind=AnswerKind.TEXT, outcome=outcome)

    assert isinstance(event, AnswerFinished)
    assert (event.success, event.interrupted) == (success, interrupted)
