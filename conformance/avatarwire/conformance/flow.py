"""What a flow is: numbered steps carried out with a service, told as events while they happen.

A vendor's `flow.py` declares the steps, over a `Talk` (`talk.py`); whoever shows them takes the events
(`timeline_view.py`). Nothing of any vendor lives here, and nothing is printed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.textform import FrameText

from .masking import masked

__all__ = [
    "Began",
    "Called",
    "Direction",
    "Event",
    "Failed",
    "FlowError",
    "Narrator",
    "Noted",
    "Passed",
    "Step",
    "Summary",
    "Tell",
    "carry_out",
]

Talk = TypeVar("Talk")

Direction: TypeAlias = Literal["out", "in"]
"""``out`` from the client to the server, ``in`` from the server to the client."""

PATIENCE: Final = 5.0
"""Seconds after which a step in which nothing happens any more has failed."""


class FlowError(AvatarwireError):
    """Something else happened than the document says."""


class Told(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Anything told of a flow.

    Attributes:
        time: seconds since it began.
        vendor: whose service it is.
        step: number of the step, from 1.
    """

    time: float
    vendor: str
    step: int


class Began(Told, frozen=True, kw_only=True, tag="step"):
    """A step begins.

    Attributes:
        title: what is done.
        why: one sentence about it.
    """

    title: str
    why: str


class Called(Told, frozen=True, kw_only=True, tag="http"):
    """An HTTP call was answered.

    Attributes:
        operation: id of the operation.
        method, path: the request line.
        request, answer: the parameters and the JSON body, secrets masked.
        status: HTTP status.
        seconds: from the request to the answer.
    """

    operation: str
    method: str
    path: str
    request: Any
    status: int
    answer: Any
    seconds: float


class Passed(Told, frozen=True, kw_only=True, tag="frame"):
    """A frame crossed the wire.

    Attributes:
        direction: who sent it.
        message: catalogue id.
        topic: what it was published under, where there are topics.
        header: hex of the header's fields, by wire name, in order; empty where there is none.
        body: the decoded body under wire names, secrets masked.
        size: bytes of the whole frame.
        deviations: errata by which it differs from the ruled form.
    """

    direction: Direction
    message: str
    topic: str | UnsetType = UNSET
    header: Mapping[str, str]
    body: Any
    size: int
    deviations: tuple[str, ...]


class Noted(Told, frozen=True, kw_only=True, tag="note"):
    """Something worth knowing that crossed no wire."""

    text: str


class Failed(Told, frozen=True, kw_only=True, tag="failure"):
    """A step did not do what the document says; the flow ends with it."""

    title: str
    reason: str


class Summary(Told, frozen=True, kw_only=True, tag="summary"):
    """The end. `step` is the last one that was begun.

    Attributes:
        steps: how many there are.
        passed: how many did what the document says.
        frames, http_calls: what crossed the wire.
        faults: steps that failed, and rules that were broken.
        ok: whether every step did what the document says.
    """

    steps: int
    passed: int
    frames: int
    http_calls: int
    faults: int
    ok: bool


Event: TypeAlias = Began | Called | Passed | Noted | Failed | Summary

Tell: TypeAlias = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Step(Generic[Talk]):
    """One step.

    Attributes:
        title: what is done.
        why: one sentence about it.
        run: does it; raises when something else happens than the document says.
    """

    title: str
    why: str
    run: Callable[[Talk], Awaitable[None]]


class Narrator:
    """Turns what a flow does into events, and counts.

    Args:
        vendor: whose service it is.
        tell: takes the events.
        now: where their time comes from, in seconds from any beginning.

    Attributes:
        now: as given.
        frames, http_calls: counted so far.
        step: number of the step at hand.
    """

    def __init__(self, vendor: str, tell: Tell, now: Callable[[], float]) -> None:
        self.now: Final = now
        self._vendor = vendor
        self._tell = tell
        self._start = now()
        self.frames = 0
        self.http_calls = 0
        self.step = 0

    def begin(self, number: int, title: str, why: str) -> None:
        """A step begins."""
        self.step = number
        self._tell(Began(**self._where(), title=title, why=why))

    def http(
        self, operation: str, method: str, path: str, request: object, status: int, answer: object, *, since: float
    ) -> None:
        """An HTTP call that began at `since` was answered."""
        self.http_calls += 1
        self._tell(
            Called(
                **self._where(),
                operation=operation,
                method=method,
                path=path,
                request=masked(request),
                status=status,
                answer=masked(answer),
                seconds=round(self.now() - since, 6),
            )
        )

    def frame(self, direction: Direction, text: FrameText, *, topic: str = "") -> None:
        """A frame crossed the wire, or a message under a topic."""
        self.frames += 1
        self._tell(
            Passed(
                **self._where(),
                direction=direction,
                message=text.fields["message"],
                topic=topic or UNSET,
                header={span.name: text.raw[span.start : span.end].hex() for span in text.spans[:-1]},
                body=masked(text.fields["body"]),
                size=len(text.raw),
                deviations=tuple(text.fields["deviations"]),
            )
        )

    def note(self, text: str) -> None:
        """Something worth knowing."""
        self._tell(Noted(**self._where(), text=text))

    def fail(self, title: str, reason: str) -> None:
        """The step at hand failed."""
        self._tell(Failed(**self._where(), title=title, reason=reason))

    def end(self, *, steps: int, passed: int, faults: int) -> Summary:
        """The flow is over."""
        summary = Summary(
            **self._where(),
            steps=steps,
            passed=passed,
            frames=self.frames,
            http_calls=self.http_calls,
            faults=faults,
            ok=passed == steps and not faults,
        )
        self._tell(summary)
        # What still comes while everything is closed is no part of it any more.
        self._tell = _nobody
        return summary

    def _where(self) -> dict[str, Any]:
        return {"time": round(self.now() - self._start, 6), "vendor": self._vendor, "step": self.step}


def _nobody(event: Event) -> None:
    del event


async def carry_out(
    steps: Sequence[Step[Talk]], talk: Talk, narrator: Narrator, *, broken_rules: Callable[[], Sequence[object]]
) -> Summary:
    """Does one step after the other, until one fails.

    Args:
        steps: what to do.
        talk: handed to every step.
        narrator: tells what happens.
        broken_rules: rules that were seen broken.
    """
    passed = failed = 0
    for number, step in enumerate(steps, start=1):
        narrator.begin(number, step.title, step.why)
        reason = await _failure(step, talk)
        if reason:
            failed = 1
            narrator.fail(step.title, reason)
            break
        passed += 1
    broken = broken_rules()
    for rule in broken:
        narrator.note(f"rule broken: {rule}")
    return narrator.end(steps=len(steps), passed=passed, faults=failed + len(broken))


async def _failure(step: Step[Talk], talk: Talk) -> str:
    """Carries out one step; why it failed, empty when it did not."""
    try:
        async with asyncio.timeout(PATIENCE):
            await step.run(talk)
    except TimeoutError:
        return f"not done within {PATIENCE:g} s"
    except AvatarwireError as error:
        return str(error)
    except Exception as error:  # whoever watches sees what went wrong, whatever library says so
        return f"{type(error).__name__}: {error}"
    return ""
