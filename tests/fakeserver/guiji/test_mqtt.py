"""Which messages are accepted, what becomes of those that are not, and that a session outlives all of them."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.codecs.guiji.wire import rpc
from tests.examples import examples
from tests.fakeserver.guiji.talk import Studio, code_and_text, kinds


@pytest.fixture
def studio() -> Studio:
    """A session that runs."""
    studio = Studio()
    studio.create()
    return studio


def text_of(message: dict[str, Any]) -> str:
    return json.dumps(message)


# --- who speaks, about which session ---


def test_a_session_there_is_not(studio: Studio) -> None:
    # The answer goes to the sender, where that is a topic of the account.
    message = studio.request("pushPlayListManager", action="getPlayList")
    message["sessionId"] = message["params"]["sessionId"] = "nobody"
    (answer,) = studio.send(message)
    assert answer == {
        "id": 2,
        "sessionId": "nobody",
        "error": {
            "sessionId": "nobody",
            "message": "sessionId: there is no session 'nobody' [GJ-R074]",
            "code": -32001,
        },
    }
    assert studio.publications[-1].topic == studio.session.topic_sub
    assert studio.noticed == ["GJ-R074 sessionId"]
    # Where it is not, the journal alone is told.
    assert studio.send(message | {"sender": "77001/topicSendClientelsewhere"}) == []
    assert studio.noticed == ["GJ-R074 sessionId"]


def test_a_session_of_another_account_does_not_exist(studio: Studio) -> None:
    message = studio.request("DestroySession")
    assert studio.send(message, user="user-2") == []
    assert studio.noticed == ["GJ-R074 sessionId"]
    assert studio.session.running
    assert studio.send(message, user="") == []
    # A broker elsewhere does not tell who has published.
    assert kinds(studio.send(message, user="", client_id="")) == ["result"]


def test_sender_is_the_topic_of_the_session(studio: Studio) -> None:
    # GJ-R075, GJ-E06.
    message = studio.request("pushPlayListManager", action="getPlayList")
    assert code_and_text(studio.send(message | {"sender": "77001/topicSendClientelsewhere"})) == (
        -32002,
        "sender: not topicSub of the session [GJ-R075]",
    )
    message["topicSub"] = message.pop("sender")
    assert kinds(studio.send(message)) == ["result"]
    assert studio.noticed == ["GJ-E06 topicSub"]


def test_strict_mode_refuses_what_is_understood_otherwise() -> None:
    studio = Studio(strict=True)
    studio.create()
    message = studio.request("pushPlayListManager", action="getPlayList")
    message["topicSub"] = message.pop("sender")
    code, text = code_and_text(studio.send(message))
    assert code == -32602
    assert text.endswith("[GJ-E06]")
    assert studio.noticed == ["GJ-E06 topicSub"]


def test_after_the_end_nothing_is_accepted(studio: Studio) -> None:
    # GJ-R118.
    studio.live.destroy(studio.session, "maintenance")
    assert code_and_text(studio.ask("DestroySession")) == (
        -32001,
        "sessionId: the session has ended: maintenance [GJ-R118]",
    )


def test_a_session_that_is_forgotten_is_unknown() -> None:
    studio = Studio(sessions_kept=0)
    studio.create()
    studio.live.destroy(studio.session, "maintenance")
    assert studio.ask("DestroySession") == []
    assert studio.noticed == ["GJ-R074 sessionId"]


def test_sessions_are_told_apart(studio: Studio) -> None:
    first = studio.session
    studio.session = studio.state.sessions.create(studio.room, "second", studio.account)
    assert kinds(studio.create())[0] == "result"
    assert studio.publications[-1].topic == studio.session.topic_sub
    # Each has ids of its own, on both sides (GJ-E59).
    assert studio.said[-1]["id"] == 6
    studio.ask("DestroySession")
    assert (first.running, studio.session.destroyed) == (True, True)


# --- ids ---


def test_an_id_is_used_once_in_a_session(studio: Studio) -> None:
    # GJ-R079.
    message = studio.request("pushPlayListManager", action="getPlayList")
    assert kinds(studio.send(message)) == ["result"]
    assert code_and_text(studio.send(message)) == (-32004, "id: 2 was used before in this session [GJ-R079]")
    assert code_and_text(studio.send(studio.request("DestroySession") | {"id": 2}))[0] == -32004
    assert studio.session.running


def test_an_id_that_was_refused_is_used(studio: Studio) -> None:
    """GJ-R079: whether the codec has refused the request, or a rule."""
    refused = (
        studio.request("pushPlayListManager", action="x"),
        studio.request("Dance"),
        studio.request("ExecSessionResList", executeList=[{"name": "rtmp", "options": {"method": "dance"}}]),
    )
    for number, wrong in enumerate(refused, 50):
        data = text_of(wrong | {"id": number}).encode()
        first = studio.send(data)
        assert kinds(first) == ["error"]
        # MQTT may deliver it twice, and the same answer then.
        assert studio.send(data, duplicate=True) == first
        right = studio.request("pushPlayListManager", action="getPlayList") | {"id": number}
        assert code_and_text(studio.send(right))[0] == -32004
        assert studio.noticed == ["GJ-R079 id"]
        # What is wrong in other ways as well is told one of them, and the id is noted.
        assert kinds(studio.send(data)) == ["error"]
        assert "GJ-R079 id" in studio.noticed


@pytest.mark.parametrize(
    "given",
    ["7", "one", "", 1.5, -0.5, True, None, ..., [7], {"id": 7}, "x" * 300, 2**63, -(10**30)],
    ids=lambda given: "missing" if given is ... else str(given)[:10],
)
@pytest.mark.parametrize("strict", [False, True])
def test_an_id_that_is_none_is_told_so_under_that_id(given: Any, strict: bool) -> None:
    """GJ-R079, GJ-R080: nobody waits in vain; what cannot be said again is null."""
    studio = Studio(strict=strict)
    studio.create()
    message = studio.request("pushPlayListManager", action="getPlayList") | {"id": given}
    if given is ...:
        del message["id"]
    (answer,) = studio.send(message)
    is_plain = isinstance(given, str | float | int) and len(str(given)) <= 256
    assert answer["id"] == (given if is_plain else None)
    assert (answer["error"]["code"], answer["error"]["sessionId"]) == (-32600, studio.session.id)
    assert answer["error"]["message"].startswith("id: ")
    assert "GJ-R079 id" in studio.noticed
    assert studio.publications[-1].topic == studio.session.topic_sub


def test_a_whole_number_with_a_fraction_is_an_id(studio: Studio) -> None:
    (answer,) = studio.send(studio.request("pushPlayListManager", action="getPlayList") | {"id": 9.0})
    assert (answer["id"], "result" in answer) == (9, True)
    again = studio.request("pushPlayListManager", action="getPlayList") | {"id": 9}
    assert code_and_text(studio.send(again))[0] == -32004


@pytest.mark.parametrize("number", [0, -1, 2**62])
def test_any_integer_is_an_id(studio: Studio, number: int) -> None:
    message = studio.request("pushPlayListManager", action="getPlayList") | {"id": number}
    assert studio.send(message)[0]["id"] == number


def test_a_request_that_mqtt_delivers_twice_is_carried_out_once(studio: Studio) -> None:
    data = text_of(studio.request("pushPlayListManager", action="addPlayList", pcmIds=[studio.speech])).encode()
    once = studio.send(data)
    assert studio.send(data, duplicate=True) == once
    assert studio.playlist("getPlayList")["data"] == [*studio.audio, studio.speech]
    # Not the same bytes, or not said to be the same: another request with a used id.
    assert code_and_text(studio.send(data + b" ", duplicate=True))[0] == -32004
    assert code_and_text(studio.send(data))[0] == -32004


def test_a_session_may_be_ended_again_where_the_result_was_lost(studio: Studio) -> None:
    """Whether MQTT says so or not, and under whatever id: the same answer, as long as its client has ended it."""
    message = studio.request("DestroySession", cause="bye")
    (once,) = studio.send(message)
    assert studio.send(message) == [once]
    assert studio.send(studio.request("DestroySession") | {"id": 77}) == [once | {"id": 77}]
    assert studio.noticed == []
    # Anything else comes too late.
    assert code_and_text(studio.ask("pushPlayListManager", action="getPlayList"))[0] == -32001
    assert studio.received.violations[0].level == "error"


def test_what_crosses_the_end_of_a_session_is_no_violation(studio: Studio) -> None:
    """GJ-R118: the end was pushed, and the client cannot have heard of it."""
    studio.live.destroy(studio.session, "maintenance")
    for delay, level in ((1.0, "note"), (0.5, "error")):
        studio.clock.advance(delay)
        assert code_and_text(studio.ask("DestroySession"))[0] == -32001
        assert [(found.clause, found.level) for found in studio.received.violations] == [("GJ-R118", level)]


def test_the_end_of_a_session_may_be_delivered_twice(studio: Studio) -> None:
    data = text_of(studio.request("DestroySession")).encode()
    once = studio.send(data)
    assert studio.send(data, duplicate=True) == once
    assert kinds(once) == ["result"]


def test_a_creation_is_answered_again_once_it_is_answered() -> None:
    studio = Studio(prepare_seconds=1.0)
    data = text_of(studio.creation()).encode()
    assert studio.send(data) == []
    assert studio.send(data, duplicate=True) == []
    made = studio.pass_time(1.0)
    assert studio.send(data, duplicate=True) == made[:1]


def test_only_the_last_answers_are_remembered(studio: Studio) -> None:
    first = text_of(studio.request("pushPlayListManager", action="getPlayList")).encode()
    studio.send(first)
    for _ in range(64):
        studio.playlist("getPlayList")
    assert code_and_text(studio.send(first, duplicate=True))[0] == -32004


# --- what is no message ---

BROKEN = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"[1,2,3]",
    b'"text"',
    b"17",
    b"\xff\xfe\x00",
    b"\x00" * 100,
    b"{}",
    b'{"id":1}',
    b'{"id":"1","method":"DestroySession"}',
    b'{"id":null,"method":"DestroySession","params":{}}',
    b'{"id":1.5,"method":"DestroySession"}',
    b'{"id":true,"method":"DestroySession"}',
    b'{"id":99999999999999999999999,"method":"DestroySession"}',
    b'{"method":"DestroySession","params":{}}',
    b'{"result":{}}',
    b'{"id":1,"error":{}}',
    b'{"id":1,"result":{},"error":{}}',
    b'{"id":1,"method":"HeartBeat","params":{"sessionId":"x"}}',
    b"-- a comment\n{}",
    b"[" * 20_000,
    b'{"id":1,"params":' * 5_000,
]


@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_message_is_noted_and_harms_nobody(studio: Studio, data: bytes) -> None:
    # No session is named, so there is nobody to tell.
    assert studio.send(data) == []
    assert studio.received.violations
    assert studio.playlist("getPlayList")["ok"]


def test_what_is_no_json_is_told_where_an_id_can_be_made_out(studio: Studio) -> None:
    # GJ-R124, GJ-E63: comments and surplus commas exist only in the document.
    whole = text_of(studio.request("pushPlayListManager", action="getPlayList"))
    for data in (
        whole.replace("}", ",}", 1),
        whole[:-1],
        whole[:-1] + " -- the end\n}",
        whole + "// the end",
        whole.replace('"action"', "action"),
    ):
        (answer,) = studio.send(data.encode())
        assert (answer["id"], answer["error"]["code"]) == (2, -32600)
        assert answer["error"]["message"].startswith("byte ")
        assert answer["error"]["message"].endswith("[GJ-R124]")
        assert studio.publications[-1].topic == studio.session.topic_sub
    # Under an id that is no integer, too.
    for id_ in ('"n-1"', "1.5", '"\\u6d4b\\""'):
        (answer,) = studio.send(whole.replace('"id": 2', f'"id": {id_}')[:-1].encode())
        assert (answer["id"], answer["error"]["code"]) == (json.loads(id_), -32600)
    # But not the answer to a heartbeat, whose id is the server's.
    reply = f'{{"id":3,"result":{{}},"sessionId":"{studio.session.id}","sender":"{studio.session.topic_sub}",}}'
    assert studio.send(reply.encode()) == []


def test_a_message_that_is_too_large_is_refused() -> None:
    studio = Studio(max_message_bytes=4096)
    studio.create()
    message = studio.request("DestroySession", cause="x" * 4096)
    code, text = code_and_text(studio.send(message))
    assert code == -32600
    assert "at most 4096 bytes" in text
    assert studio.session.running


@pytest.mark.parametrize("method", ["HeartBeat", "SessionState", "Dance", "pushplaylistmanager", ""])
def test_a_method_there_is_not(studio: Studio, method: str) -> None:
    (answer,) = studio.send(studio.request(method, state="Show"))
    assert answer["error"]["code"] == -32601
    assert answer["error"]["message"].startswith("method: ")
    assert studio.noticed[0].endswith(" method")


# Hundreds of messages that are wrong somewhere: made from right ones.

METHODS: list[tuple[str, dict[str, Any]]] = [
    ("pushPlayListManager", {"action": "insertPlayList", "index": 0, "pcmIds": [300001], "oldPcmId": 300001}),
    ("ModifySessionResList", {"rmvRes": {"resList": []}, "addRes": {"resList": []}}),
    ("ExecSessionResList", {"executeList": [{"name": "rtmp", "options": {"method": "setpushstreams", "args": {}}}]}),
    ("DestroySession", {"cause": "no"}),
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a message."""
    found = [path] if path else []
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = [(name, value[name]) for name in cast("Any", value)]
    elif isinstance(value, list):
        inner = [(index, item) for index, item in enumerate(cast("Any", value))]
    return [*found, *(place for name, item in inner for place in places(item, (*path, name)))]


