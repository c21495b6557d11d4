"""Whatever happens to one message of the service: each call ends, nothing spins, and no session is left open."""

from __future__ import annotations

import pytest

from tests.codecs.aio.matrix import LONGEST, cells, faults
from tests.codecs.aio.mishaps import KINDS, Mishap
from tests.codecs.aio.talks import TALKS, Outcome, talk


@pytest.mark.parametrize("vendor", TALKS)
def test_a_talk_that_goes_as_documented_has_a_result_for_each_call(vendor: str) -> None:
    outcome = talk(vendor)

    assert faults(outcome) == {}
    assert [name for name, result in outcome.results.items() if isinstance(result, Exception)] == []


@pytest.mark.parametrize("mishap", KINDS)
@pytest.mark.parametrize("vendor", TALKS)
def test_every_call_ends_and_no_session_is_left(vendor: str, mishap: Mishap) -> None:
    ended = {cell: faults(talk(vendor, cell.nth, mishap)) for cell in cells(vendor, mishap)}

    assert {cell: found for cell, found in ended.items() if found} == {}
    assert len(ended) > 5


def test_what_is_wrong_with_a_talk_is_seen() -> None:
    outcome = Outcome(begun=["say", "stop"], results={"say": "yes"}, open=["s-1"], seconds=LONGEST + 1)
    assert faults(outcome) == {"sessions left": ["s-1"], "took": LONGEST + 1, "never ended": ["stop"]}
