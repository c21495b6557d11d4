"""What Aliyun may do otherwise, and what is talked of with its fake when a client is tried."""

from __future__ import annotations

from typing import Final

from ..probing.freedoms import Freedoms, Option, Push
from ..probing.plan import Act

__all__ = ["FREEDOMS"]

_QUESTION: Final = Act(do="say", texts=("The first visitor asks when the museum opens",))
_ANOTHER: Final = Act(do="say", texts=("The second visitor asks where the library is",))
_LAST: Final = Act(do="say", texts=("The third visitor says thank you and good bye",))
_LONG: Final = Act(
    do="interrupt",
    texts=("The fourth visitor wants to hear everything about the history of this house from its first stone on",),
)
_SPEECH: Final = Act(do="speak", seconds=0.2)

FREEDOMS: Final = Freedoms(
    pushes={
        "session.force_close": Push("force_close", clause="ALI-R122", unknown=("ALI-R122",)),
        "session.recovering": Push("recover", clause="ALI-R123", unknown=("ALI-R078",)),
        "general.message": Push("report_error", clause="ALI-R118"),
    },
    flows={
        "documented": (_QUESTION, _LONG, _ANOTHER, _SPEECH, _LAST),
        "text": (_QUESTION, _ANOTHER, _LAST),
        "speech": (_SPEECH, _QUESTION),
        "interrupt": (_LONG, _QUESTION),
        "together": (Act(do="together", texts=(*_QUESTION.texts, *_ANOTHER.texts, *_LAST.texts)),),
    },
    pace={"polls_until_ready": 1, "chunk_characters": 30},
    refusals=("Throttling.User", "ServiceUnavailable", "InternalError"),
    options=(
        Option("polls_until_ready", (0, 7, 40), "ALI-E16"),
        Option("channel_statuses", (("INIT", "FAIL"), ("FAIL", "INIT", "READY")), "ALI-E17"),
        Option("cumulative", (True,), "ALI-E22", "errata"),
        Option("separate_finish", (True,), "ALI-E22"),
        Option("echo_serial_numbers", (False,), "ALI-E04", "errata"),
        Option("interrupt_reply", ("none",), "ALI-E33", "errata"),
        Option("broadcast_reply", ("none",), "ALI-E23", "errata"),
        Option("asr_reply_biz_type", (129,), "ALI-E35", "errata"),
        Option("chunk_characters", (0, 1), "ALI-E22"),
        Option("first_chunk_seconds", (3.0,), "ALI-R100"),
        Option("recovery_reply", ("finish",), "ALI-E48"),
        Option("force_close_seconds", (5.0,), "ALI-E49"),
        Option("pong_payload", ("", " {}"), "ALI-E03", "errata"),
    ),
    key="request_id",
)
