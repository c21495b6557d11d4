"""What the tests of servers share."""

from __future__ import annotations

from avatarwire.fakeserver.server import FakeServer
from tests.fakeserver.wire import Wire


def get(server: FakeServer, target: str = "/") -> int:
    """Status of a GET on a connection of its own."""
    with Wire(server.http_url) as wire:
        return wire.request(f"GET {target} HTTP/1.1\nHost: a").status
