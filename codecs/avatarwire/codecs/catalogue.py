"""Everything that travels, of all vendors: the one place that knows which vendors there are.

    >>> from avatarwire.codecs import catalogue
    >>> catalogue.VENDORS["aliyun"]["text_drive.request"].direction
    'client->server'

Only the registry lives here. What a catalogue is, `core/entry.py` says; what is in one, the vendor's `catalogue.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from .aliyun.catalogue import CATALOGUE as ALIYUN
from .core.entry import Catalogue, Entry
from .guiji.catalogue import CATALOGUE as GUIJI
from .sensetime.catalogue import CATALOGUE as SENSETIME

__all__ = ["VENDORS", "Catalogue", "Entry", "entries", "vendor"]

VENDORS: Final[Mapping[str, Catalogue]] = MappingProxyType(
    {known.vendor: known for known in (ALIYUN, GUIJI, SENSETIME)}
)
"""Catalogues by vendor name."""


def vendor(name: str) -> Catalogue:
    """The catalogue of one vendor.

    Raises:
        KeyError: no such vendor; the text lists those there are.
    """
    try:
        return VENDORS[name]
    except KeyError:
        raise KeyError(f"no vendor {name!r}; there are: {', '.join(VENDORS)}") from None


def entries() -> Iterator[tuple[str, Entry]]:
    """Every entry of every vendor, as (vendor name, entry)."""
    for name, known in VENDORS.items():
        for entry in known.entries.values():
            yield name, entry
