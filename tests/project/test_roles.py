"""The files of all vendors have the same roles, and nothing but their own folders and three tables has their names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Final

import pytest

import avatarwire.fakeserver
from avatarwire.codecs import registry
from avatarwire.conformance import suites
from avatarwire.conformance.fakes import GROUP
from avatarwire.fakeserver import vendors
from tests.project.roles import LACKING, ROLES, Role
from tests.project.tree import PYPROJECT, ROOT, SHIPPED, files, folder_names, shown

VENDORS: Final = tuple(registry.VENDORS)
COMPONENTS: Final = ("codecs", "fakeserver")

# --- roles ---


def test_the_three_tables_have_the_same_vendors() -> None:
    assert tuple(vendors.VENDORS) == VENDORS
    assert tuple(suites.SUITES) == VENDORS


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("role", ROLES, ids=lambda role: f"{role.component}-{role.name}")
def test_every_vendor_has_a_file_for_every_role(vendor: str, role: Role) -> None:
    own = {f"{role.name}/", f"{role.name}.py", f"{role.name}.json"} & folder_names(vendor, role.component)
    if (vendor, role.component, role.name) in LACKING:
        assert own == set(), "the exception is none any more"
    elif not role.optional:
        assert len(own) == 1


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("component", COMPONENTS)
def test_every_file_of_a_vendor_has_one_role(vendor: str, component: str) -> None:
    names = folder_names(vendor, component) - {"__init__.py"}
    had = [name for role in ROLES if role.component == component for name in role.files(names, vendor)]
    assert sorted(had) == sorted(names)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_parts_that_are_listed_exist(vendor: str) -> None:
    listed = {(role.component, name) for role in ROLES for name in role.parts.get(vendor, ())}
    assert [each for each in listed if each[1] not in folder_names(vendor, each[0])] == []


def test_the_roles_name_no_other_vendor() -> None:
    assert {vendor for role in ROLES for vendor in role.parts} <= set(VENDORS)
    assert all(vendor in VENDORS and reason for (vendor, _, _), reason in LACKING.items())


# --- who knows their names ---

NAMES: Final = re.compile("|".join(VENDORS), re.IGNORECASE)

MAY: Final[Mapping[str, str]] = {
    "codecs/avatarwire/codecs/registry.py": "one of the three tables",
    "fakeserver/avatarwire/fakeserver/vendors.py": "another",
    "conformance/avatarwire/conformance/suites.py": "the third",
    "fakeserver/avatarwire/fakeserver/__init__.py": "type checkers and editors read names, no table; held below",
    "tests/project/roles.py": "the parts that only one vendor has",
    "tests/project/tables.py": "the tables of each vendor's page",
    "tests/project/message_pages.py": "samples of messages that need more than an example for each member",
    "tests/project/test_exports.py": "the public names of each vendor",
    "tests/project/test_*.py": "examples",
    "tests/benchmarks/*.py": "examples",
    "tests/codecs/*.py": "what holds for all vendors, shown with some",
    "tests/conformance/*.py": "likewise",
    "tests/fakeserver/*.py": "likewise",
    "benchmarks/*.py": "what is measured is one vendor's",
    "examples/*.py": "examples",
    "tests/fourth_vendor/*.py": "a fourth vendor beside the others",
    "tests/slow_files.py": "files of tests by their paths",
}
"""Files outside of the vendors' folders that may name one, and why."""


def named(path: Path) -> Iterator[str]:
    """Names and texts of a module that name a vendor; what is said about it, as in docstrings, does not count."""
    text = path.read_text(encoding="utf-8")
    if not NAMES.search(text):
        return
    tree = ast.parse(text)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) not in said:
            fields = (value for _, value in ast.iter_fields(node) if isinstance(value, str))
            yield from (value for value in fields if NAMES.search(value))


def ours() -> Iterator[Path]:
    for folder in (*SHIPPED, "benchmarks", "tests", "examples"):
        for path in files(ROOT / folder, ".py"):
            if not set(VENDORS) & set(path.relative_to(ROOT).parts):
                yield path


def test_nothing_outside_of_a_vendors_folders_names_it() -> None:
    found = {shown([path])[0] for path in ours() if any(named(path))}
    assert {path for path in found if not any(fnmatch(path, may) for may in MAY)} == set()
    assert [may for may in MAY if not any(fnmatch(path, may) for path in found)] == [], "needed no more"
    # `fnmatch` takes a star for folders too.
    assert not any(path.startswith(SHIPPED) and "*" in may for path in found for may in MAY if fnmatch(path, may))


def test_the_name_of_a_vendor_is_found_where_it_stands(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""About aliyun."""\nfrom x import FakeGuiji\ny = {"a": "sensetime"}  # aliyun\n', "utf-8")
    assert sorted(named(module)) == ["FakeGuiji", "sensetime"]


def test_the_package_has_every_fake_by_name() -> None:
    fakes = {vendor.fake: vendor.type for vendor in vendors.VENDORS.values()}
    listed = {name for name in avatarwire.fakeserver.__all__ if name.startswith("Fake")}
    assert listed - {"FakeServer", "FakeServerError"} == set(fakes)
    assert {name: getattr(avatarwire.fakeserver, name) for name in fakes} == fakes


def test_pyproject_names_every_vendor_twice() -> None:
    """Neither import-linter nor whoever looks for an entry point reads a table: these are the lists beside them."""
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    (layers,) = next(contract["layers"] for contract in contracts if contract["id"] == "vendors")
    assert layers == " | ".join(f"({vendor})" for vendor in VENDORS)
    factories = PYPROJECT["project"]["entry-points"][GROUP]
    assert factories == {vendor: f"{vendors.__name__}:{vendor.upper()}.factory" for vendor in VENDORS}
    for vendor in VENDORS:
        assert EntryPoint(vendor, factories[vendor], GROUP).load() == vendors.VENDORS[vendor].factory
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    # The other name is that of a published client, not of a vendor's folder.
    found = [match[0].lower() for match in NAMES.finditer(text)]
    assert found == [*(vendor for vendor in VENDORS for _ in range(2)), *VENDORS]
