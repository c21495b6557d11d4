"""Mutants about the microphone socket: who is let in, rounds of speech, and WebSocket itself."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import Mutant, drop, set_to
from ...mutants.witnesses import gave
from ..witnesses import answered_with
from .making import joined, made, patched

__all__ = ["MICROPHONE"]

_NO_MESSAGES: Final = ("no_json", "empty", "list", "no_code", "code_null", "unknown_code", "servers_code")
_SIZES: Final = ("one_byte", "odd", "second", "large", "empty")

_LET_IN: Final[tuple[Mutant, ...]] = (
    patched(
        "any_session_token",
        "Any token opens the sockets of a live.",
        "ST-MIC-08 ST-E02 AW-ST-PAGES ST-E62",
        "ws.microphone.token.wrong ws.microphone.token.of_other ws.microphone.token.access sdk.pages.wrong_token "
        "ws.microphone.token.shut",
    ),
    made(
        "code_2_for_code_1",
        "A wrong token is told by code 2.",
        "ST-MIC-08 ST-E02",
        "ws.microphone.token.wrong ws.microphone.token.none ws.microphone.token.access",
        faults=[set_to("microphone.auth_failed", {"code": 2})],
    ),
    patched("open_after_code_1", "A connection stays open after code 1.", "ST-E62", "ws.microphone.token.shut"),
    made(
        "access_token_opens",
        "The access token opens the microphone.",
        "ST-E02",
        "ws.microphone.token.access",
        microphone_token="either",  # noqa: S106 - a choice
        witness=gave("microphone.ready"),
    ),
    patched(
        "one_form_of_query",
        "A token in the URL has one form only.",
        "ST-E03",
        joined("ws.microphone.token.form.", ("bare", "plus", "lower_case")),
    ),
    patched(
        "always_ready",
        "Speech is taken whatever a live is at.",
        "ST-MIC-14 ST-E58 ST-E62",
        "ws.microphone.live.closed ws.microphone.live.unknown ws.microphone.live.unknown_code "
        "ws.microphone.live.closed_code",
    ),
    made(
        "any_client_type",
        "Any client type is let in.",
        "ST-E59",
        "ws.microphone.client_type",
        any_client_type=True,
        witness=gave("microphone.ready"),
    ),
    patched(
        "handshakes_are_pages",
        "What is no handshake is answered with 200.",
        "RFC6455-4.2.2 RFC6455-4.2.1",
        "ws.microphone.no_handshake ws.handshake.no_key ws.handshake.bad_key ws.handshake.unknown_version",
    ),
    patched(
        "ended_lives_listen",
        "Lives that are over listen still.",
        "ST-LIVE-18 ST-MIC-14 ST-E62 AW-ST-PAGES",
        "ws.microphone.end.closed ws.microphone.end.while_speaking ws.microphone.end.socket ws.microphone.end.lost "
        "sdk.pages.closed",
    ),
    made(
        "second_microphone_refused",
        "A second microphone is refused.",
        "ST-E62",
        "ws.microphone.second_socket",
        second_microphone="refuse",
        witness=answered_with(409),
    ),
)
_ROUNDS: Final[tuple[Mutant, ...]] = (
    made(
        "begin_unanswered",
        "begin is not answered.",
        "ST-MIC-09 ST-MIC-14 ST-MIC-05 ST-MIC-15 ST-MIC-20 ST-MIC-01 ST-E57 RFC6455-5.4 RFC6455-5.5.3",
        "ws.microphone.ready ws.microphone.live.at_35 ws.microphone.round ws.microphone.order.speech_first "
        "ws.microphone.conflict_of_other ws.microphone.token.of_stat isolation.microphones ws.microphone.code_in_text "
        "ws.microphone.idle ws.microphone.conflict_over",
        faults=[drop("microphone.ready")],
    ),
    made(
        "ready_with_number",
        "Code 2 has a number for its text.",
        "ST-E64",
        "ws.microphone.texts",
        faults=[set_to("microphone.ready", {"message": 7})],
    ),
    made(
        "another_text",
        "Code 2 has another text.",
        "ST-E64",
        "ws.microphone.texts",
        faults=[set_to("microphone.ready", {"message": "ready"})],
    ),
    made(
        "codes_in_digits",
        "Codes are texts of digits.",
        "ST-E57",
        "ws.microphone.code_is_integer",
        microphone_code="text",
        witness=gave("microphone.ready"),
    ),
    made(
        "numbers_only",
        "A code in digits is not understood.",
        "ST-E57",
        "ws.microphone.code_in_text",
        faults=[{"message": "microphone.begin", "direction": "in", "do": "drop"}],
    ),
    made(
        "ready_before_begin",
        "Code 2 comes before begin.",
        "ST-E60",
        "ws.microphone.ready_after_begin",
        microphone_ready="open",
        witness=gave("microphone.ready"),
    ),
    patched(
        "deaf_after_first_round",
        "A socket serves one round only.",
        "ST-MIC-09 ST-MIC-06 ST-E62 ST-E61",
        "ws.microphone.round ws.microphone.several_rounds ws.microphone.no_speech",
    ),
    patched("eof_is_answered", "eof is answered with code 2.", "ST-E62", "ws.microphone.eof_unanswered"),
    patched("no_round_without_speech", "A round without speech fails.", "ST-E61", "ws.microphone.no_speech"),
    patched(
        "one_size_of_packets",
        "Speech comes in packets of 640 bytes only.",
        "ST-E61",
        joined("ws.microphone.speech.", _SIZES),
    ),
    patched(
        "idle_sockets_end",
        "A socket on which nobody speaks is closed.",
        "ST-MIC-20",
        "ws.microphone.silence ws.microphone.idle",
    ),
    patched(
        "lost_sockets_end_lives",
        "A live ends with its microphone socket.",
        "ST-MIC-09",
        "ws.microphone.again ws.protocol.reset",
    ),
    patched(
        "mistakes_end_lives",
        "A message that is none ends the live.",
        "ST-MIC-01 ST-MIC-05 ST-E68 ST-E67",
        f"{joined('ws.microphone.survives.', _NO_MESSAGES)} {joined('ws.microphone.refuses.', _NO_MESSAGES)} "
        "ws.microphone.order.speech_first",
    ),
    made(
        "no_code_5",
        "Nothing is said by code 5.",
        "ST-E68 ST-E67 ST-E62 ST-MIC-13",
        f"{joined('ws.microphone.refuses.', (*_NO_MESSAGES, 'in_round'))} ws.microphone.order.speech_first_fails "
        "ws.microphone.failed",
        faults=[drop("microphone.send_failed")],
    ),
    made(
        "no_code_4",
        "Nobody is told to stop.",
        "ST-MIC-11",
        "ws.microphone.stopped",
        faults=[drop("microphone.stop")],
    ),
    patched("no_round_after_stop", "There is no round after code 4 or 5.", "ST-E63", "ws.microphone.again_after_stop"),
    patched(
        "no_conflict",
        "Speech is taken while takeovers play.",
        "ST-MIC-15",
        "ws.microphone.conflict ws.microphone.conflict_queue ws.microphone.conflict_over",
    ),
    patched(
        "conflict_of_others",
        "A takeover of another live is a conflict.",
        "ST-MIC-15",
        "ws.microphone.conflict_of_other",
    ),
    patched(
        "takeovers_stop_all_speech",
        "A takeover stops the speech in all lives.",
        "ST-MIC-15",
        "isolation.speech_and_takeover",
    ),
)
_PROTOCOL: Final[tuple[Mutant, ...]] = (
    patched(
        "broken_frames_are_overlooked",
        "What breaks the protocol is overlooked.",
        "RFC6455-5.2 RFC6455-5.4 RFC6455-5.5 RFC6455-8.1 RFC6455-5.5.1 RFC6455-7.4.1 ST-E132",
        joined(
            "ws.protocol.",
            ("reserved_bit", "unknown_opcode", "lone_continuation", "new_message_inside", "fragmented_ping",
             "large_ping", "no_utf8", "close_of_one_byte", "close_bad_code", "too_large"),
        ),
    ),
    patched(
        "no_pongs",
        "Pings are not answered.",
        "RFC6455-5.5.2 RFC6455-5.4",
        "ws.protocol.ping ws.protocol.ping_speaking ws.protocol.ping_between",
    ),
    patched(
        "control_frames_end",
        "A ping or a pong ends the connection.",
        "RFC6455-5.5.2 RFC6455-5.5.3 RFC6455-5.4",
        "ws.protocol.ping ws.protocol.pong ws.protocol.ping_between",
    ),
    patched(
        "fragments_end",
        "A message in fragments ends the connection.",
        "RFC6455-5.4",
        "ws.protocol.fragments ws.protocol.ping_between ws.protocol.speech_in_fragments",
    ),
    patched(
        "closes_without_a_frame",
        "A close frame is not answered.",
        "RFC6455-5.5.1",
        "ws.protocol.close ws.protocol.close_own_code",
    ),
)  # fmt: skip

MICROPHONE: Final = (*_LET_IN, *_ROUNDS, *_PROTOCOL)
"""All of them."""
