"""Signatures of the Aliyun HTTP surface: ACS3-HMAC-SHA256, made by a client and verified by a server.

Signing and the server's checks live here. The form that both sides sign is in `auth/canonical.py`, what a mismatch has
to say for itself in `auth/mismatch.py`, the memory of used nonces in `auth/nonces.py`. The vendor's document leaves
signing to its SDK (ALI-E67), so the recipe is that of the published SDK and of the vendor's page on request signatures.
Time and nonces are passed in.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from ..core.headers import Headers, collected
from ..core.masking import Discreet
from ..errors import EncodeError, SignatureError, shown
from .auth.canonical import (
    ALGORITHM,
    CLAUSE,
    CanonicalRequest,
    canonical_query,
    canonical_request,
    sha256_hex,
    wire_bytes,
)
from .auth.hints import of_a_zone, other_scheme
from .auth.mismatch import ClientSide, explain, mismatch
from .auth.nonces import NonceMemory, NonceStore

__all__ = [
    "ALGORITHM",
    "API_VERSION",
    "HTTP_STATUS",
    "WINDOW",
    "Authorization",
    "CanonicalRequest",
    "Headers",
    "NonceMemory",
    "NonceStore",
    "Verified",
    "canonical_query",
    "canonical_request",
    "explain",
    "format_date",
    "parse_authorization",
    "parse_date",
    "sign",
    "verify",
]

API_VERSION: Final = "2024-03-13"
"""Version of the IntelligentCreation API, sent as ``x-acs-version``."""

WINDOW: Final = 900.0
"""Seconds by which ``x-acs-date`` may be behind or ahead of the server's clock."""

HTTP_STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "IncompleteSignature": 400,
        "InvalidAccessKeyId.NotFound": 404,
        "InvalidTimeStamp.Expired": 400,
        "InvalidTimeStamp.Format": 400,
        "SignatureDoesNotMatch": 400,
        "SignatureNonceUsed": 400,
    }
)
"""HTTP status that goes with each code of a `SignatureError`."""

_MAX_AUTHORIZATION: Final = 8192
"""Characters of an Authorization header that are looked at; the SDKs send about 350."""

_REQUIRED: Final = (
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
)

_TEMPORARY_KEY: Final = "x-acs-security-token"

_PARTS: Final = ("Credential", "SignedHeaders", "Signature")
_PLAIN_SIGNATURE: Final = re.compile(r"[0-9A-Za-z]+")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_HEADER_VALUE: Final = re.compile(r"[^\r\n\0]*")
_HOST: Final = re.compile(r"(?:\[[0-9A-Fa-f:.]+(?:%[\w.~-]+)?\]|[^\s/?#@\\\[\]:]+)(?::[0-9]{1,5})?")
"""What a URL has between `//` and its path, without a user (RFC 3986, 3.2.2)."""
_ACCESS_KEY_ID: Final = re.compile(r"[^\s,]+")


class Authorization(Discreet, frozen=True):
    """The parts of an ``Authorization`` header, as the client wrote them."""

    unshown = frozenset({"signature"})

    credential: str
    """AccessKey id."""
    signed_headers: tuple[str, ...]
    """Names of the signed headers in the client's order."""
    signature: str
    """Lower-case hex HMAC."""


class Verified(Discreet, frozen=True):
    """What a request with a good signature says about itself."""

    unshown = frozenset({"security_token"})

    access_key_id: str
    action: str
    version: str
    nonce: str
    date: float
    """When the client made the request, epoch seconds."""
    signed_headers: tuple[str, ...]
    security_token: str = ""
    """Token of a temporary key, empty for an ordinary one; the caller decides whether it is good."""


def format_date(date: datetime | float) -> str:
    """The value of ``x-acs-date``: UTC with whole seconds, such as ``2026-11-22T03:29:59Z``.

    Args:
        date: a datetime with a time zone, or epoch seconds.

    Raises:
        EncodeError: no time zone, or not a moment the calendar knows.
    """
    if isinstance(date, datetime) and date.utcoffset() is None:
        raise EncodeError("the datetime has no time zone", path="x-acs-date", expected="an aware datetime")
    try:
        moment = date.astimezone(UTC) if isinstance(date, datetime) else datetime.fromtimestamp(date, UTC)
    except (ValueError, OverflowError, OSError):
        raise EncodeError(f"{date} is no moment", path="x-acs-date", expected="years 1 to 9999 in UTC") from None
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


@lru_cache(maxsize=64)
def parse_date(text: str) -> float:
    """Epoch seconds of an ``x-acs-date`` value.

    Raises:
        SignatureError: ``InvalidTimeStamp.Format``.
    """
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        reason = f"x-acs-date is {shown(text)}, expected UTC such as 2026-11-22T03:29:59Z"
        raise SignatureError("InvalidTimeStamp.Format", reason, clause=CLAUSE) from None


