"""The cases about Guiji's servers: what they are, and that our own fake is as they want it, in either mode."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final, cast

import pytest

from avatarwire.codecs.ledger import STANDARD_ID
from avatarwire.conformance.engine.case import Case
from avatarwire.conformance.engine.derived import level_of
from avatarwire.conformance.guiji import server
from avatarwire.conformance.guiji.server import CASES
from avatarwire.fakeserver.guiji import FakeGuiji

from .endpoints import fake, judged

LEAST: Final = 110
SECTIONS: Final = {
    name: cast("tuple[Case[Any], ...]", module.CASES)
    for name, module in sorted(vars(server).items())
    if isinstance(module, ModuleType) and hasattr(module, "CASES")
}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_fake_is_as_cases_want_it(section: str) -> None:
    with fake() as running:
        results = judged(running, [case.id for case in SECTIONS[section]])
    assert {id_: result.observed for id_, result in results.items() if result.verdict != "ok"} == {}


def test_every_section_is_in_the_suite() -> None:
    assert set(CASES) == {case.id for cases in SECTIONS.values() for case in cases}


def test_a_fake_of_one_account_without_control_is_judged_as_far_as_that_goes() -> None:
    with FakeGuiji() as running:
        ids = ("guiji.http.token.given", "guiji.http.rooms.other_account", "guiji.http.token.before_start")
        found = {case_id: result.verdict for case_id, result in judged(running, ids).items()}
    assert found == dict(zip(ids, ("ok", "skipped", "skipped"), strict=True))


# --- what they are ---


def test_there_are_cases_enough() -> None:
    assert len(CASES) > LEAST


def test_a_case_binds_as_its_first_clause_does() -> None:
    assert {id_: case.level for id_, case in CASES.items() if case.level != bound_by(case.clauses[0])} == {}


def bound_by(clause: str) -> str | None:
    is_standard = STANDARD_ID.fullmatch(clause) and not clause.startswith(("GJ-", "AW-"))
    return "must" if is_standard else level_of("guiji", clause)


def test_what_is_said_of_a_case_is_one_sentence() -> None:
    assert [id_ for id_, case in CASES.items() if "\n" in case.title or not case.title.endswith((".", "!"))] == []
