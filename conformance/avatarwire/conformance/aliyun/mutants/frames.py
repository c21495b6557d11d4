"""Channels, opening remarks and answers that say something else than they should, by rules of faults."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import drop, duplicate, remove, set_to
from .parts import rule

__all__ = ["MUTANTS"]

_CHANNEL: Final = "channel_ready.response"
_OPENING: Final = "opening.response"
_ANSWER: Final = "text_drive.response"


_CHANNELS: Final = (
    rule(
        "handshake_refused",
        "No WebSocket opens.",
        "ALI-R075 ALI-R024 ALI-R074",
        (
            "ws.handshake.opens ws.handshake.changed_signature ws.handshake.changed_claims ws.handshake.longer_life "
            "ws.handshake.no_algorithm ws.handshake.guessed_key"
        ),
        {"message": "handshake.websocket", "do": "reject", "status": 503},
    ),
    rule(
        "channel_without_session",
        "The answer about a channel names no session.",
        "ALI-R113",
        "ws.channel.shape ws.channel.declared ws.together.urls",
        remove(_CHANNEL, "sessionId"),
    ),
    rule(
        "channel_of_other_type",
        "The answer about a channel has business type 130.",
        "ALI-R113",
        ("ws.channel.shape ws.channel.declared ws.channel.becomes_ready ws.channel.stays_ready"),
        set_to(_CHANNEL, {"header.bizType": 130}),
    ),
    rule(
        "channel_answered_twice",
        "A question about a channel is answered twice.",
        "ALI-R113",
        ("ws.channel.each_is_answered"),
        duplicate(_CHANNEL),
    ),
    rule(
        "channel_not_answered",
        "A question about a channel is not answered.",
        "ALI-E15 ALI-E11 ALI-E105 ALI-E05 ALI-R113 ALI-R077 ALI-E06",
        (
            "ws.header.zero_serial_number ws.header.serial_number_again ws.header.frame_type_of_server "
            "ws.frame.byte_order_mark ws.channel.shape ws.channel.becomes_ready ws.channel.without_payload"
        ),
        drop(_CHANNEL),
    ),
)

_OPENINGS: Final = (
    rule(
        "opening_never_finishes",
        "Opening remarks do not finish.",
        "ALI-R096",
        ("ws.opening.layout ws.opening.declared ws.opening.same_everywhere ws.opening.after_question"),
        set_to(_OPENING, {"finish": False}),
    ),
    rule(
        "opening_finishes_always",
        "Opening remarks finish in each packet.",
        "ALI-R096",
        "ws.opening.finishes",
        set_to(_OPENING, {"finish": True}),
    ),
    rule(
        "opening_without_success",
        "Opening remarks do not say success.",
        "ALI-R096 ALI-R105",
        "ws.opening.layout ws.opening.declared ws.opening.says_something",
        remove(_OPENING, "success"),
    ),
    rule(
        "opening_without_id",
        "Opening remarks have an empty messageId.",
        "ALI-E21",
        "ws.opening.message_id ws.opening.again",
        set_to(_OPENING, {"messageId": ""}),
    ),
    rule(
        "opening_with_one_id",
        "All opening remarks have one messageId.",
        "ALI-E21",
        "ws.opening.again",
        set_to(_OPENING, {"messageId": "opening"}),
    ),
    rule(
        "opening_is_silent",
        "Opening remarks say nothing.",
        "ALI-R096",
        "ws.opening.says_something",
        set_to(_OPENING, {"content": ""}),
    ),
    rule(
        "opening_is_lost",
        "Opening remarks do not come.",
        "ALI-R096 ALI-R080",
        "ws.opening.layout ws.opening.declared ws.opening.after_question",
        drop(_OPENING),
    ),
)

_ANSWERS: Final = (
    rule(
        "answer_in_other_name",
        "An answer names another session.",
        "ALI-R105 ALI-E113",
        "ws.frame.server_names_session ws.frame.other_session ws.text.layout ws.stream.finishes ws.together.at_once",
        set_to(_ANSWER, {"sessionId": "another"}),
    ),
    rule(
        "answer_with_other_id",
        "An answer has another messageId.",
        "ALI-R103 ALI-E21",
        "ws.text.message_id ws.stream.message_id ws.together.same_message_id",
        set_to(_ANSWER, {"messageId": "another"}),
    ),
    rule(
        "answer_without_success",
        "An answer does not say success.",
        "ALI-R105",
        "ws.text.layout ws.text.unknown_members ws.audio.text_after ws.together.closed_alone",
        remove(_ANSWER, "success"),
    ),
    rule(
        "answer_without_lists",
        "An answer has a text for its pictures.",
        "ALI-E120 ALI-R105",
        "ws.text.layout ws.text.related ws.text.declared ws.stream.finishes",
        set_to(_ANSWER, {"relatedImages": None, "relatedVideos": "none"}),
    ),
    rule(
        "answer_in_message_frame",
        "An answer is a message frame.",
        "ALI-R090 ALI-R094",
        "ws.header.reply_types",
        set_to(_ANSWER, {"header.frameType": 2}),
    ),
    rule(
        "answer_in_control_frame",
        "An answer is a control frame.",
        "ALI-R088 ALI-R090",
        "ws.header.code_points ws.header.reply_types",
        set_to(_ANSWER, {"header.frameType": 0}),
    ),
    rule(
        "answer_of_unknown_type",
        "An answer has business type 77.",
        "ALI-R093",
        "ws.header.code_points",
        set_to(_ANSWER, {"header.bizType": 77}),
    ),
    rule(
        "answer_says_binary",
        "An answer says that it is binary.",
        "ALI-R091",
        "ws.header.data_types",
        set_to(_ANSWER, {"header.dataType": 0}),
    ),
    rule(
        "answer_is_cut",
        "An answer is half a JSON object.",
        "ALI-R092 ALI-R105",
        "ws.frame.server_sends_json ws.frame.escapes ws.interrupt.goes_on ws.interrupt.other_session ws.text.related",
        {"message": _ANSWER, "do": "truncate", "bytes": 30},
    ),
    rule(
        "answer_comes_twice",
        "An answer comes twice.",
        "ALI-R105 ALI-E23 ALI-E126",
        ("ws.text.finishes ws.text.broadcast_finishes ws.stream.finishes ws.together.at_once"),
        duplicate(_ANSWER),
    ),
    rule(
        "answer_is_refusal",
        "An answer has success false.",
        "ALI-R105",
        ("ws.text.after_refusal ws.text.unknown_members ws.audio.text_after ws.together.closed_alone"),
        set_to(_ANSWER, {"success": False}),
    ),
    rule(
        "answer_finishes_always",
        "An answer finishes in each packet.",
        "ALI-R105 ALI-E126",
        "ws.text.finishes",
        set_to(_ANSWER, {"finish": True}),
    ),
    rule(
        "answer_is_nothing",
        "An answer has no text.",
        "ALI-R105 ALI-E23 ALI-R104 ALI-E30",
        "ws.interrupt.goes_on ws.text.question ws.text.same_question ws.text.broadcast ws.text.long ws.stream.text",
        set_to(_ANSWER, {"content": ""}),
    ),
    rule(
        "answer_is_lost",
        "An answer does not come.",
        "ALI-E24 ALI-E25 ALI-E28 AW-DIGITS ALI-R105 ALI-R099 ALI-R104 ALI-E20 ALI-E115",
        (
            "ws.interrupt.goes_on ws.text.question ws.text.in_turn ws.text.empty ws.text.without_message_id "
            "ws.text.stray_flag ws.text.ask_type_as_text ws.stream.text ws.stream.ask_mode"
        ),
        drop(_ANSWER),
    ),
)

MUTANTS: Final = (*_CHANNELS, *_OPENINGS, *_ANSWERS)
