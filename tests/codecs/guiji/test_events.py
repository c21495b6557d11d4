"""Events are compared by what they say."""

from __future__ import annotations

from avatarwire.codecs.guiji import events as e
from avatarwire.codecs.guiji.wire import rpc
from tests.codecs.guiji.rpc_samples import HEARTBEAT


def test_the_message_makes_no_difference_and_does_not_show() -> None:
    packet = rpc.decode(HEARTBEAT.data)
    event = e.HeartbeatAnswered(heartbeat_id=15, packet=packet)
    assert event == e.HeartbeatAnswered(heartbeat_id=15)
    assert "packet" not in repr(event)


def test_all_are_events() -> None:
    assert all(issubclass(getattr(e, name), e.Event) for name in e.__all__ if name not in ("EndReason",))
    conclusions = (e.Created, e.Answered, e.Refused, e.Unanswered, e.Lost)
    assert all(issubclass(kind, e.Conclusion) for kind in conclusions)
