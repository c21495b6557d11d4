"""What a vendor may do otherwise, as far as it is not said by the catalogue: pushes, codes, tunables, and what is said.

Each vendor's own are in its `adversary.py`; only the form lives here, and how they are found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final, Literal, TypeAlias

from ..suites import SUITES
from .plan import Act

__all__ = ["LEVELS", "Allowed", "Freedoms", "Option", "Push", "freedoms_of"]

Allowed: TypeAlias = Literal["documented", "errata", "faults", "hostile"]
LEVELS: Final[tuple[Allowed, ...]] = ("documented", "errata", "faults", "hostile")
"""What a vendor is allowed, each with all before it."""


@dataclass(frozen=True, slots=True)
class Push:
    """Something that the server says of its own accord, and what it says has happened.

    Attributes:
        command: of the fake, which does it; empty where the message is all there is.
        arguments: of that, beside the session.
        clause: that documents it.
        unknown: clauses that a client breaks through no fault of its own which the message has not reached, or late.
    """

    command: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    clause: str = ""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """Other values of a tunable of the fake, which the document leaves open or permits.

    Attributes:
        name: of the tunable.
        values: others than the default.
        clause: that documents them, or leaves it open.
        allowed: from which level on they are.
    """

    name: str
    values: tuple[Any, ...]
    clause: str
    allowed: Allowed = "documented"


@dataclass(frozen=True, slots=True)
class Freedoms:
    """What a vendor may do otherwise, and what is talked of with its fake.

    Attributes:
        pushes: by what the message is known by.
        flows: what a client is told to do, by the name of the flow.
        kept_from: clauses that nobody can keep to where such a message is refused, late or lost; ``*.request`` stands
            for any call that is refused in the place of the vendor's own answer.
        refusals: codes with which any call may be refused, as documented.
        tunables: of the fake, always.
        pace: of the fake where time is real: nobody likes to wait.
        options: of the fake.
        key: member by which a session is known under which the vendor gives it again; empty where there is none.
        late: seconds by which an answer may be late, as documented.
    """

    pushes: Mapping[str, Push]
    flows: Mapping[str, tuple[Act, ...]]
    kept_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    refusals: tuple[int | str, ...] = ()
    tunables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pace: Mapping[str, Any] = field(default_factory=dict[str, Any])
    options: tuple[Option, ...] = ()
    key: str = ""
    late: float = 5.0


def freedoms_of(vendor: str) -> Freedoms:
    """Those of a vendor."""
    found: Freedoms = import_module(f"{SUITES[vendor].package}.adversary").FREEDOMS
    return found
