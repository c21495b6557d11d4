"""What a fake makes of its arguments: what is given goes before table ``[server]``, and that before defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec import inspect

from avatarwire import fakeserver
from avatarwire.fakeserver import vendors
from avatarwire.fakeserver.clock import RealClock, VirtualClock
from avatarwire.fakeserver.jumping_clock import JumpingClock
from avatarwire.fakeserver.scenario import ScenarioError, ScenarioTable
from avatarwire.fakeserver.scenario.settings import settle
from avatarwire.fakeserver.scenario.types import fields_of, method_of


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


@pytest.mark.parametrize(("word", "kind"), [("real", type(None)), ("virtual", VirtualClock), ("jump", JumpingClock)])
def test_a_clock_may_be_named(word: Any, kind: type) -> None:
    """Before what the scenario says of it, too."""
    for source in (None, {"server": {"clock": "virtual"}}):
        assert type(settle(source, "guiji", Scenario, {}, clock=word).clock) is kind


@pytest.mark.parametrize(
    ("clock", "told"),
    [
        ("virtul", 'or "real", "virtual" or "jump", got \'virtul\'; did you mean virtual?'),
        (7, "got 7"),
        (VirtualClock, "got <class 'avatarwire.fakeserver.clock.VirtualClock'>"),
    ],
)
def test_what_is_no_clock_is_told(clock: Any, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        settle(None, "guiji", Scenario, {}, clock=clock)
    assert str(caught.value).startswith("keywords: clock: expected a Clock, such as VirtualClock(), or ")
    assert str(caught.value).endswith(told)


def test_a_table_instead_of_a_file() -> None:
    assert settle(Scenario(greeting="hi"), "guiji", Scenario, {}).scenario.greeting == "hi"


def test_tables_of_other_fakes_are_not_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text("[aliyun]\nwhatever = 1\n[guiji]\ngreeting = 'hi'\n", encoding="utf-8")
    assert settle(file, "guiji", Scenario, {}).scenario.greeting == "hi"
    with pytest.raises(ScenarioError, match=r"aliyun\.whatever"):
        settle(file, "aliyun", Scenario, {})


# --- what a fake is made with ---

FAKES = [pytest.param(getattr(fakeserver, vendor.fake), id=name) for name, vendor in vendors.VENDORS.items()]


@pytest.mark.parametrize("fake", FAKES)
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"seed": "x"}, "keywords: seed: expected int"),
        ({"seed": -1}, "keywords: seed: expected int"),
        ({"seed": 1.5}, "keywords: seed: expected int"),
        ({"clock": 5}, "keywords: clock: expected a Clock, such as VirtualClock()"),
        ({"clock": VirtualClock}, "keywords: clock: expected a Clock"),
        ({"journal_bytes": 0}, "keywords: journal_bytes: expected int >= 1, got 0"),
        ({"journal_bytes": "x"}, "keywords: journal_bytes: expected int, got str"),
        ({"port": "x"}, "keywords: port: expected int, got str"),
        ({"max_body_bytes": -5}, "keywords: max_body_bytes: expected int >= 1024"),
        ({"crossing_seconds": -5}, "keywords: crossing_seconds: expected float >= 0.0"),
        ({"crossing_seconds": float("nan")}, "keywords: crossing_seconds: expected a finite number"),
        ({"heartbeat_seconds": -5}, "keywords: heartbeat_seconds: expected "),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(fake: Any, given: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        fake(**given)
    assert str(caught.value).startswith(told)


def _code_only() -> list[Any]:
    found: list[Any] = []
    for name, vendor in vendors.VENDORS.items():
        fake = getattr(fakeserver, vendor.fake)
        made: Any = fake()
        table: Any = made.scenario.__class__
        methods = ((field.name, method_of(field.type)) for field in fields_of(table))
        found += [pytest.param(fake, key, method, id=f"{name} {key}") for key, method in methods if method]
    return found


@pytest.mark.parametrize(("fake", "name", "method"), _code_only())
def test_what_only_code_can_give_has_to_be_that(fake: Any, name: str, method: str, tmp_path: Path) -> None:
    what = "a function" if method == "__call__" else f"an object with a method {method}"
    for given in ("no function", 5, {"a": 1}):
        with pytest.raises(ScenarioError, match=f"{name}: expected {what}, as only code can give one, got "):
            fake(**{name: given})
    path = tmp_path / "s.toml"
    vendor = next(known for known, row in vendors.VENDORS.items() if row.fake == fake.__name__)
    path.write_text(f'[{vendor}]\n{name} = "no function"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=f"{name}: expected {what}"):
        fake(path)


def test_there_are_such_tunables() -> None:
    assert [each.id for each in _code_only()] == [
        "aliyun answer",
        "sensetime interactive_answer",
        "sensetime nlp_answer",
        "sensetime signer",
    ]


@pytest.mark.parametrize("fake", FAKES)
def test_every_number_of_a_scenario_has_a_least_value(fake: Any) -> None:
    unlimited: list[str] = []

    def look(info: inspect.Type, path: str, inside: tuple[type, ...] = ()) -> None:
        match info:
            case inspect.Metadata(type=inner):
                look(inner, path, inside)
            case inspect.UnionType(types=types):
                for each in types:
                    look(each, path, inside)
            case inspect.StructType(cls=cls, fields=fields) if cls not in inside:
                for field in fields:
                    look(field.type, f"{path}.{field.name}", (*inside, cls))
            case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
                look(item, f"{path}[]", inside)
            case inspect.DictType(value_type=value):
                look(value, f"{path}{{}}", inside)
            case inspect.IntType(ge=None, gt=None) | inspect.FloatType(ge=None, gt=None):
                unlimited.append(path)
            case _:
                pass

    look(inspect.type_info(type(fake().scenario)), "")
    # A vendor's codes may be any number.
    assert [path for path in unlimited if not path.endswith("faults[].code")] == []


def test_a_text_that_nothing_could_be_sent_with_is_refused() -> None:
    for vendor, given in (
        ("aliyun", {"default_answer": "\ud800"}),
        ("aliyun", {"answers": {"\udfff": "x"}}),
        ("guiji", {"company": "\ud800"}),
        ("sensetime", {"default_answer": "\ud800"}),
    ):
        fake: Any = getattr(fakeserver, vendors.VENDORS[vendor].fake)
        with pytest.raises(ScenarioError, match="expected text, got half a surrogate pair"):
            fake(**given)
