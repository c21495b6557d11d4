"""SARIF, held to a schema of what it and code scanning say of the members that are in ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft7Validator

from avatarwire.conformance.report import WRITERS
from tests.conformance.report.samples import EMPTY, RESULTS, SUMMARY

SCHEMA: Final = json.loads(Path(__file__).with_name("sarif_subset.json").read_bytes())
REPORT: Final[dict[str, Any]] = json.loads(WRITERS["sarif"](RESULTS, SUMMARY))
[RUN] = REPORT["runs"]


@pytest.mark.parametrize("report", [REPORT, json.loads(WRITERS["sarif"]((), EMPTY))])
def test_it_is_sarif(report: dict[str, Any]) -> None:
    validator: Any = Draft7Validator(SCHEMA)
    validator.validate(report)


def test_each_case_that_differs_is_a_result_of_its_first_clause() -> None:
    found = [(result["ruleId"], result["level"], result["properties"]["case"]) for result in RUN["results"]]
    assert found == [
        ("ALI-R082", "error", "aliyun.ws.header.unknown_biz_type"),
        ("ALI-R076", "warning", "aliyun.ws.order.advised"),
        ("ALI-R004", "note", "aliyun.ws.sample.seen"),
        ("ALI-E67", "note", "aliyun.ws.open.question"),
        ("ALI-R028", "note", "aliyun.http.list.missing"),
    ]


def test_the_index_of_a_rule_is_that_of_its_id() -> None:
    rules = RUN["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in RUN["results"]] == [
        result["ruleId"] for result in RUN["results"]
    ]


def test_a_place_has_no_case_and_no_machine_in_it() -> None:
    [location] = RUN["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "aliyun/ws/header"}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "aliyun.ws.header.unknown_biz_type"


def test_fingerprints_tell_cases_apart_and_runs_not() -> None:
    def prints(report: dict[str, Any]) -> list[dict[str, str]]:
        return [result["partialFingerprints"] for result in report["runs"][0]["results"]]

    assert prints(REPORT) == prints(json.loads(WRITERS["sarif"](RESULTS, EMPTY)))
    assert len({json.dumps(each) for each in prints(REPORT)}) == len(RUN["results"])


def test_what_could_not_be_judged_is_about_the_run() -> None:
    [invocation] = RUN["invocations"]
    assert not invocation["executionSuccessful"]
    [notification] = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "aliyun.ws.push.unreached: connection refused"
