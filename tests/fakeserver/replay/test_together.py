"""A replay beside all else that a fake is told: TLS, other addresses, faults, bad days, brokers elsewhere."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from avatarwire.codecs import cli as commands
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, Journal, ScenarioError
from avatarwire.fakeserver.bad_days import BAD_DAYS
from avatarwire.fakeserver.cli import register
from avatarwire.fakeserver.faults import Fault
from avatarwire.fakeserver.server import FakeServer
from avatarwire.fakeserver.trace import Trace
from tests.codecs.aio.talks import on_jumping_time
from tests.fakeserver.mqtt.mosquitto import mosquitto
from tests.fakeserver.replay.test_drivers import CONNECT, VENDORS, recorded, talk
from tests.fakeserver.test_pytest_plugin import MODULE, QUIET

pytest_plugins = ["pytester"]

FAKES: Final[dict[str, Any]] = {"aliyun": FakeAliyun, "guiji": FakeGuiji, "sensetime": FakeSenseTime}


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Trace, list[str]]]:
    """A trace of each vendor, and what was said in it; each is recorded once."""
    known: dict[str, tuple[Trace, list[str]]] = {}

    def of(vendor: str) -> tuple[Trace, list[str]]:
        if vendor not in known:
            known[vendor] = recorded(tmp_path_factory.mktemp("traces") / vendor, vendor)
        return known[vendor]

    return of


class Again(NamedTuple):
    """What the same talk gives with a replay that is told something else as well.

    Attributes:
        said: what was said.
        missed: what was asked for that was not recorded.
        urls: where the fake was.
        journal: what it has seen.
    """

    said: list[str]
    missed: tuple[Any, ...]
    urls: list[str]
    journal: Journal


def again(vendor: str, trace: Trace, **changes: Any) -> Again:
    """Talks with a replay."""

    async def main(fake: FakeServer) -> Again:
        urls = [value for name, value in fake.ready.items() if name in ("http_url", "ws_url", "mqtt_url")]
        said = await talk(vendor, fake)
        assert fake.replayed is not None
        return Again(said, fake.replayed.missed, urls, fake.journal)

    return on_jumping_time(vendor, main, seed=2, replay=trace, **changes)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    ("changes", "scheme", "host"),
    [
        ({"tls": True}, "https", "127.0.0.1"),
        ({"tls": True, "advertise": "localhost"}, "https", "localhost"),
        ({"bad_day": "slow-network"}, "http", "127.0.0.1"),
    ],
)
def test_the_talk_is_the_same(traces: Any, vendor: str, changes: dict[str, Any], scheme: str, host: str) -> None:
    trace, before = traces(vendor)
    found = again(vendor, trace, **changes)
    assert (found.said[:2], found.missed) == (before[:2], ())  # an interrupt may come too late on a slow network
    assert found.urls[0].startswith(f"{scheme}://")
    assert {url.partition("://")[2].partition("/")[0].rpartition(":")[0] for url in found.urls} == {host}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_url_in_an_answer_is_where_it_is_served_now(traces: Any, vendor: str) -> None:
    trace, _ = traces(vendor)
    journal = again(vendor, trace, tls=True, advertise="localhost").journal
    answers = b"".join(entry.raw or b"" for entry in journal.entries(direction="out", transport="http"))
    assert b"ws://127" not in answers
    assert b"ws://localhost" not in answers
    if vendor == "aliyun":
        assert b"wss://localhost:" in answers


@pytest.mark.parametrize("broker", ["amqtt", "mosquitto"])
@pytest.mark.parametrize("tls", [False, True])
def test_so_it_is_with_other_brokers(traces: Any, tmp_path: Path, broker: str, tls: bool) -> None:
    trace, _ = traces("guiji")
    if broker == "amqtt" and not importlib.util.find_spec("amqtt"):
        pytest.skip("amqtt is not installed")

    async def main(url: str) -> None:
        async with FakeGuiji(replay=trace, seed=2, broker=url, tls=tls) as fake:
            async with CONNECT["guiji"](fake):
                pass
            assert fake.replayed is not None
            assert (len(fake.replayed.runs), fake.replayed.missed) == (1, ())
            assert [entry.transport for entry in fake.journal.entries("DestroySession.result")] == ["mqtt"]

    if broker == "amqtt":
        asyncio.run(main("amqtt"))
        return
    with mosquitto(tmp_path) as elsewhere:
        asyncio.run(main(elsewhere.url))


def test_faults_act_on_what_is_replayed(traces: Any) -> None:
    trace, before = traces("aliyun")
    rules = [Fault(message="StartAvatarSession.response", do="delay", seconds=2.0)]
    found = again("aliyun", trace, faults=rules)
    assert (found.said, found.missed) == (before, ())
    (asked,) = found.journal.entries("StartAvatarSession.request")
    (told,) = found.journal.entries("StartAvatarSession.response")
    assert told.time - asked.time >= 2.0


def test_the_marker_has_the_fake_of_a_fixture_replay(
    traces: Any, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace, _ = traces("aliyun")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # whether it is installed makes no difference then
    (pytester.path / "run.avtrace").write_bytes(Path(trace.path).read_bytes())
    pytester.makepyfile("""
        import pytest

        @pytest.mark.avatarwire(aliyun={"replay": "run.avtrace"}, clock="virtual")
        def test_one(aliyun_fake, guiji_fake):
            assert aliyun_fake.replayed.unused
            assert guiji_fake.replayed is None
    """)
    pytester.runpytest_inprocess("-p", MODULE, *QUIET).assert_outcomes(passed=1)


# --- what cannot go wrong in a replay ---

OWN: Final = {
    "aliyun": ("line-expired", "force-close-while-speaking", "recovering-then-ready"),
    "guiji": ("line-expired", "force-close-while-speaking"),
    "sensetime": ("force-close-while-speaking", "no-line-free", "slow-download", "rtc-token-expiring"),
}
"""Bad days that are told by what the fake itself would do."""


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_bad_day_of_the_fakes_own_behaviour_is_refused(traces: Any, vendor: str) -> None:
    trace, _ = traces(vendor)
    refused: list[str] = []
    for name in (name for name, day in BAD_DAYS.items() if vendor in day.parts):
        with suppress(ScenarioError):
            FAKES[vendor](replay=trace, bad_day=[name])
            continue
        refused.append(name)
    assert sorted(refused) == sorted(OWN[vendor])


@pytest.mark.parametrize(
    ("vendor", "command"), [("aliyun", "force_close"), ("guiji", "destroy"), ("sensetime", "close_live")]
)
def test_a_rule_that_commands_a_session_is_refused(traces: Any, vendor: str, command: str) -> None:
    trace, _ = traces(vendor)
    rules = [Fault(message="*", do="drop"), Fault(message="*.response", do="command", command=command)]
    with pytest.raises(ScenarioError, match=rf"{vendor}\.faults\[1\]\.command: {command} is for a session, and a rep"):
        FAKES[vendor](replay=trace, faults=rules, bad_day="throttled-start")


def test_tokens_are_the_fakes_own_and_may_be_ended(traces: Any) -> None:
    trace, _ = traces("guiji")
    rules = [Fault(message="createLiveSession.response", do="command", command="expire_tokens")]
    assert FakeGuiji(replay=trace, faults=rules).scenario.faults == tuple(rules)


def test_on_the_command_line_it_is_one_line(traces: Any, capsys: pytest.CaptureFixture[str]) -> None:
    trace, _ = traces("aliyun")
    code = commands.run(["serve", "--replay", str(trace.path), "--bad-day", "line-expired"], [register])
    (line,) = capsys.readouterr().err.splitlines()
    assert code == 2
    assert line.startswith("error: aliyun.bad_day: the bad day line-expired is one of the fake's own behaviour")
