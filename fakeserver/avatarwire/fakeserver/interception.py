"""How somebody stands between carriers and behaviour, and may do something to what passes, such as faults.

Only the seam lives here: what the hub asks, and what it hands over. Rules of faults are in `faults/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from avatarwire.fakeserver.carrier import Carrier
from avatarwire.fakeserver.effects import Behaviour, CallBack, Incoming, Leaving, Publish
from avatarwire.fakeserver.journal.store import Bytes

__all__ = ["Arrival", "Interceptor", "Nobody"]


@dataclass(slots=True)
class Arrival:
    """Something that came in, on its way to behaviour.

    Attributes:
        carrier: the connection it came on.
        data: what came.
        behaviour: what takes it.
        received: what was read of it.
        raw, meta, headers, status: for the journal.
        recorded: whether the journal has it.
        blame: whether the client is to blame for what is found out about it from now on.
    """

    carrier: Carrier
    data: Any
    behaviour: Behaviour[Any]
    received: Incoming
    raw: Bytes | None
    meta: Mapping[str, object]
    headers: tuple[tuple[str, str], ...]
    status: int | None
    recorded: bool = False
    blame: bool = True

    def again(self, data: Any, received: Incoming) -> Arrival:
        """The same with other data, which the client has not sent, and what was read of those."""
        return replace(self, data=data, received=received, blame=False)


class Interceptor(Protocol):
    """Whoever may do something to messages on their way, such as faults.

    Attributes:
        incoming, outgoing: whether it wants to be asked about what comes in, or goes out.
    """

    @property
    def incoming(self) -> bool: ...
    @property
    def outgoing(self) -> bool: ...

    def enters(self, arrival: Arrival) -> bool:
        """Whether it takes charge of something that came in."""
        ...

    def leaves(self, effect: Leaving, carrier: Carrier) -> bool:
        """Whether it takes charge of something that goes out on a connection."""
        ...

    def hands_over(self, effect: Publish | CallBack) -> bool:
        """Whether it takes charge of a message for a broker, or of a callback."""
        ...

    def connects(self, carrier: Carrier, go: Callable[[], object], refuse: Callable[[int], object]) -> bool:
        """Whether it takes charge of the CONNECT of an MQTT client."""
        ...

    def forget(self, place: str) -> None:
        """A connection is gone."""
        ...

    def withholds(self, place: str, session: str) -> bool:
        """Whether something of a connection, or of a session, is held back: its client does not know of it yet."""
        ...


class Nobody:
    """Leaves everything as it is."""

    incoming = False
    outgoing = False

    def enters(self, arrival: Arrival) -> bool:
        return False

    def leaves(self, effect: Leaving, carrier: Carrier) -> bool:
        return False

    def hands_over(self, effect: Publish | CallBack) -> bool:
        return False

    def connects(self, carrier: Carrier, go: Callable[[], object], refuse: Callable[[int], object]) -> bool:
        return False

    def forget(self, place: str) -> None:
        pass

    def withholds(self, place: str, session: str) -> bool:
        return False
