"""The benchmarks' own options, the fixture that judges ratios, and the table at the end of a run.

It lies at the root of the benchmarks because pytest reads options only from there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from avatarwire.benchmarks.ratios import Judge, Ratio, as_json, as_table

RATIOS: Final = pytest.StashKey[list[Ratio]]()


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """Measures and judges ratios; under ``--benchmark-disable`` everything runs and nothing is judged."""
    return Judge(request.config.stash[RATIOS], smoke=bool(request.config.getoption("benchmark_disable")))


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("avatarwire benchmarks")
    group.addoption(
        "--ratios-json",
        default=".benchmarks/ratios.json",
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
        path = Path(str(config.getoption("ratios_json")))
        as_json(ratios, path)
        terminalreporter.write_line(f"written to {path}")
