"""Which message decoded JSON is."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.wire.routing import command_id, head_of, message_of
from tests.codecs.guiji.rpc_samples import RESULTS, SAMPLES, Sample

EXEC = "ExecSessionResList"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.message)
def test_every_message_is_found(sample: Sample) -> None:
    row = message_of(sample.fields, sample.sender, "")
    assert row is not None
    assert row.id == ("result" if sample in RESULTS else sample.message)
    assert (row.sender, row.kind) == (sample.sender, head_of(sample.fields).kind)


@pytest.mark.parametrize(
    "params",
    [
        None,
        [],
        {},
        {"executeList": {}},
        {"executeList": []},
        {"executeList": [7]},
        {"executeList": [{"options": 7}]},
        {"executeList": [{"options": {"method": 7}}]},
        {"executeList": [{"options": {"method": "startrtmp"}}]},
    ],
)
def test_a_command_that_is_none_leads_to_the_request_without_one(params: object) -> None:
    row = message_of({"method": EXEC, "params": params}, None, "")
    assert row is not None
    assert row.id == f"{EXEC}.request"


@pytest.mark.parametrize(
    ("fields", "sender", "told"),
    [
        ({"id": 1}, None, r"method: required field is missing, expected method, result or error \[GJ-R078\]"),
        ({"method": 7}, None, r"method: got 7, expected text \[GJ-R078\]"),
        ({"method": None}, None, r"method: got None, expected text \[GJ-R078\]"),
        ({"result": {}, "error": {}}, None, r"error: result and error in one message.*\[GJ-R082\]"),
        ({"method": "HeartBeat"}, "client", r"method: HeartBeat from the client, expected CreateNewSession or Modify"),
        (
            {"method": "DestroySession"}, "server",
            r"method: DestroySession from the server, expected HeartBeat or SessionState \[GJ-R078\]",
        ),
        ({"method": "SessionState"}, None, r"params: required field is missing, expected an object"),
        ({"method": "SessionState", "params": 5}, None, r"params: got 5, expected an object"),
        ({"method": "SessionState", "params": {}}, None, r"params.state: .*expected state or status \[GJ-E87\]"),
        ({"method": "SessionState", "params": {"state": 5}}, None, r"params.state: got 5, expected text \[GJ-E87\]"),
    ],
)  # fmt: skip
def test_what_tells_nothing_is_refused(fields: dict[str, Any], sender: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        message_of(fields, sender, "")


@pytest.mark.parametrize("method", ["MakeSession", "createNewSession", "PushPlayListManager", ""])
def test_case_and_headings_count(method: str) -> None:
    assert message_of({"method": method}, "client", "") is None


def test_an_answer_of_a_client_says_who_it_is() -> None:
    for name in ("sender", "topicSub"):
        fields: dict[str, Any] = {"result": {}, name: "t"}
        row = message_of(fields, None, "")
        assert row is not None
        assert row.id == "HeartBeat.reply"
    found = message_of({"error": {}}, "client", "")
    assert found is not None
    assert found.id == "error"


def test_an_answer_to_what_is_not_known_is_any_result() -> None:
    row = message_of({"result": {}}, "server", "MakeSession.request")
    assert row is not None
    assert row.id == "result"


def test_ids_of_commands() -> None:
    assert command_id("switchTemplate") == f"{EXEC}.switchTemplate.request"
    assert command_id("startrtmp") == ""
