"""`avatarwire serve --tls`, and the fixtures of the pytest plugin: where TLS is asked for, and what is there then."""

from __future__ import annotations

import json
import os
import signal
import ssl
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.codecs.output_files import OutputError, OutputFile
from avatarwire.fakeserver import Authority, FakeAliyun, FakeGuiji, FakeSenseTime, FakeServer, FakeServerError
from avatarwire.fakeserver.serving import serve
from tests.commands import Run
from tests.fakeserver.test_cli import serving
from tests.fakeserver.test_pytest_plugin import MODULE, QUIET

LIMIT: Final = 60.0

pytest_plugins = ["pytester"]


def end() -> None:
    """What `kill` does."""
    os.kill(os.getpid(), signal.SIGTERM)


def ready_of(url: str, ca_file: str) -> dict[str, str]:
    """What ``/readyz`` says to somebody who trusts a file."""
    trusting = ssl.create_default_context(cafile=ca_file)
    with urllib.request.urlopen(f"{url}/readyz", timeout=LIMIT, context=trusting) as answer:  # noqa: S310 - our own
        said: dict[str, str] = json.load(answer)
        return said


def everything(folder: Path) -> list[str]:
    """Names of all that is in a folder."""
    return [path.name for path in folder.rglob("*")]


async def test_all_fakes_have_one_authority_and_the_signal_removes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    authority = Authority()
    makes: dict[str, type[FakeServer]] = {"aliyun": FakeAliyun, "guiji": FakeGuiji, "sensetime": FakeSenseTime}
    fakes: dict[str, FakeServer] = {name: make(tls=authority) for name, make in makes.items()}  # type: ignore[call-arg]
    ready = tmp_path / "ready.json"

    def started() -> None:
        content = json.loads(ready.read_text(encoding="utf-8"))
        assert {content[name]["ca_file"] for name in fakes} == {authority.ca_file}
        assert {content[name]["http_url"][:8] for name in fakes} == {"https://"}
        assert Path(authority.ca_file).parent.parent == tmp_path / "temporary"
        end()

    await serve(fakes, started=started, ready=OutputFile(ready), authority=authority)
    assert everything(tmp_path) == ["temporary"]


