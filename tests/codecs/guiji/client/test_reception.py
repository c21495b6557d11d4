"""Messages that are read although a word or a session id in them is another."""

from __future__ import annotations

import pytest

from avatarwire.codecs.errors import RemoteProtocolError
from avatarwire.codecs.guiji.events import Answered, Ended, EndReason, PlaybackBegan, PlaybackEnded
from tests.codecs.guiji.conversation import Talk, subscribed
from tests.codecs.guiji.rpc_samples import SESSION


def running(**options: bool) -> Talk:
    talk = subscribed(**options)
    talk.answer(talk.create(), message="make sess complete!")
    talk.listen()
    return talk


def test_a_list_of_another_name_plays_beside_the_playlist() -> None:
    talk = running()
    before = talk.client.broadcast.playlist

    (began,) = talk.tell(status="begin", type="insertPlayList", nowPcmId=33, playList="[34]")
    (ended,) = talk.tell(status="end", type="insertPlayList", nowPcmId=33, playList="")

    assert began == PlaybackBegan(pcm_id=33, to_play=(34,), cut_in=True, deviations=began.deviations)
    assert ended == PlaybackEnded(pcm_id=33, to_play=(), cut_in=True, deviations=ended.deviations)
    assert "GJ-E87" in began.deviations
    assert {"GJ-E87", "GJ-R122"} <= set(ended.deviations)
    assert began.packet is not None
    assert b"insertPlayList" in began.packet.raw
    assert talk.client.broadcast.playlist == before


def test_an_empty_text_is_an_empty_list() -> None:
    talk = running()

    (ended,) = talk.tell(status="end", type="playList", nowPcmId=6, playList="")

    assert ended == PlaybackEnded(pcm_id=6, to_play=(), deviations=ended.deviations)
    assert "GJ-R122" in ended.deviations
    assert talk.client.broadcast.playlist == ()


@pytest.mark.parametrize(
    "params",
    [
        {"status": "begin", "type": 3, "nowPcmId": 33, "playList": "[]"},
        {"status": "begin", "type": "playList", "nowPcmId": 33, "playList": "[12,"},
        {"status": "begin", "type": "other", "nowPcmId": "x", "playList": ""},
        {"state": "Show", "type": 7},
    ],
)
def test_what_cannot_be_understood_is_refused(params: dict[str, object]) -> None:
    talk = running()
    with pytest.raises(RemoteProtocolError):
        talk.tell(**params)


def test_a_strict_client_reads_known_words_only() -> None:
    talk = running(strict=True)
    with pytest.raises(RemoteProtocolError):
        talk.say(
            {
                "id": 7,
                "sessionId": SESSION,
                "method": "SessionState",
                "params": {
                    "sessionId": SESSION,
                    "status": "end",
                    "type": "other",
                    "nowPcmId": 6,
                    "playList": "[]",
                },
            }
        )


def test_an_answer_that_names_another_session_inside_only_belongs_to_its_request() -> None:
    talk = running()
    id_ = talk.client.destroy(now=0.0)

    events = talk.say({"id": id_, "result": {"sessionId": "another", "ok": True, "info": "close sess ok"}})

    assert events == [
        Answered(
            request_id=id_, request="DestroySession.request", text="close sess ok", deviations=events[0].deviations
        ),
        Ended(reason=EndReason.CLOSED, cause="close sess ok", deviations=events[0].deviations),
    ]
    assert "GJ-E57" in events[0].deviations


def test_an_error_may_do_so_too_and_others_answers_are_passed_by() -> None:
    talk = running()
    id_ = talk.client.get_playlist(now=0.0)

    assert talk.say({"id": 99, "error": {"sessionId": "another", "message": "no", "code": -1}}) == []
    assert talk.say({"id": id_, "sessionId": "another", "result": {"sessionId": "another", "ok": True}}) == []
    (refused,) = talk.say({"id": id_, "error": {"sessionId": "another", "message": "no", "code": -1}})
    assert getattr(refused, "request_id", None) == id_
