"""Two deviations at a time: every pair of kinds is in some run, and there are far fewer runs than pairs."""

from __future__ import annotations

from itertools import combinations

from avatarwire.conformance.probing.pairs import pairs
from avatarwire.conformance.probing.plan import Seen

MESSAGES = ["start", "ready", "ready", "text", "text", "text", "stop"]
FAULTS = ["drop", "delay", "close", "mutation:A", "mutation:B"]
SEEN = [Seen(message, MESSAGES[: place + 1].count(message), "ws") for place, message in enumerate(MESSAGES)]
SINGLES = [(seen, fault) for seen in SEEN for fault in FAULTS]


def test_pairs_are_in_the_order_of_the_talk_and_of_different_messages() -> None:
    order = {seen.label: place for place, seen in enumerate(SEEN)}
    found = list(pairs(SINGLES))
    assert all(order[first[0].label] < order[second[0].label] for first, second in found)
    assert found == list(pairs(SINGLES))


def test_every_two_kinds_are_covered_by_few_runs() -> None:
    found = list(pairs(SINGLES))
    covered = {
        it
        for first, second in found
        for it in combinations((first[0].message, first[1][:3], second[0].message, second[1][:3]), 2)
    }
    for one in ("start", "ready", "text"):
        for fault in ("dro", "del", "clo", "mut"):
            assert (one, fault) in covered
            assert (fault, "stop") in covered
    assert len(found) < len(SINGLES) * 2


def test_of_one_message_there_is_no_pair() -> None:
    assert list(pairs(SINGLES[: len(FAULTS)])) == []
    assert list(pairs([])) == []
