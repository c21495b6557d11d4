"""What a journal takes in memory is what its budget says, whatever crosses the wire and whoever has read it."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable

import pytest

from avatarwire.codecs import aliyun, guiji
from avatarwire.codecs.aliyun import http
from avatarwire.fakeserver import EvidenceLostError, Journal, VirtualClock
from avatarwire.fakeserver.journal import Violation

BUDGET = 512 * 1024
BESIDE = 128 * 1024
"""Bytes that a journal takes whatever its budget is."""

Fill = Callable[[Journal, int], object]


def session(number: int) -> str:
    return f"48f1d791-2c4c-44fd-a14b-{number:012}"


def text(journal: Journal, number: int) -> None:
    question = aliyun.TextDriveRequest(
        session_id=session(number), text="Hello there", ask_type=aliyun.AskType.ASK, message_id=f"m-{number}"
    )
    raw = aliyun.encode(question)
    journal.frame("in", "text_drive.request", raw, aliyun.decode(raw).body, session(number), "c2")


def audio(journal: Journal, number: int) -> None:
    samples = bytes(11) + number.to_bytes(4, "big") * 800
    journal.add("ws", "in", "audio", raw=samples, audio=True, prefix=11, session=session(number), connection="c2")


def rpc(journal: Journal, number: int) -> None:
    raw = (
        b'{"id":15,"method":"HeartBeat","params":{"sessionId":":---:%s","state":"Running"}}' % session(number).encode()
    )
    journal.add("mqtt", "in", "HeartBeat", raw=raw, body=guiji.decode(raw).body, meta={"topic": f"/a/{number}"})


def call(journal: Journal, number: int) -> None:
    headers = tuple([(f"Header-{name}-{number}", f"value {name} {number}") for name in range(12)])
    body = http.StartAvatarSessionRequest(project_id=f"1{number}", request_id=f"rq-{number}")
    raw = json.dumps({"projectId": body.project_id, "requestId": body.request_id}).encode()
    meta = {"method": "POST", "path": f"/yic/{number}?{'x' * 300}"}
    journal.add("http", "in", "StartAvatarSession.request", raw=raw, body=body, headers=headers, meta=meta)


def answer(journal: Journal, number: int) -> None:
    raw = json.dumps({"list": [{"a": number + 1000 + at, "b": f"{number} {at}"} for at in range(30)]}).encode()
    journal.add("http", "out", "x", raw=raw, body=json.loads(raw), status=200, session=session(number))


def large(journal: Journal, number: int) -> None:
    journal.add("callback", "out", "x", raw=b"%06d" % number * 20_000, body={"a": number})


def broken(journal: Journal, number: int) -> None:
    found = [Violation("ALI-R001", f"a[{at}].b{number}", f"{number} {at} is too long", "less") for at in range(5)]
    journal.add("http", "in", "x", raw=b"{}", violations=tuple(found))


def note(journal: Journal, number: int) -> None:
    journal.note(
        f"something happened {number}", message="x", session=session(number), seconds=number, why=f"why {number}"
    )


def masked(journal: Journal, number: int) -> None:
    body = {"data": "tk-1234", "text": f"hello {number}" * 10}
    journal.add("http", "out", "x", raw=json.dumps(body).encode(), body=body, secrets=("tk-1234",))


@pytest.mark.parametrize("fill", [text, audio, rpc, call, answer, large, note, masked])
def test_the_budget_is_what_it_takes(fill: Fill) -> None:
    taken, kept, dropped = measured(fill)
    assert min(dropped, kept) > 0
    assert 0.6 * BUDGET < taken <= 1.5 * BUDGET + BESIDE


def test_violations_are_kept_beside_it() -> None:
    """A thousand of a level at most; those of entries that are kept are part of the budget."""
    taken, _, dropped = measured(broken)
    assert dropped
    assert taken <= 1.5 * BUDGET + BESIDE + 1000 * 700


def measured(fill: Fill) -> tuple[int, int, int]:
    for number in range(30):  # what is made once and stays
        fill(Journal(VirtualClock()), number)
    gc.collect()
    tracemalloc.start()
    try:
        journal = Journal(VirtualClock(), vendor="aliyun", budget_bytes=BUDGET)
        number = 0
        while journal.dropped < 200:
            fill(journal, number)
            number += 1
        journal.entries()  # the entries are made, and stay
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
        return taken, len(journal), journal.dropped
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_entries_with_audio_stay_within_it() -> None:
    packet = bytes(3200)
    tracemalloc.start()
    try:
        journal = Journal(VirtualClock(), budget_bytes=BUDGET)
        for number in range(50_000):
            journal.add("ws", "in", "audio", raw=packet, audio=True, connection="c1")
            journal.frame("out", "beat", b'{"n":%d}' % number, None, "s-1")
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken <= 1.5 * BUDGET + BESIDE
    marker, *kept = journal.entries()
    assert (marker.message, marker.meta["dropped"], len(kept)) == ("journal.dropped", journal.dropped, len(journal))
    assert journal.dropped + len(journal) == 100_000
    with pytest.raises(EvidenceLostError):
        journal.expect_none("other")
    with pytest.raises(EvidenceLostError):
        journal.expect_sync("other")
    with pytest.raises(EvidenceLostError):
        journal.expect_count("beat", exactly=50_000)
