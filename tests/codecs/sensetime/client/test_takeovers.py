"""The mirror of a queue: news in any order, more than once, about takeovers of anybody."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.sensetime.client.takeovers import MOST_KNOWN, MOST_OVER, Takeovers
from avatarwire.codecs.sensetime.events import Event, TakeoverChanged, TakeoverEnded, TakeoverOutcome
from avatarwire.codecs.sensetime.messages.enums import TakeoverStatus

S = TakeoverStatus


def queue_of(*trace_ids: str) -> Takeovers:
    """These are in the queue, in this order."""
    takeovers = Takeovers()
    for trace_id in trace_ids:
        takeovers.accepted(trace_id, S.QUEUED, None)
    return takeovers


def test_a_position_is_behind_the_item_at_it() -> None:
    takeovers = queue_of("a", "b", "c")
    takeovers.accepted("next", S.QUEUED, 1)
    takeovers.accepted("last", S.QUEUED, 99)
    assert takeovers.order == ("a", "next", "b", "c", "last")


def test_the_first_of_an_empty_queue_is_first_whatever_its_position() -> None:
    takeovers = Takeovers()
    takeovers.accepted("a", S.QUEUED, 1)
    assert takeovers.order == ("a",)
    assert takeovers.playing is None


def test_news_comes_before_the_answer() -> None:
    takeovers = Takeovers()
    assert takeovers.told("a", S.STARTED) == [TakeoverChanged(trace_id="a", status=S.STARTED)]
    takeovers.accepted("a", S.QUEUED, None)
    assert (takeovers.order, takeovers.playing, takeovers.status("a")) == (("a",), "a", S.STARTED)
    takeovers.told("a", S.FINISHED)
    takeovers.accepted("a", S.QUEUED, None)
    assert (takeovers.order, takeovers.open, takeovers.status("a")) == ((), (), None)


def test_old_news_is_none() -> None:
    takeovers = queue_of("a")
    assert takeovers.told("a", S.QUEUED) == []
    takeovers.told("a", S.STARTED)
    assert takeovers.told("a", S.QUEUED) == []
    assert takeovers.told("a", S.FINISHED) == [TakeoverEnded(trace_id="a", outcome=TakeoverOutcome.FINISHED)]
    for status in (S.QUEUED, S.STARTED, S.FINISHED, S.FAILED):
        assert takeovers.told("a", status) == []


def test_a_command_pushes_aside_what_plays() -> None:
    takeovers = queue_of("a", "b")
    takeovers.told("a", S.STARTED)
    takeovers.accepted("now")
    takeovers.told("now", S.STARTED)
    assert (takeovers.order, takeovers.playing) == (("now", "b"), "now")
    assert takeovers.open == ("a", "b", "now")
    assert takeovers.told("a", S.FINISHED) == [TakeoverEnded(trace_id="a", outcome=TakeoverOutcome.FINISHED)]
    takeovers.told("b", S.STARTED)
    assert takeovers.order == ("b",)


def test_a_takeover_that_nobody_named() -> None:
    takeovers = queue_of("a")
    assert takeovers.told("", S.STARTED) == [TakeoverChanged(trace_id="", status=S.STARTED)]
    assert takeovers.told("", S.FINISHED) == [TakeoverEnded(trace_id="", outcome=TakeoverOutcome.FINISHED)]
    assert (takeovers.open, takeovers.order) == (("a",), ("a",))


def test_cancelled_is_what_was_asked_to_be() -> None:
    takeovers = queue_of("a", "b", "c", "d")
    takeovers.cancelling(["a", "b", "unheard of"])
    assert takeovers.told("a", S.FAILED, detail="gone") == [
        TakeoverEnded(trace_id="a", outcome=TakeoverOutcome.CANCELLED, detail="gone")
    ]
    assert takeovers.cancelled(["a", "b", "unheard of"], success=False) == []
    # Refused as a whole, but a time of the interruption hints that this one was cancelled all the same.
    assert takeovers.told("b", S.FINISHED, finish_time="2031-05-06 07:08:09") == [
        TakeoverEnded(trace_id="b", outcome=TakeoverOutcome.CANCELLED)
    ]
    assert takeovers.told("c", S.FINISHED, finish_time="2031-05-06 07:08:09") == [
        TakeoverEnded(trace_id="c", outcome=TakeoverOutcome.FINISHED)
    ]
    takeovers.cancelling(["d"])
    assert takeovers.cancelled(["d"], success=True) == [TakeoverEnded(trace_id="d", outcome=TakeoverOutcome.CANCELLED)]


def test_moving_counts_the_rest() -> None:
    takeovers = queue_of("a", "b", "c", "d")
    takeovers.moved("b", 2)
    assert takeovers.order == ("a", "c", "b", "d")
    takeovers.moved("d", 1)
    assert takeovers.order == ("a", "d", "c", "b")
    takeovers.moved("a", 50)
    assert takeovers.order == ("d", "c", "b", "a")
    takeovers.moved("unheard of", 1)
    assert takeovers.order == ("d", "c", "b", "a")


def test_a_list_settles_the_order() -> None:
    takeovers = queue_of("a", "b")
    asked = takeovers.order
    takeovers.accepted("later", S.QUEUED, None)
    takeovers.accepted("loading", S.DOWNLOADING, None)
    takeovers.told("gone", S.FINISHED)
    assert takeovers.listed(["theirs", "b", "loading", "gone"], asked) == [
        TakeoverEnded(trace_id="a", outcome=TakeoverOutcome.GONE)
    ]
    assert takeovers.order == ("theirs", "b", "loading", "later")
    assert takeovers.status("loading") is S.QUEUED


def test_memory_is_limited() -> None:
    takeovers = queue_of(*(f"t-{number}" for number in range(MOST_KNOWN + 1)))
    assert len(takeovers.open) == len(takeovers.order) == MOST_KNOWN
    assert takeovers.status("t-0") is None
    takeovers.lose()
    assert (takeovers.open, takeovers.order) == ((), ())
    takeovers.accepted("over", S.QUEUED, None)
    takeovers.told("over", S.FINISHED)
    assert takeovers.told(f"t-{MOST_KNOWN - MOST_OVER + 1}", S.STARTED) != []
    assert takeovers.told("over", S.STARTED) == []


NAMES = st.sampled_from("abcd")
News = Callable[[Takeovers], list[Event]]


def accepting(name: str, status: TakeoverStatus | None) -> News:
    def news(takeovers: Takeovers) -> list[Event]:
        takeovers.accepted(name, status, 1)
        return []

    return news


def moving(name: str, position: int) -> News:
    def news(takeovers: Takeovers) -> list[Event]:
        takeovers.moved(name, position)
        return []

    return news


def cancelling(name: str, success: bool) -> News:
    def news(takeovers: Takeovers) -> list[Event]:
        takeovers.cancelling([name])
        return takeovers.cancelled([name], success)

    return news


def telling(name: str, status: TakeoverStatus) -> News:
    return lambda takeovers: takeovers.told(name, status)


def listing(names: list[str]) -> News:
    return lambda takeovers: takeovers.listed(names, takeovers.order)


NEWS: st.SearchStrategy[News] = st.one_of(
    st.builds(telling, NAMES, st.sampled_from([S.QUEUED, S.STARTED, S.FINISHED, S.FAILED])),
    st.builds(accepting, NAMES, st.sampled_from([None, S.DOWNLOADING, S.QUEUED])),
    st.builds(moving, NAMES, st.integers(1, 5)),
    st.builds(listing, st.lists(NAMES, max_size=5)),
    st.builds(cancelling, NAMES, st.booleans()),
)


@given(st.lists(NEWS, max_size=30))
def test_whatever_comes_each_ends_once_and_the_order_is_of_open_ones(news: list[News]) -> None:
    takeovers = Takeovers()
    ended: list[str] = []
    for tell in news:
        ended += [event.trace_id for event in tell(takeovers) if isinstance(event, TakeoverEnded)]
        assert set(takeovers.order) <= set(takeovers.open)
        assert len(set(takeovers.order)) == len(takeovers.order)
        assert takeovers.playing in (None, *takeovers.order[:1])
        assert not set(ended) & set(takeovers.open)
    assert len(set(ended)) == len(ended)
