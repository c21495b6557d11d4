"""Judges clients that are not made of this package, as users do: ``python -m tests.conformance.published_clients``.

Alibaba's SDK, and the example in JavaScript. They do not do all that a case is about, and such a case is skipped; what
they do has to be right. Our drivers are judged by `recording.py`.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from avatarwire.conformance.judge import WantedOfClient, run_client
from avatarwire.conformance.suites import SUITES

from .recording import wrong

__all__ = ["main"]

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
CLIENTS: Final = (
    (
        "aliyun",
        "Alibaba's SDK",
        (
            sys.executable,
            "-m",
            "avatarwire.conformance.clients.program",
            "tests.conformance.probing.planted.alibaba:Alibaba",
        ),
    ),
    ("sensetime", "a client for Node", ("node", str(EXAMPLES / "judged_client.mjs"))),
)
LEAST: Final = 5
"""Cases that each of them has to come to."""


def main() -> int:
    """Says what each of them does wrong; 1 if anything is."""
    code = 0
    for vendor, title, command in CLIENTS:
        if shutil.which(command[0]) is None:
            sys.stdout.write(f"{title}: {'missing' if os.environ.get('CI') else 'skipped'}: no {command[0]}\n")
            code = code or int(bool(os.environ.get("CI")))
            continue
        outcome = run_client(WantedOfClient(vendor, command, list(SUITES[vendor].client.values())))
        lines = wrong(outcome.results)
        counts = ", ".join(f"{count} {verdict}" for verdict, count in outcome.summary.verdicts.items() if count)
        sys.stdout.write("\n".join([*lines, f"{title}: {counts}, {outcome.summary.seconds:.1f} s", ""]))
        code = code or int(bool(lines) or outcome.summary.verdicts["ok"] < LEAST)
    return code


if __name__ == "__main__":
    sys.exit(main())
