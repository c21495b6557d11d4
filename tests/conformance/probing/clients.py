"""Clients for tests: how each behaves is all that matters, so that most of them talk to nobody."""

from __future__ import annotations

import asyncio
import os
import subprocess
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


class Broken(Driver):
    """Does not work at all."""

    async def start(self, place: Given) -> None:
        raise AttributeError("connect")


class Quitting(Silent):
    async def say(self, text: str) -> None:
        raise SystemExit(3)


class Pressing(Silent):
    async def say(self, text: str) -> None:
        raise KeyboardInterrupt


class CancellingAll(Silent):
    """Cancels tasks that are not its own."""

    async def say(self, text: str) -> None:
        for task in asyncio.all_tasks():
            task.cancel()
        await asyncio.sleep(1)


class Stopping(Silent):
    async def say(self, text: str) -> None:
        asyncio.get_running_loop().stop()
        await asyncio.sleep(1)


class Closing(Silent):
    async def say(self, text: str) -> None:
        asyncio.get_running_loop().close()


class Swallowing(Silent):
    """Catches whatever would end its waiting."""

    async def say(self, text: str) -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except BaseException:  # noqa: S112 - that is what is wrong with it
                continue


class Exploding(Silent):
    """Ends its process by an error that is not its call's."""

    async def say(self, text: str) -> None:
        asyncio.get_running_loop().call_soon(self._explode)
        await asyncio.sleep(1)

    def _explode(self) -> None:
        raise KeyboardInterrupt("no key")


class Undone(Driver):
    """Is not finished."""

    async def say(self, text: str) -> None:
        raise NotImplementedError


class NotInterrupting(Driver):
    async def interrupt(self) -> None:
        raise NotImplementedError


class Bare:
    """Can do no more than it has to."""

    def __init__(self) -> None:
        self._driver = Driver()

    async def start(self, place: Given) -> None:
        await self._driver.start(place)

    async def say(self, text: str) -> None:
        await self._driver.say(text)

    async def stop(self) -> None:
        await self._driver.stop()


class Printing(Silent):
    async def say(self, text: str) -> None:
        print("before the text:", text)  # noqa: T201 - it is shown
        raise ValueError(text)


class Begetting(Silent):
    """Leaves a process behind, and says which."""

    async def say(self, text: str) -> None:
        process = subprocess.Popen(["sleep", "600"])  # noqa: ASYNC220, S607 - that is what is wrong with it
        raise ValueError(str(process.pid))


class Generating(Silent):
    async def say(self, text: str) -> Any:
        yield text


class Wordless(Silent):
    async def say(self) -> None:  # type: ignore[override] # that is what is wrong with it
        return


class Unfinished:
    """No adapter."""

    async def start(self, place: Given) -> None:
        del place


NO_CLASS = 3
