"""The other readings of the document's contradictions, each chosen by one tunable."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.guiji import http
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpAnswer
from avatarwire.fakeserver.guiji.sessions import SessionStage

from .client import TOKEN_PATH, Client, data, fields


def understood(operation: Operation[Any, Any], answer: HttpAnswer) -> tuple[str, ...]:
    """The errata under which the codecs understand an answer."""
    return operation.decode_response(answer.status, answer.body).deviations


def test_codes_may_be_texts_where_the_tables_say_so() -> None:
    client = Client(code_form="text", text_member="message")
    answer = client.get("/liveInfo/queryByPage")
    assert fields(answer).keys() == {"code", "message", "success", "data"}
    assert fields(answer)["code"] == "200"
    assert understood(http.QUERY_LIVE_PAGE, answer) == ("GJ-E11", "GJ-E12")
    failed = fields(client.get("/liveInfo/query", id=7))
    assert failed == {"code": "500", "message": "id: no live room 7 [GJ-R044]", "success": False}


def test_but_never_in_the_first_and_the_last_section() -> None:
    client = Client(code_form="text", text_member="message")
    token = fields(client.send("POST", TOKEN_PATH, {"appId": "app-1", "appSecret": "secret-1"}, {}))
    room = int(fields(client.post("/liveInfo/create", cutinFlag=True, liveName="x"))["data"])
    session = fields(client.post("/live/createLiveSession", liveId=room))
    wrong = fields(client.send("POST", TOKEN_PATH, {"appId": "app-1", "appSecret": "no"}, {}))
    assert [body["code"] for body in (token, session, wrong)] == [200, 200, 100503]
    assert all("msg" in body for body in (token, session, wrong))


def test_a_page_of_rooms_may_be_one_room() -> None:
    client = Client(live_page_form="room")
    assert fields(client.get("/liveInfo/queryByPage"))["data"]["records"] == []
    room = client.create()
    client.create()
    answer = client.get("/liveInfo/queryByPage")
    assert fields(answer)["data"]["id"] == room
    assert understood(http.QUERY_LIVE_PAGE, answer) == ("GJ-E22",)
    assert fields(client.get("/liveInfo/queryByPage", page=0))["code"] == 500


def test_rows_and_page_size_may_have_the_names_of_the_table() -> None:
    client = Client(record_rows="list", page_size_member="pageSize")
    answer = client.get("/liveRecord/query")
    assert fields(answer)["data"] == {"list": [], "total": 0, "pageSize": 10, "current": 1, "pages": 0}
    assert understood(http.QUERY_LIVE_RECORDS, answer) == ("GJ-E25", "GJ-E26")
    assert "pageSize" in fields(client.get("/speaker/platformList"))["data"]
    assert "size" in fields(client.get("/voice/changeVoiceList"))["data"]


@pytest.mark.parametrize(("form", "errata"), [("playaddr", ()), ("table", ("GJ-E47",))])
def test_addresses_may_stand_a_level_higher(form: str, errata: tuple[str, ...]) -> None:
    client = Client(path_form=form)
    room = client.create()
    told = data(client.post("/live/createLiveSession", liveId=room))
    session = client.state.sessions.get(told["sessionId"])
    assert session is not None
    session.stage = SessionStage.RUNNING
    answer = client.get("/live/getPath", liveId=room, sessionId=session.id, duration=1)
    assert ("playaddr" in data(answer)["data"]) == (form == "playaddr")
    assert understood(http.GET_PULL_PATH, answer) == errata
