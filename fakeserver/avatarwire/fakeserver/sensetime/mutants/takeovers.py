"""Queues of takeovers that go another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from avatarwire.fakeserver.mutant import Mutant, Patches
from avatarwire.fakeserver.sensetime.live_events import CancelOutcome, Started
from avatarwire.fakeserver.sensetime.mutants.own import lives_of
from avatarwire.fakeserver.sensetime.takeovers import TakeoverQueue

__all__ = ["TAKEOVERS"]


def _inserts(place: Callable[[list[Any], int | None], int], text: str) -> Callable[[Patches], None]:
    """Has a takeover be put somewhere else."""

    def apply(patches: Patches) -> None:
        def insert(self: TakeoverQueue, takeover: Any, position: int | None) -> None:
            waiting = vars(self)["_waiting"]
            patches.note(text)
            waiting.insert(place(waiting, position), takeover)

        patches.value(TakeoverQueue, "_insert", insert)

    return apply


def _listed_backwards(patches: Patches) -> None:
    def make(trace_ids: Callable[..., tuple[str, ...]]) -> Callable[..., tuple[str, ...]]:
        def backwards(self: TakeoverQueue) -> tuple[str, ...]:
            found = trace_ids(self)
            if len(found) > 1:
                patches.note("a queue is listed from behind")
            return found[::-1]

        return backwards

    patches.instead(TakeoverQueue, "trace_ids", make)


def _cancels(
    what: Callable[[Callable[..., CancelOutcome], TakeoverQueue, Any], CancelOutcome], text: str
) -> Callable[[Patches], None]:
    """Has a cancellation do something else."""

    def apply(patches: Patches) -> None:
        def make(cancel: Callable[..., CancelOutcome]) -> Callable[..., CancelOutcome]:
            def other(self: TakeoverQueue, trace_ids: Any) -> CancelOutcome:
                patches.note(text)
                return what(cancel, self, trace_ids)

            return other

        patches.instead(TakeoverQueue, "cancel", make)

    return apply


def _playing_only(cancel: Callable[..., CancelOutcome], queue: TakeoverQueue, ids: Any) -> CancelOutcome:
    return cancel(queue, queue.trace_ids()[:1] if ids is None else ids)


def _first_named_only(cancel: Callable[..., CancelOutcome], queue: TakeoverQueue, ids: Any) -> CancelOutcome:
    outcome = cancel(queue, ids if ids is None else [*ids][:1])
    return outcome if ids is None else CancelOutcome(True, finished_at=outcome.finished_at)


def _nothing(cancel: Callable[..., CancelOutcome], queue: TakeoverQueue, ids: Any) -> CancelOutcome:
    del cancel, queue, ids
    return CancelOutcome(True)


def _always_succeeds(cancel: Callable[..., CancelOutcome], queue: TakeoverQueue, ids: Any) -> CancelOutcome:
    return CancelOutcome(True, finished_at=cancel(queue, ids).finished_at)


def _cancels_in_all_lives(patches: Patches) -> None:
    def make(cancel: Callable[..., CancelOutcome]) -> Callable[..., CancelOutcome]:
        def all_of(self: TakeoverQueue, trace_ids: Any) -> CancelOutcome:
            for live in lives_of(patches).running():
                if live.takeovers is not self and live.takeovers.trace_ids():
                    patches.note("a cancellation is about another live, too")
                    known = live.takeovers.trace_ids()
                    cancel(live.takeovers, None if trace_ids is None else [it for it in trace_ids if it in known])
            return CancelOutcome(True, finished_at=cancel(self, trace_ids).finished_at)

        return all_of

    patches.instead(TakeoverQueue, "cancel", make)


def _next_never_starts(patches: Patches) -> None:
    def advance(self: TakeoverQueue) -> None:
        if vars(self)["_waiting"] and vars(self)["_playing"] is None:
            patches.note("the next one does not start")

    patches.value(TakeoverQueue, "_advance", advance)


def _commands_clear_queue(patches: Patches) -> None:
    def make(command: Callable[..., Any]) -> Callable[..., Any]:
        def cleared(self: TakeoverQueue, *arguments: Any, **more: Any) -> Any:
            if vars(self)["_waiting"]:
                patches.note("a command drops what waits")
                vars(self)["_waiting"].clear()
            return command(self, *arguments, **more)

        return cleared

    patches.instead(TakeoverQueue, "command", make)


def _nothing_plays_long(patches: Patches) -> None:
    def make(play: Callable[..., None]) -> Callable[..., None]:
        def played(self: TakeoverQueue, takeover: Any, **more: Any) -> None:
            play(self, takeover, **more)
            patches.note("a takeover is over as soon as it plays")
            vars(TakeoverQueue)["_played"](self, takeover)

        return played

    patches.instead(TakeoverQueue, "_play", make)


def _waiting_told_as_playing(patches: Patches) -> None:
    def make(enter: Callable[..., None]) -> Callable[..., None]:
        def entered(self: TakeoverQueue, takeover: Any) -> None:
            enter(self, takeover)
            if takeover in vars(self)["_waiting"]:
                patches.note("what waits is told as playing")
                vars(self)["_tell"](Started(takeover.trace_id))

        return entered

    patches.instead(TakeoverQueue, "_enter", make)


def _moves(move: Callable[[TakeoverQueue, str], bool], text: str) -> Callable[[Patches], None]:
    """Has a takeover be moved otherwise."""

    def apply(patches: Patches) -> None:
        def reorder(self: TakeoverQueue, trace_id: str, priority: int) -> bool:
            del priority
            patches.note(text)
            return move(self, trace_id)

        patches.value(TakeoverQueue, "reorder", reorder)

    return apply


def _stays(queue: TakeoverQueue, trace_id: str) -> bool:
    del queue, trace_id
    return True


def _lost(queue: TakeoverQueue, trace_id: str) -> bool:
    waiting = vars(queue)["_waiting"]
    waiting[:] = [it for it in waiting if it.trace_id != trace_id]
    return True


def _at_most(position: int | None, waiting: list[Any]) -> int:
    return len(waiting) if position is None else position


TAKEOVERS: Final[Mapping[str, Mutant]] = MappingProxyType(
    {
        "at_the_front": Mutant(
            "A takeover is put before all that wait.", _inserts(lambda _, __: 0, "a takeover is put first")
        ),
        "one_too_far": Mutant(
            "A takeover is put one position too far.",
            _inserts(lambda waiting, position: _at_most(position, waiting), "a takeover is put one too far"),
        ),
        "listed_backwards": Mutant("The queue is listed from behind.", _listed_backwards),
        "cancels_playing_only": Mutant(
            "-1 cancels only what plays.", _cancels(_playing_only, "only what plays is cancelled")
        ),
        "cancels_first_named_only": Mutant(
            "Of several ids only the first is cancelled.", _cancels(_first_named_only, "only the first is cancelled")
        ),
        "cancels_nothing": Mutant("Nothing is cancelled.", _cancels(_nothing, "nothing is cancelled")),
        "cancelling_always_succeeds": Mutant(
            "What there is not is cancelled as well.", _cancels(_always_succeeds, "every cancellation succeeds")
        ),
        "cancels_in_all_lives": Mutant("A cancellation is about all lives.", _cancels_in_all_lives),
        "next_never_starts": Mutant("What waits never plays.", _next_never_starts),
        "commands_clear_queue": Mutant("A command drops what waits.", _commands_clear_queue),
        "nothing_plays_long": Mutant("A takeover is over as soon as it plays.", _nothing_plays_long),
        "waiting_told_as_playing": Mutant("What waits is told as playing.", _waiting_told_as_playing),
        "reorder_does_nothing": Mutant("A takeover that is to be moved stays.", _moves(_stays, "nothing is moved")),
        "reorder_loses": Mutant("A takeover that is moved is lost.", _moves(_lost, "what is moved is lost")),
    }
)
"""By name."""
