"""The invented vendor in the registries, and its fake where conformance looks for one, as long as a test runs."""

from __future__ import annotations

import pytest

from avatarwire.codecs import registry
from avatarwire.conformance import suites
from avatarwire.fakeserver import vendors
from tests.declared_fakes import declare_fakes
from tests.fourth_vendor.rows import CODECS_ROW, FAKE_ROW, SUITES_ROW


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "VENDORS", {**registry.VENDORS, "toy": CODECS_ROW})
    monkeypatch.setattr(vendors, "VENDORS", {**vendors.VENDORS, "toy": FAKE_ROW})
    monkeypatch.setattr(suites, "SUITES", {**suites.SUITES, "toy": SUITES_ROW})
    declare_fakes(monkeypatch, toy="tests.fourth_vendor.rows:FAKE_ROW.factory")
