"""A fourth vendor's fake: one row in the registry of fakes, and all that every fake has is there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import httpx
import pytest
from websockets.asyncio.client import connect

import avatarwire.fakeserver as package
from avatarwire.codecs import cli
from avatarwire.conformance.cli import register as register_conformance
from avatarwire.fakeserver import FakeServerError, ScenarioError, VirtualClock
from avatarwire.fakeserver.vendors import VENDORS
from tests.fourth_vendor.fakeserver.server import FakeToy

SECONDS: Final = 30.0

START: Final = """
import sys
from avatarwire.codecs import cli, registry
from avatarwire.fakeserver import vendors
from avatarwire.fakeserver.cli import register
from tests.fourth_vendor.rows import CODECS_ROW, FAKE_ROW

registry.VENDORS = {**registry.VENDORS, "toy": CODECS_ROW}
vendors.VENDORS = {**vendors.VENDORS, "toy": FAKE_ROW}
sys.exit(cli.run(sys.argv[1:], [register]))
"""

pytest_plugins = ["pytester"]


async def started(fake: FakeToy) -> str:
    """A talk that has been started over HTTP."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{fake.http_url}/toy/talk/start", json={"avatar": "ada"})
    session_id: str = answer.json()["sessionId"]
    return session_id


async def test_a_whole_talk_on_virtual_time() -> None:
    async with FakeToy(clock=VirtualClock(), seed=7) as fake:
        session_id = await started(fake)
        async with connect(f"{fake.ws_url}?sessionId={session_id}", proxy=None) as socket:
            await socket.send('{"kind":"say","number":1,"text":"hello"}')
            assert json.loads(await socket.recv()) == {"kind": "begun", "number": 1}
            fake.advance(1.0)
            assert json.loads(await socket.recv())["kind"] == "said"
            assert [each["session"] for each in fake.sessions()] == [session_id]
            fake.send("failed.notice", {"reason": "pushed"}, session=session_id)
            assert json.loads(await socket.recv()) == {"kind": "failed", "reason": "pushed"}
            fake.commands["finish"](session=session_id, reason="enough")
            assert json.loads(await socket.recv()) == {"kind": "ended", "reason": "enough"}
        said = await fake.journal.expect("say.request", session=session_id)
        heard = await fake.journal.expect("said.notice", session=session_id)
        assert heard.reply_to == said.seq
        assert heard.time - said.time == 1.0
        assert heard.connection == said.connection
        shake = await fake.journal.expect("handshake.websocket", session=session_id)
        assert shake.connection == said.connection
        assert fake.journal.violations() == []


async def test_what_is_no_message_is_a_violation() -> None:
    async with FakeToy() as fake:
        session_id = await started(fake)
        async with connect(f"{fake.ws_url}?sessionId={session_id}", proxy=None) as socket:
            await socket.send('{"kind":"sing"}')
            assert json.loads(await socket.recv()) == {"kind": "failed", "reason": "no such message"}
            await socket.send('{"kind":"say","number":"2","text":"hello"}')
            await fake.journal.expect("begun.notice")
            fake.drop(session_id)
            await socket.wait_closed()
            assert socket.close_code == 1011
        assert [found.clause for found in fake.journal.violations()] == ["TOY-R03", "TOY-E01"]


def test_its_commands_are_listed() -> None:
    fake = FakeToy()
    assert list(fake.commands) == ["advance", "finish", "drop"]
    with fake, pytest.raises(FakeServerError, match="no talk nowhere"):
        fake.drop("nowhere")


def test_its_scenario_is_a_table_beside_the_others() -> None:
    source = {"toy": {"sentence_seconds": 2.0}, "aliyun": {"polls_until_ready": 0}, "server": {"strict": True}}
    fake = FakeToy(source)
    assert (fake.scenario.sentence_seconds, fake.scenario.strict) == (2.0, True)
    assert VENDORS["aliyun"].make(scenario=source).default_credentials
    with pytest.raises(ScenarioError, match="sentence_second: unknown key; did you mean sentence_seconds"):
        FakeToy(sentence_second=1.0)


def test_it_is_a_name_of_the_package() -> None:
    assert package.__dict__.get("FakeToy") is None
    assert getattr(package, "FakeToy") is FakeToy  # noqa: B009 - type checkers do not know it


def test_it_is_demonstrated(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["demo", "toy", "--json"], [register_conformance]) == 0
    *_, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (last["vendor"], last["steps"], last["frames"], last["faults"]) == ("toy", 2, 3, 0)


def test_it_is_served(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", START, "serve", "toy", "--port-toy", "0", "--ready-file", str(ready)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        said: list[str] = []
        while not said or said[-1] not in ("", "Ctrl-C ends it.\n"):
            said.append(process.stdout.readline())
        assert said[0] == "toy: an invented vendor: HTTP and a WebSocket\n"
        facts = json.loads(ready.read_text(encoding="utf-8"))["toy"]
        answer = httpx.get(f"{facts['http_url']}/toy/talk?sessionId=none", trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (404, "NoTalk")
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def test_it_has_a_fixture(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        """
    import pytest

    @pytest.mark.avatarwire(toy={"sentence_seconds": 3.0})
    def test_one(toy_fake, aliyun_fake):
        assert toy_fake.running
        assert toy_fake.scenario.sentence_seconds == 3.0
        """
    )
    plugins = ("-p", "pytest_avatarwire", "-p", "no:cacheprovider")
    pytester.runpytest_inprocess(*plugins).assert_outcomes(passed=1)
