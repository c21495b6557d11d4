"""Every error the codecs raise. Nothing of msgspec, construct, struct, json or binascii gets past them.

The tree::

    AvatarwireError
    ├── CodecError                 something on the wire, or about to be, is wrong
    │   ├── DecodeError            what arrived cannot be read
    │   ├── EncodeError            what was given cannot be written
    │   └── ValidationError        readable, but it breaks a documented rule; under both of the two above
    ├── FailureError               the vendor answered a request with a failure (never raised itself)
    │   ├── HttpError              an HTTP call
    │   └── RpcError               a request over MQTT
    ├── SignatureError             a request signature is missing, malformed or wrong
    ├── TokenError                 a token is malformed, expired or belongs to something else
    ├── ProtocolError              a message is fine in itself, but not here and now (never raised itself)
    │   ├── LocalProtocolError     our side tried something the protocol forbids at this point
    │   └── RemoteProtocolError    the peer did
    ├── ConnectionLostError        the connection, or the session on it, ended before a call was done
    ├── RefusedError               the vendor does not do what a call asked for
    └── UnsupportedError           the vendor has no such thing

Only error classes, and what they carry, may live here. Of ours only the record of a finding is imported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, Self

from .core.findings import Finding

__all__ = [
    "AvatarwireError",
    "CodecError",
    "ConnectionLostError",
    "DecodeError",
    "EncodeError",
    "FailureError",
    "HttpError",
    "LocalProtocolError",
    "ProtocolError",
    "RefusedError",
    "RemoteProtocolError",
    "RpcError",
    "SignatureError",
    "TokenError",
    "UnsupportedError",
    "ValidationError",
]

SHOWN: Final = 80
"""Characters of an offending value that an error text repeats."""

_TAG: Final = re.compile(rb"<(?:style|script)\b.*?</(?:style|script)>|<[^<>]*>", re.DOTALL | re.IGNORECASE)
"""What is left out of a page of HTML, such as a gateway answers with."""

_LOOKED_AT: Final = 2048
"""Bytes of a body in which a reason is looked for."""


def shown(value: object) -> str:
    """A short, safe rendering of an offending value for an error text."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        # A number of thousands of digits, or lists nested as deeply as they could just be read.
        text = f"<{type(value).__name__}>"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def printable(text: str) -> str:
    """A text without what a terminal would obey: control characters and the like are written as escapes."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in text
    )


class AvatarwireError(Exception):
    """Base of every error this distribution raises on purpose."""


class CodecError(AvatarwireError):
    """Something on the wire, or about to go there, is wrong.

    Attributes:
        reason: one sentence without position or clause.
        vendor: vendor name such as ``aliyun``; empty when not known.
        message: catalogue id of the message concerned, such as ``text_drive.request``; empty when not known.
        path: path of the offending field in wire names, such as ``frames[0].layers[1].width``; empty for the whole.
        offset: byte offset in the data given, or None when the error has no single byte.
        expected: what would have been right; empty when the reason already says so.
        clause: id of the rule or erratum that was broken, such as ``ALI-R099``; empty when none applies.
    """

    def __init__(
        self,
        reason: str,
        *,
        vendor: str = "",
        message: str = "",
        path: str = "",
        offset: int | None = None,
        expected: str = "",
        clause: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.vendor = vendor
        self.message = message
        self.path = path
        self.offset = offset
        self.expected = expected
        self.clause = clause

    def __str__(self) -> str:
        where = " ".join(part for part in (self.vendor, self.message) if part)
        position = self.path if self.path else (f"byte {self.offset}" if self.offset is not None else "")
        head = ": ".join(part for part in (where, position, self.reason) if part)
        tail = f", expected {self.expected}" if self.expected else ""
        return f"{head}{tail}" + (f" [{self.clause}]" if self.clause else "")

    def located(self, *, vendor: str = "", message: str = "", offset: int | None = None) -> Self:
        """The same error with more context; fields already known are kept."""
        return type(self)(
            self.reason,
            vendor=self.vendor or vendor,
            message=self.message or message,
            path=self.path,
            offset=self.offset if self.offset is not None else offset,
            expected=self.expected,
            clause=self.clause,
        )


class DecodeError(CodecError):
    """What arrived cannot be read: too short, not JSON, not the documented structure."""


class EncodeError(CodecError):
    """What was given cannot be written to the wire."""


class ValidationError(DecodeError, EncodeError):
    """Readable, but it breaks a documented rule: a missing field, a wrong type, a value out of range.

    The same rules are held in both directions, so this class stands under both: ``except DecodeError`` around
    decoding and ``except EncodeError`` around encoding each catch it.

    Attributes:
        findings: every rule that is known to be broken, the one that the other attributes describe among them. Where
            checking stops at the first error, as with most messages, there is just that one.
    """

    def __init__(
        self,
        reason: str,
        *,
        vendor: str = "",
        message: str = "",
        path: str = "",
        offset: int | None = None,
        expected: str = "",
        clause: str = "",
        findings: Sequence[Finding] = (),
    ) -> None:
        super().__init__(
            reason, vendor=vendor, message=message, path=path, offset=offset, expected=expected, clause=clause
        )
        self.findings = tuple(findings) or (Finding(clause, path, reason, expected),)

    @classmethod
    def of(cls, findings: Sequence[Finding], *, vendor: str = "", message: str = "") -> Self:
        """One error for several findings, of which there is at least one; the first that is not tolerated leads."""
        first = next((item for item in findings if not item.tolerated), findings[0])
        return cls(
            first.reason,
            vendor=vendor,
            message=message,
            path=first.path,
            expected=first.expected,
            clause=first.clause,
            findings=findings,
        )

    def __str__(self) -> str:
        more = len(self.findings) - 1
        return super().__str__() + (f" (and {more} more)" if more else "")

    def located(self, *, vendor: str = "", message: str = "", offset: int | None = None) -> Self:
        told = super().located(vendor=vendor, message=message, offset=offset)
        told.findings = self.findings
        return told


class FailureError(AvatarwireError):
    """The vendor answered a request with a failure. Abstract: one of its two leaves is raised.

    Attributes:
        code: the vendor's error code, empty when the answer named none.
        reason: the vendor's message.
        body: the answer as received.
        received: the answer as the vendor's failure message (`Received`), or as the envelope of a success where the
            data in it says that the request failed; None where it has another form.
        clause: id of the rule or erratum by which it is a failure; empty where status or code alone say so.

    `str` writes control characters of the vendor's texts as escapes; the attributes have them as they came.
    """

    def __init__(
        self, code: str = "", reason: str = "", *, body: bytes = b"", received: Any = None, clause: str = ""
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.body = body
        self.received = received
        self.clause = clause

    def _told(self, head: str, tail: str = "") -> str:
        named = " ".join(part for part in (head, self.code) if part)
        clause = f" [{self.clause}]" if self.clause else ""
        return printable(f"{named}: {self.reason or self._unread()}{tail}{clause}")

    def _unread(self) -> str:
        """What there is in the place of a reason: the beginning of a body that is not the vendor's."""
        body = b" ".join(_TAG.sub(b" ", self.body[:_LOOKED_AT]).split())
        if self.code or self.received is not None or not body:
            return "no reason given"
        return f"no reason given in the vendor's form, but {shown(body.decode('utf-8', 'replace'))}"


