"""Judges our drivers: client and fake are in one loop, whose time jumps, so that no program is started and none waits.

That `avatarwire.conformance.clients.program` does the same in a process, `published_clients.py` shows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.conformance.clients import bench
from avatarwire.conformance.clients.program import talked
from avatarwire.conformance.engine.running import Plan
from avatarwire.conformance.fakes import Fake, fake
from avatarwire.conformance.judge import Outcome, WantedOfClient, judge_client
from avatarwire.conformance.probing.drivers import Driver
from avatarwire.conformance.probing.engines import JUMPING
from avatarwire.conformance.suites import SUITES

__all__ = ["driver_judged"]

_COMMAND: Final = (f"{Driver.__module__}:{Driver.__name__}",)
"""What stands for the client in reports."""
_PATIENCE: Final = 30.0
"""Seconds of the loop, in which each of our drivers gives up waiting by itself."""


def driver_judged(vendor: str) -> Outcome:
    """What all cases about clients say of a vendor's driver."""
    wanted = WantedOfClient(
        vendor, _COMMAND, list(SUITES[vendor].client.values()), Plan(side="client", workers=1), _PATIENCE
    )
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner(loop_factory=JUMPING.new_loop) as runner:
        patch.setattr(bench, "Group", _InThisLoop)
        patch.setattr(bench, "fake", _fake_of_this_loop)
        return runner.run(judge_client(wanted))


def _fake_of_this_loop(vendor: str, **arguments: Any) -> Fake:
    return fake(vendor, loop=asyncio.get_running_loop(), **arguments)


def _ready(path: str) -> tuple[str, Any]:
    ((vendor, ready),) = json.loads(Path(path).read_text()).items()
    return vendor, ready


class _InThisLoop:
    """Stands in for `avatarwire.conformance.probing.processes.Group`: does what the program does."""

    def __init__(self, ended: Callable[[int | None, str], object], env: Mapping[str, str]) -> None:
        self.errors = ""
        self._ended: Final = ended
        self._talking: Final = asyncio.create_task(self._talk(env))

    @classmethod
    async def started(
        cls,
        words: tuple[str, ...],
        said: Callable[[bytes], object],
        ended: Callable[[int | None, str], object],
        *,
        env: Mapping[str, str],
        stdin: bool,
    ) -> _InThisLoop:
        assert (words, stdin) == (_COMMAND, False)
        return cls(ended, env)

    async def _talk(self, env: Mapping[str, str]) -> None:
        vendor, ready = _ready(env["AVATARWIRE_READY"])
        errors = await talked(Driver(), vendor, ready, env["AVATARWIRE_FLOW"], float(env["AVATARWIRE_SECONDS"]))
        self.errors = "\n".join(errors)
        self._ended(int(bool(errors)), "")

    async def end(self) -> None:
        self._talking.cancel()
        await asyncio.wait([self._talking])
        if not self._talking.cancelled():
            self._talking.result()
