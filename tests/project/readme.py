"""Runs what a README tells its readers to run: ``python -m tests.project.readme README.md``.

Fenced blocks of ``sh``, ``bash``, ``console`` and ``python`` are run, in order, from the project's root. Of a
``console`` block the lines after ``$ `` are commands and the rest is what they print. A block that cannot be
run is preceded by a comment that says why::

    <!-- not run: needs an account -->
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, suppress
from dataclasses import dataclass
from os import killpg
from pathlib import Path
from types import ModuleType
from typing import Final
from unittest.mock import patch

from tests.project.tree import ROOT

_SECONDS: Final = 180
"""Longest that one block may take."""

_FENCE: Final = re.compile(
    r"^(?P<excuse><!-- not run: .+ -->\n+)?```(?P<language>[a-z]+)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

# Commands that belong in a README and are run by other means, or cannot be run from a checkout.
_ELSEWHERE: Final = re.compile(
    r"git clone|cd |(python3? -m )?pip install|uv |"
    r"make (test|coverage|check|bench|lint|types|layering|clean)\b"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a language that can be run.

    Attributes:
        line: line of the text where it starts, from 1.
        language: ``sh`` or ``python``.
        code: what to run.
    """

    line: int
    language: str
    code: str


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a Markdown text that a reader would run and that do not say otherwise."""
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start("language")) + 1
        if match["excuse"]:
            continue
        if match["language"] == "python":
            yield Block(line, "python", match["text"])
        elif match["language"] in {"sh", "bash", "console"}:
            commands = match["text"].splitlines()
            if match["language"] == "console":
                commands = [command.removeprefix("$ ") for command in commands if command.startswith("$ ")]
            commands = [command for command in commands if not _ELSEWHERE.match(command)]
            if any(command.strip() and not command.startswith("#") for command in commands):
                yield Block(line, "sh", "\n".join(commands) + "\n")


def run(block: Block) -> int:
    """Runs one block and all it starts; gives its exit status, 124 when it took too long."""
    command = {"python": [sys.executable, "-"], "sh": ["bash", "-euo", "pipefail", "-s"]}[block.language]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True, start_new_session=True)
    try:
        process.communicate(block.code, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return 124
    finally:
        # A server that the block left in the background ends with it.
        with suppress(ProcessLookupError):
            killpg(process.pid, signal.SIGKILL)
        process.wait()
    return process.returncode


def run_here(block: Block, where: str) -> None:
    """Runs a block of Python in this process, as a program of its own in the project's root.

    Raises:
        BaseException: whatever the block raises; its traceback has `where` as the name of the file.
    """
    program = ModuleType("__main__")
    with chdir(ROOT), patch.dict(sys.modules, {"__main__": program}), patch.object(sys, "argv", [where]):
        # Lines are counted as they are in the text.
        exec(compile("\n" * block.line + block.code, where, "exec", dont_inherit=True), vars(program))  # noqa: S102


def main(path: str) -> int:
    """Runs all blocks of a file; gives the number of those that failed."""
    failed = 0
    for block in blocks(Path(path).read_text(encoding="utf-8")):
        print(f"--- {path}:{block.line} ({block.language})", flush=True)
        status = run(block)
        if status:
            print(f"--- {path}:{block.line} failed with {status}", flush=True)
            failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
