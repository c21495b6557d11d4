"""Judges clients that are not made of this package, as users do: ``python -m tests.conformance.published_clients``.

Alibaba's SDK, and the example in JavaScript. They do not do all that a case is about, and such a case is skipped; what
they do has to be right. Our drivers are judged by `recording.py`.
"""

from __future__ import annotations

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
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
    # At once, as most of it is waiting.
    with ThreadPoolExecutor(len(CLIENTS)) as pool:
        for lines, found in pool.map(_judged, CLIENTS):
            sys.stdout.write("\n".join([*lines, ""]))
            code = code or found
    return code


def _judged(client: tuple[str, str, tuple[str, ...]]) -> tuple[list[str], int]:
    """What one of them does wrong, and how many cases it came to in the last line; 1 if anything is wrong."""
    vendor, title, command = client
    if shutil.which(command[0]) is None:
        in_ci = bool(os.environ.get("CI"))
        return [f"{title}: {'missing' if in_ci else 'skipped'}: no {command[0]}"], int(in_ci)
    outcome = run_client(WantedOfClient(vendor, command, list(SUITES[vendor].client.values())))
    lines = wrong(outcome.results)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in outcome.summary.verdicts.items() if count)
    code = int(bool(lines) or outcome.summary.verdicts["ok"] < LEAST)
    return [*lines, f"{title}: {counts}, {outcome.summary.seconds:.1f} s"], code


if __name__ == "__main__":
    sys.exit(main())
