"""``avatarwire serve --trace``: everything that crosses the wires, whatever ends the process."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import httpx
import pytest

from avatarwire.fakeserver import FakeGuiji
from avatarwire.fakeserver.trace import Trace, TraceError, read, tracing
from tests.commands import Run
from tests.fakeserver.test_cli import SECONDS, serving


def logged_in(ready: Path) -> str:
    """Gets a token of the fake Guiji, which is gone to in vain before."""
    place = json.loads(ready.read_text(encoding="utf-8"))["guiji"]
    httpx.get(place["http_url"] + "/nowhere", trust_env=False)
    key = {"appId": place["app_id"], "appSecret": place["app_secret"]}
    answer = httpx.post(place["http_url"] + "/live-manager/open/accessToken", json=key, trust_env=False)
    token: str = answer.json()["data"]["token"]
    return token


def all_of(trace: Trace) -> str:
    return repr(trace.entries) + repr(trace.blobs)


@pytest.mark.parametrize("secrets", [False, True])
def test_it_is_complete_when_the_fakes_have_ended(tmp_path: Path, secrets: bool) -> None:
    ready, file = tmp_path / "ready.json", tmp_path / "x.avtrace"
    options = ["--with-secrets"] if secrets else []
    with serving("guiji", "aliyun", "--ready-file", str(ready), "--trace", str(file), *options) as (process, _):
        token = logged_in(ready)
        assert not file.exists()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")
    trace = read(file)
    assert trace.complete
    assert (trace.meta.vendors, trace.meta.source, trace.meta.with_secrets) == (("guiji", "aliyun"), "serve", secrets)
    lost, _, asked, answered = [it for it in trace.entries if it.transport == "http"]
    assert (lost.meta["path"], asked.message, answered.message) == (
        "/nowhere", "getAccessToken.request", "getAccessToken.response",
    )  # fmt: skip
    assert answered.reply_to == asked.seq
    assert ("fake-app-secret" in all_of(trace), token in all_of(trace)) == (secrets, secrets)
    assert not file.with_name("x.avtrace.part").exists()


def test_what_the_journal_only_has_a_hash_of_is_whole_and_masked(tmp_path: Path) -> None:
    fake = FakeGuiji(journal_bytes=4000)
    long = b'{"appSecret":"never-shown","more":"' + b"x" * 5000 + b'"}'
    with tracing(tmp_path / "x", fake):
        fake.journal.add("http", "in", "getAccessToken.request", raw=long)
        fake.journal.add("ws", "in", "", raw=b"\x00" * 11 + b"\x01\x02" * 3000, audio=True, prefix=11)
    assert fake.journal.entries()[0].omitted is not None
    trace = read(tmp_path / "x")
    text, sound = (trace.data(entry) for entry in trace.entries)
    assert text is not None
    assert b"never-shown" not in text
    assert b"x" * 5000 in text
    assert sound == b"\x00" * 11 + b"\x01\x02" * 3000


def test_a_process_that_is_killed_leaves_what_it_has_seen(tmp_path: Path, run: Run) -> None:
    ready, file = tmp_path / "ready.json", tmp_path / "x.avtrace"
    with serving("guiji", "--ready-file", str(ready), "--trace", str(file)) as (process, _):
        logged_in(ready)
        process.kill()
        process.communicate(timeout=SECONDS)
    with pytest.raises(TraceError, match="No such file"):
        read(file)
    part = file.with_name("x.avtrace.part")
    assert [it.message for it in read(part).entries][-2:] == ["getAccessToken.request", "getAccessToken.response"]
    code, out, err = run("trace", "show", part)
    assert (code, err) == (0, [])
    assert out.startswith("guiji, by serve, 4 entries, not complete\n")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--trace", "/"), "--trace /: is a directory"),
        (("--trace", "x", "--journal", "x"), "--trace x: is the file of --journal, too"),
        (("--with-secrets",), "--with-secrets: there is no trace without --trace FILE"),
    ],
)
def test_what_cannot_be_is_a_line(run: Run, options: tuple[str, ...], reason: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        code, _, (line,) = run("serve", "guiji", *options)
    assert code == 2
    assert reason in line


# --- the commands about traces ---


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    from .recorded import talk

    talk(tmp_path / "a.avtrace")
    return tmp_path / "a.avtrace"


def test_show(run: Run, trace: Path) -> None:
    code, out, err = run("trace", "show", trace)
    assert (code, err, len(out.splitlines())) == (0, [], 7)
    code, out, _ = run("trace", "show", trace, "--message", "start.*", "--json")
    assert [json.loads(line)["message"] for line in out.splitlines()] == ["start.request", "start.response"]
    code, _, (line,) = run("trace", "show", trace, "--message", "start.requst")
    assert code == 2
    assert "start.request" in line


def test_diff(run: Run, trace: Path, tmp_path: Path) -> None:
    from .recorded import talk

    code, out, _ = run("trace", "diff", trace, trace)
    assert (code, out) == (0, "0 differences, 5 messages the same, 0 ids mapped\n")
    talk(tmp_path / "b.avtrace", text="hi")
    code, out, _ = run("trace", "diff", trace, tmp_path / "b.avtrace")
    assert code == 1
    assert "text: 'hello' -> 'hi'" in out
    code, _, (line,) = run("trace", "diff", trace, tmp_path / "none")
    assert (code, line) == (2, f"error: {tmp_path / 'none'}: No such file or directory")


@pytest.mark.parametrize("kind", ["har", "ndjson", "pcap"])
def test_export(run: Run, trace: Path, tmp_path: Path, kind: str) -> None:
    code, out, _ = run("trace", "export", kind, trace)
    assert (code, out) == (0, f"{trace}.{kind}\n")
    assert (tmp_path / f"a.avtrace.{kind}").stat().st_size > 200
    code, out, _ = run("trace", "export", kind, trace, "-o", tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == (tmp_path / f"a.avtrace.{kind}").read_bytes()
    code, _, (line,) = run("trace", "export", kind, trace, "-o", trace)
    assert (code, line) == (2, f"error: -o {trace}: is the file of {trace}, too")
    code, _, (line,) = run("trace", "export", "hra", trace)
    assert (code, line) == (2, "error: no kind 'hra'; did you mean har?") or "har" in line
