"""Reading takes time and memory in proportion to the size of the input, however hard that is to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

from avatarwire.codecs import registry
from tests.examples import examples

from .hostile import SLOW
from .hostile_decoders import of_files, of_readers, of_signatures
from .hostile_growth import Cost, Decoder, cost, of_entries

WHOLE = SLOW == 1
"""Whether there is time for everything: each family, in large."""
SOME = 1 if WHOLE else 2 if examples(10) == 10 else 6
"""Of the families those that are tried, every so many."""
LARGE = 48_000 if WHOLE else 12_000
MOST_GROWTH = 8
"""Of the time, where the input grows fourfold: twice as much as in proportion, for a machine that has other work."""
TIMED = 0.004
"""Seconds below which a time says nothing of how it grows. What grows with the square has reached them by far."""
MEMORY_A_BYTE = 10
MEMORY = 12_000_000
"""What the limits allow: so many values, each of which Python takes a hundred bytes for."""


def growth_of(decoder: Decoder, size: int = LARGE) -> str:
    """What is wrong with how the cost of a decoder grows; empty for nothing."""
    large = cost(decoder, size, runs=1)
    told = "" if large.peak <= MEMORY + MEMORY_A_BYTE * large.size else f"{large.peak} bytes for {large.size}"
    if large.seconds > TIMED and not _is_in_proportion(decoder, size):
        told += " more time than in proportion"
    return f"{decoder.name}, {decoder.family}: {told}" if told else ""


def _is_in_proportion(decoder: Decoder, size: int) -> bool:
    """Whether an input takes at most so much more than a quarter of it; asked again, as machines have other work."""
    for runs in (1, 3, 7):
        small, large = cost(decoder, size // 4, runs=runs), cost(decoder, size, runs=runs)
        if large.seconds <= MOST_GROWTH * max(small.seconds, TIMED / MOST_GROWTH):
            return True
    return False


def wrong_of(decoders: Iterable[Decoder], size: int = LARGE) -> list[str]:
    return [told for decoder in decoders if (told := growth_of(decoder, size))]


READERS = [
    pytest.param([*found], id=name)
    for name, found in groupby([*of_readers(), *of_signatures()], key=attrgetter("name"))
]


@pytest.mark.unmeasured
@pytest.mark.parametrize("decoders", READERS)
def test_a_reader_takes_time_and_memory_in_proportion(decoders: list[Decoder]) -> None:
    assert wrong_of(decoders[::SOME]) == []


@pytest.mark.unmeasured
def test_a_scenario_file_takes_time_in_proportion(tmp_path: Path) -> None:
    assert wrong_of([*of_files(tmp_path)][:: 1 if WHOLE else 3], 16_000 if WHOLE else 6_000) == []


@pytest.mark.unmeasured
@pytest.mark.parametrize("vendor", registry.VENDORS)
def test_an_entry_takes_time_and_memory_in_proportion(vendor: str) -> None:
    assert wrong_of([*of_entries(vendor)][:: 5 * SLOW], 24_000 if WHOLE else 8_000) == []


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "decoder", [it for it in (*of_readers(), *of_signatures()) if it.name.startswith(("sensetime roles", "aliyun si"))],
    ids=lambda it: f"{it.name}, {it.family}",
)  # fmt: skip
def test_what_has_a_limit_takes_bounded_memory_beyond_it(decoder: Decoder) -> None:
    found = cost(decoder, 1_200_000, runs=1) if "roles" in decoder.name else cost(decoder, 200_000, runs=1)
    assert found.peak <= 2 * MEMORY + MEMORY_A_BYTE * found.size


def letters(size: int) -> bytes:
    return b"x" * size


def cubic(data: bytes) -> int:
    return sum(len(data[:index]) for index in range(len(data)) for _ in range(len(data) // 1_000))


def hoarding(data: bytes) -> int:
    return len([bytes([byte]) * 300 for byte in data])


@pytest.mark.parametrize(("read", "told"), [(cubic, "more time"), (hoarding, "bytes for"), (len, "")])
def test_what_does_not_is_noticed(read: Callable[[bytes], object], told: str) -> None:
    found = growth_of(Decoder("it", "x", letters, read), 48_000 if read is hoarding else 8_000)
    assert told in found
    assert bool(found) is bool(told)


def test_a_cost_is_of_the_input() -> None:
    found = cost(Decoder("it", "x", letters, bytes.upper), 100_000)
    assert isinstance(found, Cost)
    assert (found.size, 100_000 <= found.peak < 200_000) == (100_000, True)
