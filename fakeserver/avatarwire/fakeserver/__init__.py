"""Fake servers: what a digital-human vendor's service does, on a port of your own, for integration tests.

    from avatarwire.fakeserver import FakeAliyun

    with FakeAliyun() as fake:
        call(fake.http_url, fake.access_key_id, fake.access_key_secret)

A `FakeServer` is a server, its `Journal` holds all that crossed the wire, its clock can be a `VirtualClock`. What a
scenario can say is declared beside each vendor's fake, such as `avatarwire.fakeserver.aliyun.AliyunScenario`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

# Nothing is imported before it is asked for: the commands and the pytest plugin look here in environments that lack
# aiohttp, yaml, jwt and the rest, and must not fail there; nor should a run that uses one fake load the others.
if TYPE_CHECKING:
    from .aliyun.server import FakeAliyun
    from .clock import Clock, ClockError, RealClock, VirtualClock
    from .errors import FakeServerError
    from .guiji.server import FakeGuiji
    from .journal import ExpectationError, Journal
    from .journal.entry import Entry, Finding, Violation
    from .scenario import ScenarioError
    from .sensetime.server import FakeSenseTime
    from .server import FakeServer

__all__ = [
    "Clock",
    "ClockError",
    "Entry",
    "ExpectationError",
    "FakeAliyun",
    "FakeGuiji",
    "FakeSenseTime",
    "FakeServer",
    "FakeServerError",
    "Finding",
    "Journal",
    "RealClock",
    "ScenarioError",
    "Violation",
    "VirtualClock",
]

_MODULES: Final[Mapping[str, str]] = {
    "Clock": "clock",
    "ClockError": "clock",
    "Entry": "journal",
    "ExpectationError": "journal",
    "FakeAliyun": "aliyun.server",
    "FakeGuiji": "guiji.server",
    "FakeSenseTime": "sensetime.server",
    "FakeServer": "server",
    "FakeServerError": "errors",
    "Finding": "journal",
    "Journal": "journal",
    "RealClock": "clock",
    "ScenarioError": "scenario",
    "Violation": "journal",
    "VirtualClock": "clock",
}
"""The module of each public name."""


# Type checkers have the imports above, and would take any name for one that is there if they saw this.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
