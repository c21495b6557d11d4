"""What the fake SenseTime has beside other fakes, for the mutants of it."""

from __future__ import annotations

from typing import Any, cast

from avatarwire.fakeserver.mutant import Patches
from avatarwire.fakeserver.sensetime.live import Live
from avatarwire.fakeserver.sensetime.lives import Lives
from avatarwire.fakeserver.sensetime.microphone import Microphone
from avatarwire.fakeserver.sensetime.sockets import Peer, Sockets
from avatarwire.fakeserver.sensetime.state import SenseTimeState

__all__ = ["lives_of", "speaker", "state_of"]


def state_of(patches: Patches) -> SenseTimeState:
    """What the fake remembers."""
    state: SenseTimeState = cast("Any", patches.server).state
    return state


def lives_of(patches: Patches) -> Lives:
    """Its lives."""
    return state_of(patches).lives


def speaker(patches: Patches, live: Live) -> tuple[Peer, Microphone] | None:
    """Who speaks into a live, if anybody has a socket."""
    sockets: Sockets = vars(patches.server)["_behaviour"].sockets
    return sockets.speaker(live)
