"""The rules that docs/faults.md shows are rules: those of its table, and those of its files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.fakeserver import ScenarioError
from avatarwire.fakeserver.vendors import VENDORS

PAGE: Final = (Path(__file__).parents[3] / "docs" / "faults.md").read_text(encoding="utf-8")
RULES: Final = re.findall(r"^\| [^|]* \| (`message = [^|]*) \|$", PAGE, re.MULTILINE)


def shown() -> Iterator[str]:
    """Each rule of the table, as it stands there."""
    for cell in RULES:
        yield from re.findall(r"`(message = [^`]*)`", cell)


def taken_by(rule: dict[str, Any]) -> list[str]:
    """The vendors whose fakes take a rule."""
    taken: list[str] = []
    for name, vendor in VENDORS.items():
        try:
            vendor.make(faults=[rule])
        except ScenarioError:
            continue
        taken.append(name)
    return taken


def test_there_are_enough_of_them() -> None:
    assert len(RULES) >= 20
    assert len(list(shown())) >= len(RULES)


@pytest.mark.parametrize("written", list(shown()))
def test_each_is_taken_by_the_vendor_whose_message_it_names(written: str) -> None:
    rule = tomllib.loads(f"rule = {{ {written} }}")["rule"]
    assert taken_by(rule)


@pytest.mark.parametrize("block", re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
def test_each_file_is_a_scenario(block: str) -> None:
    for vendor in tomllib.loads(block):
        VENDORS[vendor].make(scenario=tomllib.loads(block))
