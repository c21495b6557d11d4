"""What is done to a fake, one thing after the other, as plain data.

A step knows nothing of what comes of it: it names sessions and connections by numbers, and has ids filled in when it
is carried out. So any steps make a game, also those that are left when others are taken out.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from ..probing.freedoms import Allowed

__all__ = ["Do", "Sort", "State", "Step"]

Do: TypeAlias = Literal[
    "start", "connect", "call", "send", "raw", "close", "wait", "command", "receive", "snapshot", "restore", "set"
]
"""start: a session is begun as documented. connect: a connection of a session. call: an HTTP call. send: a message on
a connection. raw: bytes that need not be anything, on a new connection or an open one. close: a connection is closed.
wait: time passes. command: an event of the vendor. receive: how the customer's receiver of callbacks answers from now
on. snapshot: one is taken of the fake. restore: the latest one is put in, if there is one. set: tunables of the fake,
which is made when the first step comes that is another one."""

Sort: TypeAlias = Literal["", "valid", "mutation", "variant", "corrupt", "invented"]
"""What the data of a step is: none; a valid message; one in which a rule is broken; a documented variant; a message of
which some bytes were changed; anything."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that is done.

    Attributes:
        do: what.
        message: catalogue id of a message; name of a command.
        data: bytes in hex: what travels.
        text: arguments of a command, or tunables, as a JSON object.
        how: in which way, where there are several: by whom a call is signed, say. An unknown one is the usual one.
        which: number of the session or connection, modulo how many there are; the last ones first.
        fill: 0 sends the data as they are; n puts the n-th last known value in the place of each id in it.
        seconds: that pass.
        sort: what the data is.
        clause, path, label: of a mutation or variant: rule or erratum, where, and what was done.
    """

    do: Do
    message: str = ""
    data: str = ""
    text: str = ""
    how: str = ""
    which: int = 0
    fill: int = 0
    seconds: float = 0.0
    sort: Sort = ""
    clause: str = ""
    path: str = ""
    label: str = ""

    @property
    def sent(self) -> bytes:
        """The bytes that travel, before ids are filled in."""
        try:
            return bytes.fromhex(self.data)
        except ValueError:
            return b""


class State(msgspec.Struct, frozen=True):
    """What there is to go on with, as far as it helps to choose the next step.

    Attributes:
        vendor: whose fake it is.
        steps: how many were carried out.
        sessions: how many were begun.
        connections: sorts of the connections that are open, the oldest first.
        is_saved: whether there is a snapshot to be put in.
        allowed: what may be done: ``documented`` what is right, ``errata`` documented variants of it as well,
            ``faults`` also what a bad network does, ``hostile`` anything.
    """

    vendor: str
    steps: int = 0
    sessions: int = 0
    connections: tuple[str, ...] = ()
    is_saved: bool = False
    allowed: Allowed = "hostile"
