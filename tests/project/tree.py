"""Where things are in the project, for the tests that judge the project itself."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]

PYPROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

COMPONENTS: Final = ("codecs", "fakeserver", "conformance", "benchmarks")
"""Top-level folders that are source roots; each holds one portion of the namespace ``avatarwire``."""

SHIPPED: Final = ("codecs", "fakeserver", "conformance")
"""Those of them that are in the wheel."""

PLUGIN: Final = "fakeserver/pytest_avatarwire.py"
"""The one module that is in the wheel beside the namespace."""

_NOT_OURS: Final = {"__pycache__", "build", "dist", "htmlcov", "node_modules"}
_HIDDEN_OURS: Final = {".ci"}


def portion(component: str) -> Path:
    """Folder of the package ``avatarwire.<component>``."""
    return ROOT / component / "avatarwire" / component


def folder_names(vendor: str, component: str) -> set[str]:
    """What is in a vendor's folder of a component; folders end with a slash."""
    paths = [path for path in (portion(component) / vendor).iterdir() if path.name not in _NOT_OURS]
    return {f"{path.name}/" if path.is_dir() else path.name for path in paths}


def files(folder: Path = ROOT, suffix: str = "") -> Iterator[Path]:
    """Files of the project below a folder, without environments, caches and what was built; sorted."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _NOT_OURS
            and not name.endswith(".egg-info")
            and (not name.startswith(".") or name in _HIDDEN_OURS)
        )
        for name in sorted(names):
            # Data files of coverage runs lie beside the sources while the suite runs; `.git` is a file in a work tree
            # that shares its repository with another.
            if name.endswith(suffix) and name != ".git" and not name.startswith(".coverage"):
                yield Path(parent, name)


def shown(paths: Iterator[Path] | Sequence[Path]) -> list[str]:
    """Paths relative to the root, as a failure should print them."""
    return [path.relative_to(ROOT).as_posix() for path in paths]


def module_name(path: Path) -> str:
    """Dotted name of a module of a component, such as ``avatarwire.codecs.aliyun.wire.frame``."""
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command without input and keeps what it says."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def printed(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """What a command prints that has to succeed without a word of complaint."""
    done = run(*command, cwd=cwd, env=env)
    assert done.stderr == ""
    assert done.returncode == 0, done.stdout
    return done.stdout


def printed_by(code: str) -> str:
    """What code prints in a new process, which imports what this one can."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return printed(sys.executable, "-c", code, cwd=ROOT, env=env)


def environment_without_paths() -> dict[str, str]:
    """This process's environment, less what would let a started Python find the checkout by itself."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE_"))}


def python_of(environment: Path) -> Path:
    """Interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
