"""How fragments become streams, in order and out of order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.aliyun.messages import DataFlag
from avatarwire.fakeserver.aliyun.streams import Complete, Step, Streams
from avatarwire.fakeserver.effects import Incoming

START, CONTENT, END = DataFlag.START, DataFlag.CONTENT, DataFlag.END

REQUESTS = [Incoming() for _ in range(10)]

Fragment = tuple[str, DataFlag | UnsetType, str]

BEFORE = "a fragment before START"
OTHER = "a fragment of another stream before END"
SECOND = "a second START before END"


def feed(streams: Streams, *fragments: Fragment) -> list[Step]:
    """What each fragment does; they come in REQUESTS, in order."""
    return [streams.take(*fragment, REQUESTS[number]) for number, fragment in enumerate(fragments)]


def lenient() -> Streams:
    return Streams(strict=False, max_size=1000)


def strict() -> Streams:
    return Streams(strict=True, max_size=1000)


def ended(steps: list[Step]) -> list[tuple[str, str]]:
    """Id and text of the streams that ended."""
    return [(stream.message_id, stream.text) for step in steps for stream in step.complete]


def faults(steps: list[Step]) -> list[str]:
    """What was out of order, fragment by fragment; ``!`` where it was refused."""
    return ["" if step.violation is None else step.violation.reason + ("!" if step.refused else "") for step in steps]


@pytest.mark.parametrize("make", [lenient, strict])
def test_a_stream_is_put_together_in_order(make: Callable[[], Streams]) -> None:
    streams = make()
    steps = feed(streams, ("m", START, "今天"), ("m", CONTENT, ""), ("m", CONTENT, "天气"), ("m", END, "好"))
    assert [step.complete for step in steps] == [[], [], [], [Complete("m", "今天天气好", REQUESTS[3])]]
    assert faults(steps) == ["", "", "", ""]
    assert streams.open == ""


def test_start_and_end_may_be_all_there_is_and_empty() -> None:
    assert ended(feed(strict(), ("m", START, ""), ("m", END, ""))) == [("m", "")]


@pytest.mark.parametrize(
    ("fragments", "implied", "noticed"),
    [
        ([("m", CONTENT, "a"), ("m", END, "b")], [("m", "ab")], [BEFORE, ""]),
        ([("m", END, "a")], [("m", "a")], [BEFORE]),
        ([("m", START, "a"), ("m", START, "b"), ("m", END, "c")], [("m", "a"), ("m", "bc")], ["", SECOND, ""]),
        (
            [("m", START, "a"), ("n", START, "b"), ("m", END, "c"), ("n", END, "d")],
            [("m", "a"), ("n", "b"), ("m", "c"), ("n", "d")],
            ["", OTHER, OTHER, BEFORE],
        ),
        ([("m", START, "a"), ("n", END, "b")], [("m", "a"), ("n", "b")], ["", OTHER]),
    ],
)
def test_a_stream_is_opened_and_ended_by_implication(
    fragments: list[Fragment], implied: list[tuple[str, str]], noticed: list[str]
) -> None:
    steps = feed(lenient(), *fragments)
    assert ended(steps) == implied
    assert faults(steps) == noticed


@pytest.mark.parametrize(
    ("fragments", "complete", "noticed"),
    [
        ([("m", CONTENT, "a"), ("m", END, "b")], [], [BEFORE + "!", BEFORE + "!"]),
        ([("m", START, "a"), ("m", START, "b"), ("m", END, "c")], [("m", "ac")], ["", SECOND + "!", ""]),
        (
            [("m", START, "a"), ("n", START, "b"), ("m", END, "c"), ("n", END, "d")],
            [("m", "ac")],
            ["", OTHER + "!", "", BEFORE + "!"],
        ),
    ],
)
def test_strict_mode_takes_no_fragment_out_of_order(
    fragments: list[Fragment], complete: list[tuple[str, str]], noticed: list[str]
) -> None:
    steps = feed(strict(), *fragments)
    assert ended(steps) == complete
    assert faults(steps) == noticed


def test_an_implied_end_belongs_to_the_last_fragment_of_the_stream_it_ends() -> None:
    steps = feed(lenient(), ("m", START, "a"), ("m", CONTENT, "b"), ("n", START, "c"))
    assert steps[2].complete == [Complete("m", "ab", REQUESTS[1])]


def test_a_fragment_without_a_flag_is_a_whole_stream() -> None:
    streams = lenient()
    steps = feed(streams, ("m", UNSET, "a"), ("m", UNSET, "b"))
    assert ended(steps) == [("m", "a"), ("m", "b")]
    assert faults(steps) == ["", ""]
    assert streams.open == ""


# --- cut short ---


@pytest.mark.parametrize("make", [lenient, strict])
def test_the_rest_of_an_interrupted_stream_is_dropped(make: Callable[[], Streams]) -> None:
    """A client may have sent it before it knew, and may end what it began: neither is a fault."""
    streams = make()
    feed(streams, ("m", START, "a"), ("m", CONTENT, "b"))
    assert streams.interrupt() == Complete("m", "ab", REQUESTS[1])
    steps = feed(streams, ("m", CONTENT, "c"), ("m", END, "d"), ("m", START, "e"), ("m", END, "f"))
    assert ended(steps) == [("m", "ef")]
    assert faults(steps) == ["its stream was interrupted; dropped"] * 2 + ["", ""]
    assert [step.violation.level for step in steps if step.violation] == ["warning", "warning"]


def test_an_interrupted_stream_that_never_ends_is_no_obstacle() -> None:
    streams = strict()
    feed(streams, ("m", START, "a"))
    streams.interrupt()
    steps = feed(streams, ("n", START, "b"), ("m", CONTENT, "late"), ("n", END, "c"), ("m", START, "d"), ("m", END, ""))
    assert ended(steps) == [("n", "bc"), ("m", "d")]
    assert faults(steps) == ["", "its stream was interrupted; dropped", "", "", ""]


def test_after_its_end_nothing_more_of_an_interrupted_stream_is_expected() -> None:
    streams = strict()
    feed(streams, ("m", START, "a"))
    streams.interrupt()
    steps = feed(streams, ("m", END, "b"), ("m", CONTENT, "c"))
    assert faults(steps) == ["its stream was interrupted; dropped", BEFORE + "!"]


def test_there_may_be_nothing_to_interrupt() -> None:
    streams = strict()
    assert streams.interrupt() is None
    feed(streams, ("m", START, "a"), ("m", END, "b"))
    assert streams.interrupt() is None
    assert faults(feed(streams, ("m", CONTENT, "c"))) == [BEFORE + "!"]


# --- too much ---


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_stream_may_not_grow_without_end(is_strict: bool) -> None:
    streams = Streams(strict=is_strict, max_size=3)
    steps = feed(streams, ("m", START, "ab"), ("m", CONTENT, "c"), ("m", CONTENT, "d"), ("m", END, "e"))
    assert ended(steps) == []
    assert faults(steps) == [
        "",
        "",
        "the stream has more than 3 characters; dropped!",
        "its stream was interrupted; dropped",
    ]
    assert steps[2].violation is not None
    assert steps[2].violation.clause == "ALI-E30"
    assert ended(feed(streams, ("m", START, "abc"), ("m", END, ""))) == [("m", "abc")]


def test_an_end_that_is_too_much_ends_the_stream_nevertheless() -> None:
    streams = Streams(strict=True, max_size=3)
    steps = feed(streams, ("m", START, "abc"), ("m", END, "d"), ("m", END, "e"))
    assert ended(steps) == []
    assert faults(steps) == ["", "the stream has more than 3 characters; dropped!", BEFORE + "!"]
