"""``avatarwire record``: what it says, what it refuses, and what is left of it however it ends."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from avatarwire.codecs import cli as commands
from avatarwire.fakeserver import FakeGuiji
from avatarwire.fakeserver.cli import register
from avatarwire.fakeserver.record import Recording
from avatarwire.fakeserver.record.running import run
from avatarwire.fakeserver.trace import read
from tests.fakeserver.test_cli import SECONDS, serving

Run = Callable[..., "tuple[int, str, str]"]
LOGIN = {"appId": "fake-app-id", "appSecret": "fake-app-secret"}


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, standard output, standard error."""

    def record(*arguments: object) -> tuple[int, str, str]:
        code = commands.run(["record", *map(str, arguments)], [register])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return record


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_what_has_passed_is_there_however_it_ends(tmp_path: Path, number: signal.Signals) -> None:
    given, ready, out = (tmp_path / name for name in ("given.json", "ready.json", "x.avtrace"))
    with FakeGuiji() as fake:
        content = {"guiji": dict(fake.ready), "control": {"url": "http://127.0.0.1:1", "token": "t"}}
        given.write_text(json.dumps(content), "utf-8")
        arguments = ("guiji", "--upstream", fake.http_url, "--ready", given, "--out", out, "--ready-file", ready)
        with serving(*map(str, arguments), command="record") as (process, said):
            place = json.loads(ready.read_text("utf-8"))
            assert stat.S_IMODE(ready.stat().st_mode) == 0o600
            ours = place["guiji"]
            assert (ours["app_secret"], place["control"]) == (fake.app_secret, content["control"])
            assert [line.split() for line in said[1:3]] == [[key, str(ours[key])] for key in ("http_url", "mqtt_url")]
            assert said[0].endswith(", recorded")
            assert f"  {ours['http_url']} stands for {fake.http_url}" in said
            url = ours["http_url"] + "/live-manager/open/accessToken"
            assert httpx.post(url, json=LOGIN, trust_env=False).json()["code"] == 200
            process.send_signal(number)
            _, err = process.communicate(timeout=SECONDS)
    killed = number is signal.SIGKILL
    assert (process.returncode, err) == (-signal.SIGKILL if killed else 0, "")
    assert (out.exists(), ready.exists()) == (not killed, killed)
    trace = read(out.with_name("x.avtrace.part") if killed else out)
    assert trace.complete is not killed
    assert [entry.message for entry in trace.entries if entry.transport == "http"] == [
        "getAccessToken.request", "getAccessToken.response",
    ]  # fmt: skip


async def test_it_is_announced_while_it_runs(tmp_path: Path) -> None:
    from avatarwire.codecs.output_files import OutputFile

    ready, seen = tmp_path / "ready.json", list[object]()
    ready.write_text("of an earlier run", "utf-8")

    def started() -> None:
        seen.append(json.loads(ready.read_text("utf-8")))
        os.kill(os.getpid(), signal.SIGTERM)

    proxy = Recording("guiji", upstream="http://127.0.0.1:1", ready=LOGIN, out=tmp_path / "x")
    await run(proxy, OutputFile(ready, "--ready-file"), {"control": {}}, started=started)
    [content] = seen
    assert content == {"guiji": {**LOGIN, "http_url": next(iter(proxy.addresses))}, "control": {}}
    assert not ready.exists()
    assert read(tmp_path / "x").complete


def test_the_command_says_what_it_does(tmp_path: Path, command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from avatarwire.fakeserver.record import running

    async def once(proxy: Recording, ready: object, more: object, *, started: Callable[[], object]) -> None:
        del ready, more
        async with proxy:
            started()

    monkeypatch.setattr(running, "run", once)
    code, out, err = command("aliyun", "--upstream", "http://127.0.0.1:1", "--out", tmp_path / "x")
    assert (code, out.splitlines()[-1]) == (0, "Ctrl-C ends it.")
    assert "  http://127.0.0.1:" in out
    assert err == (
        "warning: calls are signed for one host, and to sign them anew takes access_key_id and access_key_secret"
        " in --ready\n"
    )


def test_what_it_cannot_do_is_told_in_one_line(tmp_path: Path, command: Run) -> None:
    good = ("--upstream", "http://127.0.0.1:1")
    out = ("--out", tmp_path / "x")
    ready, other, odd = tmp_path / "ready.json", tmp_path / "other.json", tmp_path / "odd.json"
    ready.write_text('{"guiji": {"mqtt_url": "x"}, "aliyun": []}', "utf-8")
    other.write_text("{}", "utf-8")
    odd.write_bytes(b"\xff{" + b" " * (1 << 20))
    for arguments, told in (
        (("nobody", *good, *out), "no vendor 'nobody'"),
        (("guiji", "--upstream", "x", *out), "--upstream: got 'x', expected a URL such as"),
        (("guiji", *good, "--out", tmp_path / "none" / "x"), "--out "),
        (("guiji", *good, "--out", tmp_path), "--out "),
        (("guiji", *good, *out, "--ready", tmp_path / "missing"), "missing: No such file"),
        (("guiji", *good, *out, "--ready", odd), "larger than the"),
        (("guiji", *good, *out, "--ready", other), "other.json: it says nothing of guiji"),
        (("aliyun", *good, *out, "--ready", ready), "ready.json: it says nothing of aliyun"),
        (("guiji", *good, *out, "--ready", ready), "mqtt_url of --ready"),
        (("guiji", *good, "--out", ready, "--ready", ready), "--ready"),
        (("guiji", *good, *out, "--ready-file", tmp_path / "x"), "--ready-file"),
        (("guiji", *good, *out, "--host", "no host"), "no host"),
        (("guiji", *good, *out, "--callback-url", "http://h"), "--callback-"),
        (("sensetime", *good, *out, "--callback-listen", "x", "--callback-url", "http://h"), "expected HOST:PORT"),
    ):
        code, printed, err = command(*arguments)
        assert (code, printed) == (2, ""), arguments
        assert told in err.replace("\n", " "), (arguments, err)
        assert len(err.splitlines()) == 1, err
    assert command("guiji", *good)[0] == command("guiji", *out)[0] == command(*good, *out)[0] == 2
    assert command("guiji", *good, *out, "--port", "x")[0] == 2
    ready.write_bytes(b"\xff")
    assert "no ready file" in command("guiji", *good, *out, "--ready", ready)[2]
    assert not (tmp_path / "x").exists()
