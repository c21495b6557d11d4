"""A failure: one run in which a client does what it should not, with everything that is needed to do it again."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from avatarwire.codecs.installed import installed_version

from ..suites import VENDOR_NAMES
from .choosing import obstacle
from .freedoms import Allowed, freedoms_of
from .levels import needed
from .plan import Act, Client, Deviation, Ended, Outcome, Plan

__all__ = ["Failure", "failure_of", "mistakes"]

_LONGEST: Final = 1e6
"""Seconds of anything."""
_WORDS: Final[Mapping[Allowed, str]] = {
    "documented": "a bug of the client: the vendor does what its document says",
    "errata": "the client breaks under a reading of the document",
    "faults": "the client is not robust against faults",
    "hostile": "the client is not hardened against what breaks the document",
}


class Failure(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="client"):
    """A failure.

    Attributes:
        format: of the file.
        vendor: whose fake.
        allow: what the vendor was allowed.
        oracle: the outcome that is to be expected again.
        detail, clause: as of the outcome.
        tape: choices of the vendor that differ from the documented default.
        workload: what the client was told to do.
        story: what happened, line by line; the first lines say it in short.
        excerpt: of the journal of the fake.
        versions: of what it was seen with.
        client: which client.
        patience, delay, horizon: as of the plan.
    """

    format: Literal["avatarwire.failure/1"] = "avatarwire.failure/1"
    vendor: str
    allow: Allowed
    oracle: Outcome
    detail: str = ""
    clause: str = ""
    tape: tuple[Deviation, ...]
    workload: tuple[Act, ...]
    story: tuple[str, ...]
    excerpt: tuple[str, ...]
    versions: Mapping[str, str]
    client: Client
    patience: float
    delay: float
    horizon: float = 0.0
    real: bool = False

    @property
    def plan(self) -> Plan:
        """The run that shows it."""
        plan = Plan(
            vendor=self.vendor,
            client=self.client,
            workload=self.workload,
            patience=self.patience,
            delay=self.delay,
            horizon=self.horizon,
            real=self.real,
        )
        return plan.with_tape(self.tape)

    @property
    def subject(self) -> str:
        """What it is about; files of one subject differ by what was done."""
        return self.vendor

    @property
    def key(self) -> bytes:
        """What tells it from others."""
        return msgspec.json.encode([self.oracle, self.tape, self.workload, self.client])

    @property
    def text(self) -> str:
        """In one sentence."""
        except_for = "; ".join(it.text for it in self.tape) or "nothing"
        return f"{self.oracle}: {self.detail} - the vendor did as documented, except: {except_for}"


def failure_of(plan: Plan, tape: tuple[Deviation, ...], ended: Ended, allow: Allowed) -> Failure:
    """A failure, from the run that has shown it.

    Args:
        plan: of the run.
        tape: all deviations, those of tunables too.
        ended: what it came to.
        allow: what the vendor was allowed.
    """
    return Failure(
        vendor=plan.vendor,
        allow=allow,
        oracle=ended.outcome,
        detail=ended.detail,
        clause=ended.clause,
        tape=tape,
        workload=plan.workload,
        story=(_WORDS[needed(plan.vendor, tape) or "documented"], *_told(plan, tape, ended)),
        excerpt=ended.story,
        versions={"avatarwire": installed_version("unknown"), "python": platform.python_version()},
        client=plan.client,
        patience=plan.patience,
        delay=plan.delay,
        horizon=plan.horizon,
        real=plan.real,
    )


def _told(plan: Plan, tape: tuple[Deviation, ...], ended: Ended) -> Iterator[str]:
    if tape:
        yield "the vendor did as documented, except:"
        for it in tape:
            yield f"  - {it.text}{f' [{it.clause}]' if it.clause else ''}"
    else:
        yield "the vendor did as documented"
    yield f"the client, {plan.client.text}:"
    for step in ended.steps:
        yield f"  {step.began:10.3f} s  {step.call}{step.end and ': '}{step.end}"
    yield f"so: {ended.outcome}: {ended.detail}"


def mistakes(failure: Failure) -> Iterator[str]:
    """What keeps a failure from being done again, with the member that is wrong."""
    if failure.vendor not in VENDOR_NAMES:
        yield f"vendor: expected one of {', '.join(VENDOR_NAMES)}, got {failure.vendor!r}"
        return
    for name in ("patience", "delay", "horizon"):
        value = getattr(failure, name)
        if not (0 <= value <= _LONGEST and (value or name != "patience")):
            yield f"{name}: expected seconds up to {_LONGEST:g}, got {value!r}"
    for place, act in enumerate(failure.workload):
        if not 0 <= act.seconds <= _LONGEST:
            yield f"workload[{place}].seconds: expected seconds up to {_LONGEST:g}, got {act.seconds!r}"
        if act.do == "interrupt" and len(act.texts) != 1:
            yield f"workload[{place}].texts: expected one text that is interrupted"
    freedoms = freedoms_of(failure.vendor)
    for place, deviation in enumerate(failure.tape):
        if not deviation.tunable and (reason := obstacle(deviation, freedoms)):
            yield f"tape[{place}].{reason}"
