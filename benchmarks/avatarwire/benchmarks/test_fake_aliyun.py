"""How long a test waits for a fake Aliyun server."""

from __future__ import annotations

from statistics import median
from typing import Final

from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.ratios import Bound, Judge, seconds_per_call
from avatarwire.fakeserver import FakeAliyun

READY_MILLISECONDS: Final = 20.0
"""What a test may wait for a fake after warm imports: the one absolute figure, as it is what a person feels."""


def test_ready_for_a_test(benchmark: BenchmarkFixture, judge: Judge) -> None:
    """Make, start and stop one fake in a thread of its own, as the fixture of the pytest plugin does."""

    def use() -> None:
        with FakeAliyun():
            pass

    use()
    benchmark.group = "a fake for one test"
    benchmark(use)
    once = seconds_per_call(use, calls=1)
    milliseconds = median(once() * 1000 for _ in range(judge.rounds()))
    judge.judge("milliseconds to make, start and stop a fake", milliseconds, Bound("at most", READY_MILLISECONDS))
