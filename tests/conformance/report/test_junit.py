"""JUnit XML, read by junitparser and by ElementTree."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final
from xml.etree import ElementTree

from avatarwire.conformance.report import WRITERS
from tests.conformance.report.samples import EMPTY, FAILED, RESULTS, SUMMARY

junitparser: Any = import_module("junitparser")
"""It has no types that hold."""

REPORT: Final = WRITERS["junit"](RESULTS, SUMMARY)


def cases() -> dict[str, Any]:
    """Cases by id, as junitparser has them."""
    suites: Any = junitparser.JUnitXml.fromstring(REPORT)
    return {f"{case.classname}.{case.name}": case for suite in suites for case in suite}


def test_every_case_is_there_with_what_became_of_it() -> None:
    found = {id_: [type(each).__name__ for each in case.result] for id_, case in cases().items()}
    assert found == {
        "aliyun.http.start.gives_session": [],
        "aliyun.ws.header.unknown_biz_type": ["Failure"],
        "aliyun.ws.order.advised": [],
        "aliyun.ws.sample.seen": [],
        "aliyun.ws.open.question": [],
        "aliyun.http.list.missing": ["Skipped"],
        "aliyun.ws.push.needs_control": ["Skipped"],
        "aliyun.ws.push.needs_control_too": ["Skipped"],
        "aliyun.ws.push.unreached": ["Error"],
    }


def test_suites_are_areas_and_count_what_is_in_them() -> None:
    suites: Any = junitparser.JUnitXml.fromstring(REPORT)
    found = {suite.name: (suite.tests, suite.failures, suite.errors, suite.skipped) for suite in suites}
    assert found == {"aliyun.http": (2, 0, 0, 1), "aliyun.ws": (7, 1, 1, 2)}
    root = ElementTree.fromstring(REPORT)  # noqa: S314 - our own
    assert (root.tag, root.attrib["tests"], root.attrib["failures"]) == ("testsuites", "9", "1")


def test_a_case_says_its_clauses_level_and_what_it_saw() -> None:
    root = ElementTree.fromstring(REPORT)  # noqa: S314 - our own
    [case] = [each for each in root.iter("testcase") if each.attrib["name"] == "unknown_biz_type"]
    properties = [(each.attrib["name"], each.attrib["value"]) for each in case.iter("property")]
    assert ("clause", "ALI-R082") in properties
    assert ("clause", "ALI-R024") in properties
    assert ("level", "must") in properties
    output = case.findtext("system-out") or ""
    assert "expected: an error or a close" in output
    assert "<script>alert(1)</script> ]]> |" in output
    assert "channel_ready.response (1 bytes) BREAKS status: expected a string [ALI-R078] READ OTHERWISE" in output
    assert "(60 before that)" in output


def test_what_xml_cannot_have_is_an_escape() -> None:
    failure = cases()["aliyun.ws.header.unknown_biz_type"].result[0]
    assert FAILED.observed.startswith("<script>")
    assert failure.message.endswith("&amp; \\x00\\x1b[2J\\x7f\\u202e 数字人 😀")


def test_a_long_text_is_cut() -> None:
    assert "characters more" in cases()["aliyun.ws.sample.seen"].system_out


def test_a_run_without_cases() -> None:
    root = ElementTree.fromstring(WRITERS["junit"]((), EMPTY))  # noqa: S314 - our own
    assert (root.attrib["tests"], len(root)) == ("0", 0)
