"""A session in the course of time: prepared, streamed, kept alive by its client, played, and ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakeserver.guiji.talk import Studio, code_and_text, kinds

SHOWN = ["Show dthuman#1", "Show image#1", "Show video#1", "Show background#1"]


def test_a_whole_session_as_documented() -> None:
    studio = Studio()
    first, second = studio.audio
    heard = studio.create()
    assert kinds(heard) == ["result", "StreamPlay", *SHOWN, f"begin {first}"]
    # GJ-R080, R081, R083: the result repeats the id and comes once everything is prepared.
    session = studio.session
    assert heard[0] == {
        "id": 1,
        "sessionId": session.id,
        "result": {"message": "make sess complete!", "sessionId": session.id},
    }
    assert kinds(studio.pass_time(10.0)) == [f"end {first}", f"begin {second}"]
    assert studio.playlist("getPlayList") == {"sessionId": session.id, "ok": True, "message": "", "data": [second]}
    assert kinds(studio.pass_time(10.0)) == [f"end {second}"]
    (bye,) = studio.ask("DestroySession", cause="Client destroy")
    assert bye["result"] == {"sessionId": session.id, "ok": True, "info": "close sess ok"}
    # GJ-R104, R118: then it is gone, and nothing is left waiting.
    assert (session.destroyed, session.cause) == (True, "Client destroy")
    assert studio.pass_time(100.0) == []
    assert studio.clock.pending == 0


def test_notifications_have_the_members_of_their_samples() -> None:
    studio = Studio()
    _, stream, show, *_, begin = studio.create()
    session_id = studio.session.id
    # GJ-E56: no session beside the id in StreamPlay; GJ-E48: a hyphen in http-flv; GJ-E50: loopback.
    assert stream["params"]["playaddr"]["http-flv"] == {
        "lan": f"http://127.0.0.1:8080/live/{session_id}.flv",
        "wan": f"http://127.0.0.1:8080/live/{session_id}.flv",
    }
    assert set(stream) == {"id", "method", "params"}
    assert set(stream["params"]["playaddr"]) == {"rtmp", "rtsp", "http-flv"}
    assert show == {
        "id": 2,
        "sessionId": session_id,
        "method": "SessionState",
        "params": {
            "sessionId": session_id,
            "state": "Show",
            "info": "Do you see me ? dthuman",
            "udCode": "810001",
            "id": "dthuman#1",
            "name": "dthuman",
            "type": "dthuman",
        },
    }
    # GJ-R121, R122: the list is a JSON array in a text, and there is no state.
    assert begin["params"] == {
        "sessionId": session_id,
        "status": "begin",
        "type": "playList",
        "nowPcmId": studio.audio[0],
        "playList": json.dumps(studio.audio[1:]),
    }


def test_what_is_said_by_itself_has_ids_of_its_own() -> None:
    studio = Studio()
    said = [*studio.create(), *studio.pass_time(30.0)]
    notified = [message["id"] for message in studio.said if "method" in message]
    assert notified == list(range(1, len(notified) + 1))
    # GJ-E59: the client's ids are another space.
    assert (said[0]["id"], "result" in said[0]) == (1, True)


def test_answers_have_the_quality_of_their_request_and_notifications_their_own() -> None:
    studio = Studio(notification_qos=2)
    studio.send(studio.creation(), qos=0)
    assert [publication.qos for publication in studio.publications] == [0, *[2] * 6]
    assert {publication.topic for publication in studio.publications} == {studio.session.topic_sub}
    assert [publication.message for publication in studio.publications] == [
        "CreateNewSession.result",
        "SessionState.StreamPlay",
        *["SessionState.Show"] * 4,
        "SessionState.playlist",
    ]
    assert {publication.session for publication in studio.publications} == {studio.session.id}


def test_only_the_digital_human_is_needed_and_only_what_is_seen_is_shown() -> None:
    studio = Studio()
    assert kinds(studio.create(resList=[studio.creation()["params"]["resList"][2]])) == [
        "result",
        "StreamPlay",
        "Show dthuman#1",
        f"begin {studio.audio[0]}",
    ]


def test_preparing_and_streaming_take_their_time() -> None:
    studio = Studio(prepare_seconds=2.0, stream_seconds=3.0)
    assert studio.create() == []
    # Not before it is prepared (GJ-R083).
    code, text = code_and_text(studio.ask("pushPlayListManager", action="getPlayList"))
    assert (code, text) == (
        -32602,
        "method: the session does not run yet, CreateNewSession is still being carried out [GJ-R083]",
    )
    assert studio.pass_time(1.5) == []
    assert kinds(studio.pass_time(0.5)) == ["result"]
    assert studio.session.running
    # Before there is a stream the list can be changed, but nothing plays and nothing is shown.
    assert studio.playlist("addPlayList", pcmIds=[studio.speech])["data"] == [*studio.audio, studio.speech]
    assert kinds(studio.pass_time(3.0)) == ["StreamPlay", *SHOWN, f"begin {studio.audio[0]}"]


def test_a_session_that_ends_while_it_is_prepared_answers_its_creation() -> None:
    studio = Studio(prepare_seconds=20.0)
    assert studio.send(studio.creation(), qos=0) == []
    bye, refused = studio.ask("DestroySession")
    assert (bye["id"], bye["result"]["info"]) == (2, "close sess ok")
    assert (refused["id"], refused["error"]["code"]) == (1, -32001)
    assert refused["error"]["message"] == "the session has ended: DestroySession [GJ-R118]"
    assert studio.publications[-1].qos == 0
    assert studio.pass_time(60.0) == []


def test_a_record_is_kept_of_every_broadcast() -> None:
    studio = Studio()
    assert studio.state.records.get(studio.session.id) is None
    studio.create()
    record = studio.state.records.get(studio.session.id)
    assert record is not None
    assert record.ended is None
    studio.pass_time(12.0)
    studio.ask("DestroySession")
    assert record.ended is not None
    assert record.ended - record.begun == 12.0


# --- silence ---


def test_a_session_that_nothing_is_said_about_is_destroyed() -> None:
    # GJ-E54: from createLiveSession on, whether or not it was ever begun.
    studio = Studio()
    assert studio.pass_time(29.5) == []
    (gone,) = studio.pass_time(0.5)
    assert gone == {
        "id": 1,
        "method": "SessionState",
        "params": {
            "sessionId": studio.session.id,
            "state": "Destroy",
            "cause": "no interaction within expirationTime",
        },
    }
    # GJ-R067: later messages of it are refused.
    code, text = code_and_text(studio.create())
    assert (code, text) == (
        -32001,
        "sessionId: the session has ended: no interaction within expirationTime [GJ-R118]",
    )


def test_every_valid_message_counts_as_interaction() -> None:
    # GJ-R068; no heartbeats here, so that commands alone keep it.
    studio = Studio(heartbeat_seconds=None, expiration_seconds=10)
    studio.create()
    for _ in range(5):
        studio.pass_time(9.0)
        assert studio.playlist("getPlayList")["ok"]
    assert kinds(studio.pass_time(10.0))[-1] == "Destroy"


def test_a_message_that_is_refused_is_no_interaction() -> None:
    studio = Studio(heartbeat_seconds=None, expiration_seconds=10)
    studio.create()
    studio.pass_time(9.0)
    studio.ask("pushPlayListManager", action="nothing")
    assert kinds(studio.pass_time(1.0))[-1] == "Destroy"


def test_heartbeat_replies_alone_may_count() -> None:
    studio = Studio(interaction="heartbeats", expiration_seconds=12, heartbeat_seconds=4.0)
    studio.create()
    assert "Destroy" not in kinds(studio.pass_time(60.0))
    for _ in range(11):
        studio.pass_time(1.0, alive=False)
        assert studio.playlist("getPlayList")["ok"]
    assert "Destroy" in kinds(studio.pass_time(2.0, alive=False))


# --- heartbeats ---


def test_a_heartbeat_is_asked_for_every_third_of_the_expiration_time() -> None:
    studio = Studio(expiration_seconds=600)
    studio.create()
    beats = [
        message
        for message in studio.pass_time(400.0, alive=False)
        if message.get("params", {}).get("state") == "Running"
    ]
    # GJ-E84: the session id has its prefix; GJ-E56: there is none beside the id.
    assert beats == [
        {
            "id": beats[index]["id"],
            "method": "HeartBeat",
            "params": {"sessionId": f":---:{studio.session.id}", "state": "Running"},
        }
        for index in range(2)
    ]
    assert studio.publications[-1].message == "HeartBeat"


def test_a_session_lives_for_the_time_it_was_given_whatever_becomes_of_heartbeats() -> None:
    """GJ-E85, GJ-R066: only silence of ``expirationTime`` ends it, and the end comes in the place of a heartbeat."""
    studio = Studio(expiration_seconds=600)
    studio.create()
    assert kinds(studio.pass_time(599.5, alive=False)).count("Running") == 2
    assert studio.session.running
    assert kinds(studio.pass_time(0.5, alive=False)) == ["Destroy"]
    assert studio.said[-1]["params"]["cause"] == "no interaction within expirationTime"


def test_the_end_comes_in_the_place_of_a_heartbeat() -> None:
    studio = Studio()
    studio.pass_time(5.0)
    studio.create()
    heard = kinds(studio.pass_time(30.0, alive=False))
    assert (heard.count("Running"), heard[-1]) == (2, "Destroy")


def test_requests_keep_a_session_whose_heartbeats_are_not_answered() -> None:
    """GJ-R068: every valid message is interaction."""
    studio = Studio()
    studio.create()
    for _ in range(60):
        studio.pass_time(2.0, alive=False)
        assert studio.playlist("getPlayList")["ok"]
    assert studio.session.running


def test_unanswered_heartbeats_may_end_a_session() -> None:
    studio = Studio(heartbeat_seconds=5.0, missed_heartbeats=3, expiration_seconds=1000)
    studio.create()
    heard = kinds(studio.pass_time(20.0, alive=False))
    assert heard.count("Running") == 3
    assert heard[-1] == "Destroy"
    assert studio.said[-1]["params"]["cause"] == "heartbeats were not answered"
    assert studio.session.cause == "heartbeats were not answered"


def test_a_session_whose_client_answers_lives() -> None:
    studio = Studio()
    studio.create()
    assert kinds(studio.pass_time(3600.0))[-1] != "Destroy"
    assert studio.session.running


def test_the_limits_of_heartbeats_can_be_chosen() -> None:
    studio = Studio(heartbeat_seconds=2.0, missed_heartbeats=1, heartbeat_prefix=False, expiration_seconds=1000)
    studio.create()
    studio.pass_time(2.0, alive=False)
    assert studio.said[-1]["params"]["sessionId"] == studio.session.id
    assert kinds(studio.pass_time(2.0, alive=False)) == ["Destroy"]


def beating(**changes: Any) -> tuple[Studio, dict[str, Any]]:
    """A session, and a heartbeat of it that waits for its answer."""
    studio = Studio(heartbeat_seconds=5.0, **changes)
    studio.create()
    studio.pass_time(5.0, alive=False)
    beat = next(message for message in reversed(studio.said) if message.get("method") == "HeartBeat")
    return studio, beat


def test_an_answer_is_judged_by_its_id() -> None:
    studio, beat = beating()
    assert studio.beat(beat) == []
    assert (studio.received.message, studio.noticed, studio.received.session) == (
        "HeartBeat.reply",
        [],
        studio.session.id,
    )
    # Another one to the same: nobody waits for it. Nor does anybody for one to what was never sent (GJ-R116).
    assert studio.beat(beat) == []
    assert [(item.clause, item.level) for item in studio.received.violations] == [("GJ-R116", "warning")]
    assert studio.beat(beat, id=999) == []
    assert [(item.clause, item.level) for item in studio.received.violations] == [("GJ-R116", "error")]


def test_an_answer_to_a_state_is_ignored() -> None:
    # GJ-E86: the client should not, and is not answered.
    studio, beat = beating()
    assert studio.beat(beat, id=1) == []
    assert studio.noticed == ["GJ-R116 id"]


@pytest.mark.parametrize("strict", [False, True])
def test_the_prefix_may_be_missing_unless_strict(strict: bool) -> None:
    studio, beat = beating(strict=strict)
    reply = {"sessionId": studio.session.id, "message": "Heartbeat received."}
    assert studio.beat(beat, result=reply) == []
    assert studio.noticed == ["GJ-E84 result.sessionId"]
    assert studio.live.conversation(studio.session).heartbeats.unanswered == int(strict)


@pytest.mark.parametrize(
    ("changes", "noticed"),
    [
        ({"sender": "77001/topicSendClientother"}, "GJ-R075 sender"),
        ({"sender": None}, "GJ-R075 sender"),
        ({"result": {"sessionId": ":---:other", "message": ""}}, "GJ-E57 result.sessionId"),
        ({"result": 1}, "GJ-R117 result"),
        ({"sessionId": "other"}, "GJ-R074 sessionId"),
    ],
)
def test_a_wrong_answer_counts_for_nothing_and_is_not_answered(changes: dict[str, Any], noticed: str) -> None:
    studio, beat = beating()
    assert studio.beat(beat, **changes) == []
    assert noticed in studio.noticed
    assert studio.live.conversation(studio.session).heartbeats.unanswered == 1


def test_an_answer_after_the_end_is_only_noted() -> None:
    studio, beat = beating()
    studio.ask("DestroySession")
    assert studio.beat(beat) == []
    assert studio.noticed == ["GJ-R118"]


def test_an_error_from_a_client_is_only_noted() -> None:
    studio, beat = beating()
    error = {"id": beat["id"], "sessionId": studio.session.id, "sender": studio.session.topic_sub}
    assert studio.send(error | {"error": {"sessionId": studio.session.id, "message": "no", "code": -1}}) == []
    assert studio.noticed == ["GJ-R078 error"]


# --- what a test commands ---


def test_the_server_may_end_a_session() -> None:
    studio = Studio()
    studio.create()
    studio.live.destroy(studio.session, "maintenance")
    studio.live.destroy(studio.session, "again")
    assert kinds(studio.said)[-1] == "Destroy"
    assert studio.said[-1]["params"]["cause"] == "maintenance"
    assert kinds(studio.said).count("Destroy") == 1


def test_the_server_may_have_something_played() -> None:
    studio = Studio(silent_seconds=0.0)
    studio.create(playlist=[studio.audio[0]])
    studio.live.play(studio.session, [studio.audio[1]])
    studio.live.play(studio.session, [studio.speech], cut_in=True)
    studio.clock.advance(0.0)
    assert kinds(studio.said)[-1] == f"begin {studio.speech}"
    assert studio.said[-1]["params"]["type"] == "insertlis"
    assert studio.playlist("getPlayList")["data"] == [studio.speech, *studio.audio]


def test_the_word_for_a_cut_in_can_be_chosen() -> None:
    studio = Studio(silent_seconds=0.0, cut_in_literal="insertList")
    studio.create()
    studio.live.play(studio.session, [studio.speech], cut_in=True)
    studio.clock.advance(0.0)
    assert studio.said[-1]["params"]["type"] == "insertList"


def test_heartbeats_may_be_withheld() -> None:
    studio = Studio(heartbeat_seconds=5.0)
    studio.create()
    studio.live.withhold_heartbeats(studio.session, on=True)
    assert "Running" not in kinds(studio.pass_time(12.0, alive=False))
    studio.live.withhold_heartbeats(studio.session, on=False)
    assert "Running" in kinds(studio.pass_time(5.0, alive=False))
