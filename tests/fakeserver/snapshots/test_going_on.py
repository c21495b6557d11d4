"""Whatever a session is at: what a snapshot was put into goes on as the fake that it was taken of, ids included."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

import pytest

from tests.fakeserver.snapshots.talks import TALKS, Step

POINTS = [
    pytest.param(kind, steps, at, id=f"{kind.__name__}-{at}") for kind, steps in TALKS for at in range(len(steps) + 1)
]


def _rest(client: Any, steps: Sequence[Step]) -> list[Any]:
    """What comes of the steps that are left, and what the fake knows at the end."""
    try:
        told = [step(client) for step in steps]
    finally:
        client.lose()
    return [*told, list(client.fake.sessions()), list(client.fake.said())]


@pytest.mark.parametrize(("kind", "steps", "at"), POINTS)
def test_both_go_on_alike(kind: Any, steps: Sequence[Step], at: int) -> None:
    with kind.new_fake() as one:
        client = kind(one, {})
        try:
            for step in steps[:at]:
                step(client)
            written = json.dumps(one.snapshot())
            other = kind.new_fake(one.clock.now(), seed=99)
        finally:
            client.lose()
        with other:
            one.restore(json.loads(written))
            other.restore(json.loads(written))
            # What was put in is what was taken, to the letter, as both clocks show the same time; only what was being
            # said on a socket is cut.
            again = json.loads(json.dumps(other.snapshot()))
            assert again == json.loads(json.dumps(one.snapshot()))
            assert again | {"said": 0} == json.loads(written) | {"said": 0}
            known = json.dumps(client.known)
            mine = _rest(kind(one, json.loads(known)), steps[at:])
            assert _rest(kind(other, json.loads(known)), steps[at:]) == mine


@pytest.mark.parametrize(("kind", "steps"), TALKS)
def test_another_clock_moves_moments_and_nothing_else(kind: Any, steps: Sequence[Step]) -> None:
    ahead = 1_000_000.0
    with kind.new_fake() as one:
        client = kind(one, {})
        try:
            for step in steps[:-2]:
                step(client)
            taken = one.snapshot()
        finally:
            client.lose()
        with kind.new_fake(one.clock.now() + ahead) as other:
            other.restore(taken)
            again = other.snapshot()
    moved = dict(_moved(json.loads(json.dumps(taken)), json.loads(json.dumps(again)), ""))
    keys = {path: moved.pop(path) for path in list(moved) if path.startswith(".state.keys")}
    assert all(by == pytest.approx(ahead, abs=1e-3) for by in moved.values()), moved
    assert ".time" in moved
    assert bool(keys) is (one._vendor == "aliyun")


def _moved(one: Any, other: Any, path: str) -> list[tuple[str, Any]]:
    """Where two values differ, and by how much."""
    mine, theirs = _parts(one), _parts(other)
    if mine and [name for name, _ in mine] == [name for name, _ in theirs]:
        pairs = zip(mine, theirs, strict=True)
        return [found for (name, left), (_, right) in pairs for found in _moved(left, right, path + name)]
    if one == other:
        # A moment that is not moved is one that was forgotten.
        assert not isinstance(one, float) or one < 1e9, path
        return []
    if isinstance(one, float | int) and isinstance(other, float | int):
        return [(path, other - one)]
    return [(path, (one, other))]


def _parts(value: Any) -> list[tuple[str, Any]]:
    """The members of an object, or the items of a list, with what leads to them."""
    if isinstance(value, dict):
        return [(f".{name}", part) for name, part in cast("dict[str, Any]", value).items()]
    listed: Any = value
    return [(f"[{at}]", part) for at, part in enumerate(listed)] if isinstance(value, list) else []
