"""What every answer is wrapped in: a code, a text, a flag, and the data of the operation. Here its variants end.

The tables of the sections disagree about the names and types of code, text and flag (GJ-E11, GJ-E12, GJ-E13). This is
the one place that knows: readers get integers, `msg` and booleans, writers write them. What the data is, the operation
says (`http/`).
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeVar

import msgspec

from ..core.constraints import Excluded, OneOf, when
from ..core.enveloped import EnvelopeForm
from ..core.json_codec import JsonCodec
from ..core.json_text import look
from ..core.received import Received
from ..core.repairs import Convert, Rename, Repair, digits, is_object
from ..errors import DecodeError, EncodeError, HttpError
from ..message import doc
from .http_enums import SUCCESS, SUCCESS_TEXT, ErrorCode
from .messages.parts import VENDOR, Part, int64

__all__ = ["FORM", "HTTP_ERROR", "VENDOR", "Envelope", "HttpErrorBody", "encode_failure", "failure_of", "path_failure"]


def _flag_is(*, said: bool) -> OneOf:
    reason = "success and code disagree; the code counts"
    return OneOf("success", (said,), clause="GJ-E13", tolerated=True, reason=reason)


class Envelope(Part):
    """What every answer is wrapped in (2.2)."""

    code: Annotated[int, int64("200 success, anything else a failure", "GJ-E11", example=SUCCESS)]
    msg: Annotated[str, doc("what became of the call, in words", "GJ-E12", example=SUCCESS_TEXT)] | None = None
    success: Annotated[bool, doc("whether the call succeeded", "GJ-E13")] | None = None
    data: Annotated[Any, doc("what the operation returns", "GJ-R021")] = None

    @property
    def succeeded(self) -> bool:
        """Whether the call succeeded: the code decides, whatever the flag says (GJ-R017)."""
        return self.code == SUCCESS

    constraints = (
        *when("code", SUCCESS, _flag_is(said=True)),
        *when("code", SUCCESS, _flag_is(said=False), negated=True),
    )


# --- variants ---

_FLAGS: Final = {"true": True, "false": False}


def _flag(value: Any) -> bool | None:
    return _FLAGS.get(value.casefold()) if isinstance(value, str) else None


def _repairs(code: int, *, said: str) -> tuple[Repair, ...]:
    """The variants of an envelope with a code, in which the flag says so."""
    return (
        digits("code", "GJ-E11", example=str(code)),
        Rename("GJ-E12", "msg", "message"),
        Convert("GJ-E13", "success", to=_flag, does="{name} is a text", example=said),
    )


FORM: Final = EnvelopeForm(
    vendor=VENDOR,
    type=Envelope,
    text="msg",
    success=SUCCESS,
    code_clause="GJ-R017",
    data_clause="GJ-R021",
    repairs=_repairs(SUCCESS, said="True"),
    written=MappingProxyType({"code": SUCCESS, "msg": SUCCESS_TEXT, "success": True}),
)
"""The envelope for `EnvelopeCodec`."""


# --- failures ---


class HttpErrorBody(Envelope):
    """`http.error`: why a call failed, under HTTP status 200 (2.3, GJ-E09)."""

    constraints = (Excluded("code", (SUCCESS,), clause="GJ-R017", expected="the code of a failure"),)


_EnvelopeT = TypeVar("_EnvelopeT", bound=Envelope)


class _EnvelopeCodec(JsonCodec[_EnvelopeT]):
    """A codec that looks for the variants first: the text may be absent, so under its other name it would look so."""

    def decode(self, data: bytes, *, strict: bool = False, offset: int = 0) -> Received[_EnvelopeT]:
        return self.decode_carefully(data, strict=strict, offset=offset)


HTTP_ERROR: Final = _EnvelopeCodec(
    HttpErrorBody, vendor=VENDOR, message="http.error", repairs=_repairs(500, said="False"), form_clause="GJ-R017"
)
"""Codec of the body of a call that failed."""

_ANSWER: Final = _EnvelopeCodec(
    Envelope, vendor=VENDOR, message="Envelope", repairs=_repairs(SUCCESS, said="True"), form_clause="GJ-R017"
)
"""Codec of the envelope of a call that succeeded, whatever data is in it."""

failure_of: Final[Callable[[int, bytes], HttpError | None]] = FORM.failure
"""The failure that an HTTP status and a body report, None for a success; its code is the envelope's, as text."""


def path_failure(status: int, body: bytes) -> HttpError | None:
    """The same for getPullPath, whose data has a flag of its own, which must not be false either (GJ-E49)."""
    failed = failure_of(status, body)
    if failed is not None:
        return failed
    envelope = look(body)
    data = envelope.get("data") if is_object(envelope) else None
    if not is_object(data) or data.get("ok") is not False:
        return None
    texts = [text for name in ("message", "info") if isinstance(text := data.get(name), str) and text]
    try:
        received = _ANSWER.decode(body)
    except DecodeError:
        received = None
    reason = texts[0] if texts else ""
    return HttpError(status, str(SUCCESS), reason, body=body, received=received, clause="GJ-E49")


def encode_failure(code: int, text: str) -> bytes:
    """The answer of a call that failed, to be sent with HTTP status 200: it has no data (GJ-E09).

    Args:
        code: one of `ErrorCode`, or another one but 200.
        text: what went wrong.

    Raises:
        EncodeError: the code of a success.
        ValidationError: a code beyond 64 bits, or a text that UTF-8 cannot express.
    """
    if code == SUCCESS:
        raise EncodeError(
            f"got {code}",
            vendor=VENDOR,
            message="Envelope",
            path="code",
            expected=f"the code of a failure, such as {ErrorCode.FAILURE.value}",
            clause="GJ-R017",
        )
    return msgspec.json.encode(Envelope(code=code, msg=text, success=False))
