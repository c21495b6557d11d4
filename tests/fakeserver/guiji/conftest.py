"""Fixtures of the tests that talk to a running fake over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from avatarwire.fakeserver.guiji import FakeGuiji
from tests.fakeserver.guiji.running import Serve


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts fakes, each in a thread of its own, and stops them when the test is over."""
    with ExitStack() as running:

        def start(**changes: Any) -> FakeGuiji:
            return running.enter_context(FakeGuiji(**changes))

        yield start
