"""Payloads of one message: what is wrong is told of that one, under its own clauses."""

from __future__ import annotations

import json
from typing import Any, Final

import jsonschema
import pytest

from avatarwire.codecs.errors import RpcError, ValidationError
from avatarwire.codecs.guiji.catalogue import CATALOGUE

SCENE: Final = {
    "name": "dthuman",
    "options": {"method": "switchTemplate", "args": {"drivenMode": "audioDriven", "audioDriven": {"udCode": "7"}}},
}
PUSH: Final = {"name": "rtmp", "options": {"method": "setpushstreams", "args": {"pushurls": ["rtmp://a/b"]}}}
LATER: Final = {"name": "dthuman", "options": {"method": "dance"}}


def execute(*items: dict[str, Any]) -> dict[str, Any]:
    params = {"sessionId": "s-1", "executeList": list(items)}
    return {"id": 7, "method": "ExecSessionResList", "sessionId": "s-1", "sender": "topic", "params": params}


def schema_accepts(message: str, value: dict[str, Any]) -> bool:
    validator: Any = jsonschema.Draft202012Validator(CATALOGUE.schema_of(message)["schema"])
    return bool(validator.is_valid(value))


@pytest.mark.parametrize("items", [(SCENE,), (SCENE, PUSH), (SCENE, SCENE)])
def test_the_first_command_says_which_message_it_is(items: tuple[dict[str, Any], ...]) -> None:
    message = "ExecSessionResList.switchTemplate.request"
    value = execute(*items)
    received = CATALOGUE.decode(message, json.dumps(value).encode())
    assert [each.method for each in received.value.params.execute_list] == [each["options"]["method"] for each in items]
    assert schema_accepts(message, value)


@pytest.mark.parametrize(
    ("items", "first"), [((PUSH,), "setpushstreams"), ((PUSH, SCENE), "setpushstreams"), ((LATER, SCENE), "dance")]
)
@pytest.mark.parametrize("strict", [False, True])
def test_another_first_command_is_another_message(items: tuple[dict[str, Any], ...], first: str, strict: bool) -> None:
    message = "ExecSessionResList.switchTemplate.request"
    value = execute(*items)
    with pytest.raises(ValidationError) as caught:
        CATALOGUE.decode(message, json.dumps(value).encode(), strict=strict)
    assert str(caught.value) == (
        f"guiji {message}: params.executeList[0].options.method: "
        f"got '{first}', expected switchTemplate, as the first [GJ-R106]"
    )
    assert not schema_accepts(message, value)


@pytest.mark.parametrize(
    ("message", "payload", "path", "clause"),
    [
        ("CreateNewSession.result", '{"id":9,"sessionId":"s-1"}', "result", "GJ-R080"),
        ("CreateNewSession.result", '{"id":9,"result":7}', "result", "GJ-R080"),
        ("CreateNewSession.result", '{"id":9,"result":{"sessionId":"s-1","message":5}}', "result.message", "GJ-R083"),
        ("CreateNewSession.result", '{"result":{"sessionId":"s-1","message":"OK"}}', "id", "GJ-R081"),
        ("pushPlayListManager.result", '{"id":9,"result":{"sessionId":"s-1","ok":"yes"}}', "result.ok", "GJ-R114"),
        ("HeartBeat.reply", '{"id":9,"sessionId":"s-1"}', "result", "GJ-R117"),
        ("error", '{"id":9,"sessionId":"s-1"}', "error", "GJ-R080"),
        ("SessionState.StreamPlay", '{"method":"SessionState","sessionId":"s-1"}', "params", "GJ-R119"),
        ("SessionState.playlist", '{"method":"SessionState","params":7}', "params", "GJ-R121"),
        ("SessionState.Show", '{"method":"SessionState","params":{}}', "params.state", "GJ-R120"),
        ("SessionState.Destroy", '{"method":"SessionState","params":{"state":"Rest"}}', "params.state", "GJ-R118"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_what_is_wrong_is_told_under_the_clause_of_the_message(
    message: str, payload: str, path: str, clause: str, strict: bool
) -> None:
    with pytest.raises(ValidationError) as caught:
        CATALOGUE.decode(message, payload.encode(), strict=strict)
    assert (caught.value.message, caught.value.path, caught.value.clause) == (message, path, clause)


@pytest.mark.parametrize(
    ("message", "payload", "path", "clause"),
    [
        ("CreateNewSession.result", '{"id":9,"result":{"sessionId":"s-1"}}', "result.message", "GJ-R083"),
        ("pushPlayListManager.result", '{"id":9,"result":{"sessionId":"s-1"}}', "result.ok", "GJ-R114"),
    ],
)
def test_a_result_that_only_lenient_reading_takes(message: str, payload: str, path: str, clause: str) -> None:
    assert CATALOGUE.decode(message, payload.encode()).deviations == ("GJ-E82",)
    with pytest.raises(ValidationError) as caught:
        CATALOGUE.decode(message, payload.encode(), strict=True)
    assert (caught.value.message, caught.value.path, caught.value.clause) == (message, path, clause)


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ('{"method":"SessionState","params":{"sessionId":"s-1","state":"Destroy"}}', "SessionState.Destroy"),
        ('{"id":9,"result":{"sessionId":"s-1","message":"OK"}}', "result"),
    ],
)
def test_another_message_is_told_by_its_name(payload: str, told: str) -> None:
    with pytest.raises(ValidationError, match=rf"HeartBeat: a payload of {told}, expected HeartBeat \[GJ-R078\]"):
        CATALOGUE.decode("HeartBeat", payload.encode())


def test_an_error_in_the_place_of_a_result() -> None:
    with pytest.raises(RpcError, match=r"^error 500: no \[GJ-R080\]$"):
        CATALOGUE.decode("DestroySession.result", b'{"id":9,"error":{"sessionId":"s-1","code":500,"message":"no"}}')
    with pytest.raises(ValidationError, match=r"guiji error: error\.code: required field is missing"):
        CATALOGUE.decode("DestroySession.result", b'{"id":9,"error":{"sessionId":"s-1","message":"no"}}')


def test_what_is_wrong_in_itself_is_told_as_it_is() -> None:
    both = b'{"id":9,"result":{"sessionId":"s-1"},"error":{"sessionId":"s-1","code":500,"message":"no"}}'
    with pytest.raises(ValidationError, match=r"result and error in one message.*\[GJ-R082\]"):
        CATALOGUE.decode("result", both)
    with pytest.raises(ValidationError, match=r"got a list, expected a JSON object \[GJ-R124\]"):
        CATALOGUE.decode("result", b"[]")
