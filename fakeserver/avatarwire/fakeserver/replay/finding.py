"""Which recorded exchange something is that comes in, and which session runs it.

Sans-IO, and nothing is said here: that is in ``player.py``. How one of several that fit is chosen is in
``matching.py``.
"""

from __future__ import annotations

import random
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from avatarwire.fakeserver.replay.ids import Ids, leaves, parts_of
from avatarwire.fakeserver.replay.matching import OF_ONE_MESSAGE, Fit, chosen, fit, least_used, nearest
from avatarwire.fakeserver.replay.rebinding import rebind, same_so_far
from avatarwire.fakeserver.replay.recording import Exchange, Key, Recording, contains
from avatarwire.fakeserver.replay.report import Replayed, ReplayedExchange, ReplayedRun
from avatarwire.fakeserver.replay.running import Flow, Found, Parts, Run

__all__ = ["Finder"]

_FLOWS: Final = 10_000
"""Clients that are told apart; the oldest are forgotten first."""
_MISSES: Final = 1000


class Finder:
    """Finds what was recorded.

    Args:
        recording: of the vendor.
        rng: where ids and secrets come from.
    """

    parts: Parts

    def __init__(self, recording: Recording, rng: random.Random) -> None:
        self.recording: Final = recording
        self._rng: Final = rng
        self.runs: Final[dict[str, Run]] = {}
        self._odd: Final[dict[str, Run]] = {}
        self._flows: Final[OrderedDict[str, Flow]] = OrderedDict()
        self._flow = Flow()
        self._common: Final = Flow()
        self._used: Final[dict[int, int]] = {}
        self._calls: Final[dict[tuple[str, ...], tuple[Exchange, Run | None]]] = {}
        self._missed: Final[deque[str]] = deque(maxlen=_MISSES)

    @property
    def replayed(self) -> Replayed:
        """What was done so far."""
        return Replayed(
            str(self.recording.trace.path),
            tuple(
                ReplayedExchange(
                    each.entry.seq, each.entry.message or each.key[1], each.session, self._used.get(each.number, 0)
                )
                for each in self.recording.exchanges
            ),
            tuple(ReplayedRun(run.recorded, run.id, dict(run.ids.mapped())) for run in self.runs.values()),
            tuple(self._missed),
        )

    def remembered(self) -> list[dict[str, Any]]:
        """What is known of each session, the oldest first."""
        return [{"session": run.id, "over": self._is_over(run), "recorded": run.recorded} for run in self.runs.values()]

    def _is_over(self, run: Run) -> bool:
        last = [each for each in self.recording.exchanges if each.session == run.recorded]
        return bool(last) and bool(run.used.get(last[-1].number))

    # --- finding ---

    def about(self, asked: Any) -> Run | None:
        """The session that is named in something that came in; None for none that is known."""
        for _, leaf in leaves(asked):
            if isinstance(leaf, str):
                for part in (leaf, *parts_of(leaf)):
                    if part in self.runs:
                        return self.runs[part]
        return next((run for id_, run in self._odd.items() if contains(asked, id_)), None)

    def find(
        self,
        key: Key,
        asked: Any,
        run: Run | None,
        *,
        counts: bool = True,
        account: Any = None,
        only: Callable[[Exchange], bool] = lambda _: True,
        flow: Flow | None = None,
    ) -> Found | str:
        """What was recorded, and the session that runs it; or why there is nothing.

        Args:
            key, asked: what came in.
            run: of the session, where that is known.
            counts: whether what it says counts.
            account: whose call it is.
            only: what comes into question.
            flow: which client; None for nobody in particular.
        """
        flow = self._common if flow is None else flow
        names = self.parts.repeats.get(key[1])
        said = cast("dict[str, Any]", asked) if isinstance(asked, dict) else dict[str, Any]()
        call = (key[1], *(str(said.get(name)) for name in names)) if names else ()
        if call in self._calls:
            exchange, again = self._calls[call]
            self._use(exchange, again, flow)
            return Found(exchange, again, {}, flow)
        fits = [each for each in self._fits(key, asked, run, flow, counts=counts) if only(each.exchange)]
        good = [each for each in fits if not each.differs]
        if not good and run is not None and self._rebound(run, key, asked, flow):
            fits = [each for each in self._fits(key, asked, run, flow, counts=counts) if only(each.exchange)]
            good = [each for each in fits if not each.differs]
        if not good:
            return self._miss(key, fits, run)
        one = self._one_of(good, key, run, flow)
        exchange = one.exchange
        if exchange.starts:
            run = self._begin(exchange.session, account, flow)
        elif exchange.session:
            run = run or flow.runs.get(exchange.session) or self._common.runs.get(exchange.session)
        else:
            run = None
        echo: dict[tuple[str, Any], Any] = {}
        for name, recorded, now in one.learned:
            if run is None or name == OF_ONE_MESSAGE:
                echo[name, recorded] = now
            else:
                run.ids.learn(name, recorded, now)
        self._use(exchange, run, flow)
        if call:
            self._calls[call] = exchange, run
        return Found(exchange, run, echo, flow)

    def flow_of(self, token: str) -> Flow:
        """What the client does that a token was issued to; what all do together for a token that was not issued."""
        return self._flows.get(token, self._common)

    def issued(self, token: str, found: Found) -> None:
        """A token was issued: whoever logs in as it was done first in the trace begins anew."""
        login = next(each for each in self.recording.exchanges if _operation(each.key) in self.parts.tokens)
        if found.exchange is login:
            self._flow = Flow()
        self._flows[token] = self._flow
        if len(self._flows) > _FLOWS:
            self._flows.popitem(last=False)

    def connects(self, run: Run, handshake: Exchange, connection: str) -> None:
        """A socket is opened; what was said on it is said anew where it is not the first."""
        run.connections[handshake.entry.connection] = connection
        run.open.setdefault(handshake.key[1], []).append(connection)
        if run.used.get(handshake.number, 0) > 1:
            for each in self._others(handshake):
                if each.entry.connection == handshake.entry.connection:
                    run.used.pop(each.number, None)
            run.used[handshake.number] = 1

    def _rebound(self, run: Run, key: Key, asked: Any, flow: Flow) -> bool:
        """Whether a session has turned out to be another recorded one, which has what came in."""
        sessions = dict.fromkeys(
            each.session for each in self.recording.of(key) if each.session not in ("", run.recorded)
        )
        for session in sessions:
            has_it = any(
                each.session == session and not fit(each, asked, Ids()).differs for each in self.recording.of(key)
            )
            pairs = same_so_far(run, session, self.recording) if has_it else None
            if pairs is not None:
                rebind(run, session, pairs, self.recording, self._rng)
                self._common.runs[session] = flow.runs[session] = run
                return True
        return False

    def _fits(self, key: Key, asked: Any, run: Run | None, flow: Flow, *, counts: bool) -> list[Fit]:
        found: list[Fit] = []
        for exchange in self.recording.of(key):
            of_run = run is not None and exchange.session == run.recorded
            newest = flow.runs.get(exchange.session) or self._common.runs.get(exchange.session)
            if exchange.session and not exchange.starts and not of_run and newest is None:
                continue
            if run is not None and exchange.session and not of_run:
                continue
            if exchange.starts:
                found.append(fit(exchange, asked, Ids(), counts=counts))
            else:
                ids = self.standing(run if of_run else newest, flow)
                found.append(fit(exchange, asked, ids, counts=counts))
        if run is not None and any(not each.differs and each.exchange.session for each in found):
            found = [each for each in found if each.exchange.session]
        return found

    def _one_of(self, good: list[Fit], key: Key, run: Run | None, flow: Flow) -> Fit:
        starting = [each for each in good if each.exchange.starts]
        if run is None and starting:
            # Whoever begins a session runs through all that were recorded, again and again.
            good = list(nearest(good))
            return least_used(good, flow.used)
        if _operation(key) in self.parts.tokens:
            return least_used(good, self._common.used)
        in_run = run if run is not None and any(each.exchange.session for each in good) else None
        used = flow.used if in_run is None else in_run.used
        behind = 0 if in_run is None else in_run.behind(key)
        return chosen(good, used, behind, self._others)

    def _others(self, exchange: Exchange) -> Sequence[Exchange]:
        return [each for each in self.recording.exchanges if each.session == exchange.session]

    def _begin(self, recorded: str, account: Any, flow: Flow) -> Run:
        made = self.recording.made(recorded)
        run = Run(recorded, made, self._rng, account)
        if run.id in self.runs:
            # Nothing of its id could be made up anew.
            run = Run(recorded, made | {recorded}, self._rng, account)
        if run.id not in parts_of(run.id):
            self._odd[run.id] = run
        self.runs[run.id] = self._common.runs[recorded] = flow.runs[recorded] = run
        return run

    def _use(self, exchange: Exchange, run: Run | None, flow: Flow) -> None:
        number = exchange.number
        self._used[number] = self._used.get(number, 0) + 1
        if run is None or exchange.starts:
            flow.used[number] = flow.used.get(number, 0) + 1
        if run is not None:
            run.used[number] = run.used.get(number, 0) + 1
            run.progress[exchange.key] = number

    def standing(self, run: Run | None, flow: Flow) -> Ids:
        """What stands for what: of a session, or of the newest run of each, first of those of the client."""
        if run is not None:
            return run.ids
        ids = Ids()
        for each in {**self._common.runs, **flow.runs}.values():
            ids.made.update(each.ids.made)
            ids.given.update({key: now for key, now in each.ids.given.items() if isinstance(key[1], str)})
        return ids

    def _miss(self, key: Key, fits: Sequence[Fit], run: Run | None) -> str:
        path = self.recording.trace.path
        if not fits:
            same = self.recording.of(key)
            if same and all(each.key[0] == "http" and each.answer is None for each in same):
                reason = f"the trace {path} has no answer to {key[1]}; the nearest is {same[0].name}"
            elif same and run is not None:
                reason = f"the trace {path} has no {key[1]} in session {run.recorded}; the nearest is {same[0].name} "
                reason += f"of session {same[0].session}"
            elif same:
                reason = f"the trace {path} has {key[1]} of sessions only, and none that runs is named here"
                reason += f"; the nearest is {same[0].name}"
            else:
                reason = f"the trace {path} has no {key[1]}"
        else:
            nearest = min(fits, key=lambda each: len(each.differs))
            reason = f"the trace {path} has no such {key[1]}; the nearest is {nearest.exchange.name}, "
            reason += nearest.difference
        self._missed.append(reason)
        return reason


def _operation(key: Key) -> str:
    return key[1].removesuffix(".request")
