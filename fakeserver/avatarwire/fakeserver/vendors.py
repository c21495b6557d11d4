"""Which fakes there are: how each is made, demonstrated and told of. A new vendor is one more row.

The commands read this table. Nothing of a vendor is imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from avatarwire.fakeserver.demonstration import Summary, Tell
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["VENDORS", "Vendor"]

Make: TypeAlias = "Callable[..., FakeServer]"
Demonstrate: TypeAlias = "Callable[[Tell, str], Awaitable[Summary]]"


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
    """

    name: str
    title: str
    make: Make
    demonstrate: Demonstrate
    ready: tuple[str, ...]
    also: tuple[str, ...] = ()

    @property
    def port_option(self) -> str:
        """Option of ``avatarwire serve`` for its port."""
        return f"--port-{self.name}"


def _fake_aliyun(**arguments: Any) -> FakeServer:
    from avatarwire.fakeserver.aliyun.server import FakeAliyun

    return FakeAliyun(**arguments)


async def _demonstrate_aliyun(tell: Tell, host: str) -> Summary:
    from avatarwire.fakeserver.aliyun.demo import demonstrate

    return await demonstrate(tell, host=host)


_ALL: Final = (
    Vendor(
        "aliyun",
        "Aliyun IntelligentCreation: signed HTTP and the interaction WebSocket",
        _fake_aliyun,
        _demonstrate_aliyun,
        ready=("http_url", "access_key_id", "access_key_secret", "project_id"),
        also=("ws_url",),
    ),
)

VENDORS: Final[Mapping[str, Vendor]] = MappingProxyType({vendor.name: vendor for vendor in _ALL})
"""All there are, by name."""
