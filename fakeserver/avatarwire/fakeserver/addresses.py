"""Addresses to listen on: which may be asked for, and how far they reach. Only that lives here."""

from __future__ import annotations

import ipaddress

__all__ = ["is_everywhere", "is_loopback", "is_named"]


def is_named(host: object) -> bool:
    """Whether this is a host at all: sockets take None or an empty text for every interface there is."""
    return isinstance(host, str) and bool(host.strip())


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
