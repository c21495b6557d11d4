"""One HTML file that works offline: each clause, the cases that judge it, and for each case what crossed the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from avatarwire.codecs import catalogue
from avatarwire.codecs.ledger import Clause
from avatarwire.codecs.offline_page import Html, filters, page, tag

from ..engine.result import LEVELS, VERDICTS, CaseResult, Evidence, Summary
from .words import MEANINGS, heading, json_text, meaning_of, shortened, told, unknown_clause

__all__ = ["written"]

_COLOURS: Final[Mapping[str, str]] = {
    "ok": "good",
    "non_strict": "warn",
    "informational": "info",
    "unimplemented": "info",
    "failed": "bad",
    "skipped": "soft",
    "unjudged": "bad",
}
_WAYS: Final = {"out": "sent", "in": "received"}
_MOST_BYTES: Final = 512
_FEW_BYTES: Final = 64
"""Of a frame in a case where nothing differs, so that the file stays small."""
_MOST_TEXT: Final = 20_000
_MOST_WORDS: Final = 4_000
_CHARACTERS: Final = 40
"""Of a body, for each byte of a frame that is shown."""
_PARTS: Final = 5
"""Colours that parts of a frame have in turn."""

_AGREED: Final = tag("p", "The codec and a second reader read it alike.", class_="soft")
_DISAGREED: Final = tag(
    "p", tag("strong", "The codec and a second reader do not read it alike"), ": one of them is wrong.", class_="bad"
)


def written(results: Sequence[CaseResult], summary: Summary) -> bytes:
    """The report of a run."""
    judged: dict[str, list[CaseResult]] = {}
    for result in results:
        for clause in result.clauses:
            judged.setdefault(clause, []).append(result)
    known = catalogue.vendor(summary.vendor).clauses
    ordered = [*(id_ for id_ in known if id_ in judged), *(id_ for id_ in judged if id_ not in known)]
    return page(
        heading(summary),
        _about(summary),
        tag("h2", "Counts"),
        _counts(results),
        *_differences(summary),
        tag("h2", "Clauses"),
        filters({"verdict": [*VERDICTS, *_unjudged(results)], "level": LEVELS}),
        *(_clause(id_, known.get(id_), judged[id_], unknown_clause(id_, results, summary)) for id_ in ordered),
    )


def _about(summary: Summary) -> Html:
    code = f"{summary.exit_code}: {meaning_of(summary)}"
    rows = {
        "endpoint": summary.endpoint,
        "judged": summary.side,
        "began": summary.began,
        "took": f"{summary.seconds:.1f} s",
        "cases": str(summary.cases),
        "clauses judged": str(summary.clauses),
        "exit code": code,
        "avatarwire": summary.version,
    }
    return tag("dl", *(tag("", tag("dt", name), tag("dd", text)) for name, text in rows.items()))


def _counts(results: Sequence[CaseResult]) -> Html:
    head = tag("tr", *(tag("th", name, scope="col") for name in ("verdict", *LEVELS, "all", "meaning")))
    rows: list[Html] = []
    for verdict in VERDICTS:
        levels = [result.level for result in results if result.verdict == verdict]
        numbers = [*(str(levels.count(level)) for level in LEVELS), str(len(levels))]
        cells = (tag("td", number, class_="number") for number in numbers)
        rows.append(tag("tr", tag("th", _word(verdict), scope="row"), *cells, tag("td", MEANINGS[verdict])))
    return tag("table", tag("caption", "Cases by verdict and level"), tag("thead", head), tag("tbody", *rows))


def _differences(summary: Summary) -> Iterable[Html]:
    if summary.differences:
        yield tag("h2", "Not as expected")
        found = ((_link(case_id), f": {why}") for case_id, why in summary.differences.items())
        yield tag("ul", *(tag("li", *parts) for parts in found))


def _unjudged(results: Sequence[CaseResult]) -> list[str]:
    return ["unjudged"] if any(result.unjudged for result in results) else []


# --- clauses and cases ---


def _clause(clause_id: str, clause: Clause | None, results: Sequence[CaseResult], otherwise: str) -> Html:
    title = clause.title if clause is not None else otherwise
    level = clause.level if clause is not None else results[0].level
    words: dict[str, str] = {"level": level}
    if clause is not None:
        words |= {"document": clause.section, "ruling": clause.ruling or "as it stands"}
    about = tag("dl", *(tag("", tag("dt", name), tag("dd", text)) for name, text in words.items()))
    return tag(
        "section",
        tag("div", tag("h3", f"{clause_id} {title}"), about, data_head=True),
        *(_case(result) if result.clauses[0] == clause_id else _echo(result) for result in results),
        data_group=True,
        id=f"clause-{clause_id}",
    )


def _verdict(result: CaseResult) -> str:
    return "unjudged" if result.unjudged else result.verdict


def _echo(result: CaseResult) -> Html:
    """A case that is shown with another clause."""
    verdict = _verdict(result)
    words = (_word(verdict), " ", _link(result.id), f" {result.title}")
    return tag("p", *words, data_item="elsewhere", data_verdict=verdict, data_level=result.level)


def _case(result: CaseResult) -> Html:
    verdict = _verdict(result)
    summary = tag("summary", _word(verdict), " ", tag("code", result.id), f" {result.title}")
    rows = [*told(result), ("level", result.level), ("took", f"{result.seconds:.3f} s")]
    about = [tag("", tag("dt", name), tag("dd", shortened(text, _MOST_WORDS))) for name, text in rows]
    clauses = (tag("", tag("a", each, href=f"#clause-{each}"), " ") for each in result.clauses)
    about.append(tag("", tag("dt", "clauses"), tag("dd", *clauses)))
    inside = [tag("dl", *about), tag("h4", f"What crossed the wire: {len(result.evidence)}")]
    if result.evidence:
        most = _FEW_BYTES if verdict == "ok" else _MOST_BYTES
        inside.append(tag("ol", *(_evidence(each, most) for each in result.evidence), class_="timeline"))
    return tag(
        "details",
        summary,
        tag("div", *inside),
        id=f"case-{result.id}",
        open=verdict not in ("ok", "skipped"),
        data_item=True,
        data_verdict=verdict,
        data_level=result.level,
    )


# --- evidence ---


def _evidence(evidence: Evidence, most: int) -> Html:
    is_note = evidence.transport == "note"
    way = "note" if is_note else _WAYS[evidence.direction]
    words = [f"{evidence.time:.3f} s", way]
    words += [] if is_note else [f"{evidence.connection} ({evidence.transport})"]
    head: list[str] = [" · ".join(words)]
    if evidence.message:
        head += [" · ", tag("code", evidence.message)]
    if evidence.text:
        head += [" · ", evidence.text]
    if evidence.size:
        head.append(f" · {evidence.size:,} bytes")
    parts = [tag("div", *head, class_="head")]
    parts += [tag("p", tag("strong", "breaks its declaration: "), each, class_="bad") for each in evidence.invalid]
    if evidence.agreed is not None:
        parts.append(_AGREED if evidence.agreed else _DISAGREED)
    if evidence.spans:
        parts += [_bytes(evidence, most), _spans(evidence)]
    if evidence.body is not None:
        parts.append(tag("pre", shortened(json_text(evidence.body, indent=2), most * _CHARACTERS)))
    elif evidence.raw and not evidence.spans:
        parts.append(tag("pre", _text_of(evidence)))
    if evidence.transport == "http" and evidence.raw:
        parts.append(tag("details", tag("summary", "head, as it was on the wire"), tag("pre", _head_of(evidence))))
    return tag("li", *parts, class_=way if is_note else evidence.direction)


def _text_of(evidence: Evidence) -> str:
    """The bytes as text, those that are none as escapes."""
    text = bytes.fromhex(evidence.raw).decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return shortened(text, _MOST_TEXT)


def _head_of(evidence: Evidence) -> str:
    """What of an HTTP message stands before its body, which is shown by itself; all of it where that is no JSON."""
    text = _text_of(evidence)
    return text if evidence.body is None else text.partition("\n\n")[0]


def _bytes(evidence: Evidence, most: int) -> Html:
    """A frame in hex, part by part."""
    data = bytes.fromhex(evidence.raw)[:most]
    parts: list[str] = []
    for index, (name, start, end, meaning) in enumerate(evidence.spans):
        if start < len(data):
            hexed = data[start:end].hex(" ")
            parts.append(tag("span", hexed, class_=f"p{index % _PARTS}", title=f"{name}: {meaning}"))
    if evidence.size > len(data):
        parts.append(f"… {evidence.size - len(data):,} bytes more")
    return tag("div", *parts, class_="bytes")


def _spans(evidence: Evidence) -> Html:
    """What the parts of a frame are: a table, so that nothing hangs on colours alone."""
    head = tag("tr", *(tag("th", name, scope="col") for name in ("part", "bytes", "value")))
    rows = (
        tag(
            "tr",
            tag("th", tag("span", name, class_=f"p{index % _PARTS}"), scope="row"),
            tag("td", f"{start} to {end - 1}" if end > start + 1 else str(start)),
            tag("td", shortened(meaning, _MOST_TEXT)),
        )
        for index, (name, start, end, meaning) in enumerate(evidence.spans)
    )
    return tag("table", tag("thead", head), tag("tbody", *rows))


def _word(verdict: str) -> Html:
    return tag("span", verdict, class_=f"word {_COLOURS[verdict]}")


def _link(case_id: str) -> Html:
    return tag("a", case_id, href=f"#case-{case_id}")
