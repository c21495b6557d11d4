"""Fakes that take what is left open in another way, by their tunables."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import Mutant, Witness
from ...mutants.witnesses import came, gave, not_answered
from ..witnesses import any_of, other_serial, took
from .parts import aliyun

__all__ = ["MUTANTS"]

_MINUTE: Final = 60.0

_EARLY: Final = ("text_drive", "opening", "asr.start", "asr.data", "asr.end", "audio_drive")


def _channel(status: str) -> Witness:
    """The fake has said so of a channel."""
    return gave("channel_ready.response", where=lambda body: body["status"] == status)


MUTANTS: Final[tuple[Mutant, ...]] = (
    aliyun(
        "stops_fail",
        "Sessions cannot be stopped.",
        "ALI-R029",
        ("http.stop.says_stopped"),
        stop_statuses=["StoppedFail"],
        witness=gave("StopAvatarSession.response", status=200, where=lambda body: body.get("status") == "StoppedFail"),
    ),
    aliyun(
        "second_stops_fail",
        "A session that is stopped again fails to stop.",
        "ALI-E121",
        "http.stop.twice",
        stop_statuses=["Stopped", "StoppedFail"],
        witness=gave("StopAvatarSession.response", status=200, where=lambda body: body.get("status") == "StoppedFail"),
    ),
    aliyun(
        "lists_fail",
        "ListAnchor fails.",
        "ALI-R060",
        "http.lists.success",
        failing_lists=["ListAnchor"],
        witness=gave("ListAnchor.response", success=False),
    ),
    aliyun(
        "ready_at_once",
        "A channel is READY at once.",
        "ALI-E16",
        "ws.channel.init_first ws.together.channel",
        polls_until_ready=0,
        witness=_channel("READY"),
    ),
    aliyun(
        "never_ready",
        "A channel is never READY.",
        "ALI-R113 ALI-R077",
        "ws.channel.becomes_ready",
        channel_statuses=["INIT"],
        witness=_channel("INIT"),
    ),
    aliyun(
        "channel_failed",
        "A channel fails.",
        "ALI-R113",
        "ws.channel.becomes_ready",
        channel_statuses=["FAIL"],
        witness=_channel("FAIL"),
    ),
    aliyun(
        "early_drives_lost",
        "Drives before READY are lost.",
        "ALI-E19 ALI-R078",
        (
            "http.SendTextMsg.before_ready ws.channel.before.opening ws.channel.before.text "
            "ws.channel.before.broadcast ws.channel.before.speech ws.channel.before.speech_data "
            "ws.channel.before.speech_end ws.channel.before.audio ws.channel.before.stays_refused"
        ),
        before_ready="ignore",
        witness=any_of(came("SendTextMsg.request"), *(not_answered(f"{name}.request") for name in _EARLY)),
    ),
    aliyun(
        "early_drives_wait",
        "Drives before READY wait for it.",
        "ALI-E19",
        "ws.channel.before.opening ws.channel.before.text ws.channel.before.broadcast ws.channel.before.speech",
        before_ready="queue",
        witness=any_of(came("SendTextMsg.request"), *(came(f"{name}.request") for name in _EARLY)),
    ),
    aliyun(
        "serials_not_repeated",
        "Serial numbers are not repeated.",
        "ALI-E04 ALI-E05 ALI-R084",
        (
            "ws.header.serial_number ws.header.serial_number_of_stream ws.header.serial_number_of_error "
            "ws.heartbeat.pong_serial"
        ),
        echo_serial_numbers=False,
        witness=other_serial,
    ),
    aliyun(
        "pong_with_payload",
        "A pong has something in it.",
        "ALI-E03",
        "ws.heartbeat.pong_payload",
        pong_payload='{"pong":1}',
        witness=gave("heartbeat.pong"),
    ),
    aliyun(
        "pong_is_list",
        "A pong has a list in it.",
        "ALI-R120 ALI-E03",
        "ws.heartbeat.pong_payload ws.heartbeat.pong_declared",
        pong_payload="[1]",
        witness=gave("heartbeat.pong"),
    ),
    aliyun(
        "broadcasts_not_answered",
        "Broadcasts are not answered.",
        "ALI-R104 ALI-E25 ALI-E28 ALI-E23",
        (
            "ws.text.broadcast ws.text.empty ws.stream.empty_ends ws.stream.no_start ws.stream.end_only "
            "ws.stream.two_starts ws.stream.ask_mode"
        ),
        broadcast_reply="none",
        witness=came("text_drive.request"),
    ),
    aliyun(
        "speech_on_other_type",
        "The answer to speech is on business type 129.",
        "ALI-E35",
        "ws.speech.answer_type",
        asr_reply_biz_type=129,
        witness=gave("asr.drive_reply"),
    ),
    aliyun(
        "spoken_broadcasts_not_answered",
        "Spoken broadcasts are not answered.",
        "ALI-R110",
        "ws.speech.broadcast_text",
        speech_broadcast_reply="none",
        witness=came("asr.start.request", askType=2),
    ),
    aliyun(
        "interrupts_end_in_silence",
        "What is interrupted ends in silence.",
        "ALI-E33",
        "ws.interrupt.ends_answer ws.interrupt.ends_opening",
        interrupt_reply="none",
        witness=came("interrupt.request"),
    ),
    aliyun(
        "drives_replace",
        "A drive replaces the one before.",
        "ALI-E115",
        "ws.text.in_turn",
        overlap="replace",
        witness=came("text_drive.request"),
    ),
    aliyun(
        "drives_refused",
        "A drive during another is refused.",
        "ALI-E115",
        "ws.text.in_turn",
        overlap="reject",
        witness=gave("text_drive.response", success=False),
    ),
    aliyun(
        "http_texts_on_socket",
        "Texts of HTTP are answered on the socket.",
        "ALI-E116",
        "http.SendTextMsg.not_on_socket",
        http_text_on_socket=True,
        witness=gave("text_drive.response"),
    ),
    aliyun(
        "pushes_without_payload",
        "Pushes have no payload.",
        "ALI-E47",
        "ws.force_close.payload ws.recovering.payload",
        push_payload="",
        witness=any_of(gave("session.force_close"), gave("session.recovering")),
    ),
    aliyun(
        "second_socket_refused",
        "A second socket is refused.",
        "ALI-E114",
        (
            "ws.handshake.replaced ws.handshake.replaced_anew ws.handshake.replaced_lives_on "
            "ws.protocol.oversized_lives_on ws.stream.over_connections ws.speech.over_connections"
        ),
        second_connection="refuse",
        witness=gave("handshake.websocket", status=409),
    ),
    aliyun(
        "second_socket_ends_session",
        "A second socket ends the session.",
        "ALI-E114",
        "ws.handshake.replaced_lives_on",
        second_connection="force_close",
        witness=gave("session.force_close"),
    ),
    aliyun(
        "refusals_on_socket",
        "Who has no right to a socket is told on it.",
        "ALI-E51 AW-ALI-HANDSHAKE",
        "ws.handshake.status ws.handshake.body",
        socket_refusal="frame",
        witness=gave("general.message", code=10001),
    ),
    aliyun(
        "silence_ends_sessions",
        "Silence ends a session.",
        "ALI-E104 ALI-E03",
        ("any.time.silence any.time.silence_without_socket"),
        idle_seconds=60,
        witness=took(_MINUTE),
    ),
    aliyun(
        "lines_end",
        "A line ends after ten minutes.",
        "ALI-E104",
        ("any.time.silence any.time.silence_without_socket"),
        line_seconds=600,
        witness=took(10 * _MINUTE),
    ),
    aliyun(
        "silent_sockets_close",
        "A socket without heartbeats is closed.",
        "ALI-E03",
        "any.time.silence",
        heartbeat_seconds=60,
        witness=took(_MINUTE),
    ),
    aliyun(
        "tokens_live_for_weeks",
        "Tokens live for weeks.",
        "ALI-R076 ALI-E53",
        "any.time.token_expires any.time.token_lives any.time.socket_outlives_token",
        token_seconds=2e6,
        witness=gave("StartAvatarSession.response", status=200),
    ),
    aliyun(
        "publications_fail",
        "Publications do not come to an end.",
        "ALI-R033",
        (
            "http.SaveAvatarProject.create_publishes http.SaveAvatarProject.created_is_usable "
            "http.SaveAvatarProject.edits"
        ),
        deploy_seconds=1e6,
        witness=came("SaveAvatarProject.request"),
    ),
    aliyun(
        "bodies_of_any_size",
        "Bodies have any size.",
        "AW-LIMITS",
        "http.calls.body_too_large",
        max_body_bytes=10**8,
        witness=gave("StartAvatarSession.response", status=200),
    ),
    aliyun(
        "frames_of_any_size",
        "Frames have any size.",
        "ALI-E10",
        "ws.protocol.oversized ws.protocol.oversized_lives_on",
        max_frame_bytes=10**9,
        witness=came("channel_ready.request"),
    ),
    aliyun(
        "frames_of_little_size",
        "Frames have little size.",
        "ALI-E10 ALI-E30",
        "ws.protocol.one_megabyte ws.text.long",
        max_frame_bytes=2048,
        witness=came("channel_ready.request"),
    ),
    aliyun(
        "opening_says_nothing",
        "Opening remarks are empty.",
        "ALI-R096",
        "ws.opening.says_something",
        opening="",
        witness=gave("opening.response", content=""),
    ),
    aliyun(
        "answers_say_nothing",
        "Answers are empty.",
        "ALI-R105 ALI-R110",
        "ws.interrupt.goes_on ws.text.question ws.text.same_question ws.speech.answered",
        default_answer="",
        witness=any_of(gave("text_drive.response"), gave("asr.drive_reply")),
    ),
)
