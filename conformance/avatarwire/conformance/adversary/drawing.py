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
from .plan import Act, Deviation

__all__ = ["Drawn", "Session", "drawn_session", "permits"]

_DOCUMENTED: Final = ("",) * 11
"""Most messages come as documented, so that a talk gets far."""
_MOST: Final = 8
"""Deviations of one talk."""
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


class Session(NamedTuple):
    """What is drawn before a talk begins.

    Attributes:
        workload: what the client is told to do; the last act comes after everything has healed.
        options: tunables of the fake that differ from the default.
        tape: the same as deviations.
        quiet: messages that pass before anything deviates.
    """

    workload: tuple[Act, ...]
    options: dict[str, Any]
    tape: tuple[Deviation, ...]
    quiet: int


def drawn_session(draw: Any, freedoms: Freedoms, allowed: Allowed, optional: frozenset[str]) -> Session:
    """Draws the workload and the tunables of a talk.

    Args:
        draw: of Hypothesis.
        freedoms: of the vendor.
        allowed: what the vendor is allowed.
        optional: methods that the client has, beside those that all have.
    """
    acts = [act for act in freedoms.flows["documented"] if act.do in optional or act.do in ("say", "together")]
    first, *others = [act for act in acts if act.do == "say"]
    pool = [*(act for act in acts if act is not first), *_PAUSES]
    chosen = draw(st.lists(st.sampled_from(pool), max_size=4, unique=True))
    ends = [it for it in others if it not in chosen]
    last = ends[:1]
    workload = (first, *(act for act in chosen if act not in last), Act(do="heal"), *last)
    tape: list[Deviation] = []
    for option in freedoms.options:
        if option.allowed in permits(allowed):
            value = draw(st.sampled_from((None, None, None, *option.values)))
            if value is not None:
                tape.append(Deviation(f"scenario.{option.name}", value, option.clause))
    options = {it.label.removeprefix("scenario."): it.value for it in tape}
    return Session(workload, options, tuple(tape), draw(st.integers(0, 40)))


class Drawn(Chooser):
    """Draws what happens to each message.

    Args:
        vendor, freedoms, delay: as of a `Chooser`.
        draw: of Hypothesis.
        allowed: what the vendor is allowed.
        quiet: messages that pass before anything deviates.

    Attributes:
        stopped: what Hypothesis has ended a draw with; to be raised when the talk is over.
    """

    def __init__(
        self, vendor: str, freedoms: Freedoms, draw: Any, allowed: Allowed, *, quiet: int, delay: float
    ) -> None:
        super().__init__(vendor, freedoms, delay=delay)
        self._draw: Final = draw
        self._words: Final = {
            transport: tuple(word for level in permits(allowed) for word in _MESSAGES[level].get(transport, ()))
            for transport in _MESSAGES["documented"]
        }
        self._allowed: Final = allowed
        self._quiet = quiet
        self.stopped: BaseException | None = None

    def chosen(self, label: str, passing: Passing) -> str:
        if self.healed or self.stopped is not None or len(self.acted) >= _MOST:
            return ""
        if self._quiet > 0:
            self._quiet -= 1
            return ""
        words = self._fitting(passing)
        if not words:
            return ""
        try:
            return self._word(self._draw(st.sampled_from((*_DOCUMENTED, *words)), label=label), passing)
        except BaseException as stopped:
            # It is raised inside of a server, which must not take it for a defect of its own.
            self.stopped = stopped
            return ""

    def _fitting(self, passing: Passing) -> Sequence[str]:
        """What may be drawn for a message: a request is refused or passes, and anything else is sent."""
        transport = "handshake" if passing.id in HANDSHAKES else passing.transport
        words = self._words.get(transport, ())
        if transport == "handshake":
            return words
        refusing = ("reject", "status")
        return [word for word in words if (word.partition(":")[0] in refusing) is (passing.side == "in")]

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
