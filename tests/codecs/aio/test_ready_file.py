"""What `avatarwire serve` writes for clients is all that a driver needs."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest

from avatarwire.fakeserver import vendors
from avatarwire.fakeserver.loop_clock import LoopClock
from tests.jumping import JumpingLoop, run

WORDS = "Good evening, and welcome to all of you."


@pytest.mark.parametrize("vendor", vendors.VENDORS)
def test_a_vendors_part_of_the_ready_file_is_a_place(vendor: str) -> None:
    driver: Any = import_module(f"avatarwire.codecs.{vendor}.aio")

    async def main(loop: JumpingLoop) -> str:
        async with vendors.VENDORS[vendor].make(clock=LoopClock(loop)) as fake:
            place = json.loads(json.dumps(dict(fake.ready)))
            async with driver.connect(place) as session:
                return str((await session.say(WORDS)).text)

    assert WORDS in run(main)[0]
