"""Judges the fakes by every case there is, and records what that has shown: ``python -m tests.conformance.recording``.

The record is what `avatarwire ledger` has the rungs from. With ``--check`` it is compared, and nothing is written.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from avatarwire.conformance import ladder
from avatarwire.conformance.report import ndjson
from avatarwire.conformance.suites import SUITES
from tests.conformance.against_fakes import judged

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Records every vendor, or compares it with its record."""
    vendors = [vendor for vendor in SUITES if ladder.has_cases(vendor)]
    code = 0
    with tempfile.TemporaryDirectory() as folder:
        for found in judged(Path(folder), vendors, False, []):
            results, _ = ndjson.read((Path(folder) / f"{found.vendor}.ndjson").read_bytes())
            lines = [f"{found.vendor}: {len(results)} cases recorded"]
            if "--check" in arguments:
                lines = ladder.compared(found.vendor, results) or [f"{found.vendor}: as recorded"]
                code = code or int(len(lines) > 1)
            else:
                ladder.record(results)
            code = code or int(bool(found.wrong))
            sys.stdout.write("\n".join((str(found), *lines)) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
