"""A signature that does not match explains itself: each usual mistake of a client, alone and with another."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from avatarwire.codecs.aliyun.auth.mismatch import explain
from avatarwire.codecs.aliyun.signature import NonceMemory, verify
from avatarwire.codecs.errors import SignatureError

KEY_ID, SECRET = "LTAI-demo-ak", "demo-sk-0123"
NOW = 1795318199.0  # 2026-11-22T03:29:59Z
NAMES = (
    "x-tag;host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version"
)
PATH = "/v1/list%20all"
RAW_QUERY = "text=good+day&marks=*!'()&empty=&at=%3a"
QUERY = "at=%3A&empty=&marks=%2A%21%27%28%29&text=good%20day"
BODY = b'{"projectId":"42"}'
BODY_HASH = hashlib.sha256(BODY).hexdigest()
HEADERS = [
    ("x-tag", " b "),
    ("x-tag", "a"),
    ("host", "fake.test:8443"),
    ("x-acs-action", "ListAnchor"),
    ("x-acs-content-sha256", BODY_HASH),
    ("x-acs-date", "2026-11-22T03:29:59Z"),
    ("x-acs-security-token", "sts-token-9"),
    ("x-acs-signature-nonce", "n-1"),
    ("x-acs-version", "2024-03-13"),
]
LINES = f"""\
x-tag:a,b
host:fake.test:8443
x-acs-action:ListAnchor
x-acs-content-sha256:{BODY_HASH}
x-acs-date:2026-11-22T03:29:59Z
x-acs-security-token:sts-token-9
x-acs-signature-nonce:n-1
x-acs-version:2024-03-13
"""
SORTED_LINES = "".join(sorted(LINES.splitlines(keepends=True)))


def refused(
    *,
    method: str = "POST",
    path: str = PATH,
    query: str = QUERY,
    lines: str = LINES,
    body_hash: str = BODY_HASH,
    secret: str = SECRET,
    body: bytes = BODY,
    raw_query: str = RAW_QUERY,
    raw_path: str = PATH,
    host: str = "fake.test:8443",
) -> SignatureError:
    """What a client is told that signed these six lines, and sent something else."""
    text = "\n".join((method, path, query, lines, NAMES, body_hash))
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(text.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={NAMES},Signature={signature}"
    with pytest.raises(SignatureError) as caught:
        verify(
            "POST",
            raw_path,
            raw_query,
            [
                *((name, host if name == "host" else value) for name, value in HEADERS),
                ("Authorization", authorization),
            ],
            body,
            secret_for={KEY_ID: SECRET}.get,
            now=NOW,
            nonces=NonceMemory(),
        )
    error = caught.value
    assert error.code == "SignatureDoesNotMatch"
    assert error.clause == "ALI-E67"
    for hidden in (SECRET, "sts-token-9", signature):
        assert hidden not in f"{error} {error.explanation}"
    return error


def test_the_sample_request_itself_is_in_order() -> None:
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        refused()


def test_a_mistake_in_the_query_is_shown_line_by_line() -> None:
    error = refused(query="text=good%20day&marks=%2A%21%27%28%29&empty=&at=%3A")

    assert error.reason == "the client signed the query without sorting it"
    assert (
        error.explanation
        == f"""\
The client signed the query without sorting it.
The first line that differs is line 3, the query:
  ours:         at=%3A&empty=&marks=%2A%21%27%28%29&text=good%20day
  the client's: text=good%20day&marks=%2A%21%27%28%29&empty=&at=%3A
our canonical request:
    1  POST
    2  /v1/list%20all
>   3  at=%3A&empty=&marks=%2A%21%27%28%29&text=good%20day
    4  x-tag:a,b
    5  host:fake.test:8443
    6  x-acs-action:ListAnchor
    7  x-acs-content-sha256:{BODY_HASH}
    8  x-acs-date:2026-11-22T03:29:59Z
    9  x-acs-security-token:<11 characters masked>
   10  x-acs-signature-nonce:n-1
   11  x-acs-version:2024-03-13
   12
   13  {NAMES}
   14  {BODY_HASH}
the client's canonical request:
    1  POST
    2  /v1/list%20all
>   3  text=good%20day&marks=%2A%21%27%28%29&empty=&at=%3A
    4  x-tag:a,b
    5  host:fake.test:8443
    6  x-acs-action:ListAnchor
    7  x-acs-content-sha256:{BODY_HASH}
    8  x-acs-date:2026-11-22T03:29:59Z
    9  x-acs-security-token:<11 characters masked>
   10  x-acs-signature-nonce:n-1
   11  x-acs-version:2024-03-13
   12
   13  {NAMES}
   14  {BODY_HASH}
