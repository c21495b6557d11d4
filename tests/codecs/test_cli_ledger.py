"""The commands `ledger` and `explain`: what they print where, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from avatarwire.codecs import cli, ladder
from avatarwire.codecs.cli_ledger import snapshot
from avatarwire.codecs.ledger import clauses
from tests.codecs.test_cli import Run, Terminal, run, terminal

__all__ = ["run", "terminal"]  # fixtures

COMMAND = (sys.executable, "-c", "from avatarwire.codecs.cli import main; main()")


JUDGED = {
    "GJ-R001": {"cases": ["guiji.a", "guiji.b"], "rungs": ["judged", "exercised", "independent"]},
    "GJ-R002": {"cases": ["guiji.a"], "rungs": ["judged"]},
    "GJ-T-never.heard": {"cases": ["guiji.c"], "rungs": ["judged"]},
}


def judging(vendor: str, runs: Sequence[bytes]) -> dict[str, dict[str, list[str]]]:
    """A component that judges Guiji; a report takes all but the first rung."""
    if runs and runs != [b"a report"]:
        raise ValueError("not a report")
    found = JUDGED if vendor == "guiji" else {}
    return {id_: {**said, "rungs": ["judged"]} for id_, said in found.items()} if runs else found


@pytest.fixture(autouse=True)
def _nobody_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger of the codecs alone, whatever is installed."""
    monkeypatch.setattr(ladder, "sources", list)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "sources", lambda: [judging])


# --- ledger ---


def test_json_has_every_member_of_every_clause(run: Run) -> None:
    code, out, err = run("ledger", "aliyun", "--format", "json")
    about = json.loads(out)
    assert (code, err, about["vendor"], len(about["clauses"])) == (0, [], "aliyun", len(clauses("aliyun")))
    [clause] = [clause for clause in about["clauses"] if clause["id"] == "ALI-E04"]
    assert clause == {
        "id": "ALI-E04", "level": "ambiguous", "side": "server", "kind": "silence", "section": "WS struct 1 (001 L323)",
        "title": "does the server echo serial numbers?",
        "text": "Not stated whether the server echoes the caller's serial number or makes its own for replies and "
        "pushes.",
        "conflict": "the caller generates it, for troubleshooting",
        "ruling": "in replies, not in pushes",
        "decision": "Fake server echoes it in direct replies and uses a random one for pushes (switchable). A client "
        "must correlate by business type and messageId and never rely on the echo.",
        "tunable": ["echo_serial_numbers"], "options": [], "refused": False, "state": "implemented",
        "held_by": ["fake", "client"],
        "reason": "", "origin": "vendor",
    }  # fmt: skip


def test_json_without_a_vendor_lists_all(run: Run) -> None:
    _, out, _ = run("ledger", "--format", "json")
    assert [about["vendor"] for about in json.loads(out)] == ["aliyun", "guiji", "sensetime"]


