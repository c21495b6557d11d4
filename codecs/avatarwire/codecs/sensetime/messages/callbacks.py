"""What the platform posts when the state of a live or of a takeover changes, and how such a callback is signed.

The body lives here, and the signature as something to plug in: the document names the members ``timestamp`` and
``signature`` and says no more (ST-E95). `HmacSha256` is ours, for trying things out; it claims nothing about the
vendor.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, Protocol
from urllib.parse import parse_qs

import msgspec

from ...core.constraints import Absent, OneOf, when
from ...core.json_codec import JsonCodec
from ...core.json_text import look
from ...core.received import Received
from ...core.repairs import is_object
from ...errors import DecodeError, SignatureError
from ...message import Int64, doc, integer
from ..envelope import VENDOR
from .enums import CALLBACK_STATUSES, CALLBACK_TAKEOVER_STATUSES, LiveStatus, TakeoverStatus
from .number_forms import uid_number
from .rtc import RtcAccess, needed
from .times import time_doc

__all__ = [
    "CALLBACK",
    "CONTENT_TYPE",
    "MAX_CALLBACK",
    "SIGNATURE",
    "TIMESTAMP",
    "CallbackBody",
    "Credentials",
    "HmacSha256",
    "Signer",
    "credentials_of",
    "decode",
    "encode",
    "sign",
    "unsigned",
    "verify",
]

MAX_CALLBACK: Final = 1024 * 1024
"""Most bytes of a callback that are read; the document knows no limit (ST-E132)."""
CONTENT_TYPE: Final = "application/json"
"""Of every callback (ST-CBK-01)."""
TIMESTAMP: Final = "timestamp"
"""Name of the time of signing (ST-CBK-07)."""
SIGNATURE: Final = "signature"
"""Name of the signature (ST-CBK-07)."""
MAX_AGE: Final = 300.0
"""Seconds that a signature is good for by default; ours."""

_MILLISECONDS_FROM: Final = 12
_TIME: Final = re.compile(r"[0-9]{1,16}")
_MOST_PARAMETERS: Final = 32


_TAKEOVER: Final = {int(status): status for status in CALLBACK_TAKEOVER_STATUSES}
_LIVE: Final = {int(status): status for status in LiveStatus if int(status) not in _TAKEOVER}


class CallbackBody(RtcAccess):
    """A callback (003 L1121-1147). A field that is None was absent, and is not written."""

    session_id: Annotated[str, doc("id of the live", "ST-CBK-05", min_length=1, example="live-1")]
    status: Annotated[
        int, integer("state of the live, or of a takeover: 34, 36, 37, 39", "ST-CBK-05", values=CALLBACK_STATUSES)
    ]
    command_trace_id: Annotated[str, doc("id of the takeover", "ST-E97", example="takeover-1")] | None = None
    command_finish_time: Annotated[str, time_doc("when the interruption was done")] | None = None
    task_result: Annotated[str, doc("what went wrong", "ST-CBK-08")] | None = None
    user_data: Annotated[str, doc("the customer's, as given to createLive", "ST-CBK-08")] | None = None
    timestamp: (
        Annotated[str | Int64, doc("when it was signed, if it was; neither type nor unit is documented", "ST-E95")]
        | None
    ) = None
    signature: Annotated[str, doc("signature, if it was signed", "ST-CBK-07")] | None = None

    @property
    def is_takeover(self) -> bool:
        """Whether it reports a takeover and not the live (ST-E97)."""
        return self.status in CALLBACK_TAKEOVER_STATUSES

    @property
    def live_status(self) -> LiveStatus | None:
        """The state of the live; None when it reports a takeover, or a state that is unknown."""
        return _LIVE.get(self.status)

    @property
    def takeover_status(self) -> TakeoverStatus | None:
        """The state of the takeover; None when it reports the live."""
        return _TAKEOVER.get(self.status)

    constraints = (
        OneOf("status", CALLBACK_STATUSES, clause="ST-E98", tolerated=True),
        *when(
            "status",
            tuple(_LIVE),
            Absent(
                "commandTraceId", clause="ST-E97", tolerated=True, reason="commandTraceId beside a state of the live"
            ),
        ),
        *needed((LiveStatus.READY,), "ST-CBK-06"),
    )


CALLBACK: Final = JsonCodec(CallbackBody, vendor=VENDOR, message="CallbackBody", repairs=(uid_number("rtcUid"),))
"""Codec of the body; `decode` looks at its size too."""


def decode(body: bytes, *, strict: bool = False) -> Received[CallbackBody]:
    """Reads a callback.

    Raises:
        DecodeError: not JSON, or over 1 MiB.
        ValidationError: JSON, but no callback.
    """
    if len(body) > MAX_CALLBACK:
        raise DecodeError(
            f"{len(body)} bytes long",
            vendor=VENDOR,
            message=CALLBACK.message,
            expected=f"at most {MAX_CALLBACK} bytes",
            clause="ST-E132",
        )
    return CALLBACK.decode(body, strict=strict)


def encode(callback: CallbackBody) -> bytes:
    """The body of a callback: UTF-8 JSON without white space.

    Raises:
        ValidationError: a rule between fields is broken.
    """
    return CALLBACK.encode(callback)


# --- the signature ---


class Signer(Protocol):
    """How callbacks are signed: to be plugged in (ST-E95)."""

    def sign(self, timestamp: str, body: bytes) -> str:
        """The signature of a body that is sent at `timestamp`, as it travels."""
        ...


class HmacSha256:
    """A signature of ours: lower-case hex of HMAC-SHA256 with the AuthKey over the timestamp and the body.

    It covers the bytes of the body as they are sent; where it travels in the body, those without timestamp and
    signature (`unsigned`).
    """

    def __init__(self, auth_key: str) -> None:
        self._key = auth_key.encode()

    def sign(self, timestamp: str, body: bytes) -> str:
        """The signature of a body that is sent at `timestamp`."""
        return hmac.new(self._key, timestamp.encode("utf-8", "replace") + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a signed callback brings: when it was signed, the signature, and where they were."""

    timestamp: str
    signature: str = field(repr=False)
    carrier: Literal["header", "query", "body"] = "header"

    @property
    def members(self) -> Mapping[str, str]:
        """Both by name, for the headers or the query of a request (ST-CBK-07)."""
        return {TIMESTAMP: self.timestamp, SIGNATURE: self.signature}


