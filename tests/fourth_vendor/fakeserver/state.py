"""What the fake remembers: its talks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["Talk", "ToyState"]


@dataclass(slots=True)
class Talk:
    """One talk, and the id of the connection that its socket has; empty where none is open."""

    session_id: str
    state: Literal["RUNNING", "ENDED"] = "RUNNING"
    connection: str = ""


class ToyState:
    """All talks, by id."""

    def __init__(self, rng: random.Random) -> None:
        self._rng: Final = rng
        self.talks: Final[dict[str, Talk]] = {}

    def start(self) -> Talk:
        """A new talk."""
        talk = Talk(f"talk-{self._rng.getrandbits(32):08x}")
        self.talks[talk.session_id] = talk
        return talk
