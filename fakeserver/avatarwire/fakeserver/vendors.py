"""Which fakes there are: how each is made, demonstrated and presented. A new vendor is one more row.

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
    from avatarwire.fakeserver.demonstration import Summary, Tell
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["VENDORS", "ServeOption", "Vendor"]


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
        package: with the modules ``server``, which has that class, and ``demo``.
        title: what it stands for, one line.
        more_options: of ``avatarwire serve``, beside the port's.
        clients: modules beside those of every vendor that the demonstration needs.
    """

    name: str
    fake: str
    package: str
    title: str
    more_options: tuple[ServeOption, ...] = ()
    clients: tuple[str, ...] = ()

    @property
    def type(self) -> type[FakeServer]:
        """The class of its servers."""
        return cast("type[FakeServer]", getattr(import_module(f"{self.package}.server"), self.fake))

    def make(self, **arguments: Any) -> FakeServer:
        """A server, from the arguments of its class."""
        make: Any = self.type
        return cast("FakeServer", make(**arguments))

    async def demonstrate(self, tell: Tell, host: str) -> Summary:
        """Goes through its documented flow on an address and reports each step to `tell`."""
        return cast("Summary", await import_module(f"{self.package}.demo").demonstrate(tell, host=host))

    @property
    def options(self) -> tuple[ServeOption, ...]:
        """Options of ``avatarwire serve`` that concern it."""
        return (_port(f"--port-{self.name}", "port", f"the fake {self.name}"), *self.more_options)


_ALL: Final = (
    Vendor(
        "aliyun",
        "FakeAliyun",
        "avatarwire.fakeserver.aliyun",
        "Aliyun IntelligentCreation: signed HTTP and the interaction WebSocket",
    ),
    Vendor(
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
        clients=("aiomqtt",),
    ),
    Vendor(
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
    ),
)

VENDORS: Final[Mapping[str, Vendor]] = MappingProxyType({vendor.name: vendor for vendor in _ALL})
"""All there are, by name."""
