"""What calls are held to whatever the vendor, before their parameters are looked at. Only such checks live here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.pipeline import Check
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["json_content"]

_JSON: Final = "application/json"


def json_content(clause: str, refused: Callable[[str], Refusal], *, strict: bool) -> Check[Any]:
    """JSON travels as such: the content type of a POST says so.

    Args:
        clause: that says so.
        refused: makes the refusal of a call that does not.
        strict: whether such calls are refused.
    """

    def check(exchange: Exchange[Any]) -> None:
        given = exchange.headers.get("content-type", "")
        if exchange.call.method != "POST" or given.partition(";")[0].strip().lower() == _JSON:
            return
        reason = f"got {shown(given)}, expected {_JSON}"
        exchange.violations.append(Violation(clause, "content-type", reason))
        if strict:
            raise refused(f"content-type: {reason} [{clause}]")

    return check
