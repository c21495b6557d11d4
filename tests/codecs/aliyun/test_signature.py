"""Signing and verifying: captured requests, the vendor's signer as a second opinion, every way to fail."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote, urlencode

import pytest
from alibabacloud_tea_openapi.utils import Utils
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.aliyun.signature import (
    HTTP_STATUS,
    Authorization,
    NonceMemory,
    Verified,
    format_date,
    parse_authorization,
    parse_date,
    sign,
    verify,
)
from avatarwire.codecs.errors import EncodeError, SignatureError

KEY_ID, SECRET = "LTAI-demo-ak", "demo-sk-0123"
BASE = "/yic/yic-console/openService/v1/avatar/project"
NOW = 1795318199.0  # 2026-11-22T03:29:59Z
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@dataclass(frozen=True)
class Request:
    """A request as a server receives it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""


def verified(request: Request, *, now: float = NOW, nonces: NonceMemory | None = None) -> Verified:
    return verify(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        secret_for={KEY_ID: SECRET}.get,
        now=now,
        nonces=nonces or NonceMemory(),
    )


def refused(request: Request, *, now: float = NOW, nonces: NonceMemory | None = None) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        verified(request, now=now, nonces=nonces)
    assert caught.value.clause == "ALI-E67"
    assert SECRET not in f"{caught.value} {caught.value.explanation}"
    return caught.value


def signed(
    query: str = "projectId=42&statusList=STARTED%2CSTOPPED",
    body: bytes = b"",
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    secret: str = SECRET,
    **changes: Any,
) -> Request:
    parameters: dict[str, Any] = {
        "action": "QuerySessionInfo",
        "host": "127.0.0.1:18431",
        "date": NOW,
        "nonce": "a189ae4099ae73d35284d2826ea57d86",
        **changes,
    }
    path = f"{BASE}/querySessionInfo"
    sent = sign(method, path, query, headers or {}, body, access_key_id=KEY_ID, access_key_secret=secret, **parameters)
    return Request(method, path, query, sent, body)


def with_header(request: Request, name: str, value: str | None) -> Request:
    rest = {other: old for other, old in request.headers.items() if other != name}
    return replace(request, headers=rest if value is None else {**rest, name: value})


# --- Requests captured from the published clients. The secret is `SECRET`. ---

PYTHON_GET = Request(
    "GET",
    f"{BASE}/querySessionInfo",
    "pageNo=1&pageSize=10&projectId=780931376329506816&statusList=STARTED%2CSTOPPED",
    {
        "Accept-Encoding": "identity",
        "host": "127.0.0.1:18431",
        "x-acs-version": "2024-03-13",
        "x-acs-action": "QuerySessionInfo",
        "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2",
        "x-acs-date": "2026-11-22T03:29:59Z",
        "x-acs-signature-nonce": "a189ae4099ae73d35284d2826ea57d86",
        "accept": "application/json",
        "x-acs-content-sha256": NOTHING,
        "x-acs-credentials-provider": "static_ak",
        "Authorization": (
            "ACS3-HMAC-SHA256 Credential=LTAI-demo-ak,SignedHeaders=accept;host;user-agent;x-acs-action;"
            "x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version,"
            "Signature=560a64337e34ad4be78f7c930d8a49bfaad629a8e5c0ac43bc04cd7f673ec1b6"
        ),
    },
)

PYTHON_POST = Request(
    "POST",
    f"{BASE}/startAvatarSession",
    "",
    {
        "Accept-Encoding": "identity",
        "host": "127.0.0.1:18431",
        "x-acs-version": "2024-03-13",
        "x-acs-action": "StartAvatarSession",
        "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2",
        "x-acs-date": "2026-11-22T03:29:59Z",
        "x-acs-signature-nonce": "1df801e8b2324f5cb676e6345050edc6",
        "accept": "application/json",
        "content-type": "application/json; charset=utf-8",
        "x-acs-content-sha256": "bb68e9af4b33426120cd154c97f19fb0b3b30317022b87ab53dc6d31b7c3b7ef",
        "x-acs-credentials-provider": "static_ak",
        "Authorization": (
            "ACS3-HMAC-SHA256 Credential=LTAI-demo-ak,SignedHeaders=accept;content-type;host;user-agent;"
            "x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;"
            "x-acs-version,Signature=9b2d224f14439da990139535751c88c93ca378ae2b5c9ddbcaa940b820ec2b6f"
        ),
        "Content-Length": "159",
    },
    b'{"channelToken":"{\\"channelId\\":\\"c\\"}","customPushUrl":"rtmp://127.0.0.1/live/x?a=1",'
    b'"customUserId":"u-1","projectId":"780931376329506816","requestId":"rq-1"}',
)

