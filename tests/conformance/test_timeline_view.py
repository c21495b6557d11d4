"""How a flow looks, with and without a terminal."""

from __future__ import annotations

import io
import json

import pytest

from avatarwire.conformance.flow import Began, Called, Event, Failed, Noted, Passed, Summary
from avatarwire.conformance.timeline_view import JsonView, TimelineView

HEADER = {"frameType": "00", "dataType": "01", "bizType": "83", "serialNumber": "53455249414c3031"}

EVENTS: list[Event] = [
    Noted(time=0.0, vendor="aliyun", step=0, text="it listens on http://127.0.0.1:4000"),
    Began(time=0.0, vendor="aliyun", step=1, title="Start a session", why="It all begins with a call."),
    Called(
        time=0.5,
        vendor="aliyun",
        step=1,
        operation="StartAvatarSession",
        method="POST",
        path="/start",
        request={"projectId": "1", "requestId": "0d3b2c1a-0000-4000-8000-000000000000"},
        status=200,
        answer={"list": ["a", {"b": 1}], "errorMsg": None},
        seconds=0.25,
    ),
    Passed(
        time=0.75,
        vendor="aliyun",
        step=1,
        direction="out",
        message="channel_ready.request",
        header=HEADER,
        body={"sessionId": "s-1"},
        size=30,
        deviations=("ALI-E15",),
    ),
    Passed(
        time=1.0,
        vendor="aliyun",
        step=1,
        direction="in",
        message="asr.result",
        header=HEADER,
        body={"content": "x" * 41 + "\x1b[2J"},
        size=30,
        deviations=(),
    ),
    Failed(time=1.5, vendor="aliyun", step=1, title="Start a session", reason="nothing came"),
    Summary(
        time=12.345, vendor="aliyun", step=1, steps=10, passed=9, frames=2, http_calls=1, faults=1, ok=False
    ),
]  # fmt: skip


class Terminal(io.StringIO):
    """What a person sits in front of."""

    def isatty(self) -> bool:
        return True


def test_plain_text_where_there_is_no_terminal() -> None:
    out = io.StringIO()
    view = TimelineView(out)
    for event in EVENTS:
        view(event)
    assert out.getvalue().splitlines() == [
        "              · it listens on http://127.0.0.1:4000",
        "",
        " 1  Start a session",
        "    It all begins with a call.",
        '      0.250 s  →  POST /start  {"projectId":"1","requestId":"0d3b2c1a…"}',
        '      0.500 s  ←  200  {"list":["a",{"b":1}],"errorMsg":null}',
        "              header: frameType dataType bizType serialNumber",
        '      0.750 s  →  00 01 83 53455249414c3031  channel_ready.request  {"sessionId":"s-1"}  ALI-E15',
        f'      1.000 s  ←  00 01 83 53455249414c3031  asr.result             {{"content":"{"x" * 40}…"}}',
        "    step 1, Start a session, failed: nothing came",
        "",
        "9 of 10 steps, 2 frames, 1 HTTP calls, 1 faults, 12.3 s",
    ]


def test_colours_and_the_width_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    view = TimelineView(out)
    for event in EVENTS:
        view(event)
    lines = out.getvalue().splitlines()
    # The four fields of the header have the colours of the legend above them.
    assert "\x1b[36mframeType \x1b[0m\x1b[32mdataType \x1b[0m\x1b[35mbizType \x1b[0m\x1b[33mserialNumber" in lines[6]
    assert "\x1b[36m00 \x1b[0m\x1b[32m01 \x1b[0m\x1b[35m83 \x1b[0m\x1b[33m53455249414c3031" in lines[7]
    assert lines[8].endswith("…\x1b[0m")
    assert "\x1b[1;31m9 of 10 steps" in lines[-1]


def test_what_succeeds_is_green(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    TimelineView(out)(
        Summary(time=0.4, vendor="aliyun", step=2, steps=2, passed=2, frames=0, http_calls=0, faults=0, ok=True)
    )
    assert "\x1b[1;32m2 of 2 steps, 0 frames, 0 HTTP calls, 0 faults, 0.4 s" in out.getvalue()


def test_json_has_one_object_a_line() -> None:
    out = io.StringIO()
    view = JsonView(out)
    for event in EVENTS:
        view(event)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [event["event"] for event in told] == ["note", "step", "http", "frame", "frame", "failure", "summary"]
    assert told[3] == {
        "event": "frame",
        "time": 0.75,
        "vendor": "aliyun",
        "step": 1,
        "direction": "out",
        "message": "channel_ready.request",
        "header": HEADER,
        "body": {"sessionId": "s-1"},
        "size": 30,
        "deviations": ["ALI-E15"],
    }
    assert told[-1] == {
        "event": "summary",
        "time": 12.345,
        "vendor": "aliyun",
        "step": 1,
        "steps": 10,
        "passed": 9,
        "frames": 2,
        "http_calls": 1,
        "faults": 1,
        "ok": False,
    }


def test_a_message_shows_its_topic_where_a_frame_shows_its_header() -> None:
    event = Passed(
        time=0.25,
        vendor="guiji",
        step=1,
        direction="out",
        message="DestroySession.request",
        topic="1/topicSendClient-0d3b2c1a-0000-4000-8000-000000000000",
        header={},
        body={"id": 1},
        size=8,
        deviations=(),
    )
    out = io.StringIO()
    TimelineView(out)(event)
    assert out.getvalue().splitlines() == [
        '      0.250 s  →  1/topicSendClient-0d3b2c1a…  DestroySession.request {"id":1}'
    ]
    told = io.StringIO()
    JsonView(told)(event)
    assert json.loads(told.getvalue())["topic"] == event.topic
