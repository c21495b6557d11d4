"""Some cases against a fake of this process, right or with a bug planted. Only what these tests share lives here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from avatarwire.conformance.engine.callbacks import free_port
from avatarwire.conformance.engine.case import Case
from avatarwire.conformance.engine.endpoint import from_ready_file
from avatarwire.conformance.engine.result import CaseResult
from avatarwire.conformance.engine.running import Plan
from avatarwire.conformance.judge import Wanted, run
from avatarwire.fakeserver import VirtualClock
from tests.conformance.endpoints import running

__all__ = ["judged"]


def judged(
    folder: Path,
    cases: Iterable[Case[Any]],
    *,
    patience: float = 5.0,
    plan: Plan | None = None,
    described: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, CaseResult]:
    """The results by case, against a fake on a virtual clock whose callbacks are heard.

    Args:
        folder: for its ready file.
        cases: which.
        patience: real seconds of silence to bear.
        plan: how they are carried out.
        described: further values of the endpoint's description.
        options: of the fake.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}/callbacks"
    with running("sensetime", folder, clock=VirtualClock(), callback_url=url, **options) as (_, file):
        found = from_ready_file("sensetime", file)
        endpoint = replace(
            found,
            values={**found.values, **(described or {})},
            permissions=frozenset({"invalid", "destructive", "billable"}),
        )
        wanted = Wanted(endpoint, list(cases), plan or Plan(), patience, callbacks=("127.0.0.1", port))
        return {result.id: result for result in run(wanted).results}
