"""What a fake makes of its arguments: what is given goes before table ``[server]``, and that before defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarwire.fakeserver.clock import RealClock, VirtualClock
from avatarwire.fakeserver.scenario import ScenarioError, ScenarioTable
from avatarwire.fakeserver.scenario.settings import settle


class Scenario(ScenarioTable, kw_only=True, frozen=True):
    strict: bool = False
    greeting: str = "hello"


def test_nothing_given() -> None:
    settings = settle(None, "guiji", Scenario, {})
    assert (settings.scenario, settings.clock) == (Scenario(), None)


def test_the_table_of_all_fakes_counts() -> None:
    source = {"server": {"strict": True, "clock": "virtual", "seed": 7}, "guiji": {"greeting": "hi"}}
    settings = settle(source, "guiji", Scenario, {})
    assert settings.scenario == Scenario(strict=True, greeting="hi")
    assert isinstance(settings.clock, VirtualClock)
    again = settle(source, "guiji", Scenario, {})
    assert settings.rng.random() == again.rng.random()


def test_what_is_given_goes_before_it() -> None:
    source = {"server": {"strict": True, "clock": "virtual", "seed": 7}}
    clock = RealClock()
    settings = settle(source, "guiji", Scenario, {"strict": False, "greeting": "good day"}, clock=clock, seed=8)
    assert settings.scenario == Scenario(strict=False, greeting="good day")
    assert settings.clock is clock
    assert settings.rng.random() != settle(source, "guiji", Scenario, {}).rng.random()


def test_a_table_instead_of_a_file() -> None:
    assert settle(Scenario(greeting="hi"), "guiji", Scenario, {}).scenario.greeting == "hi"


def test_tables_of_other_fakes_are_not_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text("[aliyun]\nwhatever = 1\n[guiji]\ngreeting = 'hi'\n", encoding="utf-8")
    assert settle(file, "guiji", Scenario, {}).scenario.greeting == "hi"
    with pytest.raises(ScenarioError, match=r"aliyun\.whatever"):
        settle(file, "aliyun", Scenario, {})
