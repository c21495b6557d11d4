"""Building and installing the wheel, for the tests that judge what a user gets. They need the package index."""

from __future__ import annotations

import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.project.tree import PYPROJECT, ROOT, environment_without_paths, python_of, run

ALONE: Final = environment_without_paths()
"""The environment of a process that does not find the checkout."""

NAME: Final = f"avatarwire-{PYPROJECT['project']['version']}"

LOCK: Final = ROOT / "requirements/constraints.txt"

_PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check")

# What is not imported need not be compiled.
_INSTALL: Final = ("install", "--no-compile")


def _done(*command: str | Path, cwd: Path) -> None:
    done = run(*command, cwd=cwd, env=ALONE)
    assert done.returncode == 0, done.stdout + done.stderr


def build(folder: Path) -> None:
    """Builds the wheel, from the source distribution, as a release would be."""
    _done(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)


def built(folder: Path) -> Path:
    """The wheel that was built there."""
    (path,) = folder.glob(f"{NAME}-*.whl")
    return path


def environment_with(*requirements: str | Path) -> Callable[[Path], None]:
    """Makes an environment that holds what is required, not even pip."""

    def make(folder: Path) -> None:
        venv.create(folder, with_pip=False)
        _done(*_PIP, "--python", python_of(folder), *_INSTALL, *requirements, cwd=folder)

    return make


def folder_with(*requirements: str) -> Callable[[Path], None]:
    """Fills a folder with what is required, to be put before an environment's own packages."""

    def make(folder: Path) -> None:
        _done(*_PIP, *_INSTALL, "--target", folder, *requirements, cwd=folder)

    return make
