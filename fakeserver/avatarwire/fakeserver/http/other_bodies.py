"""What a body is that should be JSON and is not, in words that help. Only the looking lives here."""

from __future__ import annotations

import re
from typing import Final

from avatarwire.codecs.errors import shown

__all__ = ["AS_JSON", "no_json"]

AS_JSON: Final = "a JSON object in UTF-8, with Content-Type: application/json"
"""What a body has to be."""

_FORM: Final = "application/x-www-form-urlencoded"
_TYPES: Final = {
    _FORM: "a form",
    "multipart/form-data": "a form in parts",
    "text/xml": "XML",
    "application/xml": "XML",
}
_LOOKS: Final = (
    (re.compile(rb"--[^\r\n]+\r?\nContent-Disposition", re.IGNORECASE), "a form in parts"),
    (re.compile(rb"[\w.%+\-\[\]]+=[^{}\"]*\Z"), "a form"),
    (re.compile(rb"\s*<"), "XML or HTML"),
    (re.compile(rb"\xff\xfe|\xfe\xff|\x00[{\[]|[{\[]\x00"), "UTF-16"),
    (re.compile(rb"\s*\{\s*'"), "an object in single quotation marks, as Python writes a dict; JSON has double ones"),
    (re.compile(rb"\[object Object\]"), "what JavaScript makes of an object as text; JSON.stringify makes JSON of it"),
    (re.compile(rb"\s*\"\s*[{\[]"), "JSON within a JSON text: it was encoded twice"),
)
"""By the bytes, where the header does not say it."""


def no_json(body: bytes, content_type: str) -> str | None:
    """What a body is that cannot be read as a JSON object; None where all that is known is that it cannot.

    Args:
        body: of the call, not empty.
        content_type: value of the header; empty for none.
    """
    media = content_type.partition(";")[0].strip().lower()
    if (named := _TYPES.get(media)) is not None:
        return f"the body is {named}, as its Content-Type {media} says"
    looks = next((what for mark, what in _LOOKS if mark.match(body)), "")
    if looks:
        return f"the body is {looks}"
    if media and media != "application/json" and not media.endswith("+json"):
        return f"the body is no JSON, and its Content-Type is {shown(media)}"
    return None
