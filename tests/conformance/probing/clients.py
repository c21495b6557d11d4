"""Clients for tests: how each behaves is all that matters, so that most of them talk to nobody."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Any

from avatarwire.conformance.probing.adapter import Given
from avatarwire.conformance.probing.drivers import Driver

__all__: list[str] = []


class Fine(Driver):
    """The driver of the project."""


class Silent:
    """Says nothing to anybody."""

    async def start(self, place: Given) -> None:
        self.place = place

    async def say(self, text: str) -> None:
        del text

    async def stop(self) -> None:
        return


class Refusing(Silent):
    async def say(self, text: str) -> None:
        raise ValueError(f"not {text}")


class Reporting(Silent):
    """Tells of trouble by an event."""

    async def say(self, text: str) -> None:
        self.place.report(f"lost: {text}")


class Hanging(Silent):
    async def say(self, text: str) -> None:
        await asyncio.Event().wait()


class Turning(Silent):
    """Is busy for ever, and lets the loop go on."""

    async def say(self, text: str) -> None:
        while True:  # noqa: ASYNC110 - that is what is wrong with it
            await asyncio.sleep(0)


class Spinning(Silent):
    """Is busy for ever, and lets nothing go on; catches all that it can."""

    async def say(self, text: str) -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: S112 - as above
                continue


class Blocking(Silent):
    """Waits, and lets nothing go on."""

    async def say(self, text: str) -> None:
        threading.Event().wait(3600)


class Dying(Silent):
    async def say(self, text: str) -> None:
        os._exit(3)


class Careless(Silent):
    """Never looks at a task that fails."""

    async def say(self, text: str) -> None:
        _ = asyncio.create_task(self._fail())  # noqa: RUF006 - that is what is wrong with it
        await asyncio.sleep(1)

    async def _fail(self) -> None:
        raise KeyError("messageId")


class Leaving(Driver):
    """Does not end its session."""

    async def stop(self) -> None:
        return


class Repeating(Driver):
    """Says everything twice."""

    async def say(self, text: str) -> None:
        await super().say(text)
        await super().say(text)


class Threaded:
    """Its methods block: it lives in threads, and on real time."""

    def start(self, place: Given) -> None:
        self.place: Any = place

    def say(self, text: str) -> None:
        raise TimeoutError(text)

    def stop(self) -> None:
        return


class Unfinished:
    """No adapter."""

    async def start(self, place: Given) -> None:
        del place


NO_CLASS = 3
