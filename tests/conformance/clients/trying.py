"""A case of a test's own, and a client in a line of Python. Only what these tests share lives here."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from avatarwire.conformance.clients.bench import ClientBench
from avatarwire.conformance.engine.case import Case
from avatarwire.conformance.engine.result import CaseResult
from avatarwire.conformance.engine.running import Plan
from avatarwire.conformance.judge import WantedOfClient, run_client

__all__ = ["python", "result_of"]


def python(folder: Path, text: str) -> tuple[str, ...]:
    """What runs a program in Python."""
    file = folder / "client.py"
    file.write_text(text, encoding="utf-8")
    return sys.executable, str(file)


def result_of(
    run: Callable[[ClientBench], Awaitable[None]],
    command: tuple[str, ...],
    *,
    vendor: str = "aliyun",
    patience: float = 5.0,
) -> CaseResult:
    """What comes of one case."""
    case = Case(f"{vendor}.client.test.one", "It does.", ("ALI-R081",), run)
    wanted = WantedOfClient(vendor, command, [case], Plan(side="client"), patience)
    (result,) = run_client(wanted).results
    return result
