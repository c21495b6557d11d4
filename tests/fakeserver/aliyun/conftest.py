"""Fixtures of the tests that talk to a running fake over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from avatarwire.fakeserver.aliyun import FakeAliyun
from avatarwire.fakeserver.clock import RealClock, VirtualClock
from tests.fakeserver.aliyun.running import Serve

if TYPE_CHECKING:
    from tests.fakeserver.aliyun.sdk_world import World


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts fakes, each in a thread of its own, and stops them when the test is over."""
    with ExitStack() as running:

        def start(**changes: Any) -> FakeAliyun:
            return running.enter_context(FakeAliyun(**changes))

        yield start


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that look for a proxy in the environment find none."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


# The SDK takes a second to import: only the tests that use it pay for that.


@pytest.fixture
def sdk_connections() -> Iterator[None]:
    """The SDK keeps connections for the whole process; they are closed when the test is over."""
    from darabonba.core import DaraCore

    yield
    DaraCore.http_adapter.close()


@pytest.fixture
def world(serve: Serve, sdk_connections: None) -> World:
    """A fake and the SDK's client of it."""
    from tests.fakeserver.aliyun.sdk_world import SCENARIO, World, sdk

    clock = VirtualClock(RealClock().now())
    fake = serve(clock=clock, **SCENARIO)
    return World(fake, clock, sdk(fake))
