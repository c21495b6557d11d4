"""Judges the fakes by every case there is, and records what that has shown: ``python -m tests.conformance.recording``.

The record is what `avatarwire ledger` has the rungs from. With ``--check`` it is compared, and nothing is written.
"""

from __future__ import annotations

import socket
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from avatarwire.conformance import ladder
from avatarwire.conformance.engine.endpoint import from_ready_file
from avatarwire.conformance.engine.result import CaseResult
from avatarwire.conformance.judge import Wanted, run
from avatarwire.conformance.suites import SUITES
from tests.fakeserver.control.serving import serving

__all__ = ["judged"]

SCENARIO: Final = '[server]\nclock = "virtual"\n'


def judged(vendor: str, folder: Path) -> Sequence[CaseResult]:
    """What every case finds about the fake of a vendor, with all that a case can ask for.

    Args:
        vendor: whose.
        folder: an empty one, for files.
    """
    port = free_port()
    more = ["--callback-url", f"http://127.0.0.1:{port}/"] if vendor == "sensetime" else []
    with serving(folder, vendor, *more, scenario=SCENARIO) as served:
        endpoint = from_ready_file(vendor, served.path)
        allowed = replace(endpoint, permissions=endpoint.permissions | {"invalid", "destructive", "billable"})
        cases = list(SUITES[vendor].server.values())
        return run(Wanted(allowed, cases, callbacks=("127.0.0.1", port))).results


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def main(arguments: Sequence[str]) -> int:
    """Records every vendor, or compares it with its record."""
    code = 0
    for vendor in SUITES:
        if not ladder.has_cases(vendor):
            continue
        with tempfile.TemporaryDirectory() as folder:
            results = judged(vendor, Path(folder))
        differing = [result.id for result in results if result.unjudged or result.verdict == "failed"]
        if "--check" in arguments:
            lines = ladder.compared(vendor, results)
            sys.stdout.write("\n".join(lines or (f"{vendor}: as recorded",)) + "\n")
            code = code or int(bool(lines))
        else:
            ladder.record(results)
            sys.stdout.write(f"{vendor}: {len(results)} cases recorded\n")
        if differing:
            sys.stderr.write(f"{vendor}: not as expected: {', '.join(differing)}\n")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
