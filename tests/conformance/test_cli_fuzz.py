"""``avatarwire fuzz client`` and ``avatarwire replay``: what they say, what they write, and how they end."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from html import unescape
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from avatarwire.codecs import cli as commands
from avatarwire.conformance.aliyun.fuzzing import GROUND
from avatarwire.conformance.cli import register
from avatarwire.conformance.failure_files import AnyFailure, written
from avatarwire.conformance.fuzzing.failure import fuzzed_failure
from avatarwire.conformance.fuzzing.search import Fuzz, Fuzzing, fuzzed
from avatarwire.conformance.fuzzing.steps import Step
from avatarwire.conformance.fuzzing.target import Tried
from avatarwire.conformance.probing import hunting
from tests.conformance.probing.test_failure import failure

Run = Callable[..., "tuple[int, list[str], list[str]]"]

CLIENTS = "tests.conformance.probing.clients"
BUGS = "tests.conformance.probing.planted.aliyun_bugs"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, lines of standard output and of standard error."""

    def command(*arguments: object) -> tuple[int, list[str], list[str]]:
        code = commands.run([str(it) for it in arguments], [register])
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err.splitlines()

    return command


REPORTS = ("junit", "ctrf", "html", "ndjson", "sarif", "markdown")


class Search(NamedTuple):
    """A search that finds something: how it has ended, what it has said, and where its reports and failures are."""

    code: int
    out: list[str]
    err: str
    folder: Path

    @property
    def failure(self) -> Path:
        [path] = (self.folder / "failures").iterdir()
        return path


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    folder = tmp_path_factory.mktemp("search")
    reports = [it for name in REPORTS for it in (f"--{name}", str(folder / name))]
    options = ("--save", str(folder / "failures"), "--jobs", "1", "--seed", "1", "--examples", "60", *reports)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = commands.run(["fuzz", "client", "aliyun", "--client", f"{BUGS}:WaitsForTheClose", *options], [register])
    return Search(code, out.getvalue().splitlines(), err.getvalue(), folder)


def test_a_failure_is_found_written_and_done_again(run: Run, search: Search) -> None:
    path = search.failure
    assert search.code == 1
    assert json.loads(path.read_bytes())["oracle"] == "hang"
    assert f"  avatarwire replay {path}" in search.out
    talks, *counts, simpler = re.findall(r"\d+(?= talks| \w+,| to make)", search.out[-1].partition(" in ")[0])
    assert int(talks) == sum(map(int, counts)) + int(simpler)
    assert run("replay", path)[0] == 1
    code, out, _ = run("replay", path, "--client", f"{CLIENTS}:Fine")
    assert (code, out) == (0, [f"FIXED  {path}"])
    assert path.exists()


def test_nothing_is_found_where_nothing_is(run: Run, tmp_path: Path) -> None:
    options = ("--client", f"{CLIENTS}:Fine", "--examples", 4, "--jobs", 2, "--seed", 7, "--save", tmp_path / "none")
    code, out, err = run("fuzz", "client", "sensetime", *options, "--corpus", tmp_path / "corpus")
    assert (code, err) == (0, [])
    assert out[-1].endswith("seed 7")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((), "say which client: either --client MODULE:CLASS or --exec COMMAND"),
        (("--client", "a:B", "--exec", "c"), "say which client"),
        (("--client", f"{CLIENTS}:Fine", "--save", "README.md/failures"), "--save README.md/failures: README.md is no"),
        (("--client", f"{CLIENTS}:Fine", "--allow", "fault"), "no level 'fault'; did you mean faults?"),
        (("--client", f"{CLIENTS}:Fine", "--time", "soon"), "--time: expected a time such as 60s, 20m or 1h"),
        (("--client", f"{CLIENTS}:Fine", "--time", "169h"), "--time: expected a week at most, 168h, got '169h'"),
        (
            ("--client", f"{CLIENTS}:Fine", "--corpus", "http://x"),
            "redis://, rediss://, unix://, g",
        ),
        (("--client", f"{CLIENTS}:Undone", "--examples", "1"), "the client says that it does not support say: say"),
        (("--client", f"{CLIENTS}:Fine", "--corpus", "redis://127.0.0.1:1"), "--corpus: Redis cannot be reached: Conn"),
        (("--client", f"{CLIENTS}:Fine", "--corpus", "redis://x:y:z"), "--corpus: Redis cannot be reached: ValueError"),
        (("--client", f"{CLIENTS}:Fine", "--corpus", __file__), f"--corpus {__file__}: it is no folder"),
        (("--client", f"{CLIENTS}:Absent", "--examples", "1"), "has no Absent"),
        (("--client", f"{CLIENTS}:Silent", "--examples", "1"), "does not end well: lost_text"),
    ],
)
def test_what_cannot_run_is_one_line_and_2(run: Run, options: tuple[str, ...], reason: str) -> None:
    code, out, [line] = run("fuzz", "client", "aliyun", *options)
    assert (code, out) == (2, [])
    assert reason in line


