"""Topics are written as they are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.errors import DecodeError, EncodeError
from avatarwire.codecs.guiji.wire.topics import (
    DEFAULT_TOPIC_PUB,
    ClientTopic,
    parse_topic_sub,
    plain_session_id,
    topic_sub,
)

ACCOUNTS = st.from_regex(r"\A[0-9]{1,9}\Z")
UUIDS = st.uuids().map(str) | st.from_regex(r"\A[^/+#\x00]+\Z")


def test_a_topic_is_an_account_and_an_id() -> None:
    assert topic_sub("77001", "8f0a-11") == "77001/topicSendClient8f0a-11"
    assert parse_topic_sub("77001/topicSendClient8f0a-11") == ClientTopic("77001", "8f0a-11")


@given(account=ACCOUNTS, uuid=UUIDS)
def test_there_and_back(account: str, uuid: str) -> None:
    assert parse_topic_sub(topic_sub(account, uuid)) == (account, uuid)


@pytest.mark.parametrize(
    ("account", "uuid", "path"),
    [("", "x", "account"), ("a1", "x", "account"), ("1", "", "uuid"), ("1", "a/b", "uuid"), ("1", "#", "uuid")],
)
def test_what_would_be_another_topic_is_refused(account: str, uuid: str, path: str) -> None:
    with pytest.raises(EncodeError, match=rf"guiji: {path}: .*\[GJ-E05\]"):
        topic_sub(account, uuid)


@pytest.mark.parametrize(
    "topic", ["", DEFAULT_TOPIC_PUB, "77001/topicSendClient", "x/topicSendClient1", "1/topicSendClient1/2", "1/1"]
)
def test_another_form_is_told(topic: str) -> None:
    with pytest.raises(DecodeError, match=r"topicSub: .*expected <account number>/topicSendClient<uuid> \[GJ-E05\]"):
        parse_topic_sub(topic)


@pytest.mark.parametrize(
    ("text", "plain"), [("8f0a", "8f0a"), (":---:8f0a", "8f0a"), ("x:---:8f0a", "8f0a"), (":---:", ""), ("", "")]
)
def test_the_prefix_of_a_heartbeat_is_taken_away(text: str, plain: str) -> None:
    assert plain_session_id(text) == plain
