"""What SenseTime's answers are wrapped in: a code, a text, and the data of the operation.

Only the envelope lives here, with its variants; what the data is, the operation says (`http/`). The answer of
nlpReply is not wrapped (ST-NET-07).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from ..core.constraints import Excluded
from ..core.enveloped import EnvelopeForm
from ..core.error_mapping import UNWRITABLE, unwritable
from ..core.json_codec import JsonCodec
from ..errors import EncodeError
from ..message import Message, doc, integer
from .messages.enums import SUCCESS, VENDOR
from .messages.number_forms import digits_of

__all__ = ["FORM", "HTTP_ERROR", "VENDOR", "Envelope", "HttpErrorBody", "encode_failure"]


class Envelope(Message):
    """What every answer but nlpReply's is wrapped in (003 L17-79)."""

    code: Annotated[int, integer("0 success, anything else a failure", "ST-NET-05", values=[SUCCESS])]
    message: Annotated[str, doc("what went wrong; success when nothing did", "ST-NET-05", example="success")]
    data: Annotated[Any, doc("what the operation returns", "ST-E07")] | UnsetType = UNSET


FORM: Final = EnvelopeForm(
    vendor=VENDOR,
    type=Envelope,
    text="message",
    success=SUCCESS,
    code_clause="ST-NET-05",
    data_clause="ST-E07",
    repairs=(digits_of("code", "0"),),
    written=MappingProxyType({"code": SUCCESS, "message": "success"}),
)
"""The envelope for `EnvelopeCodec`. The codes of failures are nobody's but the server's (ST-E05)."""


class HttpErrorBody(Envelope):
    """`http.error`: why a call failed, under HTTP status 200 (003 L17-79, ST-E05)."""

    constraints = (Excluded("code", (SUCCESS,), clause="ST-NET-05", expected="the code of a failure"),)


HTTP_ERROR: Final = JsonCodec(
    HttpErrorBody, vendor=VENDOR, message="http.error", repairs=(digits_of("code", "40001"),), form_clause="ST-NET-05"
)
"""Codec of the body of a call that failed."""


def encode_failure(code: int, text: str, *, data: Mapping[str, Any] | bool | UnsetType = UNSET) -> bytes:
    """The answer of a call that failed, to be sent with HTTP status 200 (ST-E05).

    Args:
        code: positive; the document lists none.
        text: what went wrong.
        data: what the operation says nevertheless, such as isSuccess false (ST-E08); left out by default (ST-E07).

    Raises:
        EncodeError: a code that is not positive, or a text that UTF-8 cannot express.
    """
    if code <= SUCCESS:
        raise EncodeError(
            f"got {code}",
            vendor=VENDOR,
            message="Envelope",
            path="code",
            expected="a positive integer",
            clause="ST-E05",
        )
    try:
        return msgspec.json.encode(Envelope.trusted(code=code, message=text, data=data))
    except UNWRITABLE as error:
        raise EncodeError(unwritable(error), vendor=VENDOR, message="Envelope") from None