def test_files_are_removed_where_the_search_puts_them_or_when_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ours = written(failure("Fine"), Path(".avatarwire/failures"))
    kept = written(failure("Fine"), tmp_path / "regressions")
    assert run("replay")[:2] == (0, [f"FIXED  {ours}"])
    assert not ours.exists()
    assert run("replay", "regressions")[0] == 0
    assert kept.exists()
    assert run("replay", kept, "--remove")[0] == 0
    assert not kept.exists()
    assert run("replay", kept)[1][0].startswith(f"ERROR  {kept}: No such file")


@pytest.mark.parametrize("with_tape", [True, False])
def test_a_client_that_does_not_work_at_all_has_repaired_nothing(run: Run, tmp_path: Path, with_tape: bool) -> None:
    found = failure() if with_tape else msgspec.structs.replace(failure(), tape=())
    path = written(found, tmp_path)
    code, [line], _ = run("replay", path, "--remove", "--client", f"{CLIENTS}:Broken")
    assert code == 2
    told = "the talk that goes as documented does not end well: reported: start: AttributeError: connect"
    assert line == f"ERROR  {path}: {told}"
    assert path.exists()
    assert run("replay", path, "--remove", "--client", f"{CLIENTS}:Fine")[0] == 0
    assert not path.exists()


def test_a_failure_of_another_vendor_than_the_clients_is_an_error(run: Run, tmp_path: Path) -> None:
    path = written(msgspec.structs.replace(failure(), vendor="sensetime", tape=()), tmp_path)
    other = "tests.conformance.probing.planted.aliyun:Aliyun"
    code, [line], _ = run("replay", path, "--remove", "--client", other)
    assert (code, path.exists()) == (2, True)
    assert "does not end well" in line


