"""Which recorded exchange something is that comes in now: by what it says, and by what was used before.

Only the choice lives here. What differs is told by wire path, and ids count as the same where they stand for each
other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.journal.masking import MASK
from avatarwire.fakeserver.journal.names import is_secret
from avatarwire.fakeserver.replay.ids import Ids, leaves
from avatarwire.fakeserver.replay.recording import Exchange, PlainText
from avatarwire.fakeserver.trace.comparing import is_made_up, name_of

__all__ = ["OF_ONE_MESSAGE", "Fit", "chosen", "fit", "least_used", "nearest"]

_MISSING: Final = object()
_ONCE: Final = 1
OF_ONE_MESSAGE: Final = "id"
"""Name of the id that only a message and its answer have."""


@dataclass(slots=True)
class Fit:
    """How well a recorded exchange fits.

    Attributes:
        exchange: which.
        differs: wire path, what was recorded, what came; for each member that says something else.
        other_ids: how many ids are others than those that stood for the recorded ones so far.
        new_ids: how many ids are others than the recorded ones, and stand for them from now on.
        learned: ids that would stand for recorded ones from now on: name, recorded, now.
    """

    exchange: Exchange
    differs: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    other_ids: int = 0
    new_ids: int = 0
    learned: list[tuple[str, Any, Any]] = field(default_factory=list[tuple[str, Any, Any]])

    @property
    def difference(self) -> str:
        """The first member that says something else, in words."""
        path, before, now = self.differs[0]
        return f"{path or 'the body'}: {before} was recorded, {now} came"


def fit(exchange: Exchange, asked: Any, ids: Ids, *, counts: bool = True) -> Fit:
    """How well an exchange fits what came in.

    Args:
        exchange: of the trace.
        asked: what came in, as JSON values.
        ids: what stands for what.
        counts: whether what it says counts; sound does not.
    """
    found = Fit(exchange)
    if not counts or exchange.asked is None:
        return found
    before, now = dict(leaves(exchange.asked)), dict(leaves(asked))
    for path in [*before, *(path for path in now if path not in before)]:
        _compare(found, path, before.get(path, _MISSING), now.get(path, _MISSING), ids)
    return found


def _compare(found: Fit, path: str, before: Any, now: Any, ids: Ids) -> None:
    if _is_same(before, now) or _is_masked(before) or _is_empty(before, now) or is_secret(name_of(path)):
        return
    if isinstance(before, PlainText) and isinstance(now, str) and _stands_for(ids.now(before), now):
        return
    if before is _MISSING or now is _MISSING:
        found.differs.append((path, _told(before), _told(now)))
        return
    name = name_of(path)
    if isinstance(before, str) and isinstance(now, str):
        mapped = ids.now(before)
        if mapped == now:
            return
        if mapped != before and any(part in before for part in ids.made):
            # An id that was handed out, and another one in its place.
            found.differs.append((path, _told(before), _told(now)))
            return
    if not is_made_up(path) or type(before) is not type(now):
        found.differs.append((path, _told(before), _told(now)))
        return
    known = ids.given.get((name, before), now)
    found.other_ids += known != now
    found.new_ids += name != OF_ONE_MESSAGE
    found.learned.append((name, before, now))


def _is_same(before: Any, now: Any) -> bool:
    # JSON tells true from 1.
    return bool(before == now) and isinstance(before, bool) is isinstance(now, bool)


def _is_masked(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, PlainText) and MASK in value


def _stands_for(recorded: str, now: str) -> bool:
    """Whether two texts are the same but for what is masked."""
    first, *others = recorded.split(MASK)
    if not others or not now.startswith(first):
        return recorded == now
    at = len(first)
    for part in others[:-1]:
        found = now.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return now.endswith(others[-1], at)


def _is_empty(before: Any, now: Any) -> bool:
    """Whether one of them is not there, and the other says nothing."""
    return {_emptiness(before), _emptiness(now)} == {"missing", "empty"}


def _emptiness(value: Any) -> str:
    return "missing" if value is _MISSING else "empty" if value is None or value in ({}, []) else "there"


def _told(value: Any) -> str:
    return "nothing" if value is _MISSING else shown(value)


def nearest(fits: Sequence[Fit]) -> Sequence[Fit]:
    """Those of several in which the fewest ids are others."""
    fewest = min((each.other_ids, each.new_ids) for each in fits)
    return [each for each in fits if (each.other_ids, each.new_ids) == fewest]


def least_used(fits: Sequence[Fit], used: Mapping[int, int]) -> Fit:
    """The first of those that were used least."""
    fewest = min(used.get(each.exchange.number, 0) for each in fits)
    return next(each for each in fits if used.get(each.exchange.number, 0) == fewest)


def chosen(
    fits: Sequence[Fit],
    used: Mapping[int, int],
    progress: int,
    all_of_session: Callable[[Exchange], Sequence[Exchange]],
) -> Fit:
    """The one of several that fit equally well.

    The first that was not used yet, behind what was used last; where the server's state has changed in between by
    something that has not happened yet, or where all are used, the last one again.

    Args:
        fits: in the order of the trace.
        used: how often each exchange was used, by its number.
        progress: number of the exchange of another kind that was used last.
        all_of_session: all exchanges of the session of one.
    """
    fits = nearest(fits)
    unused = [each for each in fits if not used.get(each.exchange.number)]
    spent = [each for each in fits if used.get(each.exchange.number)]
    if not unused:
        return spent[-1]
    following = next((each for each in unused if each.exchange.number > progress), None)
    if following is None:
        passed = [each for each in spent if each.exchange.number > progress]
        return passed[-1] if passed else unused[0]
    before = [each for each in spent if each.exchange.number < following.exchange.number]
    if before and _changed(before[-1].exchange, following.exchange, used, all_of_session(following.exchange)):
        return before[-1]
    return following


def _changed(last: Exchange, following: Exchange, used: Mapping[int, int], others: Sequence[Exchange]) -> bool:
    """Whether the answers to two equal questions differ since something was done in between that is not done yet."""
    if last.answer is None or following.answer is None or last.key[0] != "http":
        return False
    if last.answer.entry.body == following.answer.entry.body:
        return False
    between = [each for each in others if last.number < each.number < following.number and each.key != last.key]
    kinds = [each.key for each in others]
    return any(not used.get(each.number) and each.asked and kinds.count(each.key) == _ONCE for each in between)
