"""The wheel in an environment of its own, with nothing but what it declares.

The environment is filled from the package index, once per run.
"""

from __future__ import annotations

import sys
import venv
import zipfile
from pathlib import Path
from typing import Final

import pytest

from tests.project.tree import PYPROJECT, ROOT, environment_without_paths, printed, python_of, run

pytestmark = [
    pytest.mark.slow,
    # One worker runs all of these: the environment is made once.
    pytest.mark.xdist_group("clean_install"),
]

ALONE: Final = environment_without_paths()
NAME: Final = f"avatarwire-{PYPROJECT['project']['version']}"

# Imports what is under test and prints whose code that brought in.
IMPORT_ALL_CODECS: Final = """
import importlib, pkgutil, sys
before = set(sys.modules)
import avatarwire.codecs
for module in pkgutil.walk_packages(avatarwire.codecs.__path__, "avatarwire.codecs."):
    if module.name != "avatarwire.codecs.cli":
        importlib.import_module(module.name)
brought = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(brought - set(sys.stdlib_module_names)))
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder far from the checkout."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def wheel(elsewhere: Path) -> Path:
    """The wheel, built from the source distribution, as a release would be."""
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", elsewhere)
    built = run(*build, ROOT, cwd=elsewhere, env=ALONE)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = elsewhere.glob(f"{NAME}-*.whl")
    return path


@pytest.fixture(scope="module")
def clean(wheel: Path, elsewhere: Path) -> Path:
    """An environment that holds the wheel and what it requires, not even pip."""
    environment = elsewhere / "environment"
    venv.create(environment, with_pip=False)
    pip = (sys.executable, "-m", "pip", "--python", python_of(environment), "--disable-pip-version-check")
    filled = run(*pip, "install", wheel, cwd=elsewhere, env=ALONE)
    assert filled.returncode == 0, filled.stdout + filled.stderr
    return environment


def test_wheel_holds_three_components_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"avatarwire", f"{NAME}.dist-info"}
    assert {name.split("/")[1] for name in names if name.startswith("avatarwire/")} == {
        "codecs",
        "conformance",
        "fakeserver",
    }
    assert {name for name in names if name.endswith("py.typed")} == {
        "avatarwire/codecs/py.typed",
        "avatarwire/conformance/py.typed",
        "avatarwire/fakeserver/py.typed",
    }


def test_wheel_carries_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        licence = archive.read(f"{NAME}.dist-info/licenses/LICENSE").decode()
        metadata = archive.read(f"{NAME}.dist-info/METADATA").decode()
    assert "Apache License" in licence
    assert "License-Expression: Apache-2.0" in metadata.splitlines()


def test_only_construct_and_msgspec_are_installed_with_it(clean: Path, elsewhere: Path) -> None:
    code = "import importlib.metadata as m; print(*sorted(d.name for d in m.distributions()))"
    listed = printed(python_of(clean), "-I", "-c", code, cwd=elsewhere, env=ALONE)
    assert listed.split() == ["avatarwire", "construct", "msgspec"]


def test_every_codec_module_imports_with_construct_and_msgspec_only(clean: Path, elsewhere: Path) -> None:
    imported = printed(python_of(clean), "-I", "-c", IMPORT_ALL_CODECS, cwd=elsewhere, env=ALONE)
    assert imported.split() == ["avatarwire", "construct", "msgspec"]


def test_command_without_its_extra_says_what_to_install(clean: Path, elsewhere: Path) -> None:
    command = python_of(clean).with_name("avatarwire.exe" if sys.platform == "win32" else "avatarwire")
    refused = run(command, "--help", cwd=elsewhere, env=ALONE)
    assert refused.returncode != 0
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert "avatarwire[cli]" in line


def test_the_ledger_is_in_the_wheel(clean: Path, elsewhere: Path) -> None:
    code = "from avatarwire.codecs.ledger import clauses; print(*(len(clauses(v)) for v in ('aliyun', 'guiji')) )"
    counted = printed(python_of(clean), "-I", "-c", code, cwd=elsewhere, env=ALONE)
    assert counted.split() == ["270", "223"]
