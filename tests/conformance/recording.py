"""Judges the fakes and our drivers by every case there is, and records what that has shown.

python -m tests.conformance.recording           records it: what `avatarwire ledger` has the rungs from
python -m tests.conformance.recording --check   compares it with the record, and writes nothing
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from avatarwire.conformance import ladder
from avatarwire.conformance.engine.result import CaseResult
from avatarwire.conformance.report import ndjson
from avatarwire.conformance.suites import SUITES
from tests.conformance.against_fakes import judged
from tests.conformance.driving import driver_judged

__all__ = ["main", "wrong"]


def wrong(results: Iterable[CaseResult]) -> list[str]:
    """Cases that have failed, or said nothing, in a line each."""
    return [
        f"{it.verdict} {it.id}: {it.observed}"
        for it in results
        if it.verdict in ("failed", "non_strict") or it.unjudged
    ]


def main(arguments: Sequence[str]) -> int:
    """Records every vendor, or compares it with its record."""
    vendors = [vendor for vendor in SUITES if ladder.has_cases(vendor)]
    code = 0
    with tempfile.TemporaryDirectory() as folder:
        for found in judged(Path(folder), vendors, False, []):
            results, _ = ndjson.read((Path(folder) / f"{found.vendor}.ndjson").read_bytes())
            drivers = driver_judged(found.vendor)
            results += drivers.results
            found.wrong.extend(wrong(drivers.results))
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
