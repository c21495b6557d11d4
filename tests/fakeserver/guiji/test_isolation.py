"""What one account has made is neither seen nor touched by another: rooms, materials, sessions, records, messages."""

from __future__ import annotations

from typing import Final

import pytest

from avatarwire.codecs.guiji.http import CreateLiveRequest
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.guiji.scenario import AccountFixture
from tests.fakeserver.guiji.client import Client, data, refusal
from tests.fakeserver.guiji.running import Http, Line, Serve
from tests.fakeserver.guiji.talk import Studio, code_and_text
from tests.fakeserver.mqtt.raw import Raw

ACCOUNTS: Final = (
    AccountFixture(app_id="a", app_secret="x", number="1", mqtt_user="anna", mqtt_password="open sesame"),
    AccountFixture(app_id="b", app_secret="y", number="2", mqtt_user="bert", mqtt_password="open sesame"),
)


# --- HTTP ---


def test_a_room_of_another_account_is_as_one_there_is_not() -> None:
    own = Client()
    room = own.create()
    assert data(own.upload(room)) > 0
    session = data(own.post("/live/createLiveSession", liveId=room, name="n"))["sessionId"]
    own.token = own.new_token(2)

    def refusals(live_id: int) -> list[tuple[int, str]]:
        return [
            refusal(answer)
            for answer in (
                own.post("/liveInfo/update", id=live_id, liveName="mine now"),
                own.get("/liveInfo/query", id=live_id),
                own.upload(live_id),
                own.post("/customizedMaterial/query", liveId=live_id, page=1, pageSize=10),
                own.post("/live/createLiveSession", liveId=live_id, name="n"),
                own.get("/live/getPath", liveId=live_id, sessionId=session),
            )
        ]

    unknown = [(code, text.replace("99", str(room))) for code, text in refusals(99)]
    assert refusals(room) == unknown
    assert data(own.get("/liveInfo/queryByPage", page=1, pageSize=10))["records"] == []
    assert data(own.get("/liveRecord/query", page=1, pageSize=10))["total"] == 0
    # Nor does a room of its own lead to the session.
    mine = own.create()
    foreign = refusal(own.get("/live/getPath", liveId=mine, sessionId=session))
    nobody = refusal(own.get("/live/getPath", liveId=mine, sessionId="nobody"))
    assert foreign == (nobody[0], nobody[1].replace("nobody", session))


def test_a_token_is_good_for_its_own_account_only() -> None:
    """A new token of one account ends none of another."""
    client = Client(tokens_kept=2)
    first = client.token
    client.new_token(2)
    assert data(client.get("/liveInfo/queryByPage", page=1, pageSize=10))["total"] == 0
    client.token = first
    assert data(client.get("/liveInfo/queryByPage", page=1, pageSize=10))["total"] == 0


# --- messages ---


@pytest.mark.parametrize("sender", ["own", "made up"])
def test_a_session_of_another_account_is_as_one_there_is_not(sender: str) -> None:
    """GJ-R074: nothing is carried out, and nobody hears of it."""
    studio = Studio()
    studio.create()
    room = studio.session.room
    message = studio.request("DestroySession", cause="by somebody else")
    if sender != "own":
        message["sender"] = "77002/topicSendClientmade-up"
    assert studio.send(message, user="user-2") == []
    unknown = message | {"sessionId": "nobody", "params": {"sessionId": "nobody", "cause": "x"}}
    told = [(item.clause, item.reason.replace(studio.session.id, "nobody")) for item in studio.received.violations]
    assert studio.send(unknown, user="user-2") == []
    assert [(item.clause, item.reason) for item in studio.received.violations] == told
    assert not studio.session.destroyed
    assert studio.session.room is room


def test_a_heartbeat_of_another_account_keeps_nobody_alive() -> None:
    studio = Studio(heartbeat_seconds=5.0, missed_heartbeats=1)
    studio.create()
    studio.clock.advance(5)
    beat = next(message for message in studio.said if message.get("method") == "HeartBeat")
    studio.beat(beat, sender=studio.session.topic_sub)
    studio.clock.advance(5)
    beat = [message for message in studio.said if message.get("method") == "HeartBeat"][-1]
    answer = {"id": beat["id"], "result": {"sessionId": studio.session.id, "message": "Heartbeat received."}}
    studio.send(answer | {"sessionId": studio.session.id, "sender": studio.session.topic_sub}, user="user-2")
    studio.clock.advance(5)
    assert studio.session.destroyed


def test_neither_a_token_nor_a_material_of_another_account_is_taken() -> None:
    """GJ-R084, GJ-R097."""
    studio = Studio()
    other = studio.state.tokens.issue("app-2", "secret-2").token
    code, text = code_and_text(studio.send(studio.creation(token=other) | {"token": other}))
    assert (code, "another account's" in text) == (-32003, True)
    request = CreateLiveRequest(cutin_flag=False, live_name="another's")
    twin = studio.state.rooms.create(request, studio.scenario.accounts[1])
    foreign = studio.state.materials.add(twin, next(iter(studio.room.materials.values())).request, studio.clock.now())
    code, text = code_and_text(studio.create(playlist=[foreign.id]))
    assert (code, str(foreign.id) in text) == (-32602, True)


# --- the broker ---


def test_another_accounts_client_of_that_name_hears_nothing(serve: Serve) -> None:
    """GJ-E04: an identifier is one of its account's, whatever a client of another account calls itself."""
    fake = serve(accounts=ACCOUNTS, clock=VirtualClock())
    http = Http(fake)
    http.log_in()
    opened = http.data("POST", "openApi/live/createLiveSession", liveId=fake.live_id, name="n")
    topic = opened["topicSub"]
    with Raw(fake.mqtt_port) as anna, Raw(fake.mqtt_port) as bert:
        anna.login("gateway", (topic, 1), clean=False)
        bert.login("gateway", user="bert", clean=False)
        assert anna.is_alive()
        with Line(fake, opened, http.token) as line:
            line.send({"id": 2, "method": "nope", "sessionId": line.session_id, "sender": topic, "params": {}})
            assert b"nope" in anna.packet()
        assert bert.is_alive()
