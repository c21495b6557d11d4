"""What a run says of a client: one question each, the weightiest first."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from .choosing import Chooser
from .freedoms import Freedoms
from .observing import Observed
from .plan import FINE, Act, Ended, Outcome, Plan, saying
from .story import story_of
from .watch import Blocked

__all__ = ["ORACLES", "PROPERTIES", "SEARCHED", "Case", "Oracle", "Verdict", "judged"]

_SPACE: Final = re.compile(r"\s+")
_NUMBER: Final = re.compile(r"#\d+ ")


class Case(NamedTuple):
    """What is to be judged: what was planned, what the vendor did, and what was seen."""

    plan: Plan
    freedoms: Freedoms
    chooser: Chooser
    observed: Observed

    @property
    def is_altered(self) -> bool:
        """Whether something came in another form than the fake had made it, so that what it says may be wrong."""
        return any(str(it.value).startswith(("variant:", *_FALSE)) for it in self.chooser.acted)

    @property
    def is_false(self) -> bool:
        """Whether something came that breaks a rule itself."""
        return any(str(it.value).startswith(_FALSE) for it in self.chooser.acted)

    @property
    def unknown(self) -> frozenset[str]:
        """Clauses about what a client has to be told first, where something was told late, or not at all.

        What follows a message that is late on its connection waits for it.
        """
        pushes, acted = self.freedoms.pushes, self.chooser.acted
        if any(str(it.value).startswith(_LATE) for it in acted):
            late = set(pushes)
        else:
            late = {it.label.partition("#")[0] for it in acted} & set(pushes)
        clauses = {clause for name in late for clause in pushes[name].unknown}
        refused, names = self.freedoms.kept_from, {it.label.partition("#")[0] for it in acted}
        if any(name.endswith(_ASKED_FOR) for name in names):
            names.add(f"*{_ASKED_FOR}")
        return frozenset(clauses.union(*(refused.get(name, ()) for name in names)))


_FALSE: Final = ("mutation:", "corrupt", "truncate")
_LATE: Final = ("delay", "reorder")
_ASKED_FOR: Final = ".request"


class Verdict(NamedTuple):
    """What an oracle has found."""

    outcome: Outcome
    detail: str
    clause: str = ""


Oracle: TypeAlias = Callable[[Case], Verdict | None]
"""One question; None where there is nothing to object to."""


def _lives(case: Case) -> Verdict | None:
    """The loop gets on."""
    stuck = case.observed.stuck
    if stuck is None:
        return None
    at = _open_call(case.observed)
    return Verdict("hang" if isinstance(stuck, Blocked) else "livelock", f"{at}: {stuck}")


def _ends(case: Case) -> Verdict | None:
    """Every call ends."""
    hung = case.observed.hung
    return Verdict("hang", f"{hung} did not end within {case.plan.patience:g} s") if hung else None


def _catches(case: Case) -> Verdict | None:
    """Nothing is raised that nobody catches."""
    unhandled = case.observed.unhandled
    return Verdict("raised", unhandled[0]) if unhandled else None


def _cleans_up(case: Case) -> Verdict | None:
    """No session is left at the vendor that the client knows of, or could."""
    observed, key = case.observed, case.freedoms.key
    if not (observed.started and observed.stopped):
        return None
    # What a call that was held up on its way begins after that, nobody can know of.
    until = max(step.marks[1] for step in observed.steps if step.call == "stop")
    before = [it for it in observed.entries if it.seq <= until]
    known = {it.session for it in before if it.direction == "out" and it.transport != "callback"}
    knowable = {it.session for it in before}
    # Who was told something false of a session cannot end it.
    unknowable = case.chooser.altered if case.is_false else set[str]()
    for session in observed.sessions:
        if session["over"] or session["session"] in unknowable:
            continue
        if session["session"] in known or (session.get(key) and session["session"] in knowable):
            return Verdict("leak", f"session {session['session']} is open {_LATER} after stop() has returned")
    return None


_LATER: Final = "a second"


def _says_once(case: Case) -> Verdict | None:
    """No text is spoken twice."""
    for text in _texts(case.plan.workload):
        times = sum(it.state == "said" for it in _spoken(case, text))
        if times > 1:
            return Verdict("said_twice", f'"{text}" was spoken {times} times')
    return None


def _says_all(case: Case) -> Verdict | None:
    """Every text is spoken, or it is reported that it was not."""
    returned = Counter(step.call for step in case.observed.steps if step.ended is not None and not step.error)
    if case.observed.reported:
        return None
    for text in _texts(case.plan.workload):
        if not returned[saying(text)] or text in case.observed.interrupted:
            continue
        spoken = _spoken(case, text)
        if not any(case.is_altered or it.state == "said" for it in spoken):
            became = spoken[0].state if spoken else "never accepted by the vendor"
            return Verdict("lost_text", f"{saying(text)} has returned, but it was {_BECAME.get(became, became)}")
    return None


_BECAME: Final = {"waiting": "never spoken", "speaking": "still being spoken", "cut": "cut off"}


def _keeps_rules(case: Case) -> Verdict | None:
    """No clause is broken."""
    if case.is_false:
        return None
    excused = case.unknown
    for violation in case.observed.violations:
        if violation.clause not in excused:
            # Its number is that of an entry of the journal, which nobody has any more.
            return Verdict("broke_rule", _NUMBER.sub("", str(violation), count=1), violation.clause)
    return None


def _backs_off(case: Case) -> Verdict | None:
    """What fails is not tried again and again."""
    since: dict[str, deque[float]] = {}
    for message, at in _asked(case):
        times = since.setdefault(message, deque())
        times.append(at)
        while times[0] < at - 60.0:
            times.popleft()
        if len(times) > (_ASKED if message in _ASKING else _CALLS):
            return Verdict("no_backoff", f"{message} came {len(times)} times within a minute")
    return None


def _asked(case: Case) -> Iterator[tuple[str, float]]:
    """Calls, connections, and what else is asked for again, each with its time."""
    for entry in case.observed.entries:
        is_call = entry.transport == "http" or entry.message.startswith("handshake.")
        if entry.direction == "in" and (is_call or entry.message in _ASKING):
            yield entry.message, entry.time
    # The journal has no connections to a broker.
    yield from case.chooser.connections


_CALLS: Final = 60
"""Calls of one kind, or handshakes, within a minute of the fake's clock, that are too many if they are more."""
_ASKED: Final = 300
_ASKING: Final = frozenset({"channel_ready.request", "heartbeat.ping", "CreateNewSession.request"})
"""Messages by which a client asks for the same again."""


