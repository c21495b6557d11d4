"""A fake with everything that cases about Guiji need, and what cases say about one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from avatarwire.conformance.engine.case import Need
from avatarwire.conformance.engine.endpoint import Endpoint
from avatarwire.conformance.engine.result import CaseResult
from avatarwire.conformance.engine.running import Plan
from avatarwire.conformance.guiji.mutants import TUNABLES
from avatarwire.conformance.guiji.server import CASES
from avatarwire.conformance.judge import Wanted, run
from avatarwire.fakeserver.guiji import FakeGuiji

__all__ = ["ACCOUNTS", "fake", "judged"]

ACCOUNTS: Final = TUNABLES["accounts"]


def fake(**changes: Any) -> FakeGuiji:
    """A fake whose time can be moved, with accounts of every kind; `changes` are tunables of its scenario."""
    scenario: Mapping[str, Any] = {"server": {"clock": "virtual"}, "guiji": {"accounts": ACCOUNTS, **changes}}
    return FakeGuiji(scenario)


def judged(
    server: FakeGuiji, case_ids: Iterable[str] = (), *, workers: int = 4, patience: float = 20.0
) -> dict[str, CaseResult]:
    """What cases, all of them by default, say about a fake that runs, by id; `patience` are real seconds of silence."""
    control = {"url": server.control.url, "token": server.control.token}
    permissions: frozenset[Need] = frozenset({"invalid", "destructive", "billable"})
    endpoint = Endpoint("guiji", server.ready, control, permissions)
    cases = [CASES[case_id] for case_id in case_ids] or list(CASES.values())
    outcome = run(Wanted(endpoint, cases, Plan(workers=workers), patience=patience))
    return {result.id: result for result in outcome.results}
