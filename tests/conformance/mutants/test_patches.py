"""Every patch of a fake does what its mutant says, and a case finds it: all cases are tried by `make mutants`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from avatarwire.conformance.mutants.registry import found
from avatarwire.conformance.mutants.running import tried
from avatarwire.conformance.suites import SUITES


def own(vendor: str) -> list[str]:
    """Mutants whose behaviour is patched by a function of their own."""
    return [id_ for id_, it in found(vendor).items() if it.patch and not it.patch.startswith("unchecked:")]


@pytest.mark.parametrize("id_", [id_ for vendor in SUITES for id_ in own(vendor)])
async def test_a_patch_is_seen_and_found(id_: str) -> None:
    mutant = found(id_.partition(".")[0])[id_]
    cases = mutant.cases
    for count in (2, len(cases)):  # the effect of some shows only after others
        result = await tried(replace(mutant, cases=cases[:count]))
        if result.killed:
            break
    assert (result.error, result.exercised, result.killed) == ("", True, True)
