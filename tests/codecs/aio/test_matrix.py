"""Whatever happens to one message of the service: each call ends, nothing spins, and no session is left open."""

from __future__ import annotations

import pytest

from tests.codecs.aio.mishaps import KINDS, Mishap
from tests.codecs.aio.talks import TALKS, Outcome, talk

LONGEST = 200.0
"""Seconds of jumping time: no talk waits more often than a few times for a message that is 40 s late."""


def faults(outcome: Outcome) -> dict[str, object]:
    """What is wrong with how a talk went; empty for nothing."""
    found: dict[str, object] = {
        "sessions left": outcome.open,
        "tasks left": outcome.tasks,
        "nobody caught": outcome.failures,
        "took": outcome.seconds if outcome.seconds > LONGEST else 0,
        "never ended": [name for name in outcome.begun if name not in outcome.results],
    }
    return {name: what for name, what in found.items() if what}


@pytest.mark.parametrize("vendor", TALKS)
def test_a_talk_that_goes_as_documented_has_a_result_for_each_call(vendor: str) -> None:
    outcome = talk(vendor)

    assert faults(outcome) == {}
    assert [name for name, result in outcome.results.items() if isinstance(result, Exception)] == []


@pytest.mark.parametrize("mishap", KINDS)
@pytest.mark.parametrize("vendor", TALKS)
def test_every_call_ends_and_no_session_is_left(vendor: str, mishap: Mishap) -> None:
    wrong = {
        f"{nth} {message}": found
        for nth, (message, transport) in enumerate(talk(vendor).seen)
        # An answer to an HTTP call can be neither sent twice nor overtaken.
        if (transport != "http" or mishap not in ("duplicate", "reorder"))
        and (found := faults(talk(vendor, nth, mishap)))
    }
    assert wrong == {}
