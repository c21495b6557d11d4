"""Addresses to listen on and to call back: which may be asked for, and how far they reach."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.journal.masking import mask_url
from avatarwire.fakeserver.scenario import ScenarioError

__all__ = ["check_host", "check_url", "is_address", "is_everywhere", "is_loopback", "is_named"]


def check_host(host: object) -> str:
    """An address to listen on, as it was given; whether it can be had is found out by listening.

    Raises:
        FakeServerError: none was named, which sockets would take for every interface.
    """
    if isinstance(host, str) and is_named(host):
        return host
    meant = "127.0.0.1 for this machine alone, 0.0.0.0 for every interface"
    raise FakeServerError(f"host: expected an address to listen on, got {shown(host)}; {meant}")


def check_url(url: str, path: str) -> None:
    """Holds an address for callbacks against what can be called at all.

    Args:
        url: absolute http or https URL, or empty.
        path: key of the scenario it stands at, for the error.

    Raises:
        ScenarioError: no such URL.
    """
    if not url:
        return
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")  # as every resolver does
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and url.isascii()
    except ValueError:
        fits = False
    if not fits:
        raise ScenarioError("scenario", path, f"expected an absolute http or https URL, got {shown(mask_url(url))}")


def is_named(host: object) -> bool:
    """Whether this is a host at all: sockets take None or an empty text for every interface there is."""
    return isinstance(host, str) and bool(host.strip())


def is_address(text: str) -> bool:
    """Whether this is an IP address."""
    return _parsed(text) is not None


def is_loopback(address: str) -> bool:
    """Whether an IP address is one of this machine alone; False for any other text."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def is_everywhere(address: str) -> bool:
    """Whether an IP address stands for every interface; False for any other text."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_unspecified


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
