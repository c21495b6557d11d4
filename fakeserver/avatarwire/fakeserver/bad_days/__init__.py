"""Bad days: what goes wrong together, by name, as data. Each is rules of faults, toxics and tunables of a scenario.

    with FakeAliyun(bad_day="throttled-start") as fake: ...

The first rule that matches acts; of two days, the rules apply in the order given. The days are in `known.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from avatarwire.fakeserver.bad_days.day import BadDay, Part
from avatarwire.fakeserver.bad_days.known import BAD_DAYS
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.scenario.types import nearest

__all__ = ["BAD_DAYS", "BadDay", "Part", "by_vendor", "day", "parts_of"]


def day(name: str) -> BadDay:
    """A bad day by its name.

    Raises:
        FakeServerError: there is none; names the nearest.
    """
    if name not in BAD_DAYS:
        meant = nearest(name, BAD_DAYS)
        hint = f"did you mean {meant}?" if meant else f"there are: {', '.join(BAD_DAYS)}"
        raise FakeServerError(f"there is no bad day {name}; {hint}")
    return BAD_DAYS[name]


def by_vendor(names: str | Sequence[str], served: Collection[str]) -> dict[str, list[str]]:
    """Which of some bad days each of several vendors has.

    Args:
        names: one, or several.
        served: the vendors.

    Raises:
        FakeServerError: there is no such day, or none of the vendors has it.
    """
    found: dict[str, list[str]] = {vendor: [] for vendor in served}
    for name in [names] if isinstance(names, str) else names:
        known = day(name)
        concerned = [vendor for vendor in served if vendor in known.parts]
        if not concerned:
            raise FakeServerError(f"the bad day {name} is one of {', '.join(known.parts)}, not of {', '.join(served)}")
        for vendor in concerned:
            found[vendor].append(name)
    return found


def parts_of(names: str | Sequence[str], vendor: str) -> list[Part]:
    """What bad days mean to a vendor, in the order given.

    Args:
        names: one, or several.
        vendor: whose.

    Raises:
        FakeServerError: there is no such day, or the vendor has none of that name.
    """
    found: list[Part] = []
    for name in [names] if isinstance(names, str) else names:
        known = day(name)
        if vendor not in known.parts:
            raise FakeServerError(f"the bad day {name} is none of {vendor}, but of {', '.join(known.parts)}")
        found.append(known.parts[vendor])
    return found
