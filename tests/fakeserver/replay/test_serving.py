"""``avatarwire serve --replay``: what it serves, what it prints at the end, and what is a line on standard error."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from avatarwire.codecs import cli as commands
from avatarwire.fakeserver import FakeAliyun
from avatarwire.fakeserver.cli import register
from avatarwire.fakeserver.cli_replay import tell_replayed, to_replay
from tests.fakeserver.aliyun.running import post
from tests.fakeserver.replay.test_by_hand import begun, guiji
from tests.fakeserver.test_cli import SECONDS, serving
from tests.fakeserver.trace.recorded import trace

Run = Callable[..., "tuple[int, list[str]]"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, lines of standard error."""

    def command(*arguments: object) -> tuple[int, list[str]]:
        code = commands.run([str(each) for each in arguments], [register])
        return code, capsys.readouterr().err.splitlines()

    return command


def test_it_serves_whom_the_trace_has_and_tells_what_was_used(tmp_path: Path) -> None:
    trace(tmp_path / "x.avtrace", *guiji(1, "/liveInfo/create", "createLive", {}, 41), vendors=("guiji",))
    ready = tmp_path / "ready.json"
    with serving("--replay", str(tmp_path / "x.avtrace"), "--ready-file", str(ready)) as (process, said):
        assert said[0].startswith("guiji: ")
        assert set(json.loads(ready.read_text(encoding="utf-8"))) == {"guiji", "control"}
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines() == [
        "replayed guiji: 0 of 1 recorded exchanges used, 0 sessions",
        "  never asked for: #1 createLive.request",
    ]


def test_what_was_used_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeAliyun(replay=trace(tmp_path / "x", *begun(1)), verify_signatures=False, seed=3) as fake:
        post(fake, "startAvatarSession", projectId="p", requestId="r")
    tell_replayed({"aliyun": fake, "other": FakeAliyun()})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "replayed aliyun: 1 of 1 recorded exchanges used, 1 sessions"
    assert lines[1].startswith("  session 1eb5852d-ade6-4dfb-ba20-a629d2b12244 as ")
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("# Notes\n", "not a trace: expected a zip, or lines of JSON of which the first has a format"),
        (
            '{"format":"avtrace/1","avatarwire":"0.1","vendors":["guiji"],"source":"serve","started":1.0}\n{"v":2}\n',
            "line 2: Object missing required field `seq`",
        ),
        (
            '{"format":"avtrace/1","avatarwire":"0.1","vendors":["guiji"],"source":"serve","started":1.0}\n',
            "it has no messages, so that there is nothing to replay",
        ),
        ('{"format":"avatarwire.failure/1"}', "this is a failure of probe or fuzz: avatarwire replay FILE"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_a_line(tmp_path: Path, run: Run, content: str, reason: str) -> None:
    file = tmp_path / "x.avtrace"
    file.write_text(content, encoding="utf-8")
    assert run("serve", "--replay", file) == (2, [f"error: --replay {file}: {reason}"])


def test_a_vendor_that_the_trace_does_not_have_is_a_line(tmp_path: Path, run: Run) -> None:
    file = trace(tmp_path / "x.avtrace", *begun(1)).path
    reason = f"error: {file}: nothing of guiji can be replayed: it has messages of aliyun"
    assert run("serve", "guiji", "--replay", file) == (2, [reason])


@pytest.mark.parametrize("option", ["--trace", "--journal", "--ready-file"])
def test_it_is_not_written_over(tmp_path: Path, run: Run, option: str) -> None:
    file = trace(tmp_path / "x.avtrace", *begun(1)).path
    before = file.read_bytes()
    code, (line,) = run("serve", "--replay", file, option, file)
    assert (code, line) == (2, f"error: {option} {file}: is the file of --replay, too")
    assert file.read_bytes() == before


def test_a_trace_of_several_vendors_is_known_by_all(tmp_path: Path) -> None:
    entries = [*begun(1), *guiji(3, "/liveInfo/create", "createLive", {}, 41)]
    for entry in entries[2:]:
        entry["vendor"] = "guiji"
    found = to_replay(trace(tmp_path / "x", *entries).path)
    assert found.known_vendors == ["aliyun", "guiji"]
