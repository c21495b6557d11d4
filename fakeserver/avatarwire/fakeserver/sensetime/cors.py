"""Pages of other origins: which may call, and what a browser is told about it.

Only this lives here. Interactive interfaces need a whitelist entry (ST-TOK-09); the refresh of tokens is for no page at
all (ST-TOK-08). What hands out tokens to whoever asks has to be called by a name of the server's own: by any other, a
page of somebody else may have been led here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from avatarwire.codecs.errors import shown
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime.auth.web_token import WEB_TOKEN
from avatarwire.codecs.sensetime.tokens import REFRESH
from avatarwire.fakeserver.effects import HttpAnswer
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.sensetime.errors import Failure, refused
from avatarwire.fakeserver.sensetime.scenario import AccountFixture, SenseTimeScenario

__all__ = ["Cors", "Origins", "not_among"]

_ANY: Final = "*"
_SECONDS: Final = "600"
_NO_CONTENT: Final = 204


class Origins:
    """Which origins may call, by HTTP and by WebSockets.

    Args:
        allowed: origins; ``*`` for all.
        is_own_host: whether a Host header names the server itself.

    Attributes:
        is_own_host: as given.
    """

    def __init__(self, allowed: Iterable[str], is_own_host: Callable[[str], bool]) -> None:
        self._allowed: Final = frozenset(allowed)
        self.is_own_host: Final = is_own_host

    def allows(self, origin: str) -> bool:
        """Whether pages of an origin may call."""
        # What is no ASCII is no origin (RFC 6454, 6.2), and could not be told again in a header.
        return origin.isascii() and (_ANY in self._allowed or origin in self._allowed)

    def is_own(self, origin: str, host: str) -> bool:
        """Whether an origin is that of pages which the server itself, by the host of a call, has sent."""
        try:
            return urlsplit(origin).netloc == host and self.is_own_host(host)
        except ValueError:
            return False


class Cors:
    """Judges the origins of calls.

    Args:
        origins: which may call.
        scenario: which header carries the token.
        operations: which there are, by path.
    """

    def __init__(
        self, origins: Origins, scenario: SenseTimeScenario, operations: Iterable[Operation[Any, Any]]
    ) -> None:
        self._origins: Final = origins
        self._headers: Final = f"{scenario.token_header}, Content-Type"
        self._by_path: Final = {operation.path: operation for operation in operations}

    def preflight(self, exchange: Exchange[AccountFixture]) -> HttpAnswer | None:
        """The answer to a browser that asks beforehand; None for any other call.

        Raises:
            Refusal: the origin may not call the operation.
        """
        operation = self._by_path.get(exchange.call.path)
        if exchange.call.method != "OPTIONS" or operation is None:
            return None
        origin = exchange.headers.get("origin", "")
        told = self._told(operation, origin)
        if not told:
            raise self._refusal(operation, origin)
        about = {
            "access-control-allow-methods": operation.method,
            "access-control-allow-headers": self._headers,
            "access-control-max-age": _SECONDS,
        }
        return HttpAnswer(_NO_CONTENT, b"", {**told, **about})

    def check(self, exchange: Exchange[AccountFixture]) -> None:
        """Holds the origin of a call against those that may call.

        A browser keeps the answer from its page where it may not, so that most calls are carried out nevertheless; the
        journal has the rule. Tokens are given to no such page.

        Raises:
            Refusal: a page asks for tokens that may not.
        """
        operation = exchange.operation
        origin, host = exchange.headers.get("origin", ""), exchange.headers.get("host", "")
        if operation is WEB_TOKEN and host and not self._origins.is_own_host(host):
            # A browser always says it.
            raise _unfit("ST-TOK-09", "Host", f"{shown(host)} is no name of this server: a page may have been led here")
        exchange.answer_headers = self._told(operation, origin)
        if not origin or exchange.answer_headers or self._origins.is_own(origin, host):
            return
        refusal = self._refusal(operation, origin)
        if operation in (REFRESH, WEB_TOKEN):
            raise refusal
        exchange.violations += refusal.violations

    def _told(self, operation: Operation[Any, Any], origin: str) -> Mapping[str, str]:
        """What an answer tells the browser: nothing, unless the origin may call the operation."""
        if not origin or operation is REFRESH or not self._origins.allows(origin):
            return {}
        return {"access-control-allow-origin": origin, "vary": "Origin"}

    @staticmethod
    def _refusal(operation: Operation[Any, Any], origin: str) -> Refusal:
        if operation is REFRESH:
            return _unfit("ST-TOK-08", "origin", "tokens are refreshed by servers, not by pages")
        return _unfit("ST-TOK-09", "origin", not_among(origin))


def not_among(origin: str) -> str:
    """Why a page of an origin may not call, in words."""
    return f"{shown(origin)} is not among the origins that may call"


def _unfit(clause: str, header: str, reason: str) -> Refusal:
    return refused(f"{header}: {reason} [{clause}]", Failure.ORIGIN, Violation(clause, header, reason, level="warning"))
