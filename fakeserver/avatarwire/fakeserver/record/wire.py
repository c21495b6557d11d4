"""What a recording has to know of a vendor, as data: how what passes is read, and what is signed anew.

Each vendor has one such value (``<vendor>/recorded.py``); nothing vendor-specific lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias

import msgspec

from avatarwire.codecs.core.findings import Finding, clauses_of
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpCall, session_asked_for
from avatarwire.fakeserver.http.exchange import Check
from avatarwire.fakeserver.http.validation import Validation

__all__ = ["UNSIGNED", "Hear", "Heard", "Sender", "Signed", "Signing", "Socket", "Wire", "heard", "unread"]

Sender: TypeAlias = Literal["client", "server"]


class Heard(msgspec.Struct):
    """A message that has passed, as far as it was understood.

    Attributes:
        message: catalogue id; empty where it is none.
        body: what it says.
        deviations, violations: what was noticed.
        audio: whether its bytes are audio.
        session: id of the session, where the connection does not say.
        asks: by what an answer to it can be known; empty where nothing answers it.
        answers: by what it is known as an answer; empty where it is none.
    """

    message: str = ""
    body: object = None
    deviations: tuple[str, ...] = ()
    violations: tuple[Finding, ...] = ()
    audio: bool = False
    session: str = ""
    asks: tuple[str, ...] = ()
    answers: str = ""


Hear: TypeAlias = Callable[[bytes | str, Sender], Heard]
"""Reads a message by who has sent it; never raises."""


class Socket(NamedTuple):
    """A WebSocket of the vendor.

    Attributes:
        listen: makes what reads the messages of one connection, which may remember them.
        session: id of the session, from the query of the handshake; empty for none.
    """

    listen: Callable[[], Hear]
    session: Callable[[str], str] = session_asked_for


class Signed(NamedTuple):
    """What has become of the proof in a call that goes to another host than the client has called.

    Attributes:
        headers: that are others now, by the name in lower case.
        violations: what is wrong with the client's own proof; it stays wrong.
        missing: why it cannot be made anew; empty where it can, or need not be.
    """

    headers: Mapping[str, str] = {}
    violations: tuple[Finding, ...] = ()
    missing: str = ""


UNSIGNED: Final = Signed()


class Signing(Protocol):
    """Makes proofs anew that cover the host."""

    def __call__(self, call: HttpCall, host: str, now: float, /) -> Signed:
        """What the call needs to be as good at `host` as it was here, and as bad.

        Args:
            call: as the client has made it.
            host: value of the header Host that it gets.
            now: epoch seconds.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How what passes between clients and a vendor is read.

    Attributes:
        operations: of HTTP.
        validation: how the parameters of a call are judged.
        checks: what a call is held to before, as far as that needs no memory.
        sockets: by path.
        socket_keys: key of the ready file with the URL of a socket, and the socket's path.
        delivery: reads what is published by MQTT, on all connections; None for a vendor without.
        callback: reads a callback; None for a vendor without.
        header_bytes: of a binary message that are no audio.
        secret_headers: whose values are secret although no name says so.
        secrets: texts that are secret in an answer although no name says so, by the id of the operation.
        signing: makes proofs anew; None where they do not depend on the host.
        lacking: what that needs, and the ready file does not have, in words.
    """

    operations: Sequence[Operation[Any, Any]]
    validation: Validation
    checks: tuple[Check[Any], ...] = ()
    sockets: Mapping[str, Socket] = field(default_factory=dict[str, Socket])
    socket_keys: Mapping[str, str] = field(default_factory=dict[str, str])
    delivery: Hear | None = None
    callback: Callable[[bytes], Heard] | None = None
    header_bytes: int = 0
    secret_headers: tuple[str, ...] = ()
    secrets: Mapping[str, Callable[[Any], tuple[str, ...]]] = field(
        default_factory=dict[str, Callable[[Any], tuple[str, ...]]]
    )
    signing: Signing | None = None
    lacking: tuple[str, ...] = ()


def unread(error: CodecError, clause: str) -> Heard:
    """A message that cannot be read.

    Args:
        error: why.
        clause: that it breaks, where the error names none.
    """
    path = error.path or (f"byte {error.offset}" if error.offset is not None else "")
    return Heard(violations=(Finding(error.clause or clause, path, error.reason, error.expected),))


def heard(message: str, body: object, findings: Sequence[Finding], **more: Any) -> Heard:
    """A message that was read, with what was noticed."""
    return Heard(message, body, clauses_of(findings), tuple(findings), **more)
