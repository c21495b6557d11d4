"""What Guiji may do otherwise, and what is talked of with its fake when a client is tried."""

from __future__ import annotations

from typing import Final

from ..probing.freedoms import Freedoms, Option, Push
from ..probing.plan import Act

__all__ = ["FREEDOMS"]

_FIRST: Final = Act(do="say", texts=("Good evening and welcome to all who are watching",))
_SECOND: Final = Act(do="say", texts=("Tonight we have a lamp and a chair on offer",))
_TOGETHER: Final = Act(
    do="together", texts=("The lamp comes in three colours", "The chair comes with a cushion", "Both are in stock")
)
_LAST: Final = Act(do="say", texts=("Thank you for watching and good night",))
_LONG: Final = Act(do="interrupt", texts=("Now a long word about how the lamp was made and who has made it and when",))
FREEDOMS: Final = Freedoms(
    pushes={
        "SessionState.Destroy": Push("destroy", clause="GJ-R118", unknown=("GJ-R118",)),
        "HeartBeat": Push(clause="GJ-R124"),
        "SessionState.Show": Push(clause="GJ-R120"),
    },
    flows={
        "documented": (_FIRST, _TOGETHER, _LAST),
        "text": (_FIRST, _SECOND, _LAST),
        "playlist": (_TOGETHER, _LAST),
        "interrupt": (_LONG, _LAST),
    },
    refusals=(500, 100502),
    pace={"characters_per_second": 200.0, "shortest_text_seconds": 0.2},
    kept_from={
        "handshake.mqtt": ("GJ-R105", "GJ-R115", "GJ-R118"),
        # Whoever has no answer may ask again.
        "error": ("GJ-R118",),
        "DestroySession.result": ("GJ-R118",),
        # That the token is no good any more would have been the answer.
        "*.request": ("GJ-R014",),
    },
    options=(
        Option("prepare_seconds", (5.0,), "GJ-R083"),
        Option("stream_seconds", (3.0,), "GJ-E52"),
        Option("heartbeat_seconds", (5.0,), "GJ-E85"),
        Option("interaction", ("heartbeats",), "GJ-E54", "errata"),
        Option("missed_heartbeats", (2,), "GJ-E85", "errata"),
        Option("expiration_seconds", (60,), "GJ-R066"),
        Option("silent_seconds", (0.0, 5.0), "GJ-E80"),
        Option("notification_qos", (0, 2), "GJ-E04"),
        Option("cut_in_literal", ("insertlist", "insertList"), "GJ-E87", "errata"),
        Option("token_seconds", (60.0,), "GJ-E07"),
        Option("token_error_status", (401,), "GJ-E10", "errata"),
        Option("code_form", ("text",), "GJ-E11", "errata"),
        Option("text_member", ("message",), "GJ-E12", "errata"),
    ),
)
