"""The call by which a web page gets a token from the user-centre proxy of a customer (ST-TOK-08).

No document has its path or its form: both are ours, so it is in no catalogue. A fake has it, and whoever tries one
calls it. Only the declaration lives here.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import UNSET, UnsetType

from ...core.enveloped import EnvelopeCodec
from ...core.json_codec import JsonCodec
from ...message import Message, doc
from ...operation import Operation
from ..envelope import FORM, VENDOR
from .token_manager import WebToken

__all__ = ["WEB_TOKEN", "WebTokenRequest"]


class WebTokenRequest(Message):
    """What a web page asks the proxy."""

    app_id: Annotated[str, doc("whose token; the first account's when absent", "ST-E101")] | UnsetType = UNSET


WEB_TOKEN: Final[Operation[WebTokenRequest, WebToken]] = Operation(
    id="webToken",
    vendor=VENDOR,
    title="hand a token to a web page",
    method="GET",
    path="/avatarwire/user-centre/token",
    parameters_in="query",
    request=JsonCodec(WebTokenRequest, vendor=VENDOR, message="webToken.request"),
    response=EnvelopeCodec(WebToken, FORM, message="webToken.response"),
    section="ours",
    clauses=("ST-TOK-03", "ST-TOK-06", "ST-TOK-07", "ST-TOK-08", "ST-E101"),
    failure=FORM.failure,
)
"""Ours: what the user-centre proxy does for web pages."""
