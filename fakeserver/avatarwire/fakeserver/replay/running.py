"""What a replay remembers: which sessions run what, which client does what; and what a vendor does in its own way.

Only these values live here. What is looked for is in ``finding.py``, what is said in ``player.py``.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from avatarwire.fakeserver.effects import CallBack, Incoming, Publish, Send
from avatarwire.fakeserver.replay.ids import Ids
from avatarwire.fakeserver.replay.recording import Exchange, Key, Said

__all__ = ["Flow", "Found", "Parts", "Run", "Utterance", "Waiting"]


class Parts(Protocol):
    """What a vendor does in its own way when it is replayed.

    Attributes:
        tokens: operations that issue tokens: the fake answers them, in the form of the trace.
        own: members of which the fake has values of its own, whatever was recorded.
        repeats: members by which a call is known that is made again, by its message.
        header_bytes: of a message of a socket, before what it says.
    """

    @property
    def header_bytes(self) -> int: ...

    @property
    def tokens(self) -> frozenset[str]: ...
    @property
    def own(self) -> frozenset[str]: ...
    @property
    def repeats(self) -> Mapping[str, tuple[str, ...]]: ...

    def value(self, name: str, value: str, run: Run | None, asked_by: str) -> str | None:
        """The fake's own value of a member; None for one like any other.

        Args:
            name: of the member.
            value: as recorded.
            run: whose it is; None for no session.
            asked_by: whom the call was sent to, for URLs.
        """
        ...

    def sends(self, said: Utterance, asked: bytes | None) -> Send | Publish | CallBack:
        """What goes out.

        Args:
            said: what.
            asked: the recorded bytes of what it follows.
        """
        ...


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that is to be said, with the ids of now.

    Attributes:
        said: as recorded.
        header: recorded bytes before what it says.
        text: what it says; None for what is no text.
        body: the same as JSON values; None where it was not decoded.
        run: whose it is.
        cause: what it answers; None for what comes by itself.
    """

    said: Said
    header: bytes
    text: str | None
    body: Any
    run: Run
    cause: Incoming | None

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return (self.said.data or b"") if self.text is None else self.header + self.text.encode()


@dataclass(slots=True, eq=False)
class Waiting:
    """What is still to be said.

    Attributes:
        items: in order.
        found: what it follows.
        cause: what it answers.
    """

    items: deque[Said]
    found: Found
    cause: Incoming | None


class Run:
    """A session of a client that runs a recorded one.

    Attributes:
        recorded: id of the session in the trace; another one where it turns out to be that.
        id: its id now.
        ids: what stands for what.
        used: how often each exchange was used, by its number.
        account: whose it is.
        connections: the connection that each of the trace is now.
        open: connections of sockets that are open, by the path of the socket, the newest last.
        secrets: what was handed out, by the name of the member.
        waiting: what waits for an exchange, by its number.
        progress: by kind of exchange, the number of the last that was used.
    """

    def __init__(self, recorded: str, made: set[str], rng: random.Random, account: Any) -> None:
        self.recorded = recorded
        self.ids: Final = Ids()
        self.ids.make(sorted(made), rng)
        self.id: Final = self.ids.now(recorded)
        self.account: Final = account
        self.used: Final[dict[int, int]] = {}
        self.connections: Final[dict[str, str]] = {}
        self.open: Final[dict[str, list[str]]] = {}
        self.secrets: Final[dict[str, str]] = {}
        self.waiting: Final[dict[int, list[Waiting]]] = {}
        self.progress: Final[dict[Key, int]] = {}

    def behind(self, key: Key) -> int:
        """Number of the exchange of another kind that was used last."""
        return max((number for other, number in self.progress.items() if other != key), default=0)


@dataclass(frozen=True, slots=True)
class Found:
    """What was recorded of something that came in.

    Attributes:
        exchange: which.
        run: the session; None for none.
        echo: ids that only its answers have, by name and recorded value.
        flow: which client.
    """

    exchange: Exchange
    run: Run | None
    echo: Mapping[tuple[str, Any], Any]
    flow: Flow


class Flow:
    """What one client does, from its login on; all clients do one together where nobody logs in.

    Attributes:
        used: how often each exchange without a session was used, by its number.
        runs: the newest session that runs a recorded one.
    """

    def __init__(self) -> None:
        self.used: Final[dict[int, int]] = {}
        self.runs: Final[dict[str, Run]] = {}
