"""In which ways clients sign something else than they send: of their own doing, or of what changes a request later.

Each is tried on what was received, in `mismatch.py`. Only the table lives here, and what each of its rows does.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import quote, quote_plus, unquote

from .canonical import (
    ALGORITHM,
    CanonicalRequest,
    canonical_query,
    encoded_query,
    header_lines,
    query_pairs,
    wire_bytes,
)

__all__ = ["MISTAKES", "ClientSide", "Guess", "Mistake"]

_ENDPOINT: Final = "intelligentcreation.cn-zhangjiakou.aliyuncs.com"


@dataclass(frozen=True, slots=True)
class ClientSide:
    """What was received, untouched: what a client may have signed as it stood."""

    access_key_id: str
    raw_query: str
    headers: Mapping[str, list[str]]
    """Untrimmed values by lower-case name."""
    signed_headers: tuple[str, ...]
    body_hash: str
    """Value of ``x-acs-content-sha256``."""
    signature: str
    body: bytes = b""


def _string_to_sign(request: CanonicalRequest) -> str:
    return request.string_to_sign


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


class Guess(NamedTuple):
    """What the client may have signed, with which key, and how."""

    request: CanonicalRequest
    key: str
    to_sign: Callable[[CanonicalRequest], str] = _string_to_sign
    """The text that is signed."""
    digest: Callable[[bytes, bytes], bytes] = _hmac
    """Signs a text with a key."""

    @property
    def signature(self) -> bytes:
        """The signature that comes of it."""
        return self.digest(wire_bytes(self.key), wire_bytes(self.to_sign(self.request)))


_Change: TypeAlias = Callable[[Guess, ClientSide], Mapping[str, Any]]
"""What is another then: fields of the canonical request, or of the guess."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One way in which clients go wrong."""

    part: str
    """What it concerns; two mistakes about the same part are never combined."""
    what: str
    """Completes "the client ..."."""
    change: _Change


def _query(what: str, rewrite: Callable[[str], str]) -> Mistake:
    return Mistake("query", what, lambda _, seen: {"query": rewrite(seen.raw_query)})


def _path(what: str, rewrite: Callable[[str, ClientSide], str]) -> Mistake:
    return Mistake("path", what, lambda guess, seen: {"path": rewrite(guess.request.path, seen)})


def _lines(what: str, rewrite: Callable[[str, ClientSide], str]) -> Mistake:
    return Mistake("headers", what, lambda guess, seen: {"headers": rewrite(guess.request.headers, seen)})


def _value(what: str, name: str, rewrite: Callable[[str, ClientSide], str]) -> Mistake:
    """The value of one header was another when it was signed."""

    def lines(given: str, seen: ClientSide) -> str:
        if name not in seen.headers:
            return given
        other = rewrite(seen.headers[name][0].strip(), seen)
        return header_lines({**seen.headers, name: [other]}, seen.signed_headers)

    return _lines(what, lines)


def _key(what: str, rewrite: Callable[[str, ClientSide], str]) -> Mistake:
    return Mistake("key", what, lambda guess, seen: {"key": rewrite(guess.key, seen)})


def _signing(
    what: str,
    to_sign: Callable[[CanonicalRequest], str] = _string_to_sign,
    digest: Callable[[bytes, bytes], bytes] = _hmac,
) -> Mistake:
    return Mistake("signing", what, lambda _, __: {"to_sign": to_sign, "digest": digest})


# Queries


def _bare_marks(raw_query: str) -> str:
    return re.sub("%(2[1789A])", lambda escape: chr(int(escape[1], 16)), canonical_query(raw_query))


def _lower_case_escapes(raw_query: str) -> str:
    return re.sub("%..", lambda escape: escape[0].lower(), canonical_query(raw_query))


def _as_forms_are(raw_query: str) -> str:
    pairs = sorted(query_pairs(raw_query), key=lambda pair: pair[0])
    told = (f"{quote_plus(name, safe='*')}={quote_plus(value, safe='*')}" for name, value in pairs)
    return "&".join(told).replace("~", "%7E")


def _twice(raw_query: str) -> str:
    return canonical_query(raw_query).replace("%", "%25")


