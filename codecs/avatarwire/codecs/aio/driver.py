"""What the sessions of all vendors have in common: their events, their calls, and that they end.

Only that lives here; what a call does is a vendor's own.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Final, Generic, Self, TypeAlias, TypeVar

from ..core.pcm import Pcm
from ..errors import AvatarwireError, ConnectionLostError, LocalProtocolError, UnsupportedError, ValidationError, shown
from .feed import Feed
from .waiting import to_the_end

__all__ = ["Answer", "Driver", "Speech", "next_piece", "pieces"]

EventT = TypeVar("EventT")

LONGEST: Final = 1e9
"""Seconds; `timeout` is below that."""

Speech: TypeAlias = Pcm | Iterable[bytes] | AsyncIterable[bytes]
"""Raw PCM: all of it, or in pieces of any size as they come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a text or of speech.

    Attributes:
        text: what the avatar says, as far as the service reports it.
        heard: what the service recognised of speech.
        interrupted: whether we have interrupted it.
        event: the vendor's own event of its end; None where there is none.
    """

    text: str = ""
    heard: str = ""
    interrupted: bool = False
    event: Any = field(default=None, repr=False)


class Driver(ABC, Generic[EventT]):
    """One session with a service.

        async with connect(place) as session:
            answer = await session.say("Where is the library?")

    Entering the block starts the session, leaving it ends the session at the service, also after an error or a
    cancellation. ``async for event in session`` gives all that happened since it was started, beside any calls, and
    ends with the session. Calls may be made from several tasks. Each ends: with a result, with `TimeoutError` when
    nothing came for `timeout` seconds, which start anew with every sign of progress, or with an `AvatarwireError`.

    Attributes:
        timeout: seconds of silence.
    """

    vendor: ClassVar[str]

    def __init__(self, timeout: float) -> None:
        # Not a number, or an endless wait.
        if type(timeout) not in (int, float) or not 0 < timeout < LONGEST:
            raise ValidationError(
                f"got {shown(timeout)}", vendor=self.vendor, path="timeout", expected="a number of seconds above 0"
            )
        self.timeout: Final = timeout
        self._feed: Final = Feed[EventT]()
        self._stopping: Final = asyncio.Lock()
        self._entered = False
        self._stopped = False
        self._lost: ConnectionLostError | None = None

    @property
    def dropped(self) -> int:
        """Events that were dropped because nobody read them."""
        return self._feed.dropped

    def __aiter__(self) -> AsyncIterator[EventT]:
        return self._feed

    async def __aenter__(self) -> Self:
        if self._entered or self._stopped:
            raise LocalProtocolError("a session is entered once; another one needs another connect()")
        self._entered = True
        try:
            await self._open()
        except BaseException as error:
            await self._leave(error)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._leave(error)

    @abstractmethod
    async def say(self, text: str) -> Answer:
        """Has the avatar deal with a text; returns when the service said that it was spoken, or has answered it.

        Raises:
            TimeoutError: nothing came for `timeout` seconds.
            RefusedError: the service does not do it.
            ConnectionLostError: the connection or the session ended before; nobody knows whether it was spoken.
            AvatarwireError: the text cannot be sent.
        """

    async def interrupt(self) -> None:
        """Stops what is being spoken and what waits to be.

        Raises:
            UnsupportedError: the vendor cannot.
            AvatarwireError, TimeoutError: as for `say`.
        """
        raise UnsupportedError(f"{self.vendor} cannot interrupt")

    async def speak(self, pcm: Speech) -> Answer:
        """Speaks to the avatar: 16 kHz, 16 bits, mono, little-endian; returns what `say` would.

        Raises:
            UnsupportedError: the vendor takes no speech.
            AvatarwireError, TimeoutError: as for `say`.
        """
        raise UnsupportedError(f"{self.vendor} takes no speech")

    async def stop(self) -> None:
        """Ends the session at the service and closes the connection; nothing more happens when called again.

        Raises:
            AvatarwireError, TimeoutError: nobody knows whether it has ended there; leaving the block tries again.
        """
        async with self._stopping:
            if not self._stopped:
                self._over(ConnectionLostError("the session was stopped"))
                try:
                    await self._stop()
                    self._stopped = True
                finally:
                    self._feed.end()

    # --- for vendors ---

    @abstractmethod
    async def _open(self) -> None:
        """Starts the session."""

    @abstractmethod
    async def _stop(self) -> None:
        """Ends it at the service and closes the connection, however far it had come."""

    @abstractmethod
    async def _close(self) -> None:
        """Gives back what is still held, such as an HTTP client; the session has ended, or cannot be."""

    def _over(self, error: ConnectionLostError) -> None:
        """The session is over: no call can be done any more, and none can be made. The first reason counts."""
        if self._lost is None:
            self._lost = error

    def _check_going(self) -> None:
        if not self._entered:
            raise LocalProtocolError("the session has not been started: async with connect(place) as session")
        if self._lost is not None:
            raise ConnectionLostError(self._lost.reason, code=self._lost.code)

    async def _leave(self, error: BaseException | None) -> None:
        """The block is left; an error that led to it goes before one of the end."""
        try:
            await to_the_end(self._ended(), 4 * self.timeout, "the end of the session")
        except (AvatarwireError, TimeoutError) as failure:
            if error is None:
                raise
            error.add_note(f"the session could not be ended either: {failure}")

    async def _ended(self) -> None:
        try:
            await self.stop()
        finally:
            await self._close()


async def next_piece(source: AsyncIterator[Pcm]) -> Pcm | None:
    """The next piece of speech; None at its end."""
    return await anext(source, None)


async def pieces(pcm: Speech) -> AsyncGenerator[Pcm, None]:
    """Speech piece by piece."""
    if isinstance(pcm, bytes | bytearray | memoryview):
        yield bytes(pcm)
    elif isinstance(pcm, AsyncIterable):
        async for piece in pcm:
            yield piece
    elif not hasattr(pcm, "__iter__"):
        raise ValidationError(f"got {shown(pcm)}", path="pcm", expected="bytes, or an iterable of bytes")
    else:
        for piece in pcm:
            yield piece
