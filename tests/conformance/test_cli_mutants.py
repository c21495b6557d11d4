"""``avatarwire mutants``: what it is asked, what it says, how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from avatarwire.codecs import cli as commands
from avatarwire.conformance.mutants import running
from avatarwire.conformance.mutants.registry import found
from avatarwire.conformance.mutants.running import Tried, TriedCase
from tests.commands import Run

ONE: Final = "aliyun.unchecked.ALI-R008"


def test_a_mutant_that_is_found_is_exit_code_0(run: Run, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("json", "csv", "html")}
    options = [word for name, file in files.items() for word in (f"--{name}", file)]
    code, out, err = run("mutants", "aliyun", "--only", ONE, "--jobs", 1, *options)
    assert (code, err) == (0, [])
    assert "aliyun: 1 mutants, 1 exercised, 1 killed" in out
    (mutant,) = json.loads(files["json"].read_bytes())["mutants"]
    assert (mutant["id"], mutant["killed"]) == (ONE, True)
    assert ONE in files["csv"].read_text()
    assert ONE in files["html"].read_text()


def case(verdict: str, *, witnessed: bool = True) -> TriedCase:
    name = "aliyun.http.start.gives_session"
    return TriedCase(id=name, verdict=verdict, observed="it", witnessed=witnessed, clauses=("ALI-R008",))


def tried(*cases: TriedCase, error: str = "") -> Tried:
    return Tried(id=ONE, vendor="aliyun", title="It is.", clauses=("ALI-R008",), cases=cases, error=error)


@pytest.mark.parametrize(
    ("result", "code", "said"),
    [
        (tried(case("ok")), 1, f"survived {ONE}: It is.\n  aliyun.http.start.gives_session: ok: it"),
        (tried(case("failed", witnessed=False)), 0, f"not exercised {ONE}: its effect crossed no wire"),
        (tried(error="OSError: no"), 2, f"could not be tried {ONE}: OSError: no"),
    ],
)
def test_what_is_not_found(run: Run, monkeypatch: pytest.MonkeyPatch, result: Tried, code: int, said: str) -> None:
    def carry_out(mutants: object, jobs: int, told: Callable[[Tried], None], enough: object) -> list[Tried]:
        told(result)
        return [result]

    monkeypatch.setattr(running, "carry_out", carry_out)
    found_code, out, _ = run("mutants", "aliyun", "--only", ONE)
    assert found_code == code
    assert said in out


def test_an_interruption(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def carry_out(*_: object) -> list[Tried]:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "carry_out", carry_out)
    code, _, err = run("mutants", "aliyun", "--only", ONE)
    assert (code, err) == (commands.INTERRUPTED, ["interrupted"])


def test_a_sample(run: Run) -> None:
    code, out, _ = run("mutants", "aliyun", "--only", "aliyun.unchecked", "--time", "0.01s", "--jobs", 1)
    assert code == 0
    assert re.search(r"^aliyun: [01] mutants", out, re.MULTILINE)
    assert "fails on no mutant" not in out


def test_they_are_listed(run: Run) -> None:
    code, out, _ = run("mutants", "aliyun", "--list")
    assert code == 0
    assert [line.partition("\t")[0] for line in out.splitlines()] == list(found("aliyun"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--only", "aliyun.xyz"), "--only: no mutant of aliyun begins with 'aliyun.xyz', --list lists them"),
        (("--time", "soon"), "--time: expected a time such as 60s, 20m or 1h, got 'soon'"),
        (("--only", ONE, "--json", "/"), "--json /"),
    ],
)
def test_what_cannot_be_is_2_and_a_line(run: Run, arguments: tuple[str, ...], reason: str) -> None:
    code, _, err = run("mutants", "aliyun", *arguments)
    assert code == 2
    (line,) = err
    assert reason in line
