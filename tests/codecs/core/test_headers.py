"""The headers of an HTTP call by name."""

from __future__ import annotations

from avatarwire.codecs.core.headers import Collected, collected


def test_names_are_in_lower_case_and_all_values_are_kept() -> None:
    assert collected([("Host", "fake.test"), ("via", "b"), ("Via", "a")]) == {"host": ["fake.test"], "via": ["b", "a"]}
    assert collected({"HOST": "fake.test", "Via": ("b", "a")}) == {"host": ["fake.test"], "via": ["b", "a"]}


def test_what_is_collected_is_given_back() -> None:
    found = collected([("Host", "fake.test")])
    assert isinstance(found, Collected)
    assert collected(found) is found


def test_lists_of_the_caller_are_left_alone() -> None:
    given = {"Via": ["a"], "via": ["b"]}
    assert collected(given) == {"via": ["a", "b"]}
    assert given == {"Via": ["a"], "via": ["b"]}
