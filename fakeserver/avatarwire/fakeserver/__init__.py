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

from .extra import explained

# The vendors' fakes are named here for type checkers and editors alone, which do not read the table of vendors.
# Nothing is imported before it is asked for: the commands and the pytest plugin look here in environments that lack
# aiohttp, yaml, jwt and the rest, and must not fail there; nor should a run that uses one fake load the others.
if TYPE_CHECKING:
    from .aliyun.server import FakeAliyun
    from .authority import Authority
    from .clock import Clock, ClockError, RealClock, VirtualClock
    from .commands import Argument, Command
    from .errors import FakeServerError, UnknownError
    from .faults import Fault
    from .guiji.server import FakeGuiji
    from .journal import EvidenceLostError, ExpectationError, Journal, Step, step
    from .journal.entry import Entry, Finding, Violation
    from .jumping_clock import JumpingClock
    from .said import Said
    from .scenario import ScenarioError
    from .sensetime.server import FakeSenseTime
    from .server import FakeServer
    from .toxics import Toxic

__all__ = [
    "Argument",
    "Authority",
    "Clock",
    "ClockError",
    "Command",
    "Entry",
    "EvidenceLostError",
    "ExpectationError",
    "FakeAliyun",
    "FakeGuiji",
    "FakeSenseTime",
    "FakeServer",
    "FakeServerError",
    "Fault",
    "Finding",
    "Journal",
    "JumpingClock",
    "RealClock",
    "Said",
    "ScenarioError",
    "Step",
    "Toxic",
    "UnknownError",
    "Violation",
    "VirtualClock",
    "step",
]

_MODULES: Final[Mapping[str, str]] = {
    "Argument": "commands",
    "Authority": "authority",
    "Clock": "clock",
    "ClockError": "clock",
    "Command": "commands",
    "Entry": "journal",
    "EvidenceLostError": "journal",
    "ExpectationError": "journal",
    "FakeServer": "server",
    "FakeServerError": "errors",
    "Fault": "faults",
    "Finding": "journal",
    "Journal": "journal",
    "JumpingClock": "jumping_clock",
    "RealClock": "clock",
    "Said": "said",
    "ScenarioError": "scenario",
    "Step": "journal",
    "Toxic": "toxics",
    "UnknownError": "errors",
    "Violation": "journal",
    "VirtualClock": "clock",
    "step": "journal",
}
"""The module of each public name; the fakes' are in the table of vendors."""


# Type checkers have the imports above, and would take any name for one that is there if they saw this.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        try:
            if (module := _MODULES.get(name)) is not None:
                return getattr(import_module(f"{__name__}.{module}"), name)
            if name.startswith("Fake"):
                for vendor in import_module(f"{__name__}.vendors").VENDORS.values():
                    if vendor.fake == name:
                        return vendor.type
        except ModuleNotFoundError as error:
            raise explained(f"{__name__}.{name}", error) from error
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
