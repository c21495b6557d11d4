"""Fixtures of the tests that talk to a running fake over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from avatarwire.fakeserver.aliyun import FakeAliyun
from tests.fakeserver.aliyun.running import Serve


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
