"""Sessions that are mixed up, end too early, or do not end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from avatarwire.codecs.aliyun.http_enums import SELECTED_STATUSES
from avatarwire.codecs.aliyun.messages import ErrorCode
from avatarwire.fakeserver.aliyun import errors, operations, sockets
from avatarwire.fakeserver.aliyun.drives import Drives
from avatarwire.fakeserver.aliyun.mutants.parts import INTERACTION, differs, gives, table, told
from avatarwire.fakeserver.aliyun.operations import Operations
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.sessions import Session, Sessions, Stopped
from avatarwire.fakeserver.aliyun.sockets import Line, Lines
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.effects import Close
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["MUTANTS"]


def _never_stopped(patches: Patches) -> None:
    def stop(session: Any, value: bool) -> None:
        del session
        if value:
            patches.note("a session is not stopped")

    patches.value(Session, "stopped", property(lambda _: False, stop))


def _newest(whole: Any) -> Callable[..., Any]:
    del whole

    def started(self: Any, project: Any, request_id: str) -> Any:
        del request_id
        return next(iter(self.living(project)), None)

    return started


def _stopped_too(whole: Any) -> Callable[..., Any]:
    def started(self: Any, project: Any, request_id: str) -> Any:
        others = [each for each in self.of(project) if request_id and each.request_id == request_id]
        return whole(self, project, request_id) or next(iter(others), None)

    return started


def _of_any_project(whole: Any) -> Callable[..., Any]:
    def started(self: Any, project: Any, request_id: str) -> Any:
        others = [each for each in self.all_living() if request_id and each.request_id == request_id]
        return whole(self, project, request_id) or next(iter(others), None)

    return started


def _stops_all(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def stop(self: Any, session: Any, reason: str) -> None:
        whole(self, session, reason)
        for other in self.living(session.project):
            note()
            whole(self, other, reason)

    return stop


def _any_session(whole: Any) -> Callable[..., Any]:
    def found(self: Any, project_id: str, session_id: str, exchange: Any) -> Any:
        try:
            session = whole(self, project_id, session_id, exchange)
        except Refusal:
            session = None
        return session or self._state.session(session_id)

    return found


def _some_session(whole: Any) -> Callable[..., Any]:
    def found(self: Any, project_id: str, session_id: str, exchange: Any) -> Any:
        session = whole(self, project_id, session_id, exchange)
        return session or next(iter(self._state.sessions), None)

    return found


def _of_all_projects(whole: Any) -> Callable[..., Any]:
    del whole

    def sessions(self: Any, project: Any) -> list[Any]:
        del project
        return list(self)

    return sessions


def _no_news(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def told_of(conversation: Any, event: Any) -> Any:
        if isinstance(event, Stopped):
            note()
            return []
        return whole(conversation, event)

    return told_of


def _ends_all(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def end(self: Any, session: Any, event: Any) -> None:
        whole(self, session, event)
        for other in self.all_living():
            note()
            whole(self, other, event)

    return end


def _says_more(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def force_close(self: Any, reason: str) -> Any:
        note()
        push, *rest = whole(self, reason)[-2:]
        return [push, self._outgoing.error(ErrorCode.SYSTEM_ERROR, "it was closed", None), *rest]

    return force_close


def _closes_otherwise(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def force_close(self: Any, reason: str) -> Any:
        note()
        return [Close(1011, reason) if isinstance(each, Close) else each for each in whole(self, reason)]

    return force_close


def _says_nothing(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def force_close(self: Any, reason: str) -> Any:
        note()
        return [each for each in whole(self, reason) if getattr(each, "message", "") != "session.force_close"]

    return force_close


def _recovers_all(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def recover(self: Any) -> Any:
        note()
        for other in _conversations:
            if other is not self:
                other._ready, other._polls = False, 0
        return whole(self)

    return recover


def _gone_with_socket(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def closed(self: Any, now: float) -> Any:
        effects = whole(self, now)
        if not self.session.stopped and not self.session.attached:
            note()
            self.session.stopped = True
        return effects

    return closed


def _living_only(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def stop(self: Any, session: Any, reason: str) -> None:
        if session.stopped:
            note()
            raise errors.refused("it is over", errors.SESSION_STATUS)
        whole(self, session, reason)

    return stop


def _no_push_urls(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def start(self: Any, project: Any, *, custom_push_url: str = "", **more: Any) -> Any:
        if custom_push_url:
            note()
            raise errors.refused("there is no relay", "InvalidParameter.CustomPushUrl")
        return whole(self, project, **more)

    return start


def _once(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    known: set[str] = set()

    def say(self: Any, session: Any, text: Any, ask_type: Any, request_id: str) -> None:
        if request_id in known:
            note()
            raise errors.refused("this requestId was used", errors.SESSION_STATUS)
        known.add(request_id)
        whole(self, session, text, ask_type, request_id)

    return say


def _plain_texts(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def say(self: Any, session: Any, text: Any, ask_type: Any, request_id: str) -> None:
        if not text.isascii():
            note()
            raise errors.refused("only ASCII", errors.SESSION_STATUS)
        whole(self, session, text, ask_type, request_id)

    return say


def _questions_only(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def say(self: Any, session: Any, text: Any, ask_type: Any, request_id: str) -> None:
        if ask_type == 2:
            note()
            raise errors.refused("no broadcast", errors.SESSION_STATUS)
        whole(self, session, text, ask_type, request_id)

    return say


def _without_socket_only(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def say(self: Any, session: Any, text: Any, ask_type: Any, request_id: str) -> None:
        if session.attached:
            note()
            raise errors.refused("it is talked to elsewhere", errors.SESSION_STATUS)
        whole(self, session, text, ask_type, request_id)

    return say


_conversations: Final[list[Any]] = []


def _remembered(patches: Patches) -> None:
    title = "With one session all are recovering."
    _conversations.clear()

    def enter(whole: Any) -> Callable[..., Any]:
        def entered(self: Any, line: Any) -> Any:
            _conversations.append(line.conversation)
            return whole(self, line)

        return entered

    patches.instead(Lines, "enter", enter)
    patches.instead(INTERACTION, "recover", lambda whole: _recovers_all(whole, lambda: patches.note(title)))


def _ready_again(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def recover(self: Any) -> Any:
        effects = whole(self)
        note()
        self._ready, self._polls = True, 99
        return effects

    return recover


def _never_again(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def recover(self: Any) -> Any:
        effects = whole(self)
        note()
        self._polls = -1_000_000
        return effects

    return recover


def _goes_on(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def lose(self: Any) -> Any:
        if self.running is not None:
            note()
            return []
        return whole(self)

    return lose


def _own_codes(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def reply(self: Any, body: Any, request: Any) -> Any:
        if type(body).__name__ != "GeneralMessage":
            return whole(self, body, request)
        note()
        return whole(self, body.replace(code=10002), request)

    return reply


def _only_started(patches: Patches) -> None:
    title = "Only STARTED sessions are listed."

    class Kinds(dict[Any, Any]):
        def __missing__(self, kind: Any) -> Any:
            patches.note(title)
            return frozenset[Any]()

    started = {each: states for each, states in SELECTED_STATUSES.items() if each == "STARTED"}
    patches.value(operations, "SELECTED_STATUSES", Kinds(started))


MUTANTS: Final = table(
    stopped_sessions_go_on=Mutant("Sessions go on when they are stopped.", _never_stopped),
    each_start_is_new=differs("Each start is a new session.", Sessions, "started", gives(None)),
    all_starts_are_one=differs("All starts of a project are one session.", Sessions, "started", _newest),
    starts_find_stopped=differs("A start finds the session that was stopped.", Sessions, "started", _stopped_too),
    starts_find_other_projects=differs("A start finds other projects' sessions.", Sessions, "started", _of_any_project),
    stop_ends_all=told("With a session all of its project are stopped.", Sessions, "stop", _stops_all),
    any_project_of_session=differs("A session is known in all projects.", Operations, "_found", _any_session),
    any_session=differs("An unknown session is the first one.", Operations, "_found", _some_session),
    sessions_of_all_projects=differs("All sessions are listed for a project.", Sessions, "of", _of_all_projects),
    only_started_listed=Mutant("Only STARTED sessions are listed.", _only_started),
    sockets_outlive_stop=told("A socket outlives the stop of its session.", sockets, "_told", _no_news),
    ends_end_all=told("What ends one session ends all.", Sessions, "_end", _ends_all),
    force_close_says_more=told("Something is said after a forced close.", INTERACTION, "force_close", _says_more),
    force_close_with_1011=told("A forced close has code 1011.", INTERACTION, "force_close", _closes_otherwise),
    force_close_says_nothing=told("A forced close is not announced.", INTERACTION, "force_close", _says_nothing),
    session_ends_with_socket=told("A session ends with its socket.", Line, "closed", _gone_with_socket),
    stops_of_living_only=told("What is over cannot be stopped.", AliyunState, "stop", _living_only),
    no_push_urls=told("Starts with a customPushUrl are refused.", Sessions, "start", _no_push_urls),
    texts_once=told("A requestId of SendTextMsg counts once.", AliyunState, "say", _once),
    ascii_texts=told("SendTextMsg takes ASCII only.", AliyunState, "say", _plain_texts),
    http_questions_only=told("SendTextMsg takes no broadcasts.", AliyunState, "say", _questions_only),
    http_texts_without_socket=told(
        "SendTextMsg is refused where a socket is open.", AliyunState, "say", _without_socket_only
    ),
    recovers_all=Mutant("With one session all are recovering.", _remembered),
    recovering_stays_ready=told("A channel is not prepared anew.", INTERACTION, "recover", _ready_again),
    recovering_without_end=told("A channel that recovers is never READY.", INTERACTION, "recover", _never_again),
    recovering_goes_on=told("What is said goes on while a channel recovers.", Drives, "lose", _goes_on),
    own_error_codes=told("Errors have a code of their own.", Outgoing, "reply", _own_codes),
)
"""By name."""
