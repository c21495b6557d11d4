"""Our drivers keep to every case about clients. The one that waits for a minute is judged by `make conform`."""

from __future__ import annotations

import pytest

from avatarwire.conformance.engine.running import Plan
from avatarwire.conformance.judge import WantedOfClient, run_client
from avatarwire.conformance.suites import SUITES
from tests.conformance.recording import DRIVERS, wrong

SLOW = ("sensetime.client.talk.beats",)


@pytest.mark.parametrize("vendor", SUITES)
def test_a_driver_is_as_cases_want_it(vendor: str) -> None:
    cases = [case for id_, case in SUITES[vendor].client.items() if id_ not in SLOW]
    outcome = run_client(WantedOfClient(vendor, DRIVERS, cases, Plan(side="client", workers=8)))
    assert wrong(outcome.results) == []
    assert outcome.summary.verdicts["ok"] >= len(cases) // 2
