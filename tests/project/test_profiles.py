"""How much is run: fewer examples between two edits than in CI, and no slow test."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.examples import examples
from tests.slow_files import SLOW, TESTS, is_slow


@pytest.mark.parametrize(
    ("profile", "count", "drawn"),
    [("few", 200, 40), ("few", 10, 5), ("few", 2, 2), ("ci", 200, 200), ("default", 7, 7), ("nightly", 200, 1000)],
)
def test_a_profile_draws_a_share(profile: str, count: int, drawn: int) -> None:
    assert examples(count, profile) == drawn


@pytest.mark.parametrize(("profile", "alike", "drawn"), [("few", True, 20), ("ci", True, 100), ("nightly", False, 500)])
def test_profiles(profile: str, alike: bool, drawn: int) -> None:
    chosen = settings.get_profile(profile)
    assert (chosen.derandomize, chosen.max_examples) == (alike, drawn)


def test_what_is_slow_is_there() -> None:
    assert [name for name in SLOW if not (TESTS / name).exists()] == []
    assert list(SLOW) == sorted(set(SLOW))


@pytest.mark.parametrize(
    ("file", "slow"),
    [
        (TESTS / "codecs/test_cli.py", True),
        (TESTS / "conformance/mutants/test_patches.py", True),
        (TESTS / "codecs/test_message.py", False),
        (Path("codecs/test_cli.py"), False),
    ],
)
def test_a_file_is_slow_itself_or_by_its_folder(file: Path, slow: bool) -> None:
    assert is_slow(file) is slow
