"""NDJSON, read by the JSON of the standard library; it is all that the other forms are made of."""

from __future__ import annotations

import json

from avatarwire.conformance.report import WRITERS, ndjson
from tests.conformance.engine.results import result, summary
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
    results, end = ndjson.read(REPORT)
    assert end is not None
    for write in WRITERS.values():
        assert write(results, end) == write(RESULTS, SUMMARY)


def test_a_report_that_is_cut_has_no_summary() -> None:
    results, end = ndjson.read(REPORT[: REPORT.rindex(b"\n", 0, -1) + 1])
    assert (len(results), end) == (len(RESULTS), None)


ENDS = "a\x7fb\x85c\u2028d\u2029e\x1cf\ng"


def test_no_text_ends_a_line() -> None:
    data = ndjson.written([result(observed=ENDS)], summary())
    first, second = data.decode().splitlines()
    assert (json.loads(first)["observed"], json.loads(second)["type"]) == (ENDS, "summary")
    assert ndjson.read(data)[0][0].observed == ENDS


def test_what_is_usual_is_left_out() -> None:
    (line, _) = ndjson.written([result()], summary()).splitlines()
    assert list(json.loads(line)) == [
        "type", "id", "vendor", "side", "level", "verdict", "clauses", "title", "seconds", "expected", "observed",
        "evidence",
    ]  # fmt: skip
