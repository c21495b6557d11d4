"""What calls of the control endpoint take and give, as types: queries, bodies, answers.

Only declarations live here. A caller's names are held against them (`reading.py`), and the OpenAPI document is made
from them (`openapi.py`). What an entry of the journal has none of is left out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from avatarwire.fakeserver.clock import LONGEST

__all__ = [
    "Advance",
    "AnyArguments",
    "ClockState",
    "CommandList",
    "Done",
    "EntryBody",
    "FaultBody",
    "FaultList",
    "Health",
    "JournalPage",
    "JournalQuery",
    "NoQuery",
    "Push",
    "SessionList",
    "State",
    "ToxicBody",
    "ToxicList",
    "ViolationList",
    "ViolationQuery",
]

LONGEST_WAIT = 600.0
"""Real seconds that one call may be held."""

AnyArguments = dict[str, Any]
"""A JSON object whose members depend on something else."""


class _Body(msgspec.Struct, kw_only=True):
    pass


# --- queries ---


class NoQuery(_Body):
    """No parameters."""


class JournalQuery(_Body):
    """Which entries: all that is given has to hold."""

    message: Annotated[str, Meta(description="catalogue id of the message")] | None = None
    session: Annotated[str, Meta(description="id of the session")] | None = None
    direction: Annotated[Literal["in", "out", "note"], Meta(description="from the client, to it, neither")] | None = (
        None
    )
    transport: Annotated[Literal["http", "ws", "mqtt", "callback", "note"], Meta(description="of these")] | None = None
    connection: Annotated[str, Meta(description="id of the connection")] | None = None
    since: Annotated[int, Meta(ge=0, le=2**62, description="only entries after this number")] = 0
    wait: Annotated[
        float, Meta(ge=0, le=LONGEST_WAIT, description="real seconds to wait until there is one that matches")
    ] = 0.0
    limit: Annotated[int, Meta(ge=1, le=2**62, description="no more than so many, the oldest first")] | None = None


class ViolationQuery(_Body):
    """Which violations."""

    level: Annotated[Literal["error", "warning", "note"], Meta(description="of this level")] | None = None
    session: Annotated[str, Meta(description="in this session")] | None = None
    clause: Annotated[str, Meta(description="of this rule")] | None = None
    since: Annotated[int, Meta(ge=0, le=2**62, description="only those after the entry of this number")] = 0
    summary: Annotated[bool, Meta(description="count those of each rule in each session, too")] = False


# --- bodies ---


class Advance(_Body):
    """How far time moves."""

    advance: Annotated[float, Meta(ge=0, le=LONGEST, description="seconds")]


class Push(_Body):
    """What to push."""

    message: Annotated[str, Meta(min_length=1, description="catalogue id of a message that the server sends")]
    body: Annotated[
        Any, Meta(description="its JSON, by wire names; members that name the session are filled in where missing")
    ] = None
    session: Annotated[str, Meta(description="id of the session")] = ""


# --- answers ---


class Health(_Body):
    """It is there."""

    status: Literal["ok"] = "ok"


class Done(_Body):
    """Something was done.

    Attributes:
        done: what.
        mark: number of the journal's latest entry: what comes of it is `since` this.
    """

    done: str
    mark: int | None = None


class ClockState(_Body):
    """A clock.

    Attributes:
        kind: ``real``; ``virtual`` moves when it is told to, ``jump`` also by itself when nothing is under way.
        now: epoch seconds.
        next_due: when the next timer of a virtual clock is due; null for none.
        failures: what failed while time was moved.
    """

    kind: Literal["real", "virtual", "jump"]
    now: float
    next_due: float | None = None
    failures: list[str] = []


class EntryBody(_Body):
    """An entry of the journal; what there is none of is left out."""

    seq: int
    time: float
    transport: Literal["http", "ws", "mqtt", "callback", "note"]
    direction: Literal["in", "out", "note"]
    connection: str | msgspec.UnsetType = msgspec.UNSET
    vendor: str | msgspec.UnsetType = msgspec.UNSET
    session: str | msgspec.UnsetType = msgspec.UNSET
    message: str | msgspec.UnsetType = msgspec.UNSET
    status: int | msgspec.UnsetType = msgspec.UNSET
    reply_to: int | msgspec.UnsetType = msgspec.UNSET
    raw: Annotated[str, Meta(description="bytes in hex")] | msgspec.UnsetType = msgspec.UNSET
    text: Annotated[str, Meta(description="the bytes where they are JSON")] | msgspec.UnsetType = msgspec.UNSET
    body: Annotated[Any, Meta(description="the decoded message")] = msgspec.UNSET
    audio: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    omitted: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    deviations: list[str] | msgspec.UnsetType = msgspec.UNSET
    violations: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET
    meta: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class JournalPage(_Body):
    """Entries, the oldest first.

    Attributes:
        entries: those that match; where entries after `since` were dropped, the first one says how many
            (``journal.dropped``).
        mark: number of the journal's latest entry.
    """

    entries: list[EntryBody]
    mark: int


class ViolationBody(_Body):
    """A rule of the vendor's document that the client broke."""

    seq: int
    time: float
    clause: str
    level: Literal["error", "warning", "note"]
    path: str
    reason: str
    expected: str
    transport: str
    connection: str
    vendor: str
    session: str
    message: str


