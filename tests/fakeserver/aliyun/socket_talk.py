"""What the tests of the interaction socket share."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from websockets.sync.client import connect as connect_sync

from avatarwire.fakeserver.aliyun import FakeAliyun
from avatarwire.fakeserver.clock import VirtualClock
from tests.fakeserver.aliyun.running import LIMIT, SERIAL, Line, Serve, Started, start

HEARTBEAT: Final = bytes.fromhex("0e01ff") + SERIAL + b"{}"


HEARTBEAT_ANSWER: Final = bytes.fromhex("0f01ff") + SERIAL + b"{}"


class Talk:
    """A fake on a virtual clock, and lines to its sessions.

    Attributes:
        fake, clock: the fake and its time.
    """

    def __init__(self, serve: Serve, **changes: Any) -> None:
        self.clock = VirtualClock()
        self.fake: FakeAliyun = serve(
            **{"clock": self.clock, "verify_signatures": False, "polls_until_ready": 0, **changes}
        )

    @contextmanager
    def line(
        self, session: Started | None = None, *, ready: bool = True, close_timeout: float = LIMIT
    ) -> Generator[Line]:
        """A line to a session, its channel prepared; the fake's answer to a close frame may take so many seconds."""
        session = session or start(self.fake)
        with connect_sync(session.url, proxy=None, close_timeout=close_timeout) as socket:
            line = Line(socket, session)
            if ready:
                line.prepare()
            yield line

    def advance(self, seconds: float) -> None:
        self.fake.advance(seconds)


def nothing_more(line: Line) -> None:
    """Nothing was on its way: the next thing to come is the answer to a heartbeat."""
    line.socket.send(HEARTBEAT)
    assert line.raw() == HEARTBEAT_ANSWER


def shown(packets: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    """Text and end mark of packets."""
    return [(each["content"], each["finish"]) for each in packets]