async def test_a_named_file_takes_the_place_of_one_from_an_earlier_run(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("of an earlier run")
    authority = Authority(OutputFile(file, "--ca-file"))

    def started() -> None:
        assert file.read_text().startswith("-----BEGIN CERTIFICATE-----")
        end()

    fakes = {"aliyun": FakeAliyun(tls=authority)}
    await serve(fakes, started=started, authority=authority)
    assert not file.exists()


async def test_a_file_of_an_earlier_run_is_trusted_by_nobody_when_the_start_fails(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("of an earlier run")
    authority = Authority(OutputFile(file, "--ca-file"))
    with FakeAliyun() as other:
        taken = FakeAliyun(tls=authority, port=other.port)
        with pytest.raises(FakeServerError, match="cannot listen"):
            await serve({"aliyun": taken}, started=end, authority=authority)
    assert everything(tmp_path) == []


async def test_a_file_that_is_none_is_refused_before_anything_starts(tmp_path: Path) -> None:
    authority = Authority(OutputFile(tmp_path, "--ca-file"))
    with pytest.raises(OutputError, match=r"--ca-file .* is a directory"):
        await serve({"aliyun": FakeAliyun(tls=authority)}, started=end, authority=authority)


def test_the_command_serves_tls_and_leaves_nothing(tmp_path: Path) -> None:
    ready, ca_file, journal = tmp_path / "ready.json", tmp_path / "ca.pem", tmp_path / "journal.ndjson"
    options = ["--tls", "--ca-file", str(ca_file), "--ready-file", str(ready), "--journal", str(journal)]
    with serving("guiji", "--advertise", "localhost", *options) as (process, said):
        facts = json.loads(ready.read_text(encoding="utf-8"))["guiji"]
        assert facts["ca_file"] == str(ca_file)
        assert facts["mqtt_url"].startswith("mqtts://localhost:")
        assert ready_of(facts["http_url"], facts["ca_file"]) == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        rest, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, "")
    assert "PRIVATE KEY" not in "".join(said) + rest + journal.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["journal.ndjson"]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What would have been served."""
    found: dict[str, Any] = {}

    async def note(fakes: dict[str, FakeServer], **named: Any) -> None:
        found.update(named, fakes=fakes)

    monkeypatch.setattr("avatarwire.fakeserver.serving.serve", note)
    return found


@pytest.mark.parametrize("asked", ["option", "scenario"])
def test_the_option_and_the_scenario_ask_for_it(run: Run, served: dict[str, Any], tmp_path: Path, asked: str) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text("[server]\ntls = true\n")
    assert run("serve", *(["--tls"] if asked == "option" else ["--scenario", str(scenario)]))[0] == 0
    assert isinstance(served["authority"], Authority)
    assert served["authority"].file is None


def test_without_it_there_is_no_authority(run: Run, served: dict[str, Any]) -> None:
    assert run("serve", "aliyun")[0] == 0
    assert served["authority"] is None


def test_a_file_without_an_authority_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, err = run("serve", "aliyun", "--ca-file", str(tmp_path / "ca.pem"))
    assert (code, err) == (2, ["error: --ca-file: there is no authority without --tls"])


def test_the_file_is_none_that_is_read_or_written_otherwise(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text("[server]\ntls = true\n")
    code, _, (told,) = run("serve", "aliyun", "--scenario", str(file), "--ca-file", str(file))
    assert (code, told) == (2, f"error: --ca-file {file}: is the file of --scenario, too")
    assert file.read_text() == "[server]\ntls = true\n"
    code, _, (told,) = run(
        "serve", "aliyun", "--tls", "--ready-file", str(tmp_path / "x"), "--ca-file", str(tmp_path / "x")
    )
    assert (code, told) == (2, f"error: --ca-file {tmp_path / 'x'}: is the file of --ready-file, too")


TOLD: Final = {
    "option": 'avatarwire serve --tls needs the extra tls: pip install "avatarwire[tls]"',
    "scenario": "tls needs trustme: pip install 'avatarwire[fakeserver,tls]'",
}


@pytest.mark.parametrize("asked", list(TOLD))
def test_the_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: str) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    scenario = tmp_path / "scenario.toml"
    scenario.write_text("[server]\ntls = true\n")
    code, _, (told,) = run("serve", *(["--tls"] if asked == "option" else ["--scenario", str(scenario)]))
    assert (code, told) == (2, f"error: {TOLD[asked]}")


# --- the pytest plugin ---


TESTS: Final = """
    import ssl, urllib.request
    import pytest

    def status(fake):
        trusting = ssl.create_default_context(cafile=fake.ca_file)
        return urllib.request.urlopen(fake.http_url + "/readyz", context=trusting, timeout=10).status
"""


@pytest.fixture
def no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inner runs load the plugin by its name, and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.usefixtures("no_other_plugins")
def test_the_marker_makes_the_fake_of_a_fixture_serve_tls(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        TESTS
        + """
    @pytest.mark.avatarwire(tls=True)
    def test_all(aliyun_fake, guiji_fake):
        assert (status(aliyun_fake), status(guiji_fake)) == (200, 200)

    @pytest.mark.avatarwire(sensetime={"tls": True})
    def test_one(sensetime_fake, aliyun_fake):
        assert status(sensetime_fake) == 200
        assert aliyun_fake.ca_file is None
    """
    )
    pytester.runpytest_inprocess("-p", MODULE, *QUIET).assert_outcomes(passed=2)


@pytest.mark.usefixtures("no_other_plugins")
def test_the_scenario_of_a_run_makes_all_fakes_serve_tls(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", scenario="[server]\ntls = true\n")
    pytester.makeini("[pytest]\navatarwire_scenario = scenario.toml\navatarwire_scope = session\n")
    pytester.makepyfile(
        TESTS
        + """
    files = []

    @pytest.mark.parametrize("number", [1, 2])
    def test_each(guiji_fake, number):
        assert status(guiji_fake) == 200
        files.append(guiji_fake.ca_file)
        assert len(set(files)) == 1
    """
    )
    pytester.runpytest_inprocess("-p", MODULE, *QUIET).assert_outcomes(passed=2)


@pytest.mark.usefixtures("no_other_plugins")
def test_the_missing_extra_is_told_in_one_line(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    pytester.makepyfile(
        TESTS
        + """
    @pytest.mark.avatarwire(tls=True)
    def test_it(aliyun_fake):
        pass
    """
    )
    result = pytester.runpytest_inprocess("-p", MODULE, *QUIET)
    result.stdout.fnmatch_lines(
        ["*cannot start its server: tls needs trustme: pip install 'avatarwire?fakeserver,tls?'"]
    )
