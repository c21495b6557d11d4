"""The invented vendor in the two registries, for as long as a test runs."""

from __future__ import annotations

import pytest

from avatarwire.codecs import registry
from avatarwire.fakeserver import vendors
from tests.fourth_vendor.rows import CODECS_ROW, FAKE_ROW


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "VENDORS", {**registry.VENDORS, "toy": CODECS_ROW})
    monkeypatch.setattr(vendors, "VENDORS", {**vendors.VENDORS, "toy": FAKE_ROW})
