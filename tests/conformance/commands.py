"""What a command did, for tests of commands; the fixture `run` is in ``conftest.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Run"]

Run: TypeAlias = Callable[..., "tuple[int, str, list[str]]"]
"""Runs a command in this process: exit code, standard output, lines of standard error."""
