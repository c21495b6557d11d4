"""Forms of the wire: which sets of them a case is carried out in, and what they make of JSON."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.conformance.engine.wire_forms import EXTRA, FORMS, changed, pairwise, sets_of, unpadded


def test_forms_are_carried_out_where_they_concern_a_transport() -> None:
    assert sets_of(("chunked", "fragmented"), {"http"}) == (("chunked",),)
    assert sets_of(("chunked", "fragmented"), {"http", "ws"}) == (("fragmented", "chunked"),)
    assert sets_of(("fragmented",), {"mqtt"}) == ()
    assert sets_of((), {"http"}) == ()


def test_pairwise_needs_five_sets_for_all_seven_forms() -> None:
    rows = sets_of(("pairwise",), {"http", "ws", "mqtt"})
    assert len(rows) == 5
    assert {name for row in rows for name in row} == set(FORMS)


@settings(deadline=None)  # a machine may be busy
@given(st.integers(0, 12))
def test_every_two_names_meet_in_all_four_ways(count: int) -> None:
    names = [f"form {number}" for number in range(count)]
    rows = pairwise(names)
    for one, other in combinations(names, 2):
        met = {(one in row, other in row) for row in rows}
        assert met == {(False, False), (False, True), (True, False), (True, True)}


@pytest.mark.parametrize(
    ("forms", "text"),
    [
        ((), {"b": 1, "a": {"d": [{"f": 2, "e": 3}], "c": None}}),
        (("key_order",), {"a": {"c": None, "d": [{"e": 3, "f": 2}]}, "b": 1}),
    ],
)
def test_members_the_other_way_round(forms: tuple[str, ...], text: object) -> None:
    value = changed({"b": 1, "a": {"d": [{"f": 2, "e": 3}], "c": None}}, forms)
    assert repr(value) == repr(text)


def test_a_member_that_nobody_knows_is_added_to_objects_only() -> None:
    assert list(changed({"a": 1}, ["unknown_members"])) == ["a", EXTRA]
    assert changed(["a"], ["unknown_members"]) == ["a"]


def test_base64_without_padding() -> None:
    assert unpadded("AAA=", ["unpadded"]) == "AAA"
    assert unpadded("AAA=", []) == "AAA="
