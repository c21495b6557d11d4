"""From what a case raises to a verdict."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.conformance.engine.case import Case, Differs, NotJudged, Skip, Suite, Unimplemented
from avatarwire.conformance.engine.judging import Judgement, judged, worst
from avatarwire.conformance.engine.stream import Ended
from avatarwire.conformance.engine.web_socket import Refused


@pytest.mark.parametrize(
    ("level", "strict", "verdict"),
    [
        ("must", False, "failed"), ("must", True, "failed"), ("should", False, "non_strict"),
        ("should", True, "failed"), ("observed", True, "informational"), ("ambiguous", True, "informational"),
    ],
)  # fmt: skip
def test_a_difference_weighs_as_much_as_its_level(level: Any, strict: bool, verdict: Any) -> None:
    found = judged(level, Differs(["a", "b"], "c"), strict=strict)
    assert found == Judgement(verdict, ("a", "b"), "c")


@pytest.mark.parametrize(
    ("raised", "judgement"),
    [
        (None, Judgement("ok")),
        (Skip("no control"), Judgement("skipped", observed="no control")),
        (Ended("the connection is closed"), Judgement("failed", observed="the connection is closed")),
        (Refused(401, b"no"), Judgement("failed", observed="the handshake is refused: 401 no")),
        (Unimplemented("501"), Judgement("unimplemented", observed="501")),
        (NotJudged("gone"), Judgement("skipped", observed="gone", unjudged=True)),
        (KeyError("x"), Judgement("skipped", observed="the case itself broke: KeyError('x')", unjudged=True)),
    ],
)
def test_what_else_a_case_may_raise(raised: Exception | None, judgement: Judgement) -> None:
    assert judged("must", raised) == judgement


def test_the_worst_of_several_counts() -> None:
    verdicts: list[Any] = ["ok", "informational", "failed", "non_strict"]
    assert worst([Judgement(each) for each in verdicts]).verdict == "failed"
    assert worst([Judgement("skipped"), Judgement("ok")]).verdict == "ok"


async def nothing(bench: object) -> None:
    del bench


@pytest.mark.parametrize("case_id", ["aliyun", "aliyun.http", "Aliyun.http.x", "aliyun.http.1", "aliyun..x.y", ""])
def test_an_id_has_a_vendor_an_area_and_a_name_and_no_numbers_of_order(case_id: str) -> None:
    with pytest.raises(ValueError, match="is no id of a case"):
        Case(case_id, "t", ("ALI-R001",), nothing)


def test_a_case_names_its_clauses_and_an_id_is_used_once() -> None:
    with pytest.raises(ValueError, match="at least one clause"):
        Case("aliyun.http.x", "t", (), nothing)
    case = Case("aliyun.http.x", "t", ("ALI-R001",), nothing)
    with pytest.raises(ValueError, match=r"two cases are called aliyun\.http\.x"):
        Suite([case, case])
