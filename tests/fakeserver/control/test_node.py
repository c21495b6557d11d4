"""The example in another language."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.fakeserver.control.serving import SECONDS, serving
from tests.project.tree import ROOT

OLDEST: Final = 18


def printed(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - see below


def node() -> str:
    """The command; a test without it is skipped, but not where everything has to run."""
    command = shutil.which("node")
    version = "" if command is None else printed(command, "--version")
    found = re.match(r"v(\d+)", version)
    if command is None or found is None or int(found[1]) < OLDEST:
        reason = f"Node {OLDEST} or newer is not here"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return command


@pytest.mark.parametrize("by", ["file", "environment"])
def test_the_example_in_node_runs(tmp_path: Path, by: str) -> None:
    command = node()
    with serving(tmp_path, "guiji") as served:
        control = served.ready["control"]
        env = {"AVATARWIRE_CONTROL_URL": control["url"], "AVATARWIRE_CONTROL_TOKEN": control["token"]}
        arguments = [str(served.path)] if by == "file" else []
        ran = subprocess.run(  # noqa: S603 - the project's own example
            [command, str(ROOT / "examples" / "control.mjs"), *arguments],
            env={**os.environ, **(env if by == "environment" else {})},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "a login was rejected once, and went through the second time\n"