class HttpError(FailureError):
    """The vendor answered an HTTP call with a failure.

    Attributes:
        status: HTTP status code; 0 where only the body is known.
        request_id: id of the failed call, empty when the body named none.
    """

    def __init__(
        self,
        status: int,
        code: str = "",
        reason: str = "",
        *,
        request_id: str = "",
        body: bytes = b"",
        received: Any = None,
        clause: str = "",
    ) -> None:
        super().__init__(code, reason, body=body, received=received, clause=clause)
        self.status = status
        self.request_id = request_id

    def __str__(self) -> str:
        tail = f" (request id {self.request_id})" if self.request_id else ""
        return self._told(f"HTTP {self.status}" if self.status else "failure", tail)


class RpcError(FailureError):
    """The vendor answered a request over MQTT with an error."""

    def __str__(self) -> str:
        return self._told("error")


class SignatureError(AvatarwireError):
    """A request signature is missing, malformed or wrong.

    Attributes:
        code: the vendor's error code for this failure, such as ``SignatureDoesNotMatch``.
        reason: one sentence.
        explanation: several lines that set our computation beside the client's, empty when there is nothing to compare.
        clause: clause id of the rule that was broken.
    """

    def __init__(self, code: str, reason: str, *, explanation: str = "", clause: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.explanation = explanation
        self.clause = clause

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}" + (f" [{self.clause}]" if self.clause else "")


class TokenError(AvatarwireError):
    """A token is malformed, expired or belongs to something else.

    Attributes:
        reason: one sentence; never holds the token itself.
        clause: clause id of the rule that was broken.
    """

    def __init__(self, reason: str, *, clause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.clause = clause

    def __str__(self) -> str:
        return self.reason + (f" [{self.clause}]" if self.clause else "")


class ProtocolError(AvatarwireError):
    """A message is fine in itself, but not here and now. Abstract: one of its two leaves is raised.

    Attributes:
        reason: one sentence.
        clause: clause id of the rule that was broken.
    """

    def __init__(self, reason: str, *, clause: str = "") -> None:
        if type(self) is ProtocolError:
            raise TypeError("ProtocolError is abstract: raise LocalProtocolError or RemoteProtocolError")
        super().__init__(reason)
        self.reason = reason
        self.clause = clause

    def __str__(self) -> str:
        return self.reason + (f" [{self.clause}]" if self.clause else "")


class LocalProtocolError(ProtocolError):
    """Our side tried something the protocol forbids at this point; nothing was sent."""


class RemoteProtocolError(ProtocolError):
    """The peer sent something the protocol forbids at this point."""


class ConnectionLostError(AvatarwireError):
    """The connection, or the session on it, ended before a call was done; whether it was carried out is unknown.

    Attributes:
        reason: one sentence.
        code: close code of the WebSocket; None where there is none.
    """

    def __init__(self, reason: str, *, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code

    def __str__(self) -> str:
        return printable(self.reason) + (f" (close code {self.code})" if self.code is not None else "")


class RefusedError(AvatarwireError):
    """The vendor does not do what a call asked for, and has said so.

    Attributes:
        reason: one sentence.
        clause: clause id of the rule by which it is a refusal.
    """

    def __init__(self, reason: str, *, clause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.clause = clause

    def __str__(self) -> str:
        return printable(self.reason) + (f" [{self.clause}]" if self.clause else "")


class UnsupportedError(AvatarwireError):
    """The vendor has no such thing; nothing was sent."""