# Sent with chunked transfer coding; the body is what remains after decoding it. It does not sign `accept`.
NODE_POST = Request(
    "POST",
    f"{BASE}/stopAvatarSession",
    "",
    {
        "host": "127.0.0.1:18433",
        "x-acs-version": "2024-03-13",
        "x-acs-action": "StopAvatarSession",
        "user-agent": "AlibabaCloud (linux; x64) Node.js/v20.20.2 Core/1.0.1 TeaDSL/2",
        "x-acs-date": "2026-11-22T03:31:02Z",
        "x-acs-signature-nonce": "4d1fe2b4ab3fe240a96c170bdcbc0f480a48811b5f3e30a2df29ee7ebad190c4",
        "accept": "application/json",
        "content-type": "application/json; charset=utf-8",
        "x-acs-content-sha256": "0bf20aa9fd71bb602096b447b2f7e13da980c14f967c8f8decb284ca078dc9cd",
        "x-acs-credentials-provider": "static_ak",
        "Authorization": (
            "ACS3-HMAC-SHA256 Credential=LTAI-demo-ak,SignedHeaders=content-type;host;x-acs-action;"
            "x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version,"
            "Signature=1254d665e833affbeb6fe3f7b2b2e8ab8e646b25664235c53c120e5b8ff18d5c"
        ),
        "Connection": "keep-alive",
        "Transfer-Encoding": "chunked",
    },
    b'{"projectId":"780931376329506816","sessionId":"s-1"}',
)


@pytest.mark.parametrize("captured", [PYTHON_GET, PYTHON_POST, NODE_POST])
def test_requests_of_the_published_clients_are_let_in(captured: Request) -> None:
    result = verified(captured)

    assert result.access_key_id == KEY_ID
    assert result.action == captured.headers["x-acs-action"]
    assert result.version == "2024-03-13"
    assert result.nonce == captured.headers["x-acs-signature-nonce"]
    assert result.date in (NOW, NOW + 63)
    assert "host" in result.signed_headers


def test_signing_gives_the_headers_the_published_client_sends() -> None:
    sent = sign(
        "POST",
        PYTHON_POST.path,
        "",
        {"User-Agent": PYTHON_POST.headers["user-agent"]},
        PYTHON_POST.body,
        access_key_id=KEY_ID,
        access_key_secret=SECRET,
        action="StartAvatarSession",
        host="127.0.0.1:18431",
        date=datetime(2026, 11, 22, 11, 29, 59, tzinfo=timezone(timedelta(hours=8))),
        nonce="1df801e8b2324f5cb676e6345050edc6",
    )

    added_by_the_http_library = {"Accept-Encoding", "Content-Length"}
    assert sent == {k: v for k, v in PYTHON_POST.headers.items() if k not in added_by_the_http_library}


def test_a_temporary_key_adds_its_token_and_signs_it() -> None:
    request = signed(security_token="sts-token-9")

    assert request.headers["x-acs-security-token"] == "sts-token-9"
    assert request.headers["x-acs-accesskey-id"] == KEY_ID
    assert request.headers["x-acs-credentials-provider"] == "static_sts"
    result = verified(request)
    assert result.security_token == "sts-token-9"
    for shown in (repr(result), str(result.__rich_repr__())):
        assert "sts-token-9" not in shown
        assert "QuerySessionInfo" in shown


def test_only_a_body_brings_a_content_type_and_the_caller_may_choose_it() -> None:
    assert "content-type" not in signed().headers
    assert signed(body=b"{}").headers["content-type"] == "application/json; charset=utf-8"
    assert signed(body=b"{}", headers={"Content-Type": "text/plain"}).headers["content-type"] == "text/plain"


def test_a_caller_cannot_replace_what_is_computed() -> None:
    request = signed(headers={"X-Acs-Date": "2001-01-01T00:00:00Z", "host": "elsewhere.test"})

    assert request.headers["x-acs-date"] == "2026-11-22T03:29:59Z"
    assert request.headers["host"] == "127.0.0.1:18431"


