"""What SenseTime may do otherwise, and what is talked of with its fake when a client is tried."""

from __future__ import annotations

from typing import Final

from ..probing.freedoms import Freedoms, Push
from ..probing.plan import Act

__all__ = ["FREEDOMS"]

_FIRST: Final = Act(do="say", texts=("Good evening and welcome to all of you",))
_SECOND: Final = Act(do="say", texts=("And now a word about the weather of tomorrow",))
_TOGETHER: Final = Act(do="together", texts=("First the north", "Then the south", "The islands come last"))
_LAST: Final = Act(do="say", texts=("Thank you all for coming and good night",))
_LONG: Final = Act(do="interrupt", texts=("A long word about the rain that has fallen in each of the last ten years",))
_SPEECH: Final = Act(do="speak", seconds=0.2)

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
    refusals=(10007,),
    pace={"characters_per_second": 100.0, "initialising_seconds": 0.1},
    options=(),
)
