"""Answers: what each says, and what the document forbids."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.messages import replies as p
from tests.codecs.guiji.rpc_samples import ANY_RESULT, CLOSED, HEARTBEAT_REPLY, LISTED, NOT_LISTED, RESULTS

ID: dict[str, Any] = {"session_id": "8f0a"}
bad: Any = "y"


def test_success_and_text_of_a_result() -> None:
    told = {sample.message: (sample.body.succeeded, sample.body.text) for sample in RESULTS}  # type: ignore[attr-defined]  # all are results
    assert told["CreateNewSession.result"] == (True, "make sess complete!")
    assert told["DestroySession.result"] == (True, "close sess ok")
    assert told["pushPlayListManager.result"] == (False, "no such index")
    assert p.Result(id=1, result=p.ResultBody(**ID)).text == ""


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: p.PlaylistBody(**ID, ok=True), r"data: required field is missing, expected the playlist.*\[GJ-R114\]"),
        (lambda: p.PlaylistBody(**ID, ok=True, data=(), info="x"), r"info: results of this method have no info"),
        (lambda: p.DestroyedBody(**ID, ok=True, info="x", message="y"), r"message: .*\[GJ-E82\]"),
        (lambda: p.TextBody(**ID, message="x", ok=True), r"ok: results of this method have no ok \[GJ-E82\]"),
        (lambda: p.CreatedBody(**ID), r"message: required field is missing.*\[GJ-R083\]"),
        (lambda: CLOSED.body.replace(session_id="other"), r"result.sessionId: .*\[GJ-E57\]"),
        (
            lambda: p.ErrorBody(**ID, message="x", code=bad),
            r"code: got text, expected an integer of 64 bits \[GJ-E62\]",
        ),
        (
            lambda: p.ErrorReply(id=1, error=p.ErrorBody(**ID, message="x", code=1)),
            r"error.code: got 1, expected a negative number \[GJ-E62\]",
        ),
        (
            lambda: p.ErrorReply(id=1, session_id="other", error=p.ErrorBody(**ID, message="x", code=-1)),
            r"error.sessionId: .*\[GJ-E57\]",
        ),
        (lambda: HEARTBEAT_REPLY.body.replace(session_id="other"), r"result.sessionId: .*\[GJ-E57\]"),
        (
            lambda: HEARTBEAT_REPLY.body.replace(session_id=":---:8f0a"),
            r"sessionId: the prefix belongs to result.sessionId alone \[GJ-E57\]",
        ),
        (
            lambda: HEARTBEAT_REPLY.body.replace(result=p.HeartBeatReplyBody(session_id="8f0a", message="x")),
            r"result.sessionId: the prefix is missing, expected :---:<id> \[GJ-E84\]",
        ),
    ],
)
def test_what_the_document_forbids_cannot_be_made(make: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        make()


def test_any_result_may_have_anything() -> None:
    assert ANY_RESULT.body.check() == ()
    assert p.ResultBody(**ID).to_dict() == {"sessionId": "8f0a"}


def test_a_failure_of_business_has_no_playlist() -> None:
    assert "data" in LISTED.fields["result"]
    assert "data" not in NOT_LISTED.fields["result"]


def test_our_numbers_are_negative() -> None:
    assert all(code < 0 for code in p.RpcErrorCode)