our string to sign:
       ACS3-HMAC-SHA256
       {our_hash()}"""
    )


def our_hash() -> str:
    text = "\n".join(("POST", PATH, QUERY, LINES, NAMES, BODY_HASH))
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("at=%3A&empty=&marks=%2A%21%27%28%29&text=good+day", "signed a space as + instead of %20"),
        ("at=%3A&empty=&marks=*!'()&text=good%20day", "left ! ' ( ) * bare, as encodeURIComponent does"),
        ("at=%3a&empty=&marks=%2a%21%27%28%29&text=good%20day", "signed lower-case percent escapes"),
        ("at=%3A&empty&marks=%2A%21%27%28%29&text=good%20day", "left out the = of an empty value"),
        ("at=:&empty=&marks=*!'()&text=good day", "signed the query decoded"),
        (
            "at=%3a&empty=&marks=*!'()&text=good+day",
            "sorted the query as it was sent, without encoding it again",
        ),
        (RAW_QUERY, "signed the query as it was sent, neither sorted nor encoded again"),
        ("", "left out the query"),
    ],
)
def test_mistakes_in_the_query(query: str, reason: str) -> None:
    error = refused(query=query)

    assert error.reason == f"the client {reason}"
    assert "The first line that differs is line 3, the query:" in error.explanation
    assert f"  the client's: {query}\n" in error.explanation


@pytest.mark.parametrize(
    ("received", "signed", "reason"),
    [
        ("/v1/list/", "/v1/list", "signed the path without its trailing slash"),
        ("/v1/list", "/v1/list/", "signed the path with a trailing slash"),
        ("/v1/list", "/", "signed / instead of the path"),
        ("/v1/list%20all", "/v1/list all", "signed the path decoded"),
        ("/v1/list%20all", "/v1/list%2520all", "signed the path encoded twice"),
    ],
)
def test_mistakes_in_the_path(received: str, signed: str, reason: str) -> None:
    error = refused(raw_path=received, path=signed)

    assert error.reason == f"the client {reason}"
    assert "The first line that differs is line 2, the path:" in error.explanation


@pytest.mark.parametrize(
    ("received", "signed", "reason"),
    [
        ("fake.test:8443", "fake.test", "signed the host without its port"),
        ("fake.test", "fake.test:80", "signed the host with port 80"),
        ("fake.test", "fake.test:443", "signed the host with port 443"),
    ],
)
def test_mistakes_in_the_host(received: str, signed: str, reason: str) -> None:
    error = refused(host=received, lines=LINES.replace("fake.test:8443", signed))

    assert error.reason == f"the client {reason}"
    assert f"line 5, header host:\n  ours:         host:{received}\n" in error.explanation


@pytest.mark.parametrize(
    ("lines", "reason", "where"),
    [
        (
            LINES.replace("a,b", " b ,a"),
            "signed header values without trimming or sorting them",
            "line 4, header x-tag:",
        ),
        (SORTED_LINES, "sorted the header lines but not SignedHeaders", "line 4, header x-tag:"),
        (
            LINES.rstrip("\n"),
            "left out the blank line after the headers",
            "line 12, the blank line after the headers:",
        ),
    ],
)
def test_mistakes_in_the_headers(lines: str, reason: str, where: str) -> None:
    error = refused(lines=lines)

    assert error.reason == f"the client {reason}"
    assert f"The first line that differs is {where}" in error.explanation


def test_a_method_in_lower_case() -> None:
    error = refused(method="post")

    assert error.reason == "the client signed the method in lower case"
    assert "The first line that differs is line 1, the method:" in error.explanation


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (SECRET + "&", "used its secret with & appended, as older signatures do"),
        (SECRET + "\n", "used its secret with a line feed at the end"),
        (KEY_ID, "used its AccessKey id as the secret"),
    ],
)
def test_mistakes_with_the_secret(secret: str, reason: str) -> None:
    error = refused(secret=secret)

    assert error.reason == f"the client {reason}"
    assert "Both canonical requests are the same; no line differs." in error.explanation


def test_two_mistakes_at_once() -> None:
    error = refused(path="/", lines=LINES.replace("fake.test:8443", "fake.test"))

    assert error.reason == "the client signed / instead of the path; the client signed the host without its port"
    assert "The first line that differs is line 2, the path:" in error.explanation


def test_another_body_than_the_one_signed() -> None:
    error = refused(body=b"{}")

    other = hashlib.sha256(b"{}").hexdigest()
    assert error.reason == (
        f"the body hashes to {other}, x-acs-content-sha256 declares '{BODY_HASH}'; "
        "the client signed its x-acs-content-sha256, which is not the hash of the body received"
    )
    assert "The first line that differs is line 14, the body hash:" in error.explanation


def test_a_declared_body_hash_that_is_wrong_although_the_signature_is_right() -> None:
    other = hashlib.sha256(b"{}").hexdigest()
    error = refused(body=b"{}", body_hash=other)

    assert error.reason == f"the body hashes to {other}, x-acs-content-sha256 declares '{BODY_HASH}'"
    assert "Both canonical requests are the same; no line differs." in error.explanation


def test_a_wrong_secret_shows_our_side_and_nothing_to_forge_with() -> None:
    error = refused(secret="another secret")

    assert error.reason == "the signature is not that of AccessKey id 'LTAI-demo-ak' for this request"
    assert "the secret or one of the lines below differs" in error.explanation
    assert "    3  at=%3A&empty=&marks=%2A%21%27%28%29&text=good%20day\n" in error.explanation
    right = hmac.new(SECRET.encode(), f"ACS3-HMAC-SHA256\n{our_hash()}".encode(), hashlib.sha256).hexdigest()
    assert right not in error.explanation


@pytest.mark.parametrize(
    ("ours", "theirs", "where"),
    [
        ("GET\n/\n\nhost:a\n\nhost\nhash", "GET\n/\n\nhost:a\n\nHOST\nhash", "line 6, SignedHeaders:"),
        ("GET", "GET\n/", "line 2, beyond our last line:\n  ours:         (no such line)\n"),
        ("GET\n/", "GET", "line 2, the path:\n  ours:         /\n  the client's: (no such line)\n"),
        (
            "GET\n/\n\ncookie:ab\n\ncookie\nhash",
            "GET\n/\n\ncookie:abc\n\ncookie\nhash",
            "line 4, header cookie:\n  ours:         cookie:<2 characters masked>\n",
        ),
        ("GET\n/a  ", "GET\n/a", "line 2, the path:\n  ours:         /a␠␠\n  the client's: /a\n"),
        ("GET\n/a\x1b[2J", "GET\n/a", "line 2, the path:\n  ours:         /a\\x1b[2J\n"),
    ],
)
def test_two_texts_are_set_side_by_side(ours: str, theirs: str, where: str) -> None:
    assert f"The first line that differs is {where}" in explain(ours, theirs)