NO_HOSTS = ("http://h:1/", "h:1/", "h/x", "h?x", "u@h", "a b", "::1", "[::1", "h:", "h:x", "h:123456", "h\\x")
HOSTS = ("h", "h:1", "127.0.0.1:18431", "[::1]", "[fe80::1%eth0]:80", "avatar.example.com", "主机")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"headers": {"x-note": "one\r\nx-acs-action: Other"}}, "'x-note'"),
        ({"headers": {"x;y": "1"}}, "'x;y'"),
        ({"headers": {"": "1"}}, "''"),
        ({"headers": {"Authorization": "Bearer x"}}, "'authorization'"),
        ({"action": "Query\nSessionInfo"}, "'x-acs-action'"),
        ({"nonce": ""}, "x-acs-signature-nonce"),
        ({"host": " "}, "host"),
        *(
            ({"host": host}, "host")
            for host in (
                "http://h:1/",
                "h:1/",
                "h/x",
                "h?x",
                "u@h",
                "a b",
                "::1",
                "[::1",
                "h:",
                "h:x",
                "h:123456",
                "h\\x",
            )
        ),
        ({"date": datetime(2026, 11, 22, 3, 29, 59)}, "x-acs-date"),  # noqa: DTZ001 - that is the point
        ({"date": float("nan")}, "x-acs-date"),
        ({"date": 1e18}, "x-acs-date"),
        ({"date": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-8)))}, "x-acs-date"),
    ],
)
def test_what_cannot_be_sent_is_not_signed(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        signed(**changes)

    assert caught.value.path == path


@pytest.mark.parametrize(
    "host", ["h", "h:1", "127.0.0.1:18431", "[::1]", "[fe80::1%eth0]:80", "avatar.example.com", "主机"]
)
def test_hosts_of_all_kinds_are_signed(host: str) -> None:
    assert signed(host=host).headers["host"] == host


@pytest.mark.parametrize("key_id", ["", "two words", "a,SignedHeaders=host"])
def test_an_access_key_id_that_would_break_the_header_is_not_signed(key_id: str) -> None:
    with pytest.raises(EncodeError) as caught:
        sign(
            "GET",
            "/",
            access_key_id=key_id,
            access_key_secret=SECRET,
            action="ListAnchor",
            host="fake.test",
            date=NOW,
            nonce="n-1",
        )

    assert caught.value.path == "access_key_id"


# --- Sent one way, signed another: what differs between clients must not matter. ---


@pytest.mark.parametrize(
    "query",
    [
        "text=good+day",
        "text=good%20day",
        "marks=%2A%21%27%28%29",
        "marks=*!%27()",
        "a/b=c?d",
        "b=2&a=1",
        "empty=&nothing",
        "text=%E4%BD%A0%E5%A5%BD",
        "text=你好",
        "text=%e4%bd%a0",
        "",
    ],
)
def test_every_clients_way_of_writing_a_query_verifies(query: str) -> None:
    assert verified(signed(query)).access_key_id == KEY_ID


def test_a_client_that_signs_another_spelling_of_the_same_query_is_let_in() -> None:
    request = signed("marks=%2A%21&text=good%20day")

    assert verified(replace(request, query="text=good+day&marks=*!")).access_key_id == KEY_ID


def test_the_clients_order_of_signed_headers_is_kept() -> None:
    names = [name for name in PYTHON_GET.headers if name not in ("Accept-Encoding", "Authorization")]
    assert names != sorted(names)
    lines = "".join(f"{name}:{PYTHON_GET.headers[name]}\n" for name in names)
    text = "\n".join(("GET", PYTHON_GET.path, PYTHON_GET.query, lines, ";".join(names), NOTHING))
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(text.encode()).hexdigest()}"
    signature = hmac.new(SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={';'.join(names)},Signature={signature}"

    request = with_header(PYTHON_GET, "Authorization", authorization)
    assert verified(request).signed_headers == tuple(names)


def test_a_repeated_header_is_sorted_and_joined() -> None:
    request = signed(headers={"x-tag": "alpha,beta"})
    pairs = [pair for pair in request.headers.items() if pair[0] != "x-tag"]

    for repeated in (["beta", "alpha"], ["alpha", " beta "]):
        result = verify(
            request.method,
            request.path,
            request.query,
            [*pairs, *(("X-Tag", value) for value in repeated)],
            request.body,
            secret_for=lambda _: SECRET,
            now=NOW,
            nonces=NonceMemory(),
        )
        assert "x-tag" in result.signed_headers


# --- The vendor's own signer as a second opinion. ---

vendor_authorization = cast(
    "Callable[[Any, str, str, str, str], str]",
    Utils.get_authorization,  # pyright: ignore[reportUnknownMemberType] - it has no annotations
)

QUERIES = st.dictionaries(st.from_regex(r"[A-Za-z0-9._~-]+", fullmatch=True), st.text(), max_size=4)
HEADERS = st.dictionaries(
    st.from_regex(r"(x-acs-note|x-tag|user-agent|accept)[a-z0-9-]{0,3}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")),
    max_size=4,
)


