"""Mutants about lives: how they are made, kept, closed and listed."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import Mutant, remove, set_to
from ...mutants.witnesses import all_of, gave
from ..server.creating import OWN_APP
from ..witnesses import answered_with, marked, unmarked
from .making import made, patched, reject

__all__ = ["LIVES"]

_KEPT: Final = 45.0
"""Seconds between heartbeats of a fake that is in a hurry."""
_BODY: Final = 16 * 1024

_CREATING: Final[tuple[Mutant, ...]] = (
    made(
        "no_session_token",
        "createLive gives no sessionToken.",
        "ST-LIVE-11",
        "http.create.gives_ids http.create.declared",
        faults=[remove("createLive.response", "data.sessionToken")],
    ),
    patched(
        "one_session_token",
        "All lives have one session token.",
        "ST-LIVE-11 ST-MIC-08",
        "http.create.ids_differ ws.microphone.token.of_other",
    ),
    patched(
        "one_live_for_all",
        "createLive gives the live that is there.",
        "ST-LIVE-11 ST-LIVE-06 ST-TKO-22 ST-TKO-18 ST-CBK-05 ST-LIVE-20 AW-ST-PAGES",
        "http.create.ids_differ isolation.create_at_once callback.user_data_of_each isolation.takeovers "
        "http.cancel.all_of_one_live callback.of_several_lives http.stat.of_one_live "
        "http.rtc_token.channel_of_other sdk.pages.of_one_live",
    ),
    made(
        "unknown_status",
        "createLive gives a state that nobody knows.",
        "ST-LIVE-08 ST-LIVE-09",
        "http.create.known_status http.create.is_made",
        faults=[set_to("createLive.response", {"data.status": 77})],
    ),
    made(
        "lives_are_broken",
        "Lives are at 9 when they are created.",
        "ST-LIVE-09",
        "http.create.is_made",
        outcomes=["abnormal"] * 10,
        witness=gave("createLive.response", data__status=9),
    ),
    made(
        "stream_at_32",
        "A stream is told of a live that is still made.",
        "ST-LIVE-10",
        "http.create.no_stream_at_32",
        faults=[set_to("createLive.response", {"data.status": 32})],
    ),
    made(
        "no_stream_at_35",
        "createLive tells no RTC token at 35.",
        "ST-E16",
        "http.create.stream_at_35",
        faults=[remove("createLive.response", "data.rtcToken")],
    ),
    made(
        "uid_in_letters",
        "The uid of a stream is in letters.",
        "ST-LIVE-04",
        "http.create.uid_form",
        faults=[set_to("queryStat.response", {"data.rtcUid": "seven"})],
    ),
    made(
        "long_channel",
        "A channel has 65 characters.",
        "ST-LIVE-05",
        "http.create.channel_form",
        faults=[set_to("queryStat.response", {"data.rtcChannelId": "c" * 65})],
    ),
    made(
        "own_app_for_all",
        "The customer's RTC app is used whether it is asked for or not.",
        "ST-LIVE-02",
        "http.create.platform_app http.create.platform_app_by_false",
        faults=[set_to("queryStat.response", {"data.rtcAppId": OWN_APP["urtcAppId"]})],
    ),
    made(
        "platform_app_for_all",
        "The customer's RTC app is not used.",
        "ST-E22",
        "http.create.own_app_echoed",
        faults=[set_to("queryStat.response", {"data.rtcAppId": "platform"})],
    ),
    made(
        "no_own_app",
        "There are no lives in an RTC app of the customer's.",
        "ST-LIVE-03 ST-LIVE-05 ST-E22",
        "http.create.own_app http.create.longest_channel http.create.own_app_echoed",
        faults=[reject("createLive.request", {"urtcUseExternalApp": True})],
    ),
    made(
        "small_bodies",
        "A body of 16 kB is too large.",
        "ST-E132",
        "http.create.large_script",
        max_body_bytes=_BODY,
        witness=answered_with(413),
    ),
)
_KEEPING: Final[tuple[Mutant, ...]] = (
    made(
        "start_says_nothing",
        "startLive does not say what it has done.",
        "ST-LIVE-15 ST-E24",
        "http.start.says_true http.start.twice",
        faults=[remove("startLive.response", "data")],
    ),
    patched("start_changes_stream", "A start changes the channel.", "ST-LIVE-15", "http.start.same_stream"),
    patched("start_starts_all", "A start starts all lives.", "ST-LIVE-19", "isolation.interleaved"),
    made(
        "start_leaves_35",
        "A live that is started stays at 35.",
        "ST-LIVE-15 ST-LIVE-19 ST-E24 ST-LIVE-17 ST-LIVE-20",
        "http.start.status flow.live.lifecycle http.start.twice_harmless http.heartbeat.started http.stat.at_2",
        faults=[set_to("queryStat.response", {"data.status": 35}, where={"data.status": 2})],
    ),
    made(
        "heartbeats_fail",
        "Heartbeats are refused.",
        "ST-LIVE-17",
        "http.heartbeat.success",
        faults=[reject("heartbeat.request")],
    ),
    made(
        "no_end_without_heartbeats",
        "A live without heartbeats goes on for ever.",
        "ST-LIVE-17 ST-LIVE-23 ST-E26 ST-CBK-02",
        "http.heartbeat.silence_ends http.heartbeat.silence_is_listed http.heartbeat.silence_before_start "
        "http.heartbeat.of_one_live callback.silent",
        heartbeat_seconds=None,
        witness=unmarked("live.lost", after="createLive.request"),
    ),
    made(
        "heartbeats_every_45_s",
        "A live needs a heartbeat every 45 s.",
        "ST-LIVE-17",
        "http.heartbeat.keeps",
        heartbeat_seconds=_KEPT,
        witness=marked("live.lost"),
    ),
    patched("heartbeats_of_all", "A heartbeat keeps all lives.", "ST-LIVE-17", "http.heartbeat.of_one_live"),
    patched(
        "heartbeats_revive",
        "A heartbeat brings back a live that is over.",
        "ST-LIVE-18 ST-E23",
        "http.heartbeat.revives_none http.heartbeat.closed",
    ),
    patched(
        "closes_again",
        "A live that is over is closed again.",
        "ST-LIVE-18",
        "http.close.twice isolation.close_at_once",
    ),
    patched(
        "close_closes_all",
        "The end of a live ends all lives.",
        "ST-LIVE-18 ST-LIVE-19",
        "isolation.close isolation.interleaved",
    ),
    made(
        "close_says_false",
        "Closing a live is told as false.",
        "ST-LIVE-18 ST-E25",
        "http.close.says_true http.close.before_start",
        faults=[set_to("closeLive.response", {"data": False})],
    ),
    made(
        "close_leaves_2",
        "A live that is closed stays at 2.",
        "ST-LIVE-18 ST-E25 ST-E24 ST-LIVE-19",
        "http.close.status http.close.before_start http.start.closed flow.live.lifecycle",
        faults=[set_to("queryStat.response", {"data.status": 2}, where={"data.status": 5})],
    ),
    made(
        "queue_outlives_live",
        "A live that is closed has a queue.",
        "ST-LIVE-18 ST-TKO-22",
        "http.close.queue_is_gone http.queue_list.empty",
        faults=[set_to("takeoverQueueList.response", {"data.commandTraceIds": ["takeover-1"]})],
    ),
)
_LOOKING: Final[tuple[Mutant, ...]] = (
    made(
        "stream_without_token",
        "queryStat tells no RTC token.",
        "ST-LIVE-20 ST-LIVE-15",
        "http.stat.at_35 http.stat.at_2 http.start.status",
        faults=[remove("queryStat.response", "data.rtcToken")],
    ),
    made(
        "stream_of_closed_live",
        "queryStat tells a stream of a live that is closed.",
        "ST-LIVE-20 ST-LIVE-18",
        "http.stat.at_5 http.close.status",
        faults=[set_to("queryStat.response", {"data.rtcToken": "token"}, where={"data.status": 5})],
    ),
    made(
        "one_channel_for_all",
        "queryStat tells one channel of all lives.",
        "ST-LIVE-20 ST-CBK-06 ST-LIVE-11",
        "http.stat.of_one_live callback.same_stream isolation.create_at_once",
        faults=[set_to("queryStat.response", {"data.rtcChannelId": "channel"})],
    ),
    made(
        "stat_without_status",
        "queryStat tells no state.",
        "ST-LIVE-19",
        "http.stat.declared",
        faults=[remove("queryStat.response", "data.status")],
    ),
    made(
        "other_session_token",
        "queryStat tells another session token.",
        "ST-E15 ST-LIVE-11 ST-MIC-09",
        "http.stat.token http.stat.token_constant ws.microphone.token.of_stat",
        faults=[set_to("queryStat.response", {"data.sessionToken": "another"}, where={"data.status": 2})],
    ),
    made(
        "nothing_runs",
        "runningList is empty.",
        "ST-LIVE-22 ST-NET-10",
        "http.running.has http.running.follows http.running.several http.running.statuses",
        faults=[set_to("runningList.response", {"data": []})],
    ),
    patched("ended_lives_run", "runningList has lives that are over.", "ST-LIVE-22", "http.running.no_closed"),
    made(
        "running_at_5",
        "runningList has a live at 5.",
        "ST-LIVE-22",
        "http.running.statuses",
        faults=[set_to("runningList.response", {"data[0].status": 5})],
    ),
    made(
        "running_live_is_a_number",
        "A row of runningList has a number for its live.",
        "ST-LIVE-22",
        "http.running.declared",
        faults=[set_to("runningList.response", {"data[0].sessionId": 7})],
    ),
    made(
        "dates_with_slashes",
        "runningList has dates with slashes.",
        "ST-LIVE-27",
        "http.running.dates",
        faults=[set_to("runningList.response", {"data[0].startTime": "1/2/31"})],
    ),
    made(
        "running_is_an_object",
        "runningList is an object.",
        "ST-E27",
        "http.running.rows",
        faults=[set_to("runningList.response", {"data": {"sessionId": "live-1", "status": 2}})],
    ),
    made(
        "row_without_end",
        "A row of the history has no endTime.",
        "ST-LIVE-28",
        "http.history.row",
        faults=[remove("historyList.response", "data.result[0].endTime")],
    ),
    made(
        "row_at_50",
        "A row of the history has another state.",
        "ST-LIVE-28 ST-LIVE-26",
        "http.history.row http.history.by_status",
        faults=[set_to("historyList.response", {"data.result[0].status": 50})],
    ),
    made(
        "row_at_2",
        "A row of the history has the state of a live that goes on.",
        "ST-LIVE-28",
        "http.history.statuses http.history.row",
        faults=[set_to("historyList.response", {"data.result[0].status": 2})],
    ),
    patched(
        "running_lives_are_history",
        "historyList has lives that go on.",
        "ST-LIVE-23",
        "http.history.no_running http.history.unfiltered",
    ),
    patched(
        "history_without_filters",
        "historyList ignores its filters.",
        "ST-LIVE-23 ST-LIVE-26",
        "http.history.of_one_live http.history.other_status",
    ),
    made(
        "small_pages",
        "A page has five rows at most.",
        "ST-LIVE-24",
        "http.history.defaults",
        page_size_limit=5,
        witness=gave("historyList.response", data__pagination__pageSize=5),
    ),
    patched(
        "first_page_only",
        "Every page of historyList is the first.",
        "ST-LIVE-24 ST-E29",
        "http.history.pages http.history.pagination",
    ),
    patched(
        "other_order",
        "historyList sorts the other way.",
        "ST-LIVE-25",
        "http.history.sorted.asc http.history.sorted.desc",
    ),
    made(
        "counted_wrong",
        "The pagination counts wrong.",
        "ST-E29",
        "http.history.pagination",
        faults=[set_to("historyList.response", {"data.pagination.startIndex": 0})],
    ),
    made(
        "no_pagination",
        "historyList has no pagination.",
        "ST-LIVE-28",
        "http.history.members",
        faults=[remove("historyList.response", "data.pagination")],
    ),
    made(
        "history_is_an_object",
        "The rows of historyList are an object.",
        "ST-E28",
        "http.history.rows",
        faults=[set_to("historyList.response", {"data.result": {}})],
    ),
    made(
        "row_without_live",
        "A row of the history does not say of which live it is.",
        "ST-LIVE-28",
        "http.history.declared http.history.row",
        faults=[remove("historyList.response", "data.result[0].sessionId")],
    ),
    made(
        "rtc_token_in_an_object",
        "An RTC token comes in an object.",
        "ST-LIVE-30",
        "http.rtc_token.is_text",
        faults=[set_to("rtcAudienceToken.response", {"data": {"token": "token"}})],
    ),
    made(
        "rtc_token_for_any_channel",
        "Any channel has an RTC token.",
        "ST-E33",
        "http.rtc_token.other_channel http.rtc_token.channel_of_other",
        patch="any_parameters",
        witness=all_of(marked("mutant"), gave("rtcAudienceToken.response")),
    ),
)

LIVES: Final = (*_CREATING, *_KEEPING, *_LOOKING)
"""All of them."""
