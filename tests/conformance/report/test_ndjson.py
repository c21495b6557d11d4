"""NDJSON, read by the JSON of the standard library; it is all that the other forms are made of."""

from __future__ import annotations

import json

from avatarwire.conformance.report import WRITERS, ndjson
from tests.conformance.report.samples import RESULTS, SUMMARY

REPORT = WRITERS["ndjson"](RESULTS, SUMMARY)


def test_one_line_a_case_and_a_summary() -> None:
    lines = [json.loads(line) for line in REPORT.splitlines()]
    assert [line["type"] for line in lines] == ["case"] * len(RESULTS) + ["summary"]
    first = lines[0]
    assert (first["id"], first["verdict"], first["clauses"]) == (
        "aliyun.http.start.gives_session", "ok", ["ALI-R024"],
    )  # fmt: skip


def test_what_is_read_again_makes_the_same_reports() -> None:
    results, summary = ndjson.read(REPORT)
    assert summary is not None
    for write in WRITERS.values():
        assert write(results, summary) == write(RESULTS, SUMMARY)


def test_a_report_that_is_cut_has_no_summary() -> None:
    results, summary = ndjson.read(REPORT[: REPORT.rindex(b"\n", 0, -1) + 1])
    assert (len(results), summary) == (len(RESULTS), None)
