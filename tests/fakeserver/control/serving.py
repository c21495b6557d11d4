"""``avatarwire serve`` in a process of its own, for tests of whoever controls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

__all__ = ["SECONDS", "START", "Served", "serving"]

START: Final = (
    "import sys; from avatarwire.codecs.cli import run; from avatarwire.fakeserver.cli import register; "
    "sys.exit(run(sys.argv[1:], [register]))"
)
SECONDS: Final = 60.0
"""Real seconds after which a process that should have ended is killed, and the test fails."""


class Served:
    """A process that serves.

    Attributes:
        ready: what its ready file says.
        path: of that file.
        process: the process.
    """

    def __init__(self, process: subprocess.Popen[str], path: Path) -> None:
        self.process = process
        self.path = path
        self.ready: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    def end(self) -> tuple[int, str]:
        """Ends it as `kill` does; its exit code, and what it had to say on standard error."""
        self.process.terminate()
        _, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, err


@contextmanager
def serving(
    folder: Path, *arguments: str, scenario: str = "", env: Mapping[str, str] | None = None
) -> Generator[Served]:
    """Serves until the block ends.

    Args:
        folder: for its files.
        arguments: of the command, but for the files.
        scenario: what a scenario file says, TOML.
        env: variables of its environment beside this process's.
    """
    path, more = folder / "ready.json", list[str]()
    if scenario:
        file = folder / "scenario.toml"
        file.write_text(scenario, encoding="utf-8")
        more = ["--scenario", str(file)]
    process = started(["serve", *arguments, "--ready-file", str(path), *more], env)
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "Ctrl-C ends it.\n":
                break
        assert path.exists(), process.communicate()
        yield Served(process, path)
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def started(arguments: Sequence[str], env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """The command, begun."""
    return subprocess.Popen(  # noqa: S603 - the project's own command
        [sys.executable, "-c", START, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **(env or {})},
    )
