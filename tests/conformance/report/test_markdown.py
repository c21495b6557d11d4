"""Markdown, read by markdown-it: what others wrote is text in it, whatever it looks like."""

from __future__ import annotations

import html
from importlib import import_module
from typing import Any, Final

from avatarwire.conformance.report import WRITERS
from tests.conformance.report.samples import EMPTY, HOSTILE, RESULTS, SUMMARY

markdown_it: Any = import_module("markdown_it")
"""It comes with rich."""

REPORT: Final = WRITERS["markdown"](RESULTS, SUMMARY).decode()


def tokens(text: str) -> list[Any]:
    """What it is read as, blocks and what is in them."""
    blocks: list[Any] = markdown_it.MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
    return [token for block in blocks for token in (block, *(block.children or ()))]


def test_headings_are_ours_alone() -> None:
    found = [token.content for token in tokens(REPORT) if token.type == "inline"]
    blocks = tokens(REPORT)
    headings = [
        html.unescape(blocks[at + 1].content) for at, token in enumerate(blocks) if token.type == "heading_open"
    ]
    assert found
    assert headings == [
        "Conformance of aliyun",
        "Not as expected",
        "failed: aliyun.ws.header.unknown_biz_type",
        "non_strict: aliyun.ws.order.advised",
        "informational: aliyun.ws.sample.seen",
        "informational: aliyun.ws.open.question",
        "unimplemented: aliyun.http.list.missing",
        "unjudged: aliyun.ws.push.unreached",
        "Skipped",
    ]


def test_no_text_is_markup() -> None:
    kinds = {token.type for token in tokens(REPORT)}
    assert kinds.isdisjoint({"strong_open", "em_open", "link_open", "image", "code_inline", "html_inline", "hr"})
    blocks = {token.content.strip() for token in tokens(REPORT) if token.type == "html_block"}
    assert {block.partition(":")[0] for block in blocks} == {"<details><summary>What crossed the wire", "</details>"}


def test_a_hostile_text_is_shown_as_it_is() -> None:
    shown = HOSTILE.replace("\x00\x1b[2J\x7f\u202e", "\\x00\\x1b[2J\\x7f\\u202e")
    text = "".join(token.content for token in tokens(REPORT) if token.type in ("text", "text_special"))
    assert f"failed {shown}" in text


def test_evidence_is_in_one_fence() -> None:
    fences = [token.content for token in tokens(REPORT) if token.type == "fence"]
    assert len(fences) == 6
    assert "`x` ``y``" in fences[0]
    assert fences[0].endswith("time was moved by 30 s\n")


def test_tables_keep_their_columns() -> None:
    assert REPORT.count("\n| failed | 1 | 0 | 0 | 0 | 1 |") == 1
    rows = [token for token in tokens(REPORT) if token.type == "tr_open"]
    cells = [token for token in tokens(REPORT) if token.type in ("td_open", "th_open")]
    differing = 6
    # One row more than expected and observed for each of the two that the failed case has about the wire.
    assert len(rows) == 7 + differing * 3 + 2
    assert len(cells) == 7 * 7 + (differing * 3 + 2) * 2


def test_reasons_of_what_was_skipped_are_counted() -> None:
    assert "- 2: it needs control" in REPORT


def test_it_is_no_longer_than_what_a_page_takes() -> None:
    text = WRITERS["markdown"](RESULTS * 200, SUMMARY)
    assert len(text) < 1024 * 1024
    assert b"more differ; the other reports have them" in text


def test_a_run_without_cases() -> None:
    assert b"aliyun: 0 cases: none; 0.0 s" in WRITERS["markdown"]((), EMPTY)
