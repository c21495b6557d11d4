"""Socket messages take a quick way into the journal; what comes out is the same as by the long one."""

from __future__ import annotations

import threading
from typing import Final, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.journal import Digest, Journal
from avatarwire.fakeserver.journal.query import Search
from tests.fakeserver.loops import LIMIT

BUDGET: Final = 4096

MESSAGES: Final = st.lists(
    st.tuples(
        st.sampled_from(["in", "out"]),
        st.sampled_from(["", "text_drive.request", "heartbeat.ping"]),
        st.binary(max_size=600),
        st.sampled_from([None, {"text": "hours?"}]),
        st.sampled_from(["", "s-1"]),
    ),
    max_size=12,
)


@given(messages=MESSAGES)
@example(messages=[("in", "", bytes(BUDGET // 8), None, "s-1")])  # the largest that is kept
@example(messages=[("in", "", bytes(BUDGET // 8 + 1), {"text": "long"}, "s-1")])
@example(messages=[("out", "", bytes(500), {}, "s-1")] * 4)  # does not fit
def test_a_frame_is_kept_like_any_message_without_secrets(
    messages: list[tuple[Literal["in", "out"], str, bytes, object, str]],
) -> None:
    quick = Journal(VirtualClock(), vendor="aliyun", budget_bytes=BUDGET)
    long = Journal(VirtualClock(), vendor="aliyun", budget_bytes=BUDGET)
    for direction, message, raw, body, session in messages:
        quick.frame(direction, message, raw, body, session)
        long.record("ws", direction, message, raw=raw, body=body, session=session)
    assert quick.entries() == long.entries()
    assert (len(quick), quick.dropped, quick.mark()) == (len(long), long.dropped, long.mark())


def test_a_frame_too_large_to_keep_is_a_hash() -> None:
    journal = Journal(VirtualClock(), budget_bytes=80)
    journal.frame("in", "asr.result", b"0123456789a", {"text": "long"}, "s-1")
    (entry,) = journal.entries()
    assert (entry.raw, entry.body, entry.session) == (None, None, "s-1")
    assert entry.omitted == Digest.of(b"0123456789a")


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_a_frame_is_kept_as_bytes_that_nobody_changes(kind: type[bytearray] | type[memoryview]) -> None:
    buffer = bytearray(b"\x00\x01frame")
    journal = Journal(VirtualClock())
    journal.frame("out", "interrupt.request", kind(buffer), None, "s-1")
    buffer[0] = 0xFF
    assert journal.entries()[0].raw == b"\x00\x01frame"


def test_a_frame_wakes_who_waits_for_it_and_nobody_else() -> None:
    journal = Journal(VirtualClock())
    ready, other = threading.Event(), threading.Event()
    with (
        journal.waiting(Search("channel_ready.request", {}), ready.set),
        journal.waiting(Search("interrupt.request", {}), other.set),
    ):
        journal.frame("in", "channel_ready.request", b"{}", None, "s-1")
    assert ready.wait(LIMIT)
    assert not other.is_set()
