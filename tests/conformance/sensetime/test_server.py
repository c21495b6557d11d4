"""The cases about SenseTime's servers against our own fake: all of them are ok; strict: `make nightly`."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, Final, cast

import pytest

from avatarwire.codecs import catalogue
from avatarwire.conformance.engine.case import Case
from avatarwire.conformance.engine.running import Plan
from avatarwire.conformance.sensetime import server
from avatarwire.conformance.sensetime.server import (
    CASES,
    creating,
    declarations,
    envelope,
    interactive,
    looking,
    microphone,
    questions,
    queueing,
    tokens,
)
from avatarwire.fakeserver.sensetime.scenario import AccountFixture
from tests.conformance.sensetime.judged import judged

SECTIONS: Final = tuple(
    module for _, module in sorted(vars(server).items()) if isinstance(module, ModuleType) and hasattr(module, "CASES")
)
SKIPPED: Final = {"sensetime.callback.signed"}
"""Cases that need what an endpoint is not described with by itself."""


def cases_of(section: ModuleType) -> tuple[Case[Any], ...]:
    return cast("tuple[Case[Any], ...]", section.CASES)


def wrong(results: dict[str, Any]) -> dict[str, str]:
    return {
        id_: f"{result.verdict}: {result.observed}"
        for id_, result in results.items()
        if result.verdict != ("skipped" if id_ in SKIPPED else "ok")
    }


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__.rpartition(".")[2])
def test_our_fake_passes(section: ModuleType, tmp_path: Path) -> None:
    # The case about all messages of a run has none when it is alone.
    before = cases_of(envelope) if section is declarations else ()
    assert wrong(judged(tmp_path, (*before, *cases_of(section)))) == {}


def test_every_section_is_in_the_suite() -> None:
    assert set(CASES) == {case.id for section in SECTIONS for case in cases_of(section)}


def test_callbacks_of_an_account_with_a_key_are_signed(tmp_path: Path) -> None:
    account = AccountFixture(app_id="app", app_key="app-key", auth_key="auth-key")
    results = judged(tmp_path, [CASES["sensetime.callback.signed"]], accounts=(account,), described={"auth_key": "x"})
    assert [result.verdict for result in results.values()] == ["ok"]


def test_a_slow_fake_passes(tmp_path: Path) -> None:
    slow = [case for section in (creating, looking) for case in cases_of(section)]
    assert wrong(judged(tmp_path, slow, initialising_seconds=0.1)) == {}


def test_without_anything_further_cases_are_skipped_not_failed(tmp_path: Path) -> None:
    bare = {"interactive_url": "", "app_key": ""}
    found = judged(tmp_path, [*cases_of(interactive), *cases_of(tokens)], described=bare)
    verdicts = {result.verdict for id_, result in found.items() if id_ != "sensetime.web.token"}
    assert verdicts == {"ok", "skipped"}


def test_a_case_has_the_level_of_its_clause() -> None:
    known = catalogue.vendor("sensetime").clauses

    def level_of(first: str) -> str:
        return known[first].level if first in known else "should" if first.startswith("ST-T-") else "must"

    assert [id_ for id_, case in CASES.items() if case.level != level_of(case.clauses[0])] == []
    cited = {clause for case in CASES.values() for clause in case.clauses}
    assert [each for each in cited if each not in known and not each.startswith(("RFC6455-", "ST-T-"))] == []


def test_forms_of_the_wire_do_not_matter(tmp_path: Path) -> None:
    some = [*cases_of(microphone)[:8], *cases_of(questions)[:4], *cases_of(queueing)[:6]]
    results = judged(tmp_path, some, plan=Plan(wire=("pairwise",)))
    assert {id_: result.differs for id_, result in results.items() if result.differs} == {}
