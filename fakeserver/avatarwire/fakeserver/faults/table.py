"""What every vendor's table of a scenario says about faults."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.scenario import ScenarioTable
from avatarwire.fakeserver.toxics import Toxic

__all__ = ["FaultyTable"]


class FaultyTable(ScenarioTable, kw_only=True, frozen=True):
    """Base of the table of each vendor."""

    faults: Annotated[
        tuple[Fault, ...],
        Meta(description="rules by which messages suffer (docs/faults.md)"),
    ] = ()
    bad_day: Annotated[
        str | tuple[str, ...], Meta(description="what goes wrong together, by name (avatarwire bad-days)")
    ] = ()
    toxics: Annotated[tuple[Toxic, ...], Meta(description="what is wrong with the network (docs/faults.md)")] = ()