def test_what_is_no_file_is_not_replayed(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert run("replay", tmp_path / "pipe")[:2] == (2, [f"ERROR  {tmp_path / 'pipe'}: no regular file"])
    assert run("replay", "")[::2] == (2, ["error: expected a failure file, or a folder of them, got nothing"])


def test_an_error_is_worse_than_a_failure(run: Run, tmp_path: Path) -> None:
    written(failure(), tmp_path)
    (tmp_path / "broken.json").write_text("{}")
    code, out, _ = run("replay", tmp_path)
    assert code == 2
    assert [line.partition(" ")[0] for line in out] == ["FAILED", "ERROR"]
    assert "said_twice" in out[0]
    assert run("replay", tmp_path, "--keep", "--remove")[0] == 2


def test_what_is_found_stands_in_every_report(search: Search) -> None:
    path = search.failure
    assert (search.code, search.err) == (1, "")
    texts = {name: unescape((search.folder / name).read_text()) for name in REPORTS}
    assert [name for name, text in texts.items() if f"avatarwire replay {path}" not in text] == []
    *cases, summary = [json.loads(line) for line in texts["ndjson"].splitlines()]
    assert [it["id"] for it in cases if it["verdict"] == "failed"] == ["aliyun.fuzz.client.hang"]
    assert [it["id"].rpartition(".")[0] for it in cases].count("aliyun.fuzz.client") == 8
    assert (summary["command"], summary["exit_code"], summary["side"]) == ("fuzz client", 1, "client")
    results = json.loads(texts["sarif"])["runs"][0]["results"]
    assert [it["ruleId"] for it in results if it["level"] == "error"] == ["client.hang"]
    assert "exit code 1: a failure was found." in texts["markdown"]
    assert "<h3>client.hang Every call of the client ends.</h3>" in texts["html"]


def test_a_report_that_cannot_be_written_ends_the_command_before_the_search(run: Run, tmp_path: Path) -> None:
    options = ("--client", f"{CLIENTS}:Fine", "--junit", tmp_path)
    code, out, [line] = run("fuzz", "client", "aliyun", *options)
    assert (code, out) == (2, [])
    assert f"--junit {tmp_path}: is a directory" in line


# --- codecs and fakes ---


@pytest.mark.unmeasured
@pytest.mark.parametrize(("kind", "vendor"), [("codec", "guiji"), ("fake", "sensetime")])
def test_a_search_says_what_it_has_seen(run: Run, tmp_path: Path, kind: str, vendor: str) -> None:
    options = ("--examples", 3, "--jobs", 1, "--seed", 1, "--save", tmp_path / "none", "--ndjson", tmp_path / "ndjson")
    code, out, err = run("fuzz", kind, vendor, *options)
    assert (code, err) == (0, [])
    assert out[0].startswith("sometimes: ")
    assert out[-1].startswith("3 examples, ")
    assert not (tmp_path / "none").exists()
    *cases, summary = [json.loads(line) for line in (tmp_path / "ndjson").read_text().splitlines()]
    assert (summary["command"], summary["exit_code"]) == (f"fuzz {kind}", 0)
    by_id = {it["id"]: it for it in cases}
    assert by_id[f"{vendor}.fuzz.{kind}.alive"]["verdict"] == "ok"
    sometimes = [it for name, it in by_id.items() if name.startswith(f"{vendor}.fuzz.{kind}.sometimes.")]
    assert {it["verdict"] for it in sometimes} <= {"ok", "informational"}
    assert sometimes


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "command",
    [("codec", "guiji"), ("fake", "sensetime"), ("client", "aliyun", "--client", f"{CLIENTS}:Fine")],
    ids=lambda command: command[0],
)
def test_what_is_worth_it_is_kept_in_the_corpus(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    options = ("--examples", 6, "--jobs", 1, "--seed", 1, "--save", tmp_path / "none", "--corpus", tmp_path / "corpus")
    assert run("fuzz", *command, *options)[0] == 0
    assert [path for path in (tmp_path / "corpus").rglob("*") if path.is_file()]


STEP = {"entry": "closeLive.response", "data": b'{"code":0,"message":"","data":true}'.hex(), "form": "valid"}
FUZZED: dict[str, object] = {
    "format": "avatarwire.failure/1",
    "kind": "codec",
    "vendor": "sensetime",
    "allow": "hostile",
    "oracle": "valid",
    "workload": [STEP],
    "story": [],
    "versions": {},
}


def test_a_failure_of_codecs_that_is_gone_is_fixed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "failure.json"
    path.write_text(json.dumps(FUZZED))
    assert run("replay", path, "--remove")[:2] == (0, [f"FIXED  {path}"])
    assert not path.exists()


def test_a_failure_of_codecs_that_is_there_fails(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "failure.json"
    path.write_text(json.dumps(FUZZED | {"oracle": "time", "workload": [STEP | {"data": b"{}".hex()}]}))
    code, [line], _ = run("replay", path)
    assert code == 1
    assert line.startswith(
        f"FAILED  {path}: valid (it was time): closeLive.response: sensetime closeLive.response: code"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"vendor": "nobody"}, "vendor: expected one of aliyun, guiji, sensetime, got 'nobody'"),
        ({"workload": [STEP | {"entry": "nothing"}]}, "workload[0].entry: sensetime has no entry 'nothing'"),
        ({"workload": [STEP | {"data": "x"}]}, "workload[0].data: expected bytes in hex"),
        ({"workload": [{"entry": 1}]}, "workload: "),
        ({"workload": []}, "workload: expected 1 to 200 steps, got 0"),
        ({"workload": [STEP | {"more": 1}]}, "workload: Object contains unknown field `more` - at `$[0]`"),
        ({"oracle": "nothing"}, "oracle: expected one of alive, typed_errors, "),
        (
            {"kind": "fake", "oracle": "state", "workload": [{"do": "wait", "seconds": 9e4}] * 2},
            "workload: expected steps",
        ),
        ({"kind": "fake", "oracle": "state", "workload": [{"do": "wait"}] * 201}, "workload: expected 1 to 200 steps"),
        (
            {"kind": "fake", "oracle": "state", "workload": [{"do": "set", "text": "[]"}]},
            "workload[0].text: expected a",
        ),
        (
            {"kind": "fake", "oracle": "state", "workload": [{"do": "send", "message": "x"}]},
            "workload[0].message: sense",
        ),
        ({"kind": "fake", "oracle": "state", "workload": [{"do": "raw", "data": "x"}]}, "workload[0].data: expected b"),
        ({"kind": "fake", "oracle": "state", "workload": [{"do": "set", "text": '{"nobody":1}'}]}, "keywords: "),
        ({"kind": "gateway"}, "no failure file: Invalid value 'gateway' - at `$.kind`"),
        ({"kind": "fake", "oracle": "state", "workload": [{"do": "wait", "seconds": -1}]}, "workload[0].seconds: exp"),
    ],
)
def test_a_failure_file_that_is_wrong_names_the_member(
    run: Run, tmp_path: Path, changes: dict[str, object], reason: str
) -> None:
    path = tmp_path / "failure.json"
    path.write_text(json.dumps(FUZZED | changes))
    code, [line], _ = run("replay", path)
    assert (code, line.startswith(f"ERROR  {path}: {reason}")) == (2, True), line


