"""Toxics: bad networks on the ports of a fake server, by the names, defaults and units of Toxiproxy."""

from .collection import Guard, Toxics
from .toxic import Toxic

__all__ = ["Guard", "Toxic", "Toxics"]