class TallyBody(_Body):
    """How often a rule was broken in a session; also those that are not kept are counted.

    Attributes:
        count: how often.
        first, last: numbers of the entries where it was seen.
    """

    session: str
    clause: str
    level: Literal["error", "warning", "note"]
    count: int
    first: int
    last: int


class ViolationList(_Body):
    """Violations.

    Attributes:
        violations: those that match, the oldest first; of very many the first thousand of each level, and the first of
            each clause in each session.
        complete: false where some that match, or may, are not among them: that there is none then says nothing.
        summary: how often each rule was broken in each session, where that is asked for; `since` does not matter here.
        counted: false where the summary lacks some.
    """

    violations: list[ViolationBody]
    complete: bool | msgspec.UnsetType = msgspec.UNSET
    summary: list[TallyBody] | msgspec.UnsetType = msgspec.UNSET
    counted: bool | msgspec.UnsetType = msgspec.UNSET


class SessionList(_Body):
    """Sessions, the oldest first. The key of each is ``session``; what else it has is the vendor's."""

    sessions: list[AnyArguments]


class ArgumentBody(_Body):
    """An argument of a command.

    Attributes:
        name: as the command takes it.
        required: whether it has to be given.
        type: in words.
        default: what holds otherwise.
        text: what it is.
    """

    name: str
    required: bool
    type: str
    default: Any
    text: str


class CommandBody(_Body):
    """A command."""

    name: str
    title: str
    arguments: list[ArgumentBody]


class CommandList(_Body):
    """What a fake can be told."""

    commands: list[CommandBody]


class FaultBody(_Body):
    """A rule as the fake has it: what it says (docs/faults.md), and what it has done.

    Attributes:
        id: what it goes by.
        message, do: what it is about, what it does; the other keys stand beside these.
        matched, acted: how many messages it was about, and how often it acted.
    """

    id: str
    message: str
    do: str
    matched: int
    acted: int


class FaultList(_Body):
    """The rules, in order."""

    faults: list[FaultBody]


class ToxicBody(_Body):
    """A toxic (docs/faults.md)."""

    name: str
    type: str
    stream: str
    toxicity: float
    attributes: dict[str, int]
    port: str


class ToxicList(_Body):
    """The toxics, in order."""

    toxics: list[ToxicBody]


class VendorState(_Body):
    """One fake.

    Attributes:
        sessions: what is remembered of each.
        counts: entries of the journal, entries that were dropped, violations, rules, toxics.
        faults, toxics: which there are.
        mark: number of the journal's latest entry.
    """

    sessions: list[AnyArguments]
    counts: dict[str, int]
    faults: list[FaultBody]
    toxics: list[ToxicBody]
    mark: int


class State(_Body):
    """All fakes, by vendor."""

    clock: ClockState
    vendors: dict[str, VendorState]
