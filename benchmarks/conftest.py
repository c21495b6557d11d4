"""The benchmarks' own options, the fixture that judges ratios, and the table at the end of a run.

It lies at the root of the benchmarks because pytest reads options only from there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from avatarwire.benchmarks.ratios import Bound, Measure, Ratio, as_json, as_table, paired

RATIOS: Final = pytest.StashKey[list[Ratio]]()

ROUNDS: Final = 61
SMOKE_ROUNDS: Final = 2
"""Enough to run every line, too few to judge anything."""


class Judge:
    """Measures ratios and holds them against their limits."""

    def __init__(self, ratios: list[Ratio], *, smoke: bool) -> None:
        self._ratios = ratios
        self.smoke = smoke

    def rounds(self, full: int = ROUNDS) -> int:
        """How many rounds to measure."""
        return SMOKE_ROUNDS if self.smoke else full

    def compare(self, name: str, subject: Measure, reference: Measure, bound: Bound | None = None) -> None:
        """Measures one ratio and judges it."""
        self.judge(name, paired(subject, reference, rounds=self.rounds()), bound)

    def judge(self, name: str, measured: float, bound: Bound | None = None) -> None:
        """Notes a ratio that was measured elsewhere; fails the test when it breaks its limit."""
        ratio = Ratio(name, measured, bound, judged=not self.smoke)
        self._ratios.append(ratio)
        if ratio.verdict == "FAILED":
            pytest.fail(f"{name}: {measured:.3f}, should be {bound}", pytrace=False)


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """Measures and judges ratios; under ``--benchmark-disable`` everything runs and nothing is judged."""
    return Judge(request.config.stash[RATIOS], smoke=bool(request.config.getoption("benchmark_disable")))


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("avatarwire benchmarks")
    group.addoption(
        "--ratios-json",
        type=Path,
        default=Path(".benchmarks/ratios.json"),
        metavar="PATH",
        help="where the measured ratios are written (default: %(default)s)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RATIOS] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    ratios = config.stash[RATIOS]
    if not ratios:
        return
    terminalreporter.section("ratios")
    for line in as_table(ratios):
        terminalreporter.write_line(line)
    if all(ratio.judged for ratio in ratios):
        path: Path = config.getoption("ratios_json")
        as_json(ratios, path)
        terminalreporter.write_line(f"written to {path}")
