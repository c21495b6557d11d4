"""What ``avatarwire serve`` is told about control: the options, and the endpoint that they make.

Only that lives here; the endpoint itself is in `control/`, the command in `cli.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.located import advertised
from avatarwire.fakeserver.scenario import ScenarioError, ServerTable
from avatarwire.fakeserver.scenario.settings import clock_of

if TYPE_CHECKING:
    from avatarwire.fakeserver.clock import Clock
    from avatarwire.fakeserver.control import Control
    from avatarwire.fakeserver.server import FakeServer

__all__ = ["TOKEN", "ControlOptions", "shared_clock"]

TOKEN: Final = "AVATARWIRE_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
"""Variable of the environment that sets the token."""


@dataclass(frozen=True, slots=True)
class ControlOptions:
    """What was asked for.

    Attributes:
        wanted: whether there is to be control.
        host, port: to listen on.
        token: as the environment has it; empty for one that is made.
        advertise: ``HOST`` or ``HOST:PORT`` of the fakes; None for none.
    """

    wanted: bool
    host: str
    port: int
    token: str
    advertise: str | None

    def make(self, fakes: Mapping[str, FakeServer]) -> Control | None:
        """The endpoint; None where none is wanted.

        Raises:
            FakeServerError: it cannot be so: a wrong host or token, or no token beyond loopback.
        """
        if not self.wanted:
            return None
        from avatarwire.fakeserver.control import Control
        from avatarwire.fakeserver.control.gate import check_token
        from avatarwire.fakeserver.serving import ready_content

        made: list[Control] = []

        def ready() -> Mapping[str, Any]:
            return ready_content(fakes, made[0])

        token = check_token(self.token, TOKEN) if self.token else None
        host = "" if self.advertise is None else advertised(self.advertise).host
        made.append(Control(fakes, ready, host=self.host, port=self.port, token=token, advertise=host))
        return made[0]


def shared_clock(table: ServerTable, file: str, *, controlled: bool) -> Clock | None:
    """The clock of all fakes, which begins at the machine's time; None where each has real time.

    Args:
        table: of the scenario.
        file: where that stands, for the error.
        controlled: whether somebody can move it.

    Raises:
        ScenarioError: nobody can, and it does not move by itself.
    """
    if table.clock == "virtual" and not controlled:
        reason = "time would stand still: nobody can advance it without control"
        raise ScenarioError(file, "server.clock", reason)
    return clock_of(table.clock, RealClock().now())
