"""What shows the effect of a mutant in a journal."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from avatarwire.codecs.core.findings import Finding
from avatarwire.conformance.mutants.mutant import Witness, fault_acted, noted
from avatarwire.conformance.mutants.witnesses import (
    accepts_violation,
    all_of,
    came,
    gave,
    lacks,
    not_answered,
    reply,
    silent,
)
from avatarwire.fakeserver.journal.entry import Entry


def entry(seq: int, direction: str, message: str, body: object = None, **more: object) -> Entry:
    transport = "note" if direction == "note" else "http"
    return Entry(seq, 0.0, transport, direction, message=message, body=body, **more)  # type: ignore[arg-type]


BAD = (Finding("ALI-R022", "projectId", "is missing"),)
ASKED = entry(1, "in", "ask", {"id": 1})
ANSWERED = entry(2, "out", "answer", {"id": 1, "deep": {"er": 2}}, status=200, reply_to=1)
WRONG = entry(3, "in", "ask", {"id": 2}, violations=BAD)
REFUSED = entry(4, "out", "answer", {}, status=400, reply_to=3)
TAKEN = entry(4, "out", "answer", {}, status=200, reply_to=3)
FAULT = entry(5, "note", "fault", meta={"rule": "f1"})
IN_VAIN = entry(5, "note", "fault", meta={"unchanged": "there is no such member"})
MUTANT = entry(6, "note", "mutant")


@pytest.mark.parametrize(
    ("witness", "entries", "seen"),
    [
        (fault_acted, [FAULT], True),
        (fault_acted, [IN_VAIN], False),
        (fault_acted, [], False),
        (noted, [MUTANT], True),
        (noted, [FAULT], False),
        (gave("answer"), [ASKED, ANSWERED], True),
        (gave("answer", status=400), [ANSWERED], False),
        (gave("answer", deep__er=2), [ANSWERED], True),
        (gave("answer", deep__er=3), [ANSWERED], False),
        (gave("answer", where=lambda body: body["id"] == 1), [ANSWERED], True),
        (gave("ask"), [ASKED], False),
        (came("ask", id=1), [ASKED], True),
        (came("answer"), [ANSWERED], False),
        (not_answered("ask"), [ASKED], True),
        (not_answered("ask"), [ASKED, ANSWERED], False),
        (silent("answer", after="ask"), [ASKED], True),
        (silent("answer", after="ask"), [ASKED, ANSWERED], False),
        (silent("answer", after="ask"), [], False),
        (lacks("answer", "other"), [ANSWERED], True),
        (lacks("answer", "deep.er"), [ANSWERED], False),
        (reply("ask", lambda asked, answer: asked.body["id"] == answer.body["id"]), [ASKED, ANSWERED], True),
        (reply("ask", lambda asked, answer: False), [ASKED, ANSWERED], False),
        (accepts_violation("ALI-R022"), [WRONG, TAKEN], True),
        (accepts_violation("ALI-R022"), [WRONG], True),
        (accepts_violation("ALI-R022"), [WRONG, REFUSED], False),
        (accepts_violation("ALI-R022"), [ASKED, ANSWERED], False),
        (accepts_violation("ALI-R023"), [WRONG, TAKEN], False),
        (all_of(came("ask"), gave("answer")), [ASKED, ANSWERED], True),
        (all_of(came("ask"), gave("answer")), [ASKED], False),
    ],
)  # fmt: skip
def test_a_witness(witness: Witness, entries: Sequence[Entry], seen: bool) -> None:
    assert bool(witness(entries)) is seen
