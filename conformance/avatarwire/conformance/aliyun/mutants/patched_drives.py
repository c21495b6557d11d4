"""Fakes whose answers, streams and hearing are broken in their behaviour (`fakeserver/aliyun/mutants/`)."""

from __future__ import annotations

from typing import Final

from .parts import patched

__all__ = ["MUTANTS"]

MUTANTS: Final = (
    patched(
        "interrupts_do_nothing",
        "An interrupt lets the answer go on.",
        "ALI-E32",
        "ws.interrupt.cuts_answer ws.interrupt.ends_waiting",
    ),
    patched(
        "interrupts_leave_waiting",
        "An interrupt leaves what waits.",
        "ALI-E32",
        "ws.interrupt.ends_waiting",
    ),
    patched(
        "interrupts_finish_twice",
        "What is interrupted ends twice.",
        "ALI-E33",
        "ws.interrupt.ends_answer ws.interrupt.ends_opening",
    ),
    patched(
        "interrupts_for_good",
        "After an interrupt nothing is said.",
        "ALI-R105",
        "ws.interrupt.goes_on",
    ),
    patched(
        "interrupts_for_all",
        "An interrupt stops what all sessions say.",
        "ALI-R105",
        "ws.interrupt.other_session",
    ),
    patched(
        "interrupts_are_answered",
        "An interrupt has an answer.",
        "ALI-R097",
        "ws.interrupt.silent ws.interrupt.many",
    ),
    patched(
        "interrupts_lose_channel",
        "After an interrupt the channel is INIT.",
        "ALI-R113",
        "ws.interrupt.stays_ready",
    ),
    patched(
        "interrupts_close_early",
        "An interrupt before READY ends the connection.",
        "ALI-R097",
        "ws.channel.before.interrupt",
    ),
    patched(
        "interrupts_leave_streams",
        "An interrupt leaves an open stream.",
        "ALI-E32",
        "ws.interrupt.drops_stream",
    ),
    patched(
        "broadcasts_are_asked",
        "Broadcasts are questions.",
        "ALI-E23 ALI-R099",
        "ws.text.broadcast ws.text.ask_and_broadcast ws.text.any_characters",
    ),
    patched(
        "long_texts_are_cut",
        "Long texts are cut.",
        "ALI-E30",
        "ws.text.long",
    ),
    patched(
        "texts_are_ascii",
        "Letters beyond ASCII are lost.",
        "ALI-R092 ALI-E23",
        "ws.frame.escapes ws.text.broadcast ws.text.any_characters",
    ),
    patched(
        "type_has_no_default",
        "A text without type is a broadcast.",
        "ALI-R100",
        "ws.text.type_given",
    ),
    patched(
        "questions_once",
        "The same question is refused.",
        "ALI-R105",
        "ws.interrupt.other_session ws.heartbeat.leaves_answer ws.text.same_id",
    ),
    patched(
        "message_ids_once",
        "The same messageId is refused.",
        "ALI-R105",
        "ws.text.same_id",
    ),
    patched(
        "streams_are_refused",
        "Streamed texts are refused.",
        "ALI-R104",
        "ws.stream.text ws.stream.finishes ws.stream.not_before_end ws.stream.without_content",
    ),
    patched(
        "fragments_backwards",
        "Fragments are put together backwards.",
        "ALI-R104",
        (
            "ws.stream.text ws.stream.not_before_end ws.stream.without_content ws.stream.many_fragments "
            "ws.stream.question_meanwhile ws.together.interleaved"
        ),
    ),
    patched(
        "first_fragment_only",
        "Only the first fragment is spoken.",
        "ALI-R104",
        "ws.stream.text ws.stream.without_content ws.stream.many_fragments ws.stream.question_meanwhile",
    ),
    patched(
        "streams_repeat",
        "A stream begins with what the last one said.",
        "ALI-R104",
        "ws.stream.one_after_the_other ws.stream.same_id_again",
    ),
    patched(
        "fragments_are_texts",
        "Each fragment is spoken by itself.",
        "ALI-R104",
        "ws.stream.text ws.stream.finishes ws.stream.not_before_end ws.stream.without_content",
    ),
    patched(
        "streams_outlive_connections",
        "A stream outlives its connection.",
        "ALI-E114",
        "ws.stream.over_connections",
    ),
    patched(
        "streams_are_shared",
        "Streams of all sessions are one.",
        "ALI-R104",
        "ws.together.interleaved ws.stream.many_fragments",
    ),
    patched(
        "opening_differs",
        "Opening remarks differ each time.",
        "ALI-E21 ALI-R096",
        "ws.opening.again ws.opening.same_everywhere",
    ),
    patched(
        "packets_with_own_ids",
        "Each packet has a messageId of its own.",
        "ALI-E21",
        "ws.opening.message_id ws.text.message_id ws.stream.message_id ws.speech.answer_id",
    ),
    patched(
        "audio_has_reply",
        "Audio has the answer of a text.",
        "ALI-R117 ALI-R116 ALI-E25 ALI-E38 ALI-E43 ALI-E26",
        (
            "ws.audio.silent ws.audio.again ws.audio.default_type ws.audio.large ws.audio.empty_ends ws.audio.padding "
            "ws.audio.no_flag ws.audio.out_of_order"
        ),
    ),
    patched(
        "empty_audio_is_refused",
        "Audio without sound is refused.",
        "ALI-E25",
        "ws.audio.empty_ends",
    ),
    patched(
        "starts_are_late",
        "Speech is heard only once its start was answered.",
        "ALI-E40",
        "ws.speech.without_waiting",
    ),
    patched(
        "half_samples_end_speech",
        "Half a sample ends an utterance.",
        "ALI-E37",
        "ws.speech.odd_bytes",
    ),
    patched(
        "json_is_speech",
        "JSON is recognised as speech.",
        "ALI-R108 ALI-R091",
        "ws.speech.json_as_data",
    ),
    patched(
        "audio_is_answered",
        "Audio is answered.",
        "ALI-R117",
        "ws.audio.silent ws.audio.again ws.audio.large",
    ),
    patched(
        "large_audio_is_refused",
        "Large fragments of audio are refused.",
        "ALI-R117",
        "ws.audio.large",
    ),
    patched(
        "audio_once",
        "A second audio drive is refused.",
        "ALI-R117",
        "ws.audio.again",
    ),
    patched(
        "audio_needs_type",
        "Audio without type is refused.",
        "ALI-R116",
        "ws.audio.default_type",
    ),
    patched(
        "audio_for_good",
        "After audio nothing is said.",
        "ALI-R105",
        "ws.audio.text_after",
    ),
    patched(
        "results_always",
        "What was heard is always returned.",
        "ALI-R109",
        "ws.speech.broadcast_has_no_result",
    ),
    patched(
        "results_last",
        "What was heard comes after the answer.",
        "ALI-R109",
        "ws.speech.result_first",
    ),
    patched(
        "ends_are_answered",
        "The end of speech is answered by itself.",
        "ALI-R111",
        "ws.speech.end_has_no_answer",
    ),
    patched(
        "speech_is_lost",
        "Speech is not recognised.",
        "ALI-R109 ALI-R110",
        "ws.speech.recognised ws.speech.result_declared ws.speech.answered ws.speech.answer_layout",
    ),
    patched(
        "silence_is_answered",
        "Silence is answered.",
        "ALI-E29",
        "ws.speech.without_speech",
    ),
    patched(
        "utterances_with_one_id",
        "All utterances have one messageId.",
        "ALI-E21",
        "ws.speech.again",
    ),
    patched(
        "starts_are_answered_twice",
        "The start of speech is answered twice.",
        "ALI-R107",
        "ws.speech.start_answered_once",
    ),
    patched(
        "one_packet_of_speech",
        "A second packet of speech is refused.",
        "ALI-R108",
        "ws.speech.many_packets",
    ),
    patched(
        "speech_without_start",
        "Speech without a start is recognised.",
        "ALI-E39 ALI-R112",
        "ws.speech.data_without_start ws.speech.end_without_start ws.speech.data_after_end ws.together.speech",
    ),
    patched(
        "texts_end_speech",
        "A text ends an utterance.",
        "ALI-E115",
        "ws.speech.question_meanwhile",
    ),
    patched(
        "speech_is_shared",
        "Speech that one session began is heard in all.",
        "ALI-R112",
        "ws.together.speech",
    ),
)
