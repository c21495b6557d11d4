"""The fake behind its port."""

from __future__ import annotations

from typing import Any

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.scenario import Source
from avatarwire.fakeserver.scenario.settings import settle
from avatarwire.fakeserver.server import FakeServer
from tests.fourth_vendor.codecs.messages import VENDOR
from tests.fourth_vendor.codecs.wire import PATH
from tests.fourth_vendor.fakeserver import commands
from tests.fourth_vendor.fakeserver.behaviour import ToyBehaviour
from tests.fourth_vendor.fakeserver.scenario import ToyScenario

__all__ = ["FakeToy"]


class FakeToy(FakeServer):
    """A fake of the invented vendor: HTTP and a WebSocket on one port."""

    def __init__(
        self,
        scenario: ToyScenario | Source = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        seed: int | None = None,
        advertise: str | None = None,
        **changes: Any,
    ) -> None:
        settings = settle(scenario, VENDOR, ToyScenario, changes, clock=clock, seed=seed)
        super().__init__(VENDOR, host=host, port=port, clock=settings.clock, advertise=advertise)
        self.scenario = settings.scenario
        self._behaviour = ToyBehaviour(settings.scenario, self._turn, rng=settings.rng)
        self._surface = self._behaviour.surface

    @property
    def ws_url(self) -> str:
        """URL of the socket, without its query."""
        return self._url("ws") + PATH

    finish = commands.finish
    drop = commands.drop
    _own_commands = commands.COMMANDS
    _ready = ("http_url", "ws_url")
