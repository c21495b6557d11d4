"""The fakes are found as `pyproject.toml` declares them, whether or not this very tree is what is installed."""

from __future__ import annotations

import pytest

from avatarwire.conformance.cli import register
from tests.commands import Run, runner
from tests.declared_fakes import declare_fakes


@pytest.fixture(autouse=True)
def declared_fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_fakes(monkeypatch)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, standard output, lines of standard error."""
    return runner(capsys, register)
