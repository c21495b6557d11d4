"""How long importing takes, over a bare interpreter: a package of a vendor, one vendor's catalogue.

Each measurement is a process of its own, which says how much processor time it has taken; the time of a process that
imports nothing is taken off. What is promised is held against what cannot be had for less, msgspec: every codec needs
it, and nothing else of what takes time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.ratios import Bound, Judge, Measure

FLOOR: Final = "import msgspec.inspect, msgspec.json"
ROUNDS: Final = 15
IMPORTS: Final[dict[str, tuple[str, Bound | None]]] = {
    "codecs.aliyun": ("import avatarwire.codecs.aliyun", Bound("at most", 2.3)),
    "codecs.guiji": ("import avatarwire.codecs.guiji", Bound("at most", 2.7)),
    "codecs.sensetime": ("import avatarwire.codecs.sensetime", Bound("at most", 2.2)),
    "one vendor's catalogue": (
        "from avatarwire.codecs import catalogue; catalogue.VENDORS['aliyun']",
        Bound("at most", 3.3),
    ),
    "every name of codecs.aliyun": ("from avatarwire.codecs.aliyun import *", None),
}
"""What is imported, and how many times the time of msgspec that may take."""


def _took(code: str) -> float:
    """Seconds of processor time that a new process takes to run some code."""
    # Without compiled modules, it would be compiling that is measured.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(  # noqa: S603 - code of this module
        [sys.executable, "-c", f"{code}\nimport time; print(time.process_time())"],
        capture_output=True,
        check=True,
        env=kept,
        text=True,
    )
    return float(done.stdout)


def over_bare(code: str) -> Measure:
    """Seconds that some code takes over an interpreter that runs none; both run in turn."""

    def measure() -> float:
        return max(_took(code) - _took("pass"), 1e-6)

    return measure


@pytest.mark.parametrize("name", IMPORTS)
def test_import(name: str, benchmark: BenchmarkFixture, judge: Judge) -> None:
    code, bound = IMPORTS[name]
    subject, floor = over_bare(code), over_bare(FLOOR)
    subject()  # compiles what was changed since
    benchmark.group = "import, with the start of an interpreter"
    run: Callable[..., Any] = benchmark.pedantic  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it is not typed
    run(_took, (code,), rounds=2 if judge.smoke else 5)
    judge.compare(f"import: {name} / msgspec", subject, floor, bound, rounds=ROUNDS)
