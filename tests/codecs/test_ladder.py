"""The ladder: what components say of clauses, gathered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from avatarwire.codecs import ladder, ledger
from avatarwire.codecs.ladder import Standing, counted, gathered, sources


class Point:
    """An entry point."""

    def __init__(self, load: Callable[[], Any]) -> None:
        self.load = load


def says(**said: Any) -> ladder.Source:
    return lambda _vendor, _runs: said


def lacking() -> Any:
    raise ModuleNotFoundError("no h11")


def test_a_component_that_lacks_what_it_needs_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    source = says()
    groups: list[str] = []

    def points(group: str) -> list[Point]:
        groups.append(group)
        return [Point(lacking), Point(lambda: source)]

    monkeypatch.setattr(ladder, "entry_points", points)
    assert sources() == [source]
    assert groups == ["avatarwire.ledger"]


def test_sources_add_to_each_other_and_unknown_clauses_are_left_out() -> None:
    found = gathered(
        "aliyun",
        ["A", "B"],
        [
            says(A={"cases": ["x", "y"], "rungs": ["judged", "independent"]}),
            says(A={"cases": ["y", "z"], "rungs": ["sharp"]}, C={"cases": ["x"]}),
        ],
    )
    assert found == {"A": Standing(cases=("x", "y", "z"), rungs=("judged", "sharp", "independent")), "B": Standing()}
    assert (found["A"].rung, found["B"].rung) == ("independent", "stated")


def test_what_is_no_standing_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError):
        gathered("aliyun", ["A"], [says(A={"rungs": ["proven"]})])


def test_every_clause_is_stated_and_counts_on_each_rung_that_it_has_reached() -> None:
    clauses = list(ledger.clauses("aliyun").values())[:3]
    standings = {clause.id: Standing() for clause in clauses}
    standings[clauses[0].id] = Standing(rungs=("judged", "exercised"))
    assert counted(clauses, standings) == {
        "must": {"stated": 3, "judged": 1, "exercised": 1, "sharp": 0, "independent": 0}
    }
