"""The address of an MQTT broker as a URL, credentials included. Only reading and showing it lives here."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

import msgspec

from avatarwire.fakeserver.errors import FakeServerError

__all__ = ["BrokerAddress"]

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
_FORM: Final = "mqtt://user:password@host:port, or mqtts:// for TLS"


class BrokerAddress(msgspec.Struct, frozen=True):
    """Where a broker is, and who we are there.

    Attributes:
        scheme: ``mqtt`` or ``mqtts``.
        host, port: without brackets around an IPv6 address.
        user, password: None where the URL has none.
    """

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = None

    @classmethod
    def parse(cls, url: str) -> BrokerAddress:
        """Reads a URL; user and password may be percent-encoded, the port defaults to 1883 or, with TLS, 8883.

        Raises:
            FakeServerError: it is none of a broker. The error does not show it, as it may hold a password.
        """
        url = url.strip()
        if _UNFIT.search(url):
            raise _error("it has white space, control characters or half a surrogate pair")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as fault:
            # What is wrong with a port is told with the text found in its place, and that may be a password's end.
            reason = "its port is no number up to 65535" if "ort" in str(fault) else "its host cannot be read"
            raise _error(reason) from None
        if parts.scheme not in _PORTS:
            raise _error("its scheme is neither mqtt nor mqtts")
        if not host:
            raise _error("it names no host")
        try:
            # As every resolver does, and fails to with an error that depends on the version of Python.
            host.encode("idna")
        except UnicodeError:
            raise _error("its host has a part that is empty, too long or of letters that no name has") from None
        if port == 0:
            raise _error("port 0 is none that a broker listens on")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise _error("something follows the host and port")
        if parts.password is not None and not parts.username:
            raise _error("it has a password and no user name")
        return cls(
            parts.scheme,
            host,
            port or _PORTS[parts.scheme],
            _unquoted(parts.username, "user name") or None,
            None if parts.password is None else _unquoted(parts.password, "password"),
        )

    @property
    def url(self) -> str:
        """The address without credentials."""
        return f"{self.scheme}://{self.place}"

    @property
    def place(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"<BrokerAddress {self.url}>"


def _unquoted(text: str | None, what: str) -> str:
    try:
        return unquote_to_bytes(text or "").decode()
    except UnicodeDecodeError:
        raise _error(f"its {what} is not UTF-8") from None


def _error(reason: str) -> FakeServerError:
    return FakeServerError(f"the URL of the MQTT broker cannot be used, as {reason}; it reads like {_FORM}")
