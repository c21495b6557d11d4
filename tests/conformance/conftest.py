"""The fakes are found as `pyproject.toml` declares them, whether or not this very tree is what is installed."""

from __future__ import annotations

import pytest

from tests.declared_fakes import declare_fakes


@pytest.fixture(autouse=True)
def declared_fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_fakes(monkeypatch)
