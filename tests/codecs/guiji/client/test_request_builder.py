"""Requests made from what a caller has to say are those of the samples."""

from __future__ import annotations

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.client.request_builder import Asking
from avatarwire.codecs.guiji.messages.rpc_requests import PlaylistAction
from avatarwire.codecs.guiji.resources import VideoSize
from tests.codecs.guiji.rpc_samples import (
    ADD,
    BACKGROUND,
    CLOSE_PUSH,
    CREATE,
    CUT_IN,
    DELETE,
    DESTROY,
    ELEMENTS,
    GET,
    INSERT,
    MODIFY,
    SESSION,
    SET_PUSH,
    SWITCH,
    TOKEN,
    TOPIC,
    VIDEO,
    WHOLE,
)

ASKING = Asking(SESSION, TOPIC, 4100, TOKEN)


def test_every_request() -> None:
    size = VideoSize(width=1080, height=1920)
    assert ASKING.create(9, ELEMENTS, [300001, 300002], size) == CREATE.body
    assert ASKING.modify(14, [BACKGROUND, *ELEMENTS[:-1]], [VIDEO]) == MODIFY.body
    assert ASKING.destroy(11, "the show is over") == DESTROY.body
    assert ASKING.switch_template(13, "7002", WHOLE) == SWITCH.body
    assert ASKING.set_push_streams(13, ["rtmp://a.test/live", "rtmps://b.test/live?key=1"]) == SET_PUSH.body
    assert ASKING.close_push_streams(13, ["rtmp://a.test/live"]) == CLOSE_PUSH.body


def test_every_playlist_action() -> None:
    assert ASKING.manage(10, PlaylistAction.INSERT, pcm_ids=[300003], index=1, old_pcm_id=6) == INSERT.body
    assert ASKING.manage(10, PlaylistAction.ADD, pcm_ids=[300003]) == ADD.body
    assert ASKING.manage(10, PlaylistAction.DELETE, index=0) == DELETE.body
    assert ASKING.manage(10, PlaylistAction.GET) == GET.body
    assert ASKING.manage(10, PlaylistAction.INSERT_AT_SILENT, pcm_ids=[300003]) == CUT_IN.body


def test_what_an_action_has_no_use_for_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"index: index is left out when action is getPlayList \[GJ-E80\]"):
        ASKING.manage(10, PlaylistAction.GET, index=0)
