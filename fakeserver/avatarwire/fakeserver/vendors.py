"""Which fakes there are: how each is made and presented. A new vendor is one more row.

The commands, the scenario files and the pytest plugin read this table. Nothing of a vendor is imported before it is
asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    import asyncio

    from avatarwire.fakeserver.clock import Clock
    from avatarwire.fakeserver.record.wire import Wire
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["ALIYUN", "GUIJI", "SENSETIME", "VENDORS", "ServeOption", "Vendor"]


@dataclass(frozen=True, slots=True)
class ServeOption:
    """One option of ``avatarwire serve`` that concerns one vendor.

    Attributes:
        flag: such as ``--port-aliyun``.
        argument: the argument of the vendor's `make` that it gives.
        kind: of its value.
        default: what holds without it.
        metavar, help: for the help.
        limits: further keywords for typer, such as ``min``.
    """

    flag: str
    argument: str
    kind: type[int] | type[str]
    default: int | str | None
    metavar: str
    help: str
    limits: Mapping[str, Any] = field(default_factory=dict[str, Any])


def _port(flag: str, argument: str, what: str) -> ServeOption:
    return ServeOption(flag, argument, int, 0, "N", f"Port of {what}; 0: a free one.", limits={"min": 0, "max": 65535})


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's fake.

    Attributes:
        name: such as ``aliyun``; also the name of its table in a scenario and, with ``_fake``, of its fixture.
        fake: name of its class, such as ``FakeAliyun``.
        package: with the module ``server``, which has that class.
        title: what it stands for, one line.
        more_options: of ``avatarwire serve``, beside the port's.
        paths: what the paths of its HTTP calls begin with, by which a client is known that calls another vendor's fake.
    """

    name: str
    fake: str
    package: str
    title: str
    more_options: tuple[ServeOption, ...] = ()
    paths: tuple[str, ...] = ()

    @property
    def type(self) -> type[FakeServer]:
        """The class of its servers."""
        return cast("type[FakeServer]", getattr(import_module(f"{self.package}.server"), self.fake))

    def make(self, **arguments: Any) -> FakeServer:
        """A server, from the arguments of its class."""
        make: Any = self.type
        return cast("FakeServer", make(**arguments))

    def factory(
        self,
        *,
        scenario: Any = None,
        clock: Clock | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        mutant: str | None = None,
        observed: bool = True,
        **arguments: Any,
    ) -> FakeServer:
        """A server for whoever finds it by the entry-point group ``avatarwire.fakes``, such as conformance.

        Args:
            scenario, clock: as for its class.
            loop: by whose time it is to live, where there is no clock.
            mutant: name of a documented way in which it is broken (`mutants.py`); None for none.
            observed: whether whoever looks on at all fakes of this process is told of it.
            arguments: further ones of its class.

        Raises:
            FakeServerError: there is no such mutant, or an address is none.
            ScenarioError: the scenario is wrong.
        """
        from avatarwire.fakeserver.loop_clock import LoopClock
        from avatarwire.fakeserver.mutants import mutant_of

        broken = None if mutant is None else mutant_of(self.name, self.mutants, mutant)
        if clock is None and loop is not None:
            clock = LoopClock(loop)
        server = self.make(scenario=scenario, clock=clock, **arguments)
        server.observed = observed
        server.mutant = broken
        return server

    @property
    def mutants(self) -> Any:
        """The module with the ways in which it can be broken."""
        return import_module(f"{self.package}.mutants")

    def recorded(self, credentials: Mapping[str, Any]) -> Wire:
        """How a recording reads what passes between clients and the vendor.

        Args:
            credentials: of the vendor's part of a ready file, or what there is of it.
        """
        module: Any = import_module(f"{self.package}.recorded")
        return cast("Wire", module.recorded(credentials))

    @property
    def options(self) -> tuple[ServeOption, ...]:
        """Options of ``avatarwire serve`` that concern it."""
        return (_port(f"--port-{self.name}", "port", f"the fake {self.name}"), *self.more_options)


ALIYUN: Final = Vendor(
    "aliyun",
    "FakeAliyun",
    "avatarwire.fakeserver.aliyun",
    "Aliyun IntelligentCreation: signed HTTP and the interaction WebSocket",
    paths=("/yic/",),
)
GUIJI: Final = Vendor(
    "guiji",
    "FakeGuiji",
    "avatarwire.fakeserver.guiji",
    "Guiji live-manager: HTTP, and JSON messages over MQTT",
    more_options=(
        _port("--mqtt-port", "mqtt_port", "the MQTT broker of the fake guiji"),
        ServeOption(
            "--broker",
            "broker",
            str,
            None,
            "URL",
            "Another MQTT broker: mqtt://user:password@host:port, or amqtt for that library in this process.",
            {"envvar": "AVATARWIRE_BROKER"},
        ),
    ),
    paths=("/live-manager/",),
)
SENSETIME: Final = Vendor(
    "sensetime",
    "FakeSenseTime",
    "avatarwire.fakeserver.sensetime",
    "SenseTime: HTTP, the microphone WebSocket and callbacks",
    more_options=(
        ServeOption(
            "--callback-url",
            "callback_url",
            str,
            None,
            "URL",
            "Where the fake sensetime posts its callbacks, on this machine.",
        ),
    ),
    paths=("/api/2dvh/",),
)

VENDORS: Final[Mapping[str, Vendor]] = MappingProxyType({vendor.name: vendor for vendor in (ALIYUN, GUIJI, SENSETIME)})
"""All there are, by name."""
