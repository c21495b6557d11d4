"""``avatarwire conform``: what it is asked, what it says, how it ends; judged is a fake, sometimes a wrong one."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.fakeserver import Fault
from avatarwire.fakeserver.server import FakeServer
from tests.commands import Run
from tests.conformance.endpoints import ready, running

STARTS: Final = "aliyun.http.start"
ONE: Final = "aliyun.http.start.gives_session"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[FakeServer, Path]]:
    with running("aliyun", tmp_path_factory.mktemp("endpoint")) as found:
        yield found


@pytest.fixture
def broken(endpoint: tuple[FakeServer, Path]) -> Generator[Path]:
    """An endpoint that gives a session a wrong URL."""
    fake, file = endpoint
    with fake.faults.add(WRONG):
        yield file


WRONG: Final = Fault(message="StartAvatarSession.response", do="set", fields={"webSocketUrl": "nowhere"})


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_good_endpoint_is_exit_code_0(run: Run, endpoint: tuple[FakeServer, Path]) -> None:
    code, out, err = run("conform", "aliyun", "--ready", endpoint[1], "--only", STARTS)
    assert (code, err) == (0, [])
    assert "ok" in out


def test_one_that_differs_is_1_and_says_what_was_expected_and_what_came(run: Run, broken: Path) -> None:
    code, out, _ = run("conform", "aliyun", "--ready", broken, "--only", ONE)
    assert code == 1
    assert ONE in out
    assert "nowhere" in out


def test_the_ndjson_has_a_line_a_case_and_a_summary(run: Run, broken: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.ndjson"
    run("conform", "aliyun", "--ready", broken, "--only", ONE, "--ndjson", file)
    case, summary = lines(file)
    assert {key: case[key] for key in ("type", "id", "vendor", "side", "level", "verdict")} == {
        "type": "case", "id": ONE, "vendor": "aliyun", "side": "server", "level": "must", "verdict": "failed",
    }  # fmt: skip
    assert case["clauses"]
    assert "nowhere" in case["observed"]
    assert "StartAvatarSession.response" in [item["message"] for item in case["evidence"]]
    assert (summary["type"], summary["verdicts"]["failed"], summary["exit_code"]) == ("summary", 1, 1)


def test_no_secret_is_in_any_report(run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path) -> None:
    fake, file = endpoint
    kinds = ("junit", "ctrf", "html", "ndjson", "sarif", "markdown")
    reports = {kind: tmp_path / kind for kind in kinds}
    options = [word for kind, path in reports.items() for word in (f"--{kind}", path)]
    code, out, _ = run("conform", "aliyun", "--ready", file, "--only", STARTS, *options)
    assert code == 0
    secret = str(fake.ready["access_key_secret"])
    tokens = {entry.meta.get("token") for entry in fake.journal.entries() if entry.meta.get("token")}
    for text in (out, *(path.read_text() for path in reports.values())):
        assert text
        assert secret not in text
        assert not any(str(token) in text for token in tokens)


def test_verdicts_that_are_written_are_expected_the_next_time(run: Run, broken: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    assert run("conform", "aliyun", "--ready", broken, "--only", STARTS, "--result-map", file)[0] == 1
    assert json.loads(file.read_text())["cases"][ONE] == "failed"
    assert run("conform", "aliyun", "--ready", broken, "--only", STARTS, "--expected", file)[0] == 0


def test_an_expected_failure_that_passes_is_3(run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"cases": {ONE: "failed"}}))
    code, out, _ = run("conform", "aliyun", "--ready", endpoint[1], "--only", ONE, "--expected", file)
    assert code == 3
    assert "expected failed, got ok" in out


def test_a_listed_case_with_another_verdict_is_1(run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"cases": {ONE: "skipped"}}))
    assert run("conform", "aliyun", "--ready", endpoint[1], "--only", ONE, "--expected", file)[0] == 1


def test_the_cases_are_listed_without_an_endpoint(run: Run) -> None:
    code, out, err = run("conform", "aliyun", "--list", "--only", STARTS)
    assert (code, err) == (0, [])
    first = out.splitlines()[0].split("\t")
    assert first[0].startswith(f"{STARTS}.")
    assert first[1] in ("must", "should", "observed", "ambiguous")
    fewer = run("conform", "aliyun", "--list", "--level", "must")[1].splitlines()
    assert 0 < len(fewer) < len(run("conform", "aliyun", "--list")[1].splitlines())


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["alyun"], "error: no vendor 'alyun'; did you mean aliyun?"),
        (["aliyun"], "error: say where the endpoint is: either --ready FILE or --target URL"),
        (["aliyun", "--target", "http://x", "--ready", "y"], "error: say where the endpoint is: either --ready FILE "),
        (["aliyun", "--ready", "none.json"], "error: none.json: No such file or directory"),
        (["aliyun", "--target", "x"], "error: --target: aliyun.http_url: not a URL of http, https"),
        (
            ["aliyun", "--target", "http://127.0.0.1:1"],
            "error: aliyun: access_key_id is missing: in the ready file, or ",
        ),
        (
            ["aliyun", "--only", "aliyun.http.strat"],
            "error: --only: no case of aliyun begins with 'aliyun.http.strat'; ",
        ),
        (
            ["aliyun", "--level", "might"],
            "error: --level: expected one of must, should, observed, ambiguous, got 'might'",
        ),
        (["aliyun", "--wire", "fragmentd"], "error: --wire: no form 'fragmentd'; did you mean fragmented?"),
        (["aliyun", "--callback-listen", "8080"], "error: --callback-listen: expected HOST:PORT, got '8080'"),
        (["aliyun", "--workers", "0"], "error: Invalid value for '--workers': "),
    ],
)
def test_bad_usage_is_2_and_one_line(run: Run, arguments: list[str], error: str) -> None:
    code, _, err = run("conform", *arguments)
    assert code == 2
    assert len(err) == 1
    assert err[0].startswith(error)


def test_an_endpoint_that_is_not_there_is_2(run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path) -> None:
    file = ready(endpoint[0], tmp_path / "ready.json", http_url="http://127.0.0.1:1")
    code, _, err = run("conform", "aliyun", "--ready", file, "--only", STARTS)
    assert code == 2
    assert err == ["error: http://127.0.0.1:1 cannot be reached: Connect call failed ('127.0.0.1', 1)"]


def test_a_report_that_cannot_be_written_is_2_before_anything_is_sent(
    run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path
) -> None:
    fake, file = endpoint
    mark = fake.journal.mark()
    code, _, err = run("conform", "aliyun", "--ready", file, "--junit", tmp_path / "none" / "x.xml")
    assert (code, len(err)) == (2, 1)
    assert err[0].startswith("error: --junit ")
    assert fake.journal.mark() == mark
    assert run("conform", "aliyun", "--ready", file, "--html", file)[0] == 2


def test_without_control_what_needs_it_is_skipped_with_the_reason(
    run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path
) -> None:
    file = ready(endpoint[0], tmp_path / "ready.json", control=False)
    report = tmp_path / "run.ndjson"
    code, _, _ = run("conform", "aliyun", "--ready", file, "--ndjson", report, "--only", "aliyun.ws.recovering")
    assert code == 0
    skipped = {line["observed"] for line in lines(report)[:-1] if line["verdict"] == "skipped"}
    assert "it needs an event of the vendor, which only a control endpoint can cause" in skipped


def test_a_target_is_sent_nothing_that_the_documents_forbid_unless_that_is_allowed(
    run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, _ = endpoint
    for key in ("access_key_id", "access_key_secret", "project_id"):
        monkeypatch.setenv(f"AVATARWIRE_ALIYUN_{key}".upper(), str(fake.ready[key]))
    found: list[int] = []
    for option in ([], ["--allow-invalid"]):
        report = tmp_path / "run.ndjson"
        arguments = ("--target", fake.ready["http_url"], "--ndjson", report, "--only", "aliyun.http.StartAvatarSession")
        code, _, _ = run("conform", "aliyun", *arguments, *option)
        assert code == 0
        reasons = [line["observed"] for line in lines(report)[:-1] if line["verdict"] == "skipped"]
        found.append(sum("--allow-invalid" in reason for reason in reasons))
    assert found[0] > 3
    assert found[1] == 0


def test_a_service_that_is_not_on_this_machine_is_judged_only_if_somebody_wants_that(
    run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path
) -> None:
    file = ready(endpoint[0], tmp_path / "ready.json", http_url="http://192.0.2.1")
    code, out, err = run("conform", "aliyun", "--ready", file)
    assert code == 2
    assert out.startswith("http://192.0.2.1 is not on this machine. A run of ")
    assert err == ["error: nobody can be asked whether that is wanted: --yes says that it is"]


def test_two_endpoints_are_compared_clause_by_clause(
    run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path
) -> None:
    with running("aliyun", tmp_path) as (other, file):
        assert run("conform", "aliyun", "--ready", endpoint[1], "--compare", file, "--only", ONE)[0] == 0
        other.faults.add(WRONG)
        code, out, _ = run("conform", "aliyun", "--ready", endpoint[1], "--compare", file, "--only", ONE)
        assert f"1 differences between A = {endpoint[0].ready['http_url']} and B = {other.ready['http_url']}:" in out
    assert code == 1
    assert "    A: ok: as expected" in out.splitlines()
    assert any(line.startswith("    B: failed: ") for line in out.splitlines())


def test_a_case_that_differs_in_a_form_of_the_wire_names_it(
    run: Run, endpoint: tuple[FakeServer, Path], tmp_path: Path
) -> None:
    report = tmp_path / "run.ndjson"
    arguments = ("--only", ONE, "--ndjson", report, "--wire", "chunked,header_case", "--wire", "key_order")
    code, _, _ = run("conform", "aliyun", "--ready", endpoint[1], *arguments)
    assert code == 0
    assert lines(report)[0]["wire"] == [["key_order", "header_case", "chunked"]]
