"""Replies: open enumerations, nothing required, secrets out of sight."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.http_enums import ProjectStatus
from avatarwire.codecs.operation import Operation


@pytest.mark.parametrize("operation", http.OPERATIONS, ids=lambda operation: operation.id)
def test_an_empty_object_is_a_reply(operation: Operation[Any, Any]) -> None:
    decoded = operation.decode_response(200, b"{}", strict=True)
    assert decoded.value == operation.response.type()
    assert operation.encode_response(decoded.value) == b"{}"


@pytest.mark.parametrize("operation", http.OPERATIONS, ids=lambda operation: operation.id)
def test_every_reply_has_the_id_of_its_call(operation: Operation[Any, Any]) -> None:
    reply = operation.decode_response(200, b'{"requestId":"4E1C-0A"}', strict=True).value
    assert msgspec.to_builtins(reply) == {"requestId": "4E1C-0A"}


def test_a_status_nobody_knows_yet_survives() -> None:
    decoded = http.QUERY_AVATAR_PROJECT.decode_response(200, b'{"status":"ARCHIVED"}', strict=True)
    assert decoded.value.status == "ARCHIVED"
    assert http.QUERY_AVATAR_PROJECT.encode_response(decoded.value) == b'{"status":"ARCHIVED"}'


def test_a_documented_status_compares_with_its_name() -> None:
    # A save reply lists five states, all six are understood (ALI-E76).
    decoded = http.SAVE_AVATAR_PROJECT.decode_response(200, b'{"status":"OFFLINE"}', strict=True)
    assert decoded.value.status == ProjectStatus.OFFLINE


def test_project_details_may_say_whose_they_are() -> None:
    decoded = http.QUERY_AVATAR_PROJECT.decode_response(200, b'{"projectId":"58"}', strict=True)
    assert (decoded.value.project_id, decoded.unknown_fields()) == ("58", {})


def test_secrets_stay_out_of_representations() -> None:
    reply = http.StartAvatarSessionResponse(
        session_id="s-1",
        channel_token='{"token":"secret-1"}',
        web_socket_url="wss://w.example/v1/interaction?token=secret-2",
        token="secret-3",
    )
    assert "secret" not in repr(reply)
    assert repr(reply) == (
        "StartAvatarSessionResponse(request_id=None, session_id='s-1', channel_token='<20 characters masked>', "
        "web_socket_url='wss://w.example/v1/interaction?<14 characters masked>', token='<8 characters masked>')"
    )
    assert reply.to_dict()["token"] == "secret-3"
