"""Which vendors there are: one row each. A new vendor is one more row here, and one in the fakes' `vendors.py`.

Everything else asks this table, when it needs it. Nothing of a vendor is imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["VENDORS", "Vendor"]


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor.

    Attributes:
        name: such as ``aliyun``.
        prefix: what the ids of its clauses begin with, such as ``ALI``.
        package: with its ``catalogue`` and its ``clauses.json``.
    """

    name: str
    prefix: str
    package: str


_ALL: Final = (
    Vendor("aliyun", "ALI", "avatarwire.codecs.aliyun"),
    Vendor("guiji", "GJ", "avatarwire.codecs.guiji"),
    Vendor("sensetime", "ST", "avatarwire.codecs.sensetime"),
)

VENDORS: Final[Mapping[str, Vendor]] = MappingProxyType({vendor.name: vendor for vendor in _ALL})
"""All there are, by name."""
