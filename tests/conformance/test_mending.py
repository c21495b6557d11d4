"""Values drawn from the declarations keep every rule: for each entry of each catalogue, without any filtering here."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.checking import judge
from avatarwire.codecs.core.constraints import Condition
from avatarwire.codecs.core.entry import Entry
from avatarwire.conformance.looking import counts, places
from avatarwire.conformance.mending import json_values

UNHURRIED = [
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
]
"""A whole project, with scenes and layers, is much to draw."""

DRAWN = [
    pytest.param(entry, id=f"{vendor}-{entry.id}") for vendor, entry in catalogue.entries() if entry.type is not None
]


@pytest.mark.parametrize("entry", DRAWN)
@settings(max_examples=15, deadline=None, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_what_is_drawn_keeps_every_rule(entry: Entry, data: st.DataObject) -> None:
    value = data.draw(json_values(inspect.type_info(entry.type)))
    message: Any = msgspec.convert(value, entry.type)
    items = cast("tuple[object, ...]", message) if isinstance(message, tuple) else (message,)
    assert [found for item in items for found in judge(item)] == []


def test_places_of_a_path() -> None:
    value = {"a": [{"b": {"c": 1}}, {"b": 2}, 3], "d": {"c": 5}}
    assert [(holder, name) for holder, name in places(value, "a[].b.c")] == [({"c": 1}, "c")]
    assert list(places(value, "d.c")) == [({"c": 5}, "c")]
    assert list(places(value, "x.y")) == []


@pytest.mark.parametrize(
    ("condition", "is_so"),
    [
        (Condition("a", (1,)), True),
        (Condition("a", (2,)), False),
        (Condition("a", (2,), negated=True), True),
        (Condition("a"), True),
        (Condition("b"), False),
        (Condition("c", (1,)), False),
    ],
)
def test_a_condition_in_json(condition: Condition, is_so: bool) -> None:
    assert counts(condition, {"a": 1, "c": [1]}) is is_so
