"""Fixtures of the tests that talk to a running fake over real sockets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from avatarwire.fakeserver.guiji import FakeGuiji
from tests.fakeserver.guiji.running import Serve
from tests.fakeserver.mqtt.mosquitto import mosquitto


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts fakes, each in a thread of its own, and stops them when the test is over."""
    with ExitStack() as running:

        def start(**changes: Any) -> FakeGuiji:
            return running.enter_context(FakeGuiji(**changes))

        yield start


class ServeBy:
    """Starts fakes with one kind of broker.

    Attributes:
        kind: ``embedded`` is that of this package, ``amqtt`` that library in this process, ``mosquitto`` one elsewhere.
    """

    def __init__(self, kind: str, serve: Serve, broker: str | None) -> None:
        self.kind = kind
        self._start = serve if broker is None else partial(serve, broker=broker)

    def __call__(self, **changes: Any) -> FakeGuiji:
        return self._start(**changes)


@pytest.fixture(params=["embedded", "amqtt"])
def serve_by_own(request: pytest.FixtureRequest, serve: Serve) -> ServeBy:
    """Starts fakes with each kind of broker that runs in this process and knows the accounts."""
    return _in_process(request.param, serve)


@pytest.fixture(params=["embedded", "amqtt", "mosquitto"])
def serve_by_each(request: pytest.FixtureRequest, serve: Serve, tmp_path: Path) -> Iterator[ServeBy]:
    """Starts fakes with each kind of broker."""
    if request.param != "mosquitto":
        yield _in_process(request.param, serve)
        return
    with mosquitto(tmp_path) as broker:
        yield ServeBy("mosquitto", serve, broker.url)


def _in_process(kind: str, serve: Serve) -> ServeBy:
    if kind == "amqtt" and find_spec("amqtt") is None:
        reason = "amqtt is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return ServeBy(kind, serve, "amqtt" if kind == "amqtt" else None)
