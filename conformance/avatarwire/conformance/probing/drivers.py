"""The drivers of this project as a client that can be tried: for a first table, and for their own tests.

It is what an adapter of a user's looks like, for three vendors at once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib import import_module
from typing import Any

from avatarwire.codecs.aio.driver import Driver as Session

from .adapter import Given

__all__ = ["Driver"]


class Driver:
    """Talks by `avatarwire.codecs.<vendor>.aio`."""

    def __init__(self) -> None:
        self._until = AsyncExitStack()
        self._session: Session[Any] | None = None

    async def start(self, place: Given) -> None:
        connect: Callable[[object], Session[Any]] = import_module(f"avatarwire.codecs.{place.vendor}.aio").connect
        self._session = await self._until.enter_async_context(connect(place))

    async def say(self, text: str) -> None:
        await self._open.say(text)

    async def interrupt(self) -> None:
        await self._open.interrupt()

    async def speak(self, pcm: bytes) -> None:
        await self._open.speak([pcm])

    async def stop(self) -> None:
        await self._until.aclose()

    @property
    def _open(self) -> Session[Any]:
        if self._session is None:
            raise RuntimeError("there is no session")
        return self._session
