"""What can be searched: something that is given examples, each a list of plain steps, and is judged by what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final, Literal, Protocol, TypeAlias, cast

import msgspec
from hypothesis import settings

from ..probing.freedoms import Allowed

__all__ = ["ALIVE", "ALIVE_TEXT", "KINDS", "Kind", "Log", "Target", "Tried", "target"]

Kind: TypeAlias = Literal["codec", "fake"]

KINDS: Final[Mapping[Kind, str]] = {
    "codec": "avatarwire.conformance.fuzzing.codec",
    "fake": "avatarwire.conformance.fuzzing.fake",
}
"""The module of each kind of target; its ``target`` makes one."""


ALIVE: Final = "alive"
ALIVE_TEXT: Final = "The process outlives it."
"""The property that every target has."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an example.

    Attributes:
        broken: the property that does not hold; empty where all do.
        detail: what was seen, in a sentence.
        clause: that is broken; empty for none.
        story: what happened, line by line.
        reached: situations that came about.
        clauses: rules and variants of which a message had another form than the ruled one.
        pairs: of where things stood and what was done.
        count: single things that were tried.
        unable: why it could not be tried; empty where it could.
    """

    broken: str = ""
    detail: str = ""
    clause: str = ""
    story: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    count: int = 1
    unable: str = ""


class Log(Protocol):
    """Is told of each example."""

    def begin(self, steps: Sequence[Any]) -> None:
        """These steps are tried now, said for when the process does not outlive it; raises what ends a search."""
        ...

    def end(self, steps: Sequence[Any], tried: Tried) -> None:
        """What came of them; raises what tells Hypothesis that a property does not hold."""
        ...


class Target(Protocol):
    """Codecs, or a fake, of one vendor.

    Attributes:
        properties: what is asked of it: names, and a sentence each.
        situations: what has to come about sometimes, in a search that sees something: names, and a sentence each.
        step: type of a step, as msgspec reads it.
    """

    @property
    def properties(self) -> Mapping[str, str]: ...

    @property
    def situations(self) -> Mapping[str, str]: ...

    @property
    def step(self) -> type[msgspec.Struct]: ...

    def explore(self, log: Log, given: settings, number: int) -> None:
        """Draws examples and tries them, by settings and a seed."""
        ...

    def tried(self, steps: Sequence[Any]) -> Tried:
        """What comes of an example, by its steps alone."""
        ...

    def obstacle(self, step: Any) -> str:
        """Why a step of a file cannot be tried, with the member that is wrong; empty where it can."""
        ...

    def simpler(self, step: Any) -> Iterator[Any]:
        """Simpler steps that may show the same, the simplest first."""
        ...


def target(kind: Kind, vendor: str, allowed: Allowed) -> Target:
    """What is searched.

    Args:
        kind: codec or fake.
        vendor: whose.
        allowed: what it is given: ``documented`` what is right, ``errata`` documented variants as well, ``hostile``
            anything; ``faults`` is for a fake, whose client also loses connections.
    """
    make = cast("Callable[[str, Allowed], Target]", import_module(KINDS[kind]).target)
    return make(vendor, allowed)
