"""Our drivers keep to every case about clients."""

from __future__ import annotations

import pytest

from avatarwire.conformance.probing.drivers import Driver
from avatarwire.conformance.suites import SUITES
from tests.conformance.driving import driver_judged
from tests.conformance.recording import wrong


@pytest.mark.parametrize("vendor", SUITES)
def test_a_driver_is_as_cases_want_it(vendor: str) -> None:
    outcome = driver_judged(vendor)
    assert wrong(outcome.results) == []
    assert outcome.summary.verdicts["ok"] >= outcome.summary.cases // 2


def test_a_driver_that_does_not_end_well_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Driver.stop

    async def failing(self: Driver) -> None:
        await stop(self)
        raise RuntimeError("the end is wrong")

    monkeypatch.setattr(Driver, "stop", failing)
    found = wrong(driver_judged("guiji").results)
    assert [line for line in found if "the end is wrong" in line] != []
