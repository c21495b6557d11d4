"""Where a fake server is: the address it listens on, and the one that it tells its clients.

Only that lives here; listening is the server's (`server.py`).
"""

from __future__ import annotations

import asyncio
import re
import ssl
from typing import Final, NamedTuple

from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.addresses import is_everywhere, is_loopback
from avatarwire.fakeserver.authority import Authority, authority_of
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.own_hosts import OwnHosts, reachable

__all__ = ["Advertised", "Located", "advertised", "is_host"]

_HOST: Final = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)(:(?P<port>[0-9]{1,5}))?"
)
_LAST_PORT: Final = 65535


class Advertised(NamedTuple):
    """Where clients reach a server that is not where it listens: behind a mapped port, in a container.

    Attributes:
        host: a name or an address; one of IPv6 in brackets.
        port: of HTTP and WebSockets; None for the one that is listened on.
    """

    host: str
    port: int | None


def advertised(text: str) -> Advertised:
    """What ``HOST`` or ``HOST:PORT`` says.

    Raises:
        FakeServerError: it is neither.
    """
    found = _HOST.fullmatch(text)
    port = int(found["port"]) if found is not None and found["port"] else None
    if found is None or (port is not None and not 0 < port <= _LAST_PORT):
        raise FakeServerError(f"advertise: expected HOST or HOST:PORT, got {shown(text)}", key="advertise")
    return Advertised(found["host"], port)


def is_host(text: str) -> bool:
    """Whether a text can be the host of a URL, with or without a port, as a Host header has it."""
    return _HOST.fullmatch(text) is not None


class Located:
    """A server that is somewhere, or not yet.

    Args:
        vendor: for errors.
        ssl_context: serves TLS when given.
        advertise: where clients reach it, if that is another place than it listens on.
        tls: whether it serves TLS with a throwaway certificate, of an authority of its own or the one that is given.

    Raises:
        FakeServerError: `advertise` is no host; or `tls` and `ssl_context` are given, or trustme is not installed.
        ScenarioError: `tls` is neither true nor false nor an `Authority`.
    """

    _host: str
    """Where it was told to listen."""

    def __init__(
        self, vendor: str, ssl_context: ssl.SSLContext | None, advertise: str | None, tls: bool | Authority = False
    ) -> None:
        self._vendor = vendor
        self._authority, self._owns_authority = authority_of(tls, ssl_context), tls is True
        self._ssl_context = ssl_context
        self._advertised: Final = None if advertise is None else advertised(advertise)
        self._bound: tuple[str, int] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def host(self) -> str:
        """Address it listens on."""
        return self._address()[0]

    @property
    def port(self) -> int:
        """Port it listens on."""
        return self._address()[1]

    @property
    def http_url(self) -> str:
        """Base URL of its HTTP operations, without a slash at the end."""
        return self._url("http")

    @property
    def ca_file(self) -> str | None:
        """Path of the certificate that clients have to trust, as PEM, while it runs; None without ``tls``."""
        if self._authority is None:
            return None
        self._address()
        return self._authority.ca_file

    def _secure(self) -> None:
        """Has a certificate be made where there is an authority; called when it starts.

        Raises:
            FakeServerError: that cannot be.
        """
        if self._authority is None:
            return
        if self._owns_authority:
            self._authority.open()
        try:
            host = None if self._advertised is None else self._advertised.host
            self._ssl_context = self._authority.context(self._host, host)
        except BaseException:
            self._unsecure()
            raise

    def _unsecure(self) -> None:
        """An authority of its own is not needed any more."""
        if self._authority is not None and self._owns_authority:
            self._authority.close()

    @property
    def exposure(self) -> str:
        """Where other machines may reach it: an address, or ``every interface``; empty when it is on loopback."""
        address = self._address()[0]
        if is_loopback(address):
            return ""
        return "every interface" if is_everywhere(address) else address

    def _address(self) -> tuple[str, int]:
        if self._bound is None:
            raise self._not_running()
        return self._bound

    def _is_own_host(self, host: str) -> bool:
        """Whether a Host header names the server, and no name that somebody else may have led here."""
        names = (self._host, "" if self._advertised is None else self._advertised.host)
        return host in OwnHosts(self._address()[0], names, private=True)

    def _not_running(self) -> FakeServerError:
        """What is said to whoever uses it then."""
        why = "use it in a with statement" if self._loop is None else "its with statement is over; make a new one"
        return FakeServerError(f"the fake {self._vendor} server is not running: {why}")

    def _url(self, scheme: str, asked: str = "") -> str:
        """A URL of the server, without a path.

        Args:
            scheme: without the ``s`` that TLS adds.
            asked: host and port that a client has asked, which reach the server from there; empty for none.
        """
        host, port = self._address()
        secure = "s" if self._ssl_context is not None else ""
        if self._advertised is not None:
            port = port if self._advertised.port is None else self._advertised.port
            return f"{scheme}{secure}://{self._advertised.host}:{port}"
        if asked and is_host(asked):
            return f"{scheme}{secure}://{asked}"
        host = reachable(host)
        return f"{scheme}{secure}://{f'[{host}]' if ':' in host else host}:{port}"