_QUERIES: Final[tuple[Mistake, ...]] = (
    _query("signed the query without sorting it", lambda raw: encoded_query(query_pairs(raw))),
    _query("signed a space as + instead of %20", lambda raw: canonical_query(raw).replace("%20", "+")),
    _query("left ! ' ( ) * bare, as encodeURIComponent does", _bare_marks),
    _query("left / bare, as urllib.parse.quote does", lambda raw: canonical_query(raw).replace("%2F", "/")),
    _query("escaped ~ as %7E", lambda raw: canonical_query(raw).replace("~", "%7E")),
    _query("encoded the query as forms are, with + * and %7E, as URLEncoder of Java does", _as_forms_are),
    _query("signed lower-case percent escapes", _lower_case_escapes),
    _query("left out the = of an empty value", lambda raw: re.sub("=(?=&|$)", "", canonical_query(raw))),
    _query("sorted the values of names that repeat", lambda raw: encoded_query(sorted(query_pairs(raw)))),
    _query("signed the query encoded twice", _twice),
    _query("signed the query decoded", lambda raw: unquote(canonical_query(raw))),
    _query("signed the query with its question mark", lambda raw: f"?{canonical_query(raw)}"),
    _query("sorted the query as it was sent, without encoding it again", lambda raw: "&".join(sorted(raw.split("&")))),
    _query("signed the query as it was sent, neither sorted nor encoded again", lambda raw: raw),
    _query("left out the query", lambda _: ""),
)


# Paths


def _before_the_proxy(path: str, seen: ClientSide) -> str:
    prefix = seen.headers.get("x-forwarded-prefix", [""])[0].strip().rstrip("/")
    return prefix + path


def _url(scheme: str) -> Callable[[str, ClientSide], str]:
    return lambda path, seen: f"{scheme}://{seen.headers['host'][0].strip()}{path}"


_PATHS: Final[tuple[Mistake, ...]] = (
    _path("signed the path without its trailing slash", lambda path, _: path.rstrip("/")),
    _path("signed the path with a trailing slash", lambda path, _: path + "/"),
    _path("signed / instead of the path", lambda _, __: "/"),
    _path("signed the path decoded", lambda path, _: unquote(path)),
    _path("signed the path encoded twice", lambda path, _: quote(path, safe="/~")),
    _path("signed the path with its slashes encoded", lambda path, _: path.replace("/", "%2F")),
    _path("signed the path with its query behind it", lambda path, seen: f"{path}?{seen.raw_query}"),
    _path("signed the path without the slash it begins with", lambda path, _: path.removeprefix("/")),
    _path("signed the path with the prefix that a proxy has cut off (x-forwarded-prefix)", _before_the_proxy),
    _path("signed the whole URL instead of the path", _url("http")),
    _path("signed the whole URL, with https, instead of the path", _url("https")),
)


# Headers


def _untrimmed(_: str, seen: ClientSide) -> str:
    names = [name.lower() for name in seen.signed_headers]
    return "".join(f"{name}:{','.join(seen.headers[name])}\n" for name in names)


def _with_capitals(lines: str, _: ClientSide) -> str:
    return re.sub("(?m)^[^:\n]+", lambda name: name[0].title(), lines)


def _forwarded_host(host: str, seen: ClientSide) -> str:
    return seen.headers.get("x-forwarded-host", [host])[0].strip()


def _swapped_loopback(host: str, _: ClientSide) -> str:
    if host.startswith("localhost"):
        return host.replace("localhost", "127.0.0.1", 1)
    return host.replace("127.0.0.1", "localhost", 1)


def _sorted_names(_: Guess, seen: ClientSide) -> Mapping[str, Any]:
    names = sorted(seen.signed_headers)
    return {"headers": header_lines(seen.headers, names), "signed_headers": ";".join(names)}


_CONTENT_TYPES: Final = (
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=utf-8",
    "application/json; charset=UTF-8",
    "application/json;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "",
)
"""What clients set; HTTP libraries and proxies add a charset to it, or set one where there was none."""
_ACCEPTED: Final = ("application/json", "*/*", "")


def _headers_of(name: str, values: Iterable[str]) -> Iterable[Mistake]:
    for value in values:
        told = f"the {name} {value}" if value else f"an empty {name}"
        what = f"signed {told}, and another was sent: whatever sends the request has changed it after signing"
        yield _value(what, name, lambda _, __, other=value: other)  # type: ignore[misc]


