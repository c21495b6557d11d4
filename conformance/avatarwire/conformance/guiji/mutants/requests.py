"""Mutants of the conversation over MQTT: what requests are answered, and what they do."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import drop, remove, set_to
from ...mutants.witnesses import gave
from ..witnesses import says
from .declaring import broken, patched

__all__ = ["MUTANTS"]

_ENVELOPE: Final = (
    patched("other_result_id", "A result has another id.", "GJ-R081", "mqtt.envelope.result_id"),
    patched("other_error_id", "An error has another id.", "GJ-R081", "mqtt.envelope.error_id"),
    broken(
        "results_lost",
        "Of many requests some are not answered.",
        "GJ-R080",
        "mqtt.envelope.each_answered",
        faults=[drop("pushPlayListManager.result", skip=5)],
    ),
    broken(
        "another_session_told",
        "A result has the id of another session.",
        "GJ-R080",
        "mqtt.envelope.result_session any.sessions.interleaved",
        faults=[set_to("pushPlayListManager.result", {"result.sessionId": "another"})],
    ),
    broken(
        "no_outer_session",
        "A result has no session id beside its own.",
        "GJ-E56",
        "mqtt.envelope.outer_session",
        faults=[remove("pushPlayListManager.result", "sessionId")],
    ),
    patched(
        "positive_codes",
        "Errors have positive codes.",
        "GJ-R080 GJ-E62",
        "mqtt.envelope.error_members mqtt.envelope.unknown_method mqtt.told.error.as_declared",
    ),
    broken(
        "no_errors",
        "What fails is not answered.",
        "GJ-R080 GJ-E62 GJ-E06 GJ-E64 GJ-E78",
        "mqtt.envelope.unknown_method mqtt.envelope.bad_params mqtt.envelope.wrong_sender_refused "
        "mqtt.envelope.unknown_session_refused mqtt.envelope.bad_id_answered mqtt.envelope.make_session "
        "mqtt.envelope.method_case mqtt.creating.twice",
        faults=[drop("error")],
    ),
    broken(
        "nothing_for_an_alias",
        "What has topicSub in the place of sender is not answered.",
        "GJ-E06",
        "mqtt.envelope.sender_alias",
        faults=[drop("pushPlayListManager.result"), drop("error")],
    ),
    broken(
        "second_end_unanswered",
        "A second DestroySession is not answered.",
        "GJ-R080",
        "mqtt.destroying.twice",
        faults=[drop("DestroySession.result", skip=1)],
    ),
    broken(
        "error_as_number",
        "The message of an error is a number.",
        "GJ-R080",
        "mqtt.told.error.as_declared mqtt.envelope.error_members",
        faults=[set_to("error", {"error.message": 7})],
    ),
    patched(
        "any_sender",
        "The sender is not looked at.",
        "GJ-R075 GJ-E06",
        "mqtt.envelope.wrong_sender mqtt.envelope.wrong_sender_refused",
    ),
    patched(
        "requests_never_fail",
        "A request that fails has a result.",
        "GJ-R044 GJ-R052 GJ-R067 GJ-R074 GJ-R075 GJ-R076 GJ-R077 GJ-R079 GJ-R080 GJ-R084 GJ-R085 GJ-R104 GJ-R106 "
        "GJ-R107 GJ-R118 GJ-E62 GJ-E69 AW-GJ-LIMITS",
        "mqtt.envelope.unknown_session mqtt.envelope.unknown_session_refused mqtt.envelope.two_sessions "
        "mqtt.envelope.bad_ids mqtt.envelope.bad_id_answered mqtt.envelope.no_sender mqtt.envelope.wrong_sender "
        "mqtt.envelope.bad_params mqtt.malformed.huge mqtt.creating.no_token mqtt.creating.unknown_room "
        "mqtt.*.after_destruction mqtt.destroying.gone mqtt.destroying.before_creation mqtt.silence.refused "
        "mqtt.commands.unknown_resource mqtt.*.params_executeList_options_args "
        "mqtt.CreateNewSession.*.params_resList_resOptions_name "
        "mqtt.CreateNewSession.not_one_of.params_resList_resOptions_type mqtt.creating.no_human "
        "mqtt.*.missing.method mqtt.*.not_one_of.method mqtt.*.wrong_type.id",
    ),
    patched(
        "ids_come_again", "An id may come again.", "GJ-R079 GJ-E59", "mqtt.envelope.id_used mqtt.envelope.id_of_refused"
    ),
    patched("ids_of_all", "An id of another session is used.", "GJ-R079", "mqtt.envelope.same_id_elsewhere"),
    patched(
        "no_unknown_members_there",
        "Members that nobody knows are refused over MQTT.",
        "GJ-R022 GJ-E60",
        "mqtt.envelope.unknown_members mqtt.envelope.jsonrpc",
    ),
    patched(
        "nervous",
        "What is no message ends all sessions.",
        "GJ-R124",
        "mqtt.malformed.no_message mqtt.malformed.comments mqtt.malformed.nested mqtt.*.wrong_type.whole",
    ),
    patched(
        "answers_answered",
        "The answers of clients are answered.",
        "GJ-E86 GJ-R078",
        "mqtt.malformed.answers mqtt.heartbeats.not_answered",
    ),
)

_RESULTS: Final = {
    "CreateNewSession": "GJ-R083 GJ-R080",
    "ModifySessionResList": "GJ-R080",
    "DestroySession": "GJ-R104 GJ-R080",
    "ExecSessionResList.switchTemplate": "GJ-R080",
    "ExecSessionResList.setpushstreams": "GJ-R080",
    "ExecSessionResList.closepushstreams": "GJ-R080",
    "pushPlayListManager": "GJ-R114 GJ-R080",
}
"""The rule that says what a request results in."""

_CREATING: Final = (
    *(
        broken(
            f"no_session_in_result.{message}",
            f"The result of {message} has no session id.",
            clauses,
            f"mqtt.{message}.as_declared",
            faults=[remove(f"{message}.result", "result.sessionId")],
        )
        for message, clauses in _RESULTS.items()
    ),
    broken(
        "never_created",
        "CreateNewSession is not answered.",
        "GJ-R083 GJ-R119 GJ-R104",
        "mqtt.creating.succeeds any.flow.broadcast",
        faults=[drop("CreateNewSession.result")],
    ),
    broken(
        "other_words",
        "CreateNewSession succeeds with other words.",
        "GJ-E82",
        "mqtt.creating.complete",
        faults=[set_to("CreateNewSession.result", {"result.message": "x"})],
    ),
    patched("token_twice", "The token has to stand in both places.", "GJ-E65", "mqtt.creating.token_once"),
    broken(
        "materials_of_nobody",
        "CreateNewSession plays what is no material.",
        "GJ-R097",
        "mqtt.creating.unknown_material",
        unknown_materials="play",
        witness=gave("CreateNewSession.result"),
    ),
    patched(
        "unknown_at_first",
        "CreateNewSession takes what is no material of the room.",
        "GJ-R097 GJ-E69",
        "mqtt.creating.unknown_material mqtt.creating.material_elsewhere",
    ),
    patched(
        "human_and_rtmp",
        "Only a digital human and rtmp are taken.",
        "GJ-R087 GJ-R098 GJ-R103 GJ-E89",
        "mqtt.creating.all_elements mqtt.told.all_shown mqtt.elements.added mqtt.elements.layers",
    ),
    patched("no_loops", "loop is refused.", "GJ-R098", "mqtt.creating.each_loop"),
    patched("no_matting", "matting 1 is refused.", "GJ-R095", "mqtt.creating.each_matting"),
    patched("random_play_needed", "randomPlay has to be there.", "GJ-R096", "mqtt.creating.each_matting"),
)

_ELEMENTS: Final = (
    patched("some_list", "Two empty lists are refused.", "GJ-R103", "mqtt.elements.nothing"),
    patched(
        "elements_stay",
        "Elements are said to be removed, and stay.",
        "GJ-E75 GJ-R103",
        "mqtt.elements.removed mqtt.elements.unknown_removed mqtt.elements.each_alone",
    ),
    patched("one_list", "Removing and adding at once is refused.", "GJ-E75", "mqtt.elements.removed_first"),
    patched("same_name_added", "SameNameInGroup replaces nothing.", "GJ-E74", "mqtt.elements.replaced"),
    patched(
        "no_switches",
        "Every switchTemplate is refused.",
        "GJ-R106 GJ-E76",
        "mqtt.commands.switched mqtt.commands.switched_shown mqtt.commands.several",
    ),
    patched("switch_in_silence", "A switch is not shown.", "GJ-E76", "mqtt.commands.switched_shown"),
    patched("no_places", "A switchTemplate with drawOptions is refused.", "GJ-E76", "mqtt.commands.switched_placed"),
    patched("no_pushes", "Every setpushstreams is refused.", "GJ-R108", "mqtt.commands.pushed"),
    patched("one_command", "Two commands at once are refused.", "GJ-R106 GJ-R108", "mqtt.commands.several"),
    broken(
        "every_command",
        "Every command is carried out.",
        "GJ-E77",
        "mqtt.commands.unknown_command",
        allow_unknown_commands=True,
        witness=says("exec res ok"),
    ),
)

_PLAYLIST: Final = (
    broken(
        "no_playlist_told",
        "The playlist is missing from results.",
        "GJ-R114 GJ-R112",
        "mqtt.playlist.read",
        faults=[remove("pushPlayListManager.result", "result.data")],
    ),
    patched("at_the_front", "addPlayList adds at the front.", "GJ-R114 GJ-R111", "mqtt.playlist.appended"),
    patched(
        "nothing_appended",
        "addPlayList does nothing.",
        "GJ-R114 GJ-R111 GJ-R121 GJ-R080",
        "mqtt.playlist.appended mqtt.playlist.appended_played mqtt.playlist.by_vendor mqtt.envelope.in_order "
        "any.sessions.interleaved",
    ),
    patched("inserted_behind", "insertPlayList inserts behind the index.", "GJ-E80", "mqtt.playlist.inserted"),
    patched(
        "nothing_inserted",
        "insertPlayList does nothing.",
        "GJ-R114 GJ-R110",
        "mqtt.playlist.inserted_one mqtt.playlist.inserted",
    ),
    patched("another_deleted", "delPlayListIndex counts from one.", "GJ-E80", "mqtt.playlist.deleted"),
    patched(
        "nothing_deleted",
        "delPlayListIndex does nothing.",
        "GJ-R114 GJ-R110 GJ-R121",
        "mqtt.playlist.deleted mqtt.playlist.deleted_one mqtt.playlist.deleted_not_played",
    ),
    patched("no_cut_ins", "insertPlayListAtSilent is refused.", "GJ-R114 GJ-R111", "mqtt.playlist.cut_in"),
    patched("any_index", "An index out of range is the last.", "GJ-E80", "mqtt.playlist.out_of_range"),
    patched("any_item", "oldPcmId is not looked at.", "GJ-R113 GJ-E80", "mqtt.playlist.old_pcm_id"),
    patched("any_material", "Playlists take what is no material.", "GJ-R052", "mqtt.playlist.unknown_material"),
    broken(
        "no_reason",
        "A failure is told by ok false alone.",
        "GJ-E81",
        "mqtt.playlist.reason",
        faults=[set_to("pushPlayListManager.result", {"result.message": ""}, where={"result.ok": False})],
    ),
    broken(
        "words_for_success",
        "A success has a message.",
        "GJ-E81",
        "mqtt.playlist.no_reason",
        faults=[set_to("pushPlayListManager.result", {"result.message": "x"})],
    ),
    patched("one_playlist", "All sessions have one playlist.", "GJ-R114", "mqtt.playlist.each_alone"),
)

MUTANTS: Final = (*_ENVELOPE, *_CREATING, *_ELEMENTS, *_PLAYLIST)
"""All of them."""
