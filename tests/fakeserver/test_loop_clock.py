"""A fake may live by a loop's time, as one that jumps."""

from __future__ import annotations

import asyncio

import pytest

from avatarwire.fakeserver.loop_clock import LoopClock
from avatarwire.fakeserver.vendors import VENDORS
from tests.jumping import JumpingLoop, run


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_fakes_time_is_the_loops(vendor: str) -> None:
    async def main(loop: JumpingLoop) -> float:
        async with VENDORS[vendor].factory(loop=loop) as fake:
            before = fake.clock.now()
            loop.jump(3600.0)
            return fake.clock.now() - before

    passed, _ = run(main)
    assert passed == pytest.approx(3600.0, abs=1.0)


def test_its_timers_are_the_loops() -> None:
    async def main(loop: JumpingLoop) -> float:
        rang = asyncio.Event()
        LoopClock(loop).call_later(60.0, rang.set)
        began = loop.time()
        await rang.wait()
        return loop.time() - began

    passed, _ = run(main)
    assert passed == pytest.approx(60.0)
