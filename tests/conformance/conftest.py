"""The fakes are found as `pyproject.toml` declares them, whether or not this very tree is what is installed."""

from __future__ import annotations

import pytest

from avatarwire.codecs import cli as commands
from avatarwire.conformance.cli import register
from tests.conformance.commands import Run
from tests.declared_fakes import declare_fakes


@pytest.fixture(autouse=True)
def declared_fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_fakes(monkeypatch)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, standard output, lines of standard error."""

    def command(*arguments: object) -> tuple[int, str, list[str]]:
        code = commands.run([str(each) for each in arguments], [register])
        printed = capsys.readouterr()
        return code, printed.out, printed.err.splitlines()

    return command
