"""Failure files of codecs and fakes: what was tried, as plain steps, and what came of it."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from avatarwire.codecs.core.conversion import convert
from avatarwire.codecs.installed import installed_version

from ..probing.freedoms import Allowed
from ..suites import VENDOR_NAMES
from .target import ALIVE, Kind, Target, Tried, target

__all__ = ["CodecFailure", "FakeFailure", "Fuzzed", "fuzzed_failure", "kind_of", "mistakes_of", "steps_of"]


_MOST_STEPS: Final = 200
_MOST_SECONDS: Final = 100_000.0
"""Steps of a failure, and seconds that they wait in all: more than a search draws."""


class Fuzzed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A failure of codecs, or of a fake.

    Attributes:
        format: of the file.
        vendor: whose.
        allow: what it was given.
        oracle: the property that does not hold.
        detail, clause: as of what came of it.
        tape: choices of the vendor; there are none here.
        workload: the steps.
        story: what happened, line by line; the first line says it in short.
        excerpt: no more of it.
        versions: of what it was seen with.
    """

    format: Literal["avatarwire.failure/1"] = "avatarwire.failure/1"
    vendor: str
    allow: Allowed
    oracle: str
    detail: str = ""
    clause: str = ""
    tape: tuple[()] = ()
    workload: tuple[Mapping[str, Any], ...]
    story: tuple[str, ...]
    excerpt: tuple[str, ...] = ()
    versions: Mapping[str, str]

    @property
    def text(self) -> str:
        """In one sentence."""
        return f"{self.oracle}: {self.detail}"

    @property
    def subject(self) -> str:
        """What it is about; files of one subject differ by what was tried."""
        return f"{self.vendor}-{kind_of(self)}"

    @property
    def key(self) -> bytes:
        """What tells it from others."""
        return msgspec.json.encode([self.oracle, self.workload])


class CodecFailure(Fuzzed, frozen=True, kw_only=True, tag="codec"):
    """A failure of codecs."""


class FakeFailure(Fuzzed, frozen=True, kw_only=True, tag="fake"):
    """A failure of a fake."""


_TYPES: Final[Mapping[Kind, type[CodecFailure | FakeFailure]]] = {"codec": CodecFailure, "fake": FakeFailure}


def kind_of(failure: Fuzzed) -> Kind:
    """What it is a failure of."""
    return "codec" if isinstance(failure, CodecFailure) else "fake"


def steps_of(failure: Fuzzed, searched: Target) -> Sequence[Any]:
    """Its steps, as its target takes them.

    Raises:
        msgspec.ValidationError: they are none.
    """
    kind: Any = searched.step
    return convert([*failure.workload], list[kind])


def mistakes_of(failure: Fuzzed) -> Iterator[str]:
    """What keeps a failure from being tried again, with the member that is wrong."""
    if failure.vendor not in VENDOR_NAMES:
        yield f"vendor: expected one of {', '.join(VENDOR_NAMES)}, got {failure.vendor!r}"
        return
    searched = target(kind_of(failure), failure.vendor, failure.allow)
    try:
        steps = steps_of(failure, searched)
    except msgspec.ValidationError as error:
        yield f"workload: {error}"
        return
    if failure.oracle != ALIVE and failure.oracle not in searched.properties:
        yield f"oracle: expected one of {', '.join((ALIVE, *searched.properties))}, got {failure.oracle!r}"
    if not 1 <= len(steps) <= _MOST_STEPS:
        yield f"workload: expected 1 to {_MOST_STEPS} steps, got {len(steps)}"
    if sum(getattr(step, "seconds", 0.0) for step in steps) > _MOST_SECONDS:
        yield f"workload: expected steps that wait up to {_MOST_SECONDS:g} s in all"
    for place, step in enumerate(steps):
        if reason := searched.obstacle(step):
            yield f"workload[{place}].{reason}"


def fuzzed_failure(
    kind: Kind, vendor: str, allow: Allowed, steps: Sequence[Any], tried: Tried
) -> CodecFailure | FakeFailure:
    """A failure, from the example that has shown it."""
    return _TYPES[kind](
        vendor=vendor,
        allow=allow,
        oracle=tried.broken,
        detail=tried.detail,
        clause=tried.clause,
        workload=tuple(msgspec.to_builtins(step) for step in steps),
        story=(f"the {kind} of {vendor}, given what is {allow}", *tried.story),
        versions={"avatarwire": installed_version("unknown"), "python": platform.python_version()},
    )
