"""What the tests of servers share."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from avatarwire.fakeserver.server import FakeServer
from tests.fakeserver.wire import Wire


def get(server: FakeServer, target: str = "/") -> int:
    """Status of a GET on a connection of its own."""
    with Wire(server.http_url) as wire:
        return wire.request(f"GET {target} HTTP/1.1\nHost: a").status


def lets_go_of_its_caller(fails: Callable[[], object], error: type[BaseException]) -> bool:
    """Whether the error that a call raises, and all that the caller knew, goes without the garbage collector."""

    class Known: ...

    def ask() -> None:
        known = Known()
        references.append(weakref.ref(known))
        fails()

    references: list[weakref.ref[Known]] = []
    gc.disable()
    try:
        with pytest.raises(error):
            ask()
        return references[0]() is None
    finally:
        gc.enable()
