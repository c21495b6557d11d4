"""pyproject.toml: what it promises to pip, to pytest and to the command line, and the lock beside it."""

from __future__ import annotations

import os
import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Final

import pytest

from tests.project.tree import COMPONENTS, PLUGIN, PYPROJECT, ROOT, SHIPPED, environment_without_paths, printed, run

PROJECT: Final[dict[str, Any]] = PYPROJECT["project"]

ENTRY_POINTS: Final[dict[str, str]] = {
    f"{group}.{name}": target
    for group, targets in {"scripts": PROJECT["scripts"], **PROJECT["entry-points"]}.items()
    for name, target in targets.items()
}

# Import names of what the extras bring.
EXTRAS: Final = (
    "aiohttp", "aiomqtt", "amqtt", "httpx", "hypothesis", "jwt", "rich", "trustme", "typer", "uvloop", "websockets",
    "yaml",
)  # fmt: skip

IMPORT_WITHOUT_EXTRAS: Final = """
import importlib.abc, sys
class NotInstalled(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in {extras!r}:
            raise ModuleNotFoundError(f"{{name}} is imported, which only an extra brings", name=name)
sys.meta_path.insert(0, NotInstalled())
import {module}
"""


def names(requirements: list[str]) -> set[str]:
    """Distribution names of a list of requirements."""
    return {re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in requirements}


def test_requires_construct_and_msgspec_only() -> None:
    assert names(PROJECT["dependencies"]) == {"construct", "msgspec"}


def test_every_component_is_importable_in_development_and_only_three_ship() -> None:
    build = PYPROJECT["tool"]["hatch"]["build"]
    assert build["dev-mode-dirs"] == list(COMPONENTS)
    packages = build["targets"]["wheel"]["packages"]
    assert sorted(packages) == sorted([*(f"{component}/avatarwire" for component in SHIPPED), PLUGIN])


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_entry_point_leads_somewhere(entry_point: str) -> None:
    value = ENTRY_POINTS[entry_point]
    loaded = EntryPoint(entry_point, value, "any").load()
    assert ":" not in value or callable(loaded)


def test_pytest_plugin_costs_nothing_where_the_extras_are_missing() -> None:
    """pytest imports it for whoever installed the codecs: it must not need what they do not have."""
    code = IMPORT_WITHOUT_EXTRAS.format(extras=EXTRAS, module=PROJECT["entry-points"]["pytest11"]["avatarwire"])
    path = os.pathsep.join(str(ROOT / component) for component in SHIPPED)
    assert printed(sys.executable, "-c", code, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}) == ""


def test_lock_holds_plain_versions_only() -> None:
    """No index, no hash, no path: it has to serve every index."""
    lines = (ROOT / "requirements/constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin)] == []


def test_lock_knows_everything_that_is_asked_for() -> None:
    """Otherwise `make lock` was forgotten after a dependency was added."""

    def normal(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    groups = [*PROJECT["optional-dependencies"].values(), *PYPROJECT["dependency-groups"].values()]
    asked = names(PROJECT["dependencies"]).union(*map(names, groups)) - {"avatarwire"}
    locked = names((ROOT / "requirements/constraints.txt").read_text(encoding="utf-8").splitlines())
    assert {normal(name) for name in asked} - {normal(name) for name in locked} == set()


@pytest.mark.parametrize(
    ("target", "groups"),
    [
        ("demo", set[str]()),
        ("test", {"test"}),
        ("lint", {"lint"}),
        ("layering", {"lint"}),
        ("bench", {"test", "bench"}),
        ("types", {"test", "bench", "types"}),
        (".venv/.ready", {"test", "bench", "lint", "types"}),
    ],
)
def test_a_target_installs_what_it_needs(target: str, groups: set[str], tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    planned = printed("make", "-n", f"VENV={environment}", target.replace(".venv", str(environment)), cwd=ROOT)
    assert set(re.findall(r"--group (\w+)", planned)) == groups


def test_an_installation_that_fails_ends_make_and_says_why(tmp_path: Path) -> None:
    nowhere = {**environment_without_paths(), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    failed = run("make", f"VENV={tmp_path / 'environment'}", "demo", cwd=ROOT, env=nowhere)
    assert failed.returncode == 2
    assert "ERROR: Cannot install pip" in failed.stdout
    assert "what its command and fakes need" not in failed.stdout
