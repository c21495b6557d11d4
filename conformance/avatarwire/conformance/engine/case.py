"""What a case is: a requirement with the clauses that state it, and the few lines that try it.

    Case("aliyun.http.start.unknown_project", "A project that is not there is refused.", ("ALI-E67",), unknown_project)

A case raises when it sees something else than the requirement says; what comes of that, its level decides
(`judging.py`). Only the declaration of cases and what they raise live here.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from .result import Level

__all__ = ["Case", "Differs", "Need", "NotJudged", "Skip", "Suite", "Unimplemented"]

BenchT = TypeVar("BenchT")

Need: TypeAlias = Literal["control", "clock", "callback", "invalid", "destructive", "billable"]
"""What a case cannot do without. control: the fake's control endpoint, as an event of the vendor is needed. clock: a
virtual clock behind it. callback: somewhere to be called back. invalid: permission to send what the documents forbid.
destructive, billable: permission to change or end what others may use, to do what costs money."""

_ID: Final = re.compile(r"[a-z]+(?:\.[A-Za-z][A-Za-z0-9_]*){2,}")


class Differs(Exception):
    """Something else was seen than the requirement says.

    Args:
        expected: each outcome that would have been accepted.
        observed: what was seen.
    """

    def __init__(self, expected: Iterable[str] | str, observed: str) -> None:
        self.expected: Final = (expected,) if isinstance(expected, str) else tuple(expected)
        self.observed: Final = observed
        super().__init__(f"expected {' or '.join(self.expected)}; observed {observed}")


class Unimplemented(Exception):
    """The endpoint does not have what the case is about, and says so."""


class Skip(Exception):
    """The case cannot be tried here; the text says why."""


class NotJudged(Exception):
    """Nothing can be concluded: the endpoint is not reached, or evidence was lost."""


@dataclass(frozen=True)
class Case(Generic[BenchT]):
    """One requirement of an endpoint, and how it is tried.

    Attributes:
        id: vendor first, then what it is about, no numbers of order; it never changes and is never used again.
        title: the requirement: one line, a sentence that an endpoint can break.
        clauses: ids of the ledger, or of another standard, that state it; the first is the one it is named for.
        run: tries it; raises `Differs` when something else comes.
        level: how binding the clauses are: that of the first, where the ledger has it.
        expected: what a right endpoint does, in the words of a report; the title where it is left out.
        needs: what it cannot do without.
        exact: whether it says the very bytes that are sent, so that no form of the wire may change them.
        alone: whether no other case may run meanwhile, as when time is moved for all.
        seconds: limit for all of it, in real seconds; 0 for the run's own.
    """

    id: str
    title: str
    clauses: tuple[str, ...]
    run: Callable[[BenchT], Awaitable[None]] = field(repr=False)
    level: Level = "must"
    expected: str = ""
    needs: frozenset[Need] = frozenset()
    exact: bool = False
    alone: bool = False
    seconds: float = 0

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no id of a case")
        if not self.clauses:
            raise ValueError(f"{self.id}: a case judges at least one clause")


class Suite(Mapping[str, Case[Any]]):
    """Cases by id, in the order of the documents.

    Raises:
        ValueError: an id is used twice.
    """

    def __init__(self, cases: Iterable[Case[Any]]) -> None:
        self._cases: Final[dict[str, Case[Any]]] = {}
        for case in cases:
            if case.id in self._cases:
                raise ValueError(f"two cases are called {case.id}")
            self._cases[case.id] = case

    def __getitem__(self, case_id: str) -> Case[Any]:
        return self._cases[case_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cases)

    def __len__(self) -> int:
        return len(self._cases)
