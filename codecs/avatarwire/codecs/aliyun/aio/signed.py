"""Calls with a signature: what `Exchange` asks for the headers of a request. Only that lives here."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import uuid4

from ...aio.place import Place
from ...operation import HttpRequest
from .. import signature

__all__ = ["signed"]


def signed(place: Place, action: str, request: HttpRequest) -> Mapping[str, str]:
    """The headers of a request, signed with the access key of a place (ACS3-HMAC-SHA256).

    Args:
        place: with ``http_url``, ``access_key_id`` and ``access_key_secret``.
        action: name of the operation.
        request: what is signed.
    """
    return signature.sign(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        access_key_id=place.text("access_key_id"),
        access_key_secret=place.text("access_key_secret"),
        action=action,
        host=urlsplit(place.text("http_url")).netloc,
        date=place.now(),
        nonce=uuid4().hex,
    )
