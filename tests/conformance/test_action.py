"""The GitHub action: its steps are what a shell takes, and the one that judges does so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.conformance.endpoints import running

ROOT: Final = Path(__file__).parents[2]
ACTION: Final[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: Final = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
LIMIT: Final = 120.0


def inputs_of(step: dict[str, Any]) -> set[str]:
    """Names of the inputs that a step uses."""
    return {text.removeprefix("${{ inputs.").removesuffix(" }}") for text in step["env"].values()}


def test_every_input_is_used_and_described() -> None:
    used = set[str]().union(*(inputs_of(step) for step in STEPS.values())) | {"python-version"}
    assert used == set(ACTION["inputs"])
    assert all(given["description"] for given in ACTION["inputs"].values())


def judged(folder: Path, **environment: str) -> tuple[int, str]:
    """Runs the step that judges: its exit code, and what it says."""
    command = folder / "avatarwire"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from avatarwire.codecs.cli import main; main()" "$@"\n')
    command.chmod(0o755)
    given = {
        **os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path),
        "VENDOR": "aliyun", "EXPECTED": "", "ARGUMENTS": "--only aliyun.http.start", "REPORTS": str(folder / "reports"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **environment,
    }  # fmt: skip
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS["Judge"]["run"]]
    done = subprocess.run(script, env=given, capture_output=True, text=True, check=False, timeout=LIMIT)  # noqa: S603
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_it_judges_writes_all_reports_and_sums_up(tmp_path: Path) -> None:
    with running("aliyun", tmp_path) as (_, ready):
        code, said = judged(tmp_path, READY=str(ready))
    assert code == 0, said
    names = sorted(path.name for path in (tmp_path / "reports").iterdir())
    assert names == [
        "conform.ctrf.json", "conform.html", "conform.md", "conform.ndjson", "conform.sarif", "conform.xml",
    ]  # fmt: skip
    assert (tmp_path / "summary.md").read_text().startswith("## Conformance of aliyun")


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_what_cannot_be_judged_fails_the_job(tmp_path: Path) -> None:
    code, said = judged(tmp_path, READY=str(tmp_path / "none.json"))
    assert code == 2
    assert "No such file or directory" in said
