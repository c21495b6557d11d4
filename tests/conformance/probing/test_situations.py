"""What came about in a talk, and what has to come about sometimes, by vendor and level."""

from __future__ import annotations

from avatarwire.conformance.probing.freedoms import freedoms_of
from avatarwire.conformance.probing.plan import Act, Deviation
from avatarwire.conformance.probing.situations import reached, situations


def test_what_came_about_is_told_by_the_tape_and_the_workload() -> None:
    workload = [Act(do="together", texts=("a", "b")), Act(do="pause", seconds=700.0), Act(do="heal")]
    tape = [
        Deviation("text_drive.response#1", "delay:40"),
        Deviation("StartAvatarSession.request#1-100", "reject"),
        Deviation("scenario.polls_until_ready", 1),
    ]
    found = {"late", "refused", "outage", "left_open", "together", "paused", "healed"}
    assert set(reached(workload, tape)) == found
    assert set(reached([Act(do="heal")], [])) == set()


def test_what_has_to_come_about_is_what_the_vendor_may_do() -> None:
    documented = situations("documented", freedoms_of("sensetime"))
    hostile = situations("hostile", freedoms_of("sensetime"))
    assert "together" in documented
    assert set(hostile) - set(documented) >= {"variant", "lost", "broken", "damaged"}
