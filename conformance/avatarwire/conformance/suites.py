"""Which vendors have cases: one row each. Nothing of a vendor is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .engine.case import Suite
    from .engine.running import MakeBench
    from .talk import Flows

__all__ = ["SUITES", "VENDOR_NAMES", "Suites"]


@dataclass(frozen=True, slots=True)
class Suites:
    """The cases about one vendor.

    Attributes:
        vendor: such as ``aliyun``.
        package: with ``bench``, ``client``, ``flow`` and ``server``.
        bench_name: of the class in ``bench``.
        needs: keys of an endpoint that its cases cannot do without; of several with ``|`` between them one is enough.
        costs: what a run does to a real service, in sentences that follow on "A run of 100 cases".
    """

    vendor: str
    package: str
    bench_name: str
    needs: tuple[str, ...]
    costs: tuple[str, ...]

    @property
    def server(self) -> Suite:
        """Cases about its servers."""
        found: Suite = import_module(f"{self.package}.server").CASES
        return found

    @property
    def client(self) -> Suite:
        """Cases about its clients; none where there are none yet."""
        if find_spec(f"{self.package}.client") is None:
            from .engine.case import Suite

            return Suite([])
        found: Suite = import_module(f"{self.package}.client").CASES
        return found

    @property
    def bench(self) -> MakeBench:
        """Makes what a case works with."""
        made: MakeBench = getattr(import_module(f"{self.package}.bench"), self.bench_name)
        return made

    @property
    def flows(self) -> Flows[Any]:
        """What can be done with its service, by name."""
        found: Flows[Any] = import_module(f"{self.package}.flow").FLOWS
        return found


_ALL: Final = (
    Suites(
        "aliyun",
        "avatarwire.conformance.aliyun",
        "AliyunBench",
        needs=("access_key_id", "access_key_secret", "project_id"),
        costs=(
            "starts about as many sessions of the project, up to as many at once as there are workers; each is billed "
            "by the time until it is stopped, some seconds",
            "stops each of them; one that cannot be stopped ends by itself when nobody is connected",
            "sends short texts and some seconds of speech; it saves no project and changes none",
        ),
    ),
    Suites(
        "guiji",
        "avatarwire.conformance.guiji",
        "GuijiBench",
        needs=("mqtt_url", "app_id", "app_secret", "live_id"),
        costs=(
            "opens sessions of the live room, up to as many at once as there are workers, and destroys each",
            "makes live rooms and materials where a case is about making them; what the documents let it delete is "
            "deleted, the rest stays",
            "gets tokens, which may end the life of tokens that others use",
        ),
    ),
    Suites(
        "sensetime",
        "avatarwire.conformance.sensetime",
        "SenseTimeBench",
        needs=("access_token|app_id", "param"),
        costs=(
            "creates lives with the script that it is given, up to as many at once as there are workers, and closes "
            "each; a live costs by the minute",
            "takes over with short texts and some seconds of speech",
            "logs in and refreshes tokens, which may end the life of tokens that others use",
        ),
    ),
)

SUITES: Final[Mapping[str, Suites]] = MappingProxyType({suites.vendor: suites for suites in _ALL})
"""All there are, by vendor."""

VENDOR_NAMES: Final = tuple(SUITES)
