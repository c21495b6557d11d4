"""What a vendor's fake makes of its constructor's arguments: its table of the scenario, its clock, where ids come from.

Only what all vendors share of that lives here. What the table holds is declared by the vendor.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast, get_args

from msgspec import structs

from avatarwire.fakeserver import vendors
from avatarwire.fakeserver.authority import Authority
from avatarwire.fakeserver.clock import Clock, VirtualClock
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.jumping_clock import JumpingClock
from avatarwire.fakeserver.scenario import (
    ScenarioError,
    ScenarioTable,
    ServerTable,
    Source,
    resolve,
    server_table,
)
from avatarwire.fakeserver.scenario.table import ClockKind, checked_table
from avatarwire.fakeserver.scenario.types import nearest

__all__ = ["Settings", "clock_of", "settle", "shares_secret", "tables"]

Table = TypeVar("Table", bound=ScenarioTable)


@dataclass(frozen=True, slots=True)
class Settings(Generic[Table]):
    """What a fake runs on.

    Attributes:
        scenario: the vendor's table, the changes made.
        clock: as given, or a virtual one where the scenario wants that; None for real time.
        rng: where ids come from.
        seed: of everything that happens by chance.
        tls: whether there are to be throwaway certificates, or of which authority.
    """

    scenario: Table
    clock: Clock | None
    rng: random.Random
    seed: int
    tls: bool | Authority


def tables() -> tuple[str, ...]:
    """Tables that a scenario file may have beside ``[server]``: one for each vendor."""
    return tuple(vendors.VENDORS)


def settle(
    source: Table | Source,
    vendor: str,
    table: type[Table],
    changes: Mapping[str, object],
    *,
    clock: Clock | ClockKind | None = None,
    seed: int | None = None,
    tls: bool | Authority | None = None,
    own_tls: object = None,
) -> Settings[Table]:
    """Settles what a fake runs on; what is given goes before table ``[server]`` of the source.

    Args:
        source: a table, or a scenario file or mapping with tables for several fakes.
        vendor: name of the table.
        table: type of the table.
        changes: tunables by name.
        clock: the clock, if the caller has one, or the word for one, as in the scenario.
        seed: of the ids; None for what the scenario says, or else different ones every time.
        tls: whether there are to be throwaway certificates; None for what the scenario says.
        own_tls: what the caller serves TLS with, which goes before the scenario, too; None for nothing.

    Raises:
        ScenarioError: the scenario or a change is wrong; the error names the key.
    """
    kind = _kind_of(clock)
    if seed is not None:
        seed = checked_table({"seed": seed}, ServerTable, "keywords", "").seed
    common = server_table(source, others=tables())
    if common.strict:
        changes = {"strict": True, **changes}
    chosen_clock = clock_of(common.clock if kind is None else kind) if isinstance(clock, str | None) else clock
    others = ("server", *(name for name in tables() if name != vendor))
    scenario = resolve(source, vendor, table, changes, others=others)
    if names := getattr(scenario, "bad_day", ()):
        scenario = _on_bad_days(source, vendor, table, changes, names, others)
    chosen = common.seed if seed is None else seed
    if chosen is None:
        chosen = random.SystemRandom().randrange(2**63)
    if tls is None:
        tls = common.tls and own_tls is None
    return Settings(scenario, chosen_clock, random.Random(chosen), chosen, tls)  # noqa: S311 - ids, not secrets


def _kind_of(clock: object) -> str | None:
    """The word for a clock that was given; None for a clock itself, and for none."""
    has_time = all(callable(getattr(clock, name, None)) for name in ("now", "call_later"))
    if clock is None or (has_time and not isinstance(clock, type)):
        return None
    kinds = get_args(ClockKind)
    if isinstance(clock, str) and clock in kinds:
        return clock
    text = repr(clock)[:60]
    meant = nearest(clock, kinds) if isinstance(clock, str) else ""
    reason = f"expected a Clock, such as VirtualClock(), or {_listed(kinds)}, got {text}"
    raise ScenarioError("keywords", "clock", reason, meant)


def _listed(words: Sequence[str]) -> str:
    """Words of a scenario as a sentence has them: ``"a", "b" or "c"``."""
    *others, last = [f'"{word}"' for word in words]
    return f"{', '.join(others)} or {last}" if others else last


def clock_of(kind: str, start: float | None = None) -> Clock | None:
    """The clock that table ``[server]`` wants; None for real time.

    Args:
        kind: as there.
        start: seconds since the epoch at which it starts; None for where virtual clocks start.
    """
    begins = VirtualClock().now() if start is None else start
    if kind == "jump":
        return JumpingClock(begins)
    return VirtualClock(begins) if kind == "virtual" else None


def _on_bad_days(
    source: Table | Source,
    vendor: str,
    table: type[Table],
    changes: Mapping[str, object],
    names: str | Sequence[str],
    others: Collection[str],
) -> Table:
    """The table with what goes wrong on bad days: their settings, and their rules behind its own."""
    from avatarwire.fakeserver.bad_days import parts_of

    try:
        parts = parts_of(names, vendor)
    except FakeServerError as error:
        raise ScenarioError("", f"{vendor}.bad_day", str(error)) from None
    settings: dict[str, object] = {}
    for part in parts:
        settings |= part.settings
    scenario = resolve(source, vendor, table, {**settings, **changes}, others=others)
    own: Any = scenario
    more: Any = {
        name: (*getattr(own, name), *(rule for part in parts for rule in getattr(part, name)))
        for name in ("faults", "toxics")
    }
    return cast("Table", structs.replace(own, **more))


def shares_secret(scenario: ScenarioTable, name: str) -> bool:
    """Whether an account of a scenario has a secret that every copy of this package has.

    Args:
        scenario: a vendor's table.
        name: what the secret of an account is called.
    """
    own, default = (
        {getattr(account, name) for account in cast("Any", table).accounts} for table in (scenario, type(scenario)())
    )
    return not own.isdisjoint(default)
