"""HAR: calls and their answers find each other, and the log is complete enough for other tools."""

from __future__ import annotations

from typing import Any, cast

import pytest

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.har import to_har


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def calls(journal: Journal) -> list[dict[str, Any]]:
    log = cast("dict[str, Any]", journal.to_har()["log"])
    return cast("list[dict[str, Any]]", log["entries"])


def test_a_call_and_its_answer_are_one_entry(clock: VirtualClock, journal: Journal) -> None:
    request = journal.record(
        "http",
        "in",
        "StartAvatarSession.request",
        raw=b'{"projectId":"p-1"}',
        meta={
            "method": "POST",
            "path": "/start?token=abc&a=",
            "headers": {"Host": "127.0.0.1:7005", "Content-Type": "application/json"},
        },
    )
    journal.record("ws", "in", "in between", raw=b"{}")
    clock.advance(0.25)
    journal.record(
        "http",
        "out",
        raw=b'{"sessionId":"s-1"}',
        status=200,
        reply_to=request.seq,
        meta={
            "headers": [("Content-Type", "application/json"), ("Location", "/next"), ("X", "1"), ("X", "\udcff")],
            "http_version": "HTTP/1.0",
        },
    )
    assert calls(journal) == [
        {
            "startedDateTime": "2026-01-01T00:00:00.000+00:00",
            "time": 250.0,
            "request": {
                "method": "POST",
                "url": "http://127.0.0.1:7005/start?token=***&a=",
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": [
                    {"name": "host", "value": "127.0.0.1:7005"},
                    {"name": "content-type", "value": "application/json"},
                ],
                "headersSize": -1,
                "bodySize": 19,
                "queryString": [{"name": "token", "value": "***"}, {"name": "a", "value": ""}],
                "postData": {"mimeType": "application/json", "params": [], "text": '{"projectId":"p-1"}'},
            },
            "response": {
                "status": 200,
                "statusText": "OK",
                "httpVersion": "HTTP/1.0",
                "cookies": [],
                "headers": [
                    {"name": "content-type", "value": "application/json"},
                    {"name": "location", "value": "/next"},
                    {"name": "x", "value": "1"},
                    {"name": "x", "value": "\\udcff"},
                ],
                "headersSize": -1,
                "bodySize": 19,
                "content": {"size": 19, "mimeType": "application/json", "text": '{"sessionId":"s-1"}'},
                "redirectURL": "/next",
            },
            "cache": {},
            "timings": {"send": 0, "wait": 250.0, "receive": 0},
            "comment": "aliyun StartAvatarSession.request",
        }
    ]


def test_a_call_without_answer_is_kept(journal: Journal) -> None:
    journal.record("http", "in", meta={"method": "GET"})
    (call,) = calls(journal)
    assert call["request"]["url"] == "http://127.0.0.1/"
    assert call["response"]["status"] == 0
    assert call["response"]["content"]["comment"] == "no answer"


@pytest.mark.parametrize(("time", "told"), [(1e300, "9999-12-31T23:59:59"), (-5.0, "1970-01-01T00:00:00")])
def test_a_clock_may_be_beyond_all_calendars(time: float, told: str) -> None:
    entry = Entry(1, time, "http", "in", meta={"method": "GET", "path": "/x"})
    log: Any = to_har([entry], version="1", base_url="http://h")
    assert log["log"]["entries"][0]["startedDateTime"] == f"{told}.000+00:00"


def test_answers_to_calls_that_overlap_are_not_mixed_up(journal: Journal) -> None:
    first = journal.record("http", "in", meta={"method": "GET", "path": "/first"})
    second = journal.record("http", "in", meta={"method": "GET", "path": "/second"})
    journal.record("http", "out", status=202, reply_to=second.seq)
    journal.record("http", "out", status=599, reply_to=first.seq)
    shown = [
        (call["request"]["url"], call["response"]["status"], call["response"]["statusText"]) for call in calls(journal)
    ]
    assert shown == [("http://127.0.0.1/first", 599, ""), ("http://127.0.0.1/second", 202, "Accepted")]


def test_a_callback_is_a_call_of_ours(journal: Journal) -> None:
    request = journal.record(
        "callback", "out", raw=b"\xff", meta={"method": "POST", "url": "http://127.0.0.1:9/hook", "headers": "none"}
    )
    journal.record("callback", "in", raw=b"\xfe\xff", status=500, reply_to=request.seq)
    (call,) = calls(journal)
    assert call["request"]["url"] == "http://127.0.0.1:9/hook"
    assert call["request"]["postData"] == {"mimeType": "", "params": [], "text": "/w==", "comment": "base64"}
    assert call["response"]["content"] == {"size": 2, "mimeType": "", "text": "/v8=", "encoding": "base64"}


def test_the_size_counts_bytes_that_were_not_kept() -> None:
    journal = Journal(VirtualClock(), budget_bytes=80_000)
    request = journal.record("http", "in", raw=b"x" * 10_001, meta={"method": "PUT"})
    journal.record("http", "out", reply_to=request.seq)
    (call,) = calls(journal)
    assert call["request"]["bodySize"] == 10_001
    assert "postData" not in call["request"]
    assert call["response"]["status"] == 0


def test_the_log_names_its_maker() -> None:
    assert to_har([], version="9.9", base_url="") == {
        "log": {"version": "1.2", "creator": {"name": "avatarwire", "version": "9.9"}, "entries": []}
    }
