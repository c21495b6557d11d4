"""From what a case raises to a verdict: what its level makes of a difference.

must: failed    should: non_strict (failed when strict)    observed, ambiguous: informational
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Final

from .case import Differs, NotJudged, Skip, Unimplemented
from .result import Level, Verdict
from .stream import Ended
from .web_socket import Refused

__all__ = ["Judgement", "judged", "worst"]

_OF_LEVEL: Final[Mapping[Level, Verdict]] = {
    "must": "failed",
    "should": "non_strict",
    "observed": "informational",
    "ambiguous": "informational",
}
_BY_WEIGHT: Final[Sequence[Verdict]] = ("failed", "non_strict", "unimplemented", "informational", "ok", "skipped")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one attempt at a case.

    Attributes:
        verdict: as reported.
        expected: each outcome that would have been accepted; empty where nothing differs.
        observed: what was seen, or why it was not tried.
        unjudged: whether nothing can be concluded.
    """

    verdict: Verdict
    expected: tuple[str, ...] = ()
    observed: str = ""
    unjudged: bool = False


def judged(level: Level, raised: BaseException | None, *, strict: bool = False, answered: bool = False) -> Judgement:
    """The judgement on a case that has raised something, or nothing.

    Args:
        level: of the case.
        raised: what it has raised; None when it ran to its end.
        strict: whether a should binds as a must does.
        answered: whether anything has come from the endpoint.
    """
    differs: Verdict = "failed" if strict and level == "should" else _OF_LEVEL[level]
    match raised:
        case None:
            return Judgement("ok")
        case Differs():
            return Judgement(differs, raised.expected, raised.observed)
        # A case that expects one of these catches it.
        case Ended():
            return Judgement(differs, observed=raised.how)
        case Refused():
            return Judgement(differs, observed=f"the handshake is refused: {raised}")
        case Unimplemented():
            return Judgement("unimplemented", observed=str(raised))
        case Skip():
            return Judgement("skipped", observed=str(raised))
        case NotJudged():
            return Judgement("skipped", observed=str(raised), unjudged=True)
        case _ if answered:
            # A case that every right endpoint passes has met something that it does not know how to read.
            return Judgement(differs, observed=f"something that the case cannot read: {raised!r}{_place(raised)}")
        case _:
            return Judgement("skipped", observed=f"the case itself broke: {raised!r}{_place(raised)}", unjudged=True)


def _place(raised: BaseException) -> str:
    """Where something was raised: the last line of it, the file without its folders."""
    frames = extract_tb(raised.__traceback__)
    return f", in line {frames[-1].lineno} of {Path(frames[-1].filename).name}" if frames else ""


def worst(judgements: Sequence[Judgement]) -> Judgement:
    """The one that weighs most; of several alike the first."""
    return min(judgements, key=lambda each: _BY_WEIGHT.index(each.verdict))
