"""Requests that wait: ids, answers, and what comes too late."""

from __future__ import annotations

from avatarwire.codecs.guiji.client.pending_requests import OpenRequest, Waiting
from avatarwire.codecs.guiji.events import Lost


def waiting(*dues: float | None) -> Waiting:
    """Requests from id 5 on, due at these times."""
    found = Waiting(5)
    for due in dues:
        found.add(OpenRequest(found.next_id, "DestroySession.request", 0.0, due))
    return found


def test_ids_go_up_whatever_is_answered() -> None:
    found = waiting(1.0, 2.0)
    assert (found.ids, found.next_id) == ((5, 6), 7)
    taken = found.take(6)
    assert taken is not None
    assert (taken.id, found.take(6), found.next_id) == (6, None, 7)


def test_the_request_of_an_id() -> None:
    found = waiting(None)
    assert (found.message(5), found.message(6), found.message(None)) == ("DestroySession.request", "", "")


def test_what_is_late_waits_no_longer() -> None:
    found = waiting(3.0, None, 2.0)
    assert found.due == 2.0
    assert [request.id for request in found.late(2.5)] == [7]
    assert (found.ids, found.due) == ((5, 6), 3.0)
    assert waiting(None).due is None


def test_what_is_lost_is_told_once() -> None:
    found = waiting(1.0, None)
    assert found.lose() == [Lost(request_id=id_, request="DestroySession.request") for id_ in (5, 6)]
    assert (found.lose(), found.ids) == ([], ())
