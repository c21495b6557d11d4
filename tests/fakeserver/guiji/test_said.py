"""What clients have the avatar say, as `said` tells it: each playing of a material, and how it ended."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from avatarwire.fakeserver import Said, VirtualClock
from avatarwire.fakeserver.guiji import FakeGuiji
from tests.fakeserver.guiji.running import Line, Serve
from tests.fakeserver.guiji.test_server import begun, opened

GREETING: Final = "Welcome, and thank you for watching."


@contextmanager
def talking(serve: Serve, **changes: Any) -> Generator[tuple[FakeGuiji, Line]]:
    """A session that has begun to play its two materials, a text and a sound.

    The line answers heartbeats in a thread, in real time, which may be late for a minute of virtual time; so late
    answers do not end the session.
    """
    fake = serve(clock=VirtualClock(), expiration_seconds=3600, **changes)
    http, session = opened(fake)
    with Line(fake, session, http.token) as line:
        begun(http, fake, line)
        yield fake, line


def states(fake: FakeGuiji) -> list[tuple[str, str]]:
    """Text and state of each."""
    return [(each.text, each.state) for each in fake.said()]


def act(line: Line, action: str, **params: Any) -> bool:
    """Whether an action on the playlist was carried out."""
    answer = line.answer(line.request("pushPlayListManager", {"action": action, **params}))
    return bool(answer["result"]["ok"])


def test_each_item_of_the_playlist_is_said_in_its_turn(serve: Serve) -> None:
    with talking(serve) as (fake, line):
        accepted = fake.clock.now()
        assert states(fake) == [(GREETING, "speaking"), ("", "waiting")]
        fake.advance(60)
        first, second = fake.said()
    assert first.ended is not None
    assert second.ended is not None
    assert accepted < first.ended < second.ended
    by = line.session_id, GREETING, "CreateNewSession.request"
    assert first == Said(*by, accepted, first.ended, "said")
    assert (second.text, second.state, second.accepted) == ("", "said", accepted)


def test_of_every_action(serve: Serve) -> None:
    with talking(serve) as (fake, line):
        text, sound = fake.material_ids
        assert act(line, "addPlayList", pcmIds=[text])
        assert act(line, "insertPlayList", index=1, pcmIds=[text, text])
        assert act(line, "insertPlayListAtSilent", pcmIds=[sound])
        assert act(line, "delPlayListIndex", index=2)
        assert {each.message for each in fake.said()[2:]} == {"pushPlayListManager.request"}
        assert [each.state for each in fake.said()] == ["speaking", "waiting", "waiting", "cut", "waiting", "waiting"]
        fake.advance(120)
        assert [each.state for each in fake.said()] == ["said", "said", "said", "cut", "said", "said"]


def test_what_plays_goes_on_after_a_cut_in(serve: Serve) -> None:
    with talking(serve) as (fake, line):
        assert act(line, "insertPlayListAtSilent", pcmIds=[fake.material_ids[1]])
        fake.advance(1)
        assert states(fake) == [(GREETING, "speaking"), ("", "waiting"), ("", "speaking")]
        fake.advance(60)
        assert {each.state for each in fake.said()} == {"said"}


def test_deleting_what_plays_cuts_it(serve: Serve) -> None:
    with talking(serve) as (fake, line):
        assert act(line, "delPlayListIndex", index=0)
        assert states(fake) == [(GREETING, "cut"), ("", "speaking")]


def test_what_is_refused_is_not_there(serve: Serve) -> None:
    with talking(serve) as (fake, line):
        before = fake.said()
        assert not act(line, "addPlayList", pcmIds=[fake.material_ids[0], 1])
        assert not act(line, "insertPlayList", index=9, pcmIds=[fake.material_ids[0]])
        with fake.faults.add(message="pushPlayListManager.request", do="reject"):
            line.answer(
                line.request("pushPlayListManager", {"action": "addPlayList", "pcmIds": [fake.material_ids[0]]})
            )
        assert fake.said() == before


@pytest.mark.parametrize("end", ["destroy", "DestroySession"])
def test_the_end_of_the_session_cuts_all(serve: Serve, end: str) -> None:
    with talking(serve) as (fake, line):
        if end == "destroy":
            fake.destroy(line.session_id)
        else:
            line.answer(line.request("DestroySession", {}))
        assert states(fake) == [(GREETING, "cut"), ("", "cut")]
        assert fake.said()[0].ended == fake.clock.now()


def test_a_list_that_is_repeated_counts_anew(serve: Serve) -> None:
    with talking(serve, loop_playlist=True) as (fake, _):
        fake.advance(8)  # so that the text is over, and the sound is not
        assert states(fake) == [(GREETING, "said"), ("", "speaking"), (GREETING, "waiting")]
        assert fake.said()[2].message == "CreateNewSession.request"


def test_a_command_of_the_test_has_no_message(serve: Serve) -> None:
    with talking(serve) as (fake, line):
        fake.play(line.session_id, fake.material_ids[:1])
        *_, last = fake.said()
    assert (last.text, last.message) == (GREETING, "")


def test_a_reset_forgets(serve: Serve) -> None:
    with talking(serve) as (fake, _):
        fake.reset()
        assert fake.said() == []
