"""The case that every vendor has at its end: over the whole run, no message of the endpoint broke its declaration.

Each message is read strictly as it is recorded, whatever the case at hand is about; what breaks a documented variant
only, or a clause that does not bind, does not count.
"""

from __future__ import annotations

from typing import Final

from .bench import Bench, expect
from .case import Skip
from .derived import level_of

__all__ = ["declared"]

_MOST: Final = 5
_BINDING: Final = ("must", "should")


async def declared(bench: Bench) -> None:
    """Tries it.

    Raises:
        Skip: no message of the endpoint was read.
        Differs: some are not as they are declared; the first of them are named.
    """
    run = bench.run
    if not run.read:
        raise Skip("no message of the endpoint that is declared has come")
    vendor = run.endpoint.vendor
    found = [
        f"{each.message} in {each.case_id}: {each.error}"
        for each in run.invalid
        if each.error.clause and level_of(vendor, each.error.clause) in _BINDING
    ]
    expect(not found, "messages that are all as they are declared", "; ".join(found[:_MOST]))
