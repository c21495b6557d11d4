"""Every case about Aliyun's servers is ok with our own fake, and binds as the ledger says; strict: `make nightly`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from avatarwire.codecs import catalogue
from avatarwire.conformance.engine.endpoint import Endpoint
from avatarwire.conformance.engine.running import Plan
from avatarwire.conformance.judge import Wanted, run
from avatarwire.conformance.suites import SUITES
from tests.conformance.aliyun.places import judged_fake

CASES: Final = SUITES["aliyun"].server
FLOWS: Final = "aliyun.any"
"""Beside the flows, there is the case about all messages of a run: alone it has none."""
GROUPS: Final = list(dict.fromkeys(FLOWS if id_.startswith(FLOWS) else ".".join(id_.split(".")[:3]) for id_ in CASES))
"""Transport and area, such as ``aliyun.ws.text``."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder: Path = tmp_path_factory.mktemp("fake")
    with judged_fake(folder) as (_, found):
        yield found


@pytest.mark.parametrize("group", GROUPS)
def test_our_own_fake_is_as_the_cases_require(endpoint: Endpoint, group: str) -> None:
    cases = [case for case_id, case in CASES.items() if case_id.startswith(f"{group}.")]
    results = run(Wanted(endpoint, cases)).results
    assert {result.id: result.observed for result in results if result.verdict != "ok"} == {}
    invalid = {result.id: each.invalid for result in results for each in result.evidence if each.invalid}
    assert invalid == {}


@pytest.mark.parametrize("form", ["fragmented", "byte_at_a_time", "key_order", "unknown_members", "header_case"])
def test_the_form_of_the_wire_does_not_matter(endpoint: Endpoint, form: str) -> None:
    names = (
        "aliyun.any.flow.document",
        "aliyun.any.flow.java_sample",
        "aliyun.ws.audio.silent",
        "aliyun.ws.text.message_id",
    )
    results = run(Wanted(endpoint, [CASES[name] for name in names], Plan(wire=(form,)))).results
    assert [(result.verdict, result.differs) for result in results] == [("ok", ())] * len(names)


def test_there_are_cases_of_every_level() -> None:
    assert len(CASES) > 600
    assert {case.level for case in CASES.values()} == {"must", "should", "observed", "ambiguous"}


def test_a_case_is_as_binding_as_its_first_clause() -> None:
    ledger = catalogue.vendor("aliyun").clauses
    known = {case_id: case for case_id, case in CASES.items() if case.clauses[0] in ledger}
    assert [id_ for id_, case in known.items() if case.level != ledger[case.clauses[0]].level] == []
    others = {case_id: case.clauses[0] for case_id, case in CASES.items() if case_id not in known}
    assert [id_ for id_, first in others.items() if not first.startswith(("ALI-T-", "RFC6455-", "ACS3"))] == []
    assert [case_id for case_id, case in CASES.items() if not case.title.endswith(".")] == []


def test_a_declaration_that_is_broken_anywhere_is_seen_at_the_end(tmp_path: Path) -> None:
    names = ("aliyun.ws.text.question", "aliyun.any.messages.declared")
    with judged_fake(tmp_path) as (fake, found):
        fake.faults.add(message="text_drive.response", do="set", fields={"success": "yes"})
        results = run(Wanted(found, [CASES[name] for name in names], patience=0.5)).results
    assert results[1].verdict == "failed"
    assert "text_drive.response in aliyun.ws.text.question" in results[1].observed
