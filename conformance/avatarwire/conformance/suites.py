"""Which vendors have cases: one row each. Nothing of a vendor is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Final

from .engine.case import Suite
from .engine.running import MakeBench

__all__ = ["SUITES", "Suites"]


@dataclass(frozen=True, slots=True)
class Suites:
    """The cases about one vendor.

    Attributes:
        vendor: such as ``aliyun``.
        package: with ``bench`` and ``server``.
        bench_name: of the class in ``bench``.
    """

    vendor: str
    package: str
    bench_name: str

    @property
    def server(self) -> Suite:
        """Cases about its servers."""
        found: Suite = import_module(f"{self.package}.server").CASES
        return found

    @property
    def bench(self) -> MakeBench:
        """Makes what a case works with."""
        made: MakeBench = getattr(import_module(f"{self.package}.bench"), self.bench_name)
        return made


_ALL: Final = (
    Suites("aliyun", "avatarwire.conformance.aliyun", "AliyunBench"),
    Suites("guiji", "avatarwire.conformance.guiji", "GuijiBench"),
    Suites("sensetime", "avatarwire.conformance.sensetime", "SenseTimeBench"),
)

SUITES: Final[Mapping[str, Suites]] = MappingProxyType({suites.vendor: suites for suites in _ALL})
"""All there are, by vendor."""
