"""``avatarwire serve``: what it says, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun
from avatarwire.fakeserver import cli as commands_of_fakes
from avatarwire.fakeserver.vendors import VENDORS
from tests.commands import Run

START: Final = (
    "import sys; from avatarwire.codecs.cli import run; from avatarwire.fakeserver.cli import register; "
    "sys.exit(run(sys.argv[1:], [register]))"
)
SECONDS: Final = 30.0
"""Real seconds after which a process that should have ended is killed, and the test fails."""


@contextmanager
def serving(
    *arguments: str, command: str = "serve", start: str = START, measured: bool = True
) -> Generator[tuple[subprocess.Popen[str], list[str]]]:
    """``avatarwire serve``, or `command`, in a process of its own, once it says that it runs, and what it has said."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(  # noqa: S603 - the project's own command
        [sys.executable, "-c", start, command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in environment.items() if measured or not name.startswith("COVERAGE")},
    )
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line.rstrip("\n"))
            if said[-1] == "Ctrl-C ends it.":
                break
        yield process, said
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_serve_runs_until_it_is_told_to_end(tmp_path: Path, number: signal.Signals) -> None:
    ready, journal = tmp_path / "ready.json", tmp_path / "journal.ndjson"
    options = ("--ready-file", str(ready), "--journal", str(journal), "--verbose")
    with serving("aliyun", *options) as (process, said):
        content = json.loads(ready.read_text(encoding="utf-8"))
        facts, control = content["aliyun"], content["control"]
        assert said[0] == "aliyun: Aliyun IntelligentCreation: signed HTTP and the interaction WebSocket"
        assert [line.split() for line in said[1:-1] if line.startswith(" ")] == [
            [name, value] for name, value in (facts | control).items()
        ]
        assert facts["ws_url"] == facts["http_url"].replace("http", "ws") + "/v1/interaction"
        httpx.get(facts["http_url"] + "/nowhere", trust_env=False)
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")
    assert re.match(r"aliyun #1 \+\d+\.\d{3}s http in method=GET path=/nowhere @c\d+", out)
    assert not ready.exists()
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [line.get("direction") for line in lines] == [None, "in", "out"]


