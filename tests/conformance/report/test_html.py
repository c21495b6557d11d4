"""The HTML report, read by the parser of the standard library and by a browser."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from avatarwire.conformance.report import WRITERS
from tests.conformance.report.samples import EMPTY, RESULTS, SUMMARY
from tests.fakeserver.browser import Browser

REPORT: Final = WRITERS["html"](RESULTS, SUMMARY).decode()
VOID: Final = {"br", "input", "meta", "wbr"}
LOADS: Final = {"src", "href", "action", "data", "poster", "srcset", "formaction", "background", "style"}


class Reading(HTMLParser):
    """What is in a page: elements that fit into each other, attributes, texts by element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "elements that are not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in dict.fromkeys(self._open):
            self.texts.setdefault(tag, []).append(data)

    def values(self, name: str, tag: str | None = None) -> list[str]:
        """The values of an attribute, of one element or of any."""
        return [value for of, key, value in self.attributes if key == name and of == (tag or of)]


READ: Final = Reading(REPORT)


def test_nothing_is_loaded_and_nothing_runs_but_our_script() -> None:
    assert [each for each in READ.attributes if each[1] in LOADS and not each[2].startswith("#")] == []
    assert [name for _, name, _ in READ.attributes if name.startswith("on")] == []
    assert len(READ.texts["script"]) == len(READ.texts["style"]) == 1
    assert "url(" not in READ.texts["style"][0]
    assert "@import" not in READ.texts["style"][0]


def test_the_policy_has_the_hashes_of_script_and_style_and_nothing_more() -> None:
    [policy] = [value for value in READ.values("content", "meta") if "default-src" in value]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))

    def source(tag: str) -> str:
        return f"'sha256-{b64encode(sha256(READ.texts[tag][0].encode()).digest()).decode()}'"

    assert rules == {
        "default-src": "'none'", "style-src": source("style"), "script-src": source("script"), "base-uri": "'none'",
        "form-action": "'none'",
    }  # fmt: skip


def test_what_others_wrote_is_text() -> None:
    assert "<script>alert(1)</script>" in "".join(READ.texts["dd"])
    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", REPORT) is None


def test_links_lead_somewhere_and_ids_are_used_once() -> None:
    ids = READ.values("id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in READ.values("href", "a")} <= set(ids)


def test_each_case_stands_once_with_its_evidence() -> None:
    assert sorted(id_ for id_ in READ.values("id", "details")) == sorted(f"case-{each.id}" for each in RESULTS)
    text = "".join(READ.texts["body"])
    for piece in (
        "0.020 s · received · ws-1 (ws)", "breaks its declaration: status: expected a string [ALI-R078]",
        "POST /start HTTP/1.1", "callback-1 (callback)", "iot/7/out", "time was moved by 30 s",
        "a second reader read it alike", "a second reader do not read it alike",
    ):  # fmt: skip
        assert piece in text, piece


def test_frames_are_taken_apart() -> None:
    assert "00 | 01 | 83 | 30 30 30 30 30 30 30 31 | 7b 22" in " | ".join(READ.texts["span"])
    assert "bizType: 131: channel ready" in READ.values("title", "span")
    assert "3 to 10" in READ.texts["td"]


def test_headings_go_down_one_by_one() -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", REPORT)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(next_ - level <= 1 for level, next_ in pairwise(levels))


def test_the_form_is_hidden_where_no_script_shows_it() -> None:
    assert "hidden" in [name for tag, name, _ in READ.attributes if tag == "form"]
    assert [name for tag, name, _ in READ.attributes if tag == "details" and name == "hidden"] == []


def test_a_run_without_cases() -> None:
    assert "Conformance of aliyun" in "".join(Reading(WRITERS["html"]((), EMPTY).decode()).texts["h1"])


@pytest.mark.slow
def test_a_browser_filters_and_runs_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(REPORT, encoding="utf-8")
    shown = "return [...document.querySelectorAll('details[data-item]')].filter(item => item.offsetParent).length"
    with Browser(tmp_path / "profile") as browser:
        browser.open(path.as_uri())
        assert browser.run(shown) == len(RESULTS)
        assert browser.run("return document.querySelector('form output').textContent") == "9 of 9"
        assert browser.run("return getComputedStyle(document.querySelector('main')).maxWidth") != "none"
        browser.run("document.querySelector('input[value=failed]').click()")
        assert browser.run(shown) == len(RESULTS) - 1
        browser.run("""
            const words = document.querySelector('input[type=search]');
            words.value = 'ALI-R083 CONTROL_TOO';
            words.dispatchEvent(new Event('input', {bubbles: true}));
        """)
        assert browser.run(shown) == 1
        assert (
            browser.run("return [...document.querySelectorAll('section')].filter(each => each.offsetParent).length")
            == 1
        )
        assert browser.run("""
            location.hash = '#case-aliyun.ws.push.needs_control_too';
            await new Promise(resolve => addEventListener('hashchange', resolve, {once: true}));
            return document.getElementById('case-aliyun.ws.push.needs_control_too').open;
        """)
        # The policy lets nothing else run.
        assert browser.run("""
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            return window.ran === undefined;
        """)
