"""The client of a session: what it publishes when, and what it tells of what arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.codecs.errors import LocalProtocolError, RemoteProtocolError, ValidationError
from avatarwire.codecs.guiji import events as e
from avatarwire.codecs.guiji.client.session import SessionClient
from avatarwire.codecs.guiji.client.states import ClientState
from avatarwire.codecs.guiji.resources import DrawOptions, RemovedResource, ResourceName
from tests.codecs.guiji.conversation import OPENED, SIZE, Talk, running, subscribed
from tests.codecs.guiji.rpc_samples import BACKGROUND, HUMAN, OUTPUT, SESSION, TOKEN, TOPIC, VIDEO

CREATE = "CreateNewSession.request"
MANAGE = "pushPlayListManager.request"
DESTROY = "DestroySession.request"


def test_a_session_from_begin_to_end() -> None:
    talk = Talk()
    client = talk.client
    assert (client.state, client.is_live, client.next_timeout()) == (ClientState.OFFLINE, False, None)
    client.subscribed(0.0)
    assert talk.create() == 1
    assert client.state is ClientState.CREATING
    [request] = talk.listen()
    assert (request["method"], request["id"], request["sender"]) == ("CreateNewSession", 1, TOPIC)
    assert (request["token"], request["params"]["token"], request["liveId"]) == (TOKEN, TOKEN, 4100)

    assert talk.answer(1, message="make sess complete!") == [
        e.Created(request_id=1, request=CREATE, text="make sess complete!")
    ]
    assert (client.state, client.broadcast.playlist, client.unanswered) == (ClientState.RUNNING, (6, 9), ())
    [stream] = talk.tell(state="StreamPlay", playaddr={"rtmp": {"wan": "rtmp://h/a"}})
    assert isinstance(stream, e.StreamStarted)
    assert client.broadcast.addresses is stream.addresses is not None
    assert stream.addresses.rtmp.wan == "rtmp://h/a"  # type: ignore[union-attr]  # it is there
    assert talk.tell(state="Show", type="dthuman", name="dthuman", id="dthuman#1", udCode="7001", info="hi") == [
        e.ElementShown(kind="dthuman", name="dthuman", instance="dthuman#1", ud_code="7001", info="hi")
    ]

    assert client.destroy(now=1.0) == 2
    [request] = talk.listen()
    assert request["params"] == {"sessionId": SESSION, "cause": "Client destroy"}
    assert talk.answer(2, ok=True, info="close sess ok") == [
        e.Answered(request_id=2, request=DESTROY, text="close sess ok"),
        e.Ended(reason=e.EndReason.CLOSED, cause="close sess ok"),
    ]
    assert (client.state, client.is_live, client.next_timeout()) == (ClientState.ENDED, False, None)
    assert talk.beat() == []
    assert talk.listen() == []


# --- heartbeats ---


@pytest.mark.parametrize("prefix", [":---:", ""])
def test_every_heartbeat_is_answered_at_once_as_it_came(prefix: str) -> None:
    talk = running()
    for _ in range(2):
        # Samples use ids again (GJ-E59), so the same id is another heartbeat.
        [event] = talk.beat(15, prefix)
        assert event == e.HeartbeatAnswered(heartbeat_id=15, state="Running", deviations=() if prefix else ("GJ-E84",))
    assert talk.listen() == 2 * [
        {
            "id": 15,
            "result": {"sessionId": prefix + SESSION, "message": "Heartbeat received."},
            "sessionId": SESSION,
            "sender": TOPIC,
        }
    ]


def test_states_are_not_answered() -> None:
    talk = running()
    talk.tell(state="Show")
    talk.tell(state="StreamPlay")
    talk.tell(status="begin", type="playList", nowPcmId=6, playList="[9]")
    assert talk.listen() == []


# --- requests ---


def test_ids_only_go_up() -> None:
    talk = running()
    client = talk.client
    ids = [
        client.modify(add=[BACKGROUND], remove=[VIDEO], now=0.0),
        client.switch_template("7002", draw_options=DrawOptions(x=1), now=0.0),
        client.set_push_streams(["rtmp://h/a"], now=0.0),
        client.close_push_streams(["rtmp://h/a"], now=0.0),
        client.add([7], now=0.0),
        client.insert(0, [7], old_pcm_id=6, now=0.0),
        client.delete(1, old_pcm_id=7, now=0.0),
        client.get_playlist(now=0.0),
        client.cut_in([8], now=0.0),
        client.destroy("over", now=0.0),
    ]
    assert ids == list(range(2, 12))
    assert client.unanswered == tuple(ids)
    sent = talk.listen()
    assert [request["id"] for request in sent] == ids
    assert [request["params"].get("action") for request in sent][4:9] == [
        "addPlayList", "insertPlayList", "delPlayListIndex", "getPlayList", "insertPlayListAtSilent",
    ]  # fmt: skip
    assert sent[0]["params"]["rmvRes"] == {"resList": [{"type": "fore", "resOptions": {"name": "video"}}]}
    assert sent[9]["params"]["cause"] == "over"


def test_a_removal_may_be_told_by_name_alone() -> None:
    talk = running()
    gone = RemovedResource(type=VIDEO.type, res_options=ResourceName(name="video"))
    talk.client.modify(remove=[gone], now=0.0)
    [request] = talk.listen()
    assert request["params"]["rmvRes"]["resList"] == [{"type": "fore", "resOptions": {"name": "video"}}]


def test_an_answer_belongs_to_the_request_whose_id_it_has() -> None:
    talk = running()
    first, second = talk.client.add([7], now=0.0), talk.client.get_playlist(now=0.0)
    assert talk.answer(second, ok=True, message="", data=[6, 9, 7]) == [
        e.Answered(request_id=second, request=MANAGE, playlist=(6, 9, 7))
    ]
    assert talk.client.unanswered == (first,)
    assert talk.client.broadcast.playlist == (6, 9, 7)


def test_a_result_without_a_list_leaves_the_playlist_alone() -> None:
    talk = running()
    id_ = talk.client.add([7], now=0.0)
    [answered] = talk.answer(id_, ok=True)
    assert answered == e.Answered(request_id=id_, request=MANAGE, deviations=("GJ-E82",))
    assert talk.client.broadcast.playlist == (6, 9)


def test_stray_and_second_answers_tell_nothing() -> None:
    talk = running()
    id_ = talk.client.get_playlist(now=0.0)
    assert talk.answer(99, message="x") == []
    assert talk.refuse(99) == []
    assert len(talk.refuse(id_)) == 1
    assert talk.answer(id_, ok=True, message="", data=[]) == []
    assert talk.refuse(id_) == []


def test_an_error_envelope_refuses_a_request() -> None:
    talk = running()
    id_ = talk.client.add([7], now=0.0)
    [refused] = talk.refuse(id_, "no material 7", -32602)
    assert refused == e.Refused(request_id=id_, request=MANAGE, text="no material 7", code=-32602)
    assert isinstance(refused, e.Refused)
    assert str(refused.error) == f"{MANAGE} {id_} was refused: no material 7 (-32602) [GJ-R080]"
    assert talk.client.state is ClientState.RUNNING


def test_a_result_that_is_not_ok_refuses_a_request() -> None:
    talk = running()
    id_ = talk.client.delete(9, now=0.0)
    [refused] = talk.answer(id_, ok=False, message="no index 9")
    assert refused == e.Refused(request_id=id_, request=MANAGE, text="no index 9")
    assert isinstance(refused, e.Refused)
    assert str(refused.error) == f"{MANAGE} {id_} was refused: no index 9 [GJ-R080]"
    assert talk.client.broadcast.playlist == (6, 9)


def test_push_targets_are_remembered_once_the_server_agrees() -> None:
    talk = running()
    client = talk.client
    talk.answer(client.set_push_streams(["rtmp://h/a", "rtmp://h/b"], now=0.0), message="ok")
    assert client.broadcast.push_urls == ("rtmp://h/a", "rtmp://h/b")
    talk.refuse(client.close_push_streams(["rtmp://h/b"], now=0.0))
    assert client.broadcast.push_urls == ("rtmp://h/a", "rtmp://h/b")
    talk.answer(client.close_push_streams(["rtmp://h/b"], now=0.0), message="ok")
    assert list(client.broadcast.push_urls) == ["rtmp://h/a"]


def test_a_refused_session_may_be_asked_for_again() -> None:
    talk = subscribed()
    first = talk.create()
    [refused] = talk.refuse(first, "no such scene")
    assert isinstance(refused, e.Refused)
    assert talk.client.state is ClientState.IDLE
    second = talk.create()
    assert second > first
    [created] = talk.answer(second, message="make sess complete!")
    assert isinstance(created, e.Created)


def test_the_answer_to_a_creation_may_come_while_closing() -> None:
    talk = subscribed()
    first = talk.create()
    talk.client.destroy(now=0.0)
    [created] = talk.answer(first, message="make sess complete!")
    assert isinstance(created, e.Created)
    assert talk.client.state is ClientState.CLOSING
    assert talk.client.destroy(now=0.0) == 3


def test_what_played_before_the_answer_counts() -> None:
    talk = subscribed()
    id_ = talk.create()
    talk.tell(status="begin", type="playList", nowPcmId=9, playList="[]")
    talk.answer(id_, message="make sess complete!")
    assert talk.client.broadcast.playlist == (9,)


# --- refusals of our own ---

ACTIONS: dict[str, Callable[[SessionClient], object]] = {
    "modify": lambda client: client.modify(now=0.0),
    "switch_template": lambda client: client.switch_template("7002", now=0.0),
    "set_push_streams": lambda client: client.set_push_streams(["rtmp://h/a"], now=0.0),
    "close_push_streams": lambda client: client.close_push_streams(["rtmp://h/a"], now=0.0),
    "add": lambda client: client.add([7], now=0.0),
    "insert": lambda client: client.insert(0, [7], now=0.0),
    "delete": lambda client: client.delete(0, now=0.0),
    "get_playlist": lambda client: client.get_playlist(now=0.0),
    "cut_in": lambda client: client.cut_in([7], now=0.0),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_commands_need_a_session_that_runs(action: str) -> None:
    talk = Talk()
    client = talk.client

    def refused(told: str) -> None:
        with pytest.raises(LocalProtocolError, match=told):
            ACTIONS[action](client)
        assert client.data_to_send() == []

    refused(r"topicSub is not subscribed to \[GJ-R072\]")
    client.subscribed(0.0)
    refused(r"the session has not been created \[GJ-R070\]")
    id_ = talk.create()
    talk.listen()
    refused(r"the session is being created \[GJ-R083\]")
    talk.answer(id_, message="make sess complete!")
    ACTIONS[action](client)
    client.destroy(now=0.0)
    talk.listen()
    refused(r"the session is being destroyed \[GJ-R104\]")
    client.disconnected(0.0)
    refused(r"the session has ended \[GJ-R118\]")


def test_creating_and_destroying_have_their_time() -> None:
    talk = Talk()
    client = talk.client
    with pytest.raises(LocalProtocolError, match=r"cannot create the session: topicSub is not subscribed to"):
        talk.create()
    with pytest.raises(LocalProtocolError, match=r"cannot destroy the session: topicSub is not subscribed to"):
        client.destroy(now=0.0)
    talk = running()
    with pytest.raises(LocalProtocolError, match=r"cannot create the session: the session runs already \[GJ-R089\]"):
        talk.create()
    with pytest.raises(LocalProtocolError, match=r"cannot subscribe: the session runs already"):
        talk.client.subscribed(0.0)
    talk.tell(state="Destroy")
    with pytest.raises(LocalProtocolError, match=r"cannot destroy the session: the session has ended \[GJ-R118\]"):
        talk.client.destroy(now=0.0)


WRONG: dict[str, tuple[Callable[[SessionClient], object], str]] = {
    "nothing to add": (lambda client: client.add([], now=0.0), r"pcmIds: got 0 items"),
    "no RTMP": (lambda client: client.set_push_streams(["http://h"], now=0.0), r"pushurls\[0\]: wrong form"),
    "no scene": (lambda client: client.switch_template("", now=0.0), r"udCode: "),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_argument_sends_nothing_and_costs_no_id(wrong: str) -> None:
    talk = running()
    act, told = WRONG[wrong]
    with pytest.raises(ValidationError, match=told):
        act(talk.client)
    assert talk.listen() == []
    assert talk.client.get_playlist(now=0.0) == 2


def test_a_session_without_a_digital_human_is_not_asked_for() -> None:
    talk = subscribed()
    with pytest.raises(ValidationError, match=r"GJ-R090"):
        talk.client.create(res_list=[OUTPUT], playlist=[6], video_size=SIZE, now=0.0)
    assert (talk.client.state, talk.listen()) == (ClientState.IDLE, [])


def test_what_a_client_is_made_of() -> None:
    roomless = OPENED.replace(live_id=None)
    assert SessionClient(roomless, TOKEN, live_id=5).live_id == 5
    with pytest.raises(ValidationError, match=r"guiji session: liveId: required field is missing.*\[GJ-R085\]"):
        SessionClient(roomless, TOKEN)
    with pytest.raises(ValidationError, match=r"guiji session: token: .*\[GJ-R084\]"):
        SessionClient(OPENED, "")
    assert SessionClient(OPENED, TOKEN, first_id=70).unanswered == ()


def test_the_token_may_be_sent_once() -> None:
    talk = subscribed(token_in_params=False)
    talk.create()
    [request] = talk.listen()
    assert request["token"] == TOKEN
    assert "token" not in request["params"]


# --- what is not ours, or unreadable ---


def test_other_topics_and_other_sessions_are_passed_by() -> None:
    talk = running()
    state = {"id": 1, "method": "SessionState", "params": {"sessionId": SESSION, "state": "Destroy"}}
    assert talk.say(state, topic="live-proxy-0") == []
    assert talk.say({**state, "params": {"sessionId": "other", "state": "Destroy"}}) == []
    assert talk.client.state is ClientState.RUNNING
    # The session beside the id counts (GJ-E57).
    [ended] = talk.say({**state, "sessionId": SESSION, "params": {"sessionId": "other", "state": "Destroy"}})
    assert ended == e.Ended(reason=e.EndReason.DESTROYED, deviations=("GJ-E57",))


def test_nothing_is_heard_before_the_subscription() -> None:
    assert Talk().beat() == []


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"{", r"guiji|the JSON text ends too early.*\[GJ-R124\]"),
        (b'{"id":1}', r"method: required field is missing.*\[GJ-R078\]"),
        (b'{"id":1,"method":"DestroySession"}', r"DestroySession from the server"),
    ],
)
def test_what_cannot_be_read_is_raised_and_changes_nothing(payload: bytes, told: str) -> None:
    talk = running()
    with pytest.raises(RemoteProtocolError, match=told):
        talk.client.receive(TOPIC, payload, 1.0)
    assert talk.client.state is ClientState.RUNNING
    assert talk.client.get_playlist(now=1.0) == 2


def test_too_much_is_not_read() -> None:
    talk = subscribed(max_packet=40)
    with pytest.raises(RemoteProtocolError, match="expected at most 40 bytes"):
        talk.client.receive(TOPIC, b" " * 41, 1.0)


def test_a_strict_client_refuses_other_forms() -> None:
    talk = running(strict=True)
    with pytest.raises(RemoteProtocolError, match=r"\[GJ-E84\]"):
        talk.beat(prefix="")


@pytest.mark.parametrize("fields", [{"method": "Notice"}, {"method": "SessionState", "params": {"state": "Paused"}}])
def test_unknown_messages_of_the_session_are_told(fields: dict[str, Any]) -> None:
    talk = running()
    [event] = talk.say({"id": 1, "sessionId": SESSION, **fields})
    assert event == e.UnknownMessage()
    assert event.packet is not None
    assert event.packet.method == fields["method"]


# --- the end ---


def test_the_server_destroys_the_session() -> None:
    talk = running()
    id_ = talk.client.get_playlist(now=0.0)
    assert talk.tell(state="Destroy", cause="idle timeout ") == [
        e.Lost(request_id=id_, request=MANAGE),
        e.Ended(reason=e.EndReason.DESTROYED, cause="idle timeout "),
    ]
    assert (talk.listen(), talk.client.next_timeout(), talk.client.unanswered) == ([], None, ())
    assert talk.client.disconnected(1.0) == []


def test_the_connection_is_lost() -> None:
    talk = running()
    assert talk.client.disconnected(1.0, "broken pipe") == [e.Ended(reason=e.EndReason.LOST, cause="broken pipe")]
    assert Talk().client.disconnected(0.0) == [e.Ended(reason=e.EndReason.LOST)]


# --- time ---


def test_a_request_that_is_not_answered_in_time() -> None:
    talk = running(answer_timeout=5.0)
    id_ = talk.client.get_playlist(now=2.0)
    assert talk.client.next_timeout() == 7.0
    assert talk.client.handle_timeout(6.9) == []
    [late] = talk.client.handle_timeout(7.5)
    assert late == e.Unanswered(request_id=id_, request=MANAGE, waited=5.5)
    assert isinstance(late, e.Unanswered)
    assert str(late.error) == f"{MANAGE} {id_} was not answered within 5.5 s [GJ-R080]"
    assert talk.client.handle_timeout(8.0) == []
    assert talk.answer(id_, ok=True, message="", data=[]) == []


def test_a_creation_that_is_not_answered_may_be_repeated() -> None:
    talk = subscribed(create_timeout=5.0, answer_timeout=1.0)
    id_ = talk.create()
    assert talk.client.next_timeout() == 5.0
    [late] = talk.client.handle_timeout(5.0)
    assert late == e.Unanswered(request_id=id_, request=CREATE, waited=5.0)
    assert talk.client.state is ClientState.IDLE
    assert talk.create() == 2


def test_silence_ends_the_session() -> None:
    talk = running()
    assert talk.client.next_timeout() == 30.0
    talk.now = 20.0
    talk.beat()
    assert talk.client.next_timeout() == 50.0
    talk.client.get_playlist(now=25.0)
    assert talk.client.next_timeout() == 35.0
    events = talk.client.handle_timeout(56.0)
    assert [type(event) for event in events] == [e.Unanswered, e.Ended]
    assert events[-1] == e.Ended(reason=e.EndReason.SILENCE)
    assert talk.client.state is ClientState.ENDED


@pytest.mark.parametrize("how", ["option", "session"])
def test_silence_may_mean_nothing(how: str) -> None:
    session = OPENED.replace(expiration_time=0) if how == "session" else OPENED
    talk = Talk(answer_timeout=None, create_timeout=None, watch_silence=how == "session")
    talk.client = SessionClient(session, TOKEN, options=talk.client.options)
    talk.client.subscribed(0.0)
    talk.create()
    assert talk.client.next_timeout() is None
    assert talk.client.handle_timeout(1e9) == []


def test_a_clock_that_is_set_back_stands_still() -> None:
    talk = running()
    talk.now = 20.0
    talk.beat()
    talk.now = 3.0
    talk.beat()
    assert talk.client.next_timeout() == 50.0


def test_the_session_stays_masked() -> None:
    talk = subscribed()
    talk.client.create(res_list=[HUMAN], playlist=[6], video_size=SIZE, now=0.0)
    assert TOKEN not in repr(talk.client.state) + repr(talk.client.options)