def credentials_of(
    headers: Mapping[str, str], query: str = "", callback: CallbackBody | None = None
) -> Credentials | None:
    """Looks for the two members where they may be (ST-E95): headers, query, body; None if a place has not both.

    Args:
        headers: of the request, names in any case.
        query: as on the wire, without the question mark.
        callback: the decoded body.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    if TIMESTAMP in lower and SIGNATURE in lower:
        return Credentials(lower[TIMESTAMP], lower[SIGNATURE], "header")
    try:
        asked = parse_qs(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        asked = {}
    if TIMESTAMP in asked and SIGNATURE in asked:
        return Credentials(asked[TIMESTAMP][0], asked[SIGNATURE][0], "query")
    if callback is not None and callback.timestamp is not None and callback.signature is not None:
        return Credentials(str(callback.timestamp), callback.signature, "body")
    return None


def sign(signer: Signer, body: bytes, now: float) -> Credentials:
    """Signs a body at `now`, epoch seconds, which is also the unit of the timestamp."""
    timestamp = str(int(now))
    return Credentials(timestamp, signer.sign(timestamp, body))


def unsigned(body: bytes) -> bytes:
    """A body without timestamp and signature: what was signed, where the two stand in it (ST-E95)."""
    fields = look(body)
    if not is_object(fields):
        return body
    return msgspec.json.encode({name: value for name, value in fields.items() if name not in (TIMESTAMP, SIGNATURE)})


def verify(
    signer: Signer, body: bytes, credentials: Credentials | None, now: float, *, max_age: float = MAX_AGE
) -> None:
    """Refuses a callback that was not signed as `signer` signs, or not lately.

    Args:
        signer: how it should have been signed.
        body: as received.
        credentials: what it brought, from `credentials_of`.
        now: epoch seconds.
        max_age: seconds that the timestamp may be off, in either direction.

    Raises:
        SignatureError: not signed, wrongly signed, or too old.
    """
    if credentials is None:
        raise SignatureError("NotSigned", "the callback has no timestamp and signature", clause="ST-CBK-07")
    signed = signer.sign(credentials.timestamp, unsigned(body) if credentials.carrier == "body" else body)
    if not hmac.compare_digest(signed.encode(), credentials.signature.encode("utf-8", "replace")):
        raise SignatureError("SignatureDoesNotMatch", "the callback is signed otherwise", clause="ST-CBK-07")
    if not _TIME.fullmatch(credentials.timestamp):
        raise SignatureError("TimestampUnreadable", "timestamp is not in decimal digits", clause="ST-CBK-07")
    count = int(credentials.timestamp)
    off = abs(now - (count / 1000 if len(credentials.timestamp) >= _MILLISECONDS_FROM else count))
    if off > max_age:
        raise SignatureError(
            "TimestampExpired", f"timestamp is {off:.0f} s off, at most {max_age:.0f}", clause="ST-CBK-07"
        )
