"""Fixtures of the tests of the MQTT transports."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.fakeserver.mqtt.running import Place, running


@pytest.fixture
def place(caplog: pytest.LogCaptureFixture) -> Iterator[Place]:
    """A broker, of which nothing gets into a log."""
    caplog.set_level(logging.WARNING)
    with running() as place:
        yield place
    assert caplog.record_tuples == []
