"""The README as somebody follows it who has nothing: each block runs in an environment that holds what the README said.

The first line that installs something holds for all of the page, another one for its own section. What is installed is
the wheel, so that nothing of the checkout helps.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.project.installing import ALONE, LOCK, environment_with
from tests.project.once import once
from tests.project.readme import Block, blocks
from tests.project.tree import ROOT, files, python_of, run, shown

pytestmark = pytest.mark.slow

_INSTALL: Final = re.compile(r"^pip install (?P<what>.+)$", re.MULTILINE)
_HEADING: Final = re.compile(r"^## ", re.MULTILINE)
_OURS: Final = re.compile(r"avatarwire(?=[\[]|$)")

EXAMPLES: Final = [path for path in files(ROOT / "examples", ".py") if path.parent.name == "examples"]
NEED_THE_TESTS_LINE: Final = {"fake_in_pytest.py", "alibaba_sdk.py"}
"""Examples of which the README says so."""


@dataclass(frozen=True, slots=True)
class Step:
    """A block, and what is installed when a reader comes to it."""

    block: Block
    installed: tuple[str, ...]


def steps(text: str) -> Iterator[Step]:
    """The blocks of a README that need no checkout."""
    lines = [(match.start(), _words(match["what"])) for match in _INSTALL.finditer(text)]
    headings = [match.start() for match in _HEADING.finditer(text)]
    for block in blocks(text):
        start = sum(len(line) for line in text.splitlines(keepends=True)[: block.line])
        section = max((at for at in headings if at < start), default=0)
        own = [what for at, what in lines if section < at < start]
        # The block may begin with the line itself.
        first = lines[0][1]
        if not block.code.startswith("make "):
            yield Step(block, own[-1] if own else first)


def _words(what: str) -> tuple[str, ...]:
    return tuple(word.strip('"') for word in what.split())


TEXT: Final = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS: Final = {f"line {step.block.line}": step for step in steps(TEXT)}


def environment(factory: pytest.TempPathFactory, wheel: Path, installed: tuple[str, ...]) -> Path:
    """An environment that holds what a line of the README installs, the wheel in the place of the release."""
    wanted = [_OURS.sub(str(wheel).replace("\\", "/"), word) for word in installed]
    name = "readme-" + re.sub(r"\W+", "-", "-".join(installed))
    return once(factory, name[:60], environment_with("-c", LOCK, *wanted))


def test_the_page_is_taken_apart() -> None:
    text = (
        '```sh\npip install "avatarwire[all]"\navatarwire demo\n```\n\n```sh\nmake demo\n```\n\n## One\n\n'
        "```sh\npip install avatarwire pytest\n```\n\n```python\nprint(1)\n```\n\n## Two\n\n```python\nprint(2)\n```\n"
    )
    assert [(step.block.code, step.installed) for step in steps(text)] == [
        ("avatarwire demo\n", ("avatarwire[all]",)),
        ("print(1)\n", ("avatarwire", "pytest")),
        ("print(2)\n", ("avatarwire[all]",)),
    ]


@pytest.mark.parametrize("where", STEPS)
def test_a_block_runs_with_what_the_page_has_installed(
    where: str, wheel: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    step = STEPS[where]
    place = environment(tmp_path_factory, wheel, step.installed)
    file = tmp_path / "test_block.py"
    file.write_text(step.block.code, encoding="utf-8")
    python = python_of(place)
    if step.block.language == "sh":
        command: tuple[str | Path, ...] = ("bash", "-euo", "pipefail", file)
    elif "def test_" in step.block.code:
        command = (python, "-m", "pytest", "-q", "-p", "no:cacheprovider", file)
    else:
        command = (python, file)
    done = run(*command, cwd=tmp_path, env=with_commands_of(python))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_with_what_the_page_has_installed(
    path: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first, tests = (_words(match["what"]) for match in list(_INSTALL.finditer(TEXT))[:2])
    installed = (*first, *tests[1:]) if path.name in NEED_THE_TESTS_LINE else first
    python = python_of(environment(tmp_path_factory, wheel, installed))
    done = run(python, *shown([path]), cwd=ROOT, env=with_commands_of(python))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def with_commands_of(python: Path) -> dict[str, str]:
    """The environment of a reader who has activated the virtual one."""
    return {**ALONE, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
