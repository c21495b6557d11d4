"""JUnit XML, as Jenkins, GitLab and GitHub's actions read it: a suite for each area of a vendor.

A difference from a must is a failure, a case of which nothing can be concluded an error. Cases that were not tried, or
that the endpoint does not have, are skipped. Everything else passes and says what was seen in its output.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..engine.result import CaseResult, Summary
from .words import area, described, place, printable_text, shortened, told

__all__ = ["written"]

_MOST_EVIDENCE: Final = 60
_MOST_TEXT: Final = 20_000
_SKIPPED: Final = frozenset({"skipped", "unimplemented"})


def written(results: Sequence[CaseResult], summary: Summary) -> bytes:
    """The report of a run."""
    suites: dict[str, list[CaseResult]] = {}
    for result in results:
        suites.setdefault(area(result.id), []).append(result)
    root = Element("testsuites", {"name": f"avatarwire {summary.command} {summary.vendor}", **_counted(results)})
    for name, cases in suites.items():
        root.append(_suite(name, cases, summary))
    indent(root)
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _counted(results: Sequence[CaseResult]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(result.verdict == "failed" for result in results)),
        "errors": str(sum(result.unjudged for result in results)),
        "skipped": str(sum(result.verdict in _SKIPPED and not result.unjudged for result in results)),
        "time": f"{sum(result.seconds for result in results):.6f}",
    }


def _suite(name: str, cases: Sequence[CaseResult], summary: Summary) -> Element:
    # The reader of Ant takes no zone.
    suite = Element("testsuite", name=name, timestamp=summary.began.removesuffix("Z"), hostname="localhost")
    suite.attrib.update(_counted(cases))
    about = (("endpoint", summary.endpoint), ("side", summary.side), ("version", summary.version))
    _properties(suite, about)
    for case in cases:
        suite.append(_case(case))
    return suite


def _case(result: CaseResult) -> Element:
    where, name = place(result.id)
    case = Element("testcase", name=name, classname=where, time=f"{result.seconds:.6f}")
    about = [("level", result.level), ("verdict", result.verdict), ("requirement", result.title)]
    _properties(case, [*about, *(("clause", clause) for clause in result.clauses)])
    observed = _fit(result.observed)
    if result.unjudged:
        SubElement(case, "error", message=observed, type="unjudged").text = _fit(_text(result))
    elif result.verdict == "failed":
        SubElement(case, "failure", message=observed, type=result.level).text = _fit(_text(result))
    elif result.verdict in _SKIPPED:
        SubElement(case, "skipped", message=observed)
    evidence = [described(each) for each in result.evidence[-_MOST_EVIDENCE:]]
    if len(result.evidence) > len(evidence):
        evidence.insert(0, f"({len(result.evidence) - len(evidence)} before that)")
    SubElement(case, "system-out").text = _fit("\n".join((_text(result), "", *evidence)))
    return case


def _text(result: CaseResult) -> str:
    lines = [f"{result.verdict} ({result.level}): {result.title}", f"clauses: {', '.join(result.clauses)}"]
    return "\n".join((*lines, *(f"{name}: {text}" for name, text in told(result))))


def _properties(parent: Element, about: Sequence[tuple[str, str]]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in about:
        SubElement(properties, "property", name=name, value=_fit(value))


def _fit(text: str) -> str:
    """A text that XML can have, and not a report in itself."""
    return printable_text(shortened(text, _MOST_TEXT))
