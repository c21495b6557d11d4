"""Everything that a vendor is free to do, and a client to ask for, drawn by Hypothesis; first what is documented.

So what Hypothesis makes of a failure, when it looks for a simpler one, is the talk as documented but for a few choices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from .altering import mutations, variants
from .choosing import HANDSHAKES, Chooser, Passing
from .freedoms import LEVELS, Allowed, Freedoms
from .plan import Act, Deviation, label_of

__all__ = ["Aim", "Drawn", "Session", "drawn_session", "permits"]

_STORM: Final = (False, False, True)
"""How often a message deviates where many do."""
_MOST: Final = 8
"""Deviations of one talk."""
_AIMS: Final = (1, 1, 1, 2, 2, 3, 0)
"""How many messages are chosen beforehand to deviate; with none of them any message may."""
_QUIET: Final = (0, 0, 1, 2, 4, 8, 16, 32)
"""Messages that pass before anything deviates, where any message may."""
_LATE: Final = ("delay:0.5", "delay:5")

_MESSAGES: Final[Mapping[Allowed, Mapping[str, tuple[str, ...]]]] = {
    "documented": {
        "http": (*_LATE, "reject"),
        "ws": (*_LATE, "push"),
        "mqtt": (*_LATE, "push"),
        "callback": (*_LATE, "duplicate", "reorder"),
        "handshake": _LATE,
    },
    "errata": {"http": ("variant",), "ws": ("variant",), "mqtt": ("variant",), "callback": ("variant",)},
    "faults": {
        "http": ("drop", "delay:40", "delay:400", "reset", "hang", "status:500", "status:502", "status:503", "push"),
        "ws": (
            "drop", "duplicate", "duplicate:3", "delay:40", "delay:400", "reorder", "reorder:3", "close", "close:1000",
            "close:1001", "close:1012", "reset",
        ),
        "mqtt": ("drop", "duplicate", "duplicate:3", "delay:40", "delay:400", "reorder", "reorder:3", "close", "reset"),
        "callback": ("drop", "delay:40", "reset"),
        "handshake": ("drop", "reset", "delay:40", "reject"),
    },
    "hostile": {
        "http": ("mutation", "corrupt:3", "truncate:10"),
        "ws": ("mutation", "corrupt:3", "truncate:0", "truncate:10", "truncate:30"),
        "mqtt": ("mutation", "corrupt:3", "truncate:0", "truncate:10", "truncate:30"),
        "callback": ("mutation",),
    },
}  # fmt: skip
"""Words, or kinds of words, by the level from which on they are permitted and what a message travels on."""

_PAUSES: Final = tuple(Act(do="pause", seconds=seconds) for seconds in (1.0, 70.0, 700.0))


def permits(allowed: Allowed) -> tuple[Allowed, ...]:
    """The levels that a level has in it."""
    return LEVELS[: LEVELS.index(allowed) + 1]


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
        options: tunables of the fake that differ from the default.
        tape: the same as deviations.
        aims: messages that are to deviate; none where any may.
        quiet: messages that pass before anything deviates, where any may.
    """

    workload: tuple[Act, ...]
    options: dict[str, Any]
    tape: tuple[Deviation, ...]
    aims: tuple[Aim, ...]
    quiet: int


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
    workload = _workload(draw, freedoms, optional)
    tape: list[Deviation] = []
    options = [option for option in freedoms.options if option.allowed in permits(allowed)]
    if options and draw(st.sampled_from((False, False, True))):
        chosen = draw(st.lists(st.sampled_from(options), min_size=1, max_size=3, unique_by=lambda it: it.name))
        tape += [Deviation(f"scenario.{it.name}", draw(st.sampled_from(it.values)), it.clause) for it in chosen]
    count = draw(st.sampled_from(_AIMS)) if seen else 0
    aims = tuple(_aim(draw, seen) for _ in range(count))
    quiet = 0 if aims else draw(st.sampled_from(_QUIET))
    chosen = {it.label.removeprefix("scenario."): it.value for it in tape}
    return Session(workload, chosen, tuple(tape), aims, quiet)


def _workload(draw: Any, freedoms: Freedoms, optional: frozenset[str]) -> tuple[Act, ...]:
    """What there is to do: a text at first, some of all flows, mostly a text at last, when everything has healed."""
    flows = (act for flow in freedoms.flows.values() for act in flow)
    acts = [act for act in dict.fromkeys(flows) if act.do in optional or act.do in ("say", "together")]
    first, *others = [act for act in acts if act.do == "say"]
    pool = [*(act for act in acts if act is not first), *_PAUSES]
    chosen = draw(st.lists(st.sampled_from(pool), max_size=3, unique=True))
    spoken: set[str] = set(first.texts)
    middle: list[Act] = []
    for act in chosen:
        if not spoken & set(act.texts):  # each text is said once
            spoken |= set(act.texts)
            middle.append(act)
    last = [act for act in others if not spoken & set(act.texts)][:1]
    heal = [Act(do="heal")] if draw(st.sampled_from((True, True, False))) else []
    return (first, *middle, *heal, *last)


def _aim(draw: Any, seen: Mapping[str, int]) -> Aim:
    message = draw(st.sampled_from(sorted(seen)))
    return Aim(message, draw(st.integers(1, seen[message] + 1)))


class Drawn(Chooser):
    """Draws what happens to each message.

    Args:
        vendor, freedoms, delay: as of a `Chooser`.
        draw: of Hypothesis.
        allowed: what the vendor is allowed.
        session: what was drawn before.

    Attributes:
        stopped: what Hypothesis has ended a draw with; to be raised when the talk is over.
    """

    def __init__(
        self, vendor: str, freedoms: Freedoms, draw: Any, allowed: Allowed, session: Session, *, delay: float
    ) -> None:
        super().__init__(vendor, freedoms, delay=delay)
        self._draw: Final = draw
        self._words: Final = {
            transport: tuple(word for level in permits(allowed) for word in _MESSAGES[level].get(transport, ()))
            for transport in _MESSAGES["documented"]
        }
        self._aims: Final = {label_of(*aim) for aim in session.aims}
        self._quiet = session.quiet
        self.stopped: BaseException | None = None

    def chosen(self, label: str, passing: Passing) -> str:
        if self.healed or self.stopped is not None or len(self.acted) >= _MOST:
            return ""
        if self._quiet > 0:
            self._quiet -= 1
            return ""
        if self._aims and label not in self._aims:
            return ""
        words = self._fitting(passing)
        if not words:
            return ""
        try:
            if not self._aims and not self._draw(st.sampled_from(_STORM), label=label):
                return ""
            kind = self._draw(st.sampled_from(sorted(words)), label=label)
            return self._word(self._draw(st.sampled_from(words[kind]), label=label), passing)
        except BaseException as stopped:
            # It is raised inside of a server, which must not take it for a defect of its own.
            self.stopped = stopped
            return ""

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
        return f"{kind}:{self._draw(st.sampled_from(names))}" if names else ""
