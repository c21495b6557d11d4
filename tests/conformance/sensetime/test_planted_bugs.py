"""Bugs planted in our own fake, each with cases that have to find it: what proves that a case can fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from avatarwire.conformance.sensetime.server import CASES
from avatarwire.fakeserver import Fault
from avatarwire.fakeserver.sensetime import lives, sockets, takeovers
from avatarwire.fakeserver.sensetime.live_events import CancelOutcome
from avatarwire.fakeserver.sensetime.microphone import Microphone
from tests.conformance.sensetime.judged import judged

Patch = Callable[[pytest.MonkeyPatch], None]


class Bug(NamedTuple):
    """What is wrong, and which cases have to see it."""

    cases: str
    fault: Fault | None = None
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
    patch: Patch | None = None


def change(message: str, where: dict[str, Any] | None = None, /, **fields: Any) -> Fault:
    paths = {path.replace("__", "."): value for path, value in fields.items()}
    return Fault(message=message, do="set", fields=paths, where=where or {})


def remove(message: str, *fields: str, where: dict[str, Any] | None = None) -> Fault:
    return Fault(message=message, do="remove", fields=list(fields), where=where or {})


def drop(message: str, where: dict[str, Any] | None = None) -> Fault:
    return Fault(message=message, do="drop", where=where or {})


def twice(message: str, where: dict[str, Any] | None = None) -> Fault:
    return Fault(message=message, do="duplicate", where=where or {})


# --- behaviour with a bug in it ---


def nothing(self: Any) -> None:
    del self


def at_the_front(patch: pytest.MonkeyPatch) -> None:
    def insert(self: Any, takeover: Any, position: int | None) -> None:
        del position
        self._waiting.insert(0, takeover)

    patch.setattr(takeovers.TakeoverQueue, "_insert", insert)


def one_too_far(patch: pytest.MonkeyPatch) -> None:
    def insert(self: Any, takeover: Any, position: int | None) -> None:
        self._waiting.insert(len(self._waiting) if position is None else position, takeover)

    patch.setattr(takeovers.TakeoverQueue, "_insert", insert)


def list_reversed(patch: pytest.MonkeyPatch) -> None:
    right = takeovers.TakeoverQueue.trace_ids

    def trace_ids(self: Any) -> tuple[str, ...]:
        return right(self)[::-1]

    patch.setattr(takeovers.TakeoverQueue, "trace_ids", trace_ids)


def cancels_what_plays_only(patch: pytest.MonkeyPatch) -> None:
    right = takeovers.TakeoverQueue.cancel

    def cancel(self: Any, trace_ids: Any) -> Any:
        return right(self, self.trace_ids()[:1] if trace_ids is None else trace_ids)

    patch.setattr(takeovers.TakeoverQueue, "cancel", cancel)


def cancels_nothing(patch: pytest.MonkeyPatch) -> None:
    def cancel(self: Any, trace_ids: Any) -> Any:
        del self, trace_ids
        return CancelOutcome(True)

    patch.setattr(takeovers.TakeoverQueue, "cancel", cancel)


def next_never_starts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(takeovers.TakeoverQueue, "_advance", nothing)


def no_conflict(patch: pytest.MonkeyPatch) -> None:
    right: Any = vars(Microphone)["_refusal"]

    def refusal(self: Any) -> Any:
        found = right(self)
        return None if type(found).__name__ == "Conflict" else found

    patch.setattr(Microphone, "_refusal", refusal)


def always_ready(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Microphone, "_refusal", nothing)


def any_token(patch: pytest.MonkeyPatch) -> None:
    def is_good(self: Any, asked: Any, live: Any) -> bool:
        del self, asked, live
        return True

    patch.setattr(sockets.Sockets, "_is_good", is_good)


def deaf_after_first_round(patch: pytest.MonkeyPatch) -> None:
    def eof(self: Any, received: Any) -> list[Any]:
        del received
        self.stop()
        return self.stop()  # type: ignore[no-any-return]

    patch.setattr(Microphone, "_eof", eof)


def closes_again(patch: pytest.MonkeyPatch) -> None:
    right = lives.Lives.end

    def end(self: Any, live: Any, status: Any, result: str = "") -> bool:
        right(self, live, status, result)
        return True

    patch.setattr(lives.Lives, "end", end)


def never_over(patch: pytest.MonkeyPatch) -> None:
    right = lives.Lives.running

    def running(self: Any, account: Any = None) -> Any:
        return [*right(self, account), *self.ended(account)] if account is not None else right(self)

    patch.setattr(lives.Lives, "running", running)


def same_session_token(patch: pytest.MonkeyPatch) -> None:
    right = lives.Lives.create

    def create(self: Any, *arguments: Any) -> Any:
        live = right(self, *arguments)
        live.session_token = "one-for-all"
        return live

    patch.setattr(lives.Lives, "create", create)


def start_closes_stream(patch: pytest.MonkeyPatch) -> None:
    right = lives.Lives.start

    def start(self: Any, live: Any) -> None:
        right(self, live)
        live.rtc.channel_id = "another"

    patch.setattr(lives.Lives, "start", start)


def heartbeats_of_all(patch: pytest.MonkeyPatch) -> None:
    def heartbeat(self: Any, live: Any) -> None:
        del live
        for each in self:
            each.last_heartbeat = self._turn.now

    patch.setattr(lives.Lives, "heartbeat", heartbeat)


BUGS: Final[dict[str, Bug]] = {
    "no session token": Bug("http.create.gives_ids", remove("createLive.response", "data.sessionToken")),
    "one session token for all": Bug("http.create.ids_differ ws.microphone.token.of_other", patch=same_session_token),
    "a state nobody knows": Bug("http.create.known_status", change("createLive.response", data__status=77)),
    "a uid in letters": Bug("http.create.uid_form", change("queryStat.response", data__rtcUid="seven")),
    "a long channel": Bug("http.create.channel_form", change("queryStat.response", data__rtcChannelId="c" * 65)),
    "own values not told": Bug("http.create.own_app_echoed", change("queryStat.response", data__rtcAppId="platform")),
    "start says nothing": Bug("http.start.says_true", remove("startLive.response", "data")),
    "start changes the stream": Bug("http.start.same_stream", patch=start_closes_stream),
    "start leaves 35": Bug("http.start.status flow.live.lifecycle", change("queryStat.response", data__status=35)),
    "heartbeats fail": Bug("http.heartbeat.success", Fault(message="heartbeat.request", do="reject", code=10006)),
    "no end without heartbeats": Bug(
        "http.heartbeat.silence_ends callback.silent", options={"heartbeat_seconds": None}
    ),
    "a short gap ends lives": Bug("http.heartbeat.keeps", options={"heartbeat_seconds": 45.0}),
    "heartbeats keep all lives": Bug("http.heartbeat.of_one_live", patch=heartbeats_of_all),
    "closing twice": Bug("http.close.twice isolation.close_at_once", patch=closes_again),
    "closing says false": Bug("http.close.says_true", change("closeLive.response", data=False)),
    "a stream of a closed live": Bug("http.stat.at_5", change("queryStat.response", data__rtcToken="token")),
    "no stream in progress": Bug("http.stat.at_2", remove("queryStat.response", "data.rtcChannelId")),
    "closed lives run": Bug("http.running.no_closed", patch=never_over),
    "dates with a slash": Bug(
        "http.running.dates", Fault(message="runningList.response", do="set", fields={"data[0].startTime": "1/2/31"})
    ),
    "a row without its end": Bug("http.history.row", remove("historyList.response", "data.result[0].endTime")),
    "history has another state": Bug(
        "http.history.row http.history.by_status",
        Fault(message="historyList.response", do="set", fields={"data.result[0].status": 50}),
    ),
    "small pages": Bug("http.history.defaults", options={"page_size_limit": 5}),
    "counted wrong": Bug("http.history.pagination", change("historyList.response", data__pagination__startIndex=0)),
    "an RTC token in an object": Bug(
        "http.rtc_token.is_text", change("rtcAudienceToken.response", data={"token": "t"})
    ),
    "isSuccess in words": Bug(
        "http.command.accepted any.messages.declared+http.command.accepted",
        change("takeoverCommand.response", data__isSuccess="true"),
    ),
    "the retiring command tells an object": Bug(
        "http.command_v1.says_true", change("takeoverCommandV1.response", data={"isSuccess": True})
    ),
    "queued with 36": Bug("http.queue.status", change("takeoverQueue.response", data__commandStatus=36)),
    "always at the front": Bug("http.queue.order http.queue.no_position http.queue.last_position", patch=at_the_front),
    "one position too far": Bug("http.queue.next http.queue.twice_next", patch=one_too_far),
    "the queue from behind": Bug("http.queue.order", patch=list_reversed),
    "-1 cancels what plays": Bug("http.cancel.all", patch=cancels_what_plays_only),
    "nothing is cancelled": Bug("http.cancel.playing http.cancel.waiting http.cancel.several", patch=cancels_nothing),
    "cancelled, nobody knows when": Bug(
        "http.cancel.date", remove("takeoverCancel.response", "data.commandFinishTime")
    ),
    "a failure that does not say why": Bug("http.cancel.message", remove("takeoverCancel.response", "data.message")),
    "the next never starts": Bug("ws.notice.next_starts ws.notice.played_in_order", patch=next_never_starts),
    "short texts are taken": Bug(
        "http.takeoverCommand.refuses.too_short script.live.refuses.short_text", options={"short_speech": "accept"}
    ),
    "short queues": Bug("http.queue.many", options={"queue_limit": 10}),
    "a command waits": Bug("http.command.preempts", options={"command_during_takeover": "wait"}),
    "another trace": Bug("http.nlp.echoes", change("nlpReply.response", trace="another")),
    "an envelope around answers": Bug("http.nlp.flat", change("nlpReply.response", code=0, message="success")),
    "a failure with code 0": Bug("http.envelope.failure", change("heartbeat.response", code=0)),
    "a failure without a text": Bug("http.envelope.failure", change("heartbeat.response", message="")),
    "any token opens the microphone": Bug("ws.microphone.token.wrong ws.microphone.token.of_other", patch=any_token),
    "the access token opens it": Bug("ws.microphone.token.access", options={"microphone_token": "either"}),
    "any client": Bug("ws.microphone.client_type", options={"any_client_type": True}),
    "begin is not answered": Bug("ws.microphone.ready", drop("microphone.ready")),
    "another text": Bug("ws.microphone.texts", change("microphone.ready", message="ready")),
    "codes in digits": Bug("ws.microphone.code_is_integer", options={"microphone_code": "text"}),
    "ready before begin": Bug("ws.microphone.ready_after_begin", options={"microphone_ready": "open"}),
    "one round only": Bug("ws.microphone.round ws.microphone.several_rounds", patch=deaf_after_first_round),
    "no conflict": Bug("ws.microphone.conflict ws.microphone.conflict_queue", patch=no_conflict),
    "closed lives listen": Bug("ws.microphone.live.closed ws.microphone.live.unknown", patch=always_ready),
    "no code 19": Bug("ws.notice.started ws.notice.started_v1", drop("microphone.takeover_started")),
    "no code 18": Bug("ws.notice.cancelled ws.notice.played", drop("microphone.takeover_finished")),
    "no code 20": Bug("ws.notice.queued", drop("microphone.takeover_queued")),
    "code 19 twice": Bug("ws.notice.once_each", twice("microphone.takeover_started")),
    "a notice of another live": Bug("ws.notice.queued", change("microphone.takeover_queued", data__sessionId="live")),
    "a notice without its time": Bug("ws.notice.started", remove("microphone.takeover_started", "data.timestamp")),
    "milliseconds": Bug("ws.notice.seconds", options={"notice_timestamp": "milliseconds"}),
    "a second microphone is refused": Bug("ws.microphone.second_socket", options={"second_microphone": "refuse"}),
    "35 is not called back": Bug("callback.ready", drop("CallbackBody", {"status": 35})),
    "5 is not called back": Bug("callback.closed", drop("CallbackBody", {"status": 5})),
    "36 is not called back": Bug("callback.started", drop("CallbackBody", {"status": 36})),
    "37 is not called back": Bug("callback.played callback.cancelled_is_told", drop("CallbackBody", {"status": 37})),
    "34 is not called back": Bug("callback.queued", drop("CallbackBody", {"status": 34})),
    "36 is called back twice": Bug("callback.takeover_once_each", twice("CallbackBody", {"status": 36})),
    "38 is called back": Bug("callback.known_only", change("CallbackBody", {"status": 34}, status=38)),
    "no RTC token at 35": Bug("callback.ready", remove("CallbackBody", "rtcToken", where={"status": 35})),
    "the customer's data changed": Bug("callback.user_data", change("CallbackBody", userData="changed")),
    "a callback without its live": Bug("callback.closed", remove("CallbackBody", "sessionId")),
    "an id of a live's state": Bug("callback.trace_id", change("CallbackBody", {"status": 5}, commandTraceId="t")),
    "no reason": Bug("callback.lost callback.broken", remove("CallbackBody", "taskResult")),
    "tokens for nine hours": Bug("centre.token.ends", options={"token_seconds": 9 * 3600.0}),
    "tokens for seven hours": Bug("centre.token.lasts", options={"token_seconds": 7 * 3600.0}),
    "three tokens": Bug("centre.token.at_most_two centre.token.oldest_goes", options={"tokens_valid": 3}),
    "one token": Bug("centre.token.two_valid centre.refresh.keeps_old", options={"tokens_valid": 1}),
    "refreshed at once": Bug("centre.refresh.early", options={"refresh_seconds": 0.0}),
    "refreshed after four hours": Bug("centre.refresh.works", options={"refresh_seconds": 4 * 3600.0}),
    "status 401": Bug("centre.token.end_is_told", options={"token_failure": "401"}),
    "what was heard is elsewhere": Bug("sdk.round.heard", remove("interactive.asr.text", "query")),
    "no opening words": Bug("sdk.opening.text", change("interactive.opening.answer", text="")),
    "no answer": Bug("sdk.round.answered", change("interactive.nlp.answer", answer="")),
    "no end of the speech": Bug("sdk.round.spoken", drop("interactive.command.eof")),
    "no end of the recording": Bug("sdk.round.recorded", drop("interactive.record.eof")),
    "a failure that says nothing": Bug("sdk.fail.no_json", remove("interactive.asr.fail", "error")),
    "indexes from 0": Bug("sdk.round.indexes", change("interactive.nlp.answer", index=0)),
    "one trace for all": Bug("sdk.round.differs", change("interactive.nlp.answer", trace="the same")),
}


DIFFERENT: Final = ("failed", "non_strict", "informational")


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS[name]
    if bug.patch is not None:
        bug.patch(monkeypatch)
    for some in bug.cases.split():
        ids = [f"sensetime.{id_}" for id_ in reversed(some.split("+"))]
        faults = () if bug.fault is None else (bug.fault,)
        results = judged(tmp_path, [CASES[id_] for id_ in ids], patience=0.5, faults=faults, **bug.options)
        result = results[ids[-1]]
        assert result.verdict in DIFFERENT, f"{result.id}: {result.verdict}: {result.observed}"
