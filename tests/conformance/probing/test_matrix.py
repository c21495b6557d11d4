"""The table of a client: what is in it, how it is written, and what differs between two."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from avatarwire.conformance.probing.matrix import BadMatrix, Cell, Matrix, changes, read, worst
from avatarwire.conformance.probing.matrix_reports import WRITERS
from avatarwire.conformance.probing.matrix_view import MatrixView, shown
from avatarwire.conformance.probing.plan import Ended

DROPPED = Cell("text_drive.response", 2, "drop", "hang", "say did not end", "", "avatarwire probe aliyun ...")
LATE = Cell("text_drive.response", 2, "delay", "ok", replay="avatarwire probe aliyun ...")
VARIANT = Cell("asr.result", 1, "variant:ALI-E15", "reported", "start: ValueError: no")
BROKEN = Cell("asr.result", 1, "variant:ALI-E16", "broke_rule", "<b>early</b>", "ALI-R078")
MATRIX = Matrix("aliyun", "my:Client", (DROPPED, LATE, VARIANT, BROKEN), "documented")


def test_what_is_neither_ok_nor_reported_is_bad() -> None:
    assert MATRIX.bad == (DROPPED, BROKEN)
    assert worst(["ok", "reported", "leak"]) == "leak"
    assert shown([VARIANT, BROKEN]) == "broke_rule 1/2"
    assert shown([VARIANT]) == "reported"
    assert shown([]) == ""


def test_json_has_the_keys_that_are_agreed_and_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "matrix.json"
    path.write_bytes(WRITERS["json"](MATRIX))
    plain = json.loads(path.read_bytes())
    assert (plain["vendor"], plain["client"]) == ("aliyun", "my:Client")
    assert plain["cells"][0] == {
        "message": "text_drive.response",
        "nth": 2,
        "fault": "drop",
        "outcome": "hang",
        "detail": "say did not end",
        "clause": "",
        "replay": "avatarwire probe aliyun ...",
    }
    assert read(path) == MATRIX


@pytest.mark.parametrize("content", [b"", b"[]", b'{"vendor": "aliyun"}', b"\xff"])
def test_a_file_that_is_no_table_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(BadMatrix, match=r"other\.json: no table"):
        read(path)


def test_a_line_of_csv_for_each_cell_and_no_formula() -> None:
    cells = (*MATRIX.cells, Cell("asr.result", 1, "drop", "raised", "=1+1"))
    rows = list(csv.DictReader(io.StringIO(WRITERS["csv"](Matrix("aliyun", "c", cells)).decode())))
    assert [row["outcome"] for row in rows] == ["hang", "ok", "reported", "broke_rule", "raised"]
    assert rows[-1]["detail"] == "'=1+1"


def test_the_page_has_every_cell_and_no_markup_of_others() -> None:
    page = WRITERS["html"](MATRIX).decode()
    assert "text_drive.response#2:drop" in page
    assert "avatarwire probe aliyun ..." in page
    assert "&lt;b&gt;early" in page
    assert "<b>early" not in page


def test_what_has_changed_between_two_versions_of_a_client() -> None:
    now = Matrix("aliyun", "my:Client", (Cell("text_drive.response", 2, "drop", "reported"), LATE, BROKEN))
    assert changes(MATRIX, now) == [
        "text_drive.response#2:drop: reported, was hang",
        "asr.result#1:variant:ALI-E15: not there any more, was reported",
    ]
    assert changes(MATRIX, MATRIX) == []


def test_what_is_no_terminal_gets_plain_lines() -> None:
    out = io.StringIO()
    view = MatrixView(out)
    assert view.interrupted == "interrupted before the first cell"
    view.begin(5)
    another = Cell("text_drive.response", 3, "drop", "hang", "say did not end")
    matrix = Matrix("aliyun", "my:Client", (*MATRIX.cells, another), "documented")
    for cell in matrix.cells:
        view.tried(cell, Ended(outcome=cell.outcome))
    assert view.interrupted == "interrupted after 5 of 5 cells"
    view.finish(matrix)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert lines[:3] == [
        "message                drop  delay  variant",
        "text_drive.response#2  hang  .",
        "asr.result#1                        broke_rule 1/2",
    ]
    assert "hang  text_drive.response#2:drop" in lines
    assert "  and so text_drive.response#3:drop" in lines
    assert lines[-1] == "5 cells: 2 hang, 1 ok, 1 reported, 1 broke_rule"
