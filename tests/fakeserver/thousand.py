"""A thousand tests, each with a fake of its own: ``make thousand``, which runs them in two processes.

Nothing of one test may be seen by another: each has the sessions of its own client only, says something of its own, and
ends with a fake that nothing is left of. They are no part of the suite, which has fakes enough; a flake of one in a
thousand is what they look for.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest

from avatarwire.codecs.aliyun.aio import connect as aliyun
from avatarwire.codecs.guiji.aio import connect as guiji
from avatarwire.codecs.sensetime.aio import connect as sensetime
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.server import FakeServer

TESTS: Final = 1000
FAKES: Final[tuple[tuple[Any, type[Any], dict[str, Any]], ...]] = (
    (aliyun, FakeAliyun, {"channel_statuses": ("READY",), "chunk_seconds": 0.0, "first_chunk_seconds": 0.0}),
    (guiji, FakeGuiji, {"characters_per_second": 1000.0, "shortest_text_seconds": 0.01, "silent_seconds": 0.01}),
    (sensetime, FakeSenseTime, {"characters_per_second": 1000.0, "initialising_seconds": 0.0}),
)
"""Driver, fake, and how fast it speaks."""


async def said(connect: Any, fake: FakeServer, text: str) -> None:
    """Has an avatar say a text, by the vendor's driver."""
    async with connect(fake.ready, timeout=30.0) as session:
        await session.say(text)


@pytest.mark.parametrize("number", range(TESTS))
def test_each_has_a_fake_of_its_own(number: int) -> None:
    connect, make, pace = FAKES[number % len(FAKES)]
    text = f"The visitor with the ticket {number} is welcome"
    with make(**pace) as fake:
        asyncio.run(said(connect, fake, text))
        assert len(fake.sessions()) == 1
        assert [each.text for each in fake.said() if "visitor" in each.text] == [text]
        fake.assert_clean()
    assert fake.journal.dropped == 0