def test_csv_has_one_row_a_clause(run: Run) -> None:
    _, out, _ = run("ledger", "guiji", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == len(clauses("guiji"))
    assert (rows[0]["vendor"], rows[0]["id"], rows[0]["held_by"]) == ("guiji", "GJ-R001", "type fake")


def test_table_is_one_line_a_clause_where_nobody_looks(run: Run) -> None:
    _, out, _ = run("ledger", "guiji")
    first = out.splitlines()[0].split("\t")
    assert first[:5] == ["GJ-R001", "must", "client", "implemented", "type, fake"]
    assert len(out.splitlines()) == len(clauses("guiji"))


def test_table_on_a_terminal_ends_with_the_counts(run: Run, terminal: Terminal) -> None:
    run("ledger", "guiji", screen=terminal)
    lines = terminal.getvalue().splitlines()
    assert "held by" in lines[0]
    assert lines[-1] == snapshot("guiji")[0].removeprefix("# ")


def test_snapshot_counts_and_then_lists(run: Run) -> None:
    _, out, _ = run("ledger", "aliyun", "--format", "snapshot")
    lines = out.splitlines()
    assert lines[0].startswith(f"# aliyun: {len(clauses('aliyun'))} clauses: ")
    assert "ALI-E04\tambiguous\timplemented\tfake client" in lines


def test_vendor_that_nobody_knows(run: Run) -> None:
    assert run("ledger", "guji") == (2, "", ["error: no vendor 'guji'; did you mean guiji?"])


def test_html_is_one_page_of_all_clauses(run: Run) -> None:
    _, out, _ = run("ledger", "guiji", "--format", "html")
    assert out.startswith("<!DOCTYPE html>")
    assert out.count("<details ") == len(clauses("guiji"))
    assert "Clauses that have reached each rung" not in out
    assert '<details id="clause-GJ-R001" data-item data-level="must" data-side="client" data-state="implemented"' in out


# --- ledger, where a component judges ---


@pytest.mark.usefixtures("judge")
def test_json_says_who_judges_a_clause_and_how_well(run: Run) -> None:
    _, out, _ = run("ledger", "guiji", "--format", "json")
    known = {clause["id"]: clause for clause in json.loads(out)["clauses"]}
    assert {key: known["GJ-R001"][key] for key in ("rung", "rungs", "cases")} == {
        "rung": "independent", "rungs": ["stated", "judged", "exercised", "independent"],
        "cases": ["guiji.a", "guiji.b"],
    }  # fmt: skip
    assert (known["GJ-R002"]["rung"], known["GJ-R003"]["rung"], known["GJ-R003"]["cases"]) == ("judged", "stated", [])


@pytest.mark.usefixtures("judge")
def test_csv_has_the_same_columns(run: Run) -> None:
    _, out, _ = run("ledger", "guiji", "--format", "csv")
    row = next(csv.DictReader(io.StringIO(out)))
    assert (row["rung"], row["rungs"], row["cases"]) == (
        "independent", "stated judged exercised independent", "guiji.a guiji.b",
    )  # fmt: skip


@pytest.mark.usefixtures("judge")
def test_table_and_snapshot_count_cases_and_rungs(run: Run, terminal: Terminal) -> None:
    _, out, _ = run("ledger", "guiji")
    assert out.splitlines()[0].split("\t")[:7] == [
        "GJ-R001", "must", "client", "implemented", "type, fake", "2", "independent",
    ]  # fmt: skip
    lines = run("ledger", "guiji", "--format", "snapshot")[1].splitlines()
    assert "GJ-R001\tmust\timplemented\ttype fake\t2\tindependent" in lines
    must = next(line for line in lines if line.startswith("# guiji: must: "))
    assert must.endswith(" stated, 2 judged, 1 exercised, 0 sharp, 1 independent")
    run("ledger", "guiji", screen=terminal)
    assert must.removeprefix("# ") in terminal.getvalue().splitlines()[-5:]


@pytest.mark.usefixtures("judge")
def test_html_has_the_ladder(run: Run) -> None:
    _, out, _ = run("ledger", "--format", "html")
    assert out.count("Clauses that have reached each rung") == 3
    assert "<dd>guiji.a<br>guiji.b</dd>" in out
    assert 'data-rung="independent"' in out


@pytest.mark.usefixtures("judge")
def test_a_snapshot_holds_rungs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ledger.snapshot"
    path.write_text(run("ledger", "--format", "snapshot")[1], encoding="utf-8")
    assert run("ledger", "--check", str(path)) == (0, "", [])
    path.write_text(path.read_text(encoding="utf-8").replace("\t2\tindependent", "\t1\tjudged"), encoding="utf-8")
    code, out, _ = run("ledger", "guiji", "--check", str(path))
    assert code == 1
    assert "+GJ-R001\tmust\timplemented\ttype fake\t2\tindependent" in out.splitlines()


@pytest.mark.usefixtures("judge")
def test_a_report_takes_the_place_of_the_recorded_run(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.ndjson"
    path.write_bytes(b"a report")
    code, out, _ = run("ledger", "guiji", "--run", str(path))
    assert (code, out.splitlines()[0].split("\t")[6]) == (0, "judged")
    path.write_bytes(b"none")
    assert run("ledger", "guiji", "--run", str(path)) == (2, "", ["error: --run: not a report"])
    missing = tmp_path / "none"
    assert run("ledger", "--run", str(missing)) == (2, "", [f"error: {missing}: No such file or directory"])


def test_a_report_needs_who_can_read_it(run: Run, tmp_path: Path) -> None:
    code, _, err = run("ledger", "--run", str(tmp_path))
    assert (code, err) == (2, ['error: --run needs the extra conformance: pip install "avatarwire[conformance]"'])


# --- ledger --check ---


@pytest.fixture
def kept(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "ledger.snapshot"
    path.write_text(run("ledger", "--format", "snapshot")[1], encoding="utf-8")
    return path


@pytest.mark.parametrize("vendor", [(), ("guiji",)])
def test_a_snapshot_that_is_current(run: Run, kept: Path, vendor: tuple[str, ...]) -> None:
    assert run("ledger", *vendor, "--check", str(kept)) == (0, "", [])


def test_a_snapshot_that_is_stale_shows_the_difference(run: Run, kept: Path) -> None:
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text.replace("GJ-E04\tambiguous\timplemented", "GJ-E04\tambiguous\tunknown"), encoding="utf-8")
    code, out, err = run("ledger", "--check", str(kept))
    assert (code, err) == (1, [f"error: {kept} is not the ledger as it is"])
    assert "-GJ-E04\tambiguous\tunknown\ttype fake" in out.splitlines()
    assert "+GJ-E04\tambiguous\timplemented\ttype fake" in out.splitlines()
    assert run("ledger", "aliyun", "--check", str(kept))[0] == 0


def test_a_snapshot_without_a_vendor_is_stale(run: Run, kept: Path) -> None:
    kept.write_text("\n".join(snapshot("aliyun")), encoding="utf-8")
    code, out, _ = run("ledger", "guiji", "--check", str(kept))
    assert code == 1
    assert f"+{snapshot('guiji')[0]}" in out.splitlines()


def test_what_a_snapshot_holds_reaches_no_terminal_as_it_is(run: Run, kept: Path) -> None:
    kept.write_text(kept.read_text(encoding="utf-8") + "\x1b[2J\n", encoding="utf-8")
    _, out, _ = run("ledger", "--check", str(kept))
    assert "-\\x1b[2J" in out.splitlines()


@pytest.mark.parametrize("content", [b"", b"ALI-E04\tunknown\n", b"\xff\xfe"])
def test_a_file_that_is_no_snapshot(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    code, out, err = run("ledger", "--check", str(path))
    assert (code, out) == (2, "")
    assert err == [f"error: {path}: not a snapshot; `avatarwire ledger --format snapshot` writes one"]


def test_a_file_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none"
    assert run("ledger", "--check", str(path)) == (2, "", [f"error: {path}: No such file or directory"])


# --- explain ---


@pytest.mark.parametrize("clause_id", ["ALI-E15", "ali-e15", " Ali-E15 "])
def test_explain_says_what_a_clause_is(run: Run, clause_id: str) -> None:
    code, out, err = run("explain", clause_id)
    lines = out.splitlines()
    assert (code, err, lines[0]) == (0, [], "ALI-E15  a channel-ready request without payload")
    about = {line[2:12].strip(): line[12:] for line in lines[1:]}
    assert about["vendor"] == "aliyun"
    assert about["level"] == "ambiguous: the document leaves it open"
    assert about["section"] == "WS connect sample (001 L307) vs WS 4.7 (001 L420) and WS sample 5"
    assert about["ruling"] == "understood"
    assert about["tunables"] == "strict"
    assert about["state"] == "implemented, by type, constraint, fake"
    assert about["cited by"] == "channel_ready.request, channel_ready.request sessionId"
    assert "reason" not in about
    assert lines[-4:] == [
        "  variant   the payload is empty, in channel_ready.request",
        "  example   no payload stands for {}",
        "  variant   sessionId is missing, in channel_ready.request",
        "  cited by  channel_ready.request, channel_ready.request sessionId",
    ]


def test_explain_says_why_a_clause_is_not_held(run: Run) -> None:
    lines = run("explain", "ALI-R125")[1].splitlines()
    assert "  state     out of scope" in lines
    assert any(line.startswith("  reason    the RTC SDK") for line in lines)


def test_explain_names_the_options_of_a_client(run: Run) -> None:
    assert "  options   ready_interval, ready_timeout" in run("explain", "ALI-E16")[1].splitlines()


def test_explain_cuts_a_long_list_of_places(run: Run) -> None:
    [line] = [line for line in run("explain", "GJ-R040")[1].splitlines() if line.startswith("  cited by")]
    assert line.endswith(" and 12 more")
    assert line.count(",") == 11


def test_explain_a_ruling_of_ours(run: Run) -> None:
    lines = run("explain", "AW-MASKING")[1].splitlines()
    assert "  vendor    aliyun, guiji, sensetime; a ruling of ours" in lines


def test_explain_wraps_lines_on_a_terminal(run: Run, terminal: Terminal) -> None:
    run("explain", "ALI-E04", screen=terminal)
    lines = terminal.getvalue().splitlines()
    [place] = [n for n, line in enumerate(lines) if line.startswith("  in full   Fake server echoes it")]
    assert lines[place + 1].startswith("            ")
    assert max(map(len, lines)) <= 120


def test_explain_a_clause_of_another_standard(run: Run) -> None:
    code, out, _ = run("explain", "rfc6455-5.1")
    assert (code, out) == (0, "RFC6455-5.1  a clause of another standard, which is cited and in no ledger\n")


def test_explain_shows_a_variant_by_the_repair_itself(run: Run) -> None:
    lines = run("explain", "GJ-E11")[1].splitlines()
    assert '  example   {"code": "200"} stands for {"code": 200}' in lines


def test_explain_says_what_a_rule_asks_of_which_members(run: Run) -> None:
    lines = run("explain", "ALI-R099")[1].splitlines()
    assert [line for line in lines if line.startswith(("  rule", "  variant", "  example"))] == [
        "  rule      askType is there, in text_drive.request, asr.start.request",
        "  rule      askType is an integer, in text_drive.request, asr.start.request",
        "  rule      askType is 1 or 2, in text_drive.request, asr.start.request",
    ]


def test_explain_cuts_a_long_list_of_rules_and_variants(run: Run) -> None:
    lines = run("explain", "GJ-E72")[1].splitlines()
    names = [line[2:12].strip() for line in lines]
    assert (names.count("rule"), names.count("variant")) == (6, 6)
    assert [line for line in lines if line.strip().startswith("and ")] == [
        "            and 12 more",
        "            and 9 more",
    ]


@pytest.mark.parametrize(
    "clause_id", ["ALI-T-ListAnchor.response.list[].coverUrl", "ali-t-listanchor.RESPONSE.list[].coverurl"]
)
def test_explain_what_only_a_type_says(run: Run, clause_id: str) -> None:
    code, out, _ = run("explain", clause_id)
    assert (code, out.splitlines()) == (
        0,
        [
            "ALI-T-ListAnchor.response.list[].coverUrl  what the type of a member says, and no rule of the document",
            "  vendor    aliyun",
            "  message   ListAnchor.response, response, server->client: list figures",
            "  member    list[].coverUrl",
            "  rule      list[].coverUrl is text",
            "  section   API 9",
        ],
    )


def test_explain_what_only_the_type_of_a_whole_message_says(run: Run) -> None:
    lines = run("explain", "ST-T-nlpReply.request")[1].splitlines()
    assert [line for line in lines if line.startswith(("  member", "  rule"))] == [
        "  member    the whole",
        "  rule      it is an object",
    ]


def test_explain_a_type_that_nobody_knows(run: Run) -> None:
    code, out, err = run("explain", "ALI-T-ListAnchor.response.list[].cover\x1bUrl")
    assert (code, out) == (2, "")
    assert err[0].startswith(
        r"error: no clause 'ALI-T-ListAnchor.response.list[].cover\x1bUrl'; did you mean ALI-T-List"
    )


def test_explain_an_id_that_nobody_knows(run: Run) -> None:
    code, out, err = run("explain", "ali-e150")
    assert (code, out, len(err)) == (2, "", 1)
    assert err[0].startswith("error: no clause 'ALI-E150'; did you mean ALI-E")


# --- who reads the output may stop ---


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["told at the end", "told at once"])
@pytest.mark.parametrize("arguments", [("ledger",), ("explain", "ALI-E04"), ("list", "aliyun"), ("schema", "guiji")])
def test_a_pipe_that_nobody_reads_is_no_error(arguments: tuple[str, ...], unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(  # noqa: S603 - the project's own command
        [*COMMAND, *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": unbuffered},
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (cli.BROKEN_PIPE, "")
