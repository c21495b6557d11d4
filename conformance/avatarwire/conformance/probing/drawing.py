"""Everything that a vendor is free to do, and a client to ask for, drawn by chance.

Hypothesis draws a seed, and keeps those that are worth it; what follows from a seed is drawn here, evenly. What is
drawn becomes a tape, and that is made simpler in `shrinking.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from .altering import mutations, variants
from .choosing import HANDSHAKES, Chooser, Passing
from .freedoms import Allowed, Freedoms
from .levels import MESSAGES, permits
from .plan import Act, Deviation, label_of

__all__ = ["Aim", "Drawn", "Session", "drawn_session"]

_STORM: Final = 0.3
"""How often a message deviates where many do."""
_MOST: Final = 8
"""Deviations of one talk."""
_AIMS: Final = (1, 1, 1, 2, 2, 3, 0)
"""How many messages are chosen beforehand to deviate; with none of them any message may."""
_OPTIONS: Final = (0, 0, 0, 1, 2)
"""How many tunables have another value."""
_ACTS: Final = (0, 1, 2, 2, 3)
"""How many acts there are between the first text and the last one."""
_HEALS: Final = 0.7
_OUTAGES: Final = 0.15
"""How often the vendor heals before the last text, and how often something is out of order for a while."""
_OUTAGE: Final = 99
"""Calls that are refused in a row, after the first of them: more than anybody is to make in a minute."""
_AGAIN: Final = 0.3
"""How often what happened to one message happens to the next that is to deviate, too."""
_OF_ONE: Final = ("variant", "mutation", "reject", "status")
"""What fits one message may not fit another."""
_QUIET: Final = (0, 0, 1, 2, 4, 8, 16, 32)
"""Messages that pass before anything deviates, where any message may."""
_PAUSES: Final = tuple(Act(do="pause", seconds=seconds) for seconds in (1.0, 70.0, 700.0))


class Aim(NamedTuple):
    """A message that is to deviate.

    Attributes:
        message: what it is known by.
        nth: which of these.
    """

    message: str
    nth: int


class Session(NamedTuple):
    """What is drawn before a talk begins.

    Attributes:
        workload: what the client is told to do; mostly the last act comes after everything has healed.
        tape: tunables of the fake that differ from the default.
        aims: messages that are to deviate; none where any may.
        outages: what does not work for a while, as deviations of many messages.
        quiet: messages that pass before anything deviates, where any may.
        dice: by which the rest is drawn while the talk goes on.
    """

    workload: tuple[Act, ...]
    tape: tuple[Deviation, ...]
    aims: tuple[Aim, ...]
    outages: tuple[Deviation, ...]
    quiet: int
    dice: Random


def drawn_session(
    draw: Any, freedoms: Freedoms, allowed: Allowed, optional: frozenset[str], seen: Mapping[str, int]
) -> Session:
    """Draws the workload and the tunables of a talk.

    Args:
        draw: of Hypothesis.
        freedoms: of the vendor.
        allowed: what the vendor is allowed.
        optional: methods that the client has, beside those that all have.
        seen: how often each message comes in a talk as documented.
    """
    dice = Random(draw(st.binary(min_size=8, max_size=8)))  # noqa: S311 - no secret
    options = [option for option in freedoms.options if option.allowed in permits(allowed)]
    few = dice.sample(options, min(dice.choice(_OPTIONS), len(options)))
    tape = tuple(Deviation.of_tunable(option.name, dice.choice(option.values), option.clause) for option in few)
    aims = tuple(_aim(dice, seen) for _ in range(dice.choice(_AIMS) if seen else 0))
    calls = sorted(message for message in seen if message in HANDSHAKES or message.endswith(".request"))
    may_fail = bool(calls) and "faults" in permits(allowed)
    return Session(
        workload=_workload(dice, freedoms, optional),
        tape=tape,
        aims=aims,
        outages=(_outage(dice, calls),) if may_fail and dice.random() < _OUTAGES else (),
        quiet=0 if aims else dice.choice(_QUIET),
        dice=dice,
    )


def _workload(dice: Random, freedoms: Freedoms, optional: frozenset[str]) -> tuple[Act, ...]:
    """What there is to do: a text at first, some of all flows, and mostly a text at last, when all has healed."""
    flows = (act for flow in freedoms.flows.values() for act in flow)
    acts = [act for act in dict.fromkeys(flows) if act.do in optional or act.do in ("say", "together")]
    first, *others = [act for act in acts if act.do == "say"]
    pool = [*(act for act in acts if act is not first), *_PAUSES]
    spoken: set[str] = set(first.texts)
    middle: list[Act] = []
    for act in dice.sample(pool, min(dice.choice(_ACTS), len(pool))):
        if not spoken & set(act.texts):  # each text is said once
            spoken |= set(act.texts)
            middle.append(act)
    last = [act for act in others if not spoken & set(act.texts)][:1]
    heal = [Act(do="heal")] if dice.random() < _HEALS else []
    return (first, *middle, *heal, *last)


def _outage(dice: Random, calls: Sequence[str]) -> Deviation:
    """Calls of one kind that are refused, one after the other; the first one may work where it comes again."""
    message, first = dice.choice(calls), dice.choice((1, 1, 2))
    refusal = "reject" if message in HANDSHAKES else dice.choice(("reject", "status:503"))
    return Deviation(f"{label_of(message, first)}-{first + _OUTAGE}", refusal)


def _aim(dice: Random, seen: Mapping[str, int]) -> Aim:
    """One of the first messages of a kind, which come in the shortest talk, too, or any of them, or one more."""
    message = dice.choice(sorted(seen))
    count = seen[message]
    return Aim(message, dice.choice((1, min(2, count), dice.randint(1, count), dice.randint(1, min(count, 5) + 1))))


class Drawn(Chooser):
    """Draws what happens to each message.

    Args:
        vendor, freedoms, delay: as of a `Chooser`.
        allowed: what the vendor is allowed.
        session: what was drawn before.
    """

    def __init__(self, vendor: str, freedoms: Freedoms, allowed: Allowed, session: Session, *, delay: float) -> None:
        super().__init__(vendor, freedoms, delay=delay)
        self._dice: Final = session.dice
        self._words: Final = {
            transport: tuple(word for level in permits(allowed) for word in MESSAGES[level].get(transport, ()))
            for transport in MESSAGES["documented"]
        }
        self._aims: Final = {label_of(*aim) for aim in session.aims}
        self._quiet = session.quiet
        self._last = "", ""
        self.outages = session.outages

    def chosen(self, label: str, passing: Passing) -> str:
        if self.healed or len(self.acted) >= _MOST:
            return ""
        if self._quiet > 0:
            self._quiet -= 1
            return ""
        if self._aims and label not in self._aims:
            return ""
        if not self._aims and self._dice.random() > _STORM:
            return ""
        words = self._fitting(passing)
        if not words:
            return ""
        transport, last = self._last
        if transport == passing.transport and last.partition(":")[0] in words and self._dice.random() < _AGAIN:
            return last
        word = self._word(self._dice.choice(words[self._dice.choice(sorted(words))]), passing)
        if not word.startswith(_OF_ONE):
            self._last = passing.transport, word
        return word

    def _fitting(self, passing: Passing) -> Mapping[str, Sequence[str]]:
        """What may be drawn for a message, by its kind: a request is refused or passes, and anything else is sent."""
        transport = "handshake" if passing.id in HANDSHAKES else passing.transport
        found: dict[str, list[str]] = {}
        for word in self._words.get(transport, ()):
            kind = word.partition(":")[0]
            if transport == "handshake" or (kind in ("reject", "status")) is (passing.side == "in"):
                found.setdefault(kind, []).append(word)
        return found

    def _word(self, word: str, passing: Passing) -> str:
        """A word as it is carried out, from a kind of words."""
        if word == "reject" and passing.id not in HANDSHAKES:
            return self._of("reject", self.freedoms.refusals) or "reject"
        if word == "push":
            return self._of("push", tuple(self.freedoms.pushes))
        if word == "variant":
            return self._of("variant", tuple(variants(self.vendor, passing.id, passing.content.data)))
        if word == "mutation":
            return self._of("mutation", tuple(mutations(self.vendor, passing.id, passing.content.data)))
        return word

    def _of(self, kind: str, names: Sequence[Any]) -> str:
        return f"{kind}:{self._dice.choice(names)}" if names else ""
