"""``avatarwire probe``: what it refuses before it runs, what it says, and clients in real time."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from avatarwire.codecs import cli as commands
from avatarwire.conformance.cli import register
from tests.conformance.probing import a_program
from tests.fakeserver.control.test_node import node
from tests.project.tree import ROOT

Run = Callable[..., "tuple[int, str, str]"]

DRIVER: Final = ("--client", "avatarwire.conformance.probing.drivers:Driver")
CLIENTS: Final = "tests.conformance.probing.clients"
TEXT: Final = ("--flow", "text")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process: exit code, standard output, standard error."""

    def probe(*arguments: object) -> tuple[int, str, str]:
        code = commands.run(["probe", *(str(it) for it in arguments)], [register])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return probe


def program(way: str) -> tuple[str, str]:
    return "--exec", shlex.join([sys.executable, str(Path(a_program.__file__)), way])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("alyun", *DRIVER), "no vendor 'alyun'; did you mean aliyun?"),
        (("aliyun",), "say which client: either --client MODULE:CLASS or --exec COMMAND"),
        (("aliyun", *DRIVER, *program("fine")), "say which client: either --client MODULE:CLASS or --exec COMMAND"),
        (("aliyun", *DRIVER, "--flow", "txt"), "no flow 'txt'; did you mean text?"),
        (("aliyun", *DRIVER, "--fault", "dorp"), "no fault 'dorp'; did you mean drop?"),
        (
            ("aliyun", *DRIVER, "--fault", "push:force_close"),
            "no push 'force_close'; did you mean session.force_close?",
        ),
        (("aliyun", "--client", "nowhere:Adapter"), "--client: no module nowhere"),
        (("aliyun", "--client", ""), "--client: expected MODULE:CLASS, got nothing"),
        (("aliyun", "--client", f"{CLIENTS}:Undone"), "the client says that it does not support say: say"),
        (("guiji", *TEXT, *DRIVER, "--cell", ""), "--cell: expected a cell such as text_drive.response#2:drop, got no"),
        (
            ("aliyun", "--client", f"{CLIENTS}:Bare", "--flow", "interrupt"),
            "--flow interrupt: the client has no",
        ),
        (("aliyun", "--exec", " "), "--exec: no command is given"),
        (("aliyun", "--exec", "no-such-command-anywhere"), "--exec: no-such-command-anywhere: command not found"),
        (
            ("guiji", *DRIVER, *TEXT, "--cell", "HeartBeat#1:drp"),
            "--cell: there is no HeartBeat#1:drp in this talk; did you mean HeartBeat#1:drop?",
        ),
        (("guiji", *program("unsupported")), "the client says that it does not support start: it has ended with exit"),
    ],
)
def test_what_cannot_run_is_said_in_a_line(run: Run, arguments: tuple[str, ...], error: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {error}")
    assert err.count("\n") == 1


def test_the_table_of_the_documentation_is_what_comes_of_its_command(run: Run) -> None:
    _, out, _ = run("aliyun", *DRIVER, *TEXT, "--fault", "drop")
    text = (ROOT / "docs" / "probe.md").read_text()
    shown = text.partition("```text\n")[2].partition("```")[0].splitlines()
    table = [line.rstrip() for line in out.splitlines()]
    assert [line for line in shown if line not in table] == ["…", "…"]
    assert shown[-1] == table[-1]


def test_files_that_cannot_be_written_are_refused_before_the_run(run: Run, tmp_path: Path) -> None:
    code, _, err = run("aliyun", *DRIVER, "--json", tmp_path / "nowhere" / "table.json")
    assert code == 2
    assert "--json" in err
    (tmp_path / "baseline.json").write_text("{}")
    code, _, err = run("aliyun", *DRIVER, "--baseline", tmp_path / "baseline.json")
    assert code == 2
    assert f"--baseline {tmp_path / 'baseline.json'}: no table of a client" in err
    code, _, err = run("aliyun", *DRIVER, "--json", "/proc/table.json")
    assert (code, err.count("\n")) == (2, 1)
    assert "--json /proc/table.json: " in err


def test_a_cell_is_shown_with_its_story_and_compared(run: Run, tmp_path: Path) -> None:
    before = {"message": "HeartBeat", "nth": 1, "fault": "drop", "outcome": "hang"}
    baseline = tmp_path / "before.json"
    baseline.write_text(json.dumps({"vendor": "guiji", "client": "", "flow": "text", "cells": [before]}))
    table = tmp_path / "table.json"
    options = ("--cell", "HeartBeat#1:drop", "--json", table, "--baseline", baseline)
    code, out, _ = run("guiji", *DRIVER, *TEXT, *options)
    assert code == 0
    assert "SessionState.playlist" in out
    assert out.endswith("1 cells: 1 ok\nHeartBeat#1:drop: ok, was hang\n")
    [found] = json.loads(table.read_bytes())["cells"]
    assert {key: found[key] for key in before} == {**before, "outcome": "ok"}


def test_a_program_that_fails_is_shown_with_what_it_has_said(run: Run) -> None:
    code, _, err = run("guiji", *TEXT, *program("die"))
    assert code == 2
    assert "raised: it has ended with exit code 1: no such project" in err
    assert "the program on stderr: no such project" in err


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("true", "raised: it has ended with exit code 0"),
        ("false", "raised: it has ended with exit code 1"),
        ("sh -c 'kill -9 $$'", "raised: signal SIGKILL has ended it"),
        ("sh -c 'exit 127'", "the client says that it does not support start: it has ended with exit code 127"),
    ],
)
def test_a_program_that_ends_at_once_is_said_to_have_ended_as_it_has(run: Run, words: str, end: str) -> None:
    code, _, err = run("guiji", *TEXT, "--exec", words)
    assert code == 2
    assert end in err.splitlines()[0]


