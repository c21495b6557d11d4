"""Files of expectations: read, written, compared with what came, and the exit code of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarwire.conformance.engine.expectations import BadExpectations, compared, exit_code, read, written
from tests.conformance.engine.results import result

ONE, OTHER = "aliyun.http.start.works", "aliyun.http.stop.works"


def test_what_a_run_writes_is_read_as_expectations(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_bytes(written([result(ONE, "failed"), result(OTHER)]))
    assert file.read_text() == (
        '{\n  "cases": {\n    "aliyun.http.start.works": "failed",\n    "aliyun.http.stop.works": "ok"\n  }\n}\n'
    )
    assert read(file, [ONE, OTHER]) == {ONE: "failed", OTHER: "ok"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", "not JSON"),
        ("[]", 'not {"cases": {ID: VERDICT}}'),
        ('{"cases": {"aliyun.http.strat.works": "ok"}}', "cases.aliyun.http.strat.works: no such case"),
        ('{"cases": {"aliyun.http.start.works": "fine"}}', "cases.aliyun.http.start.works: expected one of ok, "),
    ],
)
def test_a_wrong_file_is_one_line_that_names_the_key(text: str, error: str, tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_text(text)
    with pytest.raises(BadExpectations) as caught:
        read(file, [ONE])
    assert str(caught.value).startswith(f"{file}: {error}")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadExpectations, match="No such file"):
        read(tmp_path / "none.json", [ONE])


@pytest.mark.parametrize("verdict", ["ok", "non_strict", "informational", "unimplemented", "skipped"])
def test_what_is_not_listed_must_not_fail(verdict: str) -> None:
    assert compared([result(ONE, verdict)], {}) == ({}, {})
    assert compared([result(ONE, "failed")], {}) == ({ONE: "failed"}, {})


def test_a_listed_case_has_to_come_to_its_verdict() -> None:
    assert compared([result(ONE, "failed")], {ONE: "failed"}) == ({}, {})
    assert compared([result(ONE, "ok")], {ONE: "non_strict"}) == ({ONE: "expected non_strict, got ok"}, {})
    assert compared([result(ONE, "failed")], {ONE: "ok"}) == ({ONE: "expected ok, got failed"}, {})


def test_a_listed_failure_that_passes_is_stale() -> None:
    assert compared([result(ONE, "ok")], {ONE: "failed"}) == ({}, {ONE: "expected failed, got ok"})


@pytest.mark.parametrize(
    ("unjudged", "different", "stale", "code"),
    [(True, True, True, 2), (False, True, True, 1), (False, False, True, 3), (False, False, False, 0)],
)
def test_what_could_not_be_judged_goes_first(unjudged: bool, different: bool, stale: bool, code: int) -> None:
    assert exit_code(unjudged=unjudged, different=different, stale=stale) == code
