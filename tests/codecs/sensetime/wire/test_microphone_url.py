"""The URL of the microphone socket: the form that is written, the forms that are read, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.export.constraint_schema import schema_of_rules
from avatarwire.codecs.sensetime.wire.microphone_url import (
    BASE,
    PATH,
    MicrophoneQuery,
    build_url,
    parse_query,
    parse_url,
)

RULED = (
    "wss://aigc.softsugar.com/api/live-takeover-cc/v1/material/live/channel/command/microphone"
    "?clientType=BROWSER&sessionId=live-1&Authorization=Bearer%20tok%2Fen%3D"
)
START = "clientType=BROWSER&sessionId=live-1&Authorization="


def test_a_url_in_both_directions() -> None:
    assert build_url("live-1", "tok/en=") == RULED
    url = parse_url(RULED, strict=True)
    assert (url.scheme, url.host, url.port, url.path) == ("wss", "aigc.softsugar.com", 443, PATH)
    assert (url.session_id, url.token, url.deviations) == ("live-1", "tok/en=", ())
    assert url.query == MicrophoneQuery(client_type="BROWSER", session_id="live-1", authorization="Bearer tok/en=")
    assert url.text == RULED


@pytest.mark.parametrize(
    ("base", "start"),
    [
        ("ws://127.0.0.1:8042", "ws://127.0.0.1:8042/api/"),
        ("http://127.0.0.1:8042/", "ws://127.0.0.1:8042/api/"),
        ("https://proxy.example.com/st", "wss://proxy.example.com/st/api/"),
        ("ws://[::1]:80", "ws://[::1]/api/"),
        (BASE, "wss://aigc.softsugar.com/api/"),
    ],
)
def test_the_base_is_the_callers(base: str, start: str) -> None:
    assert build_url("s", "t", base=base).startswith(start)


def test_bearer_is_written_once() -> None:
    assert build_url("s", "Bearer t") == build_url("s", "t")


@pytest.mark.parametrize(
    ("authorization", "token", "deviations"),
    [
        ("Bearer%20abc", "abc", ()),
        ("Bearer abc", "abc", ("ST-E03",)),  # the sample of the document
        ("Bearer+abc", "abc", ("ST-E03",)),
        ("abc", "abc", ("ST-E03",)),  # its table
        ("bearer%20abc", "abc", ("ST-E01",)),
        ("BEARER+abc", "abc", ("ST-E01", "ST-E03")),
        ("Bearer%20%20abc", "abc", ("ST-E03",)),
        ("Bearer%20a+b%2Bc", "a+b+c", ()),
        ("Bearer%20+abc", "+abc", ()),
        ("Bearerabc", "Bearerabc", ("ST-E03",)),
    ],
)
def test_every_form_of_authorization_is_understood(authorization: str, token: str, deviations: tuple[str, ...]) -> None:
    query = parse_query(START + authorization)
    assert query.value.token == token
    assert set(query.deviations) == set(deviations)
    assert query.raw == b""
    assert parse_url(f"ws://host/?{START}{authorization}").deviations == query.deviations
    if deviations:
        with pytest.raises(ValidationError, match=r"Authorization: .*\[ST-E0[13]\]( \(and 1 more\))?$"):
            parse_query(START + authorization, strict=True)
    else:
        assert parse_query(START + authorization, strict=True).value == query.value


def test_parameters_in_any_order_and_others_beside_them() -> None:
    query = parse_query("x=1&Authorization=Bearer%20t&sessionId=%E7%9B%B4%E6%92%AD+1&&clientType=BROWSER&x")
    assert (query.value.session_id, query.value.token) == ("直播+1", "t")


def test_another_client_type_is_taken_on_demand() -> None:
    text = "clientType=APP&sessionId=s&Authorization=Bearer%20t"
    with pytest.raises(ValidationError, match=r"clientType: got 'APP', expected BROWSER \[ST-E59\]"):
        parse_query(text)
    query = parse_query(text, strict=True, any_client_type=True)
    assert (query.value.client_type, query.deviations) == ("APP", ("ST-E59",))
    assert parse_url(f"ws://h?{text}", any_client_type=True).path == "/"


def test_the_token_shows_nowhere() -> None:
    url = parse_url(RULED)
    assert "tok" not in repr(url) + str(url) + repr(url.query) + repr(parse_query(START + "Bearer%20tok"))
    with pytest.raises(ValidationError) as caught:
        parse_query(START + "Bearer%20to%20ken")
    assert "ken" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "path", "clause"),
    [
        ("", "clientType", "ST-MIC-02"),
        ("sessionId=s&Authorization=t", "clientType", "ST-MIC-02"),
        ("clientType=BROWSER&Authorization=t", "sessionId", "ST-MIC-02"),
        ("clientType=BROWSER&sessionId=s", "Authorization", "ST-MIC-02"),
        ("clientType=BROWSER&sessionId=s&authorization=t", "Authorization", "ST-MIC-02"),
        ("clientType=BROWSER&sessionId=s&sessionId=s&Authorization=t", "sessionId", "ST-MIC-02"),
        ("clientType=BROWSER&sessionId=s&Authorization=t&Authorization=t", "Authorization", "ST-MIC-02"),
        ("clientType=&sessionId=s&Authorization=t", "clientType", "ST-E59"),
        ("clientType=BROWSER&sessionId=&Authorization=t", "sessionId", "ST-MIC-02"),
        ("clientType=BROWSER&sessionId=a b&Authorization=t", "sessionId", "ST-MIC-02"),
        ("clientType=BROWSER&sessionId=%ff&Authorization=t", "sessionId", "ST-MIC-02"),
        (START, "Authorization", "ST-MIC-04"),
        (START + "Bearer", "Authorization", "ST-MIC-04"),
        (START + "Bearer%20", "Authorization", "ST-MIC-04"),
        (START + "Bearer%20a%20b", "Authorization", "ST-MIC-04"),
        (START + "Bearer%20a%0A", "Authorization", "ST-MIC-04"),
        ("x=1&" * 33, "", "ST-MIC-02"),
        ("x" * 20_000, "", "ST-MIC-02"),
    ],
)
def test_what_a_query_lacks_is_told(query: str, path: str, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_query(query)
    error = caught.value
    assert (error.vendor, error.message, error.path, error.clause) == ("sensetime", "microphone URL", path, clause)
    assert error.expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        PATH + "?" + START + "t",
        "https://host/?" + START + "t",
        "ws://?" + START + "t",
        "ws://host:port/?" + START + "t",
        "ws://[::1/?" + START + "t",
        "ws://ho st/?" + START + "t",
        "ws://host/\n?" + START + "t",
        "ws://host/?" + START + "t\x00",
        "ws://host/?" + START + "t#top",
        "ws://host/" + "x" * 20_000,
    ],
)
def test_what_is_no_such_url(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_url(url)
    assert (caught.value.path, caught.value.clause) == ("", "ST-MIC-02")


@pytest.mark.parametrize(
    ("made", "path"),
    [
        (lambda: build_url("", "t"), "sessionId"),
        (lambda: build_url("s", ""), "Authorization"),
        (lambda: build_url("s", "a b"), "Authorization"),
        (lambda: build_url("s", "t", base="ftp://host"), ""),
        (lambda: build_url("s", "t", base="ws://host?x=1"), ""),
    ],
)
def test_what_cannot_be_built(made: Any, path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        made()
    assert caught.value.path == path


def test_the_schema_closes_the_client_type() -> None:
    assert schema_of_rules(MicrophoneQuery) == {"allOf": [{"properties": {"clientType": {"const": "BROWSER"}}}]}
    with pytest.raises(ValidationError, match=r"clientType: required parameter is missing"):
        parse_query("sessionId=s&Authorization=Bearer%20t")
    with pytest.raises(ValidationError, match="ST-E59"):
        MicrophoneQuery(client_type="APP", session_id="s", authorization="Bearer t")


TOKENS = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1).filter(lambda text: not text.isspace())


@given(session_id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), token=TOKENS)
def test_what_is_built_is_parsed(session_id: str, token: str) -> None:
    url = parse_url(build_url(session_id, token, base="ws://localhost:1"), strict=True)
    assert (url.session_id, url.token) == (session_id, token)


@given(st.text() | st.text("&=%+ BearerclientTypesessionIdAuthorization0").map(lambda text: START + text))
def test_whatever_arrives_is_read_or_refused(query: str) -> None:
    with suppress(ValidationError):
        assert parse_query(query).value.token
