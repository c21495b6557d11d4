"""Fakes that are broken in one way each, with the cases that have to find that (`mutants/mutant.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ..mutants.mutant import Mutant, mutant, remove
from ..mutants.witnesses import came, gave

__all__ = ["MUTANTS", "REFUSED", "TUNABLES", "UNBREAKABLE"]

TUNABLES: Final[Mapping[str, Any]] = MappingProxyType({})
"""Without which some cases cannot be tried."""

REFUSED: Final = (
    "ALI-R022",
    "ALI-R040",
    "ALI-R021",
    "ALI-R018",
    "ALI-R034",
    "ALI-R039",
    "ALI-R071",
    "ALI-R008",
    "ALI-R011",
    "ALI-R028",
    "ALI-R033",
    "ALI-R035",
    "ALI-R036",
    "ALI-R037",
    "ALI-R014",
    "ALI-R015",
    "ALI-R041",
    "ALI-E84",
    "ALI-R017",
    "ALI-R016",
    "ALI-R020",
    "ALI-R046",
    "ALI-R047",
    "ALI-R048",
    "ALI-R050",
    "ALI-R052",
    "ALI-R057",
    "ALI-R058",
    "ALI-R056",
    "ALI-R059",
    "ALI-R055",
    "ALI-R065",
    "ALI-R064",
    "ALI-R068",
    "ALI-R069",
    "ALI-E98",
    "ALI-E14",
    "ALI-R085",
    "ALI-E13",
    "ALI-R092",
    "ALI-R098",
    "ALI-R095",
    "ALI-R099",
    "ALI-R103",
    "ALI-R100",
    "ALI-R101",
    "ALI-R106",
    "ALI-R115",
    "ALI-R116",
)
"""Clauses for which the fake refuses what breaks them; for each, a mutant that does not is made."""

UNBREAKABLE: Final[Mapping[str, str]] = MappingProxyType({})
"""Why cases cannot fail on any mutant, by their ids, or by what these begin with."""


def _mutant(name: str, title: str, clauses: str, cases: str, **more: Any) -> Mutant:
    return mutant("aliyun", name, title, clauses, cases, **more)


MUTANTS: Final = (
    _mutant(
        "start_without_url",
        "StartAvatarSession gives no webSocketUrl.",
        "ALI-R024",
        "http.start.gives_session",
        faults=[remove("StartAvatarSession.response", "webSocketUrl")],
    ),
    _mutant(
        "channel_failed",
        "A channel fails.",
        "ALI-R113",
        "ws.channel.becomes_ready",
        channel_statuses=["FAIL"],
        witness=gave("channel_ready.response", where=lambda body: body["status"] == "FAIL"),
    ),
    _mutant(
        "interrupts_do_nothing",
        "An interrupt lets the answer go on.",
        "ALI-R096",
        "ws.interrupt.cuts_answer",
        patch="interrupts_do_nothing",
        witness=came("interrupt.request"),
    ),
)
