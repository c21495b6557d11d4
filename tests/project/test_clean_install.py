"""The wheel in an environment of its own, with nothing but what it declares."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

from avatarwire.codecs import registry
from tests.project.installing import ALONE, NAME
from tests.project.tree import printed, python_of, run

pytestmark = pytest.mark.slow

# Imports what is under test and prints whose code that brought in.
IMPORT_ALL_CODECS: Final = """
import importlib, pkgutil, sys
before = set(sys.modules)
import avatarwire.codecs
for module in pkgutil.walk_packages(avatarwire.codecs.__path__, "avatarwire.codecs."):
    if module.name != "avatarwire.codecs.cli" and ".aio" not in module.name:
        importlib.import_module(module.name)
brought = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(brought - set(sys.stdlib_module_names)))
"""


def test_wheel_holds_three_components_and_the_pytest_plugin(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "avatarwire",
        "pytest_avatarwire.py",
        f"{NAME}.dist-info",
    }
    assert {name.split("/")[1] for name in names if name.startswith("avatarwire/")} == {
        "__main__.py",
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


def test_only_construct_and_msgspec_are_installed_with_it(clean: Path, tmp_path: Path) -> None:
    code = "import importlib.metadata as m; print(*sorted(d.name for d in m.distributions()))"
    listed = printed(python_of(clean), "-I", "-c", code, cwd=tmp_path, env=ALONE)
    assert listed.split() == ["avatarwire", "construct", "msgspec"]


def test_every_codec_module_imports_with_construct_and_msgspec_only(clean: Path, tmp_path: Path) -> None:
    imported = printed(python_of(clean), "-I", "-c", IMPORT_ALL_CODECS, cwd=tmp_path, env=ALONE)
    assert imported.split() == ["avatarwire", "construct", "msgspec"]


@pytest.mark.parametrize("vendor", registry.VENDORS)
def test_a_driver_without_its_extra_says_what_to_install(clean: Path, tmp_path: Path, vendor: str) -> None:
    refused = run(python_of(clean), "-I", "-c", f"import avatarwire.codecs.{vendor}.aio", cwd=tmp_path, env=ALONE)
    assert refused.returncode == 1
    last = refused.stderr.splitlines()[-1]
    assert re.fullmatch(
        rf"ImportError: avatarwire\.codecs\.{vendor}\.aio needs \w+: pip install 'avatarwire\[client\]'", last
    )


def test_command_without_its_extra_says_what_to_install(clean: Path, tmp_path: Path) -> None:
    command = python_of(clean).with_name("avatarwire.exe" if sys.platform == "win32" else "avatarwire")
    refused = run(command, "--help", cwd=tmp_path, env=ALONE)
    assert refused.returncode != 0
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert "avatarwire[cli]" in line


def test_the_ledger_is_in_the_wheel(clean: Path, tmp_path: Path) -> None:
    code = "from avatarwire.codecs.ledger import clauses; print(*(len(clauses(v)) for v in ('aliyun', 'guiji')) )"
    counted = printed(python_of(clean), "-I", "-c", code, cwd=tmp_path, env=ALONE)
    assert counted.split() == ["274", "227"]
