"""Whatever stands in one place of a right message: it is refused by an error of ours, or read, and then to the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from avatarwire.codecs.sensetime import script, tokens
from avatarwire.codecs.sensetime.catalogue import CATALOGUE
from avatarwire.codecs.sensetime.messages import callbacks, interactive, role
from avatarwire.codecs.sensetime.wire import microphone
from avatarwire.codecs.sensetime.wire.microphone_url import parse_query, parse_url
from avatarwire.codecs.textform import decode_text

from ..hostile import (
    SLOW,
    assert_answer_refused_or_readable,
    assert_refused_or_readable,
    assert_request_refused_or_readable,
    hostile_queries,
    variations,
)
from .catalogue_samples import SAMPLES
from .http_samples import CASES, Case, quoted

DECODERS: Mapping[str, tuple[Callable[[bytes], object], ...]] = {
    "LiveScript": (
        script.decode_live,
        partial(script.decode_live, strict=True),
        partial(script.faults_of, kind="live"),
    ),
    "TakeoverScript": (script.decode_takeover, partial(script.faults_of, kind="takeover")),
    "Role": (role.decode_roles, partial(role.decode_roles, strict=True)),
    "SdkCreateConfig": (role.SDK_CONFIG.decode,),
    "CallbackBody": (callbacks.decode, partial(callbacks.decode, strict=True)),
    "login.request": (lambda data: tokens.LOGIN.decode_request(body=data),),
    "login.response": (
        lambda data: tokens.LOGIN.decode_response(200, b'{"code":0,"message":"","data":' + data + b"}"),
    ),
    "refresh.request": (lambda data: tokens.REFRESH.decode_request(body=data),),
    "refresh.response": (
        lambda data: tokens.REFRESH.decode_response(200, b'{"code":0,"message":"","data":' + data + b"}"),
    ),
    **{
        id_: (interactive.decode, partial(interactive.decode, strict=True), partial(decode_text, CATALOGUE))
        for id_ in interactive.BY_ID
    },
    **{
        row.id: (
            # The socket carries text, so that bytes which are none do not get as far as this.
            lambda data: microphone.decode(data.decode("utf-8", "surrogateescape")),
            lambda data: microphone.decode(data.decode("utf-8", "surrogateescape"), strict=True),
            partial(decode_text, CATALOGUE),
        )
        for row in microphone.MESSAGES
        if row.codec is not None
    },
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("entry_id", DECODERS)
def test_a_message_is_refused_or_readable(entry_id: str) -> None:
    understood = 0
    for data in variations(SAMPLES[entry_id][0]):
        for decode in DECODERS[entry_id]:
            understood += assert_refused_or_readable(decode, data) is not None
    assert understood


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_a_request_is_refused_or_readable(case: Case) -> None:
    assert_request_refused_or_readable(case.operation, case.sent)


@pytest.mark.unmeasured
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_an_answer_is_refused_or_readable(case: Case) -> None:
    assert_answer_refused_or_readable(case.operation, case.body)


def test_a_script_inside_a_request_is_refused_or_readable() -> None:
    """ST-LIVE-01: it travels as text."""
    [create] = [case.operation for case in CASES if case.operation.id == "createLive"][:1]
    for inner in variations(SAMPLES["LiveScript"][0], every=SLOW):
        body = f'{{"param":{quoted(inner.decode("utf-8", "replace"))}}}'.encode()
        assert_refused_or_readable(partial(create.decode_request, ""), body)


def test_a_socket_url_is_refused_or_readable() -> None:
    for query in hostile_queries("clientType=BROWSER&sessionId=s&Authorization=Bearer%20t"):
        assert_refused_or_readable(parse_query, query)
        assert_refused_or_readable(parse_url, f"wss://h/ws?{query}")
    good = "?clientType=BROWSER&sessionId=s&Authorization=Bearer%20t"
    for base in (
        "",
        "ws://[",
        "ws://[::1",
        "http://h:99999/",
        "ws://\ud800/",
        "//",
        "ws://h:x/",
        "\0",
        "ws://u:p@h/\udfff",
    ):
        assert_refused_or_readable(parse_url, base + good)