def test_what_a_client_prints_is_shown(run: Run) -> None:
    code, _, err = run("aliyun", *TEXT, "--client", f"{CLIENTS}:Printing")
    assert code == 2
    assert "the client has printed: before the text: The first visitor" in err


def test_what_a_client_cannot_do_is_said_to_be_left_out(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.json"
    client = ("--client", f"{CLIENTS}:Bare", "--cell", "StopAvatarSession.response#1:delay")
    code, out, _ = run("aliyun", *client, "--json", table)
    assert code == 0
    assert "left out: interrupt, speak (the client has none)" in out.splitlines()
    assert json.loads(table.read_bytes())["left_out"] == ["interrupt", "speak"]


def test_what_makes_time_real_is_said(run: Run) -> None:
    _, _, err = run("aliyun", "--client", f"{CLIENTS}:Threaded")
    assert err.startswith("real time: start(), say() and stop() are no coroutine functions\n")


def test_the_example_in_node_has_a_table(run: Run) -> None:
    client = ("--exec", shlex.join([node(), str(ROOT / "examples" / "probe_client.mjs")]))
    code, out, err = run("sensetime", *TEXT, *client, "--cell", "takeoverQueue.response#1:reset")
    # What is told meanwhile is told to those who wait for long, as on a busy machine.
    assert (code, [line for line in err.splitlines() if " of 1 cells: " not in line]) == (0, [])
    assert out.endswith("1 cells: 1 reported\n")


@pytest.mark.skipif(os.name != "posix", reason="of a terminal")
def test_an_interrupted_command_leaves_nothing_behind(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = tmp_path / "client.py"
    script.write_text(f"import os, pathlib, threading\npathlib.Path({str(ready)!r}).write_text(str(os.getpid()))\n"
                      "threading.Event().wait()\n")  # fmt: skip
    os.mkfifo(ready)
    options = ["probe", "guiji", "--exec", shlex.join([sys.executable, str(script)]), "--patience", "60"]
    code = "import sys; from avatarwire.codecs.cli import main; sys.argv[0] = 'avatarwire'; main()"
    path = os.pathsep.join(it for it in sys.path if it)
    command = subprocess.Popen(  # noqa: S603 - the project's own command
        [sys.executable, "-c", code, *options],
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    pid = int(ready.read_text())
    os.killpg(command.pid, signal.SIGINT)
    assert command.communicate(timeout=30)[1] == b"interrupted before the first cell\n"
    assert command.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
