"""The body of an HTTP call that failed.

The document does not show one (ALI-E66); its form is the one that the published SDK reads. Only that body lives here.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import field

from ...core.constraints import Excluded
from ...core.json_codec import JsonCodec
from ...core.repairs import Rename
from ...message import Message, doc

__all__ = ["HTTP_ERROR", "HttpErrorBody"]


class HttpErrorBody(Message, rename="pascal", omit_defaults=True):
    """`http.error`: why a call failed, under a status of 400 to 599 (ALI-E66, ALI-E67)."""

    code: Annotated[str, doc("error code", "ALI-E66", min_length=1, example="InvalidProject.NotFound")]
    message: Annotated[str, doc("what went wrong, in words", "ALI-E66")]
    request_id: Annotated[str, doc("id of the failed call", "ALI-E66")]
    host_id: Annotated[str, doc("host that the caller named", "ALI-E66")] | None = None
    recommend: Annotated[str, doc("where to read more", "ALI-E66")] | None = None
    detail: Annotated[str, doc("more about it", "ALI-E66")] | None = None
    description: Annotated[str, doc("more about it", "ALI-E66")] | None = None
    access_denied_detail: Annotated[dict[str, Any], doc("which permission is missing", "ALI-E66")] | None = field(
        default=None, name="AccessDeniedDetail"
    )

    # Lists of figures and voices have the code of their call in a success, too.
    constraints = (Excluded("Code", ("200",), clause="ALI-E66", expected="the code of a failure"),)


HTTP_ERROR: Final = JsonCodec(
    HttpErrorBody,
    vendor="aliyun",
    message="http.error",
    repairs=(
        Rename("ALI-E66", "Code", "code"),
        Rename("ALI-E66", "Message", "message"),
        Rename("ALI-E66", "RequestId", "requestId"),
    ),
    form_clause="ALI-E66",
)
"""Codec of that body; the SDK reads both spellings of the three names."""
