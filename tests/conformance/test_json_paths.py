"""Wire paths in decoded JSON, and conditions about what stands there."""

from __future__ import annotations

import pytest

from avatarwire.codecs.core.constraints import Condition
from avatarwire.conformance.json_paths import counts, places


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
