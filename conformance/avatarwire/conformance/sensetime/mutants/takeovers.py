"""Mutants about takeovers: as calls, in the queue, and what is told of them on the socket."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import Mutant, drop, duplicate, remove, set_to
from ...mutants.witnesses import accepts_violation, all_of, came, gave
from ..server.taking_over import OPERATIONS
from ..witnesses import any_of, repeated
from .making import joined, made, patched, reject

__all__ = ["TAKEOVERS"]

_SPOKEN: Final = ("shortest", "chinese", "audio", "both", "path_beside_text")
_SECONDS: Final = 10**11
"""No time in seconds is as large."""
_IMAGES: Final = ("foregrounds", "background", "late_image", "long_image", "short_image", "whole_image")
_SCRIPT_CLAUSES: Final = "ST-TKO-23 ST-TKO-24 ST-TKO-25 ST-TKO-28 ST-TKO-29 ST-TKO-30 ST-TKO-31 ST-TKO-32"

_CALLS: Final[tuple[Mutant, ...]] = (
    made(
        "success_in_words",
        "isSuccess is a text.",
        "ST-TKO-05",
        "http.command.accepted",
        faults=[set_to("takeoverCommand.response", {"data.isSuccess": "true"})],
    ),
    made(
        "one_id_for_all",
        "All takeovers have one id.",
        "ST-E50 ST-TKO-12 ST-TKO-07",
        "http.command.id http.queue.ids_differ isolation.queue_at_once",
        faults=[
            set_to(f"{operation}.response", {"data.commandTraceId": "takeover"})
            for operation in ("takeoverCommand", "takeoverQueue")
        ],
    ),
    made(
        "queue_is_empty",
        "The queue is always told as empty.",
        "ST-TKO-02 ST-TKO-22 ST-TKO-07 ST-TKO-11 ST-TKO-18 ST-TKO-20 ST-E10",
        "http.command.plays http.command_v1.plays http.queue.order http.queue.behind_command isolation.takeovers "
        "http.queue.into_empty http.cancel.goes_on http.cancel.next_plays isolation.queue_at_once "
        "http.reorder.keeps_all http.queue_list.declared",
        faults=[set_to("takeoverQueueList.response", {"data.commandTraceIds": []})],
    ),
    made(
        "commands_wait",
        "A command waits until what plays is over.",
        "ST-E11",
        "http.command.preempts ws.notice.preempted",
        command_during_takeover="wait",
        witness=repeated("takeoverCommand.request"),
    ),
    patched("commands_clear_queue", "A command drops what waits.", "ST-E11", "http.command.leaves_queue"),
    made(
        "retiring_tells_an_object",
        "The retiring command answers with an object.",
        "ST-TKO-04",
        "http.command_v1.says_true",
        faults=[set_to("takeoverCommandV1.response", {"data": {"isSuccess": True}})],
    ),
    made(
        "retiring_is_gone",
        "The retiring command is refused.",
        "ST-TKO-02 ST-E41 ST-TKO-26 ST-MIC-17 ST-CBK-04 ST-TKO-04 ST-E10",
        "http.command_v1.plays http.command_v1.ignores_images http.command_v1.says_true ws.notice.started_v1 "
        "callback.started_v1",
        faults=[reject("takeoverCommandV1.request")],
    ),
    *(
        made(
            f"no_script_for_{operation}",
            f"{operation} is refused, whatever its script is.",
            _SCRIPT_CLAUSES,
            joined(f"http.{operation}.takes.", _SPOKEN if operation == "takeoverCommandV1" else (*_SPOKEN, *_IMAGES)),
            faults=[reject(f"{operation}.request")],
        )
        for operation in OPERATIONS
    ),
    made(
        "short_texts_are_taken",
        "Texts of less than ten characters are spoken.",
        "ST-TKO-23 ST-SCR-12",
        "http.takeoverCommand.refuses.too_short script.live.refuses.short_text",
        short_speech="accept",
        witness=any_of(accepts_violation("ST-TKO-23"), accepts_violation("ST-SCR-12")),
    ),
)
_QUEUE: Final[tuple[Mutant, ...]] = (
    made(
        "queued_at_36",
        "A takeover is queued with 36.",
        "ST-TKO-12",
        "http.queue.status",
        faults=[set_to("takeoverQueue.response", {"data.commandStatus": 36})],
    ),
    made(
        "queued_at_33",
        "A takeover without files is at 33.",
        "ST-TKO-13",
        "http.queue.without_files",
        faults=[set_to("takeoverQueue.response", {"data.commandStatus": 33})],
    ),
    patched(
        "at_the_front",
        "A takeover is put before all that wait.",
        "ST-TKO-07 ST-TKO-11 ST-TKO-09",
        "http.queue.order http.queue.no_position http.queue.last_position http.queue.beyond http.queue.second",
    ),
    patched(
        "one_too_far",
        "A takeover is put one position too far.",
        "ST-TKO-08 ST-TKO-09 ST-TKO-10",
        "http.queue.next http.queue.second http.queue.twice_next",
    ),
    patched("listed_backwards", "The queue is listed from behind.", "ST-TKO-22 ST-TKO-07", "http.queue.order"),
    made(
        "no_position_1",
        "Position 1 is refused.",
        "ST-TKO-11 ST-TKO-09",
        "http.queue.into_empty http.queue.next",
        faults=[reject("takeoverQueue.request", {"priority": 1})],
    ),
    made(
        "short_queues",
        "A queue has ten takeovers at most.",
        "ST-E47",
        "http.queue.many",
        queue_limit=10,
        witness=repeated("takeoverQueue.request", 11),
    ),
    patched(
        "reorder_does_nothing",
        "A takeover that is to be moved stays.",
        "ST-E45 ST-TKO-16",
        "http.reorder.to_next http.reorder.later http.reorder.to_tail http.reorder.playing http.reorder.unknown "
        "isolation.reorder",
    ),
    patched("reorder_loses", "A takeover that is moved is lost.", "ST-TKO-22 ST-E45", "http.reorder.keeps_all"),
    patched(
        "cancels_nothing",
        "Nothing is cancelled.",
        "ST-TKO-20 ST-TKO-17 ST-TKO-18 ST-MIC-15 ST-CBK-04 ST-E49 ST-MIC-16 ST-E51",
        "http.cancel.playing http.cancel.waiting http.cancel.several http.cancel.all http.cancel.goes_on "
        "ws.microphone.conflict_over callback.cancelled callback.cancelled_is_told ws.notice.cancelled "
        "ws.notice.cancelled_waiting",
    ),
    patched("cancels_playing_only", "-1 cancels only what plays.", "ST-TKO-18", "http.cancel.all"),
    patched(
        "cancels_first_named_only", "Of several ids only the first is cancelled.", "ST-TKO-17", "http.cancel.several"
    ),
    patched(
        "cancelling_always_succeeds",
        "What there is not is cancelled as well.",
        "ST-E51 ST-TKO-20",
        "http.cancel.unknown http.cancel.partly http.cancel.twice http.cancel.message isolation.cancel",
    ),
    patched(
        "cancels_in_all_lives",
        "A cancellation is about all lives.",
        "ST-TKO-18 ST-TKO-20",
        "http.cancel.all_of_one_live isolation.cancel",
    ),
    patched("ascii_semicolons_only", "Only ASCII semicolons join ids.", "ST-E52", "http.cancel.full_width"),
    made(
        "nothing_to_cancel_fails",
        "A cancellation fails.",
        "ST-E51 ST-TKO-20",
        "http.cancel.nothing http.cancel.playing",
        faults=[set_to("takeoverCancel.response", {"data.isSuccess": False})],
    ),
    made(
        "cancelled_without_time",
        "A cancellation does not tell when it was done.",
        "ST-TKO-20 ST-LIVE-27",
        "http.cancel.date",
        faults=[remove("takeoverCancel.response", "data.commandFinishTime")],
    ),
    made(
        "success_with_message",
        "A cancellation that succeeds has a message.",
        "ST-E54",
        "http.cancel.no_message",
        faults=[set_to("takeoverCancel.response", {"data.message": "done"})],
    ),
    made(
        "no_reason",
        "A cancellation that fails does not say why.",
        "ST-TKO-20",
        "http.cancel.message",
        faults=[remove("takeoverCancel.response", "data.message")],
    ),
    patched(
        "next_never_starts",
        "What waits never plays.",
        "ST-TKO-07 ST-TKO-10 ST-MIC-17 ST-CBK-04",
        "ws.notice.next_starts ws.notice.played_in_order callback.queued ws.notice.queued_then_started",
    ),
)
_NOTICES: Final[tuple[Mutant, ...]] = (
    made(
        "no_code_19",
        "The start of a takeover is not told on the socket.",
        "ST-MIC-17 ST-TKO-07",
        "ws.notice.started ws.notice.started_v1 ws.microphone.takeover_after_speech ws.notice.next_starts",
        faults=[drop("microphone.takeover_started")],
    ),
    made(
        "no_code_18",
        "The end of a takeover is not told on the socket.",
        "ST-MIC-16 ST-E11 ST-TKO-07",
        "ws.notice.cancelled ws.notice.played ws.notice.cancelled_waiting ws.notice.preempted",
        faults=[drop("microphone.takeover_finished")],
    ),
    made(
        "no_code_20",
        "It is not told on the socket that a takeover waits.",
        "ST-MIC-18",
        "ws.notice.queued ws.notice.queued_then_started",
        faults=[drop("microphone.takeover_queued")],
    ),
    made(
        "code_19_twice",
        "The start of a takeover is told twice.",
        "ST-MIC-17 ST-TKO-07",
        "ws.notice.once_each ws.notice.played_in_order",
        faults=[duplicate("microphone.takeover_started")],
    ),
    made(
        "notice_of_another_live",
        "A notice names another live.",
        "ST-MIC-19 ST-MIC-18",
        "ws.notice.queued",
        faults=[set_to("microphone.takeover_queued", {"data.sessionId": "live"})],
    ),
    made(
        "notice_without_time",
        "A notice has no time.",
        "ST-MIC-19 ST-MIC-17",
        "ws.notice.started",
        faults=[remove("microphone.takeover_started", "data.timestamp")],
    ),
    made(
        "notice_with_number",
        "A notice has a number for its live.",
        "ST-MIC-19 ST-MIC-01",
        "ws.notice.declared ws.microphone.declared",
        faults=[set_to("microphone.takeover_started", {"data.sessionId": 7})],
    ),
    made(
        "notices_in_milliseconds",
        "The time of a notice is in milliseconds.",
        "ST-E66",
        "ws.notice.seconds",
        notice_timestamp="milliseconds",
        witness=gave("microphone.takeover_started", where=lambda body: body["data"]["timestamp"] > _SECONDS),
    ),
    patched(
        "nothing_plays_long",
        "A takeover is over as soon as it plays.",
        "ST-MIC-16 ST-TKO-02 ST-TKO-22",
        "ws.notice.not_before_time http.command.plays",
    ),
    patched(
        "waiting_told_as_playing",
        "What waits is told as playing.",
        "ST-TKO-10",
        "ws.notice.waiting callback.waiting",
    ),
    patched("told_to_all", "What becomes of a live is told to all.", "ST-MIC-19 AW-ST-PAGES",
            "ws.notice.of_one_live sdk.pages.of_one_live"),
    patched("failures_are_notices", "A takeover that fails is told by code 18.", "ST-E69",
            "ws.notice.none_of_failure"),
    made(
        "takeovers_while_speaking",
        "A takeover plays while somebody speaks.",
        "ST-E56",
        "ws.microphone.takeover_while_speaking",
        takeover_during_speech="accept",
        witness=all_of(came("microphone.begin"), gave("takeoverCommand.response", data__isSuccess=True)),
    ),
)  # fmt: skip

TAKEOVERS: Final = (*_CALLS, *_QUEUE, *_NOTICES)
"""All of them."""