@settings(max_examples=examples(300), deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_message_the_session_lives_on(data: st.DataObject) -> None:
    studio = Studio()
    studio.create()
    method, params = data.draw(st.sampled_from(METHODS))
    message = studio.request(method, **deepcopy(params))
    # A cause is any text: without it a DestroySession is right and would end the session.
    protected: set[tuple[str, ...]] = {("params", "cause"), ("method",)} if method == "DestroySession" else set()
    path = data.draw(st.sampled_from([place for place in places(message) if place not in protected]))
    here: Any = message
    for step in path[:-1]:
        here = here[step]
    if data.draw(st.booleans()):
        here[path[-1]] = data.draw(ODD)
    else:
        del here[path[-1]]
    if method == "DestroySession":
        message.pop("sessionId", None)
    heard = studio.send(json.dumps(message).encode())
    for answer in heard:
        if "error" in answer:
            assert answer["error"]["code"] < 0
            assert "[GJ-" in answer["error"]["message"]
            if (
                type(answer["id"]) is int and abs(answer["id"]) < 2**63
            ):  # an id that no message may have is sent back as it came
                rpc.decode(json.dumps(answer).encode(), "server", strict=True)
    if not heard:
        assert studio.received.violations
    assert studio.send(studio.request("pushPlayListManager", action="getPlayList") | {"id": 7777})[0]["result"]["ok"]


@settings(deadline=None)
@given(noise=st.binary(max_size=200))
def test_noise_is_noted(noise: bytes) -> None:
    studio = Studio()
    assert studio.send(noise) == []
    assert studio.received.violations


@settings(deadline=None)
@given(data=st.data())
def test_a_message_cut_or_scrambled_harms_nobody(data: st.DataObject) -> None:
    studio = Studio()
    studio.create()
    whole = bytearray(json.dumps(studio.request("pushPlayListManager", action="getPlayList")).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    studio.send(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    assert studio.session.running
    assert studio.send(studio.request("pushPlayListManager", action="getPlayList") | {"id": 7777})[0]["result"]["ok"]
