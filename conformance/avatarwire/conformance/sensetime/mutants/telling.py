"""Mutants about callbacks, tokens, questions, and the messages of the SDK."""

from __future__ import annotations

from typing import Any, Final

from ...mutants.mutant import Mutant, Witness, drop, duplicate, remove, set_to
from ...mutants.witnesses import gave
from ..witnesses import answered_with, any_of, marked, repeated
from .making import joined, made, patched, reject

__all__ = ["TELLING"]

_HOUR: Final = 3600.0


_NO_LOGIN: Final = 10003
_TOO_EARLY: Final = 10004


def _lives(hours: float) -> Witness:
    """An access token is told to live for so long."""
    return gave("login.response", data__expiresIn=int(hours * _HOUR))


def _when(status: int) -> dict[str, Any]:
    return {"where": {"status": status}}


_CALLBACKS: Final[tuple[Mutant, ...]] = (
    made("no_callback_35", "35 is not called back.", "ST-CBK-06 ST-CBK-02", "callback.ready",
         faults=[drop("CallbackBody", **_when(35))]),
    made("no_callback_5", "5 is not called back.", "ST-CBK-02", "callback.closed callback.once_each",
         faults=[drop("CallbackBody", **_when(5))]),
    made("no_callback_36", "36 is not called back.", "ST-CBK-04",
         "callback.started callback.started_v1 callback.queued",
         faults=[drop("CallbackBody", **_when(36))]),
    made("no_callback_37", "37 is not called back.", "ST-CBK-04 ST-E49",
         "callback.played callback.cancelled_is_told callback.cancelled",
         faults=[drop("CallbackBody", **_when(37))]),
    made("no_callback_34", "34 is not called back.", "ST-CBK-04", "callback.queued",
         faults=[drop("CallbackBody", **_when(34))]),
    made("no_callback_39", "39 is not called back.", "ST-E35", "callback.failed",
         faults=[drop("CallbackBody", **_when(39))]),
    made("callback_36_twice", "36 is called back twice.", "ST-E96", "callback.takeover_once_each",
         faults=[duplicate("CallbackBody", **_when(36))]),
    made("callback_5_twice", "35 is called back twice.", "ST-E96", "callback.once_each",
         faults=[duplicate("CallbackBody", **_when(35))]),
    made("callback_38", "38 is called back.", "ST-E98 ST-CBK-04", "callback.known_only callback.queued",
         faults=[set_to("CallbackBody", {"status": 38}, **_when(34))]),
    made("ready_without_stream", "35 is called back without the RTC token.", "ST-CBK-06", "callback.ready",
         faults=[remove("CallbackBody", "rtcToken", **_when(35))]),
    made("ready_with_other_stream", "35 is called back with another channel.", "ST-CBK-06", "callback.same_stream",
         faults=[set_to("CallbackBody", {"rtcChannelId": "another"}, **_when(35))]),
    made("user_data_changed", "The customer's data comes back changed.", "ST-LIVE-06 ST-CBK-08",
         "callback.user_data callback.user_data_of_each callback.no_user_data",
         faults=[set_to("CallbackBody", {"userData": "changed"})]),
    made("callback_of_no_live", "Callbacks do not say of which live they are.", "ST-CBK-05 ST-CBK-02 ST-CBK-01",
         "callback.closed callback.form callback.of_several_lives callback.declared",
         faults=[remove("CallbackBody", "sessionId")]),
    made("callback_with_bad_data", "The customer's data comes back as a number.", "ST-CBK-05 ST-CBK-08",
         "callback.declared", faults=[set_to("CallbackBody", {"userData": 7}, **_when(5))]),
    made("callback_of_no_takeover", "Callbacks name the takeover of another live.", "ST-CBK-05",
         "callback.of_several_lives", faults=[set_to("CallbackBody", {"commandTraceId": "another"}, **_when(37)),
                                              set_to("CallbackBody", {"commandTraceId": "another"}, **_when(5))]),
    made("trace_of_live", "A callback about a live names a takeover.", "ST-E97", "callback.trace_id",
         faults=[set_to("CallbackBody", {"commandTraceId": "takeover"}, **_when(5))]),
    made("cancelled_at_39", "A cancellation is called back as 39.", "ST-E49", "callback.cancelled",
         cancelled_status=39, witness=gave("CallbackBody", where=lambda body: body["status"] == 39)),
    made("cancelled_no_date", "A cancellation is called back without its time.", "ST-E53", "callback.cancelled_date",
         faults=[remove("CallbackBody", "commandFinishTime", **_when(37))]),
    made("no_task_result", "A failure is called back without a reason.", "ST-CBK-08 ST-E35 ST-CBK-02",
         "callback.lost callback.broken callback.failed", faults=[remove("CallbackBody", "taskResult")]),
    made("no_callback_9_50", "The end of a live that fails is not called back.", "ST-CBK-02",
         "callback.lost callback.broken callback.silent",
         faults=[drop("CallbackBody", **_when(9)), drop("CallbackBody", **_when(50))]),
    patched("speech_is_called_back", "Speech into the microphone is called back.", "ST-CBK-04",
            "callback.microphone_none"),
    made("callbacks_unsigned", "Callbacks are not signed.", "ST-CBK-07", "callback.signed",
         faults=[remove("CallbackBody", "headers.signature", "headers.timestamp")]),
)  # fmt: skip
_CENTRE: Final[tuple[Mutant, ...]] = (
    made("no_refresh_token", "A login gives no refresh token.", "ST-E101", "centre.login.tokens",
         faults=[remove("login.response", "data.refreshToken")]),
    made("no_login", "Every login is refused.", "ST-E101",
         "centre.login.tokens centre.login.works centre.login.number", faults=[reject("login.request")]),
    made("tokens_for_9_hours", "Access tokens live for nine hours.", "ST-TOK-01",
         "centre.token.ends centre.login.life", token_seconds=9 * _HOUR, witness=_lives(9)),
    made("tokens_for_7_hours", "Access tokens live for seven hours.", "ST-TOK-01", "centre.token.lasts",
         token_seconds=7 * _HOUR, witness=_lives(7)),
    made("tokens_for_half_an_hour", "Access tokens live for half an hour.", "ST-TOK-06 ST-TOK-01",
         "centre.web.token centre.token.lasts", token_seconds=_HOUR / 2,
         witness=any_of(marked("webToken.response"), _lives(0.5))),
    made("three_tokens", "Three access tokens are valid.", "ST-TOK-02 ST-E103",
         "centre.token.at_most_two centre.token.oldest_goes", tokens_valid=3, witness=repeated("login.request", 3)),
    made("one_token", "One access token is valid.", "ST-TOK-02", "centre.token.two_valid centre.refresh.keeps_old",
         tokens_valid=1, witness=any_of(repeated("login.request"), gave("refresh.response", code=0))),
    made("refreshed_at_once", "A token is refreshed at once.", "ST-TOK-04 ST-E102",
         "centre.refresh.early centre.refresh.early_refused", refresh_seconds=0.0,
         witness=gave("refresh.response", code=0)),
    made("refreshed_after_4_hours", "A token is refreshed after four hours only.", "ST-TOK-04 ST-E104",
         "centre.refresh.works centre.refresh.again", refresh_seconds=4 * _HOUR,
         witness=gave("refresh.response", code=_TOO_EARLY)),
    made("refresh_tokens_end", "A refresh token lives for four hours.", "ST-E104",
         "centre.refresh.again centre.refresh.after_end", refresh_token_seconds=4 * _HOUR,
         witness=gave("refresh.response", code=_NO_LOGIN)),
    made("bare_401", "A token that has ended is told by status 401.", "ST-E105", "centre.token.end_is_told",
         token_failure="401", witness=answered_with(401)),  # noqa: S106 - a choice
    patched("tokens_end_lives", "Lives end with the tokens of their account.", "ST-E105", "centre.token.expired"),
    patched("any_login", "Every login and every refresh succeeds.", "ST-E101",
            joined("centre.login.refuses.", ("key", "app", "time", "bad_sign"))
            + " " + joined("centre.refresh.refuses.", ("unknown", "none", "access"))),
)  # fmt: skip
_QUESTIONS: Final[tuple[Mutant, ...]] = (
    made("another_trace", "An answer has another trace.", "ST-NLP-08",
         "http.nlp.echoes http.nlp.conversation http.nlp.at_once",
         faults=[set_to("nlpReply.response", {"trace": "t"})]),
    made("answers_in_envelopes", "An answer has an envelope.", "ST-NET-07", "http.nlp.flat",
         faults=[set_to("nlpReply.response", {"code": 0, "message": "success"})]),
    made("answers_with_errors", "Every answer has an error.", "ST-NLP-07 ST-E72", "http.nlp.hit http.nlp.miss",
         faults=[set_to("nlpReply.response", {"error_message": "it failed"})]),
    made("errors_are_not_told", "No error is told of a question.", "ST-E70 ST-NLP-02",
         "http.nlp.unknown_library http.nlp.refuses.device",
         faults=[set_to("nlpReply.response", {"error_message": ""})]),
    made("another_device", "An answer has another device.", "ST-E71", "http.nlp.echoes_device",
         faults=[set_to("nlpReply.response", {"device_id": "toaster"})]),
    made("answer_without_language", "An answer has no language.", "ST-NLP-08", "http.nlp.declared",
         faults=[remove("nlpReply.response", "language")]),
    *(
        made(f"no_{device}", f"Questions from {device} are refused.", "ST-NLP-02", f"http.nlp.device.{device}",
             faults=[reject("nlpReply.request", {"device": device}, skip=1 if device == "windows" else 0)])
        for device in ("ios", "android", "windows", "macos")
    ),
)  # fmt: skip
_SDK: Final[tuple[Mutant, ...]] = (
    made("no_opening_words", "The opening line has no words.", "ST-MSG-03", "sdk.opening.text",
         faults=[set_to("interactive.opening.answer", {"text": ""})]),
    made("opening_has_no_trace", "The opening line has no trace.", "ST-MSG-01 ST-E126",
         "sdk.opening.declared sdk.opening.trace", faults=[remove("interactive.opening.answer", "trace")]),
    made("heard_elsewhere", "What was heard is not in query.", "ST-MSG-04", "sdk.round.heard",
         faults=[remove("interactive.asr.text", "query")]),
    made("nothing_heard", "It is not told what was heard.", "ST-MSG-04", "sdk.round.by_speech sdk.round.heard",
         faults=[drop("interactive.asr.text")]),
    made("eof_with_words", "The end of what was heard has words.", "ST-E125", "sdk.round.eof_is_empty",
         faults=[set_to("interactive.asr.eof", {"query": "words"})]),
    made("no_answer", "An answer is empty.", "ST-MSG-05", "sdk.round.answered",
         faults=[set_to("interactive.nlp.answer", {"answer": ""})]),
    made("no_end_of_speech", "The end of the speech is not told.", "ST-MSG-07", "sdk.round.spoken",
         faults=[drop("interactive.command.eof")]),
    made("no_end_of_recording", "The end of the recording is not told.", "ST-MSG-07 ST-E127",
         "sdk.round.recorded sdk.round.order", faults=[drop("interactive.record.eof")]),
    made("one_trace_for_all", "All rounds have one trace.", "ST-MSG-01 ST-E126",
         "sdk.round.differs sdk.round.one_trace sdk.round.traces_rise",
         faults=[set_to("interactive.nlp.answer", {"trace": "the same"})]),
    made("indexes_from_0", "Indexes count from 0.", "ST-E122", "sdk.round.indexes",
         faults=[set_to("interactive.nlp.answer", {"index": 0})]),
    made("answers_without_id", "An answer has no id.", "ST-E122", "sdk.round.answer_id",
         faults=[remove("interactive.nlp.answer", "id")]),
    made("unknown_type", "A message has a type that nobody knows.", "ST-MSG-02 ST-MSG-01",
         "sdk.round.known_values", faults=[set_to("interactive.record.eof", {"type": "end"})]),
    made("message_without_trace", "A message has no trace.", "ST-MSG-01 ST-MSG-02",
         "sdk.round.declared sdk.round.known_values", faults=[remove("interactive.record.eof", "trace")]),
    made("failure_says_nothing", "A failure does not say why.", "ST-MSG-06 AW-ST-PAGES",
         joined("sdk.fail.", ("no_speech", "no_json", "empty", "no_text", "blank", "number", "binary")),
         faults=[remove("interactive.asr.fail", "error")]),
    patched("failed_answers_say_nothing", "An answer that failed does not say why.", "ST-MSG-06", "sdk.fail.answer"),
    patched("pages_get_one", "Of several pages one is told.", "AW-ST-PAGES", "sdk.pages.several"),
)  # fmt: skip

TELLING: Final = (*_CALLBACKS, *_CENTRE, *_QUESTIONS, *_SDK)
"""All of them."""
