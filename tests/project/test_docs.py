"""What the documentation says has to be so: its tables, its links, its code, the files it names.

That the clauses it names are known, `test_ledger.py` holds.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import dedent
from typing import Final
from urllib.parse import unquote

import pytest

from avatarwire.codecs import errors
from avatarwire.fakeserver.aliyun import AccountFixture as AliyunAccount
from avatarwire.fakeserver.aliyun import AliyunScenario, Answer, ProjectFixture, Transcript
from avatarwire.fakeserver.guiji.scenario import AccountFixture as GuijiAccount
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.scenario import ScenarioTable, tunables
from avatarwire.fakeserver.sensetime.scenario import AccountFixture as SenseTimeAccount
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from tests.project.readme import Block, blocks, run, run_here
from tests.project.tables import CLAUSE, TABLES, rewritten
from tests.project.tables import blocks as tables
from tests.project.tree import PYPROJECT, ROOT, files, shown
from tests.project.tree import run as start

README: Final = ROOT / "README.md"
TRANSLATION: Final = ROOT / "README.zh-CN.md"
TEXTS: Final = [README, TRANSLATION, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *files(ROOT / "docs", ".md")]
BY_NAME: Final = dict(zip(shown(TEXTS), TEXTS, strict=True))

_LINK: Final = re.compile(r"\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ +(?P<title>.+?) *$", re.MULTILINE)
_FENCED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_MODULE: Final = re.compile(r"`(?:[\w<>]+/)*(\w+\.py)\b")
_KEY: Final = re.compile(r"`([a-z_]+)`")


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A text without its blocks of code."""
    return _FENCED.sub("", text_of(path))


