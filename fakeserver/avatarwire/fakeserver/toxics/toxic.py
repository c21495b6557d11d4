"""What a toxic is: one declaration for scenario files, code and the control endpoint.

Only the declaration and what it is checked for live here; what each type does to a stream is in `actions.py`.

Source: Toxiproxy 2 (https://github.com/Shopify/toxiproxy): names, attributes, defaults and units are its own; ``down``
is a setting of a proxy there, ``port`` is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from avatarwire.fakeserver.scenario.table import ScenarioError, ScenarioTable
from avatarwire.fakeserver.scenario.types import nearest

__all__ = ["DOWN", "Kind", "Stream", "Toxic"]

Kind: TypeAlias = Literal["latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data", "down"]
Stream: TypeAlias = Literal["downstream", "upstream"]

DOWN: Final = "down"

_LARGEST: Final = 10**12

_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "latency": ("latency", "jitter"),
        "bandwidth": ("rate",),
        "slow_close": ("delay",),
        "timeout": ("timeout",),
        "reset_peer": ("timeout",),
        "slicer": ("average_size", "size_variation", "delay"),
        "limit_data": ("bytes",),
        "down": (),
    }
)
"""Attributes of each type; 0 where nothing is given, as in Toxiproxy."""

_SIZE: Final = "average_size"
_VARIATION: Final = "size_variation"


class Toxic(ScenarioTable, kw_only=True, frozen=True):
    """One thing that is wrong with the network between clients and a fake server.

    Attributes are whole numbers, 0 where nothing is given:

    - ``latency``: ``latency`` and ``jitter``, both in milliseconds: delay of all data, plus or minus the jitter;
    - ``bandwidth``: ``rate`` in kilobytes (1000 bytes) a second; with 0 nothing passes;
    - ``slow_close``: ``delay`` in milliseconds before the end of the stream is passed on;
    - ``timeout``: ``timeout`` in milliseconds without data after which the connection is closed, 0 for never; data is
      dropped; when the toxic is removed, the connection is closed;
    - ``reset_peer``: ``timeout`` in milliseconds from the first data to a TCP reset;
    - ``slicer``: ``average_size`` and ``size_variation`` in bytes, ``delay`` in microseconds: cuts data into pieces;
    - ``limit_data``: ``bytes`` after which the connection is closed;
    - ``down``: none; connections are closed and further ones refused.

    Attributes:
        type: what is wrong.
        name: by which it is removed, and named in the journal; ``<type>_<stream>`` when none is given.
        stream: ``downstream`` is what the fake sends, ``upstream`` what it receives; no matter to ``down``.
        toxicity: how likely it acts on a connection, 0 to 1; drawn once for each connection.
        attributes: see above; all of the type's are there once it is made.
        port: ``http`` or ``mqtt``; empty for every port of the fake.

    Raises:
        ScenarioError: an unknown type, an attribute that the type lacks, or sizes of a slicer that make no pieces.
    """

    type: Annotated[Kind, Meta(description="what is wrong")]
    name: Annotated[str, Meta(description="empty: <type>_<stream>")] = ""
    stream: Annotated[Stream, Meta(description="what the fake sends, or what it receives")] = "downstream"
    toxicity: Annotated[float, Meta(ge=0, le=1, description="chance that it acts on a connection")] = 1.0
    attributes: Annotated[
        Mapping[str, Annotated[int, Meta(ge=0, le=_LARGEST)]], Meta(description="of the type, in Toxiproxy's units")
    ] = msgspec.field(default_factory=dict[str, int])
    port: Annotated[Literal["", "http", "mqtt"], Meta(description="the port it acts on; empty: every port")] = ""

    def __post_init__(self) -> None:
        own = _ATTRIBUTES.get(self.type)
        if own is None:
            reason = f"expected one of {', '.join(_ATTRIBUTES)}, got {self.type!r}"
            raise ScenarioError("toxics", "type", reason, nearest(str(self.type), _ATTRIBUTES))
        for key in self.attributes:
            if key not in own:
                known = f"it has {', '.join(own)}" if own else "it has none"
                reason = f"no attribute of type {self.type}, {known}"
                raise ScenarioError("toxics", f"attributes.{key}", reason, nearest(str(key), own))
        attributes = {name: self.attributes.get(name, 0) for name in own}
        if self.type == "slicer":
            _check_sizes(attributes[_SIZE], attributes[_VARIATION])
        msgspec.structs.force_setattr(self, "attributes", attributes)
        msgspec.structs.force_setattr(self, "name", self.name or f"{self.type}_{self.stream}")

    @property
    def is_down(self) -> bool:
        """Whether it closes whole connections in the place of acting on a stream."""
        return self.type == DOWN


def _check_sizes(size: int, variation: int) -> None:
    if size < 1:
        raise ScenarioError("toxics", f"attributes.{_SIZE}", f"expected at least 1 byte, got {size}")
    if variation >= size:
        reason = f"expected less than {_SIZE}, which is {size}, got {variation}"
        raise ScenarioError("toxics", f"attributes.{_VARIATION}", reason)
