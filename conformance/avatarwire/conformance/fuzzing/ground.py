"""What a game is played on: what each vendor says in its `fuzzing.py`, and the other client, which has to be well."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar, Final, Generic, TypeVar

from ..engine.bench import Bench
from ..engine.case import Differs, NotJudged, Skip
from ..engine.stream import Ended
from ..engine.web_socket import Refused
from ..suites import SUITES
from .player import Player

__all__ = ["Canary", "Ground", "ground_of", "was_cut"]

BenchT = TypeVar("BenchT", bound=Bench)

_MOMENT: Final = 1e-3
"""Seconds in which two things happen at once."""


class Canary(ABC, Generic[BenchT]):
    """Another client, which keeps to the rules.

    Args:
        bench: with which it does what it does.

    Attributes:
        bench: as given.
        busy: held while it does something that has to come to its end.
        trouble: what has gone wrong with it meanwhile.
    """

    def __init__(self, bench: BenchT) -> None:
        self.bench: Final = bench
        self._keeper: asyncio.Task[None] | None = None
        self.busy: Final = asyncio.Lock()
        self.trouble = ""

    @abstractmethod
    async def begin(self) -> Collection[str | int]:
        """Begins a session; the values that nobody else may get to know, the session's id first."""

    @abstractmethod
    async def live(self) -> None:
        """Does for ever what a client has to do so that its session goes on."""

    @abstractmethod
    async def talk(self) -> None:
        """Has something said, and ends its session."""

    @abstractmethod
    async def resume(self) -> None:
        """Goes on in its session when its connection was ended, by another one."""

    @abstractmethod
    async def once_more(self) -> None:
        """Begins another session, and ends it."""

    def lives(self) -> None:
        """From now on it does."""
        self._keeper = asyncio.create_task(self._kept())

    async def _kept(self) -> None:
        try:
            await self.live()
        except (Differs, Ended, Refused, NotJudged, Skip) as error:
            self.trouble = f"{type(error).__name__}: {error}"

    async def rest(self) -> None:
        """And no more."""
        if self._keeper is not None:
            async with self.busy:
                self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)


class Ground(ABC):
    """What a game with a vendor is played on; one of each is in the vendor's `fuzzing.py`.

    Attributes:
        vendor: which.
        tunables: of the fake.
        other: of the endpoint's description, what is different for the other client.
        statuses: of HTTP, that an answer to a call may have.
        situations: what is to have been reached, by name, each in one sentence.
        player, canary: who plays.
        settings: other values of tunables, by name, all of which let a client be well that keeps to the rules.
        ways: of steps, by what is done: in which ways there are.
        has_broker: whether there is an MQTT broker beside the HTTP port.
    """

    vendor: ClassVar[str]
    tunables: ClassVar[Mapping[str, Any]]
    other: ClassVar[Mapping[str, Any]]
    statuses: ClassVar[frozenset[int]]
    situations: ClassVar[Mapping[str, str]]
    player: ClassVar[type[Player[Any]]]
    canary: ClassVar[type[Canary[Any]]]
    ways: ClassVar[Mapping[str, Sequence[str]]]
    settings: ClassVar[Mapping[str, Sequence[Any]]]
    has_broker: ClassVar[bool] = False
    commands: ClassVar[Mapping[str, Sequence[Mapping[str, Any]]]]
    """Arguments of commands, beside the session."""
    often: ClassVar[Mapping[str, int]]
    """Messages that lead on, and how many times as often as others they are sent."""

    @abstractmethod
    def seen(self, entry: Any, player: Player[Any], sessions: Mapping[str, Mapping[str, Any]], said: Any) -> None:
        """One more entry of the journal: which situations have been reached, goes to the player.

        Args:
            entry: of the journal.
            player: whose game it is.
            sessions: what the fake remembers of each, by id.
            said: what its avatars were to say.
        """

    def ready(self, player: Player[Any]) -> None:
        """The player is there."""
        del player

    def is_no_message(self, data: bytes) -> bool:
        """Whether something that came on a connection need not be a message that is documented."""
        del data
        return False

    async def open(self, tunables: dict[str, Any]) -> Callable[[], Awaitable[object]]:
        """Opens what has to be there before the fake; what closes it again."""
        del tunables

        async def nothing() -> None:
            return

        return nothing


def ground_of(vendor: str) -> Ground:
    """That of a vendor."""
    made: type[Ground] = import_module(f"{SUITES[vendor].package}.fuzzing").GROUND
    return made()


def was_cut(said: Sequence[Any], session: str, at: float) -> bool:
    """Whether something that was being said in a session was over before its end at a time."""
    return any(
        each.session == session and each.state == "cut" and abs((each.ended or 0.0) - at) < _MOMENT for each in said
    )
