"""An adapter as a program that can be judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from avatarwire.conformance.clients.program import main, talked

MODULE = "tests.conformance.clients.test_program"


class Recorded:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def start(self, place: object) -> None:
        self.calls.append("start")

    async def say(self, text: str) -> None:
        self.calls.append("say")

    async def stop(self) -> None:
        self.calls.append("stop")


class Talented(Recorded):
    """The same, and more."""

    async def interrupt(self) -> None:
        self.calls.append("interrupt")

    async def speak(self, pcm: bytes) -> None:
        self.calls.append(f"speak {len(pcm)}")


class Failing(Recorded):
    """The same, and nothing comes of it."""

    async def say(self, text: str) -> None:
        raise RuntimeError("not heard")


class Blocking:
    """Methods that block."""

    def start(self, place: object) -> None: ...

    def say(self, text: str) -> None: ...

    def stop(self) -> None: ...


@pytest.mark.parametrize(
    ("flow", "calls"),
    [
        ("text", ["start", "say", "say", "stop"]),
        ("interrupt", ["start", "say", "say", "say", "interrupt", "stop"]),
        ("speech", ["start", "say", "say", "speak 6400", "stop"]),
    ],
)
async def test_what_it_is_told(flow: str, calls: list[str]) -> None:
    adapter = Talented()
    assert await talked(adapter, "aliyun", {}, flow, 0.0) == []
    assert adapter.calls == calls


async def test_what_fails_is_said_and_the_talk_goes_on() -> None:
    adapter = Failing()
    assert await talked(adapter, "aliyun", {}, "text", 0.0) == ["say: RuntimeError: not heard"] * 2
    assert adapter.calls == ["start", "stop"]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"aliyun": {"http_url": "http://127.0.0.1:1"}}))
    monkeypatch.setenv("AVATARWIRE_READY", str(ready))
    monkeypatch.setenv("AVATARWIRE_SECONDS", "0")
    monkeypatch.setenv("AVATARWIRE_FLOW", "text")
    return {}


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("name", "flow", "code", "said"),
    [
        ("Recorded", "text", 0, ""),
        ("Blocking", "text", 0, ""),
        ("Failing", "text", 1, "say: RuntimeError: not heard\nsay: RuntimeError: not heard\n"),
        ("Recorded", "speech", 127, "the adapter has no speak\n"),
        ("Nobody", "text", 2, "has no Nobody"),
    ],
)
def test_its_exit_code(
    name: str, flow: str, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AVATARWIRE_FLOW", flow)
    assert main([f"{MODULE}:{name}"]) == code
    assert said in capsys.readouterr().err


def test_outside_of_a_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("AVATARWIRE_READY", raising=False)
    assert main([f"{MODULE}:Recorded"]) == 2
    assert "to be run by avatarwire conform V --client -- ..." in capsys.readouterr().err
