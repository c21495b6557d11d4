"""Pages of other origins: which may call, and what a browser is told about it.

Only this lives here. Interactive interfaces need a whitelist entry (ST-TOK-09); the refresh of tokens is for no page at
all (ST-TOK-08).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from avatarwire.codecs.errors import shown
from avatarwire.codecs.sensetime.tokens import REFRESH
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.sensetime.caller import Caller
from avatarwire.fakeserver.sensetime.centre import WEB_TOKEN
from avatarwire.fakeserver.sensetime.errors import Failure, Refusal
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario

__all__ = ["Cors"]

_ANY: Final = "*"
_SECONDS: Final = "600"


class Cors:
    """Judges the origins of calls.

    Args:
        scenario: which origins may call, and which header carries the token.
    """

    def __init__(self, scenario: SenseTimeScenario) -> None:
        self._origins: Final = frozenset(scenario.cors_origins)
        self._headers: Final = f"{scenario.token_header}, Content-Type"

    def headers(self, operation: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        """What an answer tells the browser: nothing, unless the origin may call the operation."""
        origin = headers.get("origin", "")
        if not origin or operation == REFRESH.id or not self._allows(origin):
            return {}
        return {"access-control-allow-origin": origin, "vary": "Origin"}

    def preflight(self, operation: str, method: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        """What an answer tells a browser that asks beforehand.

        Raises:
            Refusal: the origin may not call the operation.
        """
        told = self.headers(operation, headers)
        if not told:
            raise self._refusal(operation, headers.get("origin", ""))
        return {
            **told,
            "access-control-allow-methods": method,
            "access-control-allow-headers": self._headers,
            "access-control-max-age": _SECONDS,
        }

    def check(self, operation: str, caller: Caller) -> None:
        """Holds the origin of a call against those that may call.

        A browser keeps the answer from its page where it may not, so that most calls are carried out nevertheless; the
        journal has the rule. Tokens are given to no such page.

        Raises:
            Refusal: a page asks for tokens that may not.
        """
        origin = caller.headers.get("origin", "")
        if (
            not origin
            or _is_own(origin, caller.headers.get("host", ""))
            or (operation != REFRESH.id and self._allows(origin))
        ):
            return
        refusal = self._refusal(operation, origin)
        if operation in (REFRESH.id, WEB_TOKEN.id):
            raise refusal
        caller.violations += refusal.violations

    def _allows(self, origin: str) -> bool:
        # What is no ASCII is no origin (RFC 6454, 6.2), and could not be told again in a header.
        return origin.isascii() and (_ANY in self._origins or origin in self._origins)

    @staticmethod
    def _refusal(operation: str, origin: str) -> Refusal:
        if operation == REFRESH.id:
            clause, reason = "ST-TOK-08", "tokens are refreshed by servers, not by pages"
        else:
            clause, reason = "ST-TOK-09", f"{shown(origin)} is not among the origins that may call"
        return Refusal(
            f"origin: {reason} [{clause}]", Failure.ORIGIN, Violation(clause, "origin", reason, level="warning")
        )


def _is_own(origin: str, host: str) -> bool:
    """Whether an origin is that of pages which the server itself, by the host of a call, has sent."""
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False
