"""What a terminal shows of a run, and what stands where there is none."""

from __future__ import annotations

import io
import re

from avatarwire.conformance.report.table import LiveView
from tests.conformance.report.samples import EMPTY, RESULTS, SUMMARY


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def lines(out: io.StringIO) -> list[str]:
    view = LiveView(out, len(RESULTS))
    for result in RESULTS:
        view(result)
    view.finish(SUMMARY, RESULTS)
    return out.getvalue().splitlines()


def test_plain_lines_where_nobody_looks() -> None:
    found = lines(io.StringIO())
    at = found.index("failed  aliyun.ws.header.unknown_biz_type")
    assert found[at + 1].startswith("  requirement: A frame of a kind that nobody knows is answered <script>")
    assert found[at + 1].endswith("(ALI-R082, ALI-R024; must)")
    assert found[at + 2] == "  expected:    an error or a close"
    assert found[at + 3].endswith("\\x00\\x1b[2J\\x7f\\u202e 数字人 😀")
    assert "unjudged  aliyun.ws.push.unreached" in found
    assert "ok  aliyun.http.start.gives_session" not in found
    assert found[-4:] == [
        "skipped 2: it needs control",
        found[-3],
        "aliyun: 9 cases: 1 ok, 1 non_strict, 2 informational, 1 unimplemented, 1 failed, 3 skipped; 1.5 s",
        "exit code 2: could not judge",
    ]
    assert found[-3].startswith("not as expected: aliyun.ws.header.unknown_biz_type: failed <script>")


def test_nothing_that_was_sent_reaches_a_terminal_as_it_is() -> None:
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", "\n".join(lines(io.StringIO()))) is None


def test_a_terminal_has_progress_and_a_table_of_clauses() -> None:
    text = re.sub("\x1b\\[[0-9;?]*[a-zA-Z]", "", "\n".join(lines(Screen())))
    assert "0/9" in text
    [row] = [line.split() for line in text.splitlines() if line.strip().startswith("must ")]
    # ok, non_strict, informational, unimplemented, failed, skipped, all: each clause counts once, by its worst verdict.
    assert row == ["must", "0", "0", "0", "1", "2", "2", "5"]


def test_a_run_without_cases() -> None:
    out = Screen()
    LiveView(out, 0).finish(EMPTY, ())
    assert "aliyun: 0 cases: none; 0.0 s" in out.getvalue()