@given(QUERIES, HEADERS, st.binary(max_size=64), st.booleans())
def test_signatures_equal_those_of_the_vendors_signer_and_verify(
    query: dict[str, str], headers: dict[str, str], body: bytes, plus: bool
) -> None:
    raw_query = urlencode(query) if plus else urlencode(query, quote_via=quote)
    request = signed(raw_query, body, method="POST", headers=headers)
    signed_by_us = request.headers["Authorization"]

    unsigned = {name: value for name, value in request.headers.items() if name != "Authorization"}
    asked = SimpleNamespace(method="POST", pathname=request.path, query=query, headers=unsigned)
    body_hash = unsigned["x-acs-content-sha256"]
    assert signed_by_us == vendor_authorization(asked, "ACS3-HMAC-SHA256", body_hash, KEY_ID, SECRET)
    assert verified(request).nonce == "a189ae4099ae73d35284d2826ea57d86"


# --- Every part of a request is covered. ---


def with_authorization(request: Request, edit: Callable[[str], str]) -> Request:
    return with_header(request, "Authorization", edit(request.headers["Authorization"]))


TAMPERINGS: dict[str, Callable[[Request], Request]] = {
    "method": lambda r: replace(r, method="PUT"),
    "path": lambda r: replace(r, path=f"{BASE}/stopAvatarSession"),
    "query": lambda r: replace(r, query="projectId=43&statusList=STARTED%2CSTOPPED"),
    "body": lambda r: replace(r, body=b'{"projectId":"43"}'),
    "host": lambda r: with_header(r, "host", "elsewhere.test"),
    "header": lambda r: with_header(r, "accept", "text/xml"),
    "action": lambda r: with_header(r, "x-acs-action", "ListAnchor"),
    "version": lambda r: with_header(r, "x-acs-version", "2024-03-14"),
    "date": lambda r: with_header(r, "x-acs-date", "2026-11-22T03:29:58Z"),
    "nonce": lambda r: with_header(r, "x-acs-signature-nonce", "fresh"),
    "body hash": lambda r: with_header(r, "x-acs-content-sha256", "0" * 64),
    "signed headers": lambda r: with_authorization(r, lambda text: text.replace("accept;", "")),
    "signature": lambda r: with_authorization(r, lambda text: text[:-64] + "0" * 64),
    "signature without hex": lambda r: with_authorization(r, lambda text: text[:-64] + "é"),
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
def test_a_change_on_the_way_is_noticed(tamper: Callable[[Request], Request]) -> None:
    request = signed(body=b'{"projectId":"42"}')
    assert verified(request).access_key_id == KEY_ID

    assert refused(tamper(request)).code == "SignatureDoesNotMatch"


def test_a_changed_body_is_told_by_its_hash() -> None:
    error = refused(replace(signed(body=b"{}"), body=b""))

    assert error.code == "SignatureDoesNotMatch"
    assert "x-acs-content-sha256" in error.reason
    assert NOTHING in error.reason


def test_a_declared_hash_in_upper_case_is_another_text() -> None:
    assert "body" in refused(with_header(signed(), "x-acs-content-sha256", NOTHING.upper())).reason


# --- Incomplete signatures. ---


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "host",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-version",
    ],
)
@pytest.mark.parametrize("value", [None, " "])
def test_a_required_header_is_missing_or_empty(name: str, value: str | None) -> None:
    error = refused(with_header(signed(), name, value))

    assert error.code == "IncompleteSignature"
    assert f"header {name.lower()} is missing or empty" in error.reason


