"""What SenseTime may do otherwise, and what is talked of with its fake when a client is tried."""

from __future__ import annotations

from typing import Final

from ..probing.freedoms import Freedoms, Option, Push
from ..probing.plan import Act

__all__ = ["FREEDOMS"]

_FIRST: Final = Act(do="say", texts=("Good evening and welcome to all of you",))
_SECOND: Final = Act(do="say", texts=("And now a word about the weather of tomorrow",))
_TOGETHER: Final = Act(do="together", texts=("First the north", "Then the south", "The islands come last"))
_LAST: Final = Act(do="say", texts=("Thank you all for coming and good night",))
_LONG: Final = Act(do="interrupt", texts=("A long word about the rain that has fallen in each of the last ten years",))
_SPEECH: Final = Act(do="speak", seconds=0.2)

_TELLING: Final = ("createLive", "startLive", "heartbeat", "queryStat", "rtcAudienceToken", "closeLive")
_OVER: Final = ("ST-E09", "ST-E23", "ST-E33", "ST-LIVE-13")
"""Clauses about calls that a live takes no more when it is over."""

FREEDOMS: Final = Freedoms(
    pushes={
        "CallbackBody": Push("close_live", clause="ST-CBK-03"),
        "microphone.stop": Push("stop_speech", clause="ST-MIC-11"),
        "microphone.send_failed": Push("fail_speech", clause="ST-MIC-13"),
    },
    flows={
        "documented": (_FIRST, _LONG, _SPEECH, _TOGETHER, _LAST),
        "text": (_FIRST, _SECOND, _LAST),
        "takeovers": (_TOGETHER, _LAST),
        "microphone": (_SPEECH, _FIRST),
        "interrupt": (_LONG, _LAST),
    },
    kept_from={
        "heartbeat.request": ("ST-LIVE-16", "ST-E23"),
        # Each of these says that the live is over, if it is.
        **dict.fromkeys((f"{operation}.response" for operation in _TELLING), _OVER),
        "*.request": ("AW-ST-REFUSED-TOKEN",),
    },
    refusals=(10007,),
    pace={"characters_per_second": 100.0, "initialising_seconds": 0.1},
    options=(
        Option("initialising_seconds", (3.0, 30.0), "ST-LIVE-09"),
        Option("outcomes", (("slow",), ("platform_full",), ("customer_full", "platform_full")), "ST-LIVE-14"),
        Option("speech_outcomes", (("stop",), ("fail",)), "ST-MIC-11"),
        Option("command_during_takeover", ("wait",), "ST-E11", "errata"),
        Option("cancelled_status", (39,), "ST-E49", "errata"),
        Option("close_ended", ("code",), "ST-E25", "errata"),
        Option("second_microphone", ("refuse",), "ST-E62", "errata"),
        Option("microphone_ready", ("open",), "ST-E60", "errata"),
        Option("microphone_code", ("text",), "ST-E57", "errata"),
        Option("notice_timestamp", ("milliseconds",), "ST-E66", "errata"),
        Option("token_failure", ("401",), "ST-E105", "errata"),
        Option("failure_data", ("null", "empty"), "ST-E07", "errata"),
    ),
)
