"""CTRF, held to a schema of what it says of the members that are in ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft7Validator

from avatarwire.conformance.report import WRITERS
from tests.conformance.report.samples import EMPTY, RESULTS, SUMMARY

SCHEMA: Final = json.loads(Path(__file__).with_name("ctrf_subset.json").read_bytes())
REPORT: Final[dict[str, Any]] = json.loads(WRITERS["ctrf"](RESULTS, SUMMARY))


@pytest.mark.parametrize("report", [REPORT, json.loads(WRITERS["ctrf"]((), EMPTY))])
def test_it_is_ctrf(report: dict[str, Any]) -> None:
    validator: Any = Draft7Validator(SCHEMA)
    validator.validate(report)


def test_each_verdict_has_a_status_and_stays_beside_it() -> None:
    found = {test["testId"]: (test["status"], test["rawStatus"]) for test in REPORT["results"]["tests"]}
    assert found == {
        "aliyun.http.start.gives_session": ("passed", "ok"),
        "aliyun.ws.header.unknown_biz_type": ("failed", "failed"),
        "aliyun.ws.order.advised": ("other", "non_strict"),
        "aliyun.ws.sample.seen": ("other", "informational"),
        "aliyun.ws.open.question": ("other", "informational"),
        "aliyun.http.list.missing": ("pending", "unimplemented"),
        "aliyun.ws.push.needs_control": ("skipped", "skipped"),
        "aliyun.ws.push.needs_control_too": ("skipped", "skipped"),
        "aliyun.ws.push.unreached": ("other", "unjudged"),
    }


def test_the_summary_counts_the_statuses() -> None:
    summary = REPORT["results"]["summary"]
    counted = {name: summary[name] for name in ("tests", "passed", "failed", "skipped", "pending", "other")}
    assert counted == {"tests": 9, "passed": 1, "failed": 1, "skipped": 2, "pending": 1, "other": 4}
    assert summary["stop"] - summary["start"] == summary["duration"] == 1500


def test_a_test_has_labels_and_steps() -> None:
    test = REPORT["results"]["tests"][1]
    assert test["labels"] == {
        "vendor": "aliyun", "side": "server", "level": "must", "clause": ["ALI-R082", "ALI-R024"],
    }  # fmt: skip
    assert {step["status"] for step in test["steps"]} == {"passed", "failed"}
    assert "\x00" not in test["message"]


def test_ids_are_the_same_in_every_run() -> None:
    again = json.loads(WRITERS["ctrf"](RESULTS, SUMMARY))
    assert [test["id"] for test in again["results"]["tests"]] == [test["id"] for test in REPORT["results"]["tests"]]
    assert len({test["id"] for test in again["results"]["tests"]}) == len(RESULTS)
