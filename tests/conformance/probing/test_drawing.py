"""What is drawn for a message fits it, also where it is what happened to the message before."""

from __future__ import annotations

from random import Random
from typing import Literal

from avatarwire.conformance.probing.drawing import Drawn, Session
from avatarwire.conformance.probing.freedoms import freedoms_of
from avatarwire.fakeserver.faults import Passing
from avatarwire.fakeserver.faults.changes import Content


def test_what_happened_to_a_frame_does_not_happen_to_a_handshake_that_cannot_have_it() -> None:
    drawn: dict[str, set[str]] = {"heartbeat.pong": set(), "handshake.websocket": set()}
    for seed in range(300):
        session = Session((), (), (), (), 0, Random(seed))
        chooser = Drawn("aliyun", freedoms_of("aliyun"), "faults", session, delay=40.0)
        for nth in range(10):
            for message, kinds in drawn.items():
                side: Literal["in", "out"] = "in" if message.startswith("handshake") else "out"
                passing = Passing(message, side, "ws", "", lambda: Content(b""))
                kinds.add(chooser.chosen(f"{message}#{nth + 1}", passing).partition(":")[0])
    assert drawn["handshake.websocket"] == {"", "drop", "reset", "delay", "reject"}
    assert {"", "drop", "duplicate", "reorder", "close", "reset", "delay", "push"} <= drawn["heartbeat.pong"]