@pytest.mark.parametrize("name", ["Authorization", "x-acs-date", "x-acs-security-token"])
def test_a_header_that_must_stand_once_stands_twice(name: str) -> None:
    request = signed(security_token="sts-token-9")
    pairs = [*request.headers.items(), (name, request.headers[name])]

    with pytest.raises(SignatureError, match=f"header {name.lower()} stands more than once") as caught:
        verify(
            "GET",
            request.path,
            request.query,
            pairs,
            b"",
            secret_for=lambda _: SECRET,
            now=NOW,
            nonces=NonceMemory(),
        )
    assert caught.value.code == "IncompleteSignature"


@pytest.mark.parametrize("name", ["host", "x-acs-action", "x-acs-date"])
def test_a_header_that_must_be_signed_is_not(name: str) -> None:
    request = signed()
    authorization = request.headers["Authorization"].replace(f"{name};", "")

    error = refused(with_header(request, "Authorization", authorization))
    assert (error.code, error.reason) == (
        "IncompleteSignature",
        f"header {name} is present but not among SignedHeaders",
    )


def test_a_header_of_the_vendors_added_on_the_way_is_refused() -> None:
    assert refused(with_header(signed(), "X-Acs-Extra", "1")).code == "IncompleteSignature"
    assert verified(with_header(signed(), "Via", "1.1 proxy.test")).access_key_id == KEY_ID


@pytest.mark.parametrize("listed", ["accept;accept", "accept;Accept", "accept;x-gone", "accept;"])
def test_signed_headers_name_each_present_header_once(listed: str) -> None:
    request = signed()
    authorization = request.headers["Authorization"].replace("accept", listed)

    error = refused(with_header(request, "Authorization", authorization))
    assert error.code == "IncompleteSignature"
    assert error.reason.startswith("SignedHeaders names ")


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        ("ACS3-HMAC-SM3 Credential=k,SignedHeaders=host,Signature=0a", "SM3"),
        ("ACS3-RSA-SHA256 Credential=k,SignedHeaders=host,Signature=0a", "RSA"),
        ("acs LTAI-demo-ak:c2lnbmF0dXJl", "signature version 2"),
        ("Bearer abc", "this is a token, and requests are signed"),
        ("ACS3-HMAC-SHA256", "Authorization has ''"),
        ("ACS3-HMAC-SHA256 ", "Authorization has ''"),
        ("ACS3-HMAC-SHA256 Credential=k,SignedHeaders=host", "Authorization lacks Signature"),
        ("ACS3-HMAC-SHA256 Signature=0a", "Authorization lacks Credential and SignedHeaders"),
        ("ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=0a", "Authorization has 'Credential'"),
        ("ACS3-HMAC-SHA256 Credential=k,Credential=k,Signature=0a", "Authorization has 'Credential'"),
        ("ACS3-HMAC-SHA256 Credential=k,Scope=x,Signature=0a", "Authorization has 'Scope'"),
        ("ACS3-HMAC-SHA256 " + "x" * 9000, "longer than 8192 characters"),
    ],
)
def test_an_authorization_header_that_says_too_little(authorization: str, reason: str) -> None:
    with pytest.raises(SignatureError) as caught:
        parse_authorization(authorization)

    assert caught.value.code == "IncompleteSignature"
    assert reason in caught.value.reason


def test_an_authorization_header_is_taken_apart_and_keeps_its_signature_to_itself() -> None:
    parsed = parse_authorization("ACS3-HMAC-SHA256 Credential=k, SignedHeaders=host;x-acs-date, Signature=0a1b")

    assert parsed == Authorization("k", ("host", "x-acs-date"), "0a1b")
    assert repr(parsed) == "Authorization(credential='k', signed_headers=('host', 'x-acs-date'))"
    assert parsed.__rich_repr__() == [("credential", "k"), ("signed_headers", ("host", "x-acs-date"))]


# --- Keys, dates, nonces. ---


def test_an_unknown_access_key_id() -> None:
    request = signed()
    stranger = with_header(request, "Authorization", request.headers["Authorization"].replace(KEY_ID, "LTAI-other"))

    error = refused(stranger)
    assert error.code == "InvalidAccessKeyId.NotFound"
    assert "LTAI-other" in error.reason


@pytest.mark.parametrize(
    "date",
    [
        "2026-11-22 03:29:59",
        "2026-11-22T03:29:59",
        "2026-11-22T03:29:59+00:00",
        "2026-11-22T03:29:59.5Z",
        "2026-13-22T03:29:59Z",
        "2026-11-22T03:29:60Z",
        "0000-11-22T03:29:59Z",
        "２０２６-11-22T03:29:59Z",
        "Sun, 22 Nov 2026 03:29:59 GMT",
        "1795318199",
    ],
)
def test_a_date_in_another_format(date: str) -> None:
    assert refused(with_header(signed(), "x-acs-date", date)).code == "InvalidTimeStamp.Format"


