"""The queue of takeovers on a virtual clock: what plays when, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.sensetime.messages.enums import TakeoverStatus
from avatarwire.codecs.sensetime.script import TakeoverScript, decode_takeover
from avatarwire.codecs.sensetime.script_parts import TakeoverQuery
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.scenario import override
from avatarwire.fakeserver.sensetime.live_events import Failed, Finished, Queued, Started, TakeoverEvent
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.sensetime.takeovers import Takeover, TakeoverQueue
from tests.fakeserver.sensetime.lines import Line
from tests.fakeserver.turns import LiveTurn

SONG = "https://files.example.com/song.mp3"
PICTURE = "https://files.example.com/picture.png"


def text(seconds: float = 2.0) -> TakeoverScript:
    """Something to say that takes so long, at five characters a second; the queue takes shorter ones than calls do."""
    return TakeoverScript.trusted(tts_query=TakeoverQuery.trusted(content="x" * round(seconds * 5)))


def sound(url: str = SONG) -> TakeoverScript:
    return TakeoverScript.trusted(audio=url)


class Stage:
    """A queue, and all that it tells: `(seconds since the start, name of the event, number of the takeover)`."""

    def __init__(self, **changes: Any) -> None:
        self.clock = VirtualClock()
        self.start = self.clock.now()
        self.told: list[tuple[float, str, str]] = []
        self.events: list[TakeoverEvent] = []
        numbers = count(1)
        scenario = override(SenseTimeScenario(), **changes)
        self.queue = TakeoverQueue(scenario, LiveTurn(self.clock), self._tell, lambda: f"t{next(numbers)}")

    def _tell(self, event: TakeoverEvent) -> None:
        self.events.append(event)
        self.told.append((self.clock.now() - self.start, type(event).__name__, event.trace_id))

    def news(self) -> list[tuple[float, str, str]]:
        """What was told since the last time."""
        told, self.told = self.told, []
        return told


# --- playing ---


def test_a_text_plays_for_as_long_as_it_takes_to_say_it() -> None:
    stage = Stage()
    takeover = stage.queue.command(text(2.0))
    assert (takeover.trace_id, takeover.status) == ("t1", TakeoverStatus.STARTED)
    assert stage.queue.trace_ids() == ("t1",)
    stage.clock.advance(10)
    assert stage.news() == [(0.0, "Started", "t1"), (2.0, "Finished", "t1")]
    assert stage.queue.trace_ids() == ()
    assert takeover.status is TakeoverStatus.FINISHED


@pytest.mark.parametrize(("ratio", "seconds"), [(0.5, 1.0), (1, 2.0), (2, 4.0)])
def test_the_larger_the_speed_ratio_of_a_live_the_longer_a_text_takes(ratio: float, seconds: float) -> None:
    """ST-E79: speech time is base times ratio; a file is as long as it is."""
    line = Line(scene={"tts_config": {"qid": "voice-1", "speed_ratio": ratio}}, audio_seconds={SONG: 2.0})
    for script, length in ((text(2.0), seconds), (sound(), 2.0)):
        line.live.takeovers.command(script)
        line.clock.advance(length - 0.01)
        assert len(line.live.takeovers.trace_ids()) == 1
        line.clock.advance(0.01)
        assert line.live.takeovers.trace_ids() == ()


def test_tags_are_not_spoken() -> None:
    stage = Stage()
    stage.queue.command(decode_takeover(b'{"tts_query":{"content":"<speak>0123456789</speak>","ssml":true}}').value)
    stage.clock.advance(10)
    assert stage.news()[-1] == (2.0, "Finished", "t1")


def test_a_file_plays_for_as_long_as_the_scenario_says() -> None:
    stage = Stage(audio_seconds={SONG: 7.0, "spoken/hello.mp3": 1.0}, default_audio_seconds=3.0)
    for script in (sound(), sound("https://files.example.com/other.mp3"), sound("spoken/hello.mp3")):
        stage.queue.enqueue(script, None)
    stage.clock.advance(60)
    assert [moment for moment, name, _ in stage.news() if name == "Finished"] == [7.0, 10.0, 11.0]


def test_a_script_that_says_nothing_is_over_at_once() -> None:
    stage = Stage()
    stage.queue.command(TakeoverScript.trusted())
    stage.clock.advance(0)
    assert stage.news() == [(0.0, "Started", "t1"), (0.0, "Finished", "t1")]


def test_queued_ones_play_in_order() -> None:
    """ST-TKO-07."""
    stage = Stage()
    assert [stage.queue.enqueue(text(1.0), None).status for _ in range(3)] == [36, 34, 34]
    assert stage.queue.trace_ids() == ("t1", "t2", "t3")
    stage.clock.advance(60)
    assert stage.news() == [
        (0.0, "Queued", "t1"),
        (0.0, "Started", "t1"),
        (0.0, "Queued", "t2"),
        (0.0, "Queued", "t3"),
        (1.0, "Finished", "t1"),
        (1.0, "Started", "t2"),
        (2.0, "Finished", "t2"),
        (2.0, "Started", "t3"),
        (3.0, "Finished", "t3"),
    ]


def test_a_command_preempts_what_plays_and_leaves_the_queue_alone() -> None:
    """ST-E11."""
    stage = Stage()
    stage.queue.enqueue(text(4.0), None)
    stage.queue.enqueue(text(1.0), None)
    stage.news()
    stage.clock.advance(1)
    stage.queue.command(text(2.0))
    assert stage.queue.trace_ids() == ("t3", "t2")
    stage.clock.advance(60)
    assert stage.news() == [
        (1.0, "Finished", "t1"),
        (1.0, "Started", "t3"),
        (3.0, "Finished", "t3"),
        (3.0, "Started", "t2"),
        (4.0, "Finished", "t2"),
    ]
    assert not any(isinstance(event, Finished) and event.cancelled for event in stage.events)


def test_a_command_may_be_the_next_one_instead() -> None:
    stage = Stage(command_during_takeover="wait")
    assert stage.queue.command(text()).status is TakeoverStatus.STARTED
    stage.queue.enqueue(text(), None)
    assert stage.queue.command(text()).status is TakeoverStatus.QUEUED
    assert stage.queue.trace_ids() == ("t1", "t3", "t2")


# --- positions ---


@pytest.mark.parametrize(
    ("priority", "order"),
    [
        (1, "t1 t4 t2 t3"),
        (2, "t1 t2 t4 t3"),
        (3, "t1 t2 t3 t4"),
        (99, "t1 t2 t3 t4"),
        (None, "t1 t2 t3 t4"),
    ],
)
def test_a_position_means_directly_behind_it(priority: int | None, order: str) -> None:
    """The one that plays is position 1 (ST-TKO-08, ST-TKO-09, ST-E44)."""
    stage = Stage()
    for _ in range(3):
        stage.queue.enqueue(text(), None)
    stage.queue.enqueue(text(), priority)
    assert " ".join(stage.queue.trace_ids()) == order


def test_into_an_empty_queue_any_position_plays_at_once() -> None:
    """ST-E44."""
    stage = Stage()
    stage.queue.enqueue(text(), 5)
    assert stage.news() == [(0.0, "Queued", "t1"), (0.0, "Started", "t1")]


@pytest.mark.parametrize(
    ("trace_id", "priority", "moved", "order"),
    [
        ("t4", 1, True, "t1 t4 t2 t3"),
        ("t2", 2, True, "t1 t3 t2 t4"),
        ("t2", 3, True, "t1 t3 t4 t2"),
        ("t2", 99, True, "t1 t3 t4 t2"),
        ("t3", 2, True, "t1 t2 t3 t4"),
        ("t1", 2, False, "t1 t2 t3 t4"),
        ("t2", 0, False, "t1 t2 t3 t4"),
        ("t9", 1, False, "t1 t2 t3 t4"),
    ],
)
def test_reordering_takes_one_out_and_puts_it_behind_a_position_of_the_rest(
    trace_id: str, priority: int, moved: bool, order: str
) -> None:
    """ST-E45."""
    stage = Stage()
    for _ in range(4):
        stage.queue.enqueue(text(), None)
    assert stage.queue.reorder(trace_id, priority) is moved
    assert " ".join(stage.queue.trace_ids()) == order


# --- cancelling ---


def test_cancelling_the_one_that_plays_lets_the_next_one_play() -> None:
    stage = Stage()
    stage.queue.enqueue(text(4.0), None)
    stage.queue.enqueue(text(1.0), None)
    stage.news()
    stage.clock.advance(1)
    outcome = stage.queue.cancel(["t1"])
    assert (outcome.ok, outcome.message, outcome.finished_at) == (True, "", stage.clock.now())
    assert stage.events[-2:] == [Finished("t1", cancelled=True), Started("t2")]
    stage.clock.advance(60)
    assert stage.news()[-1] == (2.0, "Finished", "t2")


def test_cancelling_everything_starts_nothing_in_between() -> None:
    """ST-TKO-18."""
    stage = Stage(download_seconds={SONG: 20.0})
    for script in (text(), text(), sound()):
        stage.queue.enqueue(script, None)
    stage.news()
    assert stage.queue.cancel(None).ok
    assert [(name, trace_id) for _, name, trace_id in stage.news()] == [("Finished", f"t{n}") for n in (1, 2, 3)]
    assert (stage.queue.trace_ids(), stage.clock.pending) == ((), 0)


def test_cancelling_everything_is_a_success_where_there_is_nothing() -> None:
    """ST-E51."""
    assert Stage().queue.cancel(None).ok


def test_unknown_ids_are_told_and_the_others_cancelled() -> None:
    """ST-E51."""
    stage = Stage()
    for _ in range(3):
        stage.queue.enqueue(text(), None)
    outcome = stage.queue.cancel(["t3", "t8", "t3", "t9"])
    assert (outcome.ok, outcome.message) == (
        False,
        "commandTraceId: no takeover t8, t9 is playing or waiting [ST-E51]",
    )
    assert stage.queue.trace_ids() == ("t1", "t2")
    assert stage.events[-1] == Finished("t3", cancelled=True)


def test_what_is_over_cannot_be_cancelled() -> None:
    stage = Stage()
    stage.queue.command(text(1.0))
    stage.clock.advance(1)
    assert not stage.queue.cancel(["t1"]).ok


def test_an_end_of_the_live_is_told_to_nobody() -> None:
    stage = Stage(download_seconds={SONG: 20.0})
    for script in (text(), text(), sound()):
        stage.queue.enqueue(script, None)
    stage.news()
    stage.queue.close()
    stage.clock.advance(60)
    assert (stage.news(), stage.queue.trace_ids(), stage.clock.pending) == ([], (), 0)


# --- fetching ---


def test_fetching_beyond_the_threshold_is_33_and_34_later() -> None:
    """ST-TKO-12 to ST-TKO-14."""
    stage = Stage(download_seconds={SONG: 10.5}, audio_seconds={SONG: 4.0})
    takeover = stage.queue.enqueue(sound(), 1)
    assert (takeover.status, stage.queue.trace_ids(), stage.news()) == (33, (), [])
    stage.queue.enqueue(text(20.0), None)
    stage.queue.enqueue(text(1.0), None)
    stage.news()
    stage.clock.advance(10.5)
    assert stage.news() == [(10.5, "Queued", "t1")]
    assert stage.queue.trace_ids() == ("t2", "t1", "t3")
    assert stage.queue.reorder("t1", 2)


def test_fetching_up_to_the_threshold_is_not_waited_for() -> None:
    stage = Stage(download_seconds={SONG: 10.0})
    assert stage.queue.enqueue(sound(), None).status == 36


def test_pictures_are_fetched_too() -> None:
    stage = Stage(download_seconds={PICTURE: 15.0})
    spoken = b'{"tts_query":{"content":"0123456789"},"foregrounds":[{"url":"%s"}],"backgrounds":{"url":"%s"}}'
    assert stage.queue.enqueue(decode_takeover(spoken % (SONG.encode(), PICTURE.encode())).value, None).status == 33


def test_one_that_is_being_fetched_is_not_reordered_but_cancelled() -> None:
    stage = Stage(download_seconds={SONG: 20.0})
    stage.queue.enqueue(sound(), None)
    assert not stage.queue.reorder("t1", 1)
    assert stage.queue.cancel(["t1"]).ok
    assert stage.clock.pending == 0


def appended(queue: TakeoverQueue, script: TakeoverScript) -> Takeover:
    """Queued at the tail."""
    return queue.enqueue(script, None)


@pytest.mark.parametrize(
    ("url", "reason"), [(SONG, f"{SONG} is not to be had"), ("songs/a.mp3", "songs/a.mp3 is no URL [ST-E35]")]
)
@pytest.mark.parametrize("ask", [TakeoverQueue.command, appended])
def test_what_cannot_be_had_fails(ask: Callable[[TakeoverQueue, TakeoverScript], Any], url: str, reason: str) -> None:
    """ST-E35, ST-E48: what plays goes on."""
    stage = Stage(missing_files=(SONG,))
    stage.queue.command(text())
    assert ask(stage.queue, sound(url)).status is TakeoverStatus.FAILED
    assert stage.events[-1] == Failed("t2", reason)
    assert stage.queue.trace_ids() == ("t1",)


def test_what_cannot_be_had_after_a_while_fails_then() -> None:
    stage = Stage(missing_files=(SONG,), download_seconds={SONG: 12.0})
    assert stage.queue.enqueue(sound(), None).status == 33
    stage.clock.advance(60)
    assert stage.news() == [(12.0, "Failed", "t1")]


def test_text_goes_before_a_file_that_is_never_fetched() -> None:
    """ST-TKO-24."""
    stage = Stage(missing_files=(SONG,))
    both = decode_takeover(b'{"tts_query":{"content":"0123456789"},"audio":"%s"}' % SONG.encode()).value
    assert stage.queue.command(both).status is TakeoverStatus.STARTED


# --- whatever is asked ---

ACTS = st.one_of(
    st.tuples(st.just("command"), st.integers(1, 20)),
    st.tuples(st.just("enqueue"), st.integers(1, 20), st.none() | st.integers(1, 12)),
    st.tuples(st.just("fetch"), st.none() | st.integers(1, 12)),
    st.tuples(st.just("reorder"), st.integers(1, 12), st.integers(-1, 12)),
    st.tuples(st.just("cancel"), st.none() | st.lists(st.integers(1, 12), max_size=3)),
    st.tuples(st.just("wait"), st.integers(0, 30)),
)


def act(stage: Stage, name: str, *rest: Any) -> None:
    queue = stage.queue
    match name:
        case "command":
            queue.command(text(rest[0] / 5))
        case "enqueue":
            queue.enqueue(text(rest[0] / 5), rest[1])
        case "fetch":
            queue.enqueue(sound(), rest[0])
        case "reorder":
            queue.reorder(f"t{rest[0]}", rest[1])
        case "cancel":
            queue.cancel(None if rest[0] is None else [f"t{number}" for number in rest[0]])
        case _:
            stage.clock.advance(rest[0])


@given(st.lists(ACTS, max_size=30))
def test_whatever_is_asked_each_one_is_told_of_in_order_and_ends_once(acts: list[tuple[Any, ...]]) -> None:
    stage = Stage(download_seconds={SONG: 11.0})
    for each in acts:
        act(stage, *each)
        # As long as anything waits, something plays; nothing is listed twice.
        ids = stage.queue.trace_ids()
        assert len(set(ids)) == len(ids)
        playing = {event.trace_id for event in stage.events if isinstance(event, Started)}
        playing -= {event.trace_id for event in stage.events if isinstance(event, Finished)}
        assert playing == set(ids[:1])
    stage.clock.advance(10_000)
    assert (stage.queue.trace_ids(), stage.clock.pending) == ((), 0)
    by_id: dict[str, list[type[TakeoverEvent]]] = {}
    for event in stage.events:
        by_id.setdefault(event.trace_id, []).append(type(event))
    orders = ([Started, Finished], [Queued, Started, Finished], [Queued, Finished], [Finished])
    assert all(told in orders for told in by_id.values()), by_id
