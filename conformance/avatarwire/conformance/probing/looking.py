"""What a client is, before anything is asked of it: ``python -m avatarwire.conformance.probing.looking MODULE:CLASS``.

It is imported in a process of its own for that, since an import may do anything to the process that it happens in.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from .adapter import BadClient, blocking_of, loaded, worded

__all__ = ["Nature", "environment", "main", "nature_of"]

_LIMIT: Final = 30.0
"""Real seconds that an import may take."""


class Nature(NamedTuple):
    """What a client is like.

    Attributes:
        blocking: its methods that are no coroutine functions, so that it needs real time.
    """

    blocking: tuple[str, ...]

    @property
    def text(self) -> str:
        """Why it has real time, in words; empty where it has not."""
        names = [f"{name}()" for name in self.blocking]
        if len(names) > 1:
            return f"real time: {', '.join(names[:-1])} and {names[-1]} are no coroutine functions"
        return f"real time: {names[0]} is no coroutine function" if names else ""


def nature_of(name: str, *, seconds: float = _LIMIT) -> Nature:
    """What a client is like that has a name.

    Args:
        name: ``MODULE:CLASS``.
        seconds: real ones that its import may take.

    Raises:
        BadClient: there is none of that name, or it cannot be imported.
    """
    command = [sys.executable, "-m", __name__, name]
    with subprocess.Popen(  # noqa: S603 - this module
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
    ) as process:
        try:
            line = _line_of(process, seconds)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    module = name.partition(":")[0]
    if line is None:
        raise BadClient(f"--client: the import of {module} has not ended within {seconds:g} s")
    if not line.endswith(b"\n"):
        raise BadClient(f"--client: the import of {module} has ended its process")
    found: Mapping[str, Any] = json.loads(line)
    if found["error"]:
        raise BadClient(found["error"])
    return Nature(tuple(found["blocking"]))


def _line_of(process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """What it says, as far as it gets; None if it says nothing for too long."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    descriptor, line, end = process.stdout.fileno(), b"", time.perf_counter() + seconds
    while not line.endswith(b"\n"):
        if not select.select([descriptor], [], [], max(end - time.perf_counter(), 0.0))[0]:
            return None
        data = os.read(descriptor, 65536)
        if not data:
            break
        line += data
    return line


def environment() -> dict[str, str]:
    """That of a process which imports what can be imported here."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def main(arguments: Sequence[str]) -> None:
    """Says in a line of JSON what a client is like."""
    answer = os.dup(1)
    os.dup2(2, 1)  # what it prints while it is imported
    try:
        found = {"error": "", "blocking": blocking_of(loaded(arguments[0]))}
    except BadClient as error:
        found = {"error": str(error), "blocking": ()}
    except BaseException as error:
        module = arguments[0].partition(":")[0]
        found = {"error": f"--client: {module} cannot be imported: {worded(error)}", "blocking": ()}
    os.write(answer, json.dumps(found).encode() + b"\n")
    os._exit(0)  # whatever threads it has begun


if __name__ == "__main__":
    main(sys.argv[1:])
