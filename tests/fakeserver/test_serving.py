"""Fakes for other processes: announced when they are there, ended by a signal, nothing left behind."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import stat
from pathlib import Path

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun, FakeServerError
from avatarwire.fakeserver.serving import ready_file, serve

CALL = "/yic/yic-console/openService/v1/avatar/project/queryResource"


def end() -> None:
    """What `kill` does."""
    os.kill(os.getpid(), signal.SIGTERM)


def left_in(folder: Path) -> list[str]:
    """Names of the files in a folder."""
    return sorted(os.listdir(folder))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it(number: signal.Signals, tmp_path: Path) -> None:
    fake = FakeAliyun()
    path = tmp_path / "ready.json"

    def started() -> None:
        assert json.loads(path.read_text(encoding="utf-8")) == {
            "aliyun": {
                "http_url": fake.http_url,
                "access_key_id": "LTAI5tFakeAccessKeyId01",
                "access_key_secret": "fake-access-key-secret-01",
                "project_id": fake.project_id,
            }
        }
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)

    await serve({"aliyun": fake}, started=started, ready_path=path)
    assert not fake.running
    assert left_in(tmp_path) == []


async def test_what_crosses_the_wire_is_shown_and_written_at_the_end() -> None:
    fake = FakeAliyun()
    shown: list[str] = []
    journal = io.StringIO()

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
    assert f"http in method=GET path={CALL}" in shown[1].replace("QueryAvatarResource.request ", "")
    assert "http out" in shown[2]
    assert "status=400" in shown[2]
    header, *entries = (json.loads(line) for line in journal.getvalue().splitlines())
    assert header["vendor"] == "aliyun"
    assert [entry["transport"] for entry in entries] == ["ws", "note", "http", "http"]


async def test_one_that_cannot_start_leaves_none_running(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        first, second = FakeAliyun(), FakeAliyun(port=port)
        with pytest.raises(FakeServerError, match=f"cannot listen on 127.0.0.1 port {port}"):
            await serve({"aliyun": first, "other": second}, started=end, ready_path=tmp_path / "ready.json")
    assert not first.running
    assert left_in(tmp_path) == []


def test_the_ready_file_replaces_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    path.write_text("old", encoding="utf-8")
    with ready_file(path, {"aliyun": {"http_url": "http://127.0.0.1:1"}}):
        assert json.loads(path.read_text(encoding="utf-8")) == {"aliyun": {"http_url": "http://127.0.0.1:1"}}
    assert not path.exists()


def test_the_ready_file_of_somebody_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with ready_file(path, {}):
        path.write_text("another server's", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "another server's"


def test_a_ready_file_that_is_gone_is_not_missed(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with ready_file(path, {}):
        path.unlink()
    assert left_in(tmp_path) == []


def test_a_ready_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "ready.json"
    with pytest.raises(OSError, match=r"nowhere/ready\.json"), ready_file(path, {}):
        raise AssertionError("nothing to be ready for")


def test_a_half_written_ready_file_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="folder"), ready_file(path, {}):
        raise AssertionError("nothing to be ready for")
    assert left_in(tmp_path) == ["folder"]