def test_serve_announces_the_fake_sensetime(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving("sensetime", "--ready-file", str(ready)) as (process, said):
        facts = json.loads(ready.read_text(encoding="utf-8"))["sensetime"]
        assert list(facts) == [
            "http_url",
            "ws_url",
            "interactive_url",
            "callback_url",
            "app_id",
            "app_key",
            "access_token",
            "param",
        ]
        assert [line.split()[0] for line in said[1:-1]] == [*facts, "control:", "url", "token"]
        asked = urllib.request.Request(  # noqa: S310 - our own server
            f"{facts['http_url']}/api/2dvh/v1/material/live/channel/running/list",
            headers={"Authorization": f"Bearer {facts['access_token']}"},
        )
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 - likewise
            assert json.load(answer)["data"] == []
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")


def test_serve_announces_both_ports_of_the_fake_guiji(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving("guiji", "--ready-file", str(ready)) as (process, said):
        facts = json.loads(ready.read_text(encoding="utf-8"))
        assert list(facts) == ["guiji", "control"]
        assert facts["guiji"]["mqtt_url"].startswith("mqtt://127.0.0.1:")
        assert [line.split()[0] for line in said[1:-1]] == [*facts["guiji"], "control:", "url", "token"]
        assert {"mqtt_user", "mqtt_password", "live_id", "scene_code", "sequence"} <= set(facts["guiji"])
        with socket.create_connection(
            ("127.0.0.1", int(facts["guiji"]["mqtt_url"].rpartition(":")[2])), timeout=SECONDS
        ):
            pass
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")


def test_serve_tells_that_a_port_is_taken(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, (line,) = run("serve", "--port-aliyun", str(port))
    assert (code, out) == (2, "")
    assert line.startswith(f"error: the fake aliyun server cannot listen on 127.0.0.1 port {port}: ")


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("[aliyun]\nstrct = true\n", "aliyun.strct: unknown key; did you mean strict?"),
        ("[aliyum]\n", "aliyum: unknown table"),
        ("[server]\nclock = 'virtul'\n", "server.clock: expected one of"),
        ("[server]\nseed = -1\n", "server.seed: "),
        ("=\n", "not TOML"),
    ],
)
def test_serve_tells_what_is_wrong_with_a_scenario(run: Run, tmp_path: Path, scenario: str, told: str) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(scenario, encoding="utf-8")
    code, out, (line,) = run("serve", "--scenario", str(file))
    assert (code, out) == (2, "")
    assert line.startswith(f"error: {file}: ")
    assert told in line


def test_serve_refuses_time_that_nobody_could_move(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text("[server]\nclock = 'virtual'\n", encoding="utf-8")
    told = f"error: {file}: server.clock: time would stand still: nobody can advance it without control"
    assert run("serve", "--no-control", "--scenario", str(file)) == (2, "", [told])


@pytest.mark.parametrize("option", ["--journal", "--ready-file"])
def test_serve_tells_which_file_it_cannot_write(run: Run, tmp_path: Path, option: str) -> None:
    file = tmp_path / "nowhere" / "file.json"
    assert run("serve", option, str(file)) == (2, "", [f"error: {option} {file}: No such file or directory"])


@pytest.mark.parametrize("option", ["--journal", "--ready-file"])
@pytest.mark.parametrize(
    ("path", "kind"),
    [("/dev/null", "a device"), ("/dev/full", "a device"), ("/dev/stdout", "a symbolic link"), ("", "a directory")],
)
def test_serve_writes_no_device_and_no_link(run: Run, option: str, path: str, kind: str) -> None:
    code, out, (line,) = run("serve", "aliyun", option, path)
    assert (code, out) == (2, "")
    assert line.startswith(f"error: {option} {path or '.'}: is {kind}, expected a regular file")
    assert os.path.exists(path or ".")


def test_serve_writes_no_file_twice_and_none_that_it_reads(run: Run, tmp_path: Path) -> None:
    file, other = tmp_path / "file.json", tmp_path / "." / "file.json"
    code, _, (line,) = run("serve", "--ready-file", str(file), "--journal", str(other))
    assert (code, line) == (2, f"error: --journal {file}: is the file of --ready-file, too")
    assert not file.exists()
    file.write_text("{}", encoding="utf-8")
    for option in ("--ready-file", "--journal"):
        code, _, (line,) = run("serve", "--scenario", str(file), option, str(file))
        assert (code, line) == (2, f"error: {option} {file}: is the file of --scenario, too")
    assert file.read_text(encoding="utf-8") == "{}"


START_LIMITED: Final = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); " + START
"""Files of this process cannot have more bytes: what a disk that is full does."""


def test_serve_goes_on_when_the_disk_is_full_and_says_so(tmp_path: Path) -> None:
    ready, journal = tmp_path / "ready.json", tmp_path / "journal.ndjson"
    options = ("aliyun", "--ready-file", str(ready), "--journal", str(journal))
    # The file of what coverage measures would have no room either.
    with serving(*options, start=START_LIMITED, measured=False) as (process, _):
        url = json.loads(ready.read_text(encoding="utf-8"))["aliyun"]["http_url"]
        assert process.stderr is not None
        for _ in range(20):
            httpx.get(url + "/nowhere", trust_env=False)
        warning = process.stderr.readline()
        assert httpx.get(url + "/nowhere", trust_env=False).status_code == 404
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=SECONDS)
    told = f"--journal {journal}: File too large"
    assert warning == f"warning: {told}; what happens from now on is not written\n"
    assert (process.returncode, error, ready.exists()) == (2, f"error: {told}\n", False)
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert len(lines) >= 3
    assert [line["seq"] for line in lines[1:]] == list(range(1, len(lines)))


def test_a_journal_of_a_process_that_was_killed_has_what_it_has_seen(tmp_path: Path) -> None:
    ready, journal = tmp_path / "ready.json", tmp_path / "journal.ndjson"
    with serving("--ready-file", str(ready), "--journal", str(journal)) as (process, _):
        facts = json.loads(ready.read_text(encoding="utf-8"))
        for vendor in VENDORS:
            httpx.get(facts[vendor]["http_url"] + "/nowhere", trust_env=False)
        pause = threading.Event()
        for _ in range(1000):
            if journal.read_bytes().count(b"\n") == 9:
                break
            pause.wait(0.01)
        process.kill()
        process.communicate(timeout=SECONDS)
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [line["vendor"] for line in lines[:3]] == list(VENDORS)
    assert [(line["vendor"], line["direction"]) for line in lines[3:]] == [
        (vendor, direction) for vendor in VENDORS for direction in ("in", "out")
    ]


@pytest.mark.parametrize("host", ["", " "])
def test_an_empty_host_is_refused(run: Run, host: str) -> None:
    code, out, (line,) = run("serve", "--host", host)
    assert (code, out) == (2, "")
    assert line.startswith("error: host: expected an address to listen on, got '")


WARNING: Final = "warning: listening on every interface with published default credentials"


@pytest.mark.parametrize(
    ("host", "scenario", "told"),
    [
        ("0.0.0.0", "", [WARNING]),  # noqa: S104 - what is warned of
        ("0", "", [WARNING]),
        ("127.0.0.1", "", []),
        ("0.0.0.0", "[[aliyun.accounts]]\naccess_key_id = 'a'\naccess_key_secret = 'b'\n", []),  # noqa: S104
    ],
)
def test_serve_warns_where_everybody_may_come_in(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, scenario: str, told: list[str]
) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(scenario, encoding="utf-8")
    announce = commands_of_fakes._announce  # pyright: ignore[reportPrivateUsage] - to end right after it

    def announce_and_end(fakes: Any, control: Any) -> None:
        announce(fakes, control)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(commands_of_fakes, "_announce", announce_and_end)
    vendors = ["aliyun"] if scenario else []
    code, _, err = run("serve", *vendors, "--host", host, "--scenario", str(file))
    assert (code, err) == (0, told)