def _reports(case: Case) -> Verdict | None:
    """What is not as it should be is told to the caller."""
    for step in case.observed.steps:
        if step.error:
            return Verdict("reported", f"{step.call}: {step.error}")
    return Verdict("reported", case.observed.reported[0]) if case.observed.reported else None


ORACLES: Final[tuple[Oracle, ...]] = (
    _lives,
    _ends,
    _catches,
    _cleans_up,
    _says_once,
    _says_all,
    _keeps_rules,
    _reports,
)
"""In the order of their weight."""
SEARCHED: Final = (*ORACLES[:-1], _backs_off, ORACLES[-1])
"""The same for a search, in which what comes back goes wrong more than once."""


PROPERTIES: Final[Mapping[str, str]] = {
    "hang": "Every call of the client ends.",
    "livelock": "The client does not compute without end while no time passes.",
    "raised": "Every error is caught, or reaches the caller.",
    "leak": "No session is left open when stop() has returned.",
    "said_twice": "No text is spoken twice.",
    "lost_text": "Every text is spoken, or the caller learns that it was not.",
    "broke_rule": "The client breaks no clause of the document.",
    "no_backoff": "What fails is not tried again and again.",
}
"""What is asked of a client, in a sentence each, by the outcome of one that does not hold to it."""


def judged(case: Case, oracles: Sequence[Oracle] = ORACLES, *, story: bool = False) -> Ended:
    """What a run came to.

    Args:
        case: what was seen.
        oracles: that are asked; the first that has something to say is heard.
        story: whether what happened is wanted, however it ended.
    """
    plan, _, chooser, observed = case
    found = next((verdict for oracle in oracles if (verdict := oracle(case)) is not None), Verdict("ok", ""))
    vain = "; ".join(chooser.vain)
    return Ended(
        outcome=found.outcome,
        detail=found.detail,
        clause=found.clause,
        steps=tuple(observed.steps),
        reported=tuple(observed.reported),
        seen=tuple(chooser.seen),
        acted=tuple(deviation.label for deviation in chooser.acted),
        seconds=round(observed.seconds, 6),
        story=story_of(observed) if story or found.outcome not in FINE else (),
        unable=observed.unable or (vain if plan.tape and not chooser.acted else ""),
        lacking=observed.lacking,
    )


def _open_call(observed: Observed) -> str:
    """What the client was about."""
    return next((step.call for step in reversed(observed.steps) if step.ended is None), "between two calls")


def _texts(workload: tuple[Act, ...]) -> Iterator[str]:
    for act in workload:
        yield from act.texts


def _spoken(case: Case, text: str) -> list[Any]:
    """What the fake was given to say that has a text in it, however it is spaced."""
    wanted = _plain(text)
    return [it for it in case.observed.said if wanted in _plain(it.text)]


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
