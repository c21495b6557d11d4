"""Markdown for a page of a build, such as the summary of a job on GitHub: counts, then what differs, one after another.

What others wrote stands in HTML entities or in fences longer than any in it, so that none of it can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ..engine.result import LEVELS, VERDICTS, CaseResult, Summary
from .words import MEANINGS, counts, described, heading, meaning_of, one_line, printable_text, shortened, told

__all__ = ["written"]

_LARGEST: Final = 900_000
"""GitHub takes no more than 1 MiB for one step."""
_MOST_EVIDENCE: Final = 40
_MOST_TEXT: Final = 4_000
_MARKUP: Final = re.compile(r"[&<>`*_{}\[\]()#+!|~\\@$]|:(?=//)|(?<=www)\.")


def written(results: Sequence[CaseResult], summary: Summary) -> bytes:
    """The report of a run."""
    differing = [result for result in results if result.verdict not in ("ok", "skipped") or result.unjudged]
    parts = [
        f"## {_text(heading(summary))}\n",
        f"{_text(counts(summary))}. {_text(summary.endpoint)}; exit code {summary.exit_code}: {meaning_of(summary)}.\n",
        *_table(results),
        *_differences(summary),
    ]
    size = sum(map(len, map(str.encode, parts)))
    for count, result in enumerate(differing):
        part = _case(result)
        size += len(part.encode())
        if size > _LARGEST:
            parts.append(f"\n{len(differing) - count} more differ; the other reports have them.\n")
            break
        parts.append(part)
    parts.extend(_skipped(results))
    return "\n".join(parts).encode()


def _table(results: Sequence[CaseResult]) -> Iterable[str]:
    yield f"| verdict | {' | '.join(LEVELS)} | all | |"
    yield f"| --- |{' ---: |' * (len(LEVELS) + 1)} --- |"
    for verdict in VERDICTS:
        found = [result.level for result in results if result.verdict == verdict]
        cells = [*(str(found.count(level)) for level in LEVELS), str(len(found))]
        yield f"| {_text(verdict)} | {' | '.join(cells)} | {_text(MEANINGS[verdict])} |"
    yield ""


def _differences(summary: Summary) -> Iterable[str]:
    if summary.differences:
        yield "### Not as expected\n"
        yield from (f"- {_text(case_id)}: {_text(why)}" for case_id, why in summary.differences.items())
        yield ""


def _case(result: CaseResult) -> str:
    verdict = "unjudged" if result.unjudged else result.verdict
    clauses = ", ".join(map(_text, result.clauses))
    rows = (f"| {name} | {_text(shortened(text, _MOST_TEXT))} |" for name, text in told(result))
    evidence = "\n".join(described(each, 300) for each in result.evidence[-_MOST_EVIDENCE:]) or "none"
    fence = "`" * (max((len(run) for run in re.findall("`+", evidence)), default=0) + 3)
    return "\n".join(
        (
            f"### {_text(verdict)}: {_text(result.id)}\n",
            f"Requirement: {_text(result.title)} ({clauses}; {result.level})\n",
            "| | |",
            "| --- | --- |",
            *rows,
            "",
            f"<details><summary>What crossed the wire: {len(result.evidence)}</summary>\n",
            f"{fence}text\n{printable_text(evidence)}\n{fence}\n",
            "</details>\n",
        )
    )


def _skipped(results: Sequence[CaseResult]) -> Iterable[str]:
    reasons: dict[str, int] = {}
    for result in results:
        if result.verdict == "skipped" and not result.unjudged:
            reasons[result.observed] = reasons.get(result.observed, 0) + 1
    if reasons:
        yield "### Skipped\n"
        yield from (f"- {count}: {_text(why)}" for why, count in reasons.items())
        yield ""


def _text(text: str) -> str:
    """A text in one line that is text and nothing else."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", one_line(text))