_HEADERS: Final[tuple[Mistake, ...]] = (
    _value("signed the host without its port", "host", lambda host, _: re.sub(":[0-9]*$", "", host)),
    _value("signed the host with port 80", "host", lambda host, _: host + ":80"),
    _value("signed the host with port 443", "host", lambda host, _: host + ":443"),
    _value("signed the host that a proxy has replaced (x-forwarded-host)", "host", _forwarded_host),
    _value("signed the host in lower case", "host", lambda host, _: host.lower()),
    _value("signed localhost where 127.0.0.1 was called, or the reverse", "host", _swapped_loopback),
    _value("signed the host of the vendor, and called another", "host", lambda _, __: _ENDPOINT),
    *_headers_of("content-type", _CONTENT_TYPES),
    *_headers_of("accept", _ACCEPTED),
    _lines("signed header values without trimming or sorting them", _untrimmed),
    _lines(
        "sorted the header lines but not SignedHeaders",
        lambda _, seen: header_lines(seen.headers, sorted(seen.signed_headers)),
    ),
    Mistake("headers", "signed its headers sorted, and SignedHeaders of Authorization is not", _sorted_names),
    _lines("left out the blank line after the headers", lambda lines, _: lines.rstrip("\n")),
    _lines("wrote a blank behind the colon of each header", lambda lines, _: re.sub("(?m)^([^:\n]+:)", r"\1 ", lines)),
    _lines("signed the names of headers with capitals", _with_capitals),
)


# Keys: what a secret gets when it is copied, read from a file or written in a shell.

_KEYS: Final[tuple[Mistake, ...]] = (
    _key("used its secret with & appended, as older signatures do", lambda key, _: key + "&"),
    _key("used its secret with a line feed at the end", lambda key, _: key + "\n"),
    _key("used its secret with a carriage return and a line feed at the end", lambda key, _: key + "\r\n"),
    _key("used its secret with a carriage return at the end", lambda key, _: key + "\r"),
    _key("used its secret with a blank at the end", lambda key, _: key + " "),
    _key("used its secret with a tab at the end", lambda key, _: key + "\t"),
    _key("used its secret with a blank in front", lambda key, _: " " + key),
    _key("used its secret with a tab in front", lambda key, _: "\t" + key),
    _key("used its secret with a line feed in front", lambda key, _: "\n" + key),
    _key("used its secret with a byte order mark in front", lambda key, _: "\ufeff" + key),
    _key("used its secret with a no-break space at the end", lambda key, _: key + "\u00a0"),
    _key("used its secret in quotation marks", lambda key, _: f'"{key}"'),
    _key("used its secret in single quotation marks", lambda key, _: f"'{key}'"),
    _key("used its secret with blanks around it", lambda key, _: f" {key} "),
    _key("used its secret without the blanks at its ends", lambda key, _: key.strip()),
    _key("used its secret in lower case", lambda key, _: key.lower()),
    _key("used its secret in upper case", lambda key, _: key.upper()),
    _key("used an empty secret", lambda _, __: ""),
    _key("used its AccessKey id as the secret", lambda _, seen: seen.access_key_id),
)


# What is done with the canonical request

_SIGNING: Final[tuple[Mistake, ...]] = (
    _signing("signed the hash without the line ACS3-HMAC-SHA256 before it", to_sign=lambda request: request.hashed),
    _signing(
        "signed the canonical request itself in the place of its hash",
        to_sign=lambda request: f"{ALGORITHM}\n{request.text}",
    ),
    _signing("signed the canonical request itself, nothing else", to_sign=lambda request: request.text),
    _signing(
        "signed the hash of the canonical request in upper case",
        to_sign=lambda request: f"{ALGORITHM}\n{request.hashed.upper()}",
    ),
    _signing(
        "signed the string to sign with a line feed at its end", to_sign=lambda request: f"{request.string_to_sign}\n"
    ),
    _signing("separated algorithm and hash by CR LF", to_sign=lambda request: f"{ALGORITHM}\r\n{request.hashed}"),
    _signing(
        "used the string to sign as the key, and its secret as the text", digest=lambda key, text: _hmac(text, key)
    ),
    _signing(
        "hashed its secret and the string to sign instead of computing an HMAC",
        digest=lambda key, text: hashlib.sha256(key + text).digest(),
    ),
)

# The more specific ones stand first: of several that lead to the same text, the first is named.
MISTAKES: Final[tuple[Mistake, ...]] = (
    *_QUERIES,
    *_PATHS,
    *_HEADERS,
    Mistake(
        "body",
        "signed its x-acs-content-sha256, which is not the hash of the body received",
        lambda _, seen: {"body_hash": seen.body_hash},
    ),
    Mistake("method", "signed the method in lower case", lambda guess, _: {"method": guess.request.method.lower()}),
    Mistake(
        "method", "signed the method POST: a redirect, or what sends, has changed it", lambda _, __: {"method": "POST"}
    ),
    Mistake(
        "method", "signed the method GET: a redirect, or what sends, has changed it", lambda _, __: {"method": "GET"}
    ),
    *_KEYS,
    *_SIGNING,
)
"""All of them."""
