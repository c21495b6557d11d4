"""Speech, heartbeats, errors and pushes that say something else than they should, by rules of faults."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import drop, duplicate, remove, set_to
from .parts import rule

__all__ = ["MUTANTS"]

_HEARING: Final = "asr.start.response"
_HEARD: Final = "asr.result"
_SPOKEN: Final = "asr.drive_reply"
_PONG: Final = "heartbeat.pong"
_ERROR: Final = "general.message"
_CLOSED: Final = "session.force_close"
_RECOVERING: Final = "session.recovering"


_SPEECH: Final = (
    rule(
        "hearing_without_success",
        "The answer to a start of speech does not say success.",
        "ALI-R107",
        "ws.speech.start_answered ws.speech.start_declared",
        remove(_HEARING, "success"),
    ),
    rule(
        "hearing_not_answered",
        "A start of speech is not answered.",
        "ALI-R107",
        "ws.speech.start_answered ws.speech.start_declared ws.speech.start_answered_once",
        drop(_HEARING),
    ),
    rule(
        "hearing_answered_twice",
        "A start of speech is answered twice.",
        "ALI-R107",
        "ws.speech.start_answered_once",
        duplicate(_HEARING),
    ),
    rule(
        "heard_is_lost",
        "What was heard is not returned.",
        "ALI-R109",
        ("ws.speech.recognised ws.speech.result_first"),
        drop(_HEARD),
    ),
    rule(
        "heard_nothing",
        "What was heard is no text.",
        "ALI-E36",
        "ws.speech.result_members",
        set_to(_HEARD, {"content": ""}),
    ),
    rule(
        "heard_in_message_frame",
        "What was heard is in a message frame.",
        "ALI-R109 ALI-R090",
        "ws.header.reply_types ws.speech.recognised ws.speech.result_declared",
        set_to(_HEARD, {"header.frameType": 2}),
    ),
    rule(
        "speech_not_answered",
        "Speech has no answer.",
        "ALI-R110",
        "ws.speech.answer_layout ws.speech.answer_declared ws.speech.broadcast_text",
        drop(_SPOKEN),
    ),
    rule(
        "speech_refused",
        "Speech is refused.",
        "ALI-R110",
        ("ws.speech.answered ws.speech.broadcast_text"),
        set_to(_SPOKEN, {"success": False}),
    ),
    rule(
        "speech_answer_without_id",
        "The answer to speech has no messageId.",
        "ALI-R110 ALI-R105 ALI-E21",
        "ws.speech.answer_layout ws.speech.answer_declared ws.speech.answer_id ws.speech.again",
        remove(_SPOKEN, "messageId"),
    ),
    rule(
        "speech_answers_with_one_id",
        "All answers to speech have one messageId.",
        "ALI-E21",
        "ws.speech.again",
        set_to(_SPOKEN, {"messageId": "spoken"}),
    ),
    rule(
        "silence_is_a_success",
        "Speech of nothing has success true.",
        "ALI-E29",
        "ws.speech.without_speech",
        set_to(_SPOKEN, {"success": True}, where={"success": False}),
        set_to(_HEARD, {"success": True}, where={"success": False}),
    ),
)

_PONGS: Final = (
    rule(
        "pong_is_short",
        "A pong has a header of ten bytes.",
        "ALI-R083",
        "ws.header.serial_numbers_of_server",
        {"message": _PONG, "do": "truncate", "bytes": 10},
    ),
    rule(
        "pong_is_lost",
        "A ping is not answered.",
        "ALI-R120 ALI-R094",
        "ws.channel.before.ping ws.heartbeat.pong ws.heartbeat.many_sessions",
        drop(_PONG),
    ),
    rule(
        "pong_comes_twice",
        "A ping is answered twice.",
        "ALI-R120",
        "ws.heartbeat.each",
        duplicate(_PONG),
    ),
    rule(
        "pong_of_other_type",
        "A pong is a ping.",
        "ALI-R120 ALI-R094 ALI-R090",
        "ws.header.reply_types ws.channel.before.ping ws.heartbeat.pong ws.heartbeat.many_sessions",
        set_to(_PONG, {"header.frameType": 14}),
    ),
    rule(
        "pong_of_other_business",
        "A pong has business type 0.",
        "ALI-R120 ALI-R094",
        "ws.channel.before.ping ws.heartbeat.pong ws.heartbeat.many_sessions",
        set_to(_PONG, {"header.bizType": 0}),
    ),
)

_ERRORS: Final = (
    rule(
        "error_is_text",
        "The code of an error is a text.",
        "ALI-R118",
        ("ws.error.shape ws.error.declared ws.error.reported"),
        set_to(_ERROR, {"code": "10000"}),
    ),
    rule(
        "error_without_message",
        "An error has no message.",
        "ALI-R118 ALI-R119",
        "ws.error.shape ws.error.declared ws.error.reported",
        remove(_ERROR, "message"),
    ),
    rule(
        "error_of_other_code",
        "An error has code 500.",
        "ALI-R119 ALI-E09 ALI-E14",
        (
            "ws.header.short_lives_on ws.header.unknown_lives_on ws.header.unreadable_lives_on ws.error.code "
            "ws.error.reported"
        ),
        set_to(_ERROR, {"code": 500}),
    ),
    rule(
        "error_comes_twice",
        "A mistake has two errors.",
        "ALI-R118 ALI-E09",
        "ws.error.one ws.error.reported",
        duplicate(_ERROR),
    ),
    rule(
        "errors_are_lost",
        "No error comes.",
        (
            "ALI-R086 ALI-R085 ALI-R092 ALI-R095 ALI-R098 ALI-R111 ALI-R114 ALI-E13 ALI-R118 ALI-R119 ALI-R091 "
            "ALI-R093 ALI-E09 ALI-E14 ALI-E19 ALI-E48"
        ),
        (
            "ws.header.empty ws.header.short ws.header.short_lives_on ws.header.unknown_lives_on "
            "ws.header.text_message ws.header.frame_as_text ws.header.code_points ws.header.data_types "
            "ws.header.unknown_frame_type ws.frame.no_json ws.frame.half_json ws.frame.json_and_more ws.frame.list "
            "ws.frame.null ws.frame.empty_text_drive ws.frame.empty_audio_drive ws.frame.empty_opening "
            "ws.frame.no_utf8 ws.channel.before.opening ws.error.shape ws.error.code ws.recovering.refused_meanwhile "
            "ws.asr.end.missing.type ws.asr.end.wrong_type.type ws.asr.end.not_one_of.type"
        ),
        drop(_ERROR),
    ),
    rule(
        "errors_cut_connection",
        "With an error the connection is reset.",
        "ALI-E09 ALI-E14",
        (
            "ws.header.short_lives_on ws.header.unknown_lives_on ws.header.unreadable_lives_on "
            "ws.heartbeat.after_error ws.error.elsewhere"
        ),
        {"message": _ERROR, "do": "reset"},
    ),
    rule(
        "errors_hang",
        "After a mistake nothing is heard.",
        "ALI-E09 ALI-E14 ALI-E13 ALI-R120",
        (
            "ws.header.short_lives_on ws.header.unknown_lives_on ws.header.unreadable_lives_on "
            "ws.header.unknown_frame_type ws.heartbeat.after_error"
        ),
        {"message": _ERROR, "do": "hang"},
    ),
)

_PUSHES: Final = (
    rule(
        "force_close_is_lost",
        "A forced close is not told.",
        "ALI-R122",
        (
            "ws.force_close.push ws.force_close.ends_session ws.force_close.one_only ws.force_close.ends_answer "
            "ws.force_close.new_session"
        ),
        drop(_CLOSED),
    ),
    rule(
        "force_close_of_other_type",
        "A forced close has business type 4.",
        "ALI-R122 ALI-R093",
        (
            "ws.force_close.push ws.force_close.ends_session ws.force_close.one_only ws.force_close.ends_answer "
            "ws.force_close.new_session"
        ),
        set_to(_CLOSED, {"header.bizType": 4}),
    ),
    rule(
        "force_close_in_message_frame",
        "A forced close is a message frame.",
        "ALI-R122",
        "ws.force_close.push",
        set_to(_CLOSED, {"header.frameType": 2}),
    ),
    rule(
        "force_close_of_other_session",
        "A forced close names another session.",
        "ALI-E47",
        "ws.force_close.payload",
        set_to(_CLOSED, {"sessionId": "another"}),
    ),
    rule(
        "force_close_resets",
        "A forced close resets the connection.",
        "ALI-R122 ALI-E49",
        (
            "ws.force_close.push ws.force_close.closes ws.force_close.ends_session ws.force_close.one_only "
            "ws.force_close.ends_answer ws.force_close.new_session"
        ),
        {"message": _CLOSED, "do": "reset"},
    ),
    rule(
        "recovering_is_lost",
        "Recovering is not told.",
        "ALI-R123",
        ("ws.recovering.push ws.recovering.ready_again ws.recovering.one_only"),
        drop(_RECOVERING),
    ),
    rule(
        "recovering_in_message_frame",
        "Recovering is told in a message frame.",
        "ALI-R123",
        "ws.recovering.push",
        set_to(_RECOVERING, {"header.frameType": 2}),
    ),
    rule(
        "recovering_of_other_session",
        "Recovering names another session.",
        "ALI-E47",
        "ws.recovering.payload",
        set_to(_RECOVERING, {"sessionId": "another"}),
    ),
    rule(
        "recovering_closes",
        "A session that recovers loses its connection.",
        "ALI-R123 ALI-E48",
        (
            "ws.recovering.push ws.recovering.prepared_anew ws.recovering.refused_meanwhile ws.recovering.ready_again "
            "ws.recovering.lost_answer ws.recovering.one_only"
        ),
        {"message": _RECOVERING, "do": "close"},
    ),
)

MUTANTS: Final = (*_SPEECH, *_PONGS, *_ERRORS, *_PUSHES)
