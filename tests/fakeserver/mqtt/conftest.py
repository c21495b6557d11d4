"""Fixtures of the tests of the MQTT transports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakeserver.mqtt.house import Place, running


@pytest.fixture
def place(quiet_log: None) -> Iterator[Place]:
    """A broker, of which nothing gets into a log."""
    with running() as place:
        yield place
