"""The playlist of a session: what begins and ends when, and what the five actions do to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.guiji.playback import Playback, PlaybackRefusal, Played
from tests.fakeserver.turns import LiveTurn

LENGTHS = {1: 10.0, 2: 10.0, 3: 4.0, 4: 2.0, 5: 0.0}


class Stage:
    """A playlist on a virtual clock, and what it has told of."""

    def __init__(self, *pcm_ids: int, silent_seconds: float = 1.0, loop: bool = False, longest: int = 100) -> None:
        self.clock = VirtualClock(0.0)
        self.told: list[Played] = []
        self.playback = Playback(
            LiveTurn(self.clock),
            "playback",
            LENGTHS.get,
            self.told.append,
            silent_seconds=silent_seconds,
            loop=loop,
            longest=longest,
        )
        self.playback.add(pcm_ids)
        self.playback.start()

    def lines(self, seconds: float = 0.0) -> list[str]:
        """What was told since the last look, once so much time has passed."""
        self.clock.advance(seconds)
        lines = [
            f"{event.status} {'cut-in ' if event.cut_in else ''}{event.pcm_id} then {list(event.to_play)}"
            for event in self.told
        ]
        self.told.clear()
        return lines

    def times(self, seconds: int) -> list[str]:
        """What is told, with the second it is told at, over some seconds."""
        found: list[str] = []
        for _ in range(seconds):
            found += [f"{self.clock.now():g}: {line}" for line in self.lines(1.0)]
        return found


def test_one_after_the_other_and_each_tells_what_is_left() -> None:
    stage = Stage(1, 3)
    assert stage.lines() == ["begin 1 then [3]"]
    assert stage.playback.listing() == (1, 3)
    assert stage.lines(9.9) == []
    assert stage.lines(0.1) == ["end 1 then [3]", "begin 3 then []"]
    assert stage.playback.listing() == (3,)
    assert stage.lines(4.0) == ["end 3 then []"]
    assert (stage.playback.playing, stage.playback.listing(), stage.clock.pending) == (None, (), 0)


def test_before_its_start_it_only_keeps_the_list() -> None:
    clock, told = VirtualClock(0.0), list[Played]()
    playback = Playback(LiveTurn(clock), "playback", LENGTHS.get, told.append)
    playback.add([1, 3])
    playback.cut_in([4])
    playback.delete(1, old_pcm_id=1)
    assert (playback.listing(), told, clock.pending) == ((4, 3), [], 0)
    playback.start()
    assert [(event.status, event.pcm_id) for event in told] == [("begin", 4)]


def test_what_is_appended_to_an_empty_list_begins_at_once() -> None:
    stage = Stage()
    stage.playback.add([3, 1])
    assert stage.lines() == ["begin 3 then [1]"]
    stage.playback.add([2])
    assert stage.playback.listing() == (3, 1, 2)


def test_what_is_inserted_stands_before_the_item_at_its_index() -> None:
    stage = Stage(1, 3)
    stage.playback.insert(1, [2, 4], old_pcm_id=3)
    assert stage.playback.listing() == (1, 2, 4, 3)
    stage.playback.insert(4, [1])
    assert stage.playback.listing() == (1, 2, 4, 3, 1)


def test_what_is_inserted_before_the_item_that_plays_plays_next() -> None:
    stage = Stage(1, 3)
    stage.lines(1.0)
    stage.playback.insert(0, [4])
    assert stage.playback.listing() == (4, 1, 3)
    assert stage.playback.playing == 1
    assert stage.lines(9.0) == ["end 1 then [4, 3]", "begin 4 then [3]"]


def test_deleting_the_item_that_plays_ends_it() -> None:
    stage = Stage(1, 3)
    stage.lines(2.0)
    stage.playback.delete(0, old_pcm_id=1)
    assert stage.lines() == ["end 1 then [3]", "begin 3 then []"]
    assert stage.lines(4.0) == ["end 3 then []"]


def test_deleting_one_that_waits_is_not_told() -> None:
    stage = Stage(1, 3)
    stage.lines()
    stage.playback.delete(1)
    assert (stage.lines(), stage.playback.listing()) == ([], (1,))


def test_a_cut_in_plays_at_the_next_silent_point_and_then_it_goes_on() -> None:
    stage = Stage(1, 3, silent_seconds=3.0)
    stage.lines(4.0)
    stage.playback.cut_in([4, 4])
    assert stage.playback.listing() == (1, 4, 4, 3)
    # A silent point at 6 s; 4 s of cut-ins; the 4 s that were left; then the list goes on.
    assert stage.times(15) == [
        "6: begin cut-in 4 then [4]",
        "8: end cut-in 4 then [4]",
        "8: begin cut-in 4 then []",
        "10: end cut-in 4 then []",
        "14: end 1 then [3]",
        "14: begin 3 then []",
        "18: end 3 then []",
    ]


def test_a_cut_in_at_the_very_beginning_waits_for_the_first_silent_point() -> None:
    stage = Stage(1, silent_seconds=2.0)
    stage.playback.cut_in([4])
    assert stage.times(14) == [
        "1: begin 1 then []",
        "2: begin cut-in 4 then []",
        "4: end cut-in 4 then []",
        "12: end 1 then []",
    ]


def test_a_cut_in_is_not_later_than_the_end_of_what_plays() -> None:
    stage = Stage(3, 1, silent_seconds=60.0)
    stage.playback.cut_in([4])
    assert stage.times(6) == [
        "1: begin 3 then [1]",
        "4: end 3 then [1]",
        "4: begin cut-in 4 then []",
        "6: end cut-in 4 then []",
        "6: begin 1 then []",
    ]


@pytest.mark.parametrize("pcm_ids", [(), (1,)])
def test_without_silent_points_or_without_a_list_it_cuts_in_at_once(pcm_ids: tuple[int, ...]) -> None:
    stage = Stage(*pcm_ids, silent_seconds=0.0)
    stage.lines()
    stage.playback.cut_in([4])
    assert stage.lines(0.0) == ["begin cut-in 4 then []"]
    assert stage.playback.cutting_in


def test_more_cut_ins_join_those_that_play() -> None:
    stage = Stage(1, silent_seconds=0.0)
    stage.playback.cut_in([4])
    stage.clock.advance(0.0)
    stage.playback.cut_in([3])
    assert stage.playback.listing() == (4, 3, 1)
    assert stage.lines(6.0)[1:] == [
        "begin cut-in 4 then []",
        "end cut-in 4 then [3]",
        "begin cut-in 3 then []",
        "end cut-in 3 then []",
    ]


def test_nothing_is_inserted_between_cut_ins() -> None:
    stage = Stage(1, 2)
    stage.playback.cut_in([4, 4])
    stage.playback.insert(2, [3])
    assert stage.playback.listing() == (1, 4, 4, 3, 2)


def test_a_cut_in_that_plays_may_be_deleted_and_so_may_what_it_has_cut() -> None:
    stage = Stage(1, 2, silent_seconds=0.0)
    stage.playback.cut_in([4, 3])
    stage.lines(0.5)
    stage.playback.delete(0)
    assert stage.lines() == ["end cut-in 4 then [3]", "begin cut-in 3 then []"]
    assert stage.playback.listing() == (3, 1, 2)
    stage.playback.delete(1, old_pcm_id=1)
    assert stage.lines() == ["end 1 then [2]"]
    assert stage.lines(4.0) == ["end cut-in 3 then []", "begin 2 then []"]


def test_a_cut_in_that_is_deleted_before_its_time_leaves_no_trace() -> None:
    stage = Stage(1)
    stage.playback.cut_in([4])
    stage.playback.delete(1)
    assert stage.times(10) == ["1: begin 1 then []", "10: end 1 then []"]


def test_a_list_may_go_round() -> None:
    stage = Stage(4, 3, loop=True)
    assert stage.lines(6.0) == [
        "begin 4 then [3]",
        "end 4 then [3, 4]",
        "begin 3 then [4]",
        "end 3 then [4, 3]",
        "begin 4 then [3]",
    ]


def test_a_material_without_length_does_not_stop_time() -> None:
    stage = Stage(5, loop=True)
    assert len(stage.lines(1.0)) == 1 + 2 * 1000


@pytest.mark.parametrize(
    ("action", "arguments", "reason"),
    [
        ("insert", (3, [1]), "index: 3 is out of range, the playlist holds 2 items [GJ-E80]"),
        ("insert", (-1, [1]), "index: -1 is out of range, the playlist holds 2 items [GJ-E80]"),
        ("delete", (2,), "index: 2 is out of range, the playlist holds 2 items [GJ-E80]"),
        ("insert", (0, [1], 3), "oldPcmId: 1 stands at index 0, not 3 [GJ-E80]"),
        ("insert", (2, [1], 3), "index: 2 is out of range, the playlist holds 2 items [GJ-E80]"),
        ("delete", (1, 1), "oldPcmId: 3 stands at index 1, not 1 [GJ-E80]"),
        ("add", ([9],), "pcmIds: no material 9 in this live room [GJ-R052]"),
        ("cut_in", ([1, 9],), "pcmIds: no material 9 in this live room [GJ-R052]"),
        ("add", ([1] * 4,), "pcmIds: the playlist would hold more than 5 items"),
    ],
)
def test_an_action_that_cannot_be_done_changes_nothing(action: str, arguments: tuple[Any, ...], reason: str) -> None:
    stage = Stage(1, 3, longest=5)
    stage.lines()
    with pytest.raises(PlaybackRefusal) as refusal:
        getattr(stage.playback, action)(*arguments)
    assert str(refusal.value) == reason
    assert (stage.lines(), stage.playback.listing()) == ([], (1, 3))


def test_unknown_materials_can_be_asked_for() -> None:
    assert Stage().playback.unknown([1, 9, 3, 8]) == [9, 8]


def test_the_end_of_a_session_is_not_told() -> None:
    stage = Stage(1, 3)
    stage.playback.cut_in([4])
    stage.lines()
    stage.playback.close()
    assert (stage.lines(60.0), stage.playback.listing(), stage.clock.pending) == ([], (), 0)
    stage.playback.add([1])
    assert stage.lines(60.0) == []


# --- whatever happens ---

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.sampled_from([1, 3, 5]), min_size=1, max_size=3)),
        st.tuples(st.just("cut_in"), st.lists(st.sampled_from([2, 4]), min_size=1, max_size=3)),
        st.tuples(st.just("insert"), st.integers(0, 6)),
        st.tuples(st.just("delete"), st.integers(0, 6)),
        st.tuples(st.just("wait"), st.integers(0, 120)),
    ),
    max_size=30,
)


def carry_out(stage: Stage, step: tuple[str, Any]) -> None:
    """One step; one that cannot be done is left out."""
    match step:
        case ("wait", int(tenths)):
            stage.clock.advance(tenths / 10)
        case ("insert", int(index)) if index <= len(stage.playback.listing()):
            stage.playback.insert(index, [3])
        case ("delete", int(index)) if index < len(stage.playback.listing()):
            stage.playback.delete(index)
        case ("add" | "cut_in" as name, pcm_ids):
            getattr(stage.playback, name)(pcm_ids)
        case _:
            pass


@settings(deadline=None)
@given(steps=STEPS, silent=st.sampled_from([0.0, 0.7, 1.0, 5.0]))
def test_every_begin_has_its_end_and_only_a_cut_in_comes_between(steps: list[tuple[str, Any]], silent: float) -> None:
    stage = Stage(silent_seconds=silent)
    for step in steps:
        carry_out(stage, step)
    stage.clock.advance(10_000.0)
    open_items: list[tuple[int, bool]] = []
    for event in stage.told:
        if event.status == "begin":
            # Nothing begins while something plays, but a cut-in may while another item is interrupted.
            assert not open_items or (event.cut_in and [cut for _, cut in open_items] == [False])
            open_items.append((event.pcm_id, event.cut_in))
        else:
            # The interrupted item may be deleted while the cut-in plays.
            open_items.remove((event.pcm_id, event.cut_in))
    assert open_items == []
    assert (stage.playback.listing(), stage.clock.pending) == ((), 0)


@settings(deadline=None)
@given(steps=STEPS.map(lambda steps: [step for step in steps if step[0] not in ("delete", "wait")]))
def test_everything_plays_once_in_the_order_of_the_list(steps: list[tuple[str, Any]]) -> None:
    stage = Stage()
    for step in steps:
        carry_out(stage, step)
    listed = stage.playback.listing()
    first = stage.playback.playing
    stage.clock.advance(10_000.0)
    begun = [event for event in stage.told if event.status == "begin"]
    waiting = list(listed)
    if first is not None:
        waiting.remove(first)
        assert begun.pop(0).pcm_id == first
    for cut_in, kinds in ((False, (1, 3, 5)), (True, (2, 4))):
        in_order = [pcm_id for pcm_id in waiting if pcm_id in kinds]
        assert [event.pcm_id for event in begun if event.cut_in is cut_in] == in_order
