"""The last case: over the whole run nothing that came broke its declaration."""

from __future__ import annotations

from typing import Final

from ...engine.bench import expect
from ..bench import SenseTimeBench
from ..case import SenseTimeCase, case
from ..verifying import binds

__all__ = ["CASES"]

_MOST: Final = 5


async def all_declared(bench: SenseTimeBench) -> None:
    wrong = [f"{each.message} in {each.case_id}: {each.error}" for each in bench.run.invalid if binds(each.error)]
    expect(not wrong, "messages as they are declared", "; ".join(wrong[:_MOST]))


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case(
        "any.messages.declared",
        "No message of the endpoint breaks its declaration.",
        ("ST-NET-05",),
        all_declared,
        alone=True,
    ),
)
