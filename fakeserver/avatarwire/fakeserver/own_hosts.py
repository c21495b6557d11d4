"""By which names a server is reached: what a Host header may say where a page of a browser must not get in.

A page of somebody else can have the name of its own server lead to this machine (DNS rebinding). Its browser then takes
our answers for those of its server, and only the name in Host tells that they are not for it. An address cannot be had
that way, nor can a name that no server of names for the public has.

Only that lives here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from avatarwire.fakeserver.addresses import is_address, is_everywhere, is_loopback

__all__ = ["OwnHosts", "host_of", "reachable"]

_LOCAL: Final = "localhost"
_OF_THIS_MACHINE: Final = ".localhost"
_PRIVATE: Final = (".local", ".internal")
"""Ends of names that nobody can register (RFC 6762, and by ICANN), as those of this machine (RFC 6761)."""


class OwnHosts:
    """Names and addresses of one server.

    Args:
        address: that is listened on.
        names: by which it is known beside that.
        private: whether others of a private network may call it by the names they have for it, such as that of a
            container; only where it listens beyond this machine.
    """

    def __init__(self, address: str, names: Iterable[str] = (), *, private: bool = False) -> None:
        self._names: Final = {_LOCAL, address.lower(), *(name.lower().strip("[]") for name in names if name)}
        self._any_address: Final = is_everywhere(address)
        self._private: Final = private and not is_loopback(address)

    def __contains__(self, host: str) -> bool:
        """Whether a Host header, with a port or without, names the server."""
        name = host_of(f"//{host}").removesuffix(".")
        if name in self._names or is_loopback(name) or name.endswith(_OF_THIS_MACHINE):
            return True
        if is_address(name):
            return self._any_address
        return self._private and name != "" and ("." not in name or name.endswith(_PRIVATE))


def host_of(url: str) -> str:
    """The host of a URL, in lower case; empty for what is none, and for one that has a path or a user."""
    try:
        parts = urlsplit(url)
        _ = parts.port
        return "" if "@" in parts.netloc or parts.path else (parts.hostname or "")
    except ValueError:
        return ""


def reachable(address: str) -> str:
    """Where somebody on this machine reaches what listens on an address: that itself, or loopback for all of them."""
    if not is_everywhere(address):
        return address
    return "::1" if ":" in address else "127.0.0.1"