def sign(
    method: str,
    path: str,
    query: str = "",
    headers: Headers = (),
    body: bytes = b"",
    *,
    access_key_id: str,
    access_key_secret: str,
    action: str,
    host: str,
    date: datetime | float,
    nonce: str,
    version: str = API_VERSION,
    security_token: str | None = None,
) -> dict[str, str]:
    """The headers to send with a request, ``Authorization`` among them, in the shape of the published SDK.

    Args:
        method: HTTP method as it goes on the wire.
        path: path as it goes on the wire, percent-encoded.
        query: query as it goes on the wire, without the question mark.
        headers: further headers; all are sent and signed. They may replace ``accept`` and ``content-type``.
        body: the body as it goes on the wire, before any transfer coding.
        access_key_id, access_key_secret: the key pair.
        action: operation name for ``x-acs-action``.
        host: host as it goes on the wire, port included where the URL has one; no URL.
        date: datetime with a time zone, or epoch seconds.
        nonce: text never used before with this key; the SDKs send 32 or 64 hex digits.
        version: API version.
        security_token: token of a temporary key.

    Raises:
        EncodeError: a header that cannot be sent, or a date that is none.
    """
    given = {name: ",".join(values) for name, values in collected(headers).items()}
    computed = {
        "host": host,
        "x-acs-version": version,
        "x-acs-action": action,
        "x-acs-date": format_date(date),
        "x-acs-signature-nonce": nonce,
        "x-acs-content-sha256": sha256_hex(body),
        "x-acs-credentials-provider": "static_ak",
    }
    if security_token:
        computed |= {
            "x-acs-credentials-provider": "static_sts",
            "x-acs-accesskey-id": access_key_id,
            _TEMPORARY_KEY: security_token,
        }
    content_type = {"content-type": "application/json; charset=utf-8"} if body else {}
    sent = {"accept": "application/json", **content_type, **given, **computed}
    for name, value in sent.items():
        if name == "authorization" or not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise EncodeError("this header cannot be signed", path=shown(name), expected="one line of text")
    if missing := [name for name in _REQUIRED if not computed[name].strip()]:
        raise EncodeError("a required header is empty", path=missing[0], expected="text that is not empty")
    if not _HOST.fullmatch(host):
        raise EncodeError(
            f"got {shown(host)}", path="host", expected="a host as the Host header has it, such as h:8080"
        )
    if not _ACCESS_KEY_ID.fullmatch(access_key_id):
        raise EncodeError("not an AccessKey id", path="access_key_id", expected="text without space or comma")
    names = sorted(sent)
    request = canonical_request(method, path, query, sent, names, computed["x-acs-content-sha256"])
    signature = request.signature(access_key_secret)
    credential = f"Credential={access_key_id},SignedHeaders={request.signed_headers},Signature={signature}"
    return {**sent, "Authorization": f"{ALGORITHM} {credential}"}


def parse_authorization(header: str) -> Authorization:
    """Takes an ``Authorization`` header apart.

    Raises:
        SignatureError: ``IncompleteSignature``; another scheme, a part missing, repeated, unknown or empty.
    """
    if len(header) > _MAX_AUTHORIZATION:
        raise _incomplete(f"Authorization is longer than {_MAX_AUTHORIZATION} characters")
    head, comma, signature = header.rpartition(",Signature=")
    if comma and _PLAIN_SIGNATURE.fullmatch(signature) and (known := _head(head)) is not None:
        return Authorization(*known, signature)
    return _parsed(header)


@lru_cache(maxsize=64)
def _head(head: str) -> tuple[str, tuple[str, ...]] | None:
    """Credential and names of a header in which the signature comes last; None where that has to be looked at closely.

    A client signs the same headers in each of its calls, so this part of the header is the same as well.
    """
    try:
        found = _parsed(f"{head},Signature=0")
    except SignatureError:
        return None
    return found.credential, found.signed_headers


def _parsed(header: str) -> Authorization:
    scheme, _, rest = header.strip().partition(" ")
    if scheme != ALGORITHM:
        raise _incomplete(f"Authorization has to use {ALGORITHM}: {other_scheme(scheme)}")
    parts: dict[str, str] = {}
    for piece in rest.split(","):
        name, _, value = piece.strip().partition("=")
        if name not in _PARTS or name in parts or not value:
            raise _incomplete(f"Authorization has {shown(name)}, expected {', '.join(_PARTS)} once each")
        parts[name] = value
    if absent := [name for name in _PARTS if name not in parts]:
        raise _incomplete(f"Authorization lacks {' and '.join(absent)}")
    return Authorization(parts["Credential"], tuple(parts["SignedHeaders"].split(";")), parts["Signature"])


