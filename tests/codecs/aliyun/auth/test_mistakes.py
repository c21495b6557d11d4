"""Each way in which a client signs something else than it sends is named, with literal requests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import pytest

from avatarwire.codecs.aliyun.auth.mistakes import MISTAKES, ClientSide, Guess
from avatarwire.codecs.aliyun.signature import NonceMemory, canonical_request, verify
from avatarwire.codecs.errors import SignatureError

KEY_ID, SECRET = "LTAI-demo-ak", "demo-sk-0123"
NOW = 1795318199.0  # 2026-11-22T03:29:59Z
BODY = b'{"projectId":"42"}'
BODY_HASH = hashlib.sha256(BODY).hexdigest()
PATH = "/v1/list"
QUERY = "a=x~y%2Fz&b=1&b=0&c=d%20e"
HEADERS = {
    "accept": "*/*",
    "content-type": "application/json; charset=utf-8",
    "host": "127.0.0.1:8443",
    "x-acs-action": "ListAnchor",
    "x-acs-content-sha256": BODY_HASH,
    "x-acs-date": "2026-11-22T03:29:59Z",
    "x-acs-signature-nonce": "n-1",
    "x-acs-version": "2024-03-13",
}


def lines(**changed: str) -> str:
    """The header lines, some of them changed."""
    values = HEADERS | {name.replace("_", "-"): value for name, value in changed.items()}
    return "".join(f"{name}:{values[name]}\n" for name in HEADERS)


def text(
    method: str = "POST",
    path: str = PATH,
    query: str = QUERY,
    headers: str = "",
    names: str = ";".join(HEADERS),
    body_hash: str = BODY_HASH,
) -> str:
    return "\n".join((method, path, query, headers or lines(), names, body_hash))


def hashed(request: str) -> str:
    return hashlib.sha256(request.encode()).hexdigest()


def signed(request: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), f"ACS3-HMAC-SHA256\n{hashed(request)}".encode(), hashlib.sha256).hexdigest()


def told(
    signature: str,
    *,
    secret: str = SECRET,
    names: str = ";".join(HEADERS),
    more: dict[str, str] | None = None,
    body: bytes = BODY,
    query: str = QUERY,
    declared: str = BODY_HASH,
) -> str:
    """What a client is told that has sent the request with such a signature."""
    authorization = f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={names},Signature={signature}"
    headers = HEADERS | {"x-acs-content-sha256": declared} | (more or {}) | {"authorization": authorization}
    with pytest.raises(SignatureError) as caught:
        verify("POST", PATH, query, headers, body, secret_for={KEY_ID: secret}.get, now=NOW, nonces=NonceMemory())
    assert caught.value.code == "SignatureDoesNotMatch"
    assert secret not in f"{caught.value.reason} {caught.value.explanation}" or not secret.strip()
    return caught.value.reason


def test_the_request_itself_is_in_order() -> None:
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        told(signed(text()))


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("application/json", "the content-type application/json"),
        ("application/json;charset=utf-8", "the content-type application/json;charset=utf-8"),
        ("application/json; charset=UTF-8", "the content-type application/json; charset=UTF-8"),
        ("application/json;charset=UTF-8", "the content-type application/json;charset=UTF-8"),
        ("application/x-www-form-urlencoded", "the content-type application/x-www-form-urlencoded"),
        ("application/octet-stream", "the content-type application/octet-stream"),
        ("", "an empty content-type"),
    ],
)
def test_a_content_type_that_was_changed_after_signing_is_named(value: str, what: str) -> None:
    expected = (
        f"the client signed {what}, and another was sent: whatever sends the request has changed it after signing"
    )
    assert told(signed(text(headers=lines(content_type=value)))) == expected


@pytest.mark.parametrize(("value", "what"), [("application/json", "the accept application/json"), ("", "an empty")])
def test_an_accept_that_was_changed_after_signing_is_named(value: str, what: str) -> None:
    assert what in told(signed(text(headers=lines(accept=value))))


@pytest.mark.parametrize(
    ("secret", "what"),
    [
        (SECRET + " ", "with a blank at the end"),
        (" " + SECRET, "with a blank in front"),
        (f" {SECRET} ", "with blanks around it"),
        (SECRET + "\t", "with a tab at the end"),
        ("\t" + SECRET, "with a tab in front"),
        (SECRET + "\r", "with a carriage return at the end"),
        (SECRET + "\r\n", "with a carriage return and a line feed at the end"),
        ("\n" + SECRET, "with a line feed in front"),
        ("\ufeff" + SECRET, "with a byte order mark in front"),
        (SECRET + "\u00a0", "with a no-break space at the end"),
        (f'"{SECRET}"', "in quotation marks"),
        (f"'{SECRET}'", "in single quotation marks"),
        (SECRET.upper(), "in upper case"),
    ],
)
def test_what_a_secret_gets_when_it_is_copied_is_named(secret: str, what: str) -> None:
    assert told(signed(text(), secret)) == f"the client used its secret {what}"


@pytest.mark.parametrize(
    ("known", "used", "what"),
    [
        ("Demo-SK", "demo-sk", "used its secret in lower case"),
        ("demo-sk ", "demo-sk", "used its secret without the blanks at its ends"),
        ("demo-sk", "", "used an empty secret"),
    ],
)
def test_a_secret_that_is_another_where_it_is_known(known: str, used: str, what: str) -> None:
    assert told(signed(text(), used), secret=known) == f"the client {what}"


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("a=x~y/z&b=1&b=0&c=d%20e", "left / bare, as urllib.parse.quote does"),
        ("a=x%7Ey%2Fz&b=1&b=0&c=d%20e", "escaped ~ as %7E"),
        ("a=x%7Ey%2Fz&b=1&b=0&c=d+e", "encoded the query as forms are, with + * and %7E, as URLEncoder of Java does"),
        ("a=x~y%2Fz&b=0&b=1&c=d%20e", "sorted the values of names that repeat"),
        ("a=x~y%252Fz&b=1&b=0&c=d%2520e", "signed the query encoded twice"),
        ("?a=x~y%2Fz&b=1&b=0&c=d%20e", "signed the query with its question mark"),
    ],
)
def test_queries_of_other_libraries(query: str, what: str) -> None:
    assert told(signed(text(query=query))) == f"the client {what}"


@pytest.mark.parametrize(
    ("path", "more", "what"),
    [
        ("%2Fv1%2Flist", {}, "signed the path with its slashes encoded"),
        (f"{PATH}?{QUERY}", {}, "signed the path with its query behind it"),
        ("v1/list", {}, "signed the path without the slash it begins with"),
        ("/gateway/v1/list", {"x-forwarded-prefix": "/gateway/"}, "with the prefix that a proxy has cut off"),
        ("http://127.0.0.1:8443/v1/list", {}, "signed the whole URL instead of the path"),
        ("https://127.0.0.1:8443/v1/list", {}, "signed the whole URL, with https, instead of the path"),
    ],
)
def test_paths_that_are_written_otherwise_or_changed_by_proxies(path: str, more: dict[str, str], what: str) -> None:
    assert what in told(signed(text(path=path)), more=more)


@pytest.mark.parametrize(
    ("host", "more", "what"),
    [
        ("api.test", {"x-forwarded-host": "api.test"}, "signed the host that a proxy has replaced (x-forwarded-host)"),
        ("localhost:8443", {}, "signed localhost where 127.0.0.1 was called, or the reverse"),
        ("intelligentcreation.cn-zhangjiakou.aliyuncs.com", {}, "signed the host of the vendor, and called another"),
    ],
)
def test_hosts_that_are_others(host: str, more: dict[str, str], what: str) -> None:
    assert told(signed(text(headers=lines(host=host))), more=more) == f"the client {what}"


def test_the_reverse_of_a_loopback_address_and_a_host_in_capitals() -> None:
    sent = {"host": "localhost:1"}
    assert "or the reverse" in told(signed(text(headers=lines(host="127.0.0.1:1"))), more=sent)
    assert "in lower case" in told(signed(text(headers=lines(host="api.test"))), more={"host": "API.test"})


def test_headers_that_are_written_otherwise() -> None:
    blanks = lines().replace(":", ": ", 1)
    assert "the colon" not in told(signed(text(headers=blanks)))
    each = "".join(f"{name}: {value}\n" for name, value in HEADERS.items())
    assert told(signed(text(headers=each))) == "the client wrote a blank behind the colon of each header"
    capitals = "".join(f"{name.title()}:{value}\n" for name, value in HEADERS.items())
    assert told(signed(text(headers=capitals))) == "the client signed the names of headers with capitals"
    backwards = ";".join(reversed(HEADERS))
    expected = "the client signed its headers sorted, and SignedHeaders of Authorization is not"
    assert told(signed(text()), names=backwards) == expected


@pytest.mark.parametrize("method", ["GET", "post"])
def test_another_method(method: str) -> None:
    assert f"signed the method {method if method == 'GET' else 'in lower case'}" in told(signed(text(method=method)))


def test_a_method_that_a_redirect_has_changed_to_get() -> None:
    seen = ClientSide(KEY_ID, "", {"host": ["a"]}, ("host",), "", "")
    right = Guess(canonical_request("GET", "/", "", {"host": "a"}, ["host"], ""), SECRET)
    assert [it.what for it in MISTAKES if it.change(right, seen) == {"method": "POST"}] == [
        "signed the method POST: a redirect, or what sends, has changed it"
    ]


def mac(key: str, message: str) -> str:
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("signature", "what"),
    [
        (mac(SECRET, hashed(text())), "signed the hash without the line ACS3-HMAC-SHA256 before it"),
        (mac(SECRET, f"ACS3-HMAC-SHA256\n{text()}"), "signed the canonical request itself in the place of its hash"),
        (mac(SECRET, text()), "signed the canonical request itself, nothing else"),
        (
            mac(SECRET, f"ACS3-HMAC-SHA256\n{hashed(text()).upper()}"),
            "signed the hash of the canonical request in upper",
        ),
        (mac(SECRET, f"ACS3-HMAC-SHA256\n{hashed(text())}\n"), "signed the string to sign with a line feed at its end"),
        (mac(SECRET, f"ACS3-HMAC-SHA256\r\n{hashed(text())}"), "separated algorithm and hash by CR LF"),
        (mac(f"ACS3-HMAC-SHA256\n{hashed(text())}", SECRET), "used the string to sign as the key"),
        (
            hashlib.sha256(f"{SECRET}ACS3-HMAC-SHA256\n{hashed(text())}".encode()).hexdigest(),
            "hashed its secret and the string to sign instead of computing an HMAC",
        ),
    ],
)
def test_what_is_done_with_the_canonical_request(signature: str, what: str) -> None:
    assert told(signature).startswith(f"the client {what}")


@pytest.mark.parametrize(
    ("signature", "what"),
    [
        (signed(text()).upper(), "the client wrote its signature in upper case"),
        (
            base64.b64encode(bytes.fromhex(signed(text()))).decode(),
            "the client wrote its signature in Base64, expected lower-case hex",
        ),
        ("0a" * 20, "the signature has 40 hex digits, as HMAC-SHA1 makes them, expected 64"),
        ("0a" * 64, "the signature has 128 hex digits, as HMAC-SHA512 makes them, expected 64"),
        ("0a" * 16, "the signature has 32 hex digits, as HMAC-MD5 makes them, expected 64"),
        ("nothing", "the signature is 'nothing', expected 64 lower-case hex digits"),
        ("AAAA", "the signature is 'AAAA', expected 64 lower-case hex digits"),
        ("\xe9", "the signature is 'é', expected 64 lower-case hex digits"),
    ],
)
def test_the_form_of_a_signature(signature: str, what: str) -> None:
    assert told(signature) == what


def test_a_form_and_a_mistake_at_once() -> None:
    reason = told(signed(text(), SECRET + " ").upper())
    assert reason == (
        "the client used its secret with a blank at the end; the client wrote its signature in upper case"
    )


def test_two_mistakes_are_not_looked_for_in_a_long_request() -> None:
    """The work is bounded: each guess hashes all of it."""
    query = "a=" + "x" * 12_000
    one, two = text(query=query), text(query=query, headers=lines(host="127.0.0.1"))
    assert told(signed(one, SECRET + " "), query=query) == "the client used its secret with a blank at the end"
    begun = time.process_time()
    assert "is not that of AccessKey id" in told(signed(two, SECRET + " "), query=query)
    assert time.process_time() - begun < 2.0


def test_every_mistake_changes_something_or_says_that_it_does_not() -> None:
    """Each row of the table can be tried on a request with nothing but what every request has."""
    seen = ClientSide(KEY_ID, "", {"host": ["a"]}, ("host",), "", "")
    right = Guess(canonical_request("GET", "/", "", {"host": "a"}, ["host"], ""), SECRET)
    for mistake in MISTAKES:
        assert mistake.change(right, seen)
        assert mistake.what