def test_an_unknown_vendor_is_told_with_the_nearest(run: Run) -> None:
    assert run("serve", "alyun") == (2, "", ["error: no vendor 'alyun'; did you mean aliyun?"])


def test_a_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    assert run("serve") == (
        2, "", ['error: avatarwire serve needs the extra fakeserver: pip install "avatarwire[fakeserver]"'],
    )  # fmt: skip


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What ``serve`` would run, instead of running it."""
    seen: dict[str, Any] = {}

    async def serve(fakes: dict[str, FakeAliyun], **named: Any) -> None:
        seen.update(fakes=fakes, **named)

    monkeypatch.setattr("avatarwire.fakeserver.serving.serve", serve)
    return seen


@pytest.mark.parametrize(
    ("scenario", "options", "strict"),
    [
        ("", (), False),
        ("", ("--strict",), True),
        ("[server]\nstrict = true\n", (), True),
        ("[aliyun]\nstrict = true\n", (), True),
    ],
)
def test_strictness_is_said_by_option_or_scenario(
    run: Run, tmp_path: Path, served: dict[str, Any], scenario: str, options: tuple[str, ...], strict: bool
) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(f"{scenario}[guiji]\n", encoding="utf-8")
    assert run("serve", "--scenario", str(file), *options)[0] == 0
    assert list(served["fakes"]) == list(VENDORS)
    assert served["fakes"]["aliyun"].scenario.strict is strict


def test_without_options_nothing_is_written_or_watched(run: Run, served: dict[str, Any]) -> None:
    assert run("serve", "aliyun", "aliyun") == (0, "", [])
    assert (served["ready"], served["journal"], served["watch"]) == (None, None, None)


def test_help_tells_the_exit_codes(run: Run) -> None:
    code, out, _ = run("serve", "--help")
    assert code == 0
    assert "0 everything is fine, 1 the data is wrong, 2 the command" in " ".join(out.split())


@pytest.mark.parametrize("option", ["--port-aliyun", "--port-guiji", "--mqtt-port", "--port-sensetime"])
def test_each_port_has_an_option(run: Run, option: str) -> None:
    assert option in run("serve", "--help")[1]
    code, _, (line,) = run("serve", option, "65536")
    assert code == 2
    assert option in line


def taker(made: dict[str, dict[str, Any]], name: str) -> Callable[..., None]:
    """Notes what a fake would be made of."""

    def take(**given: Any) -> None:
        made[name] = given

    return take


def test_options_of_one_vendor_reach_it(run: Run, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, dict[str, Any]] = {}
    for name, where in (
        ("aliyun", "aliyun.server.FakeAliyun"),
        ("guiji", "guiji.server.FakeGuiji"),
        ("sensetime", "sensetime.server.FakeSenseTime"),
    ):
        monkeypatch.setattr(f"avatarwire.fakeserver.{where}", taker(made, name))
    options = ("--port-aliyun", "5", "--port-guiji", "6", "--mqtt-port", "7", "--broker", "mqtt://u:p@h:1")
    callbacks = ("--callback-url", "http://127.0.0.1/hook")
    assert run("serve", "aliyun", "guiji", "sensetime", *options, *callbacks)[0] == 0
    assert made["aliyun"]["port"] == 5
    assert "broker" not in made["aliyun"]
    assert (made["guiji"]["port"], made["guiji"]["mqtt_port"], made["guiji"]["broker"]) == (6, 7, "mqtt://u:p@h:1")
    assert made["sensetime"]["callback_url"] == "http://127.0.0.1/hook"


def test_callbacks_go_where_the_scenario_says_unless_an_option_says_otherwise(
    run: Run, served: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text('[sensetime]\ncallback_url = "http://127.0.0.1/one"\n', encoding="utf-8")
    for options, url in (((), "http://127.0.0.1/one"), (("--callback-url", "http://[::1]/two"), "http://[::1]/two")):
        assert run("serve", "sensetime", "--scenario", str(file), *options) == (0, "", [])
        assert served["fakes"]["sensetime"].scenario.callback_url == url
    code, _, (line,) = run("serve", "sensetime", "--callback-url", "nowhere")
    assert code == 2
    assert line.startswith("error: ")
    assert "callback_url" in line


def test_a_broker_may_be_named_by_the_environment(
    run: Run, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # On the command line its password could be read by everybody.
    monkeypatch.setenv("AVATARWIRE_BROKER", "mqtt://u:secret@broker.example:1884")
    assert run("serve", "guiji") == (0, "", [])
    assert served["fakes"]["guiji"].mqtt_user == "u"


def test_a_broker_url_that_is_none_is_told_without_its_password(run: Run) -> None:
    code, _, (line,) = run("serve", "guiji", "--broker", "http://u:secret@broker.example")
    assert code == 2
    assert line.startswith("error: the URL of the MQTT broker cannot be used")
    assert "secret" not in line
