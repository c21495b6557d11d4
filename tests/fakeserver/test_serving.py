"""Fakes for other processes: announced when they are there, ended by a signal, nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from avatarwire.codecs.output_files import OutputError, OutputFile
from avatarwire.fakeserver import FakeAliyun, FakeServerError
from avatarwire.fakeserver.serving import serve

CALL = "/yic/yic-console/openService/v1/avatar/project/queryResource"


def end() -> None:
    """What `kill` does."""
    os.kill(os.getpid(), signal.SIGTERM)


def left_in(folder: Path) -> list[str]:
    """Names of the files in a folder."""
    return sorted(os.listdir(folder))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_it(number: signal.Signals, tmp_path: Path) -> None:
    fake = FakeAliyun()
    path = tmp_path / "ready.json"

    def started() -> None:
        assert json.loads(path.read_text(encoding="utf-8")) == {
            "aliyun": {
                "http_url": fake.http_url,
                "ws_url": fake.ws_url,
                "access_key_id": "LTAI5tFakeAccessKeyId01",
                "access_key_secret": "fake-access-key-secret-01",
                "project_id": fake.project_id,
            }
        }
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)

    await serve({"aliyun": fake}, started=started, ready=OutputFile(path))
    assert not fake.running
    assert left_in(tmp_path) == []


async def test_what_crosses_the_wire_is_shown_and_written_at_the_end(tmp_path: Path) -> None:
    fake = FakeAliyun()
    shown: list[str] = []
    journal = OutputFile(tmp_path / "journal.ndjson")

    def watch(vendor: str, line: str) -> None:
        shown.append(f"{vendor} {line}")
        if len(shown) == 3:
            end()

    async def call() -> None:
        # Speech is left out of what is shown, unless it breaks a rule.
        fake.journal.record("ws", "in", "asr.data.request", raw=bytes(1024), audio=True)
        fake.journal.note("speech was heard")
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(fake.http_url + CALL)

    tasks: list[asyncio.Task[None]] = []
    await serve(
        {"aliyun": fake}, started=lambda: tasks.append(asyncio.create_task(call())), journal=journal, watch=watch
    )
    await asyncio.gather(*tasks)
    assert "note note speech was heard" in shown[0].replace('"', "")
    assert "http in QueryAvatarResource.request " in shown[1]
    assert "http out QueryAvatarResource.response 400 " in shown[2]
    header, *entries = (json.loads(line) for line in journal.path.read_text(encoding="utf-8").splitlines())
    assert header["vendor"] == "aliyun"
    assert [entry["transport"] for entry in entries] == ["ws", "note", "http", "http"]


async def test_one_that_cannot_start_leaves_none_running(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        first, second = FakeAliyun(), FakeAliyun(port=port)
        with pytest.raises(FakeServerError, match=f"cannot listen on 127.0.0.1 port {port}"):
            await serve({"aliyun": first, "other": second}, started=end, ready=OutputFile(tmp_path / "ready.json"))
    assert not first.running
    assert left_in(tmp_path) == []


class Watched(FakeAliyun):
    """Looks at a file when it is started.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.was_there: bool | None = None

    async def start(self) -> None:
        self.was_there = self._path.exists()
        await super().start()


async def test_a_ready_file_of_an_earlier_run_is_gone_before_anything_starts(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    path.write_text('{"aliyun":{"http_url":"http://127.0.0.1:1"}}', encoding="utf-8")
    fake = Watched(path)
    told: list[str] = []

    def started() -> None:
        told.append(json.loads(path.read_text(encoding="utf-8"))["aliyun"]["http_url"])
        assert told == [fake.http_url]
        end()

    await serve({"aliyun": fake}, started=started, ready=OutputFile(path))
    assert (fake.was_there, len(told), left_in(tmp_path)) == (False, 1, [])


async def test_the_ready_file_of_somebody_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"

    def started() -> None:
        path.write_text("another server's", encoding="utf-8")
        end()

    await serve({"aliyun": FakeAliyun()}, started=started, ready=OutputFile(path))
    assert path.read_text(encoding="utf-8") == "another server's"


@pytest.mark.parametrize("option", ["ready", "journal"])
async def test_nothing_starts_where_a_file_cannot_be_written(tmp_path: Path, option: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "nowhere" / "file"):
        fake = Watched(path)
        output: Any = {option: OutputFile(path, "--out")}
        with pytest.raises(OutputError, match=f"--out {path}: "):
            await serve({"aliyun": fake}, started=end, **output)
        assert fake.was_there is None
    assert left_in(tmp_path) == ["pipe"]
    assert stat.S_ISFIFO((tmp_path / "pipe").lstat().st_mode)


async def test_one_wrong_file_leaves_the_other_as_it_was(tmp_path: Path) -> None:
    good, wrong = tmp_path / "good", tmp_path
    good.write_text("of an earlier run", encoding="utf-8")
    for ready, journal in ((good, wrong), (wrong, good)):
        with pytest.raises(OutputError, match="is a directory"):
            await serve({"aliyun": FakeAliyun()}, started=end, ready=OutputFile(ready), journal=OutputFile(journal))
        assert good.read_text(encoding="utf-8") == "of an earlier run"


async def test_a_hangup_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    fake = FakeAliyun()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def hang_up() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(fake.http_url + CALL)).status_code == 400
        end()

    tasks: list[asyncio.Task[None]] = []
    try:
        await serve({"aliyun": fake}, started=lambda: tasks.append(asyncio.create_task(hang_up())))
        await asyncio.gather(*tasks)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
