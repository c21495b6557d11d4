"""Traces that are in the repository: those of the first version of the format stay readable, the examples as shown.

The files are never written anew: a trace that somebody has kept is one of these.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from avatarwire.codecs.cli import run
from avatarwire.fakeserver.trace import read
from tests.project.tree import ROOT

DATA: Final = Path(__file__).parent / "data"
EXAMPLES: Final = ROOT / "examples" / "traces"
SHOWN: Final = re.compile(r"^```console\n\$ avatarwire (?P<command>trace show .*)\n(?P<printed>(?:.*\n)*?)```$", re.M)


@pytest.mark.parametrize(("name", "complete"), [("avtrace-1.avtrace", True), ("avtrace-1.avtrace.part", False)])
def test_the_first_version_is_readable(name: str, complete: bool) -> None:
    trace = read(DATA / name)
    assert (trace.complete, trace.meta.vendors, trace.meta.title) == (
        complete,
        ("guiji", "sensetime"),
        "the first version",
    )
    assert trace.meta.entries == (8 if complete else None)
    call, answer, beat, ended, audio, broken, fault, callback = trace.entries
    assert call.body == {"appId": "fake-app-id", "appSecret": "***"}
    assert call.meta["path"] == "/live-manager/open/accessToken"
    assert (answer.status, answer.reply_to, answer.deviations) == (200, call.seq, ("GJ-E15",))
    assert (beat.transport, beat.session, beat.meta["qos"]) == ("mqtt", "s-1", 1)
    assert ended.violations[0]["clause"] == "GJ-R115"
    assert trace.data(audio) == b"\x00\x01" * 2000
    assert (broken.raw, trace.data(broken)) == ("fffe", b"\xff\xfe")
    assert fault.fault == {"rule": "f1", "did": "close"}
    assert (callback.transport, callback.time) == ("callback", 1_700_000_044.0)


@pytest.mark.parametrize(
    ("vendor", "transports"),
    [
        ("aliyun", {"http", "note", "ws"}),
        ("guiji", {"http", "mqtt", "note"}),
        ("sensetime", {"callback", "http", "note", "ws"}),
    ],
)
def test_the_examples_are_demos_with_all_transports(vendor: str, transports: set[str]) -> None:
    trace = read(EXAMPLES / f"{vendor}.avtrace")
    assert (trace.complete, trace.meta.source, trace.meta.vendors) == (True, "demo", (vendor,))
    assert trace.meta.entries == len(trace.entries) > 50
    assert set(Counter(entry.transport for entry in trace.entries)) == transports
    assert not any(entry.violations for entry in trace.entries)
    # What belongs to this machine, or is a secret, is not in a file for everybody.
    assert not any(b"fake-app-secret" in (trace.data(entry) or b"") for entry in trace.entries)


def _shown() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "recording.md").read_text(encoding="utf-8")
    return [(found["command"], found["printed"]) for found in SHOWN.finditer(text)]


def test_each_vendor_is_shown() -> None:
    assert [re.findall(r"traces/(\w+)\.", command) for command, _ in _shown()] == [["aliyun"], ["guiji"], ["sensetime"]]


@pytest.mark.parametrize(("command", "printed"), _shown())
def test_the_documentation_prints_what_the_command_prints(
    command: str, printed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert run(shlex.split(command)) == 0
    assert capsys.readouterr().out == printed
