"""What the tests of the installed wheel share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.installing import LOCK, build, built, environment_with
from tests.project.once import once


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return built(once(tmp_path_factory, "wheel", build))


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """An environment that holds the wheel and what it requires."""
    return once(tmp_path_factory, "clean", environment_with(wheel))


@pytest.fixture(scope="session")
def with_fakes(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """An environment that holds the wheel with its extra fakeserver."""
    return once(tmp_path_factory, "with-fakes", environment_with("-c", LOCK, f"{wheel}[fakeserver]"))