def anchors(path: Path) -> set[str]:
    """What a link may name after ``#``, made from the headings as web sites for Markdown make it."""
    titles = (re.sub(r"[`*]", "", match["title"]).lower() for match in _HEADING.finditer(prose(path)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


# --- tables ---


@pytest.mark.parametrize("name", BY_NAME)
def test_tables_repeat_what_is_declared(name: str) -> None:
    """`make docs` writes them anew."""
    text = text_of(BY_NAME[name])
    assert text == rewritten(text)


def test_every_declared_table_is_shown() -> None:
    named = [block.name for path in TEXTS for block in tables(text_of(path))]
    assert sorted(named) == sorted(TABLES)


@pytest.mark.parametrize("name", BY_NAME)
def test_no_cell_that_is_written_by_hand_is_empty(name: str) -> None:
    shown_tables = list(tables(text_of(BY_NAME[name])))
    declared = {block.name: TABLES[block.name]().columns for block in shown_tables}
    empty = [
        f"{block.name}: {key}: {column}"
        for block in shown_tables
        for key, cells in block.rows.items()
        for column, cell in cells.items()
        if column not in declared[block.name] and not cell
    ]
    assert empty == []


@pytest.mark.parametrize(
    ("page", "tables_"),
    [
        ("docs/aliyun.md", (AliyunScenario, AliyunAccount, ProjectFixture, Answer, Transcript)),
        ("docs/guiji.md", (GuijiScenario, GuijiAccount)),
        ("docs/sensetime.md", (SenseTimeScenario, SenseTimeAccount)),
    ],
    ids=["aliyun", "guiji", "sensetime"],
)
def test_every_choice_of_the_scenario_is_told_with_its_erratum(
    page: str, tables_: tuple[type[ScenarioTable], ...]
) -> None:
    """The table of rulings: which tunable gives the other reading of which erratum."""
    section = re.search(r"^## How the errata are ruled\n(.*?)^## ", text_of(BY_NAME[page]), re.M | re.S)
    assert section is not None
    rows = [line.split("|") for line in section[1].splitlines() if CLAUSE.match(line.removeprefix("| "))]
    told = {(clause, key) for row in rows for clause in CLAUSE.findall(row[1]) for key in _KEY.findall(row[-2])}
    declared = {
        (clause, row.name)
        for table in tables_
        for row in tunables(table)
        for clause in CLAUSE.findall(row.description)
        if "-E" in clause
    }
    known = {row.name for table in tables_ for row in tunables(table)}
    assert declared - told == set()
    assert {key for _, key in told} - known == set()


# --- code ---


def code_blocks() -> Iterator[tuple[str, Block]]:
    # `make readme` runs those of the README.
    for path in files(ROOT / "docs", ".md"):
        for block in blocks(text_of(path)):
            yield f"{shown([path])[0]}:{block.line}", block


CODE: Final = dict(code_blocks())

needs_installation: Final = pytest.mark.skipif(
    not entry_points(group="console_scripts", name="avatarwire"), reason="not installed: no command avatarwire"
)


PYTHON: Final = [where for where, block in CODE.items() if block.language == "python" and "def test_" not in block.code]
COMMANDS: Final = [where for where, block in CODE.items() if block.language == "sh"]


# What readers are shown is no test of a line.
@pytest.mark.unmeasured
@pytest.mark.parametrize("where", PYTHON)
def test_code_runs(where: str) -> None:
    run_here(CODE[where], where)


@needs_installation
@pytest.mark.slow
@pytest.mark.unmeasured
@pytest.mark.parametrize("where", COMMANDS)
def test_commands_run(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    assert run(CODE[where]) == 0


def shown_tests() -> Iterator[tuple[str, str]]:
    for path in TEXTS:
        for block in blocks(text_of(path)):
            if block.language == "python" and "def test_" in block.code:
                yield f"{shown([path])[0]}:{block.line}", block.code


SHOWN_TESTS: Final = dict(shown_tests())


_PATIENT: Final = """
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
"""


@pytest.mark.slow
@pytest.mark.unmeasured
@pytest.mark.parametrize("where", SHOWN_TESTS)
def test_tests_that_are_shown_pass(where: str, tmp_path: Path) -> None:
    file = tmp_path / "test_shown.py"
    file.write_text(SHOWN_TESTS[where], encoding="utf-8")
    # On a busy machine Hypothesis finds any strategy slow; a reader's machine is not what this is about.
    (tmp_path / "conftest.py").write_text(_PATIENT, encoding="utf-8")
    # Loaded by its name and no other, the plugin need not be installed.
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugin = ("-p", PYPROJECT["project"]["entry-points"]["pytest11"]["avatarwire"])
    done = start(sys.executable, "-m", "pytest", *plugin, "--rootdir", tmp_path, file, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stdout + done.stderr


# --- the translation ---


def test_the_translation_keeps_in_step() -> None:
    """The same headings in the same order, in its own words, and the same code, to the letter."""
    levels = [[match[0].split()[0] for match in _HEADING.finditer(prose(path))] for path in (README, TRANSLATION)]
    code = [_FENCED.findall(text_of(path)) for path in (README, TRANSLATION)]
    assert levels[0] == levels[1]
    assert code[0] == code[1]


# --- what is named ---


@pytest.mark.parametrize("name", BY_NAME)
def test_links_lead_somewhere(name: str) -> None:
    path = BY_NAME[name]
    dead: list[str] = []
    for match in _LINK.finditer(prose(path)):
        target, _, anchor = unquote(match["target"]).partition("#")
        if "://" in target:
            continue
        file = (path.parent / target).resolve() if target else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            dead.append(match["target"])
    assert dead == []


def test_error_tree_is_the_one_of_the_code() -> None:
    drawn = re.search(r"```text\n(AvatarwireError\n.*?)```", text_of(BY_NAME["docs/codecs.md"]), re.DOTALL)
    assert drawn is not None
    assert drawn[1].rstrip() in dedent(errors.__doc__ or "").replace("\n    ", "\n")


@pytest.mark.parametrize("name", BY_NAME)
def test_modules_that_are_named_exist(name: str) -> None:
    known = {path.name for path in files(ROOT, ".py")}
    assert {named for named in _MODULE.findall(prose(BY_NAME[name])) if named not in known} == set()


def test_every_example_is_named() -> None:
    examples = [path for path in files(ROOT / "examples") if path.suffix in {".py", ".toml"}]
    assert [name for name in shown(examples) if name not in text_of(README)] == []


def test_anchors_are_made_as_web_sites_make_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A title\n\n## `decode`, and *encode*\n\n```sh\n# no heading\n```\n", encoding="utf-8")
    assert anchors(page) == {"a-title", "decode-and-encode"}
