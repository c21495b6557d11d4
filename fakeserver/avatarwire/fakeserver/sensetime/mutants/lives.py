"""Lives that go through other states, or are listed otherwise; tokens and callbacks of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from avatarwire.codecs.sensetime.messages.enums import LiveStatus, SortValue
from avatarwire.fakeserver.mutant import Mutant, Patches
from avatarwire.fakeserver.sensetime import history, operations
from avatarwire.fakeserver.sensetime.lives import Lives
from avatarwire.fakeserver.sensetime.mutants.own import lives_of
from avatarwire.fakeserver.sensetime.operations import Operations
from avatarwire.fakeserver.sensetime.token_store import Tokens

__all__ = ["LIVES"]


def _one_session_token(patches: Patches) -> None:
    def make(create: Callable[..., Any]) -> Callable[..., Any]:
        def created(self: Lives, *arguments: Any) -> Any:
            live = create(self, *arguments)
            live.session_token = "one-for-all"  # noqa: S105 - that of a fake
            patches.note("a live has the session token of all others")
            return live

        return created

    patches.instead(Lives, "create", make)


def _one_live_for_all(patches: Patches) -> None:
    def make(create: Callable[..., Any]) -> Callable[..., Any]:
        def created(self: Lives, *arguments: Any) -> Any:
            for live in self.running():
                if live.status is LiveStatus.READY or live.status is LiveStatus.LIVE:
                    patches.note("createLive gives a live that was there before")
                    return live
            return create(self, *arguments)

        return created

    patches.instead(Lives, "create", make)


def _start_changes_stream(patches: Patches) -> None:
    def make(start: Callable[..., None]) -> Callable[..., None]:
        def started(self: Lives, live: Any) -> None:
            start(self, live)
            live.rtc.channel_id = "another"
            patches.note("a start changes the channel")

        return started

    patches.instead(Lives, "start", make)


def _start_starts_all(patches: Patches) -> None:
    def make(start: Callable[..., None]) -> Callable[..., None]:
        def started(self: Lives, live: Any) -> None:
            for each in self.running():
                if each is not live and each.status is LiveStatus.READY:
                    start(self, each)
                    patches.note("a start starts another live")
            start(self, live)

        return started

    patches.instead(Lives, "start", make)


def _close_closes_all(patches: Patches) -> None:
    def make(end: Callable[..., bool]) -> Callable[..., bool]:
        def ended(self: Lives, live: Any, status: Any, result: str = "") -> bool:
            for each in self.running():
                if each is not live:
                    patches.note("the end of a live ends another")
                    end(self, each, status, result)
            return end(self, live, status, result)

        return ended

    patches.instead(Lives, "end", make)


def _closes_again(patches: Patches) -> None:
    def make(end: Callable[..., bool]) -> Callable[..., bool]:
        def ended(self: Lives, live: Any, status: Any, result: str = "") -> bool:
            if not end(self, live, status, result):
                patches.note("a live that is over is closed")
            return True

        return ended

    patches.instead(Lives, "end", make)


def _heartbeats_of_all(patches: Patches) -> None:
    def heartbeat(self: Lives, live: Any) -> None:
        for each in self:
            if each is not live and not each.over:
                patches.note("a heartbeat keeps another live")
            each.last_heartbeat = vars(self)["_turn"].now

    patches.value(Lives, "heartbeat", heartbeat)


def _heartbeats_revive(patches: Patches) -> None:
    def make(going_on: Callable[..., Any]) -> Callable[..., Any]:
        def found(self: Any, request: Any, exchange: Any, clause: str, wanted: str = "") -> Any:
            live = self._live(request, exchange)
            if clause == "ST-E23" and live.over:
                live.status = LiveStatus.LIVE
                patches.note("a heartbeat brings a live back")
            return going_on(self, request, exchange, clause, wanted)

        return found

    patches.instead(Operations, "_going_on", make)


def _ended_lives_run(patches: Patches) -> None:
    def make(running: Callable[..., Any]) -> Callable[..., Any]:
        def all_of(self: Lives, account: Any = None) -> Any:
            if account is None:
                return running(self)
            patches.note("lives that are over are listed as running")
            return [*running(self, account), *self.ended(account)]

        return all_of

    patches.instead(Lives, "running", make)


def _running_lives_are_history(patches: Patches) -> None:
    def make(ended: Callable[..., Any]) -> Callable[..., Any]:
        def all_of(self: Lives, account: Any) -> Any:
            patches.note("lives that go on are listed as over")
            return [*ended(self, account), *self.running(account)]

        return all_of

    patches.instead(Lives, "ended", make)


def _history_without_filters(patches: Patches) -> None:
    def matches(live: Any, asked: Any) -> bool:
        del live, asked
        patches.note("a filter is ignored")
        return True

    patches.value(history, "_matches", matches)


def _asked(change: Callable[[Any], Any], text: str) -> Callable[[Patches], None]:
    """Has historyList be asked something else."""

    def apply(patches: Patches) -> None:
        def make(page: Callable[..., Any]) -> Callable[..., Any]:
            def other(lives: Any, asked: Any, *arguments: Any, **more: Any) -> Any:
                patches.note(text)
                return page(lives, change(asked), *arguments, **more)

            return other

        patches.instead(operations, "history_page", make)

    return apply


def _other_order(asked: Any) -> Any:
    return replace(asked, sort_value=SortValue.DESC if asked.sort_value is SortValue.ASC else SortValue.ASC)


def _tokens_end_lives(patches: Patches) -> None:
    def make(expire: Callable[..., None]) -> Callable[..., None]:
        def expired(self: Tokens, app_id: str = "") -> None:
            expire(self, app_id)
            for live in lives_of(patches).running():
                live.status = LiveStatus.LOST
                patches.note("the end of a token ends a live")

        return expired

    patches.instead(Tokens, "expire", make)


LIVES: Final[Mapping[str, Mutant]] = MappingProxyType(
    {
        "one_session_token": Mutant("All lives have one session token.", _one_session_token),
        "one_live_for_all": Mutant("createLive gives the live that is there.", _one_live_for_all),
        "start_changes_stream": Mutant("A start changes where the stream is.", _start_changes_stream),
        "start_starts_all": Mutant("A start starts all lives.", _start_starts_all),
        "close_closes_all": Mutant("The end of a live ends all lives.", _close_closes_all),
        "closes_again": Mutant("A live that is over is closed again.", _closes_again),
        "heartbeats_of_all": Mutant("A heartbeat keeps all lives.", _heartbeats_of_all),
        "heartbeats_revive": Mutant("A heartbeat brings back a live that is over.", _heartbeats_revive),
        "ended_lives_run": Mutant("runningList has lives that are over.", _ended_lives_run),
        "running_lives_are_history": Mutant("historyList has lives that go on.", _running_lives_are_history),
        "history_without_filters": Mutant("historyList ignores its filters.", _history_without_filters),
        "first_page_only": Mutant(
            "Every page of historyList is the first.",
            _asked(lambda asked: replace(asked, page_no=1), "the first page is given"),
        ),
        "other_order": Mutant("historyList sorts the other way.", _asked(_other_order, "the order is the other one")),
        "tokens_end_lives": Mutant("Lives end with the tokens of their account.", _tokens_end_lives),
    }
)
"""By name."""
