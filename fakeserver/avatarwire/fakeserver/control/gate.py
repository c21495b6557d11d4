"""Who may use the control endpoint: whoever has its token, by a name that is its own, and no page of somebody else."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from avatarwire.fakeserver.control.problems import Problem
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.own_hosts import OwnHosts, host_of

__all__ = ["Gate", "check_token"]

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What may stand behind Bearer (RFC 6750, 2.1)."""
_LEAST: Final = 8
"""Characters that a token has at least."""


def check_token(token: str, name: str) -> str:
    """A token that was given, as it is.

    Args:
        token: what was given.
        name: of what gave it, for the error.

    Raises:
        FakeServerError: it cannot stand in a header, or is too short to be one; the error does not repeat it.
    """
    if not _TOKEN.fullmatch(token):
        raise FakeServerError(f"{name}: expected a bearer token: letters, digits and -._~+/", key=name)
    if len(token) < _LEAST:
        raise FakeServerError(f"{name}: expected a token of at least {_LEAST} characters", key=name)
    return token


class Gate:
    """Lets calls in.

    Args:
        token: who has it may do anything.
        address: that is listened on.
        names: hosts by which it is known beside that.
    """

    def __init__(self, token: str, address: str, names: Iterable[str] = ()) -> None:
        self._expected: Final = f"Bearer {token}".encode()
        # An address is no name that somebody could have, so all there are fit where all are listened on.
        self._hosts: Final = OwnHosts(address, names)

    def check(self, headers: Mapping[str, str]) -> None:
        """Lets a call in.

        Args:
            headers: of the call, by names in any case.

        Raises:
            Problem: it stays outside.
        """
        host = headers.get("Host", "")
        if host not in self._hosts:
            raise Problem("forbidden", "Host: not a name of this endpoint", key="Host")
        origin = headers.get("Origin")
        if origin is not None and not self._is_from_here(origin, host):
            raise Problem("forbidden", "Origin: pages of others may not call this endpoint", key="Origin")
        self._check_token(headers.get("Authorization", ""))

    def _check_token(self, given: str) -> None:
        scheme, space, token = given.partition(" ")
        plain = f"{scheme.capitalize()}{space}{token.strip()}".encode("utf-8", "replace")
        if not hmac.compare_digest(plain, self._expected):
            reason = "Authorization: the token is wrong" if given else "Authorization: Bearer and the token are missing"
            raise Problem("unauthorized", reason, key="Authorization", headers={"WWW-Authenticate": "Bearer"})

    def _is_from_here(self, origin: str, host: str) -> bool:
        return _netloc(origin) == host.lower() and host_of(origin) != ""


def _netloc(url: str) -> str | None:
    """Host and port of a URL, in lower case; None for what is none."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return None
