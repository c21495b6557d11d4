"""Whatever stands in one place of a request: it is answered if it tells whom to answer, and nothing fails inside."""

from __future__ import annotations

import json
import sys
from typing import Any, cast

import pytest

from avatarwire.codecs.guiji.wire import rpc
from tests.codecs.hostile import variations
from tests.fakeserver.guiji.talk import FIRST, Studio, background, dthuman


def requests(studio: Studio) -> dict[str, dict[str, Any]]:
    """One request of each method."""
    switch = {"method": "switchTemplate", "args": {"drivenMode": "audioDriven", "audioDriven": {"udCode": FIRST}}}
    return {
        "CreateNewSession": studio.creation(resList=[dthuman()]),
        "ModifySessionResList": studio.request(
            "ModifySessionResList", rmvRes={"resList": []}, addRes={"resList": [background()]}
        ),
        "ExecSessionResList": studio.request(
            "ExecSessionResList", executeList=[{"name": "dthuman", "options": switch}]
        ),
        "pushPlayListManager": studio.request("pushPlayListManager", action="addPlayList", pcmIds=studio.audio),
        "MakeSession": studio.request("MakeSession", anything=[1]),
        "DestroySession": studio.request("DestroySession", cause="bye"),
    }


def addressed(studio: Studio, data: bytes) -> bool:
    """Whether a message tells its id, its session and its sender, whatever else it says."""
    fields: Any
    try:
        fields = json.loads(data.decode("utf-8", "replace"), parse_int=_integer)
    except (ValueError, RecursionError):
        return False
    known = {"sessionId": studio.session.id, "sender": studio.session.topic_sub}
    if not isinstance(fields, dict):
        return False
    members = cast("dict[str, object]", fields)
    return type(members.get("id")) is int and known.items() <= members.items()


def _integer(text: str) -> int | None:
    """An integer; an id of more digits than Python reads could not be told again."""
    return int(text) if len(text) <= sys.get_int_max_str_digits() else None


@pytest.mark.parametrize("method", requests(Studio()))
@pytest.mark.parametrize("strict", [False, True])
def test_a_request_that_tells_whom_to_answer_is_answered(method: str, strict: bool) -> None:
    studio = Studio(strict=strict, heartbeat_seconds=None)
    if method != "CreateNewSession":
        studio.create()
    for data in variations(json.dumps(requests(studio)[method])):
        said = studio.send(data)
        answers = [message for message in said if "method" not in message]
        # What is no JSON is searched for an id, and may be answered all the same.
        assert addressed(studio, data) <= len(answers) <= 1, data[:300]


NUMBERS = ("1e999", "-1e999", "1" * (sys.get_int_max_str_digits() + 1))


@pytest.mark.parametrize("number", NUMBERS, ids=["large", "small", "long"])
def test_a_number_beyond_pythons_in_an_unknown_member_is_skipped(number: str) -> None:
    """The request is carried out, whichever way it is read: as ruled, or in a form that has to be repaired."""
    for change in ({}, {"jsonrpc": "2.0"}):
        studio = Studio()
        studio.create()
        message = json.dumps(studio.request("getPlayList") | change)[:-1] + f',"x":{number}}}'
        message = message.replace('"method": "getPlayList"', '"method": "pushPlayListManager"')
        message = message.replace('"params": {', '"params": {"action": "getPlayList", ')
        (answer,) = studio.send(message.encode())
        assert answer["result"]["ok"] is True
        assert rpc.decode(message.encode()).unknown_fields().keys() >= {"x"}
        assert "x" not in studio.noticed


def test_text_that_is_no_utf_8_in_an_unknown_member_is_skipped() -> None:
    studio = Studio()
    studio.create()
    for change in ({}, {"jsonrpc": "2.0"}):
        message = studio.request("pushPlayListManager", action="getPlayList") | change
        data = json.dumps(message).encode()[:-1] + b',"x":"\xff","\xfe":1}'
        (answer,) = studio.send(data)
        assert answer["result"]["ok"] is True
        assert rpc.decode(data).deviations == (("GJ-E60",) if change else ())