def test_a_search_of_which_evidence_was_lost_is_one_line_and_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def searched(search: Fuzz, progress: Callable[[Fuzzing], object]) -> tuple[Fuzzing, list[AnyFailure]]:
        with ThreadPoolExecutor() as threads:  # games have event loops of their own
            return threads.submit(fuzzed, search, progress).result(), []

    monkeypatch.setattr(GROUND, "tunables", {**GROUND.tunables, "journal_bytes": 20_000})
    monkeypatch.setattr(hunting, "_search", searched)  # in this process, where the journal is so small
    code, out, [line] = run("fuzz", "fake", "aliyun", "--examples", "50", "--seed", "1", "--jobs", "1")
    assert (code, out) == (2, [])
    assert re.search(r"evidence was lost: \d+ dropped from the fake's journal", line)


def test_a_failure_counts_also_where_another_process_could_not_search(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fuzzed_failure("fake", "aliyun", "hostile", [Step("start")], Tried(broken="state", detail="planted"))

    async def searched(search: Fuzz, progress: Callable[[Fuzzing], object]) -> tuple[Fuzzing, list[AnyFailure]]:
        failures = (found,) if search.seed == 1 else ()
        return Fuzzing(over=True, failures=failures, unable="" if failures else "evidence was lost"), []

    monkeypatch.setattr(hunting, "_search", searched)
    code, out, _ = run("fuzz", "fake", "aliyun", "--examples", 2, "--seed", 1, "--jobs", 2, "--save", tmp_path)
    assert (code, out[0]) == (1, "state: planted")
