"""Fakes that are broken in one way each, with the cases that have to find that (`mutants/mutant.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ...mutants.mutant import Mutant
from . import broker, calls, requests, stock, telling

__all__ = ["MUTANTS", "REFUSED", "TUNABLES", "UNBREAKABLE"]

TUNABLES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "accounts": (
            {"app_id": "fake-app-id", "app_secret": "fake-app-secret"},
            {
                "app_id": "other-app-id",
                "app_secret": "other-app-secret",
                "number": "2000002",
                "mqtt_user": "other-mqtt-user",
                "mqtt_password": "other-mqtt-password",
            },
            {"app_id": "early-app-id", "app_secret": "early-app-secret", "start_time": "2090-01-01 00:00:00"},
            {"app_id": "late-app-id", "app_secret": "late-app-secret", "end_time": "2020-06-01 00:00:00"},
        )
    }
)
"""Without which some cases cannot be tried."""

REFUSED: Final = (
    "GJ-R003",
    "GJ-R001",
    "GJ-R002",
    "GJ-R024",
    "GJ-E17",
    "GJ-E16",
    "GJ-R026",
    "GJ-R027",
    "GJ-R036",
    "GJ-R037",
    "GJ-R039",
    "GJ-E19",
    "GJ-R004",
    "GJ-R030",
    "GJ-R031",
    "GJ-R032",
    "GJ-R035",
    "GJ-R040",
    "GJ-R045",
    "GJ-R051",
    "GJ-R047",
    "GJ-R048",
    "GJ-R053",
    "GJ-R059",
    "GJ-R069",
    "GJ-E51",
    "GJ-R005",
    "GJ-R064",
    "GJ-R046",
    "GJ-R049",
    "GJ-R061",
    "GJ-R070",
    "GJ-R104",
    "GJ-E78",
    "GJ-E64",
    "GJ-R075",
    "GJ-R074",
    "GJ-R076",
    "GJ-R079",
    "GJ-R124",
    "GJ-R085",
    "GJ-R084",
    "GJ-R086",
    "GJ-R088",
    "GJ-E67",
    "GJ-E66",
    "GJ-R099",
    "GJ-R107",
    "GJ-R090",
    "GJ-R091",
    "GJ-R093",
    "GJ-R096",
    "GJ-R092",
    "GJ-R095",
    "GJ-E72",
    "GJ-R101",
    "GJ-E69",
    "GJ-R052",
    "GJ-R103",
    "GJ-E75",
    "GJ-R083",
    "GJ-R105",
    "GJ-E77",
    "GJ-R106",
    "GJ-E76",
    "GJ-R108",
    "GJ-E83",
    "GJ-R109",
    "GJ-R113",
    "GJ-R110",
    "GJ-R111",
    "GJ-E65",
    "GJ-R094",
    "GJ-R097",
    "GJ-E73",
    "GJ-E71",
)
"""Clauses for which the fake refuses what breaks them; for each, a mutant that does not is made."""

UNBREAKABLE: Final[Mapping[str, str]] = MappingProxyType({})
"""Why cases cannot fail on any mutant, by their ids, or by what these begin with."""

MUTANTS: Final[tuple[Mutant, ...]] = (
    *calls.MUTANTS,
    *stock.MUTANTS,
    *broker.MUTANTS,
    *requests.MUTANTS,
    *telling.MUTANTS,
)
"""All of them."""
