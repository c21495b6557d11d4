"""What the package offers by name, and that it costs nothing before it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import avatarwire.fakeserver as package
from avatarwire.fakeserver.extra import explained


@pytest.mark.parametrize("name", package.__all__)
def test_each_public_name_is_what_its_module_has(name: str) -> None:
    assert getattr(package, name).__name__ == {"Violation": "Finding"}.get(name, name)
    assert name in dir(package)


def test_another_name_is_refused_in_the_usual_words() -> None:
    with pytest.raises(AttributeError, match=r"module 'avatarwire\.fakeserver' has no attribute 'FakeAliyum'"):
        # Wrong for the type checkers, too.
        _ = package.FakeAliyum  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue,reportUnknownVariableType]


WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {library!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
try:
    {statement}
except ModuleNotFoundError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("library", "statement", "told"),
    [
        ("yaml", "from avatarwire.fakeserver import FakeAliyun", "avatarwire.fakeserver.FakeAliyun needs yaml"),
        ("yaml", "from avatarwire.fakeserver import FakeGuiji", "avatarwire.fakeserver.FakeGuiji needs yaml"),
        ("yaml", "from avatarwire.fakeserver import FakeSenseTime", "avatarwire.fakeserver.FakeSenseTime needs yaml"),
        ("yaml", "from avatarwire.fakeserver import Fault", "avatarwire.fakeserver.Fault needs yaml"),
        ("yaml", "from avatarwire.fakeserver.guiji import GuijiScenario", "avatarwire.fakeserver.guiji needs yaml"),
        ("yaml", "from avatarwire.fakeserver.scenario import load", "avatarwire.fakeserver.scenario needs yaml"),
        ("jwt", "from avatarwire.fakeserver import FakeAliyun", "avatarwire.fakeserver.FakeAliyun needs jwt"),
        (
            "aiohttp",
            "import avatarwire.fakeserver.guiji as g; g.FakeGuiji().__enter__()",
            "a fake server needs aiohttp",
        ),
    ],
)
def test_what_lacks_a_library_names_the_extra(library: str, statement: str, told: str) -> None:
    code = WITHOUT.format(library=library, statement=statement)
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - code of this file
    assert run.stdout.strip() == f"{told}, which is not installed: pip install 'avatarwire[fakeserver]'"


def test_another_error_of_an_import_stays_as_it_is() -> None:
    other = ModuleNotFoundError("No module named 'other'", name="other")
    assert explained("x", other) is other
    told = explained("y", explained("x", ModuleNotFoundError("No module named 'yaml'", name="yaml")))
    assert str(told).startswith("y needs yaml, which is not installed")
