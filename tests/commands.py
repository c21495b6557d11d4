"""Runs commands in this process, for the fixtures `run` of each component's ``conftest.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
import typer

from avatarwire.codecs import cli

__all__ = ["Run", "runner"]

Run: TypeAlias = Callable[..., "tuple[int, str, list[str]]"]
"""Runs a command in this process: exit code, standard output, lines of standard error."""


def runner(capsys: pytest.CaptureFixture[str], register: Callable[[typer.Typer], None]) -> Run:
    """Runs commands.

    Args:
        capsys: keeps what they say.
        register: of the component whose commands they are.
    """

    def command(*arguments: object) -> tuple[int, str, list[str]]:
        code = cli.run([str(each) for each in arguments], [register])
        printed = capsys.readouterr()
        return code, printed.out, printed.err.splitlines()

    return command
