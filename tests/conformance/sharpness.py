"""Tries all mutants of fakes and clients, and records which clauses that shows to be sharp.

    python -m tests.conformance.sharpness           records it
    python -m tests.conformance.sharpness --check   compares it with the record, and writes nothing

It fails where a mutant survives, or could not be tried, or a case fails on none and nobody says why.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from avatarwire.conformance import ladder
from avatarwire.conformance.mutants.matrix import matrix_of, sharp
from avatarwire.conformance.mutants.registry import found, reasons
from avatarwire.conformance.mutants.running import carry_out
from avatarwire.conformance.suites import SUITES
from tests.conformance.mutant_clients.running import matrices

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Records every vendor, or compares it with its record."""
    code = 0
    for vendor, suites in SUITES.items():
        tried = carry_out(found(vendor).values(), os.cpu_count() or 1)
        servers = matrix_of(vendor, tried, list(suites.server), reasons(vendor))
        (clients,) = matrices([vendor])
        clauses = sharp([*servers.mutants, *clients.mutants])
        lines = [*servers.objections(), *clients.objections()]
        if "--check" in arguments:
            known = ladder.sharp(vendor)
            lines += [f"-{clause} sharp" for clause in sorted(known - clauses)]
            lines += [f"+{clause} sharp" for clause in sorted(clauses - known)]
        else:
            ladder.record_sharp(vendor, clauses)
        lines += [f"{vendor}: {servers.counts}", f"clients of {vendor}: {clients.counts}", ""]
        sys.stdout.write("\n".join(lines))
        sys.stdout.flush()
        code = code or int(len(lines) > 3)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
