"""Everything that travels, of all vendors.

    >>> from avatarwire.codecs import catalogue
    >>> catalogue.VENDORS["aliyun"]["text_drive.request"].direction
    'client->server'

Which vendors there are, `registry.py` says; what a catalogue is, `core/entry.py`; what is in one, the vendor's
``catalogue.py``. A catalogue is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final, cast

from . import registry
from .core.entry import Catalogue, Entry

__all__ = ["VENDORS", "Catalogue", "Entry", "entries", "vendor"]


class _Catalogues(Mapping[str, Catalogue]):
    def __getitem__(self, name: str) -> Catalogue:
        return cast("Catalogue", import_module(f"{registry.VENDORS[name].package}.catalogue").CATALOGUE)

    def __iter__(self) -> Iterator[str]:
        return iter(registry.VENDORS)

    def __len__(self) -> int:
        return len(registry.VENDORS)


VENDORS: Final[Mapping[str, Catalogue]] = _Catalogues()
"""Catalogues by vendor name."""


def vendor(name: str) -> Catalogue:
    """The catalogue of one vendor.

    Raises:
        KeyError: no such vendor; the text lists those there are.
    """
    if name not in registry.VENDORS:
        raise KeyError(f"no vendor {name!r}; there are: {', '.join(VENDORS)}")
    return VENDORS[name]


def entries() -> Iterator[tuple[str, Entry]]:
    """Every entry of every vendor, as (vendor name, entry)."""
    for name, known in VENDORS.items():
        for entry in known.entries.values():
            yield name, entry
