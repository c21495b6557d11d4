"""What a run found: one result a case, with what crossed the wire, and a summary at the end.

These are the lines of the NDJSON report; every other report is made from them. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

import msgspec

__all__ = ["LEVELS", "VERDICTS", "CaseResult", "Evidence", "Level", "Line", "Side", "Summary", "Verdict"]

Verdict: TypeAlias = Literal["ok", "non_strict", "informational", "unimplemented", "failed", "skipped"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

Level: TypeAlias = Literal["must", "should", "observed", "ambiguous"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""What binds most comes first."""

Side: TypeAlias = Literal["server", "client", "codec"]
"""Who is judged."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that crossed the wire, or was noted, secrets masked.

    Attributes:
        time: seconds since the case began.
        connection: which one, such as ``ws-2``.
        transport: ``http``, ``ws``, ``mqtt``, ``callback``, or ``note`` for what crossed no wire.
        direction: ``out`` from the judge, ``in`` towards it.
        message: catalogue id; empty where it is none, or nobody knows.
        text: one line for people.
        body: what it says, as plain JSON values; None where it says nothing or cannot be read.
        raw: its bytes in hex, the first 4,096 of them.
        size: bytes of all of it.
        spans: the parts of a frame: name, first byte, byte behind the last, value in words.
        invalid: rules of the declaration that it breaks, as text.
        agreed: whether the codec and a second reader say the same of it; None where they were not compared.
    """

    time: float
    connection: str
    transport: str
    direction: Literal["out", "in"]
    message: str = ""
    text: str = ""
    body: Any = None
    raw: str = ""
    size: int = 0
    spans: tuple[tuple[str, int, int, str], ...] = ()
    invalid: tuple[str, ...] = ()
    agreed: bool | None = None


class CaseResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="case"):
    """What came of one case.

    Attributes:
        id: of the case; it never changes.
        vendor: such as ``aliyun``.
        side: who was judged.
        level: how binding its clauses are.
        verdict: what came of it.
        clauses: that it judges.
        title: the requirement, in one line.
        seconds: that it took.
        expected: each outcome that would have been accepted.
        observed: what was seen; for a case that was skipped, why.
        evidence: what crossed the wire, in order.
        wire: forms of the wire that it was carried out in, each as the names of what differed from the plain one.
        differs: those of them in which the verdict is another than in the plain one.
        unjudged: whether nothing can be concluded: the endpoint was not reached, or the case itself broke.
    """

    id: str
    vendor: str
    side: Side
    level: Level
    verdict: Verdict
    clauses: tuple[str, ...]
    title: str
    seconds: float
    expected: tuple[str, ...]
    observed: str
    evidence: tuple[Evidence, ...]
    wire: tuple[tuple[str, ...], ...] = ()
    differs: tuple[tuple[str, ...], ...] = ()
    unjudged: bool = False


class Summary(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="summary"):
    """The end of a run.

    Attributes:
        vendor, side: of its cases.
        command: of ``avatarwire`` that has carried it out, such as ``conform`` or ``fuzz client``.
        endpoint: where; without anything secret. For a client: what it is called.
        version: of this project.
        began: when, as RFC 3339, UTC.
        seconds: that it took.
        cases: how many there were.
        verdicts: how many of each.
        clauses: how many are judged by a case that came to a verdict.
        unjudged: cases of which nothing can be concluded.
        differences: cases whose verdict is not the expected one: id, and what is wrong.
        exit_code: of the command.
    """

    vendor: str
    side: Side
    endpoint: str
    version: str
    began: str
    seconds: float
    cases: int
    verdicts: Mapping[str, int]
    clauses: int
    unjudged: tuple[str, ...] = ()
    differences: Mapping[str, str] = {}
    exit_code: int = 0
    command: str = "conform"


Line: TypeAlias = CaseResult | Summary
