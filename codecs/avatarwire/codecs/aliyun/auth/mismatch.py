"""What a signature mismatch on the Aliyun HTTP surface has to say for itself.

A signature does not reveal what the client signed. So the usual mistakes are applied to what was received,
one and two at a time, until the client's signature comes out: then both canonical requests can be shown, with
the first line that differs. Only explaining lives here; nothing in this module decides whether a request is
let in. Neither secrets nor the signature that would have been right are ever written into an explanation.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from itertools import combinations, zip_longest
from typing import Any, Final

from msgspec.structs import replace

from ...errors import SignatureError, shown
from .bodies import hashed_otherwise
from .canonical import CLAUSE, CanonicalRequest
from .mistakes import MISTAKES, ClientSide, Guess, Mistake

__all__ = ["ClientSide", "explain", "mismatch"]

_MASKED: Final = frozenset({"authorization", "cookie", "x-acs-security-token"})

_SHORT: Final = 8 * 1024
"""Characters of a canonical request up to which mistakes are tried two at a time: each try hashes all of it."""
_LONG: Final = 16 * 1024
"""Characters beyond which no mistake is tried: whoever sends a wrong signature must not take a server much time."""
_SHOWN: Final = 2000
"""Characters of a line that an explanation shows."""
_DIGEST_SIZE: Final = 32
_OF_THE_GUESS: Final = frozenset(Guess._fields)

_SIZES: Final = {40: "HMAC-SHA1", 64: "", 128: "HMAC-SHA512", 32: "HMAC-MD5"}
"""What has signed, by the hex digits of a signature."""


def mismatch(ours: CanonicalRequest, theirs: ClientSide, secret: str) -> SignatureError:
    """The ``SignatureDoesNotMatch`` for a request, explained as far as can be found out.

    Args:
        ours: canonical form of the request as received.
        theirs: what the client sent.
        secret: the secret of the client's AccessKey id; it is only computed with.
    """
    digest, form = _digest(theirs.signature)
    is_long = len(ours.text) > _LONG
    found = None if digest is None or is_long else _reconstructed(ours, theirs, secret, digest)
    lines: list[str] = []
    reasons: list[str] = []
    if theirs.body_hash != ours.body_hash:
        reasons.append(f"the body hashes to {ours.body_hash}, x-acs-content-sha256 declares {shown(theirs.body_hash)}")
        if of_what := hashed_otherwise(theirs.body, theirs.body_hash):
            reasons.append(f"x-acs-content-sha256 is {of_what}")
    if found is None:
        reasons.append(
            form or f"the signature is not that of AccessKey id {shown(theirs.access_key_id)} for this request"
        )
        lines += [
            f"Beyond {_LONG} characters usual mistakes are not tried: the secret or one of the lines below differs."
            if is_long
            else "No usual mistake leads to the client's signature: the secret or one of the lines below differs.",
            *_section("our canonical request", ours.text.split("\n"), None),
        ]
    else:
        mistakes, guess = found
        reasons += [f"the client {mistake.what}" for mistake in mistakes]
        reasons += [form] if form else []
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


def _digest(signature: str) -> tuple[bytes | None, str]:
    """The digest that a signature is, None where it is none, and what is wrong with the form it has."""
    if len(signature) in _SIZES and all(char in "0123456789abcdefABCDEF" for char in signature):
        if other := _SIZES[len(signature)]:
            return None, f"the signature has {len(signature)} hex digits, as {other} makes them, expected 64"
        form = "" if signature == signature.lower() else "the client wrote its signature in upper case"
        return bytes.fromhex(signature), form
    try:
        digest = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) == _DIGEST_SIZE:
        return digest, "the client wrote its signature in Base64, expected lower-case hex"
    return None, f"the signature is {shown(signature)}, expected 64 lower-case hex digits"


def _reconstructed(
    ours: CanonicalRequest, theirs: ClientSide, secret: str, digest: bytes
) -> tuple[tuple[Mistake, ...], Guess] | None:
    """The fewest mistakes, two at most, that give the client's signature; none if only the body differs."""
    right = Guess(ours, secret)
    # What each of them does to a request is found out once, however many it is combined with.
    tried = [(mistake, _changed(right, mistake.change(right, theirs))) for mistake in MISTAKES]
    telling = [(mistake, changes) for mistake, changes in tried if changes]
    for count in (0, 1, 2) if len(ours.text) <= _SHORT else (0, 1):
        for chosen in combinations(telling, count):
            if len({mistake.part for mistake, _ in chosen}) < count:
                continue
            guess = right
            for _, changes in chosen:
                guess = _with(guess, changes)
            if hmac.compare_digest(guess.signature, digest):
                return tuple(mistake for mistake, _ in chosen), guess
    return None


def _changed(right: Guess, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a mistake says those changes that change anything."""

    def now(name: str) -> Any:
        return getattr(right if name in _OF_THE_GUESS else right.request, name)

    return {name: value for name, value in changes.items() if value != now(name)}


def _with(guess: Guess, changes: Mapping[str, Any]) -> Guess:
    of_guess = {name: value for name, value in changes.items() if name in _OF_THE_GUESS}
    of_request = {name: value for name, value in changes.items() if name not in _OF_THE_GUESS}
    return guess._replace(request=replace(guess.request, **of_request), **of_guess)


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
    if len(printable) > _SHOWN:
        printable = f"{printable[:_SHOWN]}… ({len(line)} characters)"
    bare = printable.rstrip(" ")
    return bare + "␠" * (len(printable) - len(bare))
