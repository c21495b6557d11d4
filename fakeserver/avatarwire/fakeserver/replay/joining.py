"""A replay, put in the place of what a fake would do with calls."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from avatarwire.fakeserver.bad_days import parts_of
from avatarwire.fakeserver.commands import Command
from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.replay.player import Player
from avatarwire.fakeserver.replay.recording import Recording
from avatarwire.fakeserver.replay.running import Parts
from avatarwire.fakeserver.replay.source import ReplaySource, check_vendor, replay_of
from avatarwire.fakeserver.replay.surface import Doors, ReplaySurface
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.trace.reading import Trace

__all__ = ["checked_replay", "joined"]

_SESSION: Final = "session"
_NONE: Final = "a replay has no sessions of the fake's own"


class OwnParts(Parts, Doors, Protocol):
    """All that a vendor does in its own way."""


def checked_replay(
    source: ReplaySource | None, vendor: str, scenario: Any, commands: Mapping[str, Command]
) -> Trace | None:
    """The trace that a fake is to replay; None for none.

    Args:
        source: the trace.
        vendor: whose part of it.
        scenario: of the fake, with what goes wrong on its bad days.
        commands: of the fake.

    Raises:
        TraceError: it cannot be read, or cannot be replayed, or has nothing of the vendor.
        ScenarioError: something is to go wrong that goes wrong in the fake's own behaviour only.
    """
    if source is None:
        return None
    trace = replay_of(source)
    check_vendor(trace, vendor)
    own = frozenset(name for name, each in commands.items() if any(it.name == _SESSION for it in each.arguments))
    names: str | Sequence[str] = scenario.bad_day
    of_days: list[Fault] = []
    for name in [names] if isinstance(names, str) else names:
        (part,) = parts_of(name, vendor)
        of_days += part.faults
        if not part.toxics and all(_commands(rule, own) for rule in part.faults):
            reason = f"the bad day {name} is one of the fake's own behaviour, in whose place answers are replayed"
            raise ScenarioError("", f"{vendor}.bad_day", reason)
    for index, rule in enumerate(_others(scenario.faults, of_days)):
        if _commands(rule, own):
            reason = f"{rule.command} is for a session, and {_NONE}"
            raise ScenarioError("", f"{vendor}.faults[{index}].command", reason)
    return trace


def _commands(rule: Fault, own: Collection[str]) -> bool:
    """Whether a rule gives a command for a session of the fake's own."""
    return rule.do == "command" and rule.command in own


def _others(rules: Iterable[Fault], of_days: Collection[Fault]) -> Iterable[Fault]:
    return (rule for rule in rules if rule not in of_days)


def joined(
    trace: Trace,
    vendor: str,
    rng: random.Random,
    surface: Surface,
    make: Callable[[Player], OwnParts],
    sockets: Collection[str] = (),
) -> tuple[Player, ReplaySurface]:
    """What a replay remembers, and what its calls are handed to.

    Args:
        trace: what is replayed.
        vendor: whose part of it.
        rng: where ids and tokens come from.
        surface: the fake's own.
        make: makes what the vendor does in its own way.
        sockets: paths of the vendor's WebSockets.
    """
    player = Player(Recording(trace, vendor), rng)
    player.parts = parts = make(player)
    return player, ReplaySurface(surface, player, parts, frozenset(sockets))
