"""``avatarwire conform --client``: what it is asked, what it says, how it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.conformance.suites import SUITES
from tests.commands import Run

STARTS: Final = "aliyun.client.talk.starts"
STOPS: Final = "aliyun.client.talk.stops"
NOTHING: Final = (sys.executable, "-c", "")
NOT_SUPPORTED: Final = (sys.executable, "-c", "raise SystemExit(127)")
DRIVER: Final = (
    sys.executable,
    "-m",
    "avatarwire.conformance.clients.program",
    "avatarwire.conformance.probing.drivers:Driver",
)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_right_client_is_exit_code_0(run: Run) -> None:
    code, out, err = run("conform", "aliyun", "--client", "--only", STARTS, "--only", STOPS, "--", *DRIVER)
    assert (code, err) == (0, []), out
    assert "2 cases: 2 ok" in out


def test_one_that_does_nothing_is_1(run: Run, tmp_path: Path) -> None:
    report = tmp_path / "run.ndjson"
    code, out, _ = run("conform", "aliyun", "--client", "--only", STARTS, "--ndjson", report, "--", *NOTHING)
    assert code == 1
    assert STARTS in out
    assert "the client ended with exit code 0" in out
    case, summary = lines(report)
    assert (case["id"], case["side"], case["verdict"]) == (STARTS, "client", "failed")
    assert (summary["side"], summary["exit_code"]) == ("client", 1)
    assert summary["endpoint"].endswith("-c ''")


def test_127_is_skipped_and_no_difference(run: Run, tmp_path: Path) -> None:
    report = tmp_path / "map.json"
    code, out, _ = run("conform", "aliyun", "--client", "--only", STARTS, "--result-map", report, "--", *NOT_SUPPORTED)
    assert code == 0
    assert "exit code 127" in out
    assert json.loads(report.read_text()) == {"cases": {STARTS: "skipped"}}


@pytest.mark.parametrize(
    ("verdict", "client", "code"), [("failed", NOTHING, 0), ("ok", NOTHING, 1), ("failed", DRIVER, 3)]
)
def test_expectations(run: Run, tmp_path: Path, verdict: str, client: tuple[str, ...], code: int) -> None:
    expected = tmp_path / "expected.json"
    expected.write_text(json.dumps({"cases": {STARTS: verdict}}))
    found, out, _ = run("conform", "aliyun", "--client", "--only", STARTS, "--expected", expected, "--", *client)
    assert found == code, out


@pytest.mark.parametrize("report", ["junit", "ctrf", "html", "ndjson", "sarif", "markdown"])
def test_every_report(run: Run, tmp_path: Path, report: str) -> None:
    file = tmp_path / "report"
    code, _, _ = run("conform", "aliyun", "--client", "--only", STARTS, f"--{report}", file, "--", *NOTHING)
    assert code == 1
    assert STARTS.rpartition(".")[2] in file.read_text(encoding="utf-8")


WRONG: Final[Mapping[str, tuple[tuple[object, ...], str]]] = {
    "no command": (("--client",), "say what runs the client: avatarwire conform VENDOR --client -- COMMAND [ARG...]"),
    "no such command": (("--client", "--", "no-such-program"), "COMMAND: no-such-program: command not found"),
    "not executable": (("--client", "--", __file__), "test_cli_conform_client.py: not executable"),
    "a ready file": (
        ("--client", "--ready", "ready.json", "--", *NOTHING),
        "--ready: a client is judged against fakes that this command starts: not with --client",
    ),
    "forms of the wire": (("--client", "--wire", "chunked", "--", *NOTHING), "--wire: a client is judged against"),
    "a command alone": (("ready.json",), "COMMAND: ready.json: a command is run with --client only"),
    "cases of servers": (
        ("--client", "--only", "aliyun.http", "--", *NOTHING),
        "--only: no case of aliyun begins with 'aliyun.http'",
    ),
    "a folder": (("--client", "--ndjson", "/", "--only", STARTS, "--", *NOTHING), "--ndjson /"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_is_2_and_a_line(run: Run, wrong: str) -> None:
    arguments, reason = WRONG[wrong]
    code, _, err = run("conform", "aliyun", *arguments)
    assert code == 2
    (line,) = err
    assert reason in line


@pytest.mark.parametrize("vendor", SUITES)
def test_they_are_listed(run: Run, vendor: str) -> None:
    code, out, _ = run("conform", vendor, "--client", "--list")
    assert code == 0
    assert [line.partition("\t")[0] for line in out.splitlines()] == list(SUITES[vendor].client)
