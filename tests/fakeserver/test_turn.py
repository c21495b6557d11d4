"""One turn of a server's behaviour: what it gives, and what it leads to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from avatarwire.fakeserver.effects import Effect, Note
from avatarwire.fakeserver.turn import Turn

FIRST, SECOND = Note("first"), Note("second")


def test_what_an_action_gives_and_what_it_leads_to() -> None:
    turn = Turn(0.0)

    def action(about: str) -> str:
        turn.do(FIRST, SECOND)
        return f"{about} at {turn.now:g}"

    assert turn.given(7.0, action, "asked") == ("asked at 7", [FIRST, SECOND])


def test_an_action_within_another_keeps_its_effects_to_itself() -> None:
    turn = Turn(0.0)

    def outer(about: str) -> Sequence[Effect]:
        turn.do(FIRST)
        _, effects = turn.given(2.0, lambda inner: turn.do(SECOND), about)
        return effects

    assert turn.given(1.0, outer, "") == ([SECOND], [FIRST])


def test_what_has_happened_before_a_failure_is_not_lost() -> None:
    kept: list[Effect] = []
    turn = Turn(0.0, kept.extend)

    def fails(about: str) -> None:
        turn.do(FIRST)
        raise LookupError(about)

    def outer(about: str) -> None:
        with pytest.raises(LookupError):
            turn.given(1.0, fails, about)
        turn.do(SECOND)

    assert turn.given(1.0, outer, "within") == (None, [FIRST, SECOND])
    assert kept == []
    with pytest.raises(LookupError, match="alone"):
        turn.given(1.0, fails, "alone")
    assert kept == [FIRST]


def test_outside_of_a_turn_an_effect_would_be_lost() -> None:
    with pytest.raises(RuntimeError, match="would be lost"):
        Turn(0.0).do(FIRST)
