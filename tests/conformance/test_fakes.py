"""Conformance gets a fake by the vendor's name, and says what to install where there is none."""

from __future__ import annotations

import sys

import pytest

from avatarwire.codecs import registry
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.conformance import fakes
from avatarwire.conformance.demonstration import demonstrate
from avatarwire.conformance.fakes import NoFakeError, fake
from avatarwire.conformance.flow import Event, Failed
from avatarwire.conformance.suites import SUITES
from avatarwire.conformance.talk import DOCUMENTED

INSTALL = 'pip install "avatarwire[fakeserver]"'


@pytest.mark.parametrize("vendor", registry.VENDORS)
async def test_a_fake_of_each_vendor(vendor: str) -> None:
    async with fake(vendor, host="127.0.0.1", scenario={vendor: {"strict": True}}) as server:
        assert str(server.ready["http_url"]).startswith("http://127.0.0.1:")
        assert list(server.journal.violations(level="error")) == []
        assert "advance" in server.commands
        assert len(server.faults) == 0


@pytest.mark.parametrize("vendor", registry.VENDORS)
def test_a_mutant_has_to_be_known(vendor: str) -> None:
    with pytest.raises(AvatarwireError, match=f"the fake {vendor} server has no mutant 'deaf'"):
        fake(vendor, mutant="deaf")


def test_where_no_fake_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fakes, "GROUP", "avatarwire.nothing")
    with pytest.raises(NoFakeError) as caught:
        fake("aliyun")
    assert str(caught.value) == f"no fake aliyun is installed: {INSTALL}"


def test_what_a_fake_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "avatarwire.fakeserver.vendors", None)
    with pytest.raises(NoFakeError) as caught:
        fake("aliyun")
    assert str(caught.value) == f"the fake aliyun needs avatarwire.fakeserver.vendors: {INSTALL}"


# --- flows ---

PARTS = [(vendor, name) for vendor, suites in SUITES.items() for name in suites.flows.named if name != DOCUMENTED]


@pytest.mark.parametrize(("vendor", "flow"), PARTS)
async def test_each_part_of_what_is_documented_stands_alone(vendor: str, flow: str) -> None:
    events: list[Event] = []
    summary = await demonstrate(vendor, SUITES[vendor].flows, events.append, flow=flow)
    assert [event.reason for event in events if isinstance(event, Failed)] == []
    assert summary.ok
