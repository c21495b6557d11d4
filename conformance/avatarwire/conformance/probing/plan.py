"""One run in plain values: which client, what is said, and how the vendor deviates. It fits a line of JSON, or a file.

Only these values live here, and what a run came to; carrying one out is `running.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, Self, TypeAlias, get_args

import msgspec

__all__ = [
    "FINE",
    "OUTCOMES",
    "Act",
    "Client",
    "Deviation",
    "Ended",
    "Outcome",
    "Plan",
    "Seen",
    "Step",
    "label_of",
    "request_to",
    "saying",
    "spread_of",
    "without",
]

_TUNABLE: Final = "scenario."
"""So begin the labels of tunables of the fake."""

Outcome: TypeAlias = Literal[
    "ok",
    "reported",
    "hang",
    "livelock",
    "leak",
    "lost_text",
    "said_twice",
    "raised",
    "broke_rule",
    "no_backoff",
]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
FINE: Final[frozenset[Outcome]] = frozenset({"ok", "reported"})
"""Outcomes of a client that does what it should."""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """Which client.

    Attributes:
        name: ``MODULE:CLASS``, or empty.
        command: what starts a program that is driven by lines of JSON, or empty.
        engine: ``MODULE:NAME`` of what makes the event loop that client and fake run in; empty for jumping time.
    """

    name: str = ""
    command: str = ""
    engine: str = ""

    @property
    def text(self) -> str:
        """For people."""
        return self.name or self.command

    @property
    def options(self) -> tuple[str, ...]:
        """The options of a command that name it."""
        engine = ("--engine", self.engine) if self.engine else ()
        return (*(("--exec", self.command) if self.command else ("--client", self.name)), *engine)


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the client is told to do between `start` and `stop`.

    Attributes:
        do: ``say`` a text; ``interrupt`` one in the middle of it; say several ``together``, each in a call of its own;
            ``speak`` recorded speech; ``pause``, in which nothing is asked of it; ``heal``, after which the vendor
            deviates no more.
        texts: what is said.
        seconds: of speech, or of the pause.
    """

    do: Literal["say", "interrupt", "together", "speak", "pause", "heal"]
    texts: tuple[str, ...] = ()
    seconds: float = 0.0


class Deviation(msgspec.Struct, frozen=True):
    """A choice of the vendor that is not the documented default.

    Attributes:
        label: which choice: a message and which of its kind, such as ``text_drive.response#2``; several in a row, such
            as ``handshake.websocket#2-101``; or ``scenario.NAME``.
        value: what is chosen instead, such as ``drop``, ``delay:40`` or ``variant:ALI-E04``.
        clause: that documents it; empty for none.
    """

    label: str
    value: Any
    clause: str = ""

    @classmethod
    def of_tunable(cls, name: str, value: Any, clause: str) -> Self:
        """Another value of a tunable of the fake."""
        return cls(f"{_TUNABLE}{name}", value, clause)

    @property
    def tunable(self) -> str:
        """The tunable that has another value; empty where it is about messages."""
        return self.label.removeprefix(_TUNABLE) if self.label.startswith(_TUNABLE) else ""

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.label} {self.value}"


def without(workload: tuple[Act, ...], lacking: Iterable[str]) -> tuple[Act, ...]:
    """What a client is told to do that cannot do some things."""
    return tuple(act for act in workload if act.do not in lacking)


def saying(text: str) -> str:
    """What the call is called that says a text."""
    return f'say "{text}"'


def request_to(message: str) -> str:
    """What the request to an answer is called, if it is one."""
    return f"{message.removesuffix('.response')}.request"


def label_of(message: str, nth: int) -> str:
    """What the choice about a message is called."""
    return f"{message}#{nth}"


def spread_of(label: str) -> tuple[str, int, int]:
    """The message that a choice is about, and the first and the last of its kind."""
    message, _, numbers = label.partition("#")
    first, _, last = numbers.partition("-")
    return message, int(first or 0), int(last or first or 0)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A run.

    Attributes:
        vendor: whose fake.
        client: which client.
        workload: what it is told to do.
        tape: how the vendor deviates.
        patience: seconds for which a call may last, of jumping time, or of real time.
        delay: seconds of a delay that does not say how many.
        tunables: of the fake's scenario, beside the vendor's own for this.
        horizon: seconds for which the session is left alone before `stop`.
        real: whether its time is real.
    """

    vendor: str
    client: Client
    workload: tuple[Act, ...]
    tape: tuple[Deviation, ...] = ()
    patience: float
    delay: float
    tunables: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    horizon: float = 0.0
    real: bool = False

    def with_tape(self, tape: Iterable[Deviation]) -> Self:
        """The same run, by a whole tape: deviations of messages, and of tunables of the fake."""
        whole = tuple(tape)
        tunables = {it.tunable: it.value for it in whole if it.tunable}
        messages = tuple(it for it in whole if not it.tunable)
        return msgspec.structs.replace(self, tape=messages, tunables={**self.tunables, **tunables})


class Seen(msgspec.Struct, frozen=True):
    """A message of the fake that went out, or would have.

    Attributes:
        message, nth: catalogue id, and which of its kind, from 1.
        transport: what it travels on.
        deviations: what else the vendor could have done, in words.
    """

    message: str
    nth: int
    transport: str
    deviations: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the choice about it is called."""
        return label_of(self.message, self.nth)


class Step(msgspec.Struct, frozen=True):
    """A call of the client, and how it ended.

    Attributes:
        call: such as ``say "..."``.
        began, ended: seconds since the talk began; `ended` is None for one that did not.
        error: what it raised, in words; empty for nothing.
        marks: entries that the journal of the fake had when it began, and when it ended.
        ours: whether it is no call of the client but what happens between two, such as a pause.
    """

    call: str
    began: float
    ended: float | None
    error: str = ""
    marks: tuple[int, int] = (0, 0)
    ours: bool = False

    @property
    def end(self) -> str:
        """How it has ended, in words; empty of what has no end to speak of."""
        if self.ended is None:
            return "has not ended"
        return self.error or ("" if self.ours else "returned")


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to.

    Attributes:
        outcome: in a word.
        detail: in a sentence.
        clause: the rule that was broken; empty for none.
        steps: the calls of the client.
        reported: what the client has told its caller by events.
        seen: messages of the fake.
        acted: labels of the deviations that took place.
        seconds: that the talk lasted, on its own clock.
        story: what happened, line by line.
        unable: why nothing can be said of the client; empty where something can.
        lacking: what the client cannot do that it was told to do, the first of it; empty for nothing.
    """

    outcome: Outcome
    detail: str = ""
    clause: str = ""
    steps: tuple[Step, ...] = ()
    reported: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()
    acted: tuple[str, ...] = ()
    seconds: float = 0.0
    story: tuple[str, ...] = ()
    unable: str = ""
    lacking: str = ""
