"""The plugin of the installed wheel in other people's runs of pytest: it works where used, and harms nothing else.

Every project here turns warnings into errors, since that is where a plugin's carelessness ends the run. The editable
install that all other tests use cannot show this: pytest looks at the files of a distribution.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.project.installing import ALONE, folder_with
from tests.project.once import once
from tests.project.tree import python_of, run

pytestmark = pytest.mark.slow

PYTESTS: Final = {
    # The oldest pluggy that it takes.
    "7.4": ("pytest==7.4.*", "pluggy==1.0.*"),
    "8.4": ("pytest==8.4.*",),
    "9.1": ("pytest==9.1.*",),
    "9.2": ("pytest==9.2.*",),
}

INI: Final = """
[pytest]
filterwarnings = error
addopts = --strict-markers --strict-config -p no:cacheprovider
"""

PROJECT: Final = """
import codecs

def test_of_someone_else():
    assert codecs.lookup("utf-8").name == "utf-8"

def test_with_a_fake(aliyun_fake, guiji_fake, sensetime_fake):
    assert all(fake.running for fake in (aliyun_fake, guiji_fake, sensetime_fake))
"""


@pytest.fixture(params=PYTESTS)
def pytest_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one pytest, and pytest-xdist."""
    return once(
        tmp_path_factory, f"pytest-{request.param}", folder_with(*PYTESTS[request.param], "pytest-xdist==3.8.*")
    )


def outcome(environment: Path, pytest_folder: Path, project: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and output of a run of the project's tests."""
    (project / "pytest.ini").write_text(INI, encoding="utf-8")
    (project / "test_project.py").write_text(PROJECT, encoding="utf-8")
    python, paths = python_of(environment), {"PYTHONPATH": str(pytest_folder)}
    done = run(python, "-W", "error", "-m", "pytest", *arguments, cwd=project, env=ALONE | paths)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_with_the_codecs_alone_nothing_is_harmed(clean: Path, pytest_folder: Path, tmp_path: Path) -> None:
    status, output = outcome(clean, pytest_folder, tmp_path, "-n", "2")
    assert status == 1
    assert "1 passed, 1 error" in output
    assert 'needs the extra fakeserver: pip install "avatarwire[fakeserver]"' in output


def test_a_project_may_do_without_it(clean: Path, pytest_folder: Path, tmp_path: Path) -> None:
    status, output = outcome(clean, pytest_folder, tmp_path, "-p", "no:avatarwire", "-k", "someone_else")
    assert status == 0, output
    assert "1 passed" in output


def test_with_its_extra_each_test_gets_its_fakes(with_fakes: Path, pytest_folder: Path, tmp_path: Path) -> None:
    status, output = outcome(with_fakes, pytest_folder, tmp_path, "-n", "2")
    assert status == 0, output
    assert "2 passed" in output
