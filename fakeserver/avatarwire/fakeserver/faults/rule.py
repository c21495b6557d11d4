"""What a rule of message faults says: which messages it is about, how often it acts, and what it does then.

Only the declaration lives here. Whether a rule can act at all is found out in `checking.py`, what acting means in
`plane.py` and `changes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from avatarwire.codecs.core.carrier import Transport
from avatarwire.fakeserver.clock import LONGEST
from avatarwire.fakeserver.effects import FrameForm
from avatarwire.fakeserver.scenario import ScenarioTable

__all__ = ["ACTIONS", "HANDSHAKES", "MQTT_HANDSHAKE", "WEBSOCKET_HANDSHAKE", "Action", "Do", "Fault", "Transport"]

Do: TypeAlias = Literal[
    "drop",
    "delay",
    "duplicate",
    "reorder",
    "set",
    "remove",
    "corrupt",
    "truncate",
    "replace",
    "frame",
    "close",
    "reset",
    "hang",
    "reject",
    "answer",
    "command",
]

_Seconds = Annotated[float, Meta(ge=0, le=LONGEST)]
_Count = Annotated[int, Meta(ge=1)]

WEBSOCKET_HANDSHAKE: Final = "handshake.websocket"
MQTT_HANDSHAKE: Final = "handshake.mqtt"
HANDSHAKES: Final = (WEBSOCKET_HANDSHAKE, MQTT_HANDSHAKE)
"""Ids of what opens a connection."""


class Fault(ScenarioTable, kw_only=True, frozen=True):
    """One rule: which messages, which of them, and what is done to those.

    The first rule of a fake that matches a message acts on it. What the attributes from `seconds` on mean, and which
    of them an action takes, says `ACTIONS`.

    Attributes:
        message: catalogue id, or a pattern with ``*`` and ``?``; ``*`` for any.
        do: what is done.
        transport: ``http``, ``ws``, ``mqtt`` or ``callback``; None for any.
        direction: ``out`` from the fake, ``in`` from the client; None for ``out``, and for ``in`` where the message is
            a handshake or the action answers requests.
        session: id of the session concerned; None for any.
        where: wire path and value, all of which the message has to have.
        skip: matches that pass first.
        times: how often it acts then; None for always.
        toxicity: chance of acting, 0 to 1.
        after, until: seconds on the fake's clock since it started, between which it acts.
    """

    do: Annotated[Do, Meta(description="what is done")]
    message: Annotated[str, Meta(min_length=1, description="catalogue id or pattern")] = "*"
    transport: Annotated[Transport | None, Meta(description="of those on this transport; none: any")] = None
    direction: Annotated[Literal["out", "in"] | None, Meta(description="from the fake, or from the client")] = None
    session: Annotated[str | None, Meta(description="of this session; none: any")] = None
    where: Annotated[dict[str, Any], Meta(description="wire paths and the values that have to stand there")] = (
        msgspec.field(default_factory=dict[str, Any])
    )
    skip: Annotated[int, Meta(ge=0, description="matches that pass first")] = 0
    times: Annotated[_Count | None, Meta(description="how often it acts; none: always")] = None
    toxicity: Annotated[float, Meta(ge=0, le=1, description="chance of acting")] = 1.0
    after: Annotated[_Seconds | None, Meta(description="seconds since the start from which on it acts")] = None
    until: Annotated[_Seconds | None, Meta(description="seconds since the start until which it acts")] = None
    seconds: Annotated[_Seconds | None, Meta(description="delay; duplicate: between the copies")] = None
    jitter: Annotated[_Seconds | None, Meta(description="delay: so much more or less, uniform")] = None
    overtake: Annotated[bool | None, Meta(description="delay: later messages do not wait")] = None
    copies: Annotated[Annotated[int, Meta(ge=1, le=1000)] | None, Meta(description="duplicate: how many more")] = None
    by: Annotated[_Count | None, Meta(description="reorder: behind so many later messages")] = None
    fields: Annotated[
        dict[str, Any] | list[str] | None, Meta(description="set, answer: values by wire path; remove: wire paths")
    ] = None
    bits: Annotated[_Count | None, Meta(description="corrupt: how many bits are flipped")] = None
    bytes: Annotated[Annotated[int, Meta(ge=0)] | None, Meta(description="truncate: how many bytes are kept")] = None
    data: Annotated[str | None, Meta(description="replace: the whole message, as hex digits")] = None
    form: Annotated[FrameForm | None, Meta(description="frame: of the WebSocket frames")] = None
    frames: Annotated[Annotated[int, Meta(ge=2, le=1000)] | None, Meta(description="frame: how many fragments")] = None
    code: Annotated[int | str | None, Meta(description="close: of the close frame; reject: of the failure")] = None
    reason: Annotated[str | None, Meta(description="close, reject: in words")] = None
    status: Annotated[Annotated[int, Meta(ge=200, le=599)] | None, Meta(description="reject: HTTP status")] = None
    body: Annotated[Any | UnsetType, Meta(description="reject, answer: the whole body, a table or a text")] = UNSET
    headers: Annotated[dict[str, str] | None, Meta(description="reject: further headers of the answer")] = None
    commit: Annotated[bool | None, Meta(description="reject: the state changes all the same")] = None
    command: Annotated[str | None, Meta(description="command: which command of the fake is given")] = None
    arguments: Annotated[dict[str, Any] | None, Meta(description="command: its arguments beside the session")] = None

    def said(self) -> dict[str, Any]:
        """What it says beyond the defaults, by name: what another `Fault` is made of."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in values.items() if name == "do" or value != getattr(_PLAIN, name)}


_PLAIN: Final = Fault(do="drop")
"""A rule that says nothing else."""


class Action(NamedTuple):
    """What an action takes.

    Attributes:
        text: what it does, one line.
        keys: attributes of a `Fault` that it reads, beside those of every rule.
        needed: of them, those that have to be given; of several in one text with ``|``, one.
    """

    text: str
    keys: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


ACTIONS: Final[Mapping[Do, Action]] = MappingProxyType(
    {
        "drop": Action("the message is lost; an HTTP connection is closed without a byte"),
        "delay": Action(
            "the message comes later, and what follows waits for it", ("seconds", "jitter", "overtake"), ("seconds",)
        ),
        "duplicate": Action("the message comes again", ("copies", "seconds")),
        "reorder": Action("the message comes behind later ones of its session", ("by",)),
        "set": Action("members have other values", ("fields",), ("fields",)),
        "remove": Action("members are missing", ("fields",), ("fields",)),
        "corrupt": Action("bits are flipped", ("bits",)),
        "truncate": Action("only the first bytes come", ("bytes",), ("bytes",)),
        "replace": Action("other bytes come in its place", ("data",), ("data",)),
        "frame": Action("the message comes in WebSocket frames of another form", ("form", "frames"), ("form",)),
        "close": Action("the connection is closed in the place of the message", ("code", "reason")),
        "reset": Action("the connection is reset in the place of the message"),
        "hang": Action("the connection stays open, and nothing comes on it any more"),
        "reject": Action(
            "the request fails, in the vendor's own form or as given",
            ("status", "code", "reason", "body", "headers", "commit"),
        ),
        "answer": Action("the answer is another one", ("body", "fields"), ("body|fields",)),
        "command": Action("a command of the fake is given beside the message", ("command", "arguments"), ("command",)),
    }
)
"""What there is to do."""
