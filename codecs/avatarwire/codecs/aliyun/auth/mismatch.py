"""What a signature mismatch on the Aliyun HTTP surface has to say for itself.

A signature does not reveal what the client signed. So the usual mistakes are applied to what was received,
one and two at a time, until the client's signature comes out: then both canonical requests can be shown, with
the first line that differs. Only explaining lives here; nothing in this module decides whether a request is
let in. Neither secrets nor the signature that would have been right are ever written into an explanation.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations, zip_longest
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import quote, unquote

from ...errors import SignatureError, shown
from .canonical import CLAUSE, CanonicalRequest, canonical_query, encoded_query, header_lines, query_pairs, wire_bytes

__all__ = ["ClientSide", "explain", "mismatch"]

_MASKED: Final = frozenset({"authorization", "cookie", "x-acs-security-token"})


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


class _Guess(NamedTuple):
    """What the client may have signed, and with which key."""

    request: CanonicalRequest
    key: str


_Change: TypeAlias = Callable[[_Guess, ClientSide], _Guess]


class _Mistake(NamedTuple):
    """One way in which clients go wrong."""

    part: str
    """What it concerns; two mistakes about the same part are never combined."""
    what: str
    """Completes "the client ..."."""
    apply: _Change


def _query(rewrite: Callable[[str], str]) -> _Change:
    return lambda guess, seen: guess._replace(request=replace(guess.request, query=rewrite(seen.raw_query)))


def _path(rewrite: Callable[[str], str]) -> _Change:
    return lambda guess, _: guess._replace(request=replace(guess.request, path=rewrite(guess.request.path)))


def _lines(rewrite: Callable[[str, ClientSide], str]) -> _Change:
    return lambda guess, seen: guess._replace(
        request=replace(guess.request, headers=rewrite(guess.request.headers, seen))
    )


def _key(rewrite: Callable[[str, ClientSide], str]) -> _Change:
    return lambda guess, seen: guess._replace(key=rewrite(guess.key, seen))


def _host(rewrite: Callable[[str], str]) -> _Change:
    def lines(_: str, seen: ClientSide) -> str:
        host = rewrite(seen.headers["host"][0].strip())
        return header_lines({**seen.headers, "host": [host]}, seen.signed_headers)

    return _lines(lines)


def _declared_body(guess: _Guess, seen: ClientSide) -> _Guess:
    return guess._replace(request=replace(guess.request, body_hash=seen.body_hash))


def _lower_case_method(guess: _Guess, _: ClientSide) -> _Guess:
    return guess._replace(request=replace(guess.request, method=guess.request.method.lower()))


def _untrimmed(_: str, seen: ClientSide) -> str:
    names = [name.lower() for name in seen.signed_headers]
    return "".join(f"{name}:{','.join(seen.headers[name])}\n" for name in names)


def _bare_marks(raw_query: str) -> str:
    return re.sub("%(2[1789A])", lambda escape: chr(int(escape[1], 16)), canonical_query(raw_query))


def _lower_case_escapes(raw_query: str) -> str:
    return re.sub("%..", lambda escape: escape[0].lower(), canonical_query(raw_query))


# The more specific ones stand first: of several that lead to the same text, the first is named.
_MISTAKES: Final[tuple[_Mistake, ...]] = (
    _Mistake("query", "signed the query without sorting it", _query(lambda raw: encoded_query(query_pairs(raw)))),
    _Mistake(
        "query",
        "signed a space as + instead of %20",
        _query(lambda raw: canonical_query(raw).replace("%20", "+")),
    ),
    _Mistake("query", "left ! ' ( ) * bare, as encodeURIComponent does", _query(_bare_marks)),
    _Mistake("query", "signed lower-case percent escapes", _query(_lower_case_escapes)),
    _Mistake(
        "query",
        "left out the = of an empty value",
        _query(lambda raw: re.sub("=(?=&|$)", "", canonical_query(raw))),
    ),
    _Mistake("query", "signed the query decoded", _query(lambda raw: unquote(canonical_query(raw)))),
    _Mistake(
        "query",
        "sorted the query as it was sent, without encoding it again",
        _query(lambda raw: "&".join(sorted(raw.split("&")))),
    ),
    _Mistake("query", "signed the query as it was sent, neither sorted nor encoded again", _query(lambda raw: raw)),
    _Mistake("query", "left out the query", _query(lambda _: "")),
    _Mistake("path", "signed the path without its trailing slash", _path(lambda path: path.rstrip("/"))),
    _Mistake("path", "signed the path with a trailing slash", _path(lambda path: path + "/")),
    _Mistake("path", "signed / instead of the path", _path(lambda _: "/")),
    _Mistake("path", "signed the path decoded", _path(unquote)),
    _Mistake("path", "signed the path encoded twice", _path(lambda path: quote(path, safe="/~"))),
    _Mistake("headers", "signed the host without its port", _host(lambda host: re.sub(":[0-9]*$", "", host))),
    _Mistake("headers", "signed the host with port 80", _host(lambda host: host + ":80")),
    _Mistake("headers", "signed the host with port 443", _host(lambda host: host + ":443")),
    _Mistake("headers", "signed header values without trimming or sorting them", _lines(_untrimmed)),
    _Mistake(
        "headers",
        "sorted the header lines but not SignedHeaders",
        _lines(lambda _, seen: header_lines(seen.headers, sorted(seen.signed_headers))),
    ),
    _Mistake("headers", "left out the blank line after the headers", _lines(lambda lines, _: lines.rstrip("\n"))),
    _Mistake(
        "body",
        "signed its x-acs-content-sha256, which is not the hash of the body received",
        _declared_body,
    ),
    _Mistake(
        "method",
        "signed the method in lower case",
        _lower_case_method,
    ),
    _Mistake("key", "used its secret with & appended, as older signatures do", _key(lambda key, _: key + "&")),
    _Mistake("key", "used its secret with a line feed at the end", _key(lambda key, _: key + "\n")),
    _Mistake("key", "used its AccessKey id as the secret", _key(lambda _, seen: seen.access_key_id)),
)


def mismatch(ours: CanonicalRequest, theirs: ClientSide, secret: str) -> SignatureError:
    """The ``SignatureDoesNotMatch`` for a request, explained as far as can be found out.

    Args:
        ours: canonical form of the request as received.
        theirs: what the client sent.
        secret: the secret of the client's AccessKey id; it is only computed with.
    """
    found = _reconstructed(ours, theirs, secret)
    lines: list[str] = []
    reasons: list[str] = []
    if theirs.body_hash != ours.body_hash:
        reasons.append(f"the body hashes to {ours.body_hash}, x-acs-content-sha256 declares {shown(theirs.body_hash)}")
    if found is None:
        reasons.append(f"the signature is not that of AccessKey id {shown(theirs.access_key_id)} for this request")
        lines += [
            "No usual mistake leads to the client's signature: the secret or one of the lines below differs.",
            *_section("our canonical request", ours.text.split("\n"), None),
        ]
    else:
        mistakes, guess = found
        reasons += [f"the client {mistake.what}" for mistake in mistakes]
        lines += [explain(ours.text, guess.request.text)]
    lines = [*(f"{reason[0].upper()}{reason[1:]}." for reason in reasons), *lines]
    lines += ["our string to sign:", *(f"       {line}" for line in ours.string_to_sign.split("\n"))]
    return SignatureError("SignatureDoesNotMatch", "; ".join(reasons), explanation="\n".join(lines), clause=CLAUSE)


def explain(ours: str, theirs: str) -> str:
    """Two canonical requests one below the other, the first differing line marked in both.

    Args:
        ours: text of the canonical request that was computed from what arrived.
        theirs: text of the canonical request that the client signed.

    Returns:
        Several lines of text. Values of credentials among the headers are replaced by their length.
    """
    our_lines, their_lines = ours.split("\n"), theirs.split("\n")
    pairs = zip_longest(our_lines, their_lines)
    first = next((index for index, (our_line, their_line) in enumerate(pairs) if our_line != their_line), None)
    if first is None:
        head = ["Both canonical requests are the same; no line differs."]
    else:
        head = [
            f"The first line that differs is line {first + 1}, {_part_name(our_lines, first)}:",
            f"  ours:         {_line_at(our_lines, first)}",
            f"  the client's: {_line_at(their_lines, first)}",
        ]
    return "\n".join(
        [
            *head,
            *_section("our canonical request", our_lines, first),
            *_section("the client's canonical request", their_lines, first),
        ]
    )


def _reconstructed(
    ours: CanonicalRequest, theirs: ClientSide, secret: str
) -> tuple[tuple[_Mistake, ...], _Guess] | None:
    """The fewest mistakes, two at most, that give the client's signature; none if only the body differs."""
    for chosen in chain.from_iterable(combinations(_MISTAKES, count) for count in (0, 1, 2)):
        if len({mistake.part for mistake in chosen}) < len(chosen):
            continue
        guess = _Guess(ours, secret)
        for mistake in chosen:
            guess = mistake.apply(guess, theirs)
        if hmac.compare_digest(wire_bytes(guess.request.signature(guess.key)), wire_bytes(theirs.signature)):
            return chosen, guess
    return None


def _part_name(lines: list[str], index: int) -> str:
    last = len(lines) - 1
    names = {
        last - 2: "the blank line after the headers",
        last - 1: "SignedHeaders",
        last: "the body hash",
        0: "the method",
        1: "the path",
        2: "the query",
    }
    if index > last:
        return "beyond our last line"
    return names.get(index) or f"header {lines[index].partition(':')[0]}"


def _section(title: str, lines: list[str], marked: int | None) -> list[str]:
    marks = (">" if index == marked else " " for index in range(len(lines)))
    numbered = (f"{mark} {index + 1:3}  {_line_at(lines, index)}" for index, mark in enumerate(marks))
    return [f"{title}:", *(line.rstrip() for line in numbered)]


def _line_at(lines: list[str], index: int) -> str:
    """A line fit for a journal: credentials masked, control characters and spaces at the end made visible."""
    if index >= len(lines):
        return "(no such line)"
    line = lines[index]
    name, _, value = line.partition(":")
    if name in _MASKED:
        return f"{name}:<{len(value)} characters masked>"
    printable = line if line.isprintable() else repr(line)[1:-1]
    bare = printable.rstrip(" ")
    return bare + "␠" * (len(printable) - len(bare))
