"""Every attribute of the state of a fake is either in a snapshot or, for a reason that is told, no state."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.fakeserver import FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.counting import InTurn, Numbers
from tests.fakeserver.guiji.running import Http
from tests.fakeserver.snapshots.declared import NO_STATE, SAVED, WHOLE
from tests.fakeserver.snapshots.talks import TALKS
from tests.fakeserver.snapshots.walking import attributes, found

_WHOLE = {name for names in WHOLE.values() for name in names.split()}


def _decided(vendor: str, kind: str) -> set[str]:
    """Attributes of a class about which something is decided; each once."""
    told: list[str] = []
    for whose in dict.fromkeys((vendor, "every")):
        told += SAVED[whose].get(kind, "").split()
        for kinds in NO_STATE[whose].values():
            told += kinds.get(kind, "").split()
    assert len(told) == len(set(told)), f"{vendor} {kind}: decided twice"
    return set(told)


def _undecided(vendor: str, known: dict[str, set[str]]) -> list[str]:
    return sorted(
        f"{kind}.{name}"
        for kind, names in known.items()
        if kind not in _WHOLE
        for name in names - _decided(vendor, kind)
    )


@pytest.mark.parametrize(("kind", "steps"), TALKS)
def test_every_attribute_of_the_state_is_decided_about(kind: Any, steps: Any) -> None:
    known: dict[str, set[str]] = {}
    with kind.new_fake() as fake:
        client = kind(fake, {})
        try:
            for step in steps:
                step(client)
                for name, names in found(fake._behaviour).items():
                    known.setdefault(name, set()).update(names)
        finally:
            client.lose()
    assert _undecided(fake._vendor, known) == []
    # What is decided about is there: a decision that nobody needs any more hides the next attribute of that name.
    gone = {name for name in {**SAVED[fake._vendor], **_no_state(fake._vendor)} if name not in known}
    assert gone <= {"_Grant"}
    for name, names in known.items():
        if name not in _WHOLE and name not in SAVED["every"]:
            assert _decided(fake._vendor, name) - names == set(), name


def _no_state(vendor: str) -> dict[str, str]:
    return {name: "" for kinds in NO_STATE[vendor].values() for name in kinds}


def test_what_is_beside_the_behaviour_is_decided_about() -> None:
    with FakeGuiji() as guiji, FakeSenseTime() as sensetime:
        Http(guiji).log_in()
        guiji.faults.add(do="drop", message="HeartBeat")
        plane: Any = vars(guiji)["_plane"]
        schedule: Any = vars(guiji.hub)["_schedule"]
        broker: Any = vars(guiji)["_broker"]
        parts: list[Any] = [
            guiji.faults,
            guiji.faults["f1"],
            guiji.toxics,
            vars(plane)["_acts"],
            schedule,
            broker,
            vars(broker)["_subscriptions"],
            vars(sensetime)["_callbacks"],
            Numbers(1),
            InTurn("ab"),
        ]
        known = {type(part).__name__: set(attributes(part)) for part in parts}
        assert _undecided("every", known) == []
        for kind, names in known.items():
            assert _decided("every", kind) - names == set(), kind


def test_a_new_attribute_without_a_decision_is_told() -> None:
    with FakeSenseTime() as fake:
        fake.state.lives.moods = {}  # type: ignore[attr-defined]
        assert _undecided("sensetime", found(vars(fake)["_behaviour"])) == ["Lives.moods"]