def verify(
    method: str,
    raw_path: str,
    raw_query: str,
    headers: Headers,
    body: bytes,
    *,
    secret_for: Callable[[str], str | None],
    now: float,
    nonces: NonceStore,
    window: float = WINDOW,
) -> Verified:
    """Checks the signature of a received request.

    Args:
        method: HTTP method as received.
        raw_path, raw_query: the two halves of the request target as received, nothing decoded.
        headers: names and values as received; a repeated header stands several times.
        body: the body after transfer decoding.
        secret_for: secret of an AccessKey id, None for an unknown one.
        now: the server's time, epoch seconds.
        nonces: takes the nonce into use, once everything else is in order.
        window: seconds by which the date may be off, either way.

    Raises:
        SignatureError: `HTTP_STATUS` has its codes. With ``SignatureDoesNotMatch`` its explanation shows our
            canonical request and, where the usual mistakes account for the signature, the client's beside it.
    """
    received = collected(headers)
    authorization = parse_authorization(_single(received, "authorization"))
    required = {name: _single(received, name) for name in _REQUIRED}
    security_token = _single(received, _TEMPORARY_KEY) if _TEMPORARY_KEY in received else ""
    _check_coverage(received, authorization.signed_headers)
    date = parse_date(required["x-acs-date"])
    if not abs(now - date) <= window:
        side = "behind" if date < now else "ahead of"
        reason = f"x-acs-date is {abs(now - date):.0f} s {side} our clock, at most {window:.0f} s are accepted"
        reason += of_a_zone(date - now, window)
        raise SignatureError("InvalidTimeStamp.Expired", reason, clause=CLAUSE)
    secret = secret_for(authorization.credential)
    if secret is None:
        reason = f"AccessKey id {shown(authorization.credential)} is not known"
        raise SignatureError("InvalidAccessKeyId.NotFound", reason, clause=CLAUSE)
    ours = canonical_request(method, raw_path, raw_query, received, authorization.signed_headers, sha256_hex(body))
    declared = required["x-acs-content-sha256"]
    same_body = _equal(declared, ours.body_hash)
    same_signature = _equal(authorization.signature, ours.signature(secret))
    if not (same_body and same_signature):
        theirs = ClientSide(
            access_key_id=authorization.credential,
            raw_query=raw_query,
            headers=received,
            signed_headers=authorization.signed_headers,
            body_hash=declared,
            signature=authorization.signature,
            body=body,
        )
        raise mismatch(ours, theirs, secret)
    nonce = required["x-acs-signature-nonce"]
    if not nonces.remember(authorization.credential, nonce, now=now, until=date + window):
        reason = f"x-acs-signature-nonce {shown(nonce)} was used before"
        raise SignatureError("SignatureNonceUsed", reason, clause=CLAUSE)
    return Verified(
        access_key_id=authorization.credential,
        action=required["x-acs-action"],
        version=required["x-acs-version"],
        nonce=nonce,
        date=date,
        signed_headers=authorization.signed_headers,
        security_token=security_token,
    )


def _check_coverage(received: Mapping[str, list[str]], signed_headers: Sequence[str]) -> None:
    """Refuses a SignedHeaders list that would let host or an x-acs header be changed on the way."""
    names = _lowered(tuple(signed_headers))
    if len(names) < len(signed_headers) or not names <= received.keys():
        first = next(
            name
            for index, name in enumerate(signed_headers)
            if name.lower() not in received or name.lower() in map(str.lower, signed_headers[:index])
        )
        raise _incomplete(f"SignedHeaders names {shown(first)}, which the request lacks or the list repeats")
    bare = [name for name in received.keys() - names if name == "host" or name.startswith("x-acs-")]
    if bare:
        raise _incomplete(f"header {min(bare)} is present but not among SignedHeaders")


@lru_cache(maxsize=64)
def _lowered(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(str.lower, names))


def _single(received: Mapping[str, list[str]], name: str) -> str:
    values = received.get(name, ())
    if len(values) == 1 and (value := values[0].strip()):
        return value
    raise _incomplete(f"header {name} {'stands more than once' if len(values) > 1 else 'is missing or empty'}")


def _incomplete(reason: str) -> SignatureError:
    return SignatureError("IncompleteSignature", reason, clause=CLAUSE)


def _equal(given: str, ours: str) -> bool:
    return hmac.compare_digest(wire_bytes(given), wire_bytes(ours))
