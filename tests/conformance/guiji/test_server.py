"""The cases about Guiji's servers: what they are, and that our own fake is as they want it, in either mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from avatarwire.codecs.ledger import STANDARD_ID
from avatarwire.conformance.engine.derived import level_of
from avatarwire.conformance.engine.result import CaseResult
from avatarwire.conformance.guiji.server import CASES
from avatarwire.fakeserver.guiji import FakeGuiji

from .endpoints import fake, judged

Results = Mapping[str, CaseResult]

LEAST: Final = 110


@pytest.fixture(scope="module", params=[False, True], ids=["default", "strict"])
def results(request: pytest.FixtureRequest) -> Iterator[Results]:
    with fake(strict=request.param) as server:
        yield judged(server)


@pytest.mark.parametrize("case_id", CASES)
def test_the_fake_is_as_a_case_wants_it(results: Results, case_id: str) -> None:
    result = results[case_id]
    assert (result.verdict, result.unjudged) == ("ok", False), result.observed


def test_a_fake_of_one_account_without_control_is_judged_as_far_as_that_goes() -> None:
    with FakeGuiji() as server:
        ids = ("guiji.http.token.given", "guiji.http.rooms.other_account", "guiji.http.token.before_start")
        found = {case_id: result.verdict for case_id, result in judged(server, ids).items()}
    assert found == dict(zip(ids, ("ok", "skipped", "skipped"), strict=True))


# --- what they are ---


def test_there_are_cases_enough() -> None:
    assert len(CASES) > LEAST


@pytest.mark.parametrize("case_id", CASES)
def test_a_case_binds_as_its_first_clause_does(case_id: str) -> None:
    case = CASES[case_id]
    first = case.clauses[0]
    if STANDARD_ID.fullmatch(first) and not first.startswith(("GJ-", "AW-")):
        assert case.level == "must"
    else:
        assert level_of("guiji", first) == case.level


@pytest.mark.parametrize("case_id", CASES)
def test_what_is_said_of_a_case_is_one_line(case_id: str) -> None:
    case = CASES[case_id]
    assert "\n" not in case.title
    assert case.title.endswith((".", "!"))
