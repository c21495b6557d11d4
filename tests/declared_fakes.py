"""Which fakes conformance finds: those that `pyproject.toml` declares and, for a test, some more, or a certain one."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from avatarwire.conformance import fakes
from avatarwire.conformance.fakes import Fake
from tests.project.tree import PYPROJECT

__all__ = ["declare_fakes", "demonstrate_with"]


def declare_fakes(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """Has conformance find those that are declared, and more; nothing depends on what is installed."""
    declared: dict[str, str] = {**PYPROJECT["project"]["entry-points"][fakes.GROUP], **more}

    group_of_fakes = fakes.GROUP

    def entry_points(*, group: str, name: str) -> list[EntryPoint]:
        return [EntryPoint(name, declared[name], group)] if group == group_of_fakes and name in declared else []

    monkeypatch.setattr(fakes, "entry_points", entry_points)


def demonstrate_with(monkeypatch: pytest.MonkeyPatch, fake: Fake) -> None:
    """Has a demonstration take a fake that the test has made."""

    def made(vendor: str, **arguments: Any) -> Fake:
        return fake

    monkeypatch.setattr("avatarwire.conformance.demonstration.fake", made)
