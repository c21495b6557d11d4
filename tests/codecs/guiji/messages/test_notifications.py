"""Notifications: what the document forbids cannot be made, and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.messages import notifications as n
from avatarwire.codecs.guiji.wire import rpc
from tests.codecs.guiji.rpc_samples import DESTROYED, HEARTBEAT, PLAYING, SHOWN, STREAM, Sample, at, changed

playing: Any = PLAYING.body


def test_a_playlist_travels_as_text() -> None:
    assert playing.params.play_list == "[9,12]"
    assert playing.params.to_play == (9, 12)
    assert playing.params.type is n.PlaylistKind.PLAYLIST
    cut_in = n.PlaylistState.of(
        message_id=1,
        session_id="8f0a",
        status=n.PlaybackStatus.END,
        now_pcm_id=7,
        to_play=(),
        kind=n.PlaylistKind.CUT_IN,
    )
    assert cut_in.to_dict()["params"] == {
        "sessionId": "8f0a", "status": "end", "type": "insertlis", "nowPcmId": 7, "playList": "[]",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "9,12", "[9,12", '["9"]', "[9.5]", "{}", "[null]", "[9]x"])
def test_what_is_no_playlist_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"playList: got .*, in a text \[GJ-R122\]"):
        playing.params.replace(play_list=text)
    with pytest.raises(ValidationError, match=r"params.playList: got "):
        rpc.decode(changed(PLAYING, at("params.playList", text)), "server")


def test_a_playlist_may_be_spaced() -> None:
    packet = rpc.decode(changed(PLAYING, at("params.playList", " [ 9, 12 ] ")), "server", strict=True)
    assert isinstance(packet.body, n.PlaylistState)
    assert packet.body.params.to_play == (9, 12)


@pytest.mark.parametrize("sample", [DESTROYED, STREAM, SHOWN, PLAYING], ids=lambda sample: sample.message)
def test_both_session_ids_agree(sample: Sample) -> None:
    with pytest.raises(ValidationError, match=r"params.sessionId: .*\[GJ-E57\]"):
        sample.body.replace(session_id="other")
    packet = rpc.decode(changed(sample, at("sessionId", "other")), "server")
    assert (packet.deviations, packet.session_id) == (("GJ-E57",), "other")


@pytest.mark.parametrize("sample", [DESTROYED, STREAM, SHOWN, PLAYING], ids=lambda sample: sample.message)
def test_a_state_may_lack_its_number(sample: Sample) -> None:
    packet = rpc.decode(changed(sample, at("id", ...)), "server", strict=True)
    assert (packet.id, packet.deviations) == (None, ())


def test_a_heartbeat_has_a_prefix() -> None:
    heartbeat: Any = HEARTBEAT.body
    assert heartbeat.session_id == "8f0a"
    with pytest.raises(ValidationError, match=r"sessionId: the prefix is missing, expected :---:<id> \[GJ-E84\]"):
        n.HeartBeatParams(session_id="8f0a")


def test_least_of_a_state() -> None:
    assert n.SessionDestroyed(params=n.DestroyState(session_id="8f0a")).to_dict() == {
        "method": "SessionState", "params": {"state": "Destroy", "sessionId": "8f0a"},
    }  # fmt: skip
