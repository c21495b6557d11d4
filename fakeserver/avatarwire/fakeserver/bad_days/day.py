"""What a bad day is: rules of faults, toxics and tunables of a scenario, by vendor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.toxics import Toxic

__all__ = ["BadDay", "Part"]


@dataclass(frozen=True, slots=True)
class Part:
    """A bad day of one vendor.

    Attributes:
        faults: rules, in order.
        toxics: of the network.
        settings: tunables of the scenario, by name.
    """

    faults: Sequence[Fault] = ()
    toxics: Sequence[Toxic] = ()
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class BadDay:
    """A bad day.

    Attributes:
        name: such as ``throttled-start``.
        text: what goes wrong, one line.
        advice: what a good client does.
        parts: how, by vendor.
    """

    name: str
    text: str
    advice: str
    parts: Mapping[str, Part]
