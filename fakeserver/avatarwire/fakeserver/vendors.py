"""Which fakes there are: how each is made, demonstrated and told of. A new vendor is one more row.

The commands read this table. Nothing of a vendor is imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from avatarwire.fakeserver.demonstration import Summary, Tell
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["VENDORS", "ServeOption", "Vendor"]

Make: TypeAlias = "Callable[..., FakeServer]"
Demonstrate: TypeAlias = "Callable[[Tell, str], Awaitable[Summary]]"


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
        name: such as ``aliyun``; also the name of its table in a scenario.
        title: what it stands for, one line.
        make: makes a server, from the arguments of its class.
        demonstrate: goes through its documented flow on an address and tells of it.
        ready: attributes of the running server that a client needs, in the ready file by these names.
        also: further attributes that a person may like to see.
        more_options: of ``avatarwire serve``, beside the port's.
        clients: modules beside those of every vendor that the demonstration needs.
    """

    name: str
    title: str
    make: Make
    demonstrate: Demonstrate
    ready: tuple[str, ...]
    also: tuple[str, ...] = ()
    more_options: tuple[ServeOption, ...] = ()
    clients: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[ServeOption, ...]:
        """Options of ``avatarwire serve`` that concern it."""
        return (_port(f"--port-{self.name}", "port", f"the fake {self.name}"), *self.more_options)


def _fake_aliyun(**arguments: Any) -> FakeServer:
    from avatarwire.fakeserver.aliyun.server import FakeAliyun

    return FakeAliyun(**arguments)


async def _demonstrate_aliyun(tell: Tell, host: str) -> Summary:
    from avatarwire.fakeserver.aliyun.demo import demonstrate

    return await demonstrate(tell, host=host)


def _fake_guiji(**arguments: Any) -> FakeServer:
    from avatarwire.fakeserver.guiji.server import FakeGuiji

    return FakeGuiji(**arguments)


async def _demonstrate_guiji(tell: Tell, host: str) -> Summary:
    from avatarwire.fakeserver.guiji.demo import demonstrate

    return await demonstrate(tell, host=host)


def _fake_sensetime(**arguments: Any) -> FakeServer:
    from avatarwire.fakeserver.sensetime.server import FakeSenseTime

    return FakeSenseTime(**arguments)


async def _demonstrate_sensetime(tell: Tell, host: str) -> Summary:
    from avatarwire.fakeserver.sensetime.demo import demonstrate

    return await demonstrate(tell, host=host)


_ALL: Final = (
    Vendor(
        "aliyun",
        "Aliyun IntelligentCreation: signed HTTP and the interaction WebSocket",
        _fake_aliyun,
        _demonstrate_aliyun,
        ready=("http_url", "ws_url", "access_key_id", "access_key_secret", "project_id"),
    ),
    Vendor(
        "guiji",
        "Guiji live-manager: HTTP, and JSON messages over MQTT",
        _fake_guiji,
        _demonstrate_guiji,
        ready=(
            "http_url",
            "mqtt_url",
            "mqtt_user",
            "mqtt_password",
            "app_id",
            "app_secret",
            "live_id",
            "scene_code",
            "sequence",
        ),
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
        "SenseTime: HTTP, the microphone WebSocket and callbacks",
        _fake_sensetime,
        _demonstrate_sensetime,
        ready=("http_url", "ws_url", "interactive_url", "app_id", "app_key", "access_token", "param"),
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
