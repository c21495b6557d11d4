"""How ratios are measured and judged: with measures whose numbers are given."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from avatarwire.benchmarks.ratios import Bound, Judge, Ratio, as_json, as_table, paired, paired_async, seconds_per_call


class Asked:
    """Two measures that yield the given numbers and remember who was asked when."""

    def __init__(self, subject: list[float], reference: list[float]) -> None:
        self.order = ""
        self._numbers: dict[str, Iterator[float]] = {"s": iter(subject), "r": iter(reference)}

    def measure(self, who: str) -> Callable[[], float]:
        def ask() -> float:
            self.order += who
            return next(self._numbers[who])

        return ask

    def async_measure(self, who: str) -> Callable[[], Awaitable[float]]:
        ask = self.measure(who)

        async def ask_later() -> float:
            return ask()

        return ask_later


def test_contenders_alternate_and_take_turns_in_going_first() -> None:
    asked = Asked([1.0] * 4, [1.0] * 4)
    paired(asked.measure("s"), asked.measure("r"), rounds=4)
    assert asked.order == "srrssrrs"


async def test_coroutines_alternate_as_well() -> None:
    asked = Asked([1.0] * 4, [1.0] * 4)
    await paired_async(asked.async_measure("s"), asked.async_measure("r"), rounds=4)
    assert asked.order == "srrssrrs"


async def test_the_ratio_is_the_median_of_each_rounds_own() -> None:
    # The machine halves its speed in the second round and hiccups in the third.
    subject, reference = [2.0, 4.0, 90.0], [1.0, 2.0, 1.0]
    asked = Asked(subject, reference)
    assert paired(asked.measure("s"), asked.measure("r"), rounds=3) == 2.0
    asked = Asked(subject, reference)
    assert await paired_async(asked.async_measure("s"), asked.async_measure("r"), rounds=3) == 2.0


def test_a_call_is_timed_as_often_as_asked() -> None:
    seen: list[tuple[int, str]] = []

    def call(number: int, text: str) -> None:
        seen.append((number, text))

    measure = seconds_per_call(call, 7, "x", calls=3)
    assert measure() > 0
    assert seen == [(7, "x")] * 3


def test_without_a_number_of_calls_one_is_found() -> None:
    calls = 0

    def call() -> None:
        nonlocal calls
        calls += 1

    measure = seconds_per_call(call)
    before = calls
    measure()
    assert calls - before > 1


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (Ratio("a", 1.2, Bound("at most", 1.2)), "ok"),
        (Ratio("a", 1.21, Bound("at most", 1.2)), "FAILED"),
        (Ratio("a", 30.0, Bound("at least", 30)), "ok"),
        (Ratio("a", 29.9, Bound("at least", 30)), "FAILED"),
        (Ratio("a", 99.0), "shown"),
        (Ratio("a", 99.0, Bound("at most", 1.2), judged=False), "not judged"),
    ],
)
def test_a_verdict(ratio: Ratio, verdict: str) -> None:
    assert ratio.verdict == verdict


def test_a_broken_limit_is_noted_and_fails() -> None:
    noted: list[Ratio] = []
    judge = Judge(noted, smoke=False)
    judge.compare("fine", lambda: 1.0, lambda: 1.0, Bound("at most", 1.2))
    with pytest.raises(AssertionError, match=r"^slow: 3\.000, should be at most 1\.2$"):
        judge.compare("slow", lambda: 3.0, lambda: 1.0, Bound("at most", 1.2))
    assert noted == [Ratio("fine", 1.0, Bound("at most", 1.2)), Ratio("slow", 3.0, Bound("at most", 1.2))]


async def test_a_limit_is_broken_only_time_and_again() -> None:
    noted: list[Ratio] = []
    judge = Judge(noted, smoke=False)
    busy = Asked([3.0] * 61 + [1.0] * 61, [1.0] * 122)
    judge.compare("busy", busy.measure("s"), busy.measure("r"), Bound("at most", 1.2))
    busy = Asked([3.0, 3.0, 1.0], [1.0] * 3)
    await judge.compare_async("busy", busy.async_measure("s"), busy.async_measure("r"), Bound("at most", 1.2), rounds=1)
    slow = Asked([3.0] * 4, [1.0] * 4)
    with pytest.raises(AssertionError, match="slow"):
        await judge.compare_async(
            "slow", slow.async_measure("s"), slow.async_measure("r"), Bound("at most", 1.2), rounds=1
        )
    assert [ratio.measured for ratio in noted] == [1.0, 1.0, 3.0]
    assert slow.order == "sr" * 3


async def test_a_smoke_test_asks_everyone_and_judges_nobody() -> None:
    noted: list[Ratio] = []
    judge = Judge(noted, smoke=True)
    asked = Asked([3.0] * 9, [1.0] * 9)
    await judge.compare_async(
        "slow", asked.async_measure("s"), asked.async_measure("r"), Bound("at most", 1.2), rounds=9
    )
    assert asked.order == "srrs"
    assert [ratio.verdict for ratio in noted] == ["not judged"]


def test_the_table() -> None:
    ratios = [Ratio("decode: codec / hand", 1.024, Bound("at most", 1.15)), Ratio("other", 12.0)]
    assert as_table(ratios) == [
        "ratio                 measured  limit         verdict",
        "decode: codec / hand      1.02  at most 1.15  ok",
        "other                    12.00                shown",
    ]


def test_the_json_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ratios.json"
    as_json([Ratio("a", 1.5, Bound("at least", 1))], path)
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["ratios"] == [
        {"name": "a", "measured": 1.5, "bound": {"kind": "at least", "value": 1}, "judged": True, "verdict": "ok"}
    ]
    assert told["python"].count(".") == 2
