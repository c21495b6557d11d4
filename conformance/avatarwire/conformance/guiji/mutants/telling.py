"""Mutants of what the server says by itself: stream, elements, playlist, heartbeats, silence, the end."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import drop, duplicate, remove, set_to
from ...mutants.witnesses import came, gave, silent
from .declaring import broken, patched

__all__ = ["MUTANTS"]

_TOLD: Final = (
    broken(
        "no_stream", "The stream is not told.", "GJ-R119", "mqtt.told.stream", faults=[drop("SessionState.StreamPlay")]
    ),
    broken(
        "stream_by_execute",
        "The stream is not started by CreateNewSession.",
        "GJ-R119 GJ-R121",
        "mqtt.told.stream mqtt.told.begins",
        stream_start="execute",
        witness=silent("SessionState.StreamPlay", after="CreateNewSession.request"),
    ),
    broken(
        "nowhere_to_pull",
        "StreamPlay has no addresses.",
        "GJ-R071 GJ-R119",
        "mqtt.told.stream",
        faults=[set_to("SessionState.StreamPlay", {"params.playaddr": {}})],
    ),
    broken(
        "no_flv",
        "StreamPlay has no http-flv.",
        "GJ-E48",
        "mqtt.told.stream_flv",
        faults=[remove("SessionState.StreamPlay", "params.playaddr.http-flv")],
    ),
    broken(
        "nothing_shown",
        "Nothing is shown.",
        "GJ-R120 GJ-R103",
        "mqtt.told.shown mqtt.elements.added",
        faults=[drop("SessionState.Show")],
    ),
    broken(
        "another_scene",
        "Another scene is shown.",
        "GJ-R120",
        "mqtt.told.shown",
        faults=[set_to("SessionState.Show", {"params.udCode": "x"})],
    ),
    patched(
        "human_only", "Only the digital human is shown.", "GJ-E89 GJ-R120", "mqtt.told.all_shown mqtt.elements.added"
    ),
    broken(
        "another_material",
        "Another material begins.",
        "GJ-R121",
        "mqtt.told.begins",
        faults=[set_to("SessionState.playlist", {"params.nowPcmId": 1})],
    ),
    broken(
        "list_as_list",
        "playList is a list.",
        "GJ-R122 GJ-E88",
        "mqtt.told.list_text",
        faults=[set_to("SessionState.playlist", {"params.playList": []})],
    ),
    broken(
        "another_kind",
        "The type of the playlist is another word.",
        "GJ-E87",
        "mqtt.told.list_kind",
        faults=[set_to("SessionState.playlist", {"params.type": "list"})],
    ),
    broken(
        "stream_comes_late",
        "The stream is told behind what is seen in it.",
        "GJ-E52",
        "mqtt.told.order",
        faults=[{"message": "SessionState.StreamPlay", "do": "reorder", "by": 1}],
    ),
    broken(
        "one_id",
        "All that the server tells has one id.",
        "GJ-E59",
        "mqtt.told.ids",
        faults=[set_to("SessionState.*", {"id": 5})],
    ),
    broken(
        "no_session_told",
        "Show has no session id beside its own.",
        "GJ-E56",
        "mqtt.told.session",
        faults=[remove("SessionState.Show", "sessionId")],
    ),
    patched("stream_for_refused", "A stream is told before CreateNewSession.", "GJ-R119", "mqtt.told.nothing_before"),
    *(
        broken(
            f"not_declared.{name}",
            f"{name} is not as declared.",
            clause,
            f"mqtt.told.{name}.as_declared",
            faults=[set_to(message, {path: value})],
        )
        for name, message, clause, path, value in (
            ("StreamPlay", "SessionState.StreamPlay", "GJ-R119", "params.playaddr", "nowhere"),
            ("Show", "SessionState.Show", "GJ-R120", "params.id", 1),
            ("playlist", "SessionState.playlist", "GJ-R121", "params.nowPcmId", "one"),
            ("HeartBeat", "HeartBeat", "GJ-R115", "params.state", 7),
            ("Destroy", "SessionState.Destroy", "GJ-R118", "params.cause", 7),
        )
    ),
)

_PLAYED: Final = (
    patched("ends_at_once", "What begins is said to end at once.", "GJ-R121", "mqtt.playlist.ends_later"),
    broken(
        "no_ends",
        "The end of what was played is not told.",
        "GJ-R121",
        "mqtt.playlist.in_turn mqtt.playlist.cut_in_played",
        faults=[drop("SessionState.playlist", where={"params.status": "end"})],
    ),
    broken(
        "never_silent",
        "A cut-in waits for the end of what plays.",
        "GJ-E80 GJ-R121",
        "mqtt.playlist.cut_in_played",
        silent_seconds=1000.0,
        witness=came("pushPlayListManager.request", params__action="insertPlayListAtSilent"),
    ),
    broken(
        "another_word",
        "The type of a cut-in is insertList.",
        "GJ-E87",
        "mqtt.playlist.cut_in_kind",
        cut_in_literal="insertList",
        witness=gave("SessionState.playlist", params__type="insertList"),
    ),
)

_LIFE: Final = (
    broken(
        "no_heartbeats",
        "There are no heartbeats.",
        "GJ-E85 GJ-R115",
        "mqtt.heartbeats.sent mqtt.heartbeats.form",
        heartbeat_seconds=None,
        witness=silent("HeartBeat", after="CreateNewSession.request"),
    ),
    broken(
        "heartbeats_of_another",
        "A heartbeat has another session id.",
        "GJ-R115",
        "mqtt.heartbeats.form",
        faults=[set_to("HeartBeat", {"params.sessionId": ":---:another"})],
    ),
    broken(
        "no_prefix",
        "The session id in a heartbeat has no prefix.",
        "GJ-E84",
        "mqtt.heartbeats.prefix",
        heartbeat_prefix=False,
        witness=gave("HeartBeat", where=lambda body: not body["params"]["sessionId"].startswith(":---:")),
    ),
    broken(
        "one_heartbeat_id",
        "All heartbeats have one id.",
        "GJ-R116 GJ-E59",
        "mqtt.heartbeats.ids",
        faults=[set_to("HeartBeat", {"id": 5})],
    ),
    patched(
        "answers_do_not_count",
        "Nothing is interaction.",
        "GJ-R115 GJ-R068",
        "mqtt.heartbeats.keep_alive mqtt.silence.requests",
    ),
    patched("any_beat", "An answer with any id counts.", "GJ-R116", "mqtt.heartbeats.wrong_answers"),
    broken(
        "requests_do_not_count",
        "Requests are no interaction.",
        "GJ-R068",
        "mqtt.silence.requests",
        interaction="heartbeats",
        witness=gave("SessionState.Destroy"),
    ),
    patched("refused_counts", "What is refused is interaction.", "GJ-E54", "mqtt.silence.refused_requests"),
    patched(
        "endless",
        "Silence ends no session.",
        "GJ-R066 GJ-R067 GJ-E54",
        "mqtt.silence.destroyed mqtt.silence.at_once mqtt.silence.never_created",
    ),
    broken(
        "end_not_told",
        "The end of a session is not told.",
        "GJ-R066 GJ-R067 GJ-R118",
        "mqtt.silence.destroyed mqtt.destroying.by_vendor",
        faults=[drop("SessionState.Destroy")],
    ),
    broken(
        "no_cause",
        "The end of a session is told without a cause.",
        "GJ-E90",
        "mqtt.silence.cause",
        faults=[remove("SessionState.Destroy", "params.cause")],
    ),
    broken(
        "end_told_twice",
        "The end of a session is told twice.",
        "GJ-R118",
        "mqtt.silence.once",
        faults=[duplicate("SessionState.Destroy")],
    ),
    broken(
        "one_heartbeat_missed",
        "One heartbeat that is not answered ends a session.",
        "GJ-R066",
        "mqtt.silence.not_before",
        missed_heartbeats=1,
        witness=gave("SessionState.Destroy"),
    ),
    patched("last_session", "After an end there are no more sessions.", "GJ-R118", "mqtt.silence.another"),
    patched(
        "vendor_ends_all",
        "With one session all others end.",
        "GJ-R066 GJ-R118",
        "mqtt.silence.one_of_two mqtt.destroying.by_vendor",
    ),
    patched("never_over", "Without heartbeats silence ends no session.", "GJ-R066", "mqtt.silence.withheld"),
)

_ENDS: Final = (
    broken(
        "end_fails",
        "DestroySession has ok false.",
        "GJ-R104",
        "mqtt.destroying.result",
        faults=[set_to("DestroySession.result", {"result.ok": False})],
    ),
    broken(
        "result_and_error",
        "DestroySession has a result and an error.",
        "GJ-R080",
        "mqtt.destroying.result",
        faults=[set_to("DestroySession.result", {"error": {"code": -1, "message": "a"}})],
    ),
    broken(
        "other_last_words",
        "DestroySession succeeds with other words.",
        "GJ-E82",
        "mqtt.destroying.members",
        faults=[set_to("DestroySession.result", {"result.info": "x"})],
    ),
    patched("cause_needed", "DestroySession has to have a cause.", "GJ-R104", "mqtt.destroying.no_cause"),
    patched(
        "undead",
        "DestroySession does nothing.",
        "GJ-R104 GJ-R118",
        "mqtt.destroying.gone mqtt.*.after_destruction http.records.over",
    ),
    patched("haunting", "Heartbeats go on after DestroySession.", "GJ-R104", "mqtt.destroying.silent"),
    patched(
        "creation_needed", "Only a session that runs can be destroyed.", "GJ-R104", "mqtt.destroying.before_creation"
    ),
    patched(
        "client_ends_all",
        "DestroySession ends all sessions.",
        "GJ-R104 GJ-R065",
        "mqtt.destroying.alone any.sessions.same_room",
    ),
    broken(
        "cause_lost",
        "The cause of an end is lost.",
        "GJ-R118",
        "mqtt.destroying.by_vendor",
        faults=[set_to("SessionState.Destroy", {"params.cause": ""})],
    ),
)

MUTANTS: Final = (*_TOLD, *_PLAYED, *_LIFE, *_ENDS)
"""All of them."""
