"""Whatever stands in one place of a right message: it is refused by an error of ours, or read, and then to the end."""

from __future__ import annotations

from functools import partial

import pytest

from avatarwire.codecs.aliyun import decode
from avatarwire.codecs.aliyun.catalogue import CATALOGUE
from avatarwire.codecs.aliyun.tokens import (
    decode_channel_token,
    decode_claims,
    parse_websocket_query,
    parse_websocket_url,
)
from avatarwire.codecs.textform import decode_text

from ..hostile import (
    assert_answer_refused_or_readable,
    assert_refused_or_readable,
    assert_request_refused_or_readable,
    hostile_queries,
    variations,
)
from .frame_samples import DRIVE_REPLY, SAMPLES, Sample
from .http.test_operations import CASES, Case

FRAMES = [sample for sample in (*SAMPLES, DRIVE_REPLY) if sample.text is not None]
TOKEN = (
    '{"channelId":"c","token":"t","expireTime":60,"nonce":"AK-1","userId":"u","appId":"a","gslb":["https://g.example"]}'
)


@pytest.mark.unmeasured
@pytest.mark.parametrize("sample", FRAMES, ids=lambda sample: sample.message_id)
def test_a_frame_is_refused_or_readable(sample: Sample) -> None:
    head = bytes.fromhex(sample.wire)[:11]
    understood = 0
    for payload in variations(sample.text or ""):
        for read in (
            partial(decode, sender=sample.sender),
            partial(decode, strict=True),
            partial(decode_text, CATALOGUE),
        ):
            understood += assert_refused_or_readable(read, head + payload) is not None
    assert understood


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_a_request_is_refused_or_readable(case: Case) -> None:
    assert_request_refused_or_readable(case.operation, case.sent)


@pytest.mark.unmeasured
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_an_answer_is_refused_or_readable(case: Case) -> None:
    assert_answer_refused_or_readable(case.operation, case.answered)


def test_a_channel_token_is_refused_or_readable() -> None:
    for data in variations(TOKEN):
        assert_refused_or_readable(decode_channel_token, data)
        assert_refused_or_readable(decode_channel_token, data.decode("utf-8", "surrogateescape"))


def test_a_socket_url_is_refused_or_readable() -> None:
    for query in hostile_queries("token=a.b.c&sessionId=s"):
        assert_refused_or_readable(parse_websocket_query, query)
        assert_refused_or_readable(parse_websocket_url, f"ws://h/v1?{query}")
    for url in ("", "ws://[", "ws://[::1", "http://h:99999/?token=a", "ws://\ud800/?token=t", "//", "ws://h:x/", "\0"):
        assert_refused_or_readable(parse_websocket_url, url)
    for claims in ("", ".", "..", "e30.e30.", "W10.W10.", "\ud800.e30.e30", "e30=.e30.e30", "bnVsbA.bnVsbA.x"):
        assert_refused_or_readable(decode_claims, claims)
