"""What conformance says of clauses: cases that name them, and what a run has shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.ledger import CLAUSE_ID
from avatarwire.conformance.engine.result import CaseResult, Evidence
from avatarwire.conformance.ladder import compared, record, recorded, rungs, shown
from avatarwire.conformance.report import WRITERS
from avatarwire.conformance.suites import SUITES
from tests.conformance.report.samples import SUMMARY, result


def seen(agreed: bool | None, transport: str = "http") -> Evidence:
    return Evidence(time=0, connection="c", transport=transport, direction="in", agreed=agreed)


ALIKE, OTHERWISE, UNREAD, NOTE = seen(True), seen(False), seen(None), seen(None, "note")


def case(clause: str, *evidence: Evidence, verdict: str = "ok", name: str = "one") -> CaseResult:
    return result(f"aliyun.http.start.{name}", verdict, clauses=(clause,), evidence=evidence)


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([case("A", ALIKE, UNREAD)], {"A": {"exercised": True, "independent": True}}),
        ([case("A", ALIKE, verdict="failed")], {"A": {"exercised": True, "independent": True}}),
        ([case("A", UNREAD)], {"A": {"exercised": True}}),
        ([case("A", ALIKE, OTHERWISE)], {"A": {"exercised": True}}),
        ([case("A", ALIKE), case("A", OTHERWISE, name="two")], {"A": {"exercised": True}}),
        ([case("A", NOTE)], {}),
        ([case("A")], {}),
        ([case("A", ALIKE, verdict="skipped")], {}),
    ],
)
def test_what_a_run_has_shown(results: list[CaseResult], said: object) -> None:
    assert shown("aliyun", results) == said
    assert shown("guiji", results) == {}


def test_a_report_takes_the_place_of_the_recorded_run() -> None:
    clause = SUITES["aliyun"].server["aliyun.http.start.gives_session"].clauses[0]
    one = result("aliyun.http.start.gives_session", clauses=(clause,), evidence=(ALIKE,))
    found = rungs("aliyun", [WRITERS["ndjson"]([one], SUMMARY)])
    assert "aliyun.http.start.gives_session" in found[clause]["cases"]
    assert found[clause]["rungs"] == ["judged", "exercised", "independent", "sharp"]
    assert {tuple(said["rungs"]) for id_, said in found.items() if id_ != clause} == {("judged",)}


@pytest.mark.parametrize("data", [b"[]", b"{}", b"\xff", b'{"type": "case"}'])
def test_what_is_no_report_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="not an NDJSON report of a run"):
        rungs("aliyun", [data])


def test_a_vendor_without_cases() -> None:
    assert rungs("nobody") == {}


def test_a_record_keeps_other_vendors_and_says_what_changes(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    path.write_text('{"guiji": {"B": {"exercised": true}}}', encoding="utf-8")
    record([case("A", ALIKE)], path)
    assert recorded(path) == {
        "aliyun": {"A": {"exercised": True, "independent": True}}, "guiji": {"B": {"exercised": True}},
    }  # fmt: skip
    assert compared("aliyun", [case("A", ALIKE)], path) == []
    assert compared("aliyun", [case("A", UNREAD), case("C", UNREAD)], path)[3:] == [
        "-A exercised independent", "+A exercised", "+C exercised",
    ]  # fmt: skip


def test_the_record_is_data_about_clauses_that_are_known() -> None:
    for vendor, found in recorded().items():
        assert list(found) == sorted(found)
        known = catalogue.vendor(vendor).clauses
        assert [id_ for id_ in found if id_ not in known and CLAUSE_ID.fullmatch(id_)] == []
        assert set(found) <= set(rungs(vendor))
    assert json.dumps(recorded()) != "{}"
