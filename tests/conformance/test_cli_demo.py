"""``avatarwire demo``: what it says, and how it ends."""

from __future__ import annotations

import json
import re
import sys
from functools import partial
from pathlib import Path

import pytest

from avatarwire.conformance.fakes import fake
from avatarwire.conformance.suites import SUITES
from avatarwire.fakeserver.trace import read
from tests.commands import Run


def test_demo_tells_a_story(run: Run) -> None:
    code, out, err = run("demo", "aliyun")
    lines = out.splitlines()
    assert (code, err) == (0, [])
    assert " 1  Start a session" in lines
    assert "10  Close the WebSocket" in lines
    assert re.fullmatch(r"10 of 10 steps, \d+ frames, 2 HTTP calls, 0 faults, \d\.\d s", lines[-1])
    assert "\x1b" not in out


def test_demo_of_all_tells_one_story_after_the_other(run: Run) -> None:
    code, out, err = run("demo", "--json")
    events = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, [])
    assert list(dict.fromkeys(event["vendor"] for event in events)) == list(SUITES)
    assert all(event["ok"] for event in events if event["event"] == "summary")


def test_demo_for_programs(run: Run) -> None:
    code, out, err = run("demo", "aliyun", "--json", "--host", "localhost")
    events = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, [])
    assert {event["vendor"] for event in events} == {"aliyun"}
    assert (events[-1]["event"], events[-1]["ok"], events[-1]["passed"]) == ("summary", True, 10)


def test_demo_fails_with_the_step_that_failed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatarwire.conformance.demonstration.fake", partial(fake, channel_statuses=("FAIL",)))
    code, out, err = run("demo", "aliyun")
    assert (code, err) == (1, [])
    assert "    step 3, Prepare the channel, failed: instead of ChannelReady came ChannelFailed" in out
    assert "2 of 10 steps, " in out.splitlines()[-1]


def test_demo_tells_that_it_cannot_listen(run: Run) -> None:
    code, out, (line,) = run("demo", "--host", "192.0.2.1")
    assert (code, out) == (2, "")
    assert line.startswith("error: the fake aliyun server cannot listen on 192.0.2.1 port 0: ")


@pytest.mark.parametrize("host", ["", " "])
def test_an_empty_host_is_refused(run: Run, host: str) -> None:
    code, out, (line,) = run("demo", "--host", host)
    assert (code, out) == (2, "")
    assert line.startswith("error: host: expected an address to listen on, got '")


def test_an_unknown_vendor_is_told_with_the_nearest(run: Run) -> None:
    assert run("demo", "alyun") == (2, "", ["error: no vendor 'alyun'; did you mean aliyun?"])


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("jwt", "fakeserver"),
        ("websockets", "conformance"),
        ("aiomqtt", "conformance"),
        ("h11", "conformance"),
    ],
)
def test_a_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, module: str, extra: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert run("demo") == (
        2, "", [f'error: avatarwire demo needs the extra {extra}: pip install "avatarwire[{extra}]"'],
    )  # fmt: skip


def test_help_tells_the_exit_codes(run: Run) -> None:
    code, out, _ = run("demo", "--help")
    assert code == 0
    assert "0 everything is fine, 1 the data is wrong, 2 the command" in " ".join(out.split())


def test_demo_is_recorded(run: Run, tmp_path: Path) -> None:
    code, _, err = run("demo", "guiji", "--trace", str(tmp_path / "demo.avtrace"))
    assert (code, err) == (0, [])
    trace = read(tmp_path / "demo.avtrace")
    assert (trace.complete, trace.meta.source, trace.meta.title) == (True, "demo", "avatarwire demo guiji")
    assert {"createLive.request", "CreateNewSession.result", "DestroySession.result"} <= {
        entry.message for entry in trace.entries
    }


def test_a_recording_is_of_one_vendor(run: Run, tmp_path: Path) -> None:
    code, out, err = run("demo", "--trace", str(tmp_path / "demo.avtrace"))
    assert (code, out) == (2, "")
    assert "--trace is of one vendor: name it, such as avatarwire demo aliyun" in " ".join(err)
    assert not list(tmp_path.iterdir())


def test_a_recording_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    code, _, err = run("demo", "guiji", "--trace", str(tmp_path / "none" / "demo.avtrace"))
    assert code == 2
    assert "--trace" in " ".join(err)