@pytest.mark.parametrize("late", [-900.0, -899.0, 0.0, 900.0])
def test_a_date_may_be_fifteen_minutes_off_either_way(late: float) -> None:
    assert verified(signed(), now=NOW + late).date == NOW


@pytest.mark.parametrize(
    ("late", "reason"),
    [
        (901.0, "x-acs-date is 901 s behind our clock, at most 900 s are accepted"),
        (-901.0, "x-acs-date is 901 s ahead of our clock, at most 900 s are accepted"),
        (float("nan"), "at most 900 s"),
    ],
)
def test_a_date_further_off_has_expired(late: float, reason: str) -> None:
    error = refused(signed(), now=NOW + late)

    assert error.code == "InvalidTimeStamp.Expired"
    assert reason in error.reason


def test_dates_are_written_in_utc_with_whole_seconds() -> None:
    assert format_date(0) == "1970-01-01T00:00:00Z"
    assert format_date(NOW + 0.9) == "2026-11-22T03:29:59Z"
    assert format_date(datetime(1, 2, 3, tzinfo=UTC)) == "0001-02-03T00:00:00Z"
    assert parse_date("1970-01-01T00:01:00Z") == 60.0


def test_a_replayed_request_is_refused_as_long_as_its_date_is_good() -> None:
    nonces = NonceMemory()
    request = signed()
    assert verified(request, nonces=nonces).nonce == "a189ae4099ae73d35284d2826ea57d86"

    for now in (NOW, NOW + 900):
        error = refused(request, now=now, nonces=nonces)
        assert error.code == "SignatureNonceUsed"
        assert "a189ae4099ae73d35284d2826ea57d86" in error.reason
    assert refused(request, now=NOW + 901, nonces=nonces).code == "InvalidTimeStamp.Expired"


def test_a_request_dated_ahead_of_our_clock_is_remembered_for_longer() -> None:
    nonces = NonceMemory()
    assert verified(signed(), now=NOW - 900, nonces=nonces).date == NOW

    assert refused(signed(), now=NOW + 900, nonces=nonces).code == "SignatureNonceUsed"


def test_a_refused_request_does_not_use_up_its_nonce() -> None:
    nonces = NonceMemory()
    refused(replace(signed(), method="PUT"), nonces=nonces)

    assert nonces.remembered == 0
    assert verified(signed(), nonces=nonces).access_key_id == KEY_ID


def test_a_nonce_belongs_to_its_access_key() -> None:
    nonces = NonceMemory()

    assert nonces.remember("key", "1-a", now=0, until=900)
    assert nonces.remember("key1", "-a", now=0, until=900)
    assert not nonces.remember("key", "1-a", now=0, until=900)


def test_nonces_leave_when_their_date_has_passed() -> None:
    nonces = NonceMemory()
    nonces.remember("key", "late", now=0, until=1800)
    nonces.remember("key", "early", now=0, until=900)

    assert not nonces.remember("key", "early", now=900, until=1800)
    assert nonces.remember("key", "early", now=900.5, until=1800)
    assert not nonces.remember("key", "late", now=1800, until=2700)
    assert nonces.remembered == 2


def test_the_memory_of_nonces_is_bounded_and_the_first_to_expire_makes_room() -> None:
    nonces = NonceMemory(limit=2)
    for nonce, until in (("a", 30.0), ("b", 10.0), ("c", 20.0)):
        assert nonces.remember("key", nonce, now=0, until=until)

    assert nonces.remembered == 2
    assert nonces.remember("key", "b", now=0, until=40.0)
    assert not nonces.remember("key", "a", now=0, until=30.0)


def test_a_memory_that_holds_nothing_is_not_made() -> None:
    with pytest.raises(ValueError, match="limit is 0, expected at least 1"):
        NonceMemory(limit=0)


def test_every_code_has_its_http_status() -> None:
    assert dict(HTTP_STATUS) == {
        "IncompleteSignature": 400,
        "InvalidAccessKeyId.NotFound": 404,
        "InvalidTimeStamp.Expired": 400,
        "InvalidTimeStamp.Format": 400,
        "SignatureDoesNotMatch": 400,
        "SignatureNonceUsed": 400,
    }
