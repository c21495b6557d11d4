"""Fakes whose frames, channels and heartbeats are broken in their behaviour (`fakeserver/aliyun/mutants/`)."""

from __future__ import annotations

from typing import Final

from .parts import patched

__all__ = ["MUTANTS"]

MUTANTS: Final = (
    patched(
        "zero_serials_not_read",
        "Serial numbers of zeros are refused.",
        "ALI-E06",
        "ws.header.zero_serial_number",
    ),
    patched(
        "serials_not_read_twice",
        "A serial number counts once.",
        "ALI-E05",
        "ws.header.serial_number_again",
    ),
    patched(
        "space_not_read",
        "JSON with space around it is refused.",
        "ALI-R092",
        "ws.frame.space",
    ),
    patched(
        "escapes_not_read",
        "JSON with escapes is refused.",
        "ALI-R092",
        "ws.frame.escapes ws.text.any_characters",
    ),
    patched(
        "further_members_not_read",
        "Texts with further members are refused.",
        "ALI-R105",
        "ws.text.unknown_members",
    ),
    patched(
        "pings_with_payload_not_read",
        "Pings with another payload are refused.",
        "ALI-E02",
        "ws.heartbeat.any_payload ws.heartbeat.binary",
    ),
    patched(
        "control_pings_not_read",
        "Pings in control frames are refused.",
        "ALI-E01",
        "ws.heartbeat.sample_form",
    ),
    patched(
        "bad_frames_close",
        "A frame that is wrong ends the connection.",
        "ALI-E09 ALI-E14",
        "ws.header.unknown_data_type ws.header.unknown_biz_type ws.header.biz_type_of_server",
    ),
    patched(
        "bad_frames_hang",
        "After a frame that is wrong nothing is heard.",
        "ALI-E09 ALI-E14 ALI-E13 ALI-R120",
        (
            "ws.header.short_lives_on ws.header.unknown_lives_on ws.header.unreadable_lives_on "
            "ws.header.unknown_frame_type ws.heartbeat.after_error"
        ),
    ),
    patched(
        "doubts_hang",
        "What the document leaves open is not answered.",
        "ALI-E34 ALI-E11 ALI-E105 ALI-E15 ALI-E24 AW-DIGITS ALI-E26 ALI-E25 ALI-E28 ALI-E20 ALI-E39 ALI-E13",
        (
            "ws.header.unknown_frame_type ws.header.frame_type_of_server ws.frame.byte_order_mark "
            "ws.channel.without_payload ws.text.empty ws.text.without_message_id ws.text.stray_flag "
            "ws.text.ask_type_as_text ws.stream.end_only ws.stream.two_at_once ws.stream.other_id ws.stream.ask_mode "
            "ws.speech.two_starts ws.speech.ask_type_of_end"
        ),
    ),
    patched(
        "errors_for_all",
        "Errors are sent on all sockets.",
        "ALI-R118 ALI-E09",
        "ws.error.elsewhere",
    ),
    patched(
        "pong_when_ready",
        "A pong comes when a channel is READY.",
        "ALI-R120",
        "ws.heartbeat.not_unasked",
    ),
    patched(
        "pong_at_first",
        "A pong comes by itself.",
        "ALI-E04",
        "ws.heartbeat.pong_serial",
    ),
    patched(
        "status_at_first",
        "The channel's status comes by itself.",
        "ALI-R077 ALI-R113",
        "ws.channel.each_is_answered ws.channel.not_asked",
    ),
    patched(
        "errors_with_own_serial",
        "Errors have serial numbers of their own.",
        "ALI-E04",
        "ws.header.serial_number_of_error",
    ),
    patched(
        "packets_with_own_serials",
        "Packets after the first have serial numbers of their own.",
        "ALI-E04",
        "ws.header.serial_number_of_stream",
    ),
    patched(
        "pushes_with_short_header",
        "Pushes have headers of ten bytes.",
        "ALI-E47",
        "ws.force_close.payload ws.recovering.payload",
    ),
    patched(
        "channel_up_and_down",
        "A channel is READY only once.",
        "ALI-E16 ALI-R113",
        "ws.channel.stays_ready ws.interrupt.stays_ready",
    ),
    patched(
        "channel_of_all",
        "A channel is READY when another one is.",
        "ALI-E16",
        "ws.together.channel",
    ),
    patched(
        "channel_in_other_name",
        "The answer about a channel names another session.",
        "ALI-R113",
        "ws.channel.shape ws.together.urls",
    ),
    patched(
        "early_drives_pass",
        "Drives before READY are accepted.",
        "ALI-E19",
        "ws.channel.before.opening ws.channel.before.text ws.channel.before.broadcast ws.channel.before.speech",
    ),
    patched(
        "pings_are_lost",
        "Pings are not answered.",
        "ALI-R120",
        "ws.channel.before.ping ws.heartbeat.pong ws.heartbeat.many_sessions",
    ),
    patched(
        "pings_are_refused",
        "Pings are errors.",
        "ALI-R120",
        "ws.channel.before.ping ws.heartbeat.pong ws.heartbeat.many_sessions",
    ),
    patched(
        "pings_cut_answers",
        "A ping cuts an answer.",
        "ALI-R105",
        "ws.heartbeat.leaves_answer",
    ),
    patched(
        "pings_lost_while_speaking",
        "Pings are not answered during an answer.",
        "ALI-R120",
        "ws.heartbeat.during_answer",
    ),
    patched(
        "pings_lost_while_hearing",
        "Pings are not answered during speech.",
        "ALI-R120",
        "ws.heartbeat.during_speech",
    ),
    patched(
        "pings_lost_in_text_streams",
        "Pings are not answered during a streamed text.",
        "ALI-R120",
        "ws.heartbeat.during_text_stream",
    ),
    patched(
        "pings_lost_in_audio",
        "Pings are not answered during an audio drive.",
        "ALI-R120",
        "ws.heartbeat.during_audio",
    ),
    patched(
        "pings_lost_before_ready",
        "Pings are not answered before READY.",
        "ALI-R120",
        "ws.channel.before.ping ws.heartbeat.pong ws.heartbeat.many_sessions ws.recovering.ping",
    ),
)
