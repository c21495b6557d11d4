"""The three rows by which the invented vendor becomes a part of the project, and nothing else of it."""

from __future__ import annotations

from typing import Final

from avatarwire.codecs import registry
from avatarwire.conformance import suites
from avatarwire.fakeserver import vendors

__all__ = ["CODECS_ROW", "FAKE_ROW", "SUITES_ROW"]

CODECS_ROW: Final = registry.Vendor("toy", "TOY", "tests.fourth_vendor.codecs")

FAKE_ROW: Final = vendors.Vendor(
    "toy",
    "FakeToy",
    "tests.fourth_vendor.fakeserver",
    "an invented vendor: HTTP and a WebSocket",
)

SUITES_ROW: Final = suites.Suites("toy", "tests.fourth_vendor.conformance", "ToyBench", needs=(), costs=())
