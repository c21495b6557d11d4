"""Fakes whose sessions and sockets are broken in their behaviour (`fakeserver/aliyun/mutants/`)."""

from __future__ import annotations

from typing import Final

from .parts import patched

__all__ = ["MUTANTS"]

MUTANTS: Final = (
    patched(
        "stopped_sessions_go_on",
        "Sessions go on when they are stopped.",
        "ALI-E51 ALI-R053 AW-ALI-CHECK-STOPPED ALI-E66 ALI-R122",
        (
            "http.stop.ends_url http.QuerySessionInfo.stopped http.QuerySessionInfo.both http.CheckSession.stopped "
            "http.SendTextMsg.stopped_session ws.force_close.ends_session"
        ),
    ),
    patched(
        "each_start_is_new",
        "Each start is a new session.",
        "ALI-R023 ALI-E71",
        (
            "http.start.same_request_id http.start.same_request_id_at_once any.time.token_renewed "
            "any.time.request_id_lives"
        ),
    ),
    patched(
        "all_starts_are_one",
        "All starts of a project are one session.",
        "ALI-R023 ALI-R024",
        "http.start.other_request_id http.start.many_at_once",
    ),
    patched(
        "starts_find_stopped",
        "A start finds the session that was stopped.",
        "ALI-E71",
        "http.start.request_id_after_stop ws.force_close.new_session",
    ),
    patched(
        "starts_find_other_projects",
        "A start finds other projects' sessions.",
        "ALI-E71",
        "http.start.request_id_within_project",
    ),
    patched(
        "stop_ends_all",
        "With a session all of its project are stopped.",
        "ALI-R029",
        "http.stop.ends_one_only",
    ),
    patched(
        "any_project_of_session",
        "A session is known in all projects.",
        "ALI-E121 ALI-E66",
        (
            "http.stop.session_of_other_project http.stop.unknown_project http.CheckSession.session_of_other_project "
            "http.SendTextMsg.session_of_other_project"
        ),
    ),
    patched(
        "any_session",
        "An unknown session is the first one.",
        "ALI-E121 ALI-E66",
        (
            "http.stop.session_of_other_project http.CheckSession.unknown_session "
            "http.CheckSession.session_of_other_project"
        ),
    ),
    patched(
        "sessions_of_all_projects",
        "All sessions are listed for a project.",
        "ALI-R053",
        "http.QuerySessionInfo.of_project_only http.QuerySessionInfo.both",
    ),
    patched(
        "only_started_listed",
        "Only STARTED sessions are listed.",
        "ALI-R053",
        "http.QuerySessionInfo.stopped http.QuerySessionInfo.both",
    ),
    patched(
        "sockets_outlive_stop",
        "A socket outlives the stop of its session.",
        "ALI-E51 ALI-E87",
        "http.stop.ends_socket http.stop.ends_drives http.OperateAvatarProject.offline_ends_sessions",
    ),
    patched(
        "ends_end_all",
        "What ends one session ends all.",
        "ALI-R029 ALI-R122",
        "http.stop.ends_one_only ws.force_close.one_only",
    ),
    patched(
        "force_close_says_more",
        "Something is said after a forced close.",
        "ALI-R122",
        "ws.force_close.ends_answer",
    ),
    patched(
        "force_close_with_1011",
        "A forced close has code 1011.",
        "ALI-E49",
        "ws.force_close.closes",
    ),
    patched(
        "force_close_says_nothing",
        "A forced close is not announced.",
        "ALI-R122",
        (
            "ws.force_close.push ws.force_close.ends_session ws.force_close.one_only ws.force_close.ends_answer "
            "ws.force_close.new_session"
        ),
    ),
    patched(
        "session_ends_with_socket",
        "A session ends with its socket.",
        "ALI-E114",
        "ws.handshake.again ws.protocol.session_after_close ws.handshake.after_drop",
    ),
    patched(
        "stops_of_living_only",
        "What is over cannot be stopped.",
        "ALI-R029 ALI-E121",
        "http.stop.twice ws.force_close.stop",
    ),
    patched(
        "no_push_urls",
        "Starts with a customPushUrl are refused.",
        "ALI-R022",
        "http.start.custom_push_url",
    ),
    patched(
        "texts_once",
        "A requestId of SendTextMsg counts once.",
        "ALI-E72",
        "http.SendTextMsg.same_request_id",
    ),
    patched(
        "ascii_texts",
        "SendTextMsg takes ASCII only.",
        "ALI-R070",
        "http.SendTextMsg.any_characters any.flow.java_sample",
    ),
    patched(
        "http_questions_only",
        "SendTextMsg takes no broadcasts.",
        "ALI-E98",
        "http.SendTextMsg.broadcast",
    ),
    patched(
        "http_texts_without_socket",
        "SendTextMsg is refused where a socket is open.",
        "ALI-R070",
        "http.SendTextMsg.with_socket",
    ),
    patched(
        "recovers_all",
        "With one session all are recovering.",
        "ALI-R123",
        "ws.recovering.one_only",
    ),
    patched(
        "recovering_stays_ready",
        "A channel is not prepared anew.",
        "ALI-E48",
        "ws.recovering.prepared_anew ws.recovering.refused_meanwhile",
    ),
    patched(
        "recovering_without_end",
        "A channel that recovers is never READY.",
        "ALI-R123 ALI-E48",
        "ws.recovering.ready_again ws.recovering.lost_answer",
    ),
    patched(
        "recovering_goes_on",
        "What is said goes on while a channel recovers.",
        "ALI-E48",
        "ws.recovering.lost_answer",
    ),
    patched(
        "own_error_codes",
        "Errors have a code of their own.",
        "ALI-R119",
        "ws.error.code ws.error.reported",
    ),
    patched(
        "pings_without_payload",
        "A pong of the protocol has no payload.",
        "RFC6455-5.5.2 RFC6455-5.5.3",
        "ws.protocol.ping",
    ),
    patched(
        "pongs_fail",
        "A pong that nobody asked for fails the connection.",
        "RFC6455-5.5.3",
        "ws.protocol.pong_unasked",
    ),
    patched(
        "fragments_fail",
        "Messages in fragments fail the connection.",
        "RFC6455-5.4",
        "ws.protocol.fragments ws.protocol.control_between_fragments",
    ),
    patched(
        "longer_forms_fail",
        "Messages of more than 125 bytes fail the connection.",
        "RFC6455-5.2",
        "ws.protocol.lengths",
    ),
    patched(
        "pieces_have_one_frame",
        "Of frames that come in one piece only the first is read.",
        "RFC6455-5.2",
        "ws.protocol.two_in_one_write",
    ),
    patched(
        "protocol_errors_pass",
        "What the protocol forbids is passed over.",
        "RFC6455-5.2 RFC6455-5.5 RFC6455-5.4 RFC6455-8.1 RFC6455-5.5.1 RFC6455-7.4.1",
        (
            "ws.protocol.reserved_bits ws.protocol.reserved_opcode ws.protocol.reserved_control "
            "ws.protocol.long_control ws.protocol.fragmented_control ws.protocol.continuation_of_nothing "
            "ws.protocol.message_in_message ws.protocol.no_utf8 ws.protocol.close_of_one_byte "
            "ws.protocol.close_code_reserved"
        ),
    ),
    patched(
        "protocol_errors_close_normally",
        "What fails a connection has close code 1000.",
        "RFC6455-5.2 RFC6455-5.5 RFC6455-5.4 RFC6455-8.1 RFC6455-5.5.1 RFC6455-7.4.1",
        (
            "ws.protocol.reserved_bits ws.protocol.reserved_opcode ws.protocol.reserved_control "
            "ws.protocol.long_control ws.protocol.fragmented_control ws.protocol.continuation_of_nothing "
            "ws.protocol.no_utf8 ws.protocol.close_of_one_byte ws.protocol.close_code_reserved"
        ),
    ),
    patched(
        "close_answered_by_other_code",
        "A close frame is answered by another code.",
        "RFC6455-5.5.1",
        "ws.protocol.close_echo",
    ),
    patched(
        "close_not_answered",
        "A close frame is not answered.",
        "RFC6455-5.5.1",
        "ws.protocol.close_echo ws.protocol.close_without_code",
    ),
    patched(
        "handshakes_need_nothing",
        "What is no handshake is answered with 200.",
        "AW-ALI-HANDSHAKE RFC6455-4.2.2 RFC6455-4.4",
        "ws.handshake.no_handshake ws.protocol.handshake_without_key ws.protocol.handshake_version",
    ),
)
