"""What a client remembers of a broadcast."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.guiji import events as e
from tests.codecs.guiji.conversation import running


def played(status: str, now: int, to_play: str, kind: str = "playList") -> dict[str, Any]:
    return {"status": status, "type": kind, "nowPcmId": now, "playList": to_play}


def test_the_playlist_follows_what_plays() -> None:
    talk = running()
    broadcast = talk.client.broadcast
    assert talk.tell(**played("begin", 6, "[9,12]")) == [e.PlaybackBegan(pcm_id=6, to_play=(9, 12))]
    assert (broadcast.playing, broadcast.playlist) == (6, (6, 9, 12))
    assert talk.tell(**played("end", 6, "[9,12]")) == [e.PlaybackEnded(pcm_id=6, to_play=(9, 12))]
    assert (broadcast.playing, broadcast.playlist) == (None, (9, 12))


def test_a_cut_in_leaves_the_playlist_alone() -> None:
    talk = running()
    broadcast = talk.client.broadcast
    talk.tell(**played("begin", 6, "[9]"))
    assert talk.tell(**played("begin", 7, "[8]", "insertlis")) == [e.PlaybackBegan(pcm_id=7, to_play=(8,), cut_in=True)]
    assert (broadcast.playing, broadcast.playlist) == (7, (6, 9))
    talk.tell(**played("end", 7, "[]", "insertlis"))
    assert (broadcast.playing, broadcast.playlist) == (None, (6, 9))


def test_an_end_that_comes_late_does_not_stop_what_plays_by_now() -> None:
    talk = running()
    talk.tell(**played("begin", 9, "[]"))
    talk.tell(**played("end", 6, "[9]"))
    assert talk.client.broadcast.playing == 9


@pytest.mark.parametrize("state", [{"state": "StreamPlay"}, {"state": "Show"}])
def test_little_may_be_told(state: dict[str, str]) -> None:
    talk = running()
    [event] = talk.tell(**state)
    assert event in (e.StreamStarted(addresses=None), e.ElementShown())
    assert talk.client.broadcast.addresses is None
