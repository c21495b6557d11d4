"""The kill matrix: what survives, what finds nothing, and what that says of clauses."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from avatarwire.conformance.mutants.matrix import Matrix, matrix_of, sharp
from avatarwire.conformance.mutants.reports import WRITERS
from avatarwire.conformance.mutants.running import Tried, TriedCase


def case(name: str, verdict: str = "failed", *, witnessed: bool = True, clauses: tuple[str, ...] = ("A",)) -> TriedCase:
    return TriedCase(id=f"v.{name}", verdict=verdict, observed="=1+1", witnessed=witnessed, clauses=clauses)


def tried(name: str, *cases: TriedCase, clauses: tuple[str, ...] = ("A",), **more: Any) -> Tried:
    return Tried(id=f"v.{name}", vendor="v", title=f"It is {name}.", clauses=clauses, cases=cases, **more)


KILLED = tried("killed", case("one"), case("two", "ok"))
ADVISED = tried("advised", case("two", "non_strict"))
SURVIVES = tried("survives", case("one", "ok"))
UNSEEN = tried("unseen", case("one", witnessed=False))
OTHER_CLAUSE = tried("other", case("one", clauses=("B",)))
BROKEN = tried("broken", error="FakeServerError: no")
ALL = (KILLED, ADVISED, SURVIVES, UNSEEN, OTHER_CLAUSE, BROKEN)
CASES = ("v.one", "v.two", "v.three", "v.many.four", "v.five")
REASONS = {"v.three": "It is about what is not there.", "v.many.": "They only look."}


def matrix(*mutants: Tried, whole: bool = True) -> Matrix:
    return matrix_of("v", mutants, CASES, REASONS, whole=whole)


def test_what_became_of_mutants() -> None:
    found = matrix(*ALL)
    assert [it.id for it in found.exercised] == ["v.killed", "v.advised", "v.survives", "v.other"]
    assert [it.id for it in found.survivors] == ["v.survives", "v.other"]
    assert [it.id for it in found.idle] == ["v.unseen"]
    assert [it.id for it in found.broken] == ["v.broken"]
    assert found.counts == "6 mutants, 4 exercised, 2 killed, 2 of 5 cases find one, 1 clauses sharp"


def test_what_was_not_seen_is_never_killed() -> None:
    assert (UNSEEN.exercised, UNSEEN.killed) == (False, False)
    assert matrix(UNSEEN).cases["v.one"] == ()
    assert sharp([UNSEEN]) == frozenset()


def test_what_a_case_of_another_clause_finds_survives() -> None:
    assert (OTHER_CLAUSE.exercised, OTHER_CLAUSE.killed) == (True, False)
    assert sharp([OTHER_CLAUSE]) == frozenset()


def test_cases_that_find_none_need_a_reason() -> None:
    found = matrix(KILLED)
    assert found.cases["v.one"] == ("v.killed",)
    assert found.reasons == {
        "v.two": "", "v.three": "It is about what is not there.", "v.many.four": "They only look.", "v.five": "",
    }  # fmt: skip
    assert found.blunt == ["v.two", "v.five"]
    assert matrix(KILLED, whole=False).blunt == []


def test_what_should_not_be() -> None:
    assert matrix(*ALL).objections() == [
        "survived v.survives: It is survives. [A]",
        "survived v.other: It is other. [A]",
        "could not be tried v.broken: FakeServerError: no",
        "fails on no mutant, and nobody says why: v.five",
    ]


def test_a_clause_is_sharp_when_a_case_of_it_finds_a_mutant_of_it() -> None:
    assert sharp([tried("both", case("one", clauses=("A", "B", "C")), clauses=("A", "B"))]) == {"A", "B"}


def test_as_json() -> None:
    found = json.loads(WRITERS["json"](matrix(*ALL)))
    assert found["clauses_sharp"] == ["A"]
    assert {it["id"]: (it["exercised"], it["killed"]) for it in found["mutants"]}["v.killed"] == (True, True)
    assert found["cases"]["v.two"] == ["v.advised"]


def test_as_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(WRITERS["csv"](matrix(*ALL)).decode())))
    assert rows[0] == {
        "mutant": "v.killed", "clauses": "A", "exercised": "true", "killed": "true", "case": "v.one",
        "verdict": "failed", "witnessed": "true", "observed": "'=1+1",
    }  # fmt: skip
    assert len(rows) == sum(len(it.cases) for it in ALL)


def test_as_a_page() -> None:
    text = WRITERS["html"](matrix(*ALL)).decode()
    for word in ("v.survives", "survived", "not exercised", "could not be tried", "They only look.", "nobody says"):
        assert word in text
    assert "Nothing." in WRITERS["html"](matrix_of("v", [KILLED], ["v.one"], {})).decode()
